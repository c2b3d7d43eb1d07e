/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What waits for a loop that is stuck says what it is at, and since when. */

#include "test-greedy.h"

static void
return_func (TaTask *task, gpointer data)
{
  g_autoptr (TaPromise) promise = ta_task_take_promise (task);

  ta_promise_return_boolean (promise, TRUE);
}

static void
nothing_cb (gpointer data)
{
}

/* Every wait that times out on a stuck loop names the task, and since when. */
static void
test_messages (void)
{
  g_autoptr (TaRunner) runner = test_runner_new_started ("stuck");
  g_autoptr (TaTask)   task = NULL;
  g_autoptr (TaTask)   other = NULL;
  GError              *error = NULL;
  TestResult           result;
  TestGate             exited;
  TestGreedy           block;

  test_greedy_init (&block);
  test_gate_init (&exited);
  test_runner_watch_thread (runner, &exited);
  task = ta_runner_create_task (runner, test_greedy_func, &block, NULL);
  other = ta_runner_create_task (runner, return_func, NULL, NULL);
  test_gate_await (&block.blocked, 1);

  g_assert_false (ta_future_wait (TA_FUTURE (other), NULL, 30000, NULL, &error));
  test_check_busy (error, "“stuck”, whose loop has been");
  g_clear_error (&error);
  g_assert_false (ta_runner_call_in_loop (runner, nothing_cb, NULL, NULL, 30000, NULL, &error));
  test_check_busy (error, "a call in the loop of runner “stuck”");
  g_clear_error (&error);
  g_assert_false (ta_runner_wait_for_next_iteration (runner, 30000, NULL, &error));
  test_check_busy (error, "the next iteration of runner “stuck”");
  g_clear_error (&error);

  test_result_init (&result, NULL);
  ta_future_wait_async (TA_FUTURE (other), 30000, NULL, test_result_cb, &result);
  TEST_TURN_UNTIL (NULL, result.calls == 1);
  g_assert_false (ta_future_wait_finish (TA_FUTURE (other), result.result, NULL, &error));
  test_check_busy (error, "“stuck”");
  g_clear_error (&error);
  test_result_clear (&result);

  g_assert_false (ta_runner_stop (runner, 30000, NULL, &error));
  test_check_busy (error, "“stuck”");
  g_clear_error (&error);

  test_gate_open (&block.release);
  test_gate_await (&exited, 1);
  test_gate_clear (&exited);
  test_greedy_clear (&block);
}

/* A loop that has nothing to do is not to blame. */
static void
keep_func (TaTask *task, gpointer data)
{
  g_atomic_pointer_set ((TaPromise **) data, ta_task_take_promise (task));
}

static void
test_message_of_idle (void)
{
  g_autoptr (TaRunner) runner = test_runner_new_started ("idle");
  TaPromise           *promise = NULL;
  g_autoptr (TaTask)   task = ta_runner_create_task (runner, keep_func, &promise, NULL);
  const gint64         end = g_get_monotonic_time () + TEST_DEADLINE_US;
  g_autoptr (GError)   error = NULL;

  /* On a busy machine the thread may get its turn late, and the end of the one before looks long. */
  g_assert_true (ta_runner_wait_for_next_iteration (runner, TEST_DEADLINE_US, NULL, NULL));
  do
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_clear_error (&error);
      g_assert_false (ta_future_wait (TA_FUTURE (task), NULL, 30000, NULL, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
    }
  while (strstr (error->message, "busy") != NULL);
  ta_promise_return_boolean (promise, TRUE);
  ta_promise_unref (promise);
  test_runner_stop (runner);
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv);

  test_add ("/stall/messages", test_messages);
  test_add ("/stall/message-of-idle", test_message_of_idle);

  return g_test_run ();
}
