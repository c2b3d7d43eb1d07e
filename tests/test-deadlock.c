/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * Promise 8: deadlocks that can be seen are refused at once, and only when the call would really
 * block. All waits here have a deadline, so that a broken promise is an error of another kind and
 * not a test that hangs.
 */

#include "test-util.h"

static void
keep_func (TaTask *task, gpointer data)
{
  TaPromise **promise = data;

  *promise = ta_task_take_promise (task);
}

static void
return_func (TaTask *task, gpointer data)
{
  g_autoptr (TaPromise) promise = ta_task_take_promise (task);

  ta_promise_return_int (promise, 1);
}

/* Runs a function in the runner's loop, and waits for it. */
static void
in_loop (TaRunner *runner, TaCallFunc func, gpointer data)
{
  g_autoptr (GError) error = NULL;
  gboolean           called =
      ta_runner_call_in_loop (runner, func, data, NULL, TEST_DEADLINE_US, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (called);
}

static void
check_refused (gboolean succeeded, GError *error, const char *name)
{
  g_assert_false (succeeded);
  g_assert_error (error, TA_ERROR, TA_ERROR_WOULD_DEADLOCK);
  if (name != NULL)
    test_assert_message_has (error, name);
  g_error_free (error);
}

static void
check_waits (TaFuture *future, const char *name)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  GError                  *error = NULL;
  GValue                   value = G_VALUE_INIT;
  gboolean                 taken;

  taken = ta_future_wait (future, &value, TEST_DEADLINE_US, NULL, &error);
  check_refused (taken, g_steal_pointer (&error), name);
  test_assert_null_pointer (&value);
  taken = ta_future_wait (future, NULL, TEST_DEADLINE_US, cancellable, &error);
  check_refused (taken, g_steal_pointer (&error), name);

  /* What doesn't block is answered as everywhere. */
  g_assert_false (ta_future_wait (future, NULL, 0, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_clear_error (&error);
  g_assert_false (ta_future_try_wait (future, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
  g_clear_error (&error);
  g_assert_false (ta_future_wait (future, NULL, -3, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_cancellable_cancel (cancellable);
  g_assert_false (ta_future_wait (future, NULL, TEST_DEADLINE_US, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
}

static void
check_done_wait (TaFuture *future)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (ta_future_wait (future, NULL, TEST_DEADLINE_US, NULL, &error));
  g_assert_no_error (error);
}

static void
own_task_cb (gpointer data)
{
  TaRunner          *runner = data;
  TaPromise         *promise = NULL;
  g_autoptr (TaTask) task = ta_runner_create_task (runner, keep_func, &promise, NULL);

  ta_task_set_name (task, "the task of the loop");
  check_waits (TA_FUTURE (task), "the task of the loop");

  /* A nested turn starts it; then it is kept, and then done, and waiting is no problem. */
  TEST_TURN_UNTIL (ta_runner_get_context (runner), promise != NULL);
  check_waits (TA_FUTURE (task), "the task of the loop");
  ta_promise_return_int (promise, 1);
  ta_promise_unref (promise);
  check_done_wait (TA_FUTURE (task));
}

static void
test_own_task (void)
{
  g_autoptr (TaRunner) runner = test_runner_new_started ("own");

  in_loop (runner, own_task_cb, runner);
  test_runner_stop (runner);
}

static void
own_barrier_cb (gpointer data)
{
  TaRunner *runner = data;
  GError   *error = NULL;
  gboolean  succeeded;

  succeeded = ta_runner_wait_for_next_iteration (runner, TEST_DEADLINE_US, NULL, &error);
  check_refused (succeeded, g_steal_pointer (&error), ta_runner_get_name (runner));
}

static void
own_stop_cb (gpointer data)
{
  TaRunner *runner = data;
  GError   *error = NULL;
  gboolean  succeeded;

  succeeded = ta_runner_stop (runner, TEST_DEADLINE_US, NULL, &error);
  check_refused (succeeded, g_steal_pointer (&error), ta_runner_get_name (runner));
  g_assert_true (ta_runner_get_running (runner));
}

/* Stop and barrier of the loop that one is in; a call is made inline instead. */
static void
test_own_runner (void)
{
  g_autoptr (TaRunner) runner = test_runner_new_started ("own");

  in_loop (runner, own_stop_cb, runner);
  in_loop (runner, own_barrier_cb, runner);
  test_runner_stop (runner);

  own_barrier_cb (ta_runner_get_default ());
}

static void
own_async_cb (gpointer data)
{
  TaRunner  *runner = data;
  TestResult result;

  test_result_init (&result, ta_runner_get_context (runner));
  TEST_OUTSIDE (&result, ta_runner_wait_for_next_iteration_async (runner, TEST_DEADLINE_US, NULL,
                                                                  test_result_cb, &result));
  TEST_TURN_UNTIL (ta_runner_get_context (runner), result.calls == 1);
  g_assert_true (ta_runner_wait_for_next_iteration_finish (runner, result.result, NULL));
  test_result_clear (&result);

  test_result_init (&result, ta_runner_get_context (runner));
  TEST_OUTSIDE (&result,
                ta_runner_call_in_loop_async (runner, own_barrier_cb, runner, NULL,
                                              TEST_DEADLINE_US, NULL, test_result_cb, &result));
  TEST_TURN_UNTIL (ta_runner_get_context (runner), result.calls == 1);
  g_assert_true (ta_runner_call_in_loop_finish (runner, result.result, NULL));
  test_result_clear (&result);
}

/* The asynchronous forms don't block, and work there. */
static void
test_own_runner_async (void)
{
  g_autoptr (TaRunner) runner = test_runner_new_started ("own");

  in_loop (runner, own_async_cb, runner);
  test_runner_stop (runner);

  own_async_cb (ta_runner_get_default ());
}

static void
plain_future_cb (gpointer data)
{
  TaFuture *future = data;

  if (ta_future_get_done (future))
    check_done_wait (future);
  else
    check_waits (future, NULL);
}

/* Inside a threaded runner's loop nothing that anybody could return is waited for. */
static void
test_plain_future (void)
{
  g_autoptr (TaRunner)  runner = test_runner_new_started ("own");
  g_autoptr (TaPromise) promise = ta_promise_new ();
  g_autoptr (TaFuture)  future = ta_promise_get_future (promise);

  in_loop (runner, plain_future_cb, future);
  ta_promise_return_int (promise, 1);
  in_loop (runner, plain_future_cb, future);
  test_runner_stop (runner);
}

static void
note_running_cb (gpointer data)
{
  g_assert_true (ta_runner_get_running (data));
}

static void
other_runner_cb (gpointer data)
{
  TaRunner          *other = data;
  g_autoptr (TaTask) task = ta_runner_create_task (other, return_func, NULL, NULL);
  g_autoptr (GError) error = NULL;

  check_done_wait (TA_FUTURE (task));
  g_assert_true (ta_runner_wait_for_next_iteration (other, TEST_DEADLINE_US, NULL, &error));
  g_assert_no_error (error);
  in_loop (other, note_running_cb, other);
  test_runner_stop (other);
}

/* Another runner is another thread: waiting for its tasks, its barrier and its end is allowed. */
static void
test_other_runner (void)
{
  g_autoptr (TaRunner) runner = test_runner_new_started ("own");
  g_autoptr (TaRunner) other = test_runner_new_started ("other");

  in_loop (runner, other_runner_cb, other);
  test_runner_stop (runner);
}

/* The default runner's loop is the main thread's, whether it is being iterated or not. */
static void
test_default_runner (void)
{
  TaPromise         *promise = NULL;
  g_autoptr (TaTask) task =
      ta_runner_create_task (ta_runner_get_default (), keep_func, &promise, NULL);

  ta_task_set_name (task, "for the main thread");
  check_waits (TA_FUTURE (task), "for the main thread");
  TEST_TURN_UNTIL (NULL, promise != NULL);
  check_waits (TA_FUTURE (task), "for the main thread");
  ta_promise_return_int (promise, 1);
  ta_promise_unref (promise);
  check_done_wait (TA_FUTURE (task));
}

typedef struct
{
  TaTask *task;
  int     ended;
} OtherThread;

static gpointer
wait_in_thread (gpointer data)
{
  OtherThread *self = data;

  check_done_wait (TA_FUTURE (self->task));
  g_atomic_int_set (&self->ended, TRUE);
  g_main_context_wakeup (NULL);

  return NULL;
}

/* Other threads may wait for what the main thread does. */
static void
test_default_runner_from_thread (void)
{
  g_autoptr (TaTask) task =
      ta_runner_create_task (ta_runner_get_default (), return_func, NULL, NULL);
  OtherThread other = { task, FALSE };
  GThread    *thread = g_thread_new ("waiting", wait_in_thread, &other);

  TEST_TURN_UNTIL (NULL, g_atomic_int_get (&other.ended));
  g_thread_join (thread);
}

/* Of an attached runner, the loop's thread is the one that owns the context or has pushed it. */
static void
test_attached_runner (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (TaRunner)     runner = ta_runner_new_for_context (context, "attached");
  TaPromise               *promise = NULL;
  g_autoptr (TaTask)       task = NULL;
  g_autoptr (GError)       error = NULL;

  g_assert_true (ta_runner_start (runner, &error));
  task = ta_runner_create_task (runner, keep_func, &promise, NULL);
  ta_task_set_name (task, "attached task");

  g_assert_false (ta_runner_is_in_loop (runner));
  g_assert_false (ta_future_wait (TA_FUTURE (task), NULL, 1000, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);

  g_assert_true (g_main_context_acquire (context));
  g_assert_true (ta_runner_is_in_loop (runner));
  check_waits (TA_FUTURE (task), "attached task");
  own_barrier_cb (runner);
  g_main_context_release (context);

  g_main_context_push_thread_default (context);
  g_assert_true (ta_runner_is_in_loop (runner));
  check_waits (TA_FUTURE (task), "attached task");
  own_barrier_cb (runner);
  g_main_context_pop_thread_default (context);
  g_assert_false (ta_runner_is_in_loop (runner));

  TEST_TURN_UNTIL (context, promise != NULL);
  ta_promise_return_int (promise, 1);
  ta_promise_unref (promise);
  check_done_wait (TA_FUTURE (task));
  test_runner_stop (runner);
}

static void
attached_future_func (TaTask *task, gpointer data)
{
  TaFuture             *future = data;
  g_autoptr (TaPromise) promise = ta_task_take_promise (task);
  g_autoptr (GError)    error = NULL;

  /* A plain future may come from any thread: only a threaded runner's loop is known to be meant
   * for nothing but turning. */
  g_assert_false (ta_future_wait (future, NULL, 1000, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  check_waits (TA_FUTURE (task), NULL);
  ta_promise_return_int (promise, 1);
}

static void
test_plain_future_in_attached (void)
{
  g_autoptr (TaPromise) promise = ta_promise_new ();
  g_autoptr (TaFuture)  future = ta_promise_get_future (promise);
  g_autoptr (TaTask)    task =
      ta_runner_create_task (ta_runner_get_default (), attached_future_func, future, NULL);

  TEST_TURN_UNTIL (NULL, ta_future_get_done (TA_FUTURE (task)));
  check_done_wait (TA_FUTURE (task));
}

int
main (int argc, char *argv[])
{
  test_init (&argc, &argv);

  test_add ("/promise-8/own-task", test_own_task);
  test_add ("/promise-8/own-runner", test_own_runner);
  test_add ("/promise-8/own-runner-async", test_own_runner_async);
  test_add ("/promise-8/plain-future", test_plain_future);
  test_add ("/promise-8/other-runner", test_other_runner);
  test_add ("/promise-8/default-runner", test_default_runner);
  test_add ("/promise-8/default-runner-from-thread", test_default_runner_from_thread);
  test_add ("/promise-8/attached-runner", test_attached_runner);
  test_add ("/promise-8/plain-future-in-attached", test_plain_future_in_attached);

  return g_test_run ();
}
