/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "test-failed-util.h"

void
test_failed_check_stop (TaRunner *runner, guint n_failed, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autofree char   *count = g_strdup_printf ("%u of the tasks", n_failed);

  g_assert_false (ta_runner_stop (runner, TEST_DEADLINE_US, NULL, &error));
  g_assert_error (error, TA_ERROR, TA_ERROR_TASKS_FAILED);
  test_assert_message_has (error, ta_runner_get_name (runner));
  test_assert_message_has (error, count);
  test_assert_message_has (error, text);
  g_assert_cmpint (ta_runner_get_shutdown_type (runner), ==, TA_SHUTDOWN_TYPE_STOPPED);
  g_assert_cmpuint (ta_runner_get_n_failed_tasks (runner), ==, n_failed);

  /* It has been said. */
  test_runner_stop (runner);
  g_assert_cmpuint (ta_runner_get_n_failed_tasks (runner), ==, n_failed);
}

void
test_failed_check_none (TaRunner *runner)
{
  g_autoptr (GPtrArray) tasks = ta_runner_get_failed_tasks (runner);

  g_assert_cmpuint (tasks->len, ==, 0);
  g_assert_cmpuint (ta_runner_get_n_failed_tasks (runner), ==, 0);
}

/* Waits until the loop has done what it was sent. */
void
test_failed_settle (TaRunner *runner)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (ta_runner_wait_for_next_iteration (runner, TEST_DEADLINE_US, NULL, &error));
  g_assert_no_error (error);
}

void
test_failed_fail_func (TaTask *task, gpointer data)
{
  g_autoptr (TaPromise) promise = ta_task_take_promise (task);

  ta_task_set_name (task, data);
  ta_promise_return_new_error (promise, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "no %s here",
                               (const char *) data);
}

void
test_failed_succeed_func (TaTask *task, gpointer data)
{
  g_autoptr (TaPromise) promise = ta_task_take_promise (task);

  ta_promise_return_int (promise, 1);
}

TaTask *
test_failed_fail (TaRunner *runner, const char *name)
{
  TaTask *task = ta_runner_create_task (runner, test_failed_fail_func, (gpointer) name, NULL);

  test_failed_settle (runner);
  g_assert_true (ta_future_get_done (TA_FUTURE (task)));

  return task;
}

void
test_failed_fail_and_forget (TaRunner *runner, const char *name)
{
  g_object_unref (test_failed_fail (runner, name));
}
