/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-debug-private.h"
#include "ta-error.h"
#include "ta-fork-private.h"
#include "ta-inbox-private.h"
#include "ta-timeout.h"
#include "ta-wait-private.h"

/* That of the loop that this thread runs. */
static _Thread_local TaWaitGuard *guard;

void
ta_wait_guard_init (TaWaitGuard *self, const char *owner)
{
  *self = (TaWaitGuard){ .owner = owner };
  g_mutex_init (&self->mutex);
}

void
ta_wait_guard_clear (TaWaitGuard *self)
{
  ta_mutex_clear (&self->mutex);
}

/* Makes this the guard of the calling thread; NULL when its loop has ended. */
void
ta_wait_guard_enter (TaWaitGuard *self)
{
  guard = self;
}

/* Ends the wait that blocks the thread, and whatever it would wait for after that. */
void
ta_wait_guard_interrupt (TaWaitGuard *self)
{
  g_mutex_lock (&self->mutex);
  self->is_interrupted = TRUE;
  /* The waiter stands on the thread's stack while it is known here. To wake it runs nobody's code. */
  if (self->waiter != NULL && ta_waiter_end (self->waiter, TA_OUTCOME_STOPPED))
    ta_waiter_complete (self->waiter);
  g_mutex_unlock (&self->mutex);
}

/* Says what blocks the thread. */
static void
ta_wait_guard_set_waiter (TaWaitGuard       *self,
                          TaWaiter          *waiter,
                          TaWaitDescribeFunc describe,
                          gpointer           object)
{
  GSource *source = NULL;
  gint64   since = g_get_monotonic_time ();

  if (ta_inbox_get_root (ta_inbox_get_entered ()) == NULL)
    source = g_main_current_source ();

  g_mutex_lock (&self->mutex);
  self->waiter = waiter;
  self->describe = describe;
  self->object = object;
  self->source = source;
  self->since = since;
  if (self->is_interrupted && ta_waiter_end (waiter, TA_OUTCOME_STOPPED))
    ta_waiter_complete (waiter);
  g_mutex_unlock (&self->mutex);
}

/* Says that nothing does any more. */
static void
ta_wait_guard_clear_waiter (TaWaitGuard *self)
{
  g_mutex_lock (&self->mutex);
  self->waiter = NULL;
  g_mutex_unlock (&self->mutex);
}

/* Tells what blocks the thread just now; from any thread. */
void
ta_wait_guard_report (TaWaitGuard *self, TaWaitReport *report)
{
  *report = (TaWaitReport){ 0 };

  /* While the waiter is known here the thread does not come out of its wait: it has what it waits for,
   * and the source whose function it is in. */
  g_mutex_lock (&self->mutex);
  if (self->waiter != NULL)
    {
      report->what = self->describe (self->object);
      report->source = self->source != NULL ? g_strdup (g_source_get_name (self->source)) : NULL;
      report->since = self->since;
    }
  g_mutex_unlock (&self->mutex);
}

void
ta_wait_report_clear (TaWaitReport *self)
{
  g_free (self->what);
  g_free (self->source);
}

/* Blocks the calling thread until its wait for @object has ended. */
TaOutcome
ta_wait_block (TaBlockedThread   *thread,
               TaWaitEnterFunc    enter,
               TaWaitDescribeFunc describe,
               gpointer           object,
               gint64             timeout_us,
               GCancellable      *cancellable)
{
  gint64 deadline = ta_timeout_get_deadline (timeout_us);

  if (!enter (object, &thread->waiter))
    return thread->waiter.outcome;

  if (guard != NULL)
    ta_wait_guard_set_waiter (guard, &thread->waiter, describe, object);
  else if (ta_debug_is_on ())
    ta_debug_add_block (thread, describe, object, cancellable);

  ta_blocked_thread_wait (thread, deadline, cancellable);

  if (guard != NULL)
    ta_wait_guard_clear_waiter (guard);
  else if (ta_debug_is_on ())
    ta_debug_remove_wait (thread);

  return thread->waiter.outcome;
}

/* Sets a new operation off, or ends it with @refusal (transfer full), which may be NULL. */
void
ta_wait_start (TaOperation    *operation,
               TaWaitEnterFunc enter,
               gpointer        object,
               gint64          timeout_us,
               GError         *refusal)
{
  TaWaiter *waiter = ta_operation_get_waiter (operation);

  if (ta_has_forked)
    {
      g_clear_error (&refusal);
      ta_fork_refuse (&refusal);
      /* Without the lock, which may be nobody's any more. */
      waiter->outcome = TA_OUTCOME_FAILED;
      ta_operation_fail (operation, refusal);
      ta_operation_complete (operation);
      return;
    }

  /* Once it is in a list it may be completed at once, and go. */
  ta_operation_ref (operation);

  if (refusal != NULL)
    ta_operation_fail (operation, refusal);
  else
    ta_operation_arm (operation, timeout_us);

  if (!enter (object, waiter) || ta_waiter_end_late (waiter) || ta_operation_end_late (operation))
    ta_operation_complete (operation);

  ta_operation_unref (operation);
}

/* Refuses negative timeouts other than TA_TIMEOUT_INFINITE. */
gboolean
ta_wait_check_timeout (gint64 timeout_us, GError **error)
{
  if (timeout_us >= 0 || timeout_us == TA_TIMEOUT_INFINITE)
    return TRUE;

  if (timeout_us == TA_TIMEOUT_DEFAULT)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                         "There is no default timeout here: only calls on a runner or a task "
                         "have one");
  else
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                 "%" G_GINT64_FORMAT " is no timeout: it takes microseconds, or "
                 "TA_TIMEOUT_INFINITE",
                 timeout_us);

  return FALSE;
}

/* Refuses to block a runner's loop for @what, which another of its tasks may have to bring about. */
gboolean
ta_wait_check_not_in_loop (const char *what, GError **error)
{
  TaInbox *inbox = ta_inbox_get_entered ();

  if (inbox == NULL)
    return TRUE;

  g_set_error (error, TA_ERROR, TA_ERROR_WOULD_DEADLOCK,
               "Waiting for %s would block the loop of runner “%s”: use the asynchronous call",
               what, ta_inbox_get_owner (inbox));
  return FALSE;
}

/* What is left to be checked when a call on a primitive would have to wait for @what. */
gboolean
ta_wait_check_may_block (gint64 timeout_us, const char *what, GError **error)
{
  if (timeout_us != 0)
    return ta_wait_check_not_in_loop (what, error);

  ta_wait_set_error (TA_OUTCOME_TIMED_OUT, timeout_us, what, error);
  return FALSE;
}

/* Sets the error of a wait for @what that ended with another outcome than TA_OUTCOME_DONE. */
void
ta_wait_set_error (TaOutcome outcome, gint64 timeout_us, const char *what, GError **error)
{
  switch (outcome)
    {
    case TA_OUTCOME_TIMED_OUT:
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "Timed out after %g s waiting for %s",
                   (double) timeout_us / G_USEC_PER_SEC, what);
      break;
    case TA_OUTCOME_CANCELLED:
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "The wait for %s was cancelled", what);
      break;
    case TA_OUTCOME_STOPPED:
      if (guard != NULL)
        g_set_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED,
                     "The wait for %s was ended, because runner “%s” stops", what, guard->owner);
      else
        g_set_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED,
                     "The runner stopped on which the wait for %s was started", what);
      break;
    case TA_OUTCOME_INTERRUPTED:
      /* See ta_set_interrupt_func(). */
      break;
    case TA_OUTCOME_PENDING:
    case TA_OUTCOME_DONE:
    case TA_OUTCOME_CLOSED:
    case TA_OUTCOME_FAILED:
    default:
      g_assert_not_reached ();
    }
}

/* The same for an operation, which may also have been refused from the start. */
void
ta_wait_set_operation_error (TaOperation *operation, const char *what, GError **error)
{
  TaOutcome outcome = ta_operation_get_outcome (operation);

  if (outcome != TA_OUTCOME_FAILED)
    ta_wait_set_error (outcome, ta_operation_get_timeout (operation), what, error);
  else if (error != NULL)
    *error = g_error_copy (ta_operation_get_error (operation));
}
