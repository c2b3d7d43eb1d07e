/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * Promise 9, errors: a failed task whose error nobody takes is reported once, when its last reference
 * goes or else by the stop.
 */

#include "test-failed-util.h"

#define MAX_KEPT 100

static void
cancel_func (TaTask *task, gpointer data)
{
  g_autoptr (TaPromise) promise = ta_task_take_promise (task);

  ta_promise_return_new_error (promise, G_IO_ERROR, G_IO_ERROR_CANCELLED, "cancelled");
}

static void
keep_func (TaTask *task, gpointer data)
{
  g_atomic_pointer_set ((TaPromise **) data, ta_task_take_promise (task));
}

static void
no_promise_func (TaTask *task, gpointer data)
{
}

/* What task-failed says. */
typedef struct
{
  TestWitness witness;
  GString    *names;
  GPtrArray  *tasks;
  TaRunner   *runner;
} Listener;

static void
task_failed_cb (TaRunner *runner, TaTask *task, gpointer data)
{
  Listener          *self = data;
  g_autofree char   *name = ta_task_dup_name (task);
  g_autoptr (GError) error = NULL;

  test_witness_see (&self->witness);
  g_assert_true (runner == self->runner);
  g_assert_true (TA_IS_TASK (task));
  g_string_append_printf (self->names, "%s,", name);
  g_assert_false (ta_future_try_wait (TA_FUTURE (task), NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

static void
listener_init (Listener *self, TaRunner *runner)
{
  test_witness_init (&self->witness, NULL);
  self->names = g_string_new (NULL);
  self->runner = runner;
  g_signal_connect (runner, "task-failed", G_CALLBACK (task_failed_cb), self);
}

static void
listener_clear (Listener *self)
{
  g_signal_handlers_disconnect_by_data (self->runner, self);
  g_string_free (self->names, TRUE);
}

/* When its last reference goes, in the runner's main context. */
static void
test_signal (void)
{
  g_autoptr (TaRunner) runner = test_runner_new_started ("noisy");
  g_autoptr (TaTask)   kept = NULL;
  Listener             listener;

  listener_init (&listener, runner);
  test_failed_fail_and_forget (runner, "first");
  g_assert_cmpuint (listener.witness.count, ==, 0);
  kept = test_failed_fail (runner, "kept");
  test_failed_fail_and_forget (runner, "second");
  TEST_TURN_UNTIL (NULL, listener.witness.count == 2);
  g_assert_cmpstr (listener.names->str, ==, "first,second,");

  /* Whoever has it may still ask. */
  test_turn_all (NULL);
  g_assert_cmpuint (listener.witness.count, ==, 2);
  g_assert_cmpuint (ta_runner_get_n_failed_tasks (runner), ==, 1);
  g_clear_object (&kept);
  TEST_TURN_UNTIL (NULL, listener.witness.count == 3);
  g_assert_cmpstr (listener.names->str, ==, "first,second,kept,");

  /* And that was that. */
  test_failed_check_none (runner);
  test_runner_stop (runner);
  test_turn_all (NULL);
  g_assert_cmpuint (listener.witness.count, ==, 3);
  listener_clear (&listener);
}

/* One that nobody ever kept fails in the runner's thread, and is told of here. */
static void
test_signal_from_loop (void)
{
  g_autoptr (TaRunner) runner = test_runner_new_started ("noisy");
  Listener             listener;

  listener_init (&listener, runner);
  for (guint i = 0; i < 1000; i++)
    g_object_unref (ta_runner_create_task (runner, test_failed_fail_func, (gpointer) "x", NULL));
  TEST_TURN_UNTIL (NULL, listener.witness.count == 1000);
  test_runner_stop (runner);
  listener_clear (&listener);
}

/* Each way to take an error: afterwards there is nothing to report. */
static void
test_taken (void)
{
  g_autoptr (TaRunner) runner = test_runner_new_started ("heard");
  Listener             listener;

  listener_init (&listener, runner);
  for (guint form = 0; form < 4; form++)
    {
      g_autoptr (TaTask) task = test_failed_fail (runner, "x");
      g_autoptr (GError) error = NULL;
      TestResult         result;

      g_assert_cmpuint (ta_runner_get_n_failed_tasks (runner), ==, 1);
      switch (form)
        {
        case 0:
          g_assert_false (ta_future_try_wait (TA_FUTURE (task), NULL, &error));
          break;
        case 1:
          g_assert_false (ta_future_wait (TA_FUTURE (task), NULL, TEST_DEADLINE_US, NULL, &error));
          break;
        case 2:
          test_result_init (&result, NULL);
          ta_future_wait_async (TA_FUTURE (task), TEST_DEADLINE_US, NULL, test_result_cb, &result);
          TEST_TURN_UNTIL (NULL, result.calls == 1);
          /* Not yet: nobody has looked. */
          g_assert_cmpuint (ta_runner_get_n_failed_tasks (runner), ==, 1);
          g_assert_false (ta_future_wait_finish (TA_FUTURE (task), result.result, NULL, &error));
          test_result_clear (&result);
          break;
        case 3:
        default:
          /* Who wants to know only whether it failed has been told so. */
          g_assert_false (ta_future_try_wait (TA_FUTURE (task), NULL, NULL));
          g_set_error_literal (&error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "");
        }
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
      test_failed_check_none (runner);
    }

  test_turn_all (NULL);
  g_assert_cmpuint (listener.witness.count, ==, 0);
  test_runner_stop (runner);
  listener_clear (&listener);
}

/* A wait that ended otherwise has taken nothing. */
static void
test_wait_that_ended (void)
{
  g_autoptr (TaRunner)     runner = test_runner_new_started ("late");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  TaPromise               *promise = NULL;
  g_autoptr (TaTask)       task = ta_runner_create_task (runner, keep_func, &promise, NULL);
  g_autoptr (GError)       error = NULL;

  test_failed_settle (runner);
  g_assert_false (ta_future_wait (TA_FUTURE (task), NULL, 1000, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  ta_promise_return_new_error (promise, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "nothing");
  ta_promise_unref (promise);
  g_cancellable_cancel (cancellable);
  g_assert_false (ta_future_wait (TA_FUTURE (task), NULL, 1000, cancellable, NULL));
  test_failed_check_stop (runner, 1, "a task without a name: nothing");
}

/* Without a handler they wait for the stop, which lists them in the order in which they failed. */
static void
test_stop (void)
{
  g_autoptr (TaRunner)  runner = test_runner_new_started ("deaf");
  g_autoptr (GPtrArray) before = NULL;
  g_autoptr (GPtrArray) tasks = NULL;
  g_autoptr (TaTask)    kept = NULL;

  test_failed_fail_and_forget (runner, "one");
  kept = test_failed_fail (runner, "two");
  test_failed_fail_and_forget (runner, "three");
  g_object_unref (ta_runner_create_task (runner, no_promise_func, NULL, NULL));
  test_failed_settle (runner);

  before = ta_runner_get_failed_tasks (runner);
  g_assert_cmpuint (before->len, ==, 4);
  g_assert_true (g_ptr_array_index (before, 1) == kept);

  test_failed_check_stop (
      runner, 4,
      "“one”: no one here; “two”: no two here; “three”: no three here; a task without "
      "a name: ");
  tasks = ta_runner_get_failed_tasks (runner);
  g_assert_cmpuint (tasks->len, ==, 4);
  for (guint i = 0; i < 4; i++)
    g_assert_true (g_ptr_array_index (tasks, i) == g_ptr_array_index (before, i));
}

static void
test_stop_async (void)
{
  g_autoptr (TaRunner) runner = test_runner_new_started ("deaf");
  g_autoptr (GError)   error = NULL;
  TestResult           result;

  test_failed_fail_and_forget (runner, "one");
  test_result_init (&result, NULL);
  TEST_OUTSIDE (&result,
                ta_runner_stop_async (runner, TEST_DEADLINE_US, NULL, test_result_cb, &result));
  TEST_TURN_UNTIL (NULL, result.calls == 1);
  g_assert_false (ta_runner_stop_finish (runner, result.result, &error));
  g_assert_error (error, TA_ERROR, TA_ERROR_TASKS_FAILED);
  test_result_clear (&result);
  test_runner_stop (runner);
}

static void
test_attached (void)
{
  g_autoptr (TaRunner) runner = ta_runner_new_for_context (g_main_context_default (), "attached");
  g_autoptr (GError)   error = NULL;
  Listener             listener;

  g_assert_true (ta_runner_start (runner, &error));
  listener_init (&listener, runner);
  g_object_unref (ta_runner_create_task (runner, test_failed_fail_func, (gpointer) "told", NULL));
  TEST_TURN_UNTIL (NULL, listener.witness.count == 1);
  listener_clear (&listener);

  g_object_unref (ta_runner_create_task (runner, test_failed_fail_func, (gpointer) "listed", NULL));
  test_turn_all (NULL);
  test_failed_check_stop (runner, 1, "“listed”");
}

/* Nobody hears it who has gone before it comes; and then it is not lost. */
static void
test_handler_gone (void)
{
  g_autoptr (TaRunner) runner = test_runner_new_started ("deaf in the end");
  Listener             listener;

  listener_init (&listener, runner);
  test_failed_fail_and_forget (runner, "one");
  listener_clear (&listener);
  test_turn_all (NULL);
  g_assert_cmpuint (listener.witness.count, ==, 0);
  test_failed_check_stop (runner, 1, "“one”");
}

/* The stop comes before the handler does, and is the one who reports. */
static void
test_handler_late (void)
{
  g_autoptr (TaRunner) runner = test_runner_new_started ("quick");
  Listener             listener;

  listener_init (&listener, runner);
  test_failed_fail_and_forget (runner, "one");
  test_failed_check_stop (runner, 1, "“one”");
  test_turn_all (NULL);
  g_assert_cmpuint (listener.witness.count, ==, 0);
  listener_clear (&listener);
}

/* What was called off is no failure, and neither is what was never taken on. */
static void
test_does_not_count (void)
{
  g_autoptr (TaRunner)     runner = test_runner_new_started ("calm");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  TaPromise               *promise = NULL;
  g_autoptr (TaTask)       task = NULL;
  Listener                 listener;

  listener_init (&listener, runner);
  g_object_unref (ta_runner_create_task (runner, cancel_func, NULL, NULL));
  g_object_unref (ta_runner_create_task (runner, test_failed_succeed_func, NULL, NULL));

  /* One that was cancelled, and dropped what it had. */
  task = ta_runner_create_task (runner, keep_func, &promise, NULL);
  test_failed_settle (runner);
  ta_task_cancel (task);
  ta_promise_unref (promise);
  g_clear_object (&task);

  /* Calls that failed are their callers' affair. */
  g_cancellable_cancel (cancellable);
  ta_runner_wait_for_next_iteration_async (runner, TEST_DEADLINE_US, cancellable, NULL, NULL);

  /* One that is ended by force. */
  g_object_unref (ta_runner_create_task (runner, keep_func, &promise, NULL));
  test_failed_check_none (runner);
  ta_runner_stop (runner, 200000, NULL, NULL);
  g_assert_cmpint (ta_runner_get_shutdown_type (runner), >, TA_SHUTDOWN_TYPE_STOPPED);
  ta_promise_unref (promise);

  /* And one that comes too late for all of it. */
  g_object_unref (ta_runner_create_task (runner, test_failed_fail_func, (gpointer) "late", NULL));
  test_turn_all (NULL);
  g_assert_cmpuint (listener.witness.count, ==, 0);
  test_failed_check_none (runner);
  listener_clear (&listener);
}

/* The first hundred of those that nobody has are kept, and all are counted. */
static void
test_many (void)
{
  g_autoptr (TaRunner)  runner = test_runner_new_started ("hopeless");
  g_autoptr (GPtrArray) tasks = NULL;
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  TaTask               *last;

  for (guint i = 0; i < 1000; i++)
    {
      g_ptr_array_add (names, g_strdup_printf ("number %u", i));
      g_object_unref (ta_runner_create_task (runner, test_failed_fail_func,
                                             g_ptr_array_index (names, i), NULL));
    }
  test_failed_settle (runner);
  last = test_failed_fail (runner, "last");
  g_object_add_weak_pointer (G_OBJECT (last), (gpointer *) &last);
  g_object_unref (last);
  g_assert_null (last);

  test_failed_check_stop (runner, 1001, "“number 99”: no number 99 here; and 901 more");
  tasks = ta_runner_get_failed_tasks (runner);
  g_assert_cmpuint (tasks->len, ==, MAX_KEPT);
  for (guint i = 0; i < MAX_KEPT; i++)
    {
      g_autofree char *name = ta_task_dup_name (g_ptr_array_index (tasks, i));

      g_assert_cmpstr (name, ==, g_ptr_array_index (names, i));
    }
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv);

  test_add ("/failed/signal", test_signal);
  test_add ("/failed/signal-from-loop", test_signal_from_loop);
  test_add ("/failed/taken", test_taken);
  test_add ("/failed/wait-that-ended", test_wait_that_ended);
  test_add ("/failed/stop", test_stop);
  test_add ("/failed/stop-async", test_stop_async);
  test_add ("/failed/attached", test_attached);
  test_add ("/failed/handler-gone", test_handler_gone);
  test_add ("/failed/handler-late", test_handler_late);
  test_add ("/failed/does-not-count", test_does_not_count);
  test_add ("/failed/many", test_many);

  return g_test_run ();
}
