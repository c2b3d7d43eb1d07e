/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-failure-private.h"
#include "ta-fork-private.h"
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
  self->weak = ta_weak_new (task);

  return self;
}

TaFailure *
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

  ta_weak_unref (self->weak);
  g_error_free (self->error);
  ta_task_report_clear (&self->report);
  ta_inbox_unref (self->inbox);
  g_free (self);
}

TaTask *
ta_failure_make_task (TaFailure *self, TaLoop *loop)
{
  return ta_task_new_failed (loop, self->inbox, &self->report, self->error);
}

/* Has a task know of its failure, until its dispose(). */
void
ta_failure_give_to_task_locked (TaFailure *self, TaTask *task)
{
  self->task = task;
  task->has_failure = task->has_weak = TRUE;
  task->failure = self;
  task->weak = ta_weak_ref (self->weak);
}

/* Called when a task of the loop has ended; FALSE if there is nothing to report after all. */
gboolean
ta_loop_link_failure_locked (TaLoop *self, TaFailure *failure)
{
  TaTask *task = failure->task;

  /* One that the loop did not take on has not failed in it. That of one which somebody else ended by force
   * at the same moment is there already. */
  if (!task->is_admitted || task->has_weak || !ta_task_is_failed (task))
    return FALSE;

  failure->previous = self->last_failure;
  if (self->last_failure != NULL)
    self->last_failure->next = failure;
  else
    self->first_failure = failure;
  self->last_failure = failure;
  failure->is_linked = TRUE;
  self->n_failures++;
  ta_failure_give_to_task_locked (failure, task);

  return TRUE;
}

/* Takes a failure out of the list, whose reference is the caller's then. */
TaFailure *
ta_loop_unlink_failure_locked (TaLoop *self, TaFailure *failure)
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

/* Whether there will be nobody to ask for them: the runner object is gone, or nobody is to stop it. */
static gboolean
ta_loop_logs_failures_locked (TaLoop *self)
{
  return self->is_disowned || self->is_default;
}

/* Has a failure wait whose task is gone; or returns it, because there are too many, or it is logged. */
static TaFailure *
keep_failure_locked (TaLoop *self, TaFailure *failure)
{
  if (ta_loop_logs_failures_locked (self))
    return ta_loop_unlink_failure_locked (self, failure);

  if (self->n_kept < TA_FAILURES_MAX)
    {
      failure->state = TA_FAILURE_KEPT;
      self->n_kept++;
      return NULL;
    }

  self->n_lost++;
  return ta_loop_unlink_failure_locked (self, failure);
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
    failure = ta_loop_unlink_failure_locked (self, task->failure);
  g_mutex_unlock (&self->mutex);

  g_clear_pointer (&failure, ta_failure_unref);
}

char *
ta_failure_describe (TaFailure *self)
{
  if (self->report.name == NULL)
    return g_strdup_printf ("a task without a name: %s", self->error->message);

  return g_strdup_printf ("“%s”: %s", self->report.name, self->error->message);
}

static void
ta_loop_log_failure (TaLoop *self, TaFailure *failure)
{
  g_autofree char *text = ta_failure_describe (failure);

  g_message ("A task of runner “%s”%s failed, and nobody took the error: %s", self->name,
             self->is_default ? "" : ", which is gone,", text);
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
  gboolean             is_logged;

  g_mutex_lock (&self->mutex);
  is_logged = failure->is_linked && !has_handler && ta_loop_logs_failures_locked (self);
  if (failure->is_linked && has_handler)
    told = ta_loop_unlink_failure_locked (self, failure);
  else if (failure->is_linked)
    lost = keep_failure_locked (self, failure);
  g_mutex_unlock (&self->mutex);

  if (told != NULL)
    {
      g_autoptr (TaTask) task = ta_failure_make_task (told, self);

      ta_runner_emit_task_failed (runner, task);
    }
  else if (is_logged)
    ta_loop_log_failure (self, failure);

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
  TaWeak              *weak = NULL;
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
  if (task->has_weak)
    weak = task->weak;
  task->has_weak = FALSE;
  g_mutex_unlock (&self->mutex);

  /* Also if it has been reported, or is just being. */
  if (weak != NULL)
    {
      ta_weak_lose (weak);
      ta_weak_unref (weak);
    }

  if (failure == NULL)
    return;

  runner = ta_loop_get_runner (self);
  has_handler = runner != NULL && ta_runner_has_task_failed_handler (runner);

  g_mutex_lock (&self->mutex);
  is_sent = failure->is_linked && has_handler;
  is_logged = failure->is_linked && !has_handler && ta_loop_logs_failures_locked (self);
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
    ta_loop_log_failure (self, failure);

  g_clear_pointer (&lost, ta_failure_unref);
  g_clear_pointer (&failure, ta_failure_unref);
}
