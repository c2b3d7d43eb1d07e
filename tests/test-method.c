/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * ta_runner_call_method_async(), with the methods of real libraries. What passes through it is in
 * test-method-values.c, and what it refuses in test-method-refused.c.
 */

#include "test-method-util.h"

#include <glib/gstdio.h>

static void
test_load_bytes (void)
{
  g_autoptr (Caller) caller = caller_new ();
  g_autoptr (GFile)  file =
      g_file_new_for_path (g_test_get_filename (G_TEST_DIST, "meson.build", NULL));
  g_autoptr (GBytes) bytes = g_file_load_bytes (file, NULL, NULL, NULL);
  g_auto (GValue)    value = G_VALUE_INIT;

  caller_call (caller, TA_VALUE_OBJECT (file), "load_bytes", NULL, 0, &value);
  g_assert_cmpuint (caller_count (&value), ==, 2);
  g_assert_true (g_bytes_equal (g_value_get_boxed (caller_nth (&value, 0)), bytes));
  g_assert_nonnull (g_value_get_string (caller_nth (&value, 1)));
}

static void
test_load_contents (void)
{
  g_autoptr (Caller) caller = caller_new ();
  g_autoptr (GFile)  file =
      g_file_new_for_path (g_test_get_filename (G_TEST_DIST, "meson.build", NULL));
  g_autoptr (GBytes) bytes = g_file_load_bytes (file, NULL, NULL, NULL);
  g_auto (GValue)    value = G_VALUE_INIT;

  caller_call (caller, TA_VALUE_OBJECT (file), "load_contents", NULL, 0, &value);
  g_assert_cmpuint (caller_count (&value), ==, 2);
  g_assert_true (g_bytes_equal (g_value_get_boxed (caller_nth (&value, 0)), bytes));
}

/* The error is the method's own. */
static void
test_error (void)
{
  g_autoptr (Caller) caller = caller_new ();
  g_autoptr (GFile)  file = g_file_new_for_path ("/nowhere/at/all");

  caller_refuse (caller, TA_VALUE_OBJECT (file), "load_bytes", NULL, 0, G_IO_ERROR,
                 G_IO_ERROR_NOT_FOUND, "/nowhere/at/all");
}

/* A constructor with an array of strings and flags, and a method with a string that may be NULL. */
static void
test_process (void)
{
  const char        *argv[] = { "cat", NULL };
  g_autoptr (Caller) caller = caller_new ();
  g_auto (GValue)    subprocess = G_VALUE_INIT, value = G_VALUE_INIT;
  GValue             arguments[2] = { G_VALUE_INIT, G_VALUE_INIT };

  g_value_set_boxed (g_value_init (&arguments[0], G_TYPE_STRV), argv);
  g_value_set_flags (g_value_init (&arguments[1], G_TYPE_SUBPROCESS_FLAGS),
                     G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  caller_call (caller, TA_VALUE_STRING ("Gio.Subprocess"), "new", arguments, 2, &subprocess);
  g_value_unset (&arguments[0]);
  g_value_unset (&arguments[1]);
  g_assert_true (G_IS_SUBPROCESS (g_value_get_object (&subprocess)));

  caller_call (caller, &subprocess, "communicate_utf8", TA_VALUE_STRING ("there and back"), 1,
               &value);
  g_assert_cmpuint (caller_count (&value), ==, 2);
  g_assert_cmpstr (g_value_get_string (caller_nth (&value, 0)), ==, "there and back");
  g_assert_null (g_value_get_string (caller_nth (&value, 1)));
}

static void
test_function (void)
{
  g_autoptr (Caller) caller = caller_new ();
  g_autoptr (GBytes) bytes = g_bytes_new_static ("abc", 3);
  g_auto (GValue)    value = G_VALUE_INIT;
  GValue             arguments[2] = { G_VALUE_INIT, G_VALUE_INIT };

  g_value_set_int (g_value_init (&arguments[0], G_TYPE_INT), G_CHECKSUM_SHA256);
  g_value_set_boxed (g_value_init (&arguments[1], G_TYPE_BYTES), bytes);
  caller_call (caller, TA_VALUE_STRING ("GLib"), "compute_checksum_for_bytes", arguments, 2,
               &value);
  g_value_unset (&arguments[1]);

  g_assert_cmpstr (g_value_get_string (&value), ==,
                   "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

/* A type is as good as its name, and a method of what it is derived from as good as its own. */
static void
test_type (void)
{
  g_autoptr (Caller) caller = caller_new ();
  g_auto (GValue)    type = G_VALUE_INIT, file = G_VALUE_INIT, path = G_VALUE_INIT;
  g_auto (GValue)    group = G_VALUE_INIT, actions = G_VALUE_INIT;

  g_value_set_gtype (g_value_init (&type, G_TYPE_GTYPE), G_TYPE_FILE);
  caller_call (caller, &type, "new_for_path", TA_VALUE_STRING ("/usr"), 1, &file);
  caller_call (caller, &file, "get_path", NULL, 0, &path);
  g_assert_cmpstr (g_value_get_string (&path), ==, "/usr");

  caller_call (caller, TA_VALUE_STRING ("Gio.SimpleActionGroup"), "new", NULL, 0, &group);
  caller_call (caller, &group, "list_actions", NULL, 0, &actions);
  g_assert_cmpuint (g_strv_length (g_value_get_boxed (&actions)), ==, 0);
}

/* A boxed value and a variant are instances like objects. */
static void
test_boxed_target (void)
{
  g_autoptr (Caller)    caller = caller_new ();
  g_autoptr (GDateTime) time = g_date_time_new_utc (2026, 5, 4, 3, 2, 1);
  g_auto (GValue)       target = G_VALUE_INIT, year = G_VALUE_INIT, string = G_VALUE_INIT;
  g_auto (GValue)       variant = G_VALUE_INIT;

  g_value_set_boxed (g_value_init (&target, G_TYPE_DATE_TIME), time);
  caller_call (caller, &target, "get_year", NULL, 0, &year);
  g_assert_cmpint (g_value_get_int (&year), ==, 2026);

  g_value_set_variant (g_value_init (&variant, G_TYPE_VARIANT), g_variant_new ("(si)", "n", 3));
  caller_call (caller, &variant, "print", TA_VALUE_BOOLEAN (FALSE), 1, &string);
  g_assert_cmpstr (g_value_get_string (&string), ==, "('n', 3)");
}

static void
box_target (GValue *target, GType type, gpointer boxed)
{
  g_auto (GValue)   plain = G_VALUE_INIT;
  g_autoptr (TaBox) box = NULL;

  g_value_set_boxed (g_value_init (&plain, type), boxed);
  box = ta_box_new (NULL, &plain, NULL);
  g_value_set_boxed (g_value_init (target, TA_TYPE_BOX), box);
}

/* What is in a box is not copied, but keeps what methods do to it. */
static void
test_box_target (void)
{
  g_autoptr (Caller)    caller = caller_new ();
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autoptr (GBytes)    bytes = g_bytes_new_static ("abc", 3);
  g_auto (GValue)       target = G_VALUE_INIT, bare = G_VALUE_INIT, data = G_VALUE_INIT;
  g_auto (GValue)       nothing = G_VALUE_INIT, text = G_VALUE_INIT, string = G_VALUE_INIT;
  GValue                letters[] = { G_VALUE_INIT };

  box_target (&target, G_TYPE_CHECKSUM, checksum);
  g_value_set_boxed (g_value_init (&letters[0], G_TYPE_BYTES), bytes);
  caller_call (caller, &target, "update", letters, 1, &nothing);
  caller_call (caller, &target, "get_string", NULL, 0, &string);
  g_assert_cmpstr (g_value_get_string (&string), ==,
                   "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");

  /* Without a box it is a copy that is worked on. */
  g_value_unset (&string);
  g_value_set_boxed (g_value_init (&bare, G_TYPE_CHECKSUM), checksum);
  caller_call (caller, &bare, "update", letters, 1, &nothing);
  caller_call (caller, &bare, "get_string", NULL, 0, &string);
  g_assert_cmpstr (g_value_get_string (&string), ==,
                   "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  g_value_unset (&letters[0]);

  /* What is in the box stays there, and has to be what the method is of. */
  box_target (&data, G_TYPE_BYTES, bytes);
  caller_refuse (caller, &data, "unref_to_array", NULL, 0, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                 "GLib.Bytes.unref_to_array");
  caller_refuse (caller, &data, "GLib.Checksum.get_string", NULL, 0, TA_ERROR, TA_ERROR_WRONG_TYPE,
                 "GChecksum");
  box_target (&text, G_TYPE_STRV, (char *[]){ NULL });
  caller_refuse (caller, &text, "get_string", NULL, 0, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                 "get_string");
}

/* What would free something that the caller has is refused. */
static void
test_free (void)
{
  g_autoptr (Caller)       caller = caller_new ();
  g_autoptr (GCancellable) object = g_cancellable_new ();
  g_autoptr (GChecksum)    checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_auto (GValue)          on_object = G_VALUE_INIT;
  g_auto (GValue)          on_boxed = G_VALUE_INIT;

  g_value_set_object (g_value_init (&on_object, G_TYPE_CANCELLABLE), object);
  caller_refuse (caller, &on_object, "GObject.Object.unref", NULL, 0, G_IO_ERROR,
                 G_IO_ERROR_NOT_SUPPORTED, "GObject.Object.unref");
  g_value_set_boxed (g_value_init (&on_boxed, G_TYPE_CHECKSUM), checksum);
  caller_refuse (caller, &on_boxed, "free", NULL, 0, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                 "GLib.Checksum.free");
}

/* The name of its type may stand before that of a method. */
static void
test_qualified_name (void)
{
  g_autoptr (Caller) caller = caller_new ();
  g_autoptr (GFile)  file = g_file_new_for_path ("/usr");
  g_auto (GValue)    path = G_VALUE_INIT;

  caller_call (caller, TA_VALUE_OBJECT (file), "Gio.File.get_path", NULL, 0, &path);
  g_assert_cmpstr (g_value_get_string (&path), ==, "/usr");

  caller_refuse (caller, TA_VALUE_OBJECT (file), "Gio.Subprocess.get_identifier", NULL, 0, TA_ERROR,
                 TA_ERROR_WRONG_TYPE, "GSubprocess");
}

static void
test_pixbuf (void)
{
  g_autoptr (Caller) caller = caller_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char   *path = NULL;
  g_auto (GValue)    pixbuf = G_VALUE_INIT, width = G_VALUE_INIT;
  GValue             arguments[3] = { G_VALUE_INIT, G_VALUE_INIT, G_VALUE_INIT };
  const char        *xpm = "/* XPM */\nstatic char *x[] = {\n\"2 2 1 1\",\n\"a c #ff0000\",\n"
                           "\"aa\",\n\"aa\"};\n";
  int                fd = g_file_open_tmp ("method-XXXXXX.xpm", &path, &error);

  g_assert_no_error (error);
  g_close (fd, NULL);
  g_file_set_contents (path, xpm, -1, &error);
  g_assert_no_error (error);

  g_value_set_string (g_value_init (&arguments[0], G_TYPE_STRING), path);
  g_value_set_double (g_value_init (&arguments[1], G_TYPE_DOUBLE), 20);
  g_value_set_int64 (g_value_init (&arguments[2], G_TYPE_INT64), 10);
  caller_start (caller, TA_VALUE_STRING ("GdkPixbuf.Pixbuf"), "new_from_file_at_scale", arguments,
                3);
  caller_wait (caller);
  ta_runner_call_method_finish (caller->runner, caller->result.result, NULL, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT))
    {
      test_assert_message_has (error, "preserve_aspect_ratio");
      caller_call (caller, TA_VALUE_STRING ("GdkPixbuf.Pixbuf"), "new_from_file_at_size", arguments,
                   3, &pixbuf);
      caller_call (caller, &pixbuf, "get_width", NULL, 0, &width);
      g_assert_cmpint (g_value_get_int (&width), ==, 10);
      g_assert_true (g_type_is_a (G_VALUE_TYPE (&pixbuf), G_TYPE_OBJECT));
    }
  else
    {
      g_test_skip ("There is no introspection data for GdkPixbuf");
    }

  g_value_unset (&arguments[0]);
  g_remove (path);
}

/* The method runs in the thread of the runner, with its context. */
static void
test_thread (void)
{
  g_autoptr (Caller) caller = caller_new ();
  g_auto (GValue)    value = G_VALUE_INIT;

  caller_call (caller, TA_VALUE_STRING ("GLib.MainContext"), "get_thread_default", NULL, 0, &value);
  g_assert_true (g_value_get_boxed (&value) == ta_runner_get_context (caller->runner));
}

/* Calls are made in the order in which they were asked for, and each calls back once. */
static void
test_many (void)
{
  g_autoptr (Caller) caller = caller_new ();
  TestResult         results[50];

  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      test_result_init (&results[i], NULL);
      TEST_OUTSIDE (&results[i],
                    ta_runner_call_method_async (caller->runner, TA_VALUE_STRING ("TaProbe"),
                                                 "int32", TA_VALUE_INT (i), 1, TEST_DEADLINE_US,
                                                 NULL, test_result_cb, &results[i]));
    }
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      g_auto (GValue)    value = G_VALUE_INIT;
      g_autoptr (GError) error = NULL;

      TEST_TURN_UNTIL (NULL, results[i].calls == 1);
      ta_runner_call_method_finish (caller->runner, results[i].result, &value, &error);
      g_assert_no_error (error);
      g_assert_cmpint (g_value_get_int (&value), ==, (int) i);
      test_result_clear (&results[i]);
    }
}

/* Blocks the runner's thread in a method that waits for its cancellable. */
static void
start_waiting (Caller *caller)
{
  caller_start (caller, TA_VALUE_STRING ("TaProbe"), "wait", NULL, 0);
  caller_await_waiting (caller, 1);
}

/* Who cancels gets the error at once, and the method is cancelled, which lets the runner go on. */
static void
test_cancel (void)
{
  g_autoptr (Caller) caller = caller_new ();
  g_auto (GValue)    value = G_VALUE_INIT;

  start_waiting (caller);
  g_cancellable_cancel (caller->cancellable);
  caller_expect (caller, G_IO_ERROR, G_IO_ERROR_CANCELLED, "TaProbe.wait");

  g_cancellable_reset (caller->cancellable);
  caller_call (caller, TA_VALUE_STRING ("TaProbe"), "nothing", NULL, 0, &value);
  test_assert_null_pointer (&value);
}

static void
test_timeout (void)
{
  g_autoptr (Caller) caller = caller_new ();
  g_auto (GValue)    value = G_VALUE_INIT;

  start_waiting (caller);
  test_result_clear (&caller->second);
  test_result_init (&caller->second, NULL);
  ta_runner_call_method_async (caller->runner, TA_VALUE_STRING ("TaProbe"), "fail",
                               TA_VALUE_STRING ("was called"), 1, 1000, NULL, test_result_cb,
                               &caller->second);
  TEST_TURN_UNTIL (NULL, caller->second.calls == 1);
  caller_expect_result (caller, &caller->second, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "TaProbe.fail");

  g_cancellable_cancel (caller->cancellable);
  caller_expect (caller, G_IO_ERROR, G_IO_ERROR_CANCELLED, "TaProbe.wait");
  g_cancellable_reset (caller->cancellable);
  caller_call (caller, TA_VALUE_STRING ("TaProbe"), "nothing", NULL, 0, &value);
}

/* What becomes of a call that nobody waits for any more is no failure of the runner. */
static void
test_abandoned_failure (void)
{
  g_autoptr (Caller) caller = caller_new ();

  caller->timeout_us = 1000;
  caller_refuse (caller, TA_VALUE_STRING ("TaProbe"), "wait_and_fail", NULL, 0, G_IO_ERROR,
                 G_IO_ERROR_TIMED_OUT, "TaProbe.wait_and_fail");

  /* The stop, which would list it, succeeds. */
}

/* Nothing runs of a call that was cancelled before, or has no valid timeout. */
static void
test_not_sent (void)
{
  g_autoptr (Caller) caller = caller_new ();

  g_cancellable_cancel (caller->cancellable);
  caller_refuse (caller, TA_VALUE_STRING ("TaProbe"), "nothing", NULL, 0, G_IO_ERROR,
                 G_IO_ERROR_CANCELLED, "");
  g_cancellable_reset (caller->cancellable);

  caller->timeout_us = -3;
  caller_refuse (caller, TA_VALUE_STRING ("TaProbe"), "nothing", NULL, 0, G_IO_ERROR,
                 G_IO_ERROR_INVALID_ARGUMENT, "");
}

/* A runner that stops cancels the method that blocks it, and every call is told how it ended. */
static void
test_stop_blocked (void)
{
  g_autoptr (Caller)   caller = caller_new ();
  g_autoptr (TaRunner) runner = test_runner_new_started ("blocked");
  TestResult           results[2];

  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      test_result_init (&results[i], NULL);
      ta_runner_call_method_async (runner, TA_VALUE_STRING ("TaProbe"), "wait", NULL, 0,
                                   TA_TIMEOUT_INFINITE, NULL, test_result_cb, &results[i]);
    }
  caller_await_waiting (caller, 1);
  ta_runner_stop (runner, G_USEC_PER_SEC, NULL, NULL);
  g_assert_false (ta_runner_get_running (runner));

  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      g_autoptr (GError) error = NULL;

      TEST_TURN_UNTIL (NULL, results[i].calls == 1);
      g_assert_false (ta_runner_call_method_finish (runner, results[i].result, NULL, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      test_result_clear (&results[i]);
    }
}

static void
test_stop (void)
{
  g_autoptr (Caller) caller = caller_new ();
  g_autoptr (GError) error = NULL;
  g_auto (GValue)    value = G_VALUE_INIT;

  caller_call (caller, TA_VALUE_STRING ("TaProbe"), "nothing", NULL, 0, &value);
  g_assert_true (ta_runner_stop (caller->runner, TEST_DEADLINE_US, NULL, &error));
  g_assert_no_error (error);
  caller_refuse (caller, TA_VALUE_STRING ("TaProbe"), "nothing", NULL, 0, TA_ERROR,
                 TA_ERROR_NOT_RUNNING, "method");
}

/* Where there is no module for introspection, the error says so. */
static void
test_no_module (void)
{
  if (g_test_subprocess ())
    {
      g_autoptr (Caller) caller = NULL;

      g_setenv ("TA_MODULE_DIR", "/nowhere/at/all", TRUE);
      caller = caller_new ();
      caller_refuse (caller, TA_VALUE_STRING ("TaProbe"), "nothing", NULL, 0, G_IO_ERROR,
                     G_IO_ERROR_NOT_SUPPORTED, "/nowhere/at/all");
      return;
    }

  g_test_trap_subprocess (NULL, TEST_DEADLINE_US, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv);

  test_add ("/method/load-bytes", test_load_bytes);
  test_add ("/method/load-contents", test_load_contents);
  test_add ("/method/error", test_error);
  test_add ("/method/process", test_process);
  test_add ("/method/function", test_function);
  test_add ("/method/type", test_type);
  test_add ("/method/boxed-target", test_boxed_target);
  test_add ("/method/box-target", test_box_target);
  test_add ("/method/free", test_free);
  test_add ("/method/qualified-name", test_qualified_name);
  test_add ("/method/pixbuf", test_pixbuf);
  test_add ("/method/thread", test_thread);
  test_add ("/method/many", test_many);
  test_add ("/method/cancel", test_cancel);
  test_add ("/method/timeout", test_timeout);
  test_add ("/method/abandoned-failure", test_abandoned_failure);
  test_add ("/method/not-sent", test_not_sent);
  test_add ("/method/stop", test_stop);
  test_add ("/method/stop-blocked", test_stop_blocked);
  test_add ("/method/no-module", test_no_module);

  return g_test_run ();
}
