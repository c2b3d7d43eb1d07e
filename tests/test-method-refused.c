/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * What ta_runner_call_method_async() refuses: methods that it cannot call, names of nothing, and numbers
 * of arguments. Values that a parameter does not take are in test-method-values.c.
 */

#include "test-method-util.h"

#include "bindings/ta-probe.h"

static void
test_refused_parameters (void)
{
  static const char *functions[][3] = {
    { "callback", "func", "callback" },    { "pointer", "pointer", "raw pointer" },
    { "in_out", "number", "in place" },    { "list", "names", "list" },
    { "opaque", "opaque", "structure" },   { "opaque_out", "date", "filled in" },
    { "int_array", "numbers", "array" },   { "fixed_array", "bytes", "length" },
    { "ptr_array", "array", "array" },     { "closure", "closure", "closure" },
    { "returns_list", "returns", "list" }, { "returns_opaque", "returns", "structure" },
  };
  g_autoptr (Caller) caller = caller_new ();

  for (guint i = 0; i < G_N_ELEMENTS (functions); i++)
    {
      caller_refuse (caller, PROBE, functions[i][0], NULL, 0, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                     functions[i][1]);
      caller_expect (caller, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, functions[i][2]);
    }
  g_assert_cmpuint (ta_probe_get_n_forbidden (), ==, 0);
}

/* The asynchronous twin of a method that blocks is refused, since it has a callback. */
static void
test_refused_async (void)
{
  g_autoptr (Caller) caller = caller_new ();
  g_autoptr (GFile)  file = g_file_new_for_path ("/");
  const GValue       pointer = { .g_type = G_TYPE_POINTER };

  caller_refuse (caller, TA_VALUE_OBJECT (file), "load_bytes_async", &pointer, 1, G_IO_ERROR,
                 G_IO_ERROR_NOT_SUPPORTED, "callback");
}

/* A callback that need not be there may be null. */
static void
test_optional_callback (void)
{
  g_autoptr (Caller) caller = caller_new ();
  g_auto (GValue)    value = G_VALUE_INIT;
  GValue             arguments[2] = { G_VALUE_INIT, G_VALUE_INIT };

  g_value_init (&arguments[0], G_TYPE_POINTER);
  g_value_set_int (g_value_init (&arguments[1], G_TYPE_INT), 12);
  caller_call (caller, PROBE, "optional_callback", arguments, 2, &value);
  g_assert_cmpint (g_value_get_int (&value), ==, 12);

  g_value_set_pointer (&arguments[0], &value);
  caller_refuse (caller, PROBE, "optional_callback", arguments, 2, TA_ERROR, TA_ERROR_WRONG_TYPE,
                 "callback");
}

static void
test_refused_names (void)
{
  g_autoptr (Caller)       caller = caller_new ();
  g_autoptr (GCancellable) object = g_cancellable_new ();
  static const char       *targets[] = { "",
                                         "NoNamespaceOfThisName",
                                         "Gio.Nothing",
                                         "Gio.File.x",
                                         "GLib",
                                         "Gio.File",
                                         "GLib.PRIORITY_LOW",
                                         "." };

  for (guint i = 0; i < G_N_ELEMENTS (targets); i++)
    {
      caller_start (caller, TA_VALUE_STRING (targets[i]), "no_such_function", NULL, 0);
      caller_wait (caller);
      if (i == 1)
        continue; /* the error of the repository */
      caller_expect (caller, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "");
    }

  caller_refuse (caller, TA_VALUE_OBJECT (object), "no_such_method", NULL, 0, G_IO_ERROR,
                 G_IO_ERROR_NOT_FOUND, "no_such_method");
  caller_refuse (caller, TA_VALUE_STRING ("GLib"), "PRIORITY_LOW", NULL, 0, G_IO_ERROR,
                 G_IO_ERROR_NOT_FOUND, "PRIORITY_LOW");
  caller_refuse (caller, TA_VALUE_STRING ("Gio.File"), "get_path", NULL, 0, G_IO_ERROR,
                 G_IO_ERROR_INVALID_ARGUMENT, "Gio.File.get_path");
  caller_refuse (caller, TA_VALUE_OBJECT (object), "new", NULL, 0, G_IO_ERROR,
                 G_IO_ERROR_INVALID_ARGUMENT, "Gio.Cancellable.new");
  caller_refuse (caller, TA_VALUE_INT (1), "get_path", NULL, 0, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                 "gint64");
}

static void
test_refused_counts (void)
{
  g_autoptr (Caller) caller = caller_new ();
  GValue             arguments[2] = { G_VALUE_INIT, G_VALUE_INIT };

  caller_refuse (caller, PROBE, "int32", NULL, 0, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                 "number");
  g_value_init (&arguments[0], G_TYPE_INT);
  g_value_init (&arguments[1], G_TYPE_INT);
  caller_refuse (caller, PROBE, "int32", arguments, 2, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                 "not 2");
  caller_refuse (caller, PROBE, "wait", arguments, 1, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                 "cancellable");
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv);

  test_add ("/method/refused/parameters", test_refused_parameters);
  test_add ("/method/refused/async", test_refused_async);
  test_add ("/method/refused/optional-callback", test_optional_callback);
  test_add ("/method/refused/names", test_refused_names);
  test_add ("/method/refused/counts", test_refused_counts);

  return g_test_run ();
}
