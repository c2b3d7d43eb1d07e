/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-error.h"
#include "ta-fork-private.h"
#include "ta-loop-internal.h"
#include "ta-runner-private.h"
#include "ta-wait-private.h"

/*
 * How a loop ends.
 *
 * A threaded loop stops in its own thread, step by step, while it goes on turning: it does what was
 * ready, cancels what has not ended, gives that a chance to clean up, and quits when nothing is
 * left or when the time is nearly over; then what is left is ended by force. Who asked for it only
 * waits; if the thread has not ended shortly afterwards, it is interrupted; and if not even that
 * helps, the loop is abandoned: all that waits for it is let go, and the thread keeps what it needs.
 * See ta-loop-interrupt.c.
 *
 * An attached loop belongs to somebody else. Its tasks are cancelled and ended there and then, and
 * nobody waits for anything.
 */

/* The part of the time of a stop that is kept for ending what has to be ended by force: enough for a
 * machine that is busy, and at most half of it. */
#define RESERVE_US(timeout) MIN ((timeout) / 2, 250 * 1000)

/* The part of this that is left once a loop that has not even done that is interrupted. */
#define INTERRUPT_RESERVE_US(timeout) (RESERVE_US (timeout) / 2)

typedef struct
{
  TaInboxItem item;
  TaLoop     *loop; /* owned */
  gint64      deadline;
} TaStopRequest;

static void
ta_loop_quit (TaLoop *self)
{
  self->phase = TA_STOP_QUIT;
  g_atomic_int_set (&self->quit, TRUE);
}

static void
last_turn_cb (TaRest *rest)
{
  TaLoop *self = TA_CONTAINER (rest, TaLoop, rest);

  if (self->phase == TA_STOP_LAST_TURN)
    ta_loop_quit (self);
}

/* Goes on once there is no task left to wait for. */
static void
ta_loop_check_tasks (TaLoop *self)
{
  gboolean has_tasks;

  g_mutex_lock (&self->mutex);
  has_tasks = self->n_tasks > 0;
  g_mutex_unlock (&self->mutex);

  if (self->phase == TA_STOP_CANCELLING && !has_tasks)
    {
      self->phase = TA_STOP_LAST_TURN;
      ta_inbox_call_at_rest (self->inbox, &self->rest, last_turn_cb);
    }
}

static void
caught_up_cb (TaRest *rest)
{
  TaLoop *self = TA_CONTAINER (rest, TaLoop, rest);

  if (self->phase != TA_STOP_CATCHING_UP)
    return;

  self->phase = TA_STOP_CANCELLING;
  ta_loop_cancel_tasks (self);
  ta_loop_end_gtasks (self);
  ta_loop_tell_listeners (self);
  ta_operations_stop ();
  ta_loop_check_tasks (self);
}

static void
idle_cb (TaInboxItem *item, gboolean dropped)
{
  TaLoop *self = TA_CONTAINER (item, TaLoop, idle);

  g_mutex_lock (&self->mutex);
  self->is_idle_queued = FALSE;
  g_mutex_unlock (&self->mutex);

  if (!dropped)
    ta_loop_check_tasks (self);
  ta_loop_unref (self);
}

/* Called when the last task of a loop that stops has ended; from any thread. */
void
ta_loop_tasks_ended (TaLoop *self)
{
  if (!self->is_attached)
    ta_inbox_push (ta_loop_ref (self)->inbox, &self->idle, idle_cb);
}

/* The time is over that the tasks had to end. */
static void
deadline_cb (TaTimer *timer)
{
  TaLoop *self = TA_CONTAINER (timer, TaLoop, deadline);

  self->has_deadline = FALSE;

  self->is_forced = TRUE;
  ta_loop_end_tasks_by_force (self);
  ta_loop_quit (self);
}

static void
stop_cb (TaInboxItem *item, gboolean dropped)
{
  TaStopRequest *request = TA_CONTAINER (item, TaStopRequest, item);
  TaLoop        *self = request->loop;

  if (!dropped && self->phase != TA_STOP_QUIT)
    {
      TaTimers *timers = ta_inbox_get_timers (self->inbox);

      /* Whoever has the least time decides. */
      if (request->deadline != G_MAXINT64 &&
          (!self->has_deadline || request->deadline < self->stop_by))
        {
          if (self->has_deadline)
            ta_timers_remove (timers, &self->deadline);
          self->has_deadline = TRUE;
          self->stop_by = request->deadline;
          ta_timers_add (timers, &self->deadline, request->deadline, deadline_cb);
        }

      if (self->phase == TA_STOP_NOT_YET)
        {
          self->phase = TA_STOP_CATCHING_UP;
          ta_inbox_call_at_rest (self->inbox, &self->rest, caught_up_cb);
        }
    }

  ta_loop_unref (self);
  g_free (request);
}

/* Has a threaded loop that runs stop by itself within a time. */
static void
ta_loop_request_stop (TaLoop *self, gint64 timeout_us)
{
  TaStopRequest *request = g_new0 (TaStopRequest, 1);

  g_mutex_lock (&self->mutex);
  if (self->state == TA_LOOP_RUNNING)
    g_atomic_int_set (&self->state, TA_LOOP_STOPPING);
  g_mutex_unlock (&self->mutex);

  request->loop = ta_loop_ref (self);
  request->deadline = timeout_us == TA_TIMEOUT_INFINITE
                          ? G_MAXINT64
                          : ta_timeout_get_deadline (timeout_us - RESERVE_US (timeout_us));
  ta_inbox_push (self->inbox, &request->item, stop_cb);
}

/*
 * Ends an attached loop, which takes no time; from any thread. Whoever comes meanwhile, a handler of
 * a cancellable included, does the rest, so that it is over for everybody who returns.
 */
static void
ta_loop_detach (TaLoop *self)
{
  gboolean is_running;

  if (ta_has_forked)
    return;

  g_mutex_lock (&self->mutex);
  is_running = self->state == TA_LOOP_RUNNING || self->state == TA_LOOP_STOPPING;
  if (is_running)
    g_atomic_int_set (&self->state, TA_LOOP_STOPPING);
  g_mutex_unlock (&self->mutex);

  if (!is_running)
    return;

  ta_loop_cancel_tasks (self);
  ta_loop_end_gtasks (self);
  ta_loop_tell_listeners (self);
  ta_loop_end_tasks_by_force (self);
  ta_loop_set_ended (self, TA_LOOP_ENDED, TA_SHUTDOWN_TYPE_STOPPED);
}

static gboolean
ta_loop_resolve_exit_timeout (TaLoop *self, gint64 *timeout_us, GError **error)
{
  if (*timeout_us == TA_TIMEOUT_DEFAULT)
    *timeout_us = self->exit_timeout;

  return ta_wait_check_timeout (*timeout_us, error);
}

/* Sets the error, if there is one, of a loop that is not running any more, and whose thread has this much
 * time left. */
static gboolean
ta_loop_finish_stop (TaLoop *self, gint64 timeout_us, GError **error)
{
  g_autoptr (GError) failures = NULL;

  if (g_atomic_int_get (&self->state) == TA_LOOP_ENDED && !self->is_attached &&
      !ta_loop_join (self, timeout_us))
    ta_loop_abandon_ended (self);

  switch ((TaLoopState) g_atomic_int_get (&self->state))
    {
    case TA_LOOP_NEW:
    case TA_LOOP_STARTING:
    case TA_LOOP_RUNNING:
    case TA_LOOP_STOPPING:
      /* It may have been meanwhile. */
      g_set_error (error, TA_ERROR, TA_ERROR_NOT_RUNNING,
                   "Runner “%s” had not been started when it was to be stopped", self->name);
      return FALSE;
    case TA_LOOP_ABANDONED:
      /* Whoever has given it up may not have come so far yet. */
      ta_loop_end_tasks_by_force (self);
      ta_loop_report_failed (self, &failures);
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
                   "The loop of runner “%s” did not end in time, and was abandoned%s%s%s",
                   self->name, self->stuck_in != NULL ? self->stuck_in : "",
                   failures != NULL ? "; " : "", failures != NULL ? failures->message : "");
      return FALSE;
    case TA_LOOP_ENDED:
    default:
      return ta_loop_report_failed (self, error);
    }
}

/* Whether there is anything to stop and to wait for. */
static gboolean
ta_loop_is_stoppable (TaLoop *self)
{
  return ta_loop_get_running (self) && !self->is_attached;
}

static char *
describe_end (gpointer self)
{
  return g_strdup_printf ("the end of runner “%s”", ((TaLoop *) self)->name);
}

static gboolean
ta_loop_enter_end (gpointer object, TaWaiter *waiter)
{
  TaLoop  *self = object;
  gboolean enlisted = FALSE;

  g_mutex_lock (&self->mutex);
  if (self->state >= TA_LOOP_ENDED || self->state < TA_LOOP_RUNNING)
    ta_waiter_end_locked (waiter, TA_OUTCOME_DONE);
  else
    enlisted = ta_waiter_enlist_locked (waiter, &self->enders);
  g_mutex_unlock (&self->mutex);

  return enlisted;
}

/* When a loop is interrupted that has until @deadline to end. */
static gint64
get_interrupt_time (gint64 deadline, gint64 timeout_us)
{
  return deadline == G_MAXINT64 ? G_MAXINT64 : deadline - INTERRUPT_RESERVE_US (timeout_us);
}

/* Sees to the end of a loop for which no thread waits. */
static void
ta_loop_watch_stop (TaLoop *self, gint64 timeout_us)
{
  const gint64 deadline = ta_timeout_get_deadline (timeout_us);

  if (deadline != G_MAXINT64)
    ta_loop_watch (self, get_interrupt_time (deadline, timeout_us), deadline);
}

static gint64
get_time_left (gint64 deadline)
{
  return deadline == G_MAXINT64 ? TA_TIMEOUT_INFINITE : MAX (deadline - g_get_monotonic_time (), 0);
}

/* Blocks until the loop has ended. */
static TaOutcome
ta_loop_await_end (TaLoop *self, gint64 deadline, GCancellable *cancellable)
{
  TaBlockedThread thread;

  ta_blocked_thread_init (&thread, &self->mutex);

  return ta_wait_block (&thread, ta_loop_enter_end, describe_end, self, get_time_left (deadline),
                        cancellable);
}

gboolean
ta_loop_stop (TaLoop *self, gint64 timeout_us, GCancellable *cancellable, GError **error)
{
  g_autofree char *description = NULL;
  TaOutcome        outcome;
  gint64           deadline, interrupt_by;

  if (!ta_loop_resolve_exit_timeout (self, &timeout_us, error) ||
      g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;

  if (self->is_attached)
    ta_loop_detach (self);

  if (!ta_loop_is_stoppable (self))
    return ta_loop_finish_stop (self, timeout_us, error);

  if (ta_loop_is_current (self))
    {
      g_set_error (error, TA_ERROR, TA_ERROR_WOULD_DEADLOCK,
                   "Waiting for runner “%s” to stop would block its own loop: use the asynchronous "
                   "call",
                   self->name);
      return FALSE;
    }

  ta_loop_request_stop (self, timeout_us);

  deadline = ta_timeout_get_deadline (timeout_us);
  interrupt_by = get_interrupt_time (deadline, timeout_us);

  outcome = ta_loop_await_end (self, interrupt_by, cancellable);
  if (outcome == TA_OUTCOME_TIMED_OUT)
    {
      ta_loop_interrupt_once (self, FALSE);
      outcome = ta_loop_await_end (self, deadline, cancellable);
    }
  if (outcome == TA_OUTCOME_TIMED_OUT)
    ta_loop_abandon (self);

  if (outcome == TA_OUTCOME_DONE || outcome == TA_OUTCOME_TIMED_OUT)
    return ta_loop_finish_stop (self, get_time_left (deadline), error);

  /* The stop goes on without this thread. */
  if (deadline != G_MAXINT64)
    ta_loop_watch (self, interrupt_by, deadline);

  description = describe_end (self);
  ta_wait_set_error (outcome, timeout_us, description, error);
  return FALSE;
}

static void
given_up_cb (gpointer target, TaOutcome outcome)
{
  if (outcome == TA_OUTCOME_TIMED_OUT)
    ta_loop_abandon (ta_runner_get_loop (target));
}

/* It is what the loop ends with. */
static const TaOperationKind stop_kind = { .abandon = given_up_cb, .outlives_stop = TRUE };

void
ta_loop_stop_async (TaLoop             *self,
                    TaRunner           *runner,
                    gint64              timeout_us,
                    GCancellable       *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer            user_data)
{
  TaOperation *operation =
      ta_operation_new (runner, runner, &stop_kind, &self->mutex, cancellable, callback, user_data);
  GError *refusal = NULL;

  if (ta_loop_resolve_exit_timeout (self, &timeout_us, &refusal) &&
      !g_cancellable_is_cancelled (cancellable))
    {
      if (self->is_attached)
        ta_loop_detach (self);
      else if (ta_loop_is_stoppable (self))
        {
          ta_loop_request_stop (self, timeout_us);
          ta_loop_watch_stop (self, timeout_us);
        }
    }

  ta_wait_start (operation, ta_loop_enter_end, self, timeout_us, refusal);
}

gboolean
ta_loop_stop_finish (TaLoop *self, GAsyncResult *result, TaRunner *runner, GError **error)
{
  TaOperation     *operation = ta_operation_from_result (result, runner, &stop_kind);
  g_autofree char *description = NULL;
  TaOutcome        outcome;

  g_return_val_if_fail (operation != NULL, FALSE);

  outcome = ta_operation_get_outcome (operation);
  if (outcome == TA_OUTCOME_DONE || outcome == TA_OUTCOME_TIMED_OUT)
    return ta_loop_finish_stop (self, ta_operation_get_timeout (operation), error);

  description = describe_end (self);
  ta_wait_set_operation_error (operation, description, error);

  return FALSE;
}

static void
detach_cb (TaInboxItem *item, gboolean dropped)
{
  TaLoop *self = TA_CONTAINER (item, TaLoop, idle);

  ta_loop_detach (self);
  ta_loop_unref (self);
}

/* Has an attached loop take no more if there is nothing left that would have to be ended; TRUE if so. */
static gboolean
ta_loop_close_unused (TaLoop *self)
{
  gboolean is_unused;

  g_mutex_lock (&self->mutex);
  is_unused = self->state == TA_LOOP_RUNNING && self->first_task == NULL && self->gtasks == NULL &&
              self->listeners == NULL;
  if (is_unused)
    g_atomic_int_set (&self->state, TA_LOOP_STOPPING);
  g_mutex_unlock (&self->mutex);

  return is_unused;
}

/* Stops a loop whose runner object has lost its last reference; from any thread, without a wait. */
void
ta_loop_stop_in_background (TaLoop *self)
{
  if (ta_has_forked)
    return;

  if (ta_loop_is_stoppable (self))
    {
      ta_loop_request_stop (self, self->exit_timeout);
      ta_loop_watch_stop (self, self->exit_timeout);
    }
  else if (ta_loop_get_running (self) && !g_atomic_int_exchange (&self->is_detaching, TRUE))
    {
      /* To cancel runs the handlers of cancellables, which is nothing for a dispose(). Where there is nothing
       * to cancel, the context need not be iterated any more, and may go with this. */
      if (ta_loop_close_unused (self))
        ta_loop_detach (self);
      else
        ta_inbox_push (ta_loop_ref (self)->inbox, &self->idle, detach_cb);
    }
}
