/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-error.h"
#include "ta-fork-private.h"
#include "ta-queue-private.h"
#include "ta-wait-private.h"

/*
 * Reserve and commit: to wait for a place in a queue alone, and to decide about the item when it is
 * there. The result of the wait is the reservation, and whoever has it last lets go of the place.
 */

static gboolean
ta_queue_enter_reserve (gpointer object, TaWaiter *waiter)
{
  TaQueue *self = object;
  gboolean enlisted = FALSE;

  ta_queue_lock (self);
  if (waiter->outcome == TA_OUTCOME_PENDING)
    enlisted =
        ta_queue_settle_locked (waiter, ta_queue_reserve_locked (self, waiter), &self->in.putters);
  ta_queue_unlock (self);

  return enlisted;
}

/* A putter was given a place, and is not there any more to use it, unless it has. */
static void
ta_queue_release (gpointer source_object, TaWaiter *putter)
{
  TaQueue    *self = source_object;
  TaQueueStep step = { 0 };

  if (ta_has_forked)
    return;

  ta_queue_lock (self);
  ta_queue_release_locked (self, putter, &step);
  ta_queue_unlock (self);

  ta_queue_finish_step (self, &step);
}

static const TaOperationKind reserve_kind = { .give_back = ta_queue_release };

/* Whether the wait for a place ended with one. */
static gboolean
ta_queue_check_reserved (TaQueue *self, TaOperation *operation, GError **error)
{
  g_autofree char *description = NULL;

  switch (ta_operation_get_outcome (operation))
    {
    case TA_OUTCOME_DONE:
      return TRUE;
    case TA_OUTCOME_CLOSED:
      ta_queue_set_put_closed_error (self, error);
      return FALSE;
    case TA_OUTCOME_PENDING:
    case TA_OUTCOME_TIMED_OUT:
    case TA_OUTCOME_CANCELLED:
    case TA_OUTCOME_STOPPED:
    case TA_OUTCOME_INTERRUPTED:
    case TA_OUTCOME_FAILED:
    default:
      description = ta_queue_describe_space (self);
      ta_wait_set_operation_error (operation, description, error);
      return FALSE;
    }
}

/**
 * ta_queue_reserve_async:
 * @self: a queue
 * @timeout_us: how long to wait at most, in microseconds, or `TA_TIMEOUT_INFINITE`
 * @cancellable: (nullable): what ends the wait early
 * @callback: (scope async) (closure user_data): what to call when the wait has ended
 * @user_data: data for @callback
 *
 * Reserves a place in the queue when there is one, without blocking; from any thread.
 *
 * This is for who is not sure to still want to put an item when there is space for it, such as
 * a coroutine that may be cancelled in between. The callback runs in the context that is
 * thread-default for the caller, never before this call returns. The result that it is given is the
 * reservation: [method@Queue.put_reserved] puts an item with it, at once or later. If the result is
 * freed before, or given to [method@Queue.release_reserved], the place goes to the next who waits
 * for one.
 *
 * Those who wait for space, with an item or for a reservation, threads and asynchronous code, are
 * served in the order in which they came. A place that is reserved counts as taken, so that it must
 * not be kept for long: when it is the last one, every other put waits for it. The item has no place
 * in the order yet: it comes after those that are in the queue when it is put.
 *
 * A queue without a capacity always has a place.
 *
 * Since: 1.0
 */
void
ta_queue_reserve_async (TaQueue            *self,
                        gint64              timeout_us,
                        GCancellable       *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer            user_data)
{
  TaOperation *operation;
  GError      *refusal = NULL;

  g_return_if_fail (TA_IS_QUEUE (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  operation = ta_operation_new (self, NULL, &reserve_kind, &self->in.mutex, cancellable, callback,
                                user_data);
  ta_wait_check_timeout (timeout_us, &refusal);
  ta_wait_start (operation, ta_queue_enter_reserve, self, timeout_us, refusal);
}

/**
 * ta_queue_reserve_finish:
 * @self: a queue
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Gets the reservation for which [method@Queue.reserve_async] waited.
 *
 * It is @result itself, with a reference of its own. In C this call is needed only by who wants to
 * know how the wait ended before it has an item: [method@Queue.put_reserved] fails with the same
 * errors.
 *
 * Fails with `TA_ERROR_CLOSED` if the queue is closed, before or meanwhile, and with
 * `G_IO_ERROR_TIMED_OUT` or `G_IO_ERROR_CANCELLED`, with the latter also if the wait was started on a
 * runner that stops.
 *
 * Returns: (transfer full): the reservation, or %NULL
 *
 * Since: 1.0
 */
GAsyncResult *
ta_queue_reserve_finish (TaQueue *self, GAsyncResult *result, GError **error)
{
  TaOperation *operation;

  g_return_val_if_fail (TA_IS_QUEUE (self), NULL);
  operation = ta_operation_from_result (result, self, &reserve_kind);
  g_return_val_if_fail (operation != NULL, NULL);

  if (!ta_fork_check (error))
    return FALSE;

  return ta_queue_check_reserved (self, operation, error) ? g_object_ref (result) : NULL;
}

/**
 * ta_queue_put_reserved:
 * @self: a queue
 * @result: the reservation: what the callback of [method@Queue.reserve_async] was given
 * @value: (nullable): the value
 * @error: return location for an error
 *
 * Puts a copy of a value into the queue, at a place that was reserved, without waiting; once, from
 * any thread.
 *
 * %NULL stands for a %NULL pointer. If it fails, the item is not in the queue.
 *
 * Fails as the wait did if there is no reservation: with `G_IO_ERROR_TIMED_OUT`,
 * `G_IO_ERROR_CANCELLED` or `TA_ERROR_CLOSED`. Fails with `TA_ERROR_CLOSED` also if the queue was
 * closed since; with `TA_ERROR_WRONG_TYPE` if the value is not of the [property@Queue:item-type], or
 * of none, in which case the place stays reserved; and with `TA_ERROR_ALREADY_DONE` if the
 * reservation was used or released before.
 *
 * Returns: whether the item went in
 *
 * Since: 1.0
 */
gboolean
ta_queue_put_reserved (TaQueue *self, GAsyncResult *result, const GValue *value, GError **error)
{
  GValue           item = G_VALUE_INIT;
  TaQueueStep      step = { 0 };
  TaOperation     *operation;
  TaQueueResult    committed;
  g_autofree char *description = NULL;

  g_return_val_if_fail (TA_IS_QUEUE (self), FALSE);
  operation = ta_operation_from_result (result, self, &reserve_kind);
  g_return_val_if_fail (operation != NULL, FALSE);

  if (!ta_fork_check (error))
    return FALSE;

  if (!ta_queue_check_reserved (self, operation, error) ||
      !ta_queue_copy_item (self, value, &item, error))
    return FALSE;

  ta_queue_lock (self);
  committed = ta_queue_commit_locked (self, ta_operation_get_waiter (operation), &item, &step);
  ta_queue_unlock (self);

  ta_queue_finish_step (self, &step);
  if (committed == TA_QUEUE_DONE)
    return TRUE;

  g_value_unset (&item);

  if (committed == TA_QUEUE_CLOSED)
    {
      ta_queue_set_put_closed_error (self, error);
    }
  else
    {
      description = ta_queue_describe (self);
      g_set_error (error, TA_ERROR, TA_ERROR_ALREADY_DONE,
                   "The place that was reserved in %s is not reserved any more", description);
    }

  return FALSE;
}

/**
 * ta_queue_release_reserved:
 * @self: a queue
 * @result: the reservation: what the callback of [method@Queue.reserve_async] was given
 *
 * Gives a reserved place to the next who waits for one; from any thread.
 *
 * To free the last reference on the reservation does the same; this is for languages in which that
 * may take its time. If the place was used or released before, or was never given, it does nothing.
 *
 * Since: 1.0
 */
void
ta_queue_release_reserved (TaQueue *self, GAsyncResult *result)
{
  TaOperation *operation;

  g_return_if_fail (TA_IS_QUEUE (self));
  operation = ta_operation_from_result (result, self, &reserve_kind);
  g_return_if_fail (operation != NULL);

  ta_queue_release (self, ta_operation_get_waiter (operation));
}
