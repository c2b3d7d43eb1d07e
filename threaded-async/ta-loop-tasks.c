/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-fork-private.h"
#include "ta-loop-internal.h"

/*
 * The part of a loop that keeps the tasks which have not ended. A threaded loop lists only those that
 * have been started, so that who sends work and who does it share no lock: the others are in the
 * inbox, which ends with the loop. That of an attached loop does not, so that it lists all.
 *
 * The list has a reference on each task. To take or drop one may run the code of a binding, which
 * must not happen under the lock: the reference is taken before a task is listed, and dropped by
 * whoever takes the task out of the list or, while it is pinned because somebody uses it, by the last
 * of those.
 */

static void
append_locked (TaLoop *self, TaTask *task)
{
  task->is_listed = TRUE;
  task->is_admitted = TRUE;
  task->next = NULL;
  task->previous = self->last_task;
  if (self->last_task != NULL)
    self->last_task->next = task;
  else
    self->first_task = task;
  self->last_task = task;
  self->n_tasks++;
}

static void
unlist_locked (TaLoop *self, TaTask *task)
{
  if (task->previous != NULL)
    task->previous->next = task->next;
  else
    self->first_task = task->next;
  if (task->next != NULL)
    task->next->previous = task->previous;
  else
    self->last_task = task->previous;

  task->is_listed = FALSE;
  self->n_tasks--;
}

/* Lists a task, unless the loop takes no more; FALSE then. */
static gboolean
ta_loop_list_task (TaLoop *self, TaTask *task)
{
  gboolean is_taken;

  g_object_ref (task);

  /* A threaded loop that stops first does what it was sent before. */
  g_mutex_lock (&self->mutex);
  is_taken =
      self->state == TA_LOOP_RUNNING ||
      (self->state == TA_LOOP_STOPPING && !self->is_attached && self->phase < TA_STOP_CANCELLING);
  if (is_taken)
    append_locked (self, task);
  g_mutex_unlock (&self->mutex);

  if (is_taken)
    ta_loop_tell_feeds (self, task, TRUE);
  else
    g_object_unref (task);

  return is_taken;
}

/* Sends a task to the loop; from any thread. FALSE if it takes no more. */
gboolean
ta_loop_send_task (TaLoop *self, TaTask *task, GError **error)
{
  if (!ta_loop_check_running (self, error))
    return FALSE;

  if (self->is_attached && !ta_loop_list_task (self, task))
    return ta_loop_check_running (self, error);

  ta_task_queue (task);

  return TRUE;
}

/* Called when a task is about to be started, in the loop; FALSE if it comes too late for that. */
gboolean
ta_loop_admit_task (TaLoop *self, TaTask *task)
{
  if (self->is_attached)
    return !ta_future_is_done (&task->parent_instance);

  return ta_loop_list_task (self, task);
}

/* Called when a task has ended; from any thread. */
void
ta_loop_remove_task (TaLoop *self, TaTask *task)
{
  TaFailure *failure = NULL;
  gboolean   is_ours = FALSE, is_last = FALSE;

  if (ta_has_forked)
    return;

  if (G_UNLIKELY (task->parent_instance.state == TA_FUTURE_FAILED))
    failure = ta_failure_new (task);

  g_mutex_lock (&self->mutex);
  if (task->is_listed)
    {
      unlist_locked (self, task);
      is_ours = task->n_pins == 0;
      is_last = self->n_tasks == 0 && self->state == TA_LOOP_STOPPING && !self->is_idle_queued;
      self->is_idle_queued = self->is_idle_queued || is_last;
    }
  if (failure != NULL && ta_loop_link_failure_locked (self, failure))
    failure = NULL;
  g_mutex_unlock (&self->mutex);

  g_clear_pointer (&failure, ta_failure_unref);
  ta_loop_tell_feeds (self, task, FALSE);
  if (is_last)
    ta_loop_tasks_ended (self);
  if (is_ours)
    g_object_unref (task);
}

/*
 * Returns the first task that is still to be asked to end, for use until it is unpinned, or NULL. It
 * moves to the end of the list, and is not returned twice.
 */
static TaTask *
pin_next_to_ask (TaLoop *self)
{
  TaTask *task;

  g_mutex_lock (&self->mutex);
  task = self->first_task;
  if (task != NULL && task->is_asked_to_end)
    task = NULL;
  if (task != NULL)
    {
      unlist_locked (self, task);
      append_locked (self, task);
      task->is_asked_to_end = TRUE;
      task->n_pins++;
    }
  g_mutex_unlock (&self->mutex);

  return task;
}

/* Returns the first task, for use until it is unpinned, or NULL. */
static TaTask *
pin_first (TaLoop *self)
{
  TaTask *task;

  g_mutex_lock (&self->mutex);
  task = self->first_task;
  if (task != NULL)
    task->n_pins++;
  g_mutex_unlock (&self->mutex);

  return task;
}

void
ta_loop_unpin_task (TaLoop *self, TaTask *task)
{
  gboolean is_ours;

  g_mutex_lock (&self->mutex);
  task->n_pins--;
  is_ours = task->n_pins == 0 && !task->is_listed;
  g_mutex_unlock (&self->mutex);

  if (is_ours)
    g_object_unref (task);
}

/* Asks all tasks of a loop that takes no more to end; from any thread. */
void
ta_loop_cancel_tasks (TaLoop *self)
{
  TaTask *task;

  while ((task = pin_next_to_ask (self)) != NULL)
    {
      ta_task_cancel (task);
      ta_loop_unpin_task (self, task);
    }
}

/*
 * Ends what is left of the tasks, whatever they are at, and cancels what they have begun; from any thread.
 * When it returns all have ended, also those that another thread is about to end: the loop's, which was
 * ready to do so when the time was over, and got no processor. So they stay in the list until they have.
 */
void
ta_loop_end_tasks_by_force (TaLoop *self)
{
  TaTask *task;

  while ((task = pin_first (self)) != NULL)
    {
      TaFailure *failure;

      /* There may have been no time for it; or whoever is to do so has not come so far yet, and finds that
       * there is no need any more. */
      ta_task_cancel (task);
      ta_task_end_by_force (task);

      /* The other thread may have ended it, and not have come so far yet as to take it out; then its
       * failure is one of those that the stop reports all the same. */
      failure = ta_failure_new (task);
      g_mutex_lock (&self->mutex);
      if (task->is_listed)
        unlist_locked (self, task);
      if (failure != NULL && ta_loop_link_failure_locked (self, failure))
        failure = NULL;
      g_mutex_unlock (&self->mutex);

      g_clear_pointer (&failure, ta_failure_unref);
      ta_loop_unpin_task (self, task);
    }
}
