/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-error.h"
#include "ta-promise-private.h"
#include "ta-task-private.h"

/**
 * TaPromise:
 *
 * The writing side of a [class@Future].
 *
 * Whoever has a promise owes a result: it ends with one of the return functions, which are named as
 * those of [class@Gio.Task] are, once, from any thread. It may be passed on as the user data of any
 * chain of asynchronous calls until then.
 *
 * A return lets go of the future, so that a promise that is kept for longer keeps nothing else
 * alive. If the last reference on a promise goes before a return, its future fails with
 * `TA_ERROR_DROPPED`, so that nobody waits for ever.
 *
 * The promise of a [class@ThreadedAsync.Task] also knows whether the task has been cancelled, and can tell how
 * far the work is.
 *
 * Since: 1.0
 */

G_DEFINE_BOXED_TYPE (TaPromise, ta_promise, ta_promise_ref, ta_promise_unref)

/* Takes over the reference on @future. */
TaPromise *
ta_promise_new_for_future (TaFuture *future)
{
  TaPromise *self = g_new (TaPromise, 1);

  *self = (TaPromise){ .ref_count = 1, .holds = 1, .future = future };

  return self;
}

/* Lets the caller use the future until ta_promise_release(); FALSE after the return. */
gboolean
ta_promise_hold (TaPromise *self)
{
  int holds = g_atomic_int_get (&self->holds);

  while ((holds & TA_PROMISE_RETURNED) == 0)
    {
      if (g_atomic_int_compare_and_exchange_full (&self->holds, holds, holds + 1, &holds))
        return TRUE;
    }

  return FALSE;
}

void
ta_promise_release (TaPromise *self)
{
  if (g_atomic_int_add (&self->holds, -1) == (TA_PROMISE_RETURNED | 1))
    g_object_unref (self->future);
}

/* TRUE for the one return, which may use the future until ta_promise_release(). */
gboolean
ta_promise_begin_return (TaPromise *self)
{
  return (g_atomic_int_or ((guint *) &self->holds, TA_PROMISE_RETURNED) & TA_PROMISE_RETURNED) == 0;
}

/* The task of a promise that has one; for holders. */
static TaTask *
ta_promise_get_task (TaPromise *self)
{
  return TA_IS_TASK (self->future) ? TA_TASK (self->future) : NULL;
}

/**
 * ta_promise_new: (constructor)
 *
 * Makes a promise with a future of its own, which belongs to no task.
 *
 * The signals of the future will be emitted in the context that is thread-default here.
 *
 * Returns: (transfer full): a new promise
 *
 * Since: 1.0
 */
TaPromise *
ta_promise_new (void)
{
  return ta_promise_new_for_future (ta_future_new ());
}

/**
 * ta_promise_ref:
 * @self: a promise
 *
 * Adds a reference; from any thread.
 *
 * Returns: (transfer full): the promise
 *
 * Since: 1.0
 */
TaPromise *
ta_promise_ref (TaPromise *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_int_inc (&self->ref_count);

  return self;
}

/**
 * ta_promise_unref:
 * @self: (transfer full): a promise
 *
 * Drops a reference; from any thread.
 *
 * If it was the last one, and nothing has been returned, the future fails with `TA_ERROR_DROPPED`.
 *
 * Since: 1.0
 */
void
ta_promise_unref (TaPromise *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;

  if (ta_promise_begin_return (self))
    {
      g_autofree char *description = ta_future_describe (self->future);
      GError          *error = g_error_new (TA_ERROR, TA_ERROR_DROPPED,
                                            "The promise of %s was dropped without a result", description);

      if (!ta_future_end_with_error (self->future, error))
        g_error_free (error);
      ta_promise_release (self);
    }

  g_clear_object (&self->cancellable);
  g_free (self);
}

/**
 * ta_promise_get_future:
 * @self: a promise
 *
 * Returns the reading side; from any thread.
 *
 * Returns: (transfer full) (nullable): the future, or %NULL once the promise has returned
 *
 * Since: 1.0
 */
TaFuture *
ta_promise_get_future (TaPromise *self)
{
  TaFuture *future;

  g_return_val_if_fail (self != NULL, NULL);

  if (!ta_promise_hold (self))
    return NULL;

  future = g_object_ref (self->future);
  ta_promise_release (self);

  return future;
}

/**
 * ta_promise_get_cancellable:
 * @self: a promise
 *
 * Returns what tells that the task should end early; to be passed on to whatever the work calls.
 *
 * It may be called from any thread. The cancellable lives as long as the promise.
 *
 * Returns: (transfer none) (nullable): the cancellable, or %NULL if the promise belongs to no task,
 *   or has returned
 *
 * Since: 1.0
 */
GCancellable *
ta_promise_get_cancellable (TaPromise *self)
{
  GCancellable *cancellable;
  TaTask       *task;

  g_return_val_if_fail (self != NULL, NULL);

  cancellable = g_atomic_pointer_get (&self->cancellable);
  if (cancellable != NULL || !ta_promise_hold (self))
    return cancellable;

  task = ta_promise_get_task (self);
  if (task != NULL)
    {
      cancellable = g_object_ref (ta_task_ensure_cancellable (task));
      if (!g_atomic_pointer_compare_and_exchange (&self->cancellable, NULL, cancellable))
        g_object_unref (cancellable);
    }
  ta_promise_release (self);

  return cancellable;
}

/**
 * ta_promise_set_progress:
 * @self: a promise
 * @progress: how far the work is, from 0 to 1
 *
 * Sets the [property@ThreadedAsync.Task:progress] of the task; from any thread, as often as one likes.
 *
 * It does nothing on a promise that belongs to no task, or has returned.
 *
 * Since: 1.0
 */
void
ta_promise_set_progress (TaPromise *self, double progress)
{
  TaTask *task;

  g_return_if_fail (self != NULL);

  if (!ta_promise_hold (self))
    return;

  task = ta_promise_get_task (self);
  if (task != NULL)
    ta_task_set_progress (task, progress);
  ta_promise_release (self);
}

/**
 * ta_promise_set_status:
 * @self: a promise
 * @status: (nullable): what the work is doing, for a person to read
 *
 * Sets the [property@ThreadedAsync.Task:status] of the task; from any thread, as often as one likes.
 *
 * It does nothing on a promise that belongs to no task, or has returned.
 *
 * Since: 1.0
 */
void
ta_promise_set_status (TaPromise *self, const char *status)
{
  TaTask *task;

  g_return_if_fail (self != NULL);

  if (!ta_promise_hold (self))
    return;

  task = ta_promise_get_task (self);
  if (task != NULL)
    ta_task_set_status (task, status);
  ta_promise_release (self);
}
