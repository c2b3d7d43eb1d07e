/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "test-util.h"

#include <math.h>

static void
check_int (GType type, gint64 number)
{
  GValue             source = G_VALUE_INIT;
  GValue             value = G_VALUE_INIT;
  g_autoptr (GError) error = NULL;
  gint64             result = -77;

  g_value_init (&source, G_TYPE_INT64);
  g_value_set_int64 (&source, number);
  g_value_init (&value, type);
  g_assert_true (g_value_transform (&source, &value));

  g_assert_true (ta_value_take_int (&value, &result, &error));
  g_assert_no_error (error);
  g_assert_cmpint (result, ==, number);
  g_assert_true (G_VALUE_TYPE (&value) == G_TYPE_INVALID);
}

static void
test_int (void)
{
  check_int (G_TYPE_CHAR, G_MININT8);
  check_int (G_TYPE_UCHAR, G_MAXUINT8);
  check_int (G_TYPE_INT, G_MININT32);
  check_int (G_TYPE_INT, G_MAXINT32);
  check_int (G_TYPE_UINT, G_MAXUINT32);
  check_int (G_TYPE_LONG, G_MINLONG);
  check_int (G_TYPE_LONG, G_MAXLONG);
  check_int (G_TYPE_ULONG, 4000000000);
  check_int (G_TYPE_INT64, G_MININT64);
  check_int (G_TYPE_INT64, G_MAXINT64);
  check_int (G_TYPE_INT64, 0);
  check_int (G_TYPE_UINT64, G_MAXINT64);
}

/* A number that doesn't fit is an error, never another number. */
static void
test_int_range (void)
{
  GValue             value = G_VALUE_INIT;
  g_autoptr (GError) error = NULL;
  gint64             result = -77;

  g_value_init (&value, G_TYPE_UINT64);
  g_value_set_uint64 (&value, (guint64) G_MAXINT64 + 1);

  g_assert_false (ta_value_take_int (&value, &result, &error));
  g_assert_error (error, TA_ERROR, TA_ERROR_WRONG_TYPE);
  g_assert_true (G_VALUE_TYPE (&value) == G_TYPE_INVALID);
}

static void
check_wrong_type (gboolean taken, GValue *value, GError *error, const char *type_name)
{
  g_assert_false (taken);
  g_assert_error (error, TA_ERROR, TA_ERROR_WRONG_TYPE);
  test_assert_message_has (error, type_name);
  g_assert_true (G_VALUE_TYPE (value) == G_TYPE_INVALID);
  g_error_free (error);
}

static void
test_wrong_type (void)
{
  GValue           value = G_VALUE_INIT;
  GError          *error = NULL;
  gint64           number = 0;
  double           real = 0.0;
  gboolean         truth = FALSE;
  g_autofree char *string = NULL;
  gpointer         object = NULL;
  gboolean         taken;

  g_value_init (&value, G_TYPE_STRING);
  g_value_set_string (&value, "17");
  taken = ta_value_take_int (&value, &number, &error);
  check_wrong_type (taken, &value, g_steal_pointer (&error), "gchararray");

  g_value_init (&value, G_TYPE_STRING);
  g_value_set_string (&value, "1.5");
  taken = ta_value_take_double (&value, &real, &error);
  check_wrong_type (taken, &value, g_steal_pointer (&error), "gchararray");

  g_value_init (&value, G_TYPE_INT64);
  g_value_set_int64 (&value, 1);
  taken = ta_value_take_boolean (&value, &truth, &error);
  check_wrong_type (taken, &value, g_steal_pointer (&error), "gint64");

  g_value_init (&value, G_TYPE_INT64);
  taken = ta_value_take_string (&value, &string, &error);
  check_wrong_type (taken, &value, g_steal_pointer (&error), "gint64");

  g_value_init (&value, G_TYPE_BOOLEAN);
  taken = ta_value_take_object (&value, G_TYPE_OBJECT, &object, &error);
  check_wrong_type (taken, &value, g_steal_pointer (&error), "gboolean");

  g_value_init (&value, G_TYPE_DOUBLE);
  taken = ta_value_take_int (&value, &number, &error);
  check_wrong_type (taken, &value, g_steal_pointer (&error), "gdouble");
}

static void
test_boolean (void)
{
  GValue             value = G_VALUE_INIT;
  g_autoptr (GError) error = NULL;
  gboolean           result = FALSE;

  g_value_init (&value, G_TYPE_BOOLEAN);
  g_value_set_boolean (&value, TRUE);
  g_assert_true (ta_value_take_boolean (&value, &result, &error));
  g_assert_no_error (error);
  g_assert_true (result);
  g_assert_true (G_VALUE_TYPE (&value) == G_TYPE_INVALID);

  g_value_init (&value, G_TYPE_BOOLEAN);
  g_assert_true (ta_value_take_boolean (&value, &result, &error));
  g_assert_no_error (error);
  g_assert_false (result);
}

static void
test_double (void)
{
  GValue             value = G_VALUE_INIT;
  g_autoptr (GError) error = NULL;
  double             result = 0.0;

  g_value_init (&value, G_TYPE_DOUBLE);
  g_value_set_double (&value, 0.1);
  g_assert_true (ta_value_take_double (&value, &result, &error));
  g_assert_no_error (error);
  g_assert_true (result >= 0.1 && result <= 0.1);
  g_assert_true (G_VALUE_TYPE (&value) == G_TYPE_INVALID);

  g_value_init (&value, G_TYPE_DOUBLE);
  g_value_set_double (&value, -INFINITY);
  g_assert_true (ta_value_take_double (&value, &result, &error));
  g_assert_no_error (error);
  g_assert_true (isinf (result) && result < 0.0);
}

static void
test_string (void)
{
  GValue             value = G_VALUE_INIT;
  g_autoptr (GError) error = NULL;
  g_autofree char   *result = NULL;
  char              *none = (char *) "untouched";

  g_value_init (&value, G_TYPE_STRING);
  g_value_set_string (&value, "größer");
  g_assert_true (ta_value_take_string (&value, &result, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (result, ==, "größer");
  g_assert_true (G_VALUE_TYPE (&value) == G_TYPE_INVALID);

  g_value_init (&value, G_TYPE_STRING);
  g_assert_true (ta_value_take_string (&value, &none, &error));
  g_assert_no_error (error);
  g_assert_null (none);

  /* A static string must come out as one that can be freed. */
  g_value_init (&value, G_TYPE_STRING);
  g_value_set_static_string (&value, "static");
  g_clear_pointer (&result, g_free);
  g_assert_true (ta_value_take_string (&value, &result, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (result, ==, "static");
}

static void
test_object (void)
{
  GValue        value = G_VALUE_INIT;
  GError       *error = NULL;
  GCancellable *object = g_cancellable_new ();
  gpointer      result = NULL;
  gboolean      taken;

  g_object_add_weak_pointer (G_OBJECT (object), (gpointer *) &object);

  /* The reference moves from the value to the result. */
  g_value_init (&value, G_TYPE_CANCELLABLE);
  g_value_set_object (&value, object);
  g_object_unref (object);
  g_assert_true (ta_value_take_object (&value, G_TYPE_CANCELLABLE, &result, &error));
  g_assert_no_error (error);
  g_assert_true (result == object);
  g_assert_true (G_VALUE_TYPE (&value) == G_TYPE_INVALID);

  /* An ancestor will do, too; another class will not, and nothing leaks then. */
  g_value_init (&value, G_TYPE_CANCELLABLE);
  g_value_take_object (&value, g_steal_pointer (&result));
  g_assert_true (ta_value_take_object (&value, G_TYPE_OBJECT, &result, &error));
  g_assert_no_error (error);
  g_assert_true (result == object);

  g_value_init (&value, G_TYPE_CANCELLABLE);
  g_value_take_object (&value, g_steal_pointer (&result));
  taken = ta_value_take_object (&value, TA_TYPE_FUTURE, &result, &error);
  check_wrong_type (taken, &value, g_steal_pointer (&error), "GCancellable");
  g_assert_null (object);
}

/* What there is in a value after a return of nothing is no int, and no boolean either. */
static void
test_null_pointer (void)
{
  GValue   value = G_VALUE_INIT;
  GError  *error = NULL;
  gint64   number = 0;
  gboolean truth = FALSE;
  gboolean taken;

  g_value_init (&value, G_TYPE_POINTER);
  taken = ta_value_take_int (&value, &number, &error);
  check_wrong_type (taken, &value, g_steal_pointer (&error), "gpointer");

  g_value_init (&value, G_TYPE_POINTER);
  taken = ta_value_take_boolean (&value, &truth, &error);
  check_wrong_type (taken, &value, g_steal_pointer (&error), "gpointer");
}

static void
test_bad_input (void)
{
  gint64           number = -77;
  g_autofree char *string = NULL;

  test_expect_critical ("*value*");
  g_assert_false (ta_value_take_int (NULL, &number, NULL));
  g_test_assert_expected_messages ();
  g_assert_cmpint (number, ==, -77);

  test_expect_critical ("*value*");
  g_assert_false (ta_value_take_string (NULL, &string, NULL));
  g_test_assert_expected_messages ();
  g_assert_null (string);
}

int
main (int argc, char *argv[])
{
  test_init (&argc, &argv);

  test_add ("/value/int", test_int);
  test_add ("/value/int-range", test_int_range);
  test_add ("/value/wrong-type", test_wrong_type);
  test_add ("/value/boolean", test_boolean);
  test_add ("/value/double", test_double);
  test_add ("/value/string", test_string);
  test_add ("/value/object", test_object);
  test_add ("/value/null-pointer", test_null_pointer);
  test_add ("/value/bad-input", test_bad_input);

  return g_test_run ();
}
