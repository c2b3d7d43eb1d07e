/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-error-private.h"
#include "ta-fork-private.h"
#include "ta-promise-private.h"
#include "ta-value-private.h"

/* The ways in which a promise is kept. */

/* Ends the promise with a value, which is moved; FALSE, and unset, if it has ended already. */
static gboolean
ta_promise_end (TaPromise *self, GValue *value)
{
  gboolean first = ta_promise_begin_return (self);

  /* A task that was ended by force is done: then nobody wants the value. */
  if (!first || !ta_future_end_with_value (self->future, value))
    g_value_unset (value);
  if (first)
    ta_promise_release (self);

  return first;
}

/* The same for the functions for which a second return is a fault of the program. */
static void
ta_promise_end_once (TaPromise *self, GValue *value)
{
  if (!ta_promise_end (self, value))
    g_critical ("A promise can be returned only once, and this one has been");
}

/**
 * ta_promise_return_boolean:
 * @self: a promise
 * @result: the result
 *
 * Ends the promise with a boolean; once, from any thread.
 *
 * Since: 1.0
 */
void
ta_promise_return_boolean (TaPromise *self, gboolean result)
{
  GValue value = G_VALUE_INIT;

  g_return_if_fail (self != NULL);

  g_value_init (&value, G_TYPE_BOOLEAN);
  g_value_set_boolean (&value, result);
  ta_promise_end_once (self, &value);
}

/**
 * ta_promise_return_int:
 * @self: a promise
 * @result: the result
 *
 * Ends the promise with an integer; once, from any thread.
 *
 * The value is of type `G_TYPE_INT64`.
 *
 * Since: 1.0
 */
void
ta_promise_return_int (TaPromise *self, gint64 result)
{
  GValue value = G_VALUE_INIT;

  g_return_if_fail (self != NULL);

  g_value_init (&value, G_TYPE_INT64);
  g_value_set_int64 (&value, result);
  ta_promise_end_once (self, &value);
}

/**
 * ta_promise_return_double:
 * @self: a promise
 * @result: the result
 *
 * Ends the promise with a floating-point number; once, from any thread.
 *
 * Since: 1.0
 */
void
ta_promise_return_double (TaPromise *self, double result)
{
  GValue value = G_VALUE_INIT;

  g_return_if_fail (self != NULL);

  g_value_init (&value, G_TYPE_DOUBLE);
  g_value_set_double (&value, result);
  ta_promise_end_once (self, &value);
}

/**
 * ta_promise_return_string:
 * @self: a promise
 * @result: (nullable): the result
 *
 * Ends the promise with a copy of a string; once, from any thread.
 *
 * Since: 1.0
 */
void
ta_promise_return_string (TaPromise *self, const char *result)
{
  GValue value = G_VALUE_INIT;

  g_return_if_fail (self != NULL);

  g_value_init (&value, G_TYPE_STRING);
  g_value_set_string (&value, result);
  ta_promise_end_once (self, &value);
}

/**
 * ta_promise_return_object:
 * @self: a promise
 * @result: (type GObject.Object) (nullable): the result
 *
 * Ends the promise with an object; once, from any thread.
 *
 * The value is of the type of the object, and holds a reference on it.
 *
 * Since: 1.0
 */
void
ta_promise_return_object (TaPromise *self, GObject *result)
{
  GValue value = G_VALUE_INIT;

  g_return_if_fail (self != NULL);
  g_return_if_fail (result == NULL || G_IS_OBJECT (result));

  g_value_init (&value, result != NULL ? G_OBJECT_TYPE (result) : G_TYPE_OBJECT);
  g_value_set_object (&value, result);
  ta_promise_end_once (self, &value);
}

/* Copies what a caller gave, which may be nothing. */
static GValue
copy_value (const GValue *value)
{
  GValue copy = G_VALUE_INIT;

  if (value == NULL || !G_IS_VALUE (value))
    {
      g_value_init (&copy, G_TYPE_POINTER);
    }
  else
    {
      ta_value_copy (value, &copy);
    }

  return copy;
}

/**
 * ta_promise_return_value:
 * @self: a promise
 * @result: (nullable): the result
 *
 * Ends the promise with a copy of a value of any type; once, from any thread.
 *
 * %NULL stands for a %NULL pointer, which is what work without a result returns.
 *
 * Since: 1.0
 */
void
ta_promise_return_value (TaPromise *self, const GValue *result)
{
  GValue value;

  g_return_if_fail (self != NULL);

  value = copy_value (result);
  ta_promise_end_once (self, &value);
}

/**
 * ta_promise_try_return_value:
 * @self: a promise
 * @result: (nullable): the result
 * @error: return location for an error
 *
 * Ends the promise with a copy of a value, unless it has ended; from any thread.
 *
 * This is for several parties that share a promise, of which the quickest is to win.
 *
 * Fails with `TA_ERROR_ALREADY_DONE` if the promise has returned.
 *
 * Returns: whether this was the return
 *
 * Since: 1.0
 */
gboolean
ta_promise_try_return_value (TaPromise *self, const GValue *result, GError **error)
{
  GValue value;

  g_return_val_if_fail (self != NULL, FALSE);

  if (!ta_fork_check (error))
    return FALSE;

  value = copy_value (result);
  if (ta_promise_end (self, &value))
    return TRUE;

  g_set_error_literal (error, TA_ERROR, TA_ERROR_ALREADY_DONE, "The promise has returned already");
  return FALSE;
}

/**
 * ta_promise_return_error:
 * @self: a promise
 * @error: (transfer full): the error
 *
 * Ends the promise with an error; once, from any thread.
 *
 * Since: 1.0
 */
void
ta_promise_return_error (TaPromise *self, GError *error)
{
  gboolean first;

  g_return_if_fail (self != NULL);
  g_return_if_fail (error != NULL);

  first = ta_promise_begin_return (self);
  if (!first || !ta_future_end_with_error (self->future, error))
    g_error_free (error);

  if (first)
    ta_promise_release (self);
  else
    g_critical ("A promise can be returned only once, and this one has been");
}

/**
 * ta_promise_return_new_error: (skip)
 * @self: a promise
 * @domain: the error domain
 * @code: the error code
 * @format: a printf()-style format for the message
 * @...: what goes into it
 *
 * Ends the promise with an error made from its parts; once, from any thread.
 *
 * Since: 1.0
 */
void
ta_promise_return_new_error (TaPromise *self, GQuark domain, int code, const char *format, ...)
{
  GError *error;
  va_list args;

  g_return_if_fail (self != NULL);
  g_return_if_fail (domain != 0);
  g_return_if_fail (format != NULL);

  va_start (args, format);
  error = g_error_new_valist (domain, code, format, args);
  va_end (args);

  ta_promise_return_error (self, error);
}

/**
 * ta_promise_return_new_error_literal:
 * @self: a promise
 * @domain: the error domain
 * @code: the error code
 * @message: the message
 *
 * Ends the promise with an error made from its parts; once, from any thread.
 *
 * Since: 1.0
 */
void
ta_promise_return_new_error_literal (TaPromise *self, GQuark domain, int code, const char *message)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (domain != 0);
  g_return_if_fail (message != NULL);

  ta_promise_return_error (self, g_error_new_literal (domain, code, message));
}

/**
 * ta_promise_return_foreign_error:
 * @self: a promise
 * @code: the error code, of the domain `TA_ERROR`
 * @message: the message
 * @foreign: what the error is in the language that it comes from
 *
 * Ends the promise with an error that comes from another language; once, from any thread.
 *
 * Who waits sees an error like any other. The binding of the language gets back what it put in by
 * [method@Future.take_foreign_error]; it goes through everything that copies the error.
 *
 * Since: 1.0
 */
void
ta_promise_return_foreign_error (TaPromise *self, TaError code, const char *message, TaBox *foreign)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (message != NULL);
  g_return_if_fail (foreign != NULL);

  ta_promise_return_error (self, ta_error_new_foreign (code, message, foreign));
}

/**
 * ta_promise_return_failed:
 * @self: a promise
 * @message: what went wrong
 *
 * Ends the promise with `TA_ERROR_FAILED`; once, from any thread.
 *
 * This is for languages in which domain and code of an error are unwieldy.
 *
 * Since: 1.0
 */
void
ta_promise_return_failed (TaPromise *self, const char *message)
{
  ta_promise_return_new_error_literal (self, TA_ERROR, TA_ERROR_FAILED, message);
}

/**
 * ta_promise_return_error_if_cancelled:
 * @self: a promise
 *
 * Ends the promise with `G_IO_ERROR_CANCELLED` if its task has been cancelled.
 *
 * This is for work that looks from time to time whether it should go on; from any thread.
 *
 * Returns: whether it has been cancelled, so that the work is over
 *
 * Since: 1.0
 */
gboolean
ta_promise_return_error_if_cancelled (TaPromise *self)
{
  GCancellable *cancellable;
  GError       *error = NULL;

  g_return_val_if_fail (self != NULL, FALSE);

  cancellable = ta_promise_get_cancellable (self);
  if (!g_cancellable_set_error_if_cancelled (cancellable, &error))
    return FALSE;

  ta_promise_return_error (self, error);

  return TRUE;
}
