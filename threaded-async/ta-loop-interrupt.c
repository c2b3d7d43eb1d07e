/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-debug-private.h"
#include "ta-loop-internal.h"
#include "ta-runner-private.h"

/*
 * What becomes of a threaded loop that does not stop by itself.
 *
 * When the time of a stop is nearly over and the loop has not ended, its thread is stuck in somebody's
 * code. It is interrupted once: the class does what it can to get it unstuck. If it has not ended when
 * the time is over, it is abandoned.
 *
 * Both are done by the thread that is blocked in the stop. When there is none, because the stop was
 * asked for without blocking or its wait was cancelled, or the runner was just dropped, the watchdog
 * does it.
 */

/* What a class does by default; from the thread that stops the runner. */
void
ta_loop_interrupt (TaLoop *self)
{
  ta_wait_guard_interrupt (&self->guard);
  ta_loop_cancel_tasks (self);
  ta_loop_end_gtasks (self);
}

/* Interrupts the loop, or where it @has_ended what its thread does after that, unless this has been done. */
void
ta_loop_interrupt_once (TaLoop *self, gboolean has_ended)
{
  TaRunner *runner = NULL, *revived = NULL;

  g_mutex_lock (&self->mutex);
  if (!self->is_interrupted && self->has_thread &&
      (has_ended ? self->state == TA_LOOP_ENDED : self->state < TA_LOOP_ENDED))
    {
      self->is_interrupted = TRUE;
      self->is_interrupting = TRUE;
      runner = self->runner_object;
    }
  g_mutex_unlock (&self->mutex);

  if (runner == NULL)
    return;

  ta_debug_print_tasks ("a stuck loop is interrupted");

  /* Once it comes back there is no time left for anything else. */
  g_atomic_int_set (&self->quit, TRUE);
  ta_runner_interrupt (runner);
  g_main_context_wakeup (self->context);

  g_mutex_lock (&self->mutex);
  self->is_interrupting = FALSE;
  if (!self->has_thread)
    revived = g_steal_pointer (&self->revived);
  g_mutex_unlock (&self->mutex);

  g_clear_pointer (&revived, ta_runner_drop_revived);
}

/* Lets everything go that waits for a loop which has been abandoned. */
static void
ta_loop_let_go (TaLoop *self)
{
  ta_loop_cancel_tasks (self);
  ta_loop_end_tasks_by_force (self);
  ta_loop_end_gtasks (self);
  ta_loop_tell_listeners (self);
  ta_inbox_close (self->inbox, FALSE);
}

/* Gives up on a thread that did not end in time, unless it just has. */
void
ta_loop_abandon (TaLoop *self)
{
  char *stuck_in = ta_loop_describe_delay (self, 0, "; it");

  ta_loop_interrupt_once (self, FALSE);

  /* Its task is about to end, for everybody but itself. */
  g_mutex_lock (&self->mutex);
  if (self->stuck_in == NULL)
    self->stuck_in = g_steal_pointer (&stuck_in);
  g_mutex_unlock (&self->mutex);
  g_free (stuck_in);

  /* One that has ended still calls those back who waited for it from the inside. */
  if (ta_loop_set_ended (self, TA_LOOP_ABANDONED, TA_SHUTDOWN_TYPE_FAILED_FORCE_STOPPED))
    ta_loop_let_go (self);
}

/* The same for one whose loop has ended, if it is stuck in what it does after that. */
void
ta_loop_abandon_ended (TaLoop *self)
{
  char    *stuck_in = ta_loop_describe_delay (self, 0, "; it");
  gboolean is_stuck;

  g_mutex_lock (&self->mutex);
  is_stuck = self->state == TA_LOOP_ENDED && self->has_thread;
  if (is_stuck)
    {
      self->shutdown_type = TA_SHUTDOWN_TYPE_FAILED_FORCE_STOPPED;
      if (self->stuck_in == NULL)
        self->stuck_in = g_steal_pointer (&stuck_in);
      g_atomic_int_set (&self->state, TA_LOOP_ABANDONED);
    }
  g_mutex_unlock (&self->mutex);
  g_free (stuck_in);

  if (is_stuck)
    {
      ta_loop_notify_end (self);
      ta_loop_let_go (self);
    }
}

static void
watch_cb (TaWatch *watch)
{
  TaLoop  *self = TA_CONTAINER (watch, TaLoop, stop_watch);
  gint64   abandon_by;
  gboolean is_over;

  g_mutex_lock (&self->mutex);
  is_over = self->state >= TA_LOOP_ENDED;
  abandon_by = self->abandon_by;
  g_mutex_unlock (&self->mutex);

  if (!is_over)
    ta_loop_interrupt_once (self, FALSE);
  if (!is_over && g_get_monotonic_time () < abandon_by)
    ta_loop_watch (self, abandon_by, abandon_by);
  else if (!is_over)
    ta_loop_abandon (self);

  ta_loop_unref (self);
}

/*
 * Has the watchdog interrupt the loop at one time, and abandon it at another, should it not have
 * ended; from any thread.
 */
void
ta_loop_watch (TaLoop *self, gint64 interrupt_by, gint64 abandon_by)
{
  g_mutex_lock (&self->mutex);
  if (self->abandon_by == 0 || self->abandon_by > abandon_by)
    self->abandon_by = abandon_by;
  g_mutex_unlock (&self->mutex);

  if (!ta_watchdog_add (&ta_loop_ref (self)->stop_watch, interrupt_by, watch_cb))
    ta_loop_unref (self);

  /* Its end may have come first. */
  if (g_atomic_int_get (&self->state) >= TA_LOOP_ENDED)
    ta_loop_unwatch (self);
}

void
ta_loop_unwatch (TaLoop *self)
{
  if (ta_watchdog_remove (&self->stop_watch))
    ta_loop_unref (self);
}
