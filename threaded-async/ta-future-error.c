/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-box.h"
#include "ta-error-private.h"
#include "ta-fork-private.h"
#include "ta-future-private.h"

/* The error of a future that has failed. */

/* Copies the error of a future that is done. */
GError *
ta_future_copy_error (TaFuture *self)
{
  GError *error;

  /* Copying one of another domain may run foreign code. */
  if (self->result.error->domain != TA_ERROR)
    return g_error_copy (self->result.error);

  if (ta_has_forked)
    return g_error_new_literal (TA_ERROR, self->result.error->code, self->result.error->message);

  g_mutex_lock (&self->mutex);
  error = g_error_copy (self->result.error);
  g_mutex_unlock (&self->mutex);

  return error;
}

/**
 * ta_future_dup_error: (get-property error)
 * @self: a future
 *
 * Takes the error with which the future was made done; from any thread, without waiting.
 *
 * Returns: (transfer full) (nullable): a copy of the error, or %NULL if the future has not failed
 *
 * Since: 1.0
 */
GError *
ta_future_dup_error (TaFuture *self)
{
  g_return_val_if_fail (TA_IS_FUTURE (self), NULL);

  if (g_atomic_int_get (&self->state) != TA_FUTURE_FAILED)
    return NULL;

  ((TaFutureClass *) G_OBJECT_GET_CLASS (self))->error_taken (self);

  return ta_future_copy_error (self);
}

/**
 * ta_future_dup_error_message: (get-property error-message)
 * @self: a future
 *
 * Takes the message of the error with which the future was made done; from any thread, without
 * waiting.
 *
 * Returns: (transfer full) (nullable): the message, or %NULL if the future has not failed
 *
 * Since: 1.0
 */
char *
ta_future_dup_error_message (TaFuture *self)
{
  g_return_val_if_fail (TA_IS_FUTURE (self), NULL);

  if (g_atomic_int_get (&self->state) != TA_FUTURE_FAILED)
    return NULL;

  ((TaFutureClass *) G_OBJECT_GET_CLASS (self))->error_taken (self);

  return g_strdup (self->result.error->message);
}

/**
 * ta_future_take_foreign_error:
 * @self: a future
 * @type: the type of the foreign value that the caller can use
 *
 * Takes what [method@Promise.return_foreign_error] has put into the error, for a binding; from any
 * thread.
 *
 * An error of a language with a garbage collector most often refers to what waits for it, and the
 * collector does not see the reference that the future holds. So the first who takes it has the only
 * one, and is to keep it where his collector can find it. The future itself, and the errors that its
 * waits fail with from now on, have domain, code and message as before.
 *
 * Returns: (transfer full) (nullable): the box, or %NULL when the future is not done, has not failed
 *   in this way, has a value of another type, or when somebody else has taken it
 *
 * Since: 1.0
 */
TaBox *
ta_future_take_foreign_error (TaFuture *self, GType type)
{
  TaBox *foreign;

  g_return_val_if_fail (TA_IS_FUTURE (self), NULL);

  if (ta_has_forked || g_atomic_int_get (&self->state) != TA_FUTURE_FAILED)
    return NULL;

  g_mutex_lock (&self->mutex);
  foreign = ta_error_steal_foreign (self->result.error, type);
  g_mutex_unlock (&self->mutex);

  if (foreign != NULL)
    ((TaFutureClass *) G_OBJECT_GET_CLASS (self))->error_taken (self);

  return foreign;
}
