/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "test-util.h"

#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

static void
ignore_func (TaTask *task, gpointer data)
{
  g_autoptr (TaPromise) promise = ta_task_take_promise (task);

  ta_promise_return_boolean (promise, TRUE);
}

G_GNUC_NORETURN static void
unreached_func (TaTask *task, gpointer data)
{
  g_assert_not_reached ();
}

G_GNUC_NORETURN static void
unreached_call (gpointer data)
{
  g_assert_not_reached ();
}

static void
count_destroy (gpointer data)
{
  ++*(guint *) data;
}

static void
check_start_error (TaRunner *runner, int code)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (ta_runner_start (runner, &error));
  g_assert_error (error, TA_ERROR, code);
  test_assert_message_has (error, ta_runner_get_name (runner));
}

static void
test_life (void)
{
  g_autoptr (TaRunner) runner = ta_runner_new ("once");
  g_autoptr (GError)   error = NULL;

  g_assert_cmpstr (ta_runner_get_name (runner), ==, "once");
  g_assert_false (ta_runner_get_running (runner));
  g_assert_null (ta_runner_get_context (runner));
  g_assert_false (ta_runner_is_in_loop (runner));
  g_assert_cmpint (ta_runner_get_shutdown_type (runner), ==, TA_SHUTDOWN_TYPE_NOT_SHUT_DOWN);

  g_assert_true (ta_runner_start (runner, &error));
  g_assert_no_error (error);
  g_assert_true (ta_runner_get_running (runner));
  g_assert_nonnull (ta_runner_get_context (runner));
  g_assert_false (ta_runner_is_in_loop (runner));
  g_assert_cmpint (ta_runner_get_shutdown_type (runner), ==, TA_SHUTDOWN_TYPE_NOT_SHUT_DOWN);
  check_start_error (runner, TA_ERROR_ALREADY_DONE);
  g_assert_true (ta_runner_get_running (runner));

  test_runner_stop (runner);
  g_assert_false (ta_runner_get_running (runner));
  g_assert_false (ta_runner_is_in_loop (runner));
  check_start_error (runner, TA_ERROR_ALREADY_DONE);

  /* Stopping again is no error, and changes nothing. */
  g_assert_true (ta_runner_stop (runner, TA_TIMEOUT_DEFAULT, NULL, &error));
  g_assert_no_error (error);
  test_runner_stop (runner);
}

static void
check_not_running (TaRunner *runner)
{
  g_autoptr (TaTask)   task = NULL;
  g_autoptr (TaRunner) of_task = NULL;
  g_autoptr (GError)   error = NULL;
  GValue               value = G_VALUE_INIT;
  guint                destroys = 0;
  TestResult           result;

  /* What can't be run is let go of before the call returns. */
  task = ta_runner_create_task (runner, unreached_func, &destroys, count_destroy);
  g_assert_true (TA_IS_TASK (task));
  g_assert_cmpuint (destroys, ==, 1);
  g_assert_true (ta_future_get_done (TA_FUTURE (task)));
  g_assert_false (ta_future_try_wait (TA_FUTURE (task), &value, &error));
  g_assert_error (error, TA_ERROR, TA_ERROR_NOT_RUNNING);
  test_assert_message_has (error, ta_runner_get_name (runner));
  test_assert_null_pointer (&value);
  of_task = ta_task_get_runner (task);
  g_assert_true (of_task == runner);
  ta_task_cancel (task);
  g_clear_error (&error);

  g_assert_false (ta_runner_call_in_loop (runner, unreached_call, &destroys, count_destroy,
                                          TEST_DEADLINE_US, NULL, &error));
  g_assert_error (error, TA_ERROR, TA_ERROR_NOT_RUNNING);
  test_assert_message_has (error, ta_runner_get_name (runner));
  g_assert_cmpuint (destroys, ==, 2);
  g_clear_error (&error);

  g_assert_false (ta_runner_wait_for_next_iteration (runner, TEST_DEADLINE_US, NULL, &error));
  g_assert_error (error, TA_ERROR, TA_ERROR_NOT_RUNNING);
  test_assert_message_has (error, ta_runner_get_name (runner));
  g_clear_error (&error);

  test_result_init (&result, NULL);
  TEST_OUTSIDE (&result,
                ta_runner_call_in_loop_async (runner, unreached_call, &destroys, count_destroy,
                                              TEST_DEADLINE_US, NULL, test_result_cb, &result));
  TEST_TURN_UNTIL (NULL, result.calls == 1);
  g_assert_true (result.source == G_OBJECT (runner));
  g_assert_false (ta_runner_call_in_loop_finish (runner, result.result, &error));
  g_assert_error (error, TA_ERROR, TA_ERROR_NOT_RUNNING);
  g_assert_cmpuint (destroys, ==, 3);
  g_clear_error (&error);
  test_result_clear (&result);

  test_result_init (&result, NULL);
  TEST_OUTSIDE (&result, ta_runner_wait_for_next_iteration_async (runner, TEST_DEADLINE_US, NULL,
                                                                  test_result_cb, &result));
  TEST_TURN_UNTIL (NULL, result.calls == 1);
  g_assert_false (ta_runner_wait_for_next_iteration_finish (runner, result.result, &error));
  g_assert_error (error, TA_ERROR, TA_ERROR_NOT_RUNNING);
  test_result_clear (&result);
}

static void
test_not_running (void)
{
  g_autoptr (TaRunner) runner = ta_runner_new ("resting");
  g_autoptr (GError)   error = NULL;
  TestResult           result;

  check_not_running (runner);

  g_assert_false (ta_runner_stop (runner, TA_TIMEOUT_DEFAULT, NULL, &error));
  g_assert_error (error, TA_ERROR, TA_ERROR_NOT_RUNNING);
  test_assert_message_has (error, "resting");
  g_assert_cmpint (ta_runner_get_shutdown_type (runner), ==, TA_SHUTDOWN_TYPE_NOT_SHUT_DOWN);
  g_clear_error (&error);

  test_result_init (&result, NULL);
  TEST_OUTSIDE (&result,
                ta_runner_stop_async (runner, TA_TIMEOUT_DEFAULT, NULL, test_result_cb, &result));
  TEST_TURN_UNTIL (NULL, result.calls == 1);
  g_assert_false (ta_runner_stop_finish (runner, result.result, &error));
  g_assert_error (error, TA_ERROR, TA_ERROR_NOT_RUNNING);
  test_result_clear (&result);

  /* It can still be started, once. */
  g_clear_error (&error);
  g_assert_true (ta_runner_start (runner, &error));
  g_assert_no_error (error);
  test_runner_stop (runner);
  check_not_running (runner);
}

static void
test_properties (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (TaRunner)     plain = ta_runner_new (NULL);
  g_autoptr (TaRunner)     runner = NULL;
  g_autoptr (GMainContext) main_context = NULL;
  g_autofree char         *name = NULL;
  gint64                   exit_timeout = 0;
  gint64                   default_timeout = 0;
  gboolean                 running = TRUE;
  TaShutdownType           shutdown_type = TA_SHUTDOWN_TYPE_UNKNOWN;

  g_assert_nonnull (ta_runner_get_name (plain));
  g_assert_cmpstr (ta_runner_get_name (plain), !=, "");
  g_assert_cmpint (ta_runner_get_exit_timeout (plain), ==, G_USEC_PER_SEC);
  g_assert_cmpint (ta_runner_get_default_timeout (plain), ==, TA_TIMEOUT_INFINITE);
  g_assert_true (ta_runner_get_main_context (plain) == g_main_context_default ());

  runner = g_object_new (TA_TYPE_RUNNER, "name", "all", "exit-timeout", (gint64) 2000000,
                         "default-timeout", (gint64) 3000000, "main-context", context, NULL);
  g_object_get (runner, "name", &name, "exit-timeout", &exit_timeout, "default-timeout",
                &default_timeout, "main-context", &main_context, "running", &running,
                "shutdown-type", &shutdown_type, NULL);
  g_assert_cmpstr (name, ==, "all");
  g_assert_cmpint (exit_timeout, ==, 2000000);
  g_assert_cmpint (default_timeout, ==, 3000000);
  g_assert_true (main_context == context);
  g_assert_false (running);
  g_assert_cmpint (shutdown_type, ==, TA_SHUTDOWN_TYPE_NOT_SHUT_DOWN);
  g_assert_cmpint (ta_runner_get_exit_timeout (runner), ==, 2000000);
  g_assert_cmpint (ta_runner_get_default_timeout (runner), ==, 3000000);
  g_assert_true (ta_runner_get_main_context (runner) == context);

  /* A main context that is none of the caller's is the one at construction otherwise. */
  g_clear_object (&runner);
  g_main_context_push_thread_default (context);
  runner = ta_runner_new ("pushed");
  g_main_context_pop_thread_default (context);
  g_assert_true (ta_runner_get_main_context (runner) == context);
}

static void
copy_thread_name (gpointer data)
{
  int failed = prctl (PR_GET_NAME, data);

  g_assert_cmpint (failed, ==, 0);
}

static void
check_thread_name (const char *name, const char *expected)
{
  g_autoptr (TaRunner) runner = test_runner_new_started (name);
  g_autoptr (GError)   error = NULL;
  char                 thread_name[16] = "";

  g_assert_true (ta_runner_call_in_loop (runner, copy_thread_name, thread_name, NULL,
                                         TEST_DEADLINE_US, NULL, &error));
  g_assert_cmpstr (thread_name, ==, expected);
  g_assert_cmpstr (ta_runner_get_name (runner), ==, name);
  test_runner_stop (runner);
}

/* The kernel takes 15 bytes; the name is cut there, but never inside a character. */
static void
test_names (void)
{
  check_thread_name ("short", "short");
  check_thread_name ("exactly-fifteen", "exactly-fifteen");
  check_thread_name ("more-than-fifteen-bytes", "more-than-fifte");
  check_thread_name ("fourteen-bytesß", "fourteen-bytes");
  check_thread_name ("thirteen-byte€uro", "thirteen-byte");
  check_thread_name ("twelve-bytes😀", "twelve-bytes");
  check_thread_name ("eleven-byte😀😀", "eleven-byte😀");
}

static void
test_no_name (void)
{
  g_autoptr (TaRunner) runner = test_runner_new_started (NULL);
  char                 thread_name[16] = "";

  g_assert_true (ta_runner_call_in_loop (runner, copy_thread_name, thread_name, NULL,
                                         TEST_DEADLINE_US, NULL, NULL));
  g_assert_cmpstr (thread_name, !=, "");
  g_assert_true (g_str_has_prefix (ta_runner_get_name (runner), thread_name));
  test_runner_stop (runner);
}

/* Where there are no descriptors left, GLib would abort; the runner says so instead. */
static void
test_no_descriptors (void)
{
  g_autoptr (TaRunner) runner = ta_runner_new ("starved");
  g_autoptr (TaRunner) other = NULL;
  g_autoptr (GError)   error = NULL;
  struct rlimit        before;
  struct rlimit        none;
  gboolean             started;
  int                  next = dup (STDERR_FILENO);
  int                  failed;

  g_assert_cmpint (next, >=, 0);
  close (next);
  failed = getrlimit (RLIMIT_NOFILE, &before);
  g_assert_cmpint (failed, ==, 0);
  none = before;
  none.rlim_cur = (rlim_t) next;

  failed = setrlimit (RLIMIT_NOFILE, &none);
  g_assert_cmpint (failed, ==, 0);
  started = ta_runner_start (runner, &error);
  failed = setrlimit (RLIMIT_NOFILE, &before);
  g_assert_cmpint (failed, ==, 0);

  g_assert_false (started);
  g_assert_nonnull (error);
  test_assert_message_has (error, "starved");
  g_assert_false (ta_runner_get_running (runner));

  other = test_runner_new_started ("fed");
  test_runner_stop (other);
}

static void
test_default (void)
{
  TaRunner *runner = ta_runner_get_default ();

  g_assert_true (TA_IS_RUNNER (runner));
  g_assert_true (ta_runner_get_default () == runner);
  g_assert_true (ta_runner_get_running (runner));
  g_assert_true (ta_runner_get_context (runner) == g_main_context_default ());
  g_assert_true (ta_runner_is_in_loop (runner));
}

/* Many runners at a time, and many one after the other. */
static void
test_many (void)
{
  TaRunner *runners[20];

  for (guint i = 0; i < G_N_ELEMENTS (runners); i++)
    runners[i] = test_runner_new_started (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (runners); i++)
    {
      g_autoptr (TaTask) task = ta_runner_create_task (runners[i], ignore_func, NULL, NULL);
      g_autoptr (GError) error = NULL;

      g_assert_true (ta_future_wait (TA_FUTURE (task), NULL, TEST_DEADLINE_US, NULL, &error));
      for (guint j = 0; j < i; j++)
        g_assert_true (ta_runner_get_context (runners[i]) != ta_runner_get_context (runners[j]));
    }

  for (guint i = 0; i < G_N_ELEMENTS (runners); i++)
    {
      test_runner_stop (runners[i]);
      g_object_unref (runners[i]);
    }

  for (guint i = 0; i < test_repeats (500); i++)
    {
      g_autoptr (TaRunner) runner = test_runner_new_started (NULL);

      test_runner_stop (runner);
    }
}

static void
test_bad_input (void)
{
  g_autoptr (TaRunner) runner = test_runner_new_started ("given nonsense");
  guint                destroys = 0;

  test_expect_critical ("*func*");
  g_assert_null (ta_runner_create_task (runner, NULL, NULL, NULL));
  test_expect_critical ("*TA_IS_RUNNER*");
  g_assert_null (ta_runner_create_task (NULL, ignore_func, &destroys, NULL));
  test_expect_critical ("*TA_IS_RUNNER*");
  g_assert_false (ta_runner_start (NULL, NULL));
  test_expect_critical ("*TA_IS_RUNNER*");
  g_assert_false (ta_runner_stop (NULL, 0, NULL, NULL));
  test_expect_critical ("*TA_IS_RUNNER*");
  g_assert_false (ta_runner_is_in_loop (NULL));
  test_expect_critical ("*TA_IS_RUNNER*");
  g_assert_null (ta_runner_get_name (NULL));
  test_expect_critical ("*TA_IS_RUNNER*");
  ta_runner_run_gtask (NULL, NULL, NULL);
  test_expect_critical ("*context*");
  g_assert_null (ta_runner_new_for_context (NULL, "none"));
  g_test_assert_expected_messages ();

  test_runner_stop (runner);
}

int
main (int argc, char *argv[])
{
  test_init (&argc, &argv);

  test_add ("/runner/life", test_life);
  test_add ("/runner/not-running", test_not_running);
  test_add ("/runner/properties", test_properties);
  test_add ("/runner/names", test_names);
  test_add ("/runner/no-name", test_no_name);
  test_add ("/runner/no-descriptors", test_no_descriptors);
  test_add ("/runner/default", test_default);
  test_add ("/runner/many", test_many);
  test_add ("/runner/bad-input", test_bad_input);

  return g_test_run ();
}
