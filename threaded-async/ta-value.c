/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-value.h"
#include "ta-error.h"

/*
 * These make reading a result one line of C. A value may come from any language, and each has its
 * own idea of the type of a number: Python sends 1 as an int, JS 1.5 as a double and 1 as an int.
 * So any integer type is taken for an integer, and any number for a double.
 */

static void
set_wrong_type (const GValue *value, const char *wanted, GError **error)
{
  const char *type = G_IS_VALUE (value) ? G_VALUE_TYPE_NAME (value) : "(none)";

  if (G_VALUE_HOLDS_OBJECT (value) && g_value_get_object (value) != NULL)
    type = G_OBJECT_TYPE_NAME (g_value_get_object (value));

  g_set_error (error, TA_ERROR, TA_ERROR_WRONG_TYPE, "The value is of type %s, not %s", type,
               wanted);
}

static gboolean
read_int (const GValue *value, gint64 *result, GError **error)
{
  switch (G_IS_VALUE (value) ? G_TYPE_FUNDAMENTAL (G_VALUE_TYPE (value)) : G_TYPE_INVALID)
    {
    case G_TYPE_CHAR:
      *result = g_value_get_schar (value);
      return TRUE;
    case G_TYPE_UCHAR:
      *result = g_value_get_uchar (value);
      return TRUE;
    case G_TYPE_INT:
      *result = g_value_get_int (value);
      return TRUE;
    case G_TYPE_UINT:
      *result = g_value_get_uint (value);
      return TRUE;
    case G_TYPE_LONG:
      *result = g_value_get_long (value);
      return TRUE;
    case G_TYPE_INT64:
      *result = g_value_get_int64 (value);
      return TRUE;
    case G_TYPE_ULONG:
    case G_TYPE_UINT64:
      {
        guint64 number =
            G_VALUE_HOLDS_ULONG (value) ? g_value_get_ulong (value) : g_value_get_uint64 (value);

        if (number > G_MAXINT64)
          {
            g_set_error (error, TA_ERROR, TA_ERROR_WRONG_TYPE,
                         "%" G_GUINT64_FORMAT " is too large for a signed integer", number);
            return FALSE;
          }
        *result = (gint64) number;
        return TRUE;
      }
    case G_TYPE_ENUM:
      *result = g_value_get_enum (value);
      return TRUE;
    case G_TYPE_FLAGS:
      *result = g_value_get_flags (value);
      return TRUE;
    default:
      set_wrong_type (value, "an integer", error);
      return FALSE;
    }
}

/**
 * ta_value_take_boolean: (skip)
 * @value: (transfer full): a value
 * @result: (out): where to put the boolean
 * @error: return location for an error
 *
 * Reads a boolean, and unsets the value.
 *
 * Fails with `TA_ERROR_WRONG_TYPE` if the value is something else; it is unset in this case too.
 *
 * Returns: whether the value was a boolean
 *
 * Since: 1.0
 */
gboolean
ta_value_take_boolean (GValue *value, gboolean *result, GError **error)
{
  gboolean fits;

  g_return_val_if_fail (value != NULL && result != NULL, FALSE);

  fits = G_VALUE_HOLDS_BOOLEAN (value);
  *result = fits && g_value_get_boolean (value);
  if (!fits)
    set_wrong_type (value, "a boolean", error);
  g_value_unset (value);

  return fits;
}

/**
 * ta_value_take_int: (skip)
 * @value: (transfer full): a value
 * @result: (out): where to put the number
 * @error: return location for an error
 *
 * Reads a number from a value of any integer type, enumeration or flags, and unsets the value.
 *
 * Fails with `TA_ERROR_WRONG_TYPE` if the value is something else, or does not fit; it is unset in
 * this case too.
 *
 * Returns: whether the value was an integer
 *
 * Since: 1.0
 */
gboolean
ta_value_take_int (GValue *value, gint64 *result, GError **error)
{
  gboolean fits;

  g_return_val_if_fail (value != NULL && result != NULL, FALSE);

  /* What the library's own functions send. */
  if (G_VALUE_TYPE (value) == G_TYPE_INT64)
    {
      *result = value->data[0].v_int64;
      *value = (GValue) G_VALUE_INIT;
      return TRUE;
    }

  *result = 0;
  fits = read_int (value, result, error);
  g_value_unset (value);

  return fits;
}

/**
 * ta_value_take_double: (skip)
 * @value: (transfer full): a value
 * @result: (out): where to put the number
 * @error: return location for an error
 *
 * Reads a number from a value of any floating-point or integer type, and unsets the value.
 *
 * Fails with `TA_ERROR_WRONG_TYPE` if the value is something else; it is unset in this case too.
 *
 * Returns: whether the value was a number
 *
 * Since: 1.0
 */
gboolean
ta_value_take_double (GValue *value, double *result, GError **error)
{
  gboolean fits = TRUE;
  gint64   number;

  g_return_val_if_fail (value != NULL && result != NULL, FALSE);

  *result = 0;
  if (G_VALUE_HOLDS_DOUBLE (value))
    *result = g_value_get_double (value);
  else if (G_VALUE_HOLDS_FLOAT (value))
    *result = (double) g_value_get_float (value);
  else if ((fits = read_int (value, &number, NULL)))
    *result = (double) number;
  else
    set_wrong_type (value, "a number", error);
  g_value_unset (value);

  return fits;
}

/**
 * ta_value_take_string: (skip)
 * @value: (transfer full): a value
 * @result: (out) (transfer full) (nullable): where to put the string
 * @error: return location for an error
 *
 * Takes the string out of a value, and unsets the value.
 *
 * Fails with `TA_ERROR_WRONG_TYPE` if the value is something else; it is unset in this case too.
 *
 * Returns: whether the value was a string
 *
 * Since: 1.0
 */
gboolean
ta_value_take_string (GValue *value, char **result, GError **error)
{
  gboolean fits;

  g_return_val_if_fail (value != NULL && result != NULL, FALSE);

  fits = G_VALUE_HOLDS_STRING (value);
  *result = fits ? g_value_dup_string (value) : NULL;
  if (!fits)
    set_wrong_type (value, "a string", error);
  g_value_unset (value);

  return fits;
}

/**
 * ta_value_take_object: (skip)
 * @value: (transfer full): a value
 * @type: the type that the object must be of
 * @result: (out) (transfer full) (nullable): where to put the object
 * @error: return location for an error
 *
 * Takes the object out of a value, and unsets the value.
 *
 * Fails with `TA_ERROR_WRONG_TYPE` if the value is something else, or an object of another type; it
 * is unset in this case too.
 *
 * Returns: whether the value was an object of the type, or %NULL
 *
 * Since: 1.0
 */
gboolean
ta_value_take_object (GValue *value, GType type, gpointer *result, GError **error)
{
  gpointer object;
  gboolean fits;

  g_return_val_if_fail (value != NULL && result != NULL, FALSE);

  object = G_VALUE_HOLDS_OBJECT (value) ? g_value_get_object (value) : NULL;
  fits = object != NULL ? G_TYPE_CHECK_INSTANCE_TYPE (object, type) : G_VALUE_HOLDS_OBJECT (value);
  *result = fits && object != NULL ? g_object_ref (object) : NULL;
  if (!fits)
    set_wrong_type (value, g_type_name (type), error);
  g_value_unset (value);

  return fits;
}
