/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * ta_runner_call_in_loop() and ta_runner_wait_for_next_iteration().
 */

#include "test-util.h"

typedef struct
{
  TaRunner     *runner;
  GThread      *thread;
  GMainContext *context;
  int           calls;
  int           destroys;
} Call;

static void
call_func (gpointer data)
{
  Call *call = data;

  g_assert_true (ta_runner_is_in_loop (call->runner));
  g_assert_cmpint (call->destroys, ==, 0);
  call->thread = g_thread_self ();
  call->context = g_main_context_get_thread_default ();
  g_atomic_int_inc (&call->calls);
}

static void
call_destroy (gpointer data)
{
  Call *call = data;

  g_assert_true (call->thread == NULL || call->thread == g_thread_self ());
  g_atomic_int_inc (&call->destroys);
}

static void
barrier (TaRunner *runner)
{
  g_autoptr (GError) error = NULL;
  gboolean waited = ta_runner_wait_for_next_iteration (runner, TEST_DEADLINE_US, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (waited);
}

/* The data is let go of in the loop, after the function has returned. */
static void
test_call (void)
{
  g_autoptr (TaRunner) runner = test_runner_new_started ("called");
  Call                 call = { .runner = runner };
  g_autoptr (GError)   error = NULL;

  g_assert_true (ta_runner_call_in_loop (runner, call_func, &call, call_destroy, TEST_DEADLINE_US,
                                         NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (call.calls, ==, 1);
  barrier (runner);
  g_assert_cmpint (call.destroys, ==, 1);
  g_assert_true (call.thread != g_thread_self ());
  g_assert_true (call.context == ta_runner_get_context (runner));

  /* All defaults. */
  call.destroys = 0;
  g_assert_true (
      ta_runner_call_in_loop (runner, call_func, &call, NULL, TA_TIMEOUT_DEFAULT, NULL, NULL));
  g_assert_cmpint (call.calls, ==, 2);
  test_runner_stop (runner);
}

static void
call_inline_func (gpointer data)
{
  Call              *outer = data;
  Call               inner = { .runner = outer->runner };
  g_autoptr (GError) error = NULL;

  /* At once, even with no time to wait. */
  g_assert_true (
      ta_runner_call_in_loop (outer->runner, call_func, &inner, call_destroy, 0, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (inner.calls, ==, 1);
  g_assert_cmpint (inner.destroys, ==, 1);
  outer->calls++;
}

static void
test_inline (void)
{
  g_autoptr (TaRunner) runner = test_runner_new_started ("called from within");
  Call                 call = { .runner = runner };
  Call                 default_call = { .runner = ta_runner_get_default () };

  g_assert_true (
      ta_runner_call_in_loop (runner, call_inline_func, &call, NULL, TEST_DEADLINE_US, NULL, NULL));
  g_assert_cmpint (call.calls, ==, 1);
  test_runner_stop (runner);

  /* The main thread is always in the loop of the default runner. */
  g_assert_true (ta_runner_call_in_loop (default_call.runner, call_func, &default_call,
                                         call_destroy, 0, NULL, NULL));
  g_assert_cmpint (default_call.calls, ==, 1);
  g_assert_cmpint (default_call.destroys, ==, 1);
}

static gpointer
cancel_thread (gpointer cancellable)
{
  g_cancellable_cancel (cancellable);

  return NULL;
}

/* A call that was given up before its turn is never made; its data is let go of once. */
static void
test_given_up (void)
{
  g_autoptr (TaRunner)     runner = test_runner_new_started ("otherwise occupied");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError)       error = NULL;
  Call                     call = { .runner = runner };
  GThread                 *thread;
  TestGate                 blocked;
  TestGate                 release;
  TestResult               results[2];

  test_gate_init (&blocked);
  test_gate_init (&release);
  test_runner_block (runner, &blocked, &release);

  g_assert_false (
      ta_runner_call_in_loop (runner, call_func, &call, call_destroy, 1000, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  test_assert_message_has (error, "otherwise occupied");
  g_clear_error (&error);

  g_assert_false (ta_runner_call_in_loop (runner, call_func, &call, call_destroy, 0, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_clear_error (&error);

  thread = g_thread_new ("canceller", cancel_thread, cancellable);
  g_assert_false (ta_runner_call_in_loop (runner, call_func, &call, call_destroy, TEST_DEADLINE_US,
                                          cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_thread_join (thread);
  g_clear_error (&error);

  g_assert_false (ta_runner_call_in_loop (runner, call_func, &call, call_destroy, TEST_DEADLINE_US,
                                          cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);

  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      test_result_init (&results[i], NULL);
      TEST_OUTSIDE (&results[i], ta_runner_call_in_loop_async (
                                     runner, call_func, &call, call_destroy, 1000,
                                     i == 0 ? NULL : cancellable, test_result_cb, &results[i]));
      TEST_TURN_UNTIL (NULL, results[i].calls == 1);
      g_assert_false (ta_runner_call_in_loop_finish (runner, results[i].result, &error));
      if (i == 0)
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
      else
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_clear_error (&error);
      test_result_clear (&results[i]);
    }

  test_gate_open (&release);
  test_runner_stop (runner);
  g_assert_cmpint (call.calls, ==, 0);
  g_assert_cmpint (call.destroys, ==, 6);
  test_gate_clear (&blocked);
  test_gate_clear (&release);
}

static void
test_call_async (void)
{
  g_autoptr (TaRunner) runner = test_runner_new_started ("called");
  Call                 call = { .runner = runner };
  g_autoptr (GError)   error = NULL;
  TestResult           result;

  test_result_init (&result, NULL);
  TEST_OUTSIDE (&result,
                ta_runner_call_in_loop_async (runner, call_func, &call, call_destroy,
                                              TEST_DEADLINE_US, NULL, test_result_cb, &result));
  TEST_TURN_UNTIL (NULL, result.calls == 1);
  g_assert_true (result.source == G_OBJECT (runner));
  g_assert_true (ta_runner_call_in_loop_finish (runner, result.result, &error));
  g_assert_no_error (error);
  g_assert_cmpint (call.calls, ==, 1);
  g_assert_true (call.thread != g_thread_self ());
  test_result_clear (&result);
  test_runner_stop (runner);
  g_assert_cmpint (call.destroys, ==, 1);
}

/* Many threads call at a time: each call is made once, one after the other. */
static gpointer
call_often (gpointer data)
{
  Call              *call = data;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < test_repeats (1000); i++)
    {
      g_assert_true (ta_runner_call_in_loop (call->runner, call_func, call, NULL, TEST_DEADLINE_US,
                                             NULL, &error));
      g_assert_no_error (error);
    }

  return NULL;
}

static void
test_many_calls (void)
{
  g_autoptr (TaRunner) runner = test_runner_new_started ("called by all");
  Call                 call = { .runner = runner };
  GThread             *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("caller", call_often, &call);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_assert_cmpint (call.calls, ==, (int) (G_N_ELEMENTS (threads) * test_repeats (1000)));
  test_runner_stop (runner);
}

static gboolean
count_cb (gpointer data)
{
  g_atomic_int_inc ((int *) data);

  return G_SOURCE_REMOVE;
}

static void
count_task (TaTask *task, gpointer data)
{
  g_autoptr (TaPromise) promise = ta_task_take_promise (task);

  count_cb (data);
  ta_promise_return_boolean (promise, TRUE);
}

/* What was ready when the barrier was set has run when it falls: tasks, and sources of any kind. */
static void
test_barrier (void)
{
  static const int     priorities[] = { G_PRIORITY_HIGH, G_PRIORITY_DEFAULT, G_PRIORITY_HIGH_IDLE,
                                        G_PRIORITY_DEFAULT_IDLE, G_PRIORITY_LOW };
  g_autoptr (TaRunner) runner = test_runner_new_started ("with a barrier");
  int                  expected = 0;
  int                  count = 0;

  for (guint i = 0; i < test_repeats (200); i++)
    {
      for (guint j = 0; j < G_N_ELEMENTS (priorities); j++)
        {
          GSource *source = g_idle_source_new ();

          g_source_set_priority (source, priorities[j]);
          g_source_set_callback (source, count_cb, &count, NULL);
          g_source_attach (source, ta_runner_get_context (runner));
          g_source_unref (source);
          g_object_unref (ta_runner_create_task (runner, count_task, &count, NULL));
        }

      expected += 2 * (int) G_N_ELEMENTS (priorities);
      barrier (runner);
      g_assert_cmpint (g_atomic_int_get (&count), ==, expected);
    }

  test_runner_stop (runner);
}

static void
test_barrier_async (void)
{
  g_autoptr (TaRunner) runner = test_runner_new_started ("with a barrier");
  g_autoptr (GError)   error = NULL;
  int                  count = 0;
  TestResult           result;

  g_object_unref (ta_runner_create_task (runner, count_task, &count, NULL));
  test_result_init (&result, NULL);
  TEST_OUTSIDE (&result, ta_runner_wait_for_next_iteration_async (runner, TEST_DEADLINE_US, NULL,
                                                                  test_result_cb, &result));
  TEST_TURN_UNTIL (NULL, result.calls == 1);
  g_assert_true (ta_runner_wait_for_next_iteration_finish (runner, result.result, &error));
  g_assert_no_error (error);
  g_assert_cmpint (g_atomic_int_get (&count), ==, 1);
  test_result_clear (&result);
  test_runner_stop (runner);
}

/* A barrier that doesn't fall in time names whom it waited for; the runner's default counts. */
static void
test_barrier_timed_out (void)
{
  g_autoptr (TaRunner) runner =
      g_object_new (TA_TYPE_RUNNER, "name", "occupied", "default-timeout", (gint64) 20000, NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError)       error = NULL;
  Call                     call = { .runner = runner };
  gint64                   start;
  TestGate                 blocked;
  TestGate                 release;
  TestResult               result;

  g_assert_true (ta_runner_start (runner, &error));
  test_gate_init (&blocked);
  test_gate_init (&release);
  test_runner_block (runner, &blocked, &release);

  start = g_get_monotonic_time ();
  g_assert_false (ta_runner_wait_for_next_iteration (runner, TA_TIMEOUT_DEFAULT, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_assert_cmpint (g_get_monotonic_time () - start, >=, 20000);
  test_assert_message_has (error, "occupied");
  test_assert_message_has (error, "0.02");
  g_clear_error (&error);

  test_result_init (&result, NULL);
  TEST_OUTSIDE (&result, ta_runner_wait_for_next_iteration_async (runner, TA_TIMEOUT_DEFAULT, NULL,
                                                                  test_result_cb, &result));
  TEST_TURN_UNTIL (NULL, result.calls == 1);
  g_assert_false (ta_runner_wait_for_next_iteration_finish (runner, result.result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_clear_error (&error);
  test_result_clear (&result);

  g_assert_false (ta_runner_call_in_loop (runner, call_func, &call, call_destroy,
                                          TA_TIMEOUT_DEFAULT, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_clear_error (&error);

  g_cancellable_cancel (cancellable);
  g_assert_false (
      ta_runner_wait_for_next_iteration (runner, TEST_DEADLINE_US, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);

  g_assert_false (ta_runner_wait_for_next_iteration (runner, -3, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_assert_false (
      ta_runner_call_in_loop (runner, call_func, &call, call_destroy, -3, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);

  test_gate_open (&release);
  test_runner_stop (runner);
  g_assert_cmpint (call.calls, ==, 0);
  g_assert_cmpint (call.destroys, ==, 2);
  test_gate_clear (&blocked);
  test_gate_clear (&release);
}

static gpointer
cancel_all_thread (gpointer data)
{
  GAsyncQueue  *queue = data;
  GCancellable *cancellable;

  while (G_IS_CANCELLABLE (cancellable = g_async_queue_pop (queue)))
    {
      g_cancellable_cancel (cancellable);
      g_object_unref (cancellable);
    }
  g_object_unref (cancellable);

  return NULL;
}

/* Cancelled at any moment, a call is made once or never, and its data let go of once. */
static void
test_cancel_races (void)
{
  g_autoptr (TaRunner)    runner = test_runner_new_started ("racing");
  g_autoptr (GAsyncQueue) queue = g_async_queue_new ();
  GThread                *thread = g_thread_new ("canceller", cancel_all_thread, queue);
  guint                   made = 0;

  for (guint i = 0; i < test_repeats (10000); i++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GError)       error = NULL;
      Call                    *call = g_new0 (Call, 1);
      gboolean                 called;

      call->runner = runner;
      g_async_queue_push (queue, g_object_ref (cancellable));
      called = ta_runner_call_in_loop (runner, call_func, call, call_destroy, TEST_DEADLINE_US,
                                       cancellable, &error);
      if (called)
        made++;
      else
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

      /* Whoever was told that it was made can rely on it; one that is under way goes on. */
      g_assert_true (!called || g_atomic_int_get (&call->calls) == 1);
      barrier (runner);
      g_assert_cmpint (g_atomic_int_get (&call->calls), <=, 1);
      g_assert_cmpint (g_atomic_int_get (&call->destroys), ==, 1);
      g_free (call);
    }

  g_test_message ("%u of %u calls were made", made, test_repeats (10000));
  g_async_queue_push (queue, g_object_new (G_TYPE_OBJECT, NULL));
  g_thread_join (thread);
  test_runner_stop (runner);
}

static void
test_bad_input (void)
{
  g_autoptr (TaRunner) runner = test_runner_new_started ("given nonsense");

  test_expect_critical ("*func*");
  g_assert_false (ta_runner_call_in_loop (runner, NULL, NULL, NULL, 0, NULL, NULL));
  test_expect_critical ("*func*");
  ta_runner_call_in_loop_async (runner, NULL, NULL, NULL, 0, NULL, NULL, NULL);
  test_expect_critical ("*TA_IS_RUNNER*");
  g_assert_false (ta_runner_call_in_loop (NULL, call_func, NULL, NULL, 0, NULL, NULL));
  test_expect_critical ("*TA_IS_RUNNER*");
  g_assert_false (ta_runner_wait_for_next_iteration (NULL, 0, NULL, NULL));
  g_test_assert_expected_messages ();
  test_runner_stop (runner);
}

int
main (int argc, char *argv[])
{
  test_init (&argc, &argv);

  test_add ("/calls/call", test_call);
  test_add ("/calls/inline", test_inline);
  test_add ("/calls/given-up", test_given_up);
  test_add ("/calls/call-async", test_call_async);
  test_add ("/calls/many", test_many_calls);
  test_add ("/calls/barrier", test_barrier);
  test_add ("/calls/barrier-async", test_barrier_async);
  test_add ("/calls/barrier-timed-out", test_barrier_timed_out);
  test_add ("/calls/cancel-races", test_cancel_races);
  test_add ("/calls/bad-input", test_bad_input);

  return g_test_run ();
}
