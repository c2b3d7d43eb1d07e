/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * What passes through ta_runner_call_method_async(). What is refused is in test-method-refused.c.
 */

#include "test-method-util.h"

#include "bindings/ta-probe.h"

#include <math.h>

/* Passes a value through a function that returns it. */
static void
echo (const char *function, const GValue *argument, GValue *result)
{
  g_autoptr (Caller) caller = caller_new ();

  caller_call (caller, PROBE, function, argument, 1, result);
}

static void
refuse (const char *function, const GValue *argument, int code, const char *text)
{
  g_autoptr (Caller) caller = caller_new ();

  caller_refuse (caller, PROBE, function, argument, 1, TA_ERROR, code, text);
}

/* Passes a whole number through, as if it came from a language with other types. */
static void
echo_int (const char *function, gint64 number)
{
  g_auto (GValue)    value = G_VALUE_INIT;
  gint64             result = 0;
  g_autoptr (GError) error = NULL;

  echo (function, TA_VALUE_INT (number), &value);
  g_assert_true (ta_value_take_int (&value, &result, &error));
  g_assert_no_error (error);
  g_assert_cmpint (result, ==, number);

  if (number == (gint64) (double) number)
    {
      echo (function, TA_VALUE_DOUBLE ((double) number), &value);
      g_assert_true (ta_value_take_int (&value, &result, &error));
      g_assert_cmpint (result, ==, number);
    }
}

static void
test_whole_numbers (void)
{
  static const struct
  {
    const char *function;
    gint64      min;
    gint64      max;
  } types[] = {
    { "int8", G_MININT8, G_MAXINT8 },    { "uint8", 0, G_MAXUINT8 },
    { "int16", G_MININT16, G_MAXINT16 }, { "uint16", 0, G_MAXUINT16 },
    { "int32", G_MININT32, G_MAXINT32 }, { "uint32", 0, G_MAXUINT32 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      echo_int (types[i].function, types[i].min);
      echo_int (types[i].function, types[i].max);
      echo_int (types[i].function, 42);
      refuse (types[i].function, TA_VALUE_INT (types[i].min - 1), TA_ERROR_WRONG_TYPE, "number");
      refuse (types[i].function, TA_VALUE_INT (types[i].max + 1), TA_ERROR_WRONG_TYPE, "number");
      refuse (types[i].function, TA_VALUE_DOUBLE (0.5), TA_ERROR_WRONG_TYPE, "number");
      refuse (types[i].function, TA_VALUE_DOUBLE (NAN), TA_ERROR_WRONG_TYPE, "number");
      refuse (types[i].function, TA_VALUE_STRING ("1"), TA_ERROR_WRONG_TYPE, "gchararray");
    }
}

static void
test_large_numbers (void)
{
  GValue          most = G_VALUE_INIT;
  g_auto (GValue) value = G_VALUE_INIT;

  echo_int ("int64", G_MININT64);
  echo_int ("int64", G_MAXINT64);
  echo_int ("uint64", G_MAXINT64);
  refuse ("uint64", TA_VALUE_INT (-1), TA_ERROR_WRONG_TYPE, "number");

  g_value_set_uint64 (g_value_init (&most, G_TYPE_UINT64), G_MAXUINT64);
  refuse ("int64", &most, TA_ERROR_WRONG_TYPE, "number");
  echo ("uint64", &most, &value);
  g_assert_cmpuint (g_value_get_uint64 (&value), ==, G_MAXUINT64);
  refuse ("int64", TA_VALUE_DOUBLE (9223372036854775808.0), TA_ERROR_WRONG_TYPE, "number");
  refuse ("uint64", TA_VALUE_DOUBLE (18446744073709551616.0), TA_ERROR_WRONG_TYPE, "number");
}

static void
test_real_numbers (void)
{
  g_auto (GValue) value = G_VALUE_INIT;

  echo ("real64", TA_VALUE_DOUBLE (-1e300), &value);
  g_assert_cmpfloat (g_value_get_double (&value), ==, -1e300);
  g_value_unset (&value);
  echo ("real64", TA_VALUE_INT (3), &value);
  g_assert_cmpfloat (g_value_get_double (&value), ==, 3);
  g_value_unset (&value);
  echo ("real32", TA_VALUE_DOUBLE (0.25), &value);
  g_assert_cmpfloat (g_value_get_float (&value), ==, 0.25f);
  refuse ("real64", TA_VALUE_STRING ("1"), TA_ERROR_WRONG_TYPE, "number");
}

/* Twenty parameters of ten types: those that come out are one value. */
static void
test_out_parameters (void)
{
  static const double numbers[] = { -1, 200, -300, 40000, -5, 6, -7, 8, 0.5, 1e100 };
  g_autoptr (Caller)  caller = caller_new ();
  GValue              arguments[G_N_ELEMENTS (numbers)] = { 0 };
  g_auto (GValue)     value = G_VALUE_INIT;

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    g_value_set_double (g_value_init (&arguments[i], G_TYPE_DOUBLE), numbers[i]);

  caller_call (caller, PROBE, "numbers", arguments, G_N_ELEMENTS (arguments), &value);
  g_assert_cmpuint (caller_count (&value), ==, G_N_ELEMENTS (numbers));
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      GValue number = G_VALUE_INIT;
      double result = 0;

      g_value_init (&number, G_VALUE_TYPE (caller_nth (&value, i)));
      g_value_copy (caller_nth (&value, i), &number);
      g_assert_true (ta_value_take_double (&number, &result, NULL));
      g_assert_cmpfloat (result, ==, numbers[i]);
    }
}

static void
test_booleans (void)
{
  g_auto (GValue) value = G_VALUE_INIT;

  echo ("boolean", TA_VALUE_BOOLEAN (TRUE), &value);
  g_assert_true (g_value_get_boolean (&value));
  refuse ("boolean", TA_VALUE_INT (1), TA_ERROR_WRONG_TYPE, "boolean");
}

static void
test_enums (void)
{
  g_auto (GValue) value = G_VALUE_INIT;
  GValue          given = G_VALUE_INIT;

  g_value_set_enum (g_value_init (&given, TA_PROBE_TYPE_COLOUR), TA_PROBE_COLOUR_RED);
  echo ("colour", &given, &value);
  g_assert_cmpint (g_value_get_enum (&value), ==, TA_PROBE_COLOUR_RED);
  g_value_unset (&value);

  echo ("colour", TA_VALUE_INT (TA_PROBE_COLOUR_BLUE), &value);
  g_assert_true (G_VALUE_HOLDS (&value, TA_PROBE_TYPE_COLOUR));
  g_value_unset (&value);

  refuse ("flags", &given, TA_ERROR_WRONG_TYPE, "GFileCopyFlags");
  echo ("plain", TA_VALUE_INT (TA_PROBE_PLAIN_A), &value);
  g_assert_cmpuint (g_value_get_uint (&value), ==, TA_PROBE_PLAIN_A);
  g_value_unset (&value);

  echo ("flags", TA_VALUE_INT (G_FILE_COPY_OVERWRITE | G_FILE_COPY_BACKUP), &value);
  g_assert_cmpuint (g_value_get_flags (&value), ==, G_FILE_COPY_OVERWRITE | G_FILE_COPY_BACKUP);
}

static void
test_gtypes (void)
{
  g_auto (GValue) value = G_VALUE_INIT;
  GValue          given = G_VALUE_INIT;

  g_value_set_gtype (g_value_init (&given, G_TYPE_GTYPE), G_TYPE_FILE);
  echo ("gtype", &given, &value);
  g_assert_true (g_value_get_gtype (&value) == G_TYPE_FILE);
  refuse ("gtype", TA_VALUE_STRING ("GFile"), TA_ERROR_WRONG_TYPE, "GType");
}

static void
test_strings (void)
{
  const char *functions[] = { "string", "string_full", "string_or_null" };

  for (guint i = 0; i < G_N_ELEMENTS (functions); i++)
    {
      g_auto (GValue) value = G_VALUE_INIT;

      echo (functions[i], TA_VALUE_STRING ("zwölf 十二"), &value);
      g_assert_cmpstr (g_value_get_string (&value), ==, "zwölf 十二");
      refuse (functions[i], TA_VALUE_INT (1), TA_ERROR_WRONG_TYPE, "string");
    }
}

/* Null is for parameters that may be null. */
static void
test_null (void)
{
  const GValue pointer = { .g_type = G_TYPE_POINTER };
  const char  *functions[] = { "string_or_null", "object", "boxed", "variant", "strv", "bytes" };

  for (guint i = 0; i < G_N_ELEMENTS (functions); i++)
    {
      g_auto (GValue) value = G_VALUE_INIT;

      echo (functions[i], &pointer, &value);
      g_assert_true (g_str_equal (functions[i], "bytes") || g_value_peek_pointer (&value) == NULL);
    }

  refuse ("string", &pointer, TA_ERROR_WRONG_TYPE, "null");
  refuse ("object_full", TA_VALUE_OBJECT (NULL), TA_ERROR_WRONG_TYPE, "null");
  refuse ("int32", &pointer, TA_ERROR_WRONG_TYPE, "null");
}

static void
test_objects (void)
{
  const char *functions[] = { "object", "object_full" };

  for (guint i = 0; i < G_N_ELEMENTS (functions); i++)
    {
      g_autoptr (GCancellable) object = g_cancellable_new ();
      gpointer                 watched = object;
      g_auto (GValue)          value = G_VALUE_INIT;

      g_object_add_weak_pointer (G_OBJECT (object), &watched);
      echo (functions[i], TA_VALUE_OBJECT (object), &value);
      g_assert_true (g_value_get_object (&value) == object);
      refuse (functions[i], TA_VALUE_STRING ("x"), TA_ERROR_WRONG_TYPE, "GObject");
      g_value_unset (&value);
      g_clear_object (&object);
      g_assert_null (watched);
    }
}

/* Whoever gets an object owns it, and no floating reference is left. */
static void
test_floating (void)
{
  g_autoptr (Caller) caller = caller_new ();
  g_auto (GValue)    object = G_VALUE_INIT, variant = G_VALUE_INIT;

  caller_call (caller, PROBE, "floating", NULL, 0, &object);
  g_assert_false (g_object_is_floating (g_value_get_object (&object)));
  caller_call (caller, PROBE, "variant_floating", NULL, 0, &variant);
  g_assert_false (g_variant_is_floating (g_value_get_variant (&variant)));
  g_assert_cmpint (g_variant_get_int32 (g_value_get_variant (&variant)), ==, 5);
}

static void
test_boxed (void)
{
  const char           *functions[] = { "boxed", "boxed_full" };
  g_autoptr (GDateTime) time = g_date_time_new_utc (2026, 5, 4, 3, 2, 1);
  GValue                given = G_VALUE_INIT;

  g_value_set_boxed (g_value_init (&given, G_TYPE_DATE_TIME), time);
  for (guint i = 0; i < G_N_ELEMENTS (functions); i++)
    {
      g_auto (GValue)    value = G_VALUE_INIT;
      g_autoptr (GBytes) bytes = g_bytes_new (NULL, 0);
      g_auto (GValue)    wrong = G_VALUE_INIT;

      echo (functions[i], &given, &value);
      g_assert_true (g_date_time_equal (g_value_get_boxed (&value), time));
      g_value_set_boxed (g_value_init (&wrong, G_TYPE_BYTES), bytes);
      refuse (functions[i], &wrong, TA_ERROR_WRONG_TYPE, "GDateTime");
    }
  g_value_unset (&given);
}

static void
test_variants (void)
{
  const char     *functions[] = { "variant", "variant_full" };
  g_auto (GValue) given = G_VALUE_INIT;

  g_value_set_variant (g_value_init (&given, G_TYPE_VARIANT), g_variant_new ("(si)", "n", 3));
  for (guint i = 0; i < G_N_ELEMENTS (functions); i++)
    {
      g_auto (GValue) value = G_VALUE_INIT;

      echo (functions[i], &given, &value);
      g_assert_true (g_variant_equal (g_value_get_variant (&value), g_value_get_variant (&given)));
    }
}

static void
test_params_and_errors (void)
{
  g_autoptr (GParamSpec) param =
      g_param_spec_ref_sink (g_param_spec_int ("name", NULL, NULL, 0, 1, 0, G_PARAM_READABLE));
  g_auto (GValue) value = G_VALUE_INIT, given = G_VALUE_INIT, error = G_VALUE_INIT;
  GValue          result = G_VALUE_INIT;

  g_value_set_param (g_value_init (&given, G_TYPE_PARAM), param);
  echo ("param", &given, &value);
  g_assert_true (g_value_get_param (&value) == param);

  g_value_take_boxed (g_value_init (&error, G_TYPE_ERROR),
                      g_error_new_literal (G_IO_ERROR, G_IO_ERROR_BUSY, "busy"));
  echo ("error", &error, &result);
  g_assert_error ((GError *) g_value_get_boxed (&result), G_IO_ERROR, G_IO_ERROR_BUSY);
  g_value_unset (&result);
}

static void
test_values (void)
{
  g_auto (GValue) value = G_VALUE_INIT;

  echo ("value", TA_VALUE_STRING ("any"), &value);
  g_assert_cmpstr (g_value_get_string (&value), ==, "any");
}

/* A value without a type is refused, whatever the parameter is. */
static void
test_unset (void)
{
  const char  *functions[] = { "value", "int32", "boolean", "flags",   "string", "object",
                               "boxed", "strv",  "bytes",   "variant", "gtype" };
  const GValue unset = G_VALUE_INIT;

  for (guint i = 0; i < G_N_ELEMENTS (functions); i++)
    refuse (functions[i], &unset, TA_ERROR_WRONG_TYPE, "unset");
}

static void
test_string_arrays (void)
{
  const char *strings[] = { "one", "", "zwölf", NULL };
  const char *functions[] = { "strv", "strv_full", "strv_container", "strv_length" };
  GValue      given[2] = { G_VALUE_INIT, G_VALUE_INIT };

  g_value_set_boxed (g_value_init (&given[0], G_TYPE_STRV), strings);
  g_value_set_variant (g_value_init (&given[1], G_TYPE_VARIANT), g_variant_new_strv (strings, -1));

  for (guint i = 0; i < G_N_ELEMENTS (functions); i++)
    for (guint j = 0; j < G_N_ELEMENTS (given); j++)
      {
        g_auto (GValue) value = G_VALUE_INIT;

        echo (functions[i], &given[j], &value);
        g_assert_true (g_strv_equal (g_value_get_boxed (&value), strings));
        refuse (functions[i], TA_VALUE_STRING ("one"), TA_ERROR_WRONG_TYPE, "strings");
      }
  g_value_unset (&given[0]);
  g_value_unset (&given[1]);
}

static void
test_byte_arrays (void)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("a\0b", 3);
  g_autoptr (GBytes) nothing = g_bytes_new (NULL, 0);
  g_autoptr (GBytes) many = g_bytes_new_take (g_malloc0 (70000), 70000);
  const char        *functions[] = { "bytes", "bytes_full" };

  for (guint i = 0; i < G_N_ELEMENTS (functions); i++)
    {
      g_auto (GValue) given = G_VALUE_INIT;
      GValue          value = G_VALUE_INIT;

      g_value_set_boxed (g_value_init (&given, G_TYPE_BYTES), bytes);
      echo (functions[i], &given, &value);
      g_assert_true (g_bytes_equal (g_value_get_boxed (&value), bytes));
      g_value_unset (&value);
      g_value_set_boxed (&given, nothing);
      echo (functions[i], &given, &value);
      g_assert_cmpuint (g_bytes_get_size (g_value_get_boxed (&value)), ==, 0);
      g_value_unset (&value);
      refuse (functions[i], TA_VALUE_STRING ("x"), TA_ERROR_WRONG_TYPE, "GBytes");

      /* The length of the second one has sixteen bits. */
      g_value_set_boxed (&given, many);
      if (i == 1)
        refuse (functions[i], &given, TA_ERROR_WRONG_TYPE, "70000");
    }
}

/* A boolean that only says whether a function has failed is no result when there are others. */
static void
test_errors_and_booleans (void)
{
  g_autoptr (Caller) caller = caller_new ();
  g_auto (GValue)    value = G_VALUE_INIT;

  caller_refuse (caller, PROBE, "fail", TA_VALUE_STRING ("no luck"), 1, G_IO_ERROR, G_IO_ERROR_BUSY,
                 "no luck");
  caller_call (caller, PROBE, "check", TA_VALUE_BOOLEAN (FALSE), 1, &value);
  g_assert_cmpint (g_value_get_int (&value), ==, 11);
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv);

  test_add ("/method/values/whole-numbers", test_whole_numbers);
  test_add ("/method/values/large-numbers", test_large_numbers);
  test_add ("/method/values/real-numbers", test_real_numbers);
  test_add ("/method/values/out-parameters", test_out_parameters);
  test_add ("/method/values/booleans", test_booleans);
  test_add ("/method/values/enums", test_enums);
  test_add ("/method/values/gtypes", test_gtypes);
  test_add ("/method/values/strings", test_strings);
  test_add ("/method/values/null", test_null);
  test_add ("/method/values/objects", test_objects);
  test_add ("/method/values/floating", test_floating);
  test_add ("/method/values/boxed", test_boxed);
  test_add ("/method/values/variants", test_variants);
  test_add ("/method/values/params-and-errors", test_params_and_errors);
  test_add ("/method/values/values", test_values);
  test_add ("/method/values/unset", test_unset);
  test_add ("/method/values/string-arrays", test_string_arrays);
  test_add ("/method/values/byte-arrays", test_byte_arrays);
  test_add ("/method/values/errors-and-booleans", test_errors_and_booleans);

  return g_test_run ();
}
