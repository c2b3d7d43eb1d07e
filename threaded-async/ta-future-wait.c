/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-fork-private.h"
#include "ta-future-private.h"
#include "ta-timeout.h"
#include "ta-value-private.h"
#include "ta-wait-private.h"

/* How the result of a future is waited for. */

static const TaOperationKind wait_kind = { 0 };

/* Copies the result of a future that is done. */
static gboolean
ta_future_copy_result (TaFuture *self, GValue *value, GError **error)
{
  if (g_atomic_int_get (&self->state) == TA_FUTURE_FAILED)
    {
      if (error != NULL)
        *error = ta_future_copy_error (self);
      ((TaFutureClass *) G_OBJECT_GET_CLASS (self))->error_taken (self);
      return FALSE;
    }

  if (value != NULL)
    ta_value_copy_out (&self->result.value, value);

  return TRUE;
}

/**
 * ta_future_try_wait:
 * @self: a future
 * @value: (out caller-allocates) (optional): where to put a copy of the value
 * @error: return location for an error
 *
 * Gets the result if it is there, without waiting.
 *
 * It may be called from any thread. The caller frees the value with [method@GObject.Value.unset]. On
 * failure it is set to a %NULL pointer.
 *
 * Fails with `G_IO_ERROR_WOULD_BLOCK` if the future is not done, or with the error with which it is.
 *
 * Returns: whether there is a value
 *
 * Since: 1.0
 */
gboolean
ta_future_try_wait (TaFuture *self, GValue *value, GError **error)
{
  ta_value_clear_out (value);
  g_return_val_if_fail (TA_IS_FUTURE (self), FALSE);

  if (!ta_fork_check (error))
    return FALSE;

  if (!ta_future_is_done (self))
    {
      g_autofree char *description = ta_future_describe (self);

      g_set_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK, "%s is not done yet", description);
      return FALSE;
    }

  return ta_future_copy_result (self, value, error);
}

/* Replaces TA_TIMEOUT_DEFAULT where it stands for something, and refuses other numbers. */
static gboolean
ta_future_resolve_timeout (TaFuture *self, gint64 *timeout_us, GError **error)
{
  if (*timeout_us == TA_TIMEOUT_DEFAULT)
    *timeout_us = ((TaFutureClass *) G_OBJECT_GET_CLASS (self))->get_default_timeout (self);

  return ta_wait_check_timeout (*timeout_us, error);
}

/* How the message of a wait that ended with @outcome calls the future; transfer full. */
static char *
ta_future_describe_wait (TaFuture *self, TaOutcome outcome, gint64 timeout_us)
{
  g_autofree char *description = ta_future_describe (self);
  g_autofree char *delay = NULL;

  if (outcome != TA_OUTCOME_TIMED_OUT || timeout_us == 0)
    return g_steal_pointer (&description);

  delay = ((TaFutureClass *) G_OBJECT_GET_CLASS (self))->describe_delay (self, timeout_us);

  return g_strconcat (description, delay, NULL);
}

/* Sets the error of a wait that did not end with the future being done. */
static void
ta_future_set_wait_error (TaFuture *self, TaOutcome outcome, gint64 timeout_us, GError **error)
{
  g_autofree char *description = ta_future_describe_wait (self, outcome, timeout_us);

  ta_wait_set_error (outcome, timeout_us, description, error);
}

static char *
ta_future_describe_waited_for (gpointer object)
{
  return ta_future_describe (object);
}

static gboolean
ta_future_enter (gpointer object, TaWaiter *waiter)
{
  TaFuture *self = object;
  gboolean  enlisted = FALSE;

  g_mutex_lock (&self->mutex);
  if (self->state != TA_FUTURE_PENDING)
    ta_waiter_end_locked (waiter, TA_OUTCOME_DONE);
  else
    enlisted = ta_waiter_enlist_locked (waiter, &self->waiters);
  g_mutex_unlock (&self->mutex);

  return enlisted;
}

/**
 * ta_future_wait:
 * @self: a future
 * @value: (out caller-allocates) (optional): where to put a copy of the value
 * @timeout_us: how long to wait at most, in microseconds, or `TA_TIMEOUT_INFINITE`; for a task also
 *   `TA_TIMEOUT_DEFAULT`, the default of its runner
 * @cancellable: (nullable): what ends the wait early; it does not cancel the work
 * @error: return location for an error
 *
 * Blocks the calling thread until the future is done, and gets the result.
 *
 * It may be called from any thread, any number of times, and by several threads at once. The caller
 * frees the value with [method@GObject.Value.unset]. On failure it is set to a %NULL pointer.
 *
 * Fails with the error with which the future was made done; with `G_IO_ERROR_TIMED_OUT` or
 * `G_IO_ERROR_CANCELLED` if the wait ended before that; and with `TA_ERROR_WOULD_DEADLOCK`, at once,
 * if waiting would block the thread that has to do the work: that of the task's own runner, and
 * for other futures that of any runner.
 *
 * Returns: whether there is a value
 *
 * Since: 1.0
 */
gboolean
ta_future_wait (TaFuture     *self,
                GValue       *value,
                gint64        timeout_us,
                GCancellable *cancellable,
                GError      **error)
{
  TaBlockedThread thread;
  TaOutcome       outcome;

  ta_value_clear_out (value);
  g_return_val_if_fail (TA_IS_FUTURE (self), FALSE);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), FALSE);

  if (!ta_fork_check (error))
    return FALSE;

  if (!ta_future_resolve_timeout (self, &timeout_us, error))
    return FALSE;

  if (g_cancellable_is_cancelled (cancellable))
    {
      ta_future_set_wait_error (self, TA_OUTCOME_CANCELLED, timeout_us, error);
      return FALSE;
    }

  if (ta_future_is_done (self))
    return ta_future_copy_result (self, value, error);

  if (timeout_us == 0)
    {
      ta_future_set_wait_error (self, TA_OUTCOME_TIMED_OUT, 0, error);
      return FALSE;
    }

  if (!ta_future_check_may_block (self, error))
    return FALSE;

  /* The caller may have the only reference, and somebody may drop it for him. */
  g_object_ref (self);

  ta_blocked_thread_init (&thread, &self->mutex);
  outcome = ta_wait_block (&thread, ta_future_enter, ta_future_describe_waited_for, self,
                           timeout_us, cancellable);

  if (outcome != TA_OUTCOME_DONE)
    ta_future_set_wait_error (self, outcome, timeout_us, error);
  else if (!ta_future_copy_result (self, value, error))
    outcome = TA_OUTCOME_FAILED;

  g_object_unref (self);

  return outcome == TA_OUTCOME_DONE;
}

void
ta_future_start_wait (TaFuture              *self,
                      gpointer               source_object,
                      const TaOperationKind *kind,
                      gint64                 timeout_us,
                      GCancellable          *cancellable,
                      GAsyncReadyCallback    callback,
                      gpointer               user_data)
{
  TaOperation *operation =
      ta_operation_new (source_object, self, kind, &self->mutex, cancellable, callback, user_data);
  GError *refusal = NULL;

  ta_future_resolve_timeout (self, &timeout_us, &refusal);
  ta_wait_start (operation, ta_future_enter, self, timeout_us, refusal);
}

gboolean
ta_future_finish_wait (GAsyncResult          *result,
                       gpointer               source_object,
                       const TaOperationKind *kind,
                       GValue                *value,
                       GError               **error)
{
  TaOperation     *operation = ta_operation_from_result (result, source_object, kind);
  g_autofree char *description = NULL;
  TaFuture        *self;

  g_return_val_if_fail (operation != NULL, FALSE);

  if (!ta_fork_check (error))
    return FALSE;

  self = ta_operation_get_target (operation);

  if (ta_operation_get_outcome (operation) == TA_OUTCOME_DONE)
    return ta_future_copy_result (self, value, error);

  description = ta_future_describe_wait (self, ta_operation_get_outcome (operation),
                                         ta_operation_get_timeout (operation));
  ta_wait_set_operation_error (operation, description, error);

  return FALSE;
}

/**
 * ta_future_wait_async:
 * @self: a future
 * @timeout_us: how long to wait at most, in microseconds, or `TA_TIMEOUT_INFINITE`; for a task also
 *   `TA_TIMEOUT_DEFAULT`, the default of its runner
 * @cancellable: (nullable): what ends the wait early; it does not cancel the work
 * @callback: (scope async) (closure user_data): what to call when the wait has ended
 * @user_data: data for @callback
 *
 * Waits until the future is done, without blocking.
 *
 * It may be called from any thread, and any number of times. The callback runs in the context that
 * is thread-default for the caller, never before this call returns, and in the order of the calls.
 * The operation keeps the future alive. Get the result with [method@Future.wait_finish].
 *
 * Since: 1.0
 */
void
ta_future_wait_async (TaFuture           *self,
                      gint64              timeout_us,
                      GCancellable       *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer            user_data)
{
  g_return_if_fail (TA_IS_FUTURE (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  ta_future_start_wait (self, self, &wait_kind, timeout_us, cancellable, callback, user_data);
}

/**
 * ta_future_wait_finish:
 * @self: a future
 * @result: what the callback was given
 * @value: (out caller-allocates) (optional): where to put a copy of the value
 * @error: return location for an error
 *
 * Gets the result of a wait that was started with [method@Future.wait_async].
 *
 * The caller frees the value with [method@GObject.Value.unset]. On failure it is set to a %NULL
 * pointer.
 *
 * Fails with the error with which the future was made done, or with `G_IO_ERROR_TIMED_OUT` or
 * `G_IO_ERROR_CANCELLED` if the wait ended before that. It ends with the latter also when it was
 * started on a runner that stops.
 *
 * Returns: whether there is a value
 *
 * Since: 1.0
 */
gboolean
ta_future_wait_finish (TaFuture *self, GAsyncResult *result, GValue *value, GError **error)
{
  ta_value_clear_out (value);
  g_return_val_if_fail (TA_IS_FUTURE (self), FALSE);

  return ta_future_finish_wait (result, self, &wait_kind, value, error);
}
