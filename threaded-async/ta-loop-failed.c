/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-error.h"
#include "ta-fork-private.h"
#include "ta-loop-internal.h"
#include "ta-runner-private.h"

/*
 * The errors that nobody has taken.
 *
 * From the failure of a task until somebody takes its error a failure stands in a list of the loop, in
 * the order in which they came. The list has no reference on the task: whoever has one may still ask.
 * When the last of these goes, and task-failed has a handler, the failure travels to the runner's main
 * context to be told of there; otherwise it waits for the stop. Of those that wait and whose tasks are
 * gone only the first are kept.
 *
 * Whoever takes a failure out of the list is the one to report it, or knows that there is nothing to
 * report any more.
 *
 * A task that is gone is gone: to revive an object in its dispose() is not safe when another thread may
 * drop it, because g_object_unref() still uses it afterwards. So the failure has what it takes to make
 * another task that stands for it.
 */

/* How many failures are kept whose tasks are gone, and how many a stop lists. */
#define MAX_KEPT 100

typedef enum
{
  TA_FAILURE_HELD,      /* somebody has the task */
  TA_FAILURE_IN_FLIGHT, /* it is on its way to the handlers of task-failed */
  TA_FAILURE_KEPT,      /* it waits for the stop */
} TaFailureState;

struct _TaFailure
{
  int ref_count; /* atomic */

  /* Const. */
  GError      *error;
  TaTaskReport report;
  TaInbox     *inbox; /* owned: of the task's main context */

  GWeakRef weak_task; /* has its own lock */

  /* The loop's lock. */
  gboolean       is_linked;
  TaFailureState state;
  TaTask        *task; /* while it is HELD, and the task's dispose() has not come by */
  TaFailure     *previous;
  TaFailure     *next;

  /* The inbox's, while it is IN_FLIGHT; the item has a reference. */
  TaInboxItem item;
  TaLoop     *loop;   /* owned */
  TaRunner   *runner; /* owned */
};

/* Makes a failure of a task that has failed; NULL if there is nothing to report. */
TaFailure *
ta_failure_new (TaTask *task)
{
  TaFailure *self;

  if (!ta_task_is_failed (task))
    return NULL;

  self = g_new0 (TaFailure, 1);
  self->ref_count = 1;
  self->error = ta_future_copy_error (&task->parent_instance);
  self->inbox = ta_inbox_ref (task->parent_instance.notifier.inbox);
  self->task = task;
  ta_task_copy_report (task, &self->report);
  g_weak_ref_init (&self->weak_task, task);

  return self;
}

static TaFailure *
ta_failure_ref (TaFailure *self)
{
  g_atomic_int_inc (&self->ref_count);

  return self;
}

void
ta_failure_unref (TaFailure *self)
{
  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;

  g_weak_ref_clear (&self->weak_task);
  g_error_free (self->error);
  ta_task_report_clear (&self->report);
  ta_inbox_unref (self->inbox);
  g_free (self);
}

static TaTask *
ta_failure_make_task (TaFailure *self, TaLoop *loop)
{
  return ta_task_new_failed (loop, self->inbox, &self->report, self->error);
}

/* Called when a task of the loop has ended; FALSE if there is nothing to report after all. */
gboolean
ta_loop_link_failure_locked (TaLoop *self, TaFailure *failure)
{
  TaTask *task = failure->task;

  /* One that the loop did not take on has not failed in it. */
  if (!task->is_admitted || !ta_task_is_failed (task))
    return FALSE;

  failure->previous = self->last_failure;
  if (self->last_failure != NULL)
    self->last_failure->next = failure;
  else
    self->first_failure = failure;
  self->last_failure = failure;
  failure->is_linked = TRUE;
  self->n_failures++;
  task->has_failure = TRUE;
  task->failure = failure;

  return TRUE;
}

/* Takes a failure out of the list, whose reference is the caller's then. */
static TaFailure *
unlink_failure_locked (TaLoop *self, TaFailure *failure)
{
  if (failure->previous != NULL)
    failure->previous->next = failure->next;
  else
    self->first_failure = failure->next;
  if (failure->next != NULL)
    failure->next->previous = failure->previous;
  else
    self->last_failure = failure->previous;

  failure->is_linked = FALSE;
  self->n_failures--;
  self->n_kept -= failure->state == TA_FAILURE_KEPT;
  if (failure->task != NULL)
    failure->task->has_failure = FALSE;
  failure->task = NULL;

  return failure;
}

/* Has a failure wait whose task is gone; or returns it, because there are too many. */
static TaFailure *
keep_failure_locked (TaLoop *self, TaFailure *failure)
{
  if (self->n_kept < MAX_KEPT && !self->is_disowned)
    {
      failure->state = TA_FAILURE_KEPT;
      self->n_kept++;
      return NULL;
    }

  self->n_lost++;
  return unlink_failure_locked (self, failure);
}

/* Called when somebody has taken the error of a task; from any thread. */
void
ta_loop_forget_failed (TaLoop *self, TaTask *task)
{
  TaFailure *failure = NULL;

  if (ta_has_forked)
    return;

  g_mutex_lock (&self->mutex);
  if (task->has_failure)
    failure = unlink_failure_locked (self, task->failure);
  g_mutex_unlock (&self->mutex);

  g_clear_pointer (&failure, ta_failure_unref);
}

static char *
ta_failure_describe (TaFailure *self)
{
  if (self->report.name == NULL)
    return g_strdup_printf ("a task without a name: %s", self->error->message);

  return g_strdup_printf ("“%s”: %s", self->report.name, self->error->message);
}

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

/* Tells of a failure in the runner's main context. */
static void
report_cb (TaInboxItem *item, gboolean dropped)
{
  TaFailure           *failure = TA_CONTAINER (item, TaFailure, item);
  g_autoptr (TaRunner) runner = g_steal_pointer (&failure->runner);
  TaLoop              *self = g_steal_pointer (&failure->loop);
  const gboolean       has_handler = !dropped && ta_runner_has_task_failed_handler (runner);
  TaFailure           *told = NULL, *lost = NULL;

  g_mutex_lock (&self->mutex);
  if (failure->is_linked && has_handler)
    told = unlink_failure_locked (self, failure);
  else if (failure->is_linked)
    lost = keep_failure_locked (self, failure);
  g_mutex_unlock (&self->mutex);

  if (told != NULL)
    {
      g_autoptr (TaTask) task = ta_failure_make_task (told, self);

      ta_runner_emit_task_failed (runner, task);
    }

  g_clear_pointer (&told, ta_failure_unref);
  g_clear_pointer (&lost, ta_failure_unref);
  ta_failure_unref (failure);
  ta_loop_unref (self);
}

/* Called when the last reference on a failed task goes; from any thread. */
void
ta_loop_lose_failed (TaLoop *self, TaTask *task)
{
  g_autoptr (TaRunner) runner = NULL;
  TaFailure           *failure = NULL, *lost = NULL;
  gboolean             has_handler, is_sent = FALSE, is_logged = FALSE;

  if (ta_has_forked)
    return;

  g_mutex_lock (&self->mutex);
  if (task->has_failure)
    {
      failure = ta_failure_ref (task->failure);
      failure->task = NULL;
      task->has_failure = FALSE;
    }
  g_mutex_unlock (&self->mutex);

  if (failure == NULL)
    return;

  runner = ta_loop_get_runner (self);
  has_handler = runner != NULL && ta_runner_has_task_failed_handler (runner);

  g_mutex_lock (&self->mutex);
  is_sent = failure->is_linked && has_handler;
  is_logged = failure->is_linked && self->is_disowned;
  if (is_sent)
    failure->state = TA_FAILURE_IN_FLIGHT;
  else if (failure->is_linked)
    lost = keep_failure_locked (self, failure);
  g_mutex_unlock (&self->mutex);

  if (is_sent)
    {
      TaInbox *inbox = ta_runner_get_main_inbox (runner);

      failure->loop = ta_loop_ref (self);
      failure->runner = g_steal_pointer (&runner);
      ta_inbox_push (inbox, &g_steal_pointer (&failure)->item, report_cb);
    }
  else if (is_logged)
    {
      g_autofree char *text = ta_failure_describe (failure);

      g_message ("A task of runner “%s”, which is gone, failed, and nobody took the error: %s",
                 self->name, text);
    }

  g_clear_pointer (&lost, ta_failure_unref);
  g_clear_pointer (&failure, ta_failure_unref);
}

/* Returns the task of a failure, or another that stands for it. */
static TaTask *
get_task (TaLoop *self, TaFailure *failure)
{
  TaTask *task = g_weak_ref_get (&failure->weak_task);

  if (task != NULL)
    return task;

  task = ta_failure_make_task (failure, self);

  /* Until the stop somebody may take its error, or let go of it like of the first one. */
  g_mutex_lock (&self->mutex);
  if (failure->is_linked && failure->state == TA_FAILURE_KEPT)
    {
      self->n_kept--;
      failure->state = TA_FAILURE_HELD;
      failure->task = task;
      task->has_failure = TRUE;
      task->failure = failure;
      g_weak_ref_set (&failure->weak_task, task);
    }
  g_mutex_unlock (&self->mutex);

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
      if (failures->len < MAX_KEPT)
        {
          g_ptr_array_add (failures, ta_failure_ref (failure));
        }
      else if (!claimed)
        {
          break;
        }

      if (claimed)
        {
          unlink_failure_locked (self, failure);
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
        g_ptr_array_add (failures, unlink_failure_locked (self, failure));
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
