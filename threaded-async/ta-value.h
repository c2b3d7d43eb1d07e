/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(TA_INSIDE) && !defined(TA_COMPILATION)
#error "Only <threaded-async.h> can be included directly."
#endif

#include "ta-types.h"

G_BEGIN_DECLS

/*
 * The macros below make a value for the length of a call, which is not to be freed: they are for
 * functions that take a `const GValue *` and copy it. In C the value belongs to the block around it, in
 * C++, which has no such things, to the expression.
 */

#ifdef __cplusplus
struct TaBorrowedValue
{
  GValue value;

  TaBorrowedValue () : value () {}

  GValue *
  get ()
  {
    return &value;
  }
};
#define TA_BORROWED_VALUE_ (TaBorrowedValue ().get ())
#else
#define TA_BORROWED_VALUE_ (&(GValue) G_VALUE_INIT)
#endif

static inline const GValue *
ta_value_borrow_boolean (GValue *value, gboolean boolean)
{
  value->g_type = G_TYPE_BOOLEAN;
  value->data[0].v_int = boolean != FALSE;
  return value;
}

static inline const GValue *
ta_value_borrow_int (GValue *value, gint64 number)
{
  value->g_type = G_TYPE_INT64;
  value->data[0].v_int64 = number;
  return value;
}

static inline const GValue *
ta_value_borrow_double (GValue *value, double number)
{
  value->g_type = G_TYPE_DOUBLE;
  value->data[0].v_double = number;
  return value;
}

static inline const GValue *
ta_value_borrow_string (GValue *value, const char *string)
{
  g_value_set_static_string (g_value_init (value, G_TYPE_STRING), string);
  return value;
}

static inline const GValue *
ta_value_borrow_object (GValue *value, gpointer object)
{
  /* Without a reference, which nobody would drop. */
  g_value_init (value, object != NULL ? G_OBJECT_TYPE (object) : G_TYPE_OBJECT);
  value->data[0].v_pointer = object;
  return value;
}

/**
 * TA_VALUE_BOOLEAN: (skip)
 * @boolean: a boolean
 *
 * A `const GValue *` with a boolean, for the length of a call that copies it.
 *
 * Since: 1.0
 */
#define TA_VALUE_BOOLEAN(boolean) (ta_value_borrow_boolean (TA_BORROWED_VALUE_, (boolean)))

/**
 * TA_VALUE_INT: (skip)
 * @number: an integer
 *
 * A `const GValue *` with an integer of type `G_TYPE_INT64`, for the length of a call that copies it.
 *
 * Since: 1.0
 */
#define TA_VALUE_INT(number) (ta_value_borrow_int (TA_BORROWED_VALUE_, (number)))

/**
 * TA_VALUE_DOUBLE: (skip)
 * @number: a floating-point number
 *
 * A `const GValue *` with a number of type `G_TYPE_DOUBLE`, for the length of a call that copies it.
 *
 * Since: 1.0
 */
#define TA_VALUE_DOUBLE(number) (ta_value_borrow_double (TA_BORROWED_VALUE_, (number)))

/**
 * TA_VALUE_STRING: (skip)
 * @string: (nullable): a string
 *
 * A `const GValue *` with a string, for the length of a call that copies it.
 *
 * Since: 1.0
 */
#define TA_VALUE_STRING(string) (ta_value_borrow_string (TA_BORROWED_VALUE_, (string)))

/**
 * TA_VALUE_OBJECT: (skip)
 * @object: (nullable): an object
 *
 * A `const GValue *` with an object, of the object's type, for the length of a call that copies it.
 *
 * Since: 1.0
 */
#define TA_VALUE_OBJECT(object) (ta_value_borrow_object (TA_BORROWED_VALUE_, (object)))

TA_AVAILABLE_IN_1_0
gboolean ta_value_take_boolean (GValue *value, gboolean *result, GError **error);

TA_AVAILABLE_IN_1_0
gboolean ta_value_take_int (GValue *value, gint64 *result, GError **error);

TA_AVAILABLE_IN_1_0
gboolean ta_value_take_double (GValue *value, double *result, GError **error);

TA_AVAILABLE_IN_1_0
gboolean ta_value_take_string (GValue *value, char **result, GError **error);

TA_AVAILABLE_IN_1_0
gboolean ta_value_take_object (GValue *value, GType type, gpointer *result, GError **error);

G_END_DECLS
