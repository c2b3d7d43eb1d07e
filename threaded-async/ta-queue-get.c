/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-error.h"
#include "ta-fork-private.h"
#include "ta-queue-private.h"
#include "ta-value-private.h"
#include "ta-wait-private.h"

/* The end of a queue at which values come out. */

static gboolean
ta_queue_enter_get (gpointer object, TaWaiter *waiter)
{
  TaQueue    *self = object;
  TaQueueStep step = { 0 };
  gboolean    enlisted = FALSE;

  ta_queue_lock (self);
  if (waiter->outcome == TA_OUTCOME_PENDING)
    enlisted = ta_queue_settle_locked (
        waiter, ta_queue_take_locked (self, &waiter->value, &waiter->serial, &step),
        &self->in.getters);
  ta_queue_unlock (self);

  ta_queue_finish_step (self, &step);

  return enlisted;
}

/* A taker was given an item, and is not there any more to have it, unless it has. */
static void
ta_queue_give_back (gpointer source_object, TaWaiter *taker)
{
  TaQueue    *self = source_object;
  TaQueueStep step = { 0 };

  if (ta_has_forked || G_VALUE_TYPE (&taker->value) == G_TYPE_INVALID)
    return;

  ta_queue_lock (self);
  ta_queue_return_locked (self, &taker->value, taker->serial, &step);
  ta_queue_unlock (self);

  ta_queue_finish_step (self, &step);
}

static const TaOperationKind get_kind = { .give_back = ta_queue_give_back };

static void
set_closed_error (TaQueue *self, GError **error)
{
  g_autofree char *description = ta_queue_describe (self);

  g_set_error (error, TA_ERROR, TA_ERROR_CLOSED, "There will be no more items in %s: it was closed",
               description);
}

static char *
describe_item (gpointer self)
{
  g_autofree char *description = ta_queue_describe (self);

  return g_strdup_printf ("an item of %s", description);
}

/**
 * ta_queue_try_get:
 * @self: a queue
 * @value: (out caller-allocates) (optional): where to put the item
 * @error: return location for an error
 *
 * Gets an item if there is one, without waiting; from any thread.
 *
 * The item passes to the caller, who frees it with [method@GObject.Value.unset]. On failure it is set
 * to a %NULL pointer.
 *
 * Fails with `G_IO_ERROR_WOULD_BLOCK` if the queue is empty, or with `TA_ERROR_CLOSED` if it is
 * closed, too.
 *
 * Returns: whether there was an item
 *
 * Since: 1.0
 */
gboolean
ta_queue_try_get (TaQueue *self, GValue *value, GError **error)
{
  GValue           item = G_VALUE_INIT;
  g_autofree char *description = NULL;

  ta_value_clear_out (value);
  g_return_val_if_fail (TA_IS_QUEUE (self), FALSE);

  if (!ta_fork_check (error))
    return FALSE;

  switch (ta_queue_take (self, &item))
    {
    case TA_QUEUE_DONE:
      ta_value_move_out (&item, value);
      return TRUE;
    case TA_QUEUE_CLOSED:
      set_closed_error (self, error);
      return FALSE;
    case TA_QUEUE_WOULD_BLOCK:
    case TA_QUEUE_ALREADY_DONE:
    default:
      if (error != NULL)
        {
          description = ta_queue_describe (self);
          g_set_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK, "There is no item in %s",
                       description);
        }
      return FALSE;
    }
}

/**
 * ta_queue_get_wait:
 * @self: a queue
 * @value: (out caller-allocates) (optional): where to put the item
 * @timeout_us: how long to wait at most, in microseconds, or `TA_TIMEOUT_INFINITE`
 * @cancellable: (nullable): what ends the wait early
 * @error: return location for an error
 *
 * Gets an item, and blocks the calling thread until there is one; from any thread.
 *
 * The item passes to the caller, who frees it with [method@GObject.Value.unset]. On failure it is set
 * to a %NULL pointer, and no item is taken.
 *
 * Fails with `TA_ERROR_CLOSED` if the queue is empty and closed; with `G_IO_ERROR_TIMED_OUT` or
 * `G_IO_ERROR_CANCELLED`; and with `TA_ERROR_WOULD_DEADLOCK`, at once, if it would block the loop of a
 * threaded runner.
 *
 * Returns: whether there was an item
 *
 * Since: 1.0
 */
gboolean
ta_queue_get_wait (TaQueue      *self,
                   GValue       *value,
                   gint64        timeout_us,
                   GCancellable *cancellable,
                   GError      **error)
{
  GValue           item = G_VALUE_INIT;
  g_autofree char *description = NULL;
  TaBlockedThread  thread;
  TaOutcome        outcome;
  TaQueueResult    result;

  ta_value_clear_out (value);
  g_return_val_if_fail (TA_IS_QUEUE (self), FALSE);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), FALSE);

  if (!ta_fork_check (error))
    return FALSE;

  if (!ta_wait_check_timeout (timeout_us, error))
    return FALSE;

  if (cancellable != NULL && g_cancellable_is_cancelled (cancellable))
    {
      description = describe_item (self);
      ta_wait_set_error (TA_OUTCOME_CANCELLED, timeout_us, description, error);
      return FALSE;
    }

  result = ta_queue_take (self, &item);
  if (result == TA_QUEUE_DONE)
    {
      ta_value_move_out (&item, value);
      return TRUE;
    }
  if (result == TA_QUEUE_CLOSED)
    {
      set_closed_error (self, error);
      return FALSE;
    }

  if (timeout_us == 0 || ta_inbox_get_entered () != NULL)
    {
      description = describe_item (self);
      if (!ta_wait_check_may_block (timeout_us, description, error))
        return FALSE;
    }

  /* The caller may have the only reference, and somebody may drop it for him. */
  g_object_ref (self);
  ta_blocked_thread_init (&thread, &self->in.mutex);
  outcome =
      ta_wait_block (&thread, ta_queue_enter_get, describe_item, self, timeout_us, cancellable);

  if (outcome == TA_OUTCOME_DONE)
    {
      ta_value_move_out (&thread.waiter.value, value);
    }
  else if (outcome == TA_OUTCOME_CLOSED)
    {
      set_closed_error (self, error);
    }
  else
    {
      description = describe_item (self);
      ta_wait_set_error (outcome, timeout_us, description, error);
    }
  g_object_unref (self);

  return outcome == TA_OUTCOME_DONE;
}

/**
 * ta_queue_get_async:
 * @self: a queue
 * @timeout_us: how long to wait at most, in microseconds, or `TA_TIMEOUT_INFINITE`
 * @cancellable: (nullable): what ends the wait early
 * @callback: (scope async) (closure user_data): what to call when the wait has ended
 * @user_data: data for @callback
 *
 * Gets an item when there is one, without blocking; from any thread.
 *
 * The callback runs in the context that is thread-default for the caller, never before this call
 * returns. It calls [method@Queue.get_finish] for the item, which is in the result.
 *
 * Those who wait, threads and callers of this function alike, get items in the order in which they
 * came. Once an item has been handed over, a cancel comes too late, and the item is delivered.
 *
 * If nobody takes the item out of the result, it goes back when the result is freed: to the first
 * who waits for one, or to its old place in the queue, before everything that came after it, even if
 * the queue is full or closed by then. So whoever may lose interest in the item until the callback
 * runs can decide there.
 *
 * Since: 1.0
 */
void
ta_queue_get_async (TaQueue            *self,
                    gint64              timeout_us,
                    GCancellable       *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer            user_data)
{
  TaOperation *operation;
  GError      *refusal = NULL;

  g_return_if_fail (TA_IS_QUEUE (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  operation =
      ta_operation_new (self, NULL, &get_kind, &self->in.mutex, cancellable, callback, user_data);
  ta_wait_check_timeout (timeout_us, &refusal);
  ta_wait_start (operation, ta_queue_enter_get, self, timeout_us, refusal);
}

/**
 * ta_queue_get_finish:
 * @self: a queue
 * @result: what the callback was given
 * @value: (out caller-allocates) (optional): where to put the item
 * @error: return location for an error
 *
 * Gets the item for which [method@Queue.get_async] waited; once.
 *
 * The item passes to the caller, who frees it with [method@GObject.Value.unset]. On failure it is set
 * to a %NULL pointer, and no item was taken.
 *
 * Fails with `TA_ERROR_CLOSED` if the queue is empty and closed, and with `G_IO_ERROR_TIMED_OUT` or
 * `G_IO_ERROR_CANCELLED`, with the latter also if the wait was started on a runner that stops.
 *
 * Returns: whether there was an item
 *
 * Since: 1.0
 */
gboolean
ta_queue_get_finish (TaQueue *self, GAsyncResult *result, GValue *value, GError **error)
{
  g_autofree char *description = NULL;
  TaOperation     *operation;
  TaWaiter        *waiter;

  ta_value_clear_out (value);
  g_return_val_if_fail (TA_IS_QUEUE (self), FALSE);
  operation = ta_operation_from_result (result, self, &get_kind);
  g_return_val_if_fail (operation != NULL, FALSE);

  if (!ta_fork_check (error))
    return FALSE;

  waiter = ta_operation_get_waiter (operation);
  if (waiter->outcome == TA_OUTCOME_DONE)
    {
      g_return_val_if_fail (G_IS_VALUE (&waiter->value), FALSE);

      ta_value_move_out (&waiter->value, value);
      return TRUE;
    }

  if (waiter->outcome == TA_OUTCOME_CLOSED)
    {
      set_closed_error (self, error);
      return FALSE;
    }

  description = describe_item (self);
  ta_wait_set_operation_error (operation, description, error);

  return FALSE;
}
