/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * Calls that no program should make, of those that have no better place with their type: each is a
 * critical and does nothing.
 */

#include "test-util.h"

static void
return_func (TaTask *task, gpointer data)
{
  g_autoptr (TaPromise) promise = ta_task_take_promise (task);

  ta_promise_return_int (promise, 1);
}

static void
ignore_call (gpointer data)
{
}

static void
test_no_task (void)
{
  g_autoptr (TaPromise) promise = ta_promise_new ();
  g_autoptr (TaFuture)  future = ta_promise_get_future (promise);

  test_expect_critical ("*TA_IS_TASK*");
  ta_task_cancel (NULL);
  test_expect_critical ("*TA_IS_TASK*");
  g_assert_null (ta_task_take_promise (NULL));
  test_expect_critical ("*TA_IS_TASK*");
  g_assert_null (ta_task_dup_name (NULL));
  test_expect_critical ("*TA_IS_TASK*");
  ta_task_set_name (NULL, "nobody");
  test_expect_critical ("*TA_IS_TASK*");
  g_assert_null (ta_task_dup_status (NULL));
  test_expect_critical ("*TA_IS_TASK*");
  g_assert_cmpfloat (ta_task_get_progress (NULL), ==, 0.0);
  test_expect_critical ("*TA_IS_TASK*");
  g_assert_null (ta_task_get_runner (NULL));

  /* A future is not a task. */
  test_expect_critical ("*TA_IS_TASK*");
  ta_task_cancel ((TaTask *) future);
  g_test_assert_expected_messages ();
}

static void
test_no_runner (void)
{
  g_autoptr (GObject) object = g_object_new (G_TYPE_OBJECT, NULL);
  GError             *error = NULL;

  test_expect_critical ("*TA_IS_RUNNER*");
  g_assert_null (ta_runner_get_context (NULL));
  test_expect_critical ("*TA_IS_RUNNER*");
  g_assert_null (ta_runner_get_main_context (NULL));
  test_expect_critical ("*TA_IS_RUNNER*");
  g_assert_false (ta_runner_get_running (NULL));
  test_expect_critical ("*TA_IS_RUNNER*");
  ta_runner_get_shutdown_type ((TaRunner *) object);
  test_expect_critical ("*TA_IS_RUNNER*");
  ta_runner_get_exit_timeout (NULL);
  test_expect_critical ("*TA_IS_RUNNER*");
  ta_runner_get_default_timeout (NULL);
  test_expect_critical ("*TA_IS_RUNNER*");
  ta_runner_stop_async (NULL, 0, NULL, NULL, NULL);
  test_expect_critical ("*TA_IS_RUNNER*");
  ta_runner_call_in_loop_async (NULL, ignore_call, NULL, NULL, 0, NULL, NULL, NULL);
  test_expect_critical ("*TA_IS_RUNNER*");
  ta_runner_wait_for_next_iteration_async (NULL, 0, NULL, NULL, NULL);
  test_expect_critical ("*TA_IS_RUNNER*");
  g_assert_false (ta_runner_start ((TaRunner *) object, &error));
  g_test_assert_expected_messages ();
  g_assert_no_error (error);
}

static void
test_no_cancellable (void)
{
  g_autoptr (TaRunner)  runner = test_runner_new_started ("given nonsense");
  g_autoptr (TaPromise) promise = ta_promise_new ();
  g_autoptr (TaFuture)  future = ta_promise_get_future (promise);
  g_autoptr (GObject)   object = g_object_new (G_TYPE_OBJECT, NULL);
  GCancellable         *wrong = (GCancellable *) object;

  test_expect_critical ("*G_IS_CANCELLABLE*");
  g_assert_false (ta_future_wait (future, NULL, 0, wrong, NULL));
  test_expect_critical ("*G_IS_CANCELLABLE*");
  ta_future_wait_async (future, 0, wrong, NULL, NULL);
  test_expect_critical ("*G_IS_CANCELLABLE*");
  g_assert_false (ta_runner_stop (runner, 0, wrong, NULL));
  test_expect_critical ("*G_IS_CANCELLABLE*");
  ta_runner_stop_async (runner, 0, wrong, NULL, NULL);
  test_expect_critical ("*G_IS_CANCELLABLE*");
  g_assert_false (ta_runner_call_in_loop (runner, ignore_call, NULL, NULL, 0, wrong, NULL));
  test_expect_critical ("*G_IS_CANCELLABLE*");
  g_assert_false (ta_runner_wait_for_next_iteration (runner, 0, wrong, NULL));
  g_test_assert_expected_messages ();

  g_assert_true (ta_runner_get_running (runner));
  test_runner_stop (runner);
}

/* The result of one call is no result of another, and says so before it is mistaken for one. */
static void
test_wrong_finish (void)
{
  g_autoptr (TaRunner) runner = test_runner_new_started ("finished wrongly");
  g_autoptr (TaRunner) other = test_runner_new_started ("other");
  g_autoptr (TaTask)   task = ta_runner_create_task (runner, return_func, NULL, NULL);
  GValue               value = G_VALUE_INIT;
  TestResult           call;
  TestResult           sleep;

  test_result_init (&call, NULL);
  TEST_OUTSIDE (&call,
                ta_runner_call_in_loop_async (runner, ignore_call, NULL, NULL, TEST_DEADLINE_US,
                                              NULL, test_result_cb, &call));
  test_result_init (&sleep, NULL);
  TEST_OUTSIDE (&sleep, ta_sleep_async (0, NULL, test_result_cb, &sleep));
  TEST_TURN_UNTIL (NULL, call.calls == 1 && sleep.calls == 1);

  test_expect_critical ("*");
  g_assert_false (ta_runner_wait_for_next_iteration_finish (runner, call.result, NULL));
  test_expect_critical ("*");
  g_assert_false (ta_runner_stop_finish (runner, call.result, NULL));
  test_expect_critical ("*");
  g_assert_false (ta_runner_call_in_loop_finish (other, call.result, NULL));
  test_expect_critical ("*");
  g_assert_false (ta_sleep_finish (call.result, NULL));
  test_expect_critical ("*");
  g_assert_false (ta_runner_call_in_loop_finish (runner, sleep.result, NULL));
  test_expect_critical ("*");
  g_assert_false (ta_future_wait_finish (TA_FUTURE (task), sleep.result, &value, NULL));
  g_test_assert_expected_messages ();
  test_assert_null_pointer (&value);

  g_assert_true (ta_runner_call_in_loop_finish (runner, call.result, NULL));
  g_assert_true (ta_sleep_finish (sleep.result, NULL));
  test_result_clear (&call);
  test_result_clear (&sleep);
  test_runner_stop (runner);
  test_runner_stop (other);
}

static void
count_complaint (const char *domain, GLogLevelFlags level, const char *message, gpointer count)
{
  ++*(guint *) count;
}

static gboolean
not_fatal (const char *domain, GLogLevelFlags level, const char *message, gpointer data)
{
  return FALSE;
}

/* GObject itself refuses what is no timeout; whether as a warning or more depends on its version. */
static void
test_timeout_properties (void)
{
  g_autoptr (TaRunner) runner = NULL;
  guint                n_complaints = 0;
  guint                handler;

  handler = g_log_set_handler ("GLib-GObject",
                               G_LOG_LEVEL_WARNING | G_LOG_LEVEL_CRITICAL | G_LOG_FLAG_FATAL,
                               count_complaint, &n_complaints);
  g_test_log_set_fatal_handler (not_fatal, NULL);
  runner = g_object_new (TA_TYPE_RUNNER, "exit-timeout", G_MININT64, "default-timeout",
                         TA_TIMEOUT_DEFAULT, NULL);
  g_test_log_set_fatal_handler (NULL, NULL);
  g_log_remove_handler ("GLib-GObject", handler);

  g_assert_cmpuint (n_complaints, ==, 2);
  g_assert_cmpint (ta_runner_get_exit_timeout (runner), >=, TA_TIMEOUT_INFINITE);
  g_assert_cmpint (ta_runner_get_default_timeout (runner), >=, TA_TIMEOUT_INFINITE);
}

int
main (int argc, char *argv[])
{
  test_init (&argc, &argv);

  test_add ("/bad-input/no-task", test_no_task);
  test_add ("/bad-input/no-runner", test_no_runner);
  test_add ("/bad-input/no-cancellable", test_no_cancellable);
  test_add ("/bad-input/wrong-finish", test_wrong_finish);
  test_add ("/bad-input/timeout-properties", test_timeout_properties);

  return g_test_run ();
}
