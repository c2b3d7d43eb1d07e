/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-debug-private.h"
#include "ta-error.h"
#include "ta-task-private.h"

/* How the loop begins a task, or ends it. */

static void
ta_task_free_data (TaTask *self)
{
  GDestroyNotify destroy = g_steal_pointer (&self->func_destroy);

  if (destroy != NULL)
    destroy (g_steal_pointer (&self->func_data));
}

static void
ta_task_end_with_error (TaTask *self, GError *error)
{
  if (!ta_future_end_with_error (TA_FUTURE (self), error))
    g_error_free (error);
}

/* Ends the task with G_IO_ERROR_CANCELLED, whatever it is at; what it returns is dropped. */
void
ta_task_end_by_force (TaTask *self)
{
  g_autofree char *description = ta_future_describe (TA_FUTURE (self));

  ta_task_end_with_error (self,
                          g_error_new (G_IO_ERROR, G_IO_ERROR_CANCELLED,
                                       "The runner stopped before the end of %s", description));
}

static void
ta_task_start_cb (TaInboxItem *item, gboolean dropped)
{
  TaTask *self = TA_CONTAINER (item, TaTask, start);

  if (dropped)
    {
      ta_task_end_by_force (self);
    }
  else if (!ta_task_set_flag (self, TA_TASK_CLAIMED))
    {
      /* It was called off. */
    }
  else if (!ta_loop_admit_task (self->loop, self))
    {
      ta_task_end_by_force (self);
    }
  else
    {
      self->func (self, self->func_data);

      if (ta_task_set_flag (self, TA_TASK_PROMISE_TAKEN))
        {
          g_autofree char *description = ta_future_describe (TA_FUTURE (self));

          ta_task_end_with_error (
              self,
              g_error_new (TA_ERROR, TA_ERROR_DROPPED,
                           "The function of %s returned without taking its promise", description));
        }
    }

  if (ta_debug_is_on ())
    ta_loops_remove_unstarted (self);

  ta_task_free_data (self);
  g_object_unref (self);
}

/* Sends the task to its loop, which calls its function there. */
void
ta_task_queue (TaTask *self)
{
  g_object_ref (self);
  if (ta_debug_is_on ())
    ta_loops_add_unstarted (self);
  ta_inbox_push (ta_loop_get_inbox (self->loop), &self->start, ta_task_start_cb);
}

/* Ends a task with @error (transfer full) that can't be queued. */
void
ta_task_refuse (TaTask *self, GError *error)
{
  ta_task_end_with_error (self, error);
  ta_task_free_data (self);
}

/* Calls the start of the task off, if it has not begun: nobody waits for it any more. */
void
ta_task_withdraw (gpointer task, TaOutcome outcome)
{
  TaTask *self = task;

  if (ta_task_set_flag (self, TA_TASK_CLAIMED))
    ta_task_end_by_force (self);
}
