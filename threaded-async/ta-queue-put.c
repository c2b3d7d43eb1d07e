/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-error.h"
#include "ta-fork-private.h"
#include "ta-queue-private.h"
#include "ta-value-private.h"
#include "ta-wait-private.h"

/* The end of a queue at which values go in. */

static const TaOperationKind put_kind = { 0 };

/* Copies a value that may go in; the copy is freed by whoever still has it in the end. */
gboolean
ta_queue_copy_item (TaQueue *self, const GValue *value, GValue *item, GError **error)
{
  static const GValue nothing = { .g_type = G_TYPE_POINTER };
  g_autofree char    *description = NULL;

  if (value == NULL)
    value = &nothing;

  /* Most are numbers, and need no look at the type system. */
  if (ta_value_is_plain (value) &&
      (self->item_type == G_TYPE_NONE || self->item_type == G_VALUE_TYPE (value)))
    {
      *item = *value;
      return TRUE;
    }

  if (!G_IS_VALUE (value))
    {
      description = ta_queue_describe (self);
      g_set_error (error, TA_ERROR, TA_ERROR_WRONG_TYPE,
                   "What was to be put into %s is a value without a type", description);
      return FALSE;
    }

  if (self->item_type != G_TYPE_NONE && self->item_type != G_VALUE_TYPE (value) &&
      !g_type_is_a (ta_value_get_item_type (value), self->item_type))
    {
      description = ta_queue_describe (self);
      g_set_error (error, TA_ERROR, TA_ERROR_WRONG_TYPE,
                   "What was to be put into %s is of type %s, and it takes only %s", description,
                   g_type_name (ta_value_get_item_type (value)), g_type_name (self->item_type));
      return FALSE;
    }

  ta_value_copy (value, item);

  return TRUE;
}

static gboolean
ta_queue_enter_put (gpointer object, TaWaiter *waiter)
{
  TaQueue    *self = object;
  TaQueueStep step = { 0 };
  gboolean    enlisted = FALSE;

  ta_queue_lock (self);
  if (waiter->outcome == TA_OUTCOME_PENDING)
    enlisted = ta_queue_settle_locked (waiter, ta_queue_store_locked (self, &waiter->value, &step),
                                       &self->in.putters);
  ta_queue_unlock (self);

  ta_queue_finish_step (self, &step);

  return enlisted;
}

void
ta_queue_set_put_closed_error (TaQueue *self, GError **error)
{
  g_autofree char *description = ta_queue_describe (self);

  g_set_error (error, TA_ERROR, TA_ERROR_CLOSED, "Nothing can be put into %s: it was closed",
               description);
}

/**
 * ta_queue_try_put:
 * @self: a queue
 * @value: (nullable): the value
 * @error: return location for an error
 *
 * Puts a copy of a value into the queue if there is space, without waiting; from any thread.
 *
 * %NULL stands for a %NULL pointer.
 *
 * Fails with `G_IO_ERROR_WOULD_BLOCK` if the queue is full, with `TA_ERROR_CLOSED` if it is closed,
 * and with `TA_ERROR_WRONG_TYPE` if the value is not of the [property@Queue:item-type], or of none.
 *
 * Returns: whether the item went in
 *
 * Since: 1.0
 */
gboolean
ta_queue_try_put (TaQueue *self, const GValue *value, GError **error)
{
  GValue           item = G_VALUE_INIT;
  TaQueueResult    result;
  g_autofree char *description = NULL;

  g_return_val_if_fail (TA_IS_QUEUE (self), FALSE);

  if (!ta_fork_check (error))
    return FALSE;

  if (!ta_queue_copy_item (self, value, &item, error))
    return FALSE;

  result = ta_queue_store (self, &item);
  if (result == TA_QUEUE_DONE)
    return TRUE;

  g_value_unset (&item);

  if (result == TA_QUEUE_CLOSED)
    {
      ta_queue_set_put_closed_error (self, error);
    }
  else if (error != NULL)
    {
      description = ta_queue_describe (self);
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK, "There is no space in %s",
                   description);
    }

  return FALSE;
}

/* Blocks the calling thread until there is space for @item, which stays here if there is none. */
static TaOutcome
ta_queue_block_put (TaQueue      *self,
                    GValue       *item,
                    gint64        timeout_us,
                    GCancellable *cancellable,
                    const char   *description,
                    GError      **error)
{
  TaBlockedThread thread;
  TaOutcome       outcome;

  ta_blocked_thread_init (&thread, &self->in.mutex);
  thread.waiter.value = *item;

  /* The caller may have the only reference, and somebody may drop it for him. */
  g_object_ref (self);
  outcome = ta_wait_block (&thread, ta_queue_enter_put, ta_queue_describe_space, self, timeout_us,
                           cancellable);
  if (outcome == TA_OUTCOME_CLOSED)
    ta_queue_set_put_closed_error (self, error);
  else if (outcome != TA_OUTCOME_DONE)
    ta_wait_set_error (outcome, timeout_us, description, error);
  g_object_unref (self);

  *item = thread.waiter.value;

  return outcome;
}

/**
 * ta_queue_put_wait:
 * @self: a queue
 * @value: (nullable): the value
 * @timeout_us: how long to wait at most, in microseconds, or `TA_TIMEOUT_INFINITE`
 * @cancellable: (nullable): what ends the wait early
 * @error: return location for an error
 *
 * Puts a copy of a value into the queue, and blocks the calling thread until there is space; from
 * any thread.
 *
 * %NULL stands for a %NULL pointer. If it fails, the item is not in the queue.
 *
 * Fails with `TA_ERROR_CLOSED` if the queue is closed, before or meanwhile; with
 * `TA_ERROR_WRONG_TYPE` if the value is not of the [property@Queue:item-type], or of none; with
 * `G_IO_ERROR_TIMED_OUT` or `G_IO_ERROR_CANCELLED`; and with `TA_ERROR_WOULD_DEADLOCK`, at once, if it
 * would block the loop of a threaded runner.
 *
 * Returns: whether the item went in
 *
 * Since: 1.0
 */
gboolean
ta_queue_put_wait (TaQueue      *self,
                   const GValue *value,
                   gint64        timeout_us,
                   GCancellable *cancellable,
                   GError      **error)
{
  GValue           item = G_VALUE_INIT;
  TaQueueResult    result;
  TaOutcome        outcome = TA_OUTCOME_FAILED;
  g_autofree char *description = NULL;

  g_return_val_if_fail (TA_IS_QUEUE (self), FALSE);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), FALSE);

  if (!ta_fork_check (error))
    return FALSE;

  if (!ta_wait_check_timeout (timeout_us, error))
    return FALSE;

  if (cancellable != NULL && g_cancellable_is_cancelled (cancellable))
    {
      description = ta_queue_describe_space (self);
      ta_wait_set_error (TA_OUTCOME_CANCELLED, timeout_us, description, error);
      return FALSE;
    }

  if (!ta_queue_copy_item (self, value, &item, error))
    return FALSE;

  result = ta_queue_store (self, &item);
  if (result == TA_QUEUE_DONE)
    return TRUE;

  if (result == TA_QUEUE_CLOSED)
    {
      ta_queue_set_put_closed_error (self, error);
    }
  else
    {
      description = ta_queue_describe_space (self);

      if (ta_wait_check_may_block (timeout_us, description, error))
        outcome = ta_queue_block_put (self, &item, timeout_us, cancellable, description, error);
    }

  if (outcome != TA_OUTCOME_DONE)
    g_value_unset (&item);

  return outcome == TA_OUTCOME_DONE;
}

/**
 * ta_queue_put_async:
 * @self: a queue
 * @value: (nullable): the value
 * @timeout_us: how long to wait at most, in microseconds, or `TA_TIMEOUT_INFINITE`
 * @cancellable: (nullable): what ends the wait early
 * @callback: (scope async) (closure user_data): what to call when the wait has ended
 * @user_data: data for @callback
 *
 * Puts a copy of a value into the queue when there is space, without blocking; from any thread.
 *
 * %NULL stands for a %NULL pointer. The callback runs in the context that is thread-default for the
 * caller, never before this call returns. Get the result with [method@Queue.put_finish].
 *
 * Those who wait, threads and callers of this function alike, are let in in the order in which they
 * came.
 *
 * Since: 1.0
 */
void
ta_queue_put_async (TaQueue            *self,
                    const GValue       *value,
                    gint64              timeout_us,
                    GCancellable       *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer            user_data)
{
  TaOperation *operation;
  TaWaiter    *waiter;
  GError      *refusal = NULL;

  g_return_if_fail (TA_IS_QUEUE (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  operation =
      ta_operation_new (self, NULL, &put_kind, &self->in.mutex, cancellable, callback, user_data);
  waiter = ta_operation_get_waiter (operation);

  if (ta_wait_check_timeout (timeout_us, &refusal))
    ta_queue_copy_item (self, value, &waiter->value, &refusal);
  ta_wait_start (operation, ta_queue_enter_put, self, timeout_us, refusal);
}

/**
 * ta_queue_put_finish:
 * @self: a queue
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Gets the result of [method@Queue.put_async].
 *
 * If it fails, the item is not in the queue. Fails with `TA_ERROR_CLOSED` if the queue is closed,
 * before or meanwhile; with `TA_ERROR_WRONG_TYPE` if the value is not of the
 * [property@Queue:item-type], or of none; and with `G_IO_ERROR_TIMED_OUT` or `G_IO_ERROR_CANCELLED`,
 * with the latter also if the wait was started on a runner that stops.
 *
 * Returns: whether the item went in
 *
 * Since: 1.0
 */
gboolean
ta_queue_put_finish (TaQueue *self, GAsyncResult *result, GError **error)
{
  g_autofree char *description = NULL;
  TaOperation     *operation;
  TaOutcome        outcome;

  g_return_val_if_fail (TA_IS_QUEUE (self), FALSE);
  operation = ta_operation_from_result (result, self, &put_kind);
  g_return_val_if_fail (operation != NULL, FALSE);

  if (!ta_fork_check (error))
    return FALSE;

  outcome = ta_operation_get_outcome (operation);
  if (outcome == TA_OUTCOME_DONE)
    return TRUE;

  if (outcome == TA_OUTCOME_CLOSED)
    {
      ta_queue_set_put_closed_error (self, error);
      return FALSE;
    }

  description = ta_queue_describe_space (self);
  ta_wait_set_operation_error (operation, description, error);

  return FALSE;
}

/**
 * ta_queue_close:
 * @self: a queue
 *
 * Lets nothing more into the queue; from any thread.
 *
 * From now on every put fails with `TA_ERROR_CLOSED`, those included that wait, whose items stay with
 * their callers, and those for which a place was reserved. What is in the queue can still be got; when
 * there is nothing left, every get fails with `TA_ERROR_CLOSED`, those included that wait. To close a
 * queue twice does nothing.
 *
 * Since: 1.0
 */
void
ta_queue_close (TaQueue *self)
{
  TaWaiter *getters, *putters;
  gboolean  changed;

  g_return_if_fail (TA_IS_QUEUE (self));

  if (ta_has_forked)
    return;

  ta_queue_lock (self);
  changed = !self->in.closed;
  g_atomic_int_set (&self->in.closed, TRUE);
  getters = ta_waiter_list_end_all_locked (&self->in.getters, TA_OUTCOME_CLOSED);
  putters = ta_waiter_list_end_all_locked (&self->in.putters, TA_OUTCOME_CLOSED);
  ta_queue_unlock (self);

  ta_waiter_complete_all (getters);
  ta_waiter_complete_all (putters);
  if (changed)
    ta_queue_notify_closed (self);
}
