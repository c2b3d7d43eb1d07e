/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-error.h"
#include "ta-failure-private.h"
#include "ta-fork-private.h"

/*
 * How a loop reports the errors that nobody has taken, all together: when it stops, to whoever asks, or
 * to the log when there is nobody left to ask. See ta-loop-failed.c.
 */

/* Describes @n_failures for a message, of which the first are @failures. */
static char *
describe_failures (TaLoop *self, const char *which, GPtrArray *failures, guint n_failures)
{
  GString *text = g_string_new (NULL);

  g_string_printf (text, "%u of the tasks of runner “%s”%s failed, and nobody took the error%s: ",
                   n_failures, self->name, which, n_failures == 1 ? "" : "s");

  for (guint i = 0; i < failures->len; i++)
    {
      g_autofree char *failure = ta_failure_describe (g_ptr_array_index (failures, i));

      g_string_append_printf (text, "%s%s", i > 0 ? "; " : "", failure);
    }
  if (n_failures > failures->len)
    g_string_append_printf (text, "; and %u more", n_failures - failures->len);

  return g_string_free (text, FALSE);
}

/* Returns the task of a failure, or another that stands for it. */
static TaTask *
get_task (TaLoop *self, TaFailure *failure)
{
  TaWeak *weak, *old_weak;
  TaTask *task;

  g_mutex_lock (&self->mutex);
  weak = ta_weak_ref (failure->weak);
  g_mutex_unlock (&self->mutex);

  task = ta_weak_get (weak);
  ta_weak_unref (weak);
  if (task != NULL)
    return task;

  task = ta_failure_make_task (failure, self);
  weak = old_weak = ta_weak_new (task);

  /* Until the stop somebody may take its error, or let go of it like of the first one. */
  g_mutex_lock (&self->mutex);
  if (failure->is_linked && failure->state == TA_FAILURE_KEPT)
    {
      self->n_kept--;
      failure->state = TA_FAILURE_HELD;
      old_weak = failure->weak;
      failure->weak = weak;
      ta_failure_give_to_task_locked (failure, task);
    }
  g_mutex_unlock (&self->mutex);

  ta_weak_unref (old_weak);

  return task;
}

static GPtrArray *
get_tasks (TaLoop *self, GPtrArray *failures)
{
  GPtrArray *tasks = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < failures->len; i++)
    g_ptr_array_add (tasks, get_task (self, g_ptr_array_index (failures, i)));

  return tasks;
}

/*
 * Returns the first failures, and counts them all. If they are @claimed they are taken out of the list,
 * since they are being reported.
 */
static GPtrArray *
gather_failures (TaLoop *self, gboolean claimed, guint *n_failures)
{
  GPtrArray *failures = g_ptr_array_new_with_free_func ((GDestroyNotify) ta_failure_unref);
  TaFailure *next, *others = NULL;

  g_mutex_lock (&self->mutex);
  *n_failures = self->n_failures + self->n_lost;
  for (TaFailure *failure = self->first_failure; failure != NULL; failure = next)
    {
      next = failure->next;
      if (failures->len < TA_FAILURES_MAX)
        {
          g_ptr_array_add (failures, ta_failure_ref (failure));
        }
      else if (!claimed)
        {
          break;
        }

      if (claimed)
        {
          ta_loop_unlink_failure_locked (self, failure);
          failure->next = others;
          others = failure;
        }
    }
  if (claimed)
    self->n_lost = 0;
  g_mutex_unlock (&self->mutex);

  for (; others != NULL; others = next)
    {
      next = others->next;
      ta_failure_unref (others);
    }

  return failures;
}

/*
 * Fails with TA_ERROR_TASKS_FAILED if there are failures that have not been reported, which they are
 * hereby; when the loop has ended, or nearly so.
 */
gboolean
ta_loop_report_failed (TaLoop *self, GError **error)
{
  g_autoptr (GPtrArray) failures = NULL;
  g_autofree char      *text = NULL;
  GPtrArray            *tasks;
  guint                 n_failures;

  failures = gather_failures (self, TRUE, &n_failures);
  if (n_failures == 0)
    return TRUE;

  text = describe_failures (self, "", failures, n_failures);
  g_set_error_literal (error, TA_ERROR, TA_ERROR_TASKS_FAILED, text);

  tasks = get_tasks (self, failures);
  g_mutex_lock (&self->mutex);
  if (self->reported == NULL)
    {
      self->reported = g_steal_pointer (&tasks);
      self->n_reported = n_failures;
    }
  g_mutex_unlock (&self->mutex);
  g_clear_pointer (&tasks, g_ptr_array_unref);

  return FALSE;
}

/*
 * Returns the first of the failed tasks that a stop has reported, or before that of those which it will
 * report; for whoever has the runner object.
 */
GPtrArray *
ta_loop_get_failed (TaLoop *self)
{
  g_autoptr (GPtrArray) failures = NULL;
  GPtrArray            *reported, *tasks;
  guint                 n_failures;

  if (ta_has_forked)
    return g_ptr_array_new_with_free_func (g_object_unref);

  g_mutex_lock (&self->mutex);
  reported = self->reported;
  g_mutex_unlock (&self->mutex);

  if (reported == NULL)
    {
      failures = gather_failures (self, FALSE, &n_failures);
      return get_tasks (self, failures);
    }

  /* It does not change any more, and stays for as long as the runner object. */
  tasks = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < reported->len; i++)
    g_ptr_array_add (tasks, g_object_ref (g_ptr_array_index (reported, i)));

  return tasks;
}

guint
ta_loop_get_n_failed (TaLoop *self)
{
  guint n_failures;

  if (ta_has_forked)
    return 0;

  g_mutex_lock (&self->mutex);
  n_failures = self->reported != NULL ? self->n_reported : self->n_failures + self->n_lost;
  g_mutex_unlock (&self->mutex);

  return n_failures;
}

/*
 * Called when the runner object goes, and nobody is left to whom failures could be reported. The tasks
 * that were refer to the loop, and have to go too.
 */
void
ta_loop_disown_failed (TaLoop *self)
{
  g_autoptr (GPtrArray) failures =
      g_ptr_array_new_with_free_func ((GDestroyNotify) ta_failure_unref);
  GPtrArray *reported;
  TaFailure *next;
  guint      n_failures;

  if (ta_has_forked)
    return;

  g_mutex_lock (&self->mutex);
  self->is_disowned = TRUE;
  reported = g_steal_pointer (&self->reported);
  for (TaFailure *failure = self->first_failure; failure != NULL; failure = next)
    {
      next = failure->next;
      if (failure->state == TA_FAILURE_KEPT)
        g_ptr_array_add (failures, ta_loop_unlink_failure_locked (self, failure));
    }
  n_failures = failures->len + self->n_lost;
  self->n_lost = 0;
  g_mutex_unlock (&self->mutex);

  if (n_failures > 0)
    {
      g_autofree char *text = describe_failures (self, ", which is gone,", failures, n_failures);

      g_message ("%s", text);
    }

  g_clear_pointer (&reported, g_ptr_array_unref);
}
