/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * Promise 9, errors: a failed task whose error nobody takes is reported once, when its last reference
 * goes or else by the stop; one that ended well is forgotten at once.
 */

#include "test-util.h"

#include <malloc.h>
#include <stdlib.h>

#define MAX_KEPT 100

static void
check_stop_fails (TaRunner *runner, guint n_failed, const char *text)
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

static void
check_nothing_failed (TaRunner *runner)
{
  g_autoptr (GPtrArray) tasks = ta_runner_get_failed_tasks (runner);

  g_assert_cmpuint (tasks->len, ==, 0);
  g_assert_cmpuint (ta_runner_get_n_failed_tasks (runner), ==, 0);
}

/* Waits until the loop has done what it was sent. */
static void
settle (TaRunner *runner)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (ta_runner_wait_for_next_iteration (runner, TEST_DEADLINE_US, NULL, &error));
  g_assert_no_error (error);
}

static void
fail_func (TaTask *task, gpointer data)
{
  g_autoptr (TaPromise) promise = ta_task_take_promise (task);

  ta_task_set_name (task, data);
  ta_promise_return_new_error (promise, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "no %s here",
                               (const char *) data);
}

static void
cancel_func (TaTask *task, gpointer data)
{
  g_autoptr (TaPromise) promise = ta_task_take_promise (task);

  ta_promise_return_new_error (promise, G_IO_ERROR, G_IO_ERROR_CANCELLED, "cancelled");
}

static void
succeed_func (TaTask *task, gpointer data)
{
  g_autoptr (TaPromise) promise = ta_task_take_promise (task);

  ta_promise_return_int (promise, 1);
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

static TaTask *
fail (TaRunner *runner, const char *name)
{
  TaTask *task = ta_runner_create_task (runner, fail_func, (gpointer) name, NULL);

  settle (runner);
  g_assert_true (ta_future_get_done (TA_FUTURE (task)));

  return task;
}

static void
fail_and_forget (TaRunner *runner, const char *name)
{
  g_object_unref (fail (runner, name));
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
  fail_and_forget (runner, "first");
  g_assert_cmpuint (listener.witness.count, ==, 0);
  kept = fail (runner, "kept");
  fail_and_forget (runner, "second");
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
  check_nothing_failed (runner);
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
    g_object_unref (ta_runner_create_task (runner, fail_func, (gpointer) "x", NULL));
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
      g_autoptr (TaTask) task = fail (runner, "x");
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
      check_nothing_failed (runner);
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

  settle (runner);
  g_assert_false (ta_future_wait (TA_FUTURE (task), NULL, 1000, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  ta_promise_return_new_error (promise, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "nothing");
  ta_promise_unref (promise);
  g_cancellable_cancel (cancellable);
  g_assert_false (ta_future_wait (TA_FUTURE (task), NULL, 1000, cancellable, NULL));
  check_stop_fails (runner, 1, "a task without a name: nothing");
}

/* Without a handler they wait for the stop, which lists them in the order in which they failed. */
static void
test_stop (void)
{
  g_autoptr (TaRunner)  runner = test_runner_new_started ("deaf");
  g_autoptr (GPtrArray) before = NULL;
  g_autoptr (GPtrArray) tasks = NULL;
  g_autoptr (TaTask)    kept = NULL;

  fail_and_forget (runner, "one");
  kept = fail (runner, "two");
  fail_and_forget (runner, "three");
  g_object_unref (ta_runner_create_task (runner, no_promise_func, NULL, NULL));
  settle (runner);

  before = ta_runner_get_failed_tasks (runner);
  g_assert_cmpuint (before->len, ==, 4);
  g_assert_true (g_ptr_array_index (before, 1) == kept);

  check_stop_fails (
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

  fail_and_forget (runner, "one");
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
  g_object_unref (ta_runner_create_task (runner, fail_func, (gpointer) "told", NULL));
  TEST_TURN_UNTIL (NULL, listener.witness.count == 1);
  listener_clear (&listener);

  g_object_unref (ta_runner_create_task (runner, fail_func, (gpointer) "listed", NULL));
  test_turn_all (NULL);
  check_stop_fails (runner, 1, "“listed”");
}

/* Nobody hears it who has gone before it comes; and then it is not lost. */
static void
test_handler_gone (void)
{
  g_autoptr (TaRunner) runner = test_runner_new_started ("deaf in the end");
  Listener             listener;

  listener_init (&listener, runner);
  fail_and_forget (runner, "one");
  listener_clear (&listener);
  test_turn_all (NULL);
  g_assert_cmpuint (listener.witness.count, ==, 0);
  check_stop_fails (runner, 1, "“one”");
}

/* The stop comes before the handler does, and is the one who reports. */
static void
test_handler_late (void)
{
  g_autoptr (TaRunner) runner = test_runner_new_started ("quick");
  Listener             listener;

  listener_init (&listener, runner);
  fail_and_forget (runner, "one");
  check_stop_fails (runner, 1, "“one”");
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
  g_object_unref (ta_runner_create_task (runner, succeed_func, NULL, NULL));

  /* One that was cancelled, and dropped what it had. */
  task = ta_runner_create_task (runner, keep_func, &promise, NULL);
  settle (runner);
  ta_task_cancel (task);
  ta_promise_unref (promise);
  g_clear_object (&task);

  /* Calls that failed are their callers' affair. */
  g_cancellable_cancel (cancellable);
  ta_runner_wait_for_next_iteration_async (runner, TEST_DEADLINE_US, cancellable, NULL, NULL);

  /* One that is ended by force. */
  g_object_unref (ta_runner_create_task (runner, keep_func, &promise, NULL));
  check_nothing_failed (runner);
  ta_runner_stop (runner, 200000, NULL, NULL);
  g_assert_cmpint (ta_runner_get_shutdown_type (runner), >, TA_SHUTDOWN_TYPE_STOPPED);
  ta_promise_unref (promise);

  /* And one that comes too late for all of it. */
  g_object_unref (ta_runner_create_task (runner, fail_func, (gpointer) "late", NULL));
  test_turn_all (NULL);
  g_assert_cmpuint (listener.witness.count, ==, 0);
  check_nothing_failed (runner);
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
      g_object_unref (
          ta_runner_create_task (runner, fail_func, g_ptr_array_index (names, i), NULL));
    }
  settle (runner);
  last = fail (runner, "last");
  g_object_add_weak_pointer (G_OBJECT (last), (gpointer *) &last);
  g_object_unref (last);
  g_assert_null (last);

  check_stop_fails (runner, 1001, "“number 99”: no number 99 here; and 901 more");
  tasks = ta_runner_get_failed_tasks (runner);
  g_assert_cmpuint (tasks->len, ==, MAX_KEPT);
  for (guint i = 0; i < MAX_KEPT; i++)
    {
      g_autofree char *name = ta_task_dup_name (g_ptr_array_index (tasks, i));

      g_assert_cmpstr (name, ==, g_ptr_array_index (names, i));
    }
}

/* What the library logs, from any thread. */
typedef struct
{
  GMutex   mutex;
  GString *text;
  guint    handler;
} Log;

static void
log_cb (const char *domain, GLogLevelFlags level, const char *message, gpointer data)
{
  Log *self = data;

  g_mutex_lock (&self->mutex);
  g_string_append_printf (self->text, "[%s]", message);
  g_mutex_unlock (&self->mutex);
}

static void
log_init (Log *self)
{
  g_mutex_init (&self->mutex);
  self->text = g_string_new (NULL);
  self->handler = g_log_set_handler ("ThreadedAsync", G_LOG_LEVEL_MESSAGE, log_cb, self);
}

static void
log_clear (Log *self)
{
  g_log_remove_handler ("ThreadedAsync", self->handler);
  g_string_free (self->text, TRUE);
  g_mutex_clear (&self->mutex);
}

/* A runner that goes, with a failed task that nobody has and another that somebody has. */
static void
check_dropped (gboolean is_stopped)
{
  TaRunner          *runner = test_runner_new_started ("dropped");
  g_autoptr (TaTask) kept = NULL;
  TestGate           exited;
  TestGate           gone;
  Log                log;

  log_init (&log);
  test_gate_init (&exited);
  test_gate_init (&gone);
  test_context_watch (ta_runner_get_context (runner), &gone);
  test_runner_watch_thread (runner, &exited);
  fail_and_forget (runner, "one");
  kept = fail (runner, "kept");
  if (is_stopped)
    check_stop_fails (runner, 2, "“one”: no one here; “kept”: no kept here");
  g_object_unref (runner);
  test_gate_await (&exited, 1);
  g_clear_object (&kept);
  test_turn_all (NULL);

  /* The failed tasks refer to the loop, and the loop to some of them: all of it has to go. */
  test_gate_await (&gone, 1);
  if (is_stopped)
    {
      g_assert_cmpstr (log.text->str, ==, "");
    }
  else
    {
      g_assert_nonnull (strstr (log.text->str, "dropped"));
      g_assert_nonnull (strstr (log.text->str, "“one”: no one here"));
      g_assert_nonnull (strstr (log.text->str, "“kept”: no kept here"));
    }
  test_gate_clear (&exited);
  test_gate_clear (&gone);
  log_clear (&log);
}

/* What has been said is not said again. */
static void
test_stopped_and_dropped (void)
{
  check_dropped (TRUE);
}

/* With nobody left to whom it could be reported, it is logged. */
static void
test_dropped (void)
{
  for (guint i = 0; i < test_repeats (50); i++)
    check_dropped (FALSE);
}

/* Failures, stops, handlers and takers meet: each failure comes out once. */
typedef struct
{
  TaRunner *runner;
  guint     seed;
  guint     n_taken;
} Dropper;

#define TASKS_PER_DROPPER 300

static gpointer
dropper_thread (gpointer data)
{
  Dropper          *self = data;
  g_autoptr (GRand) rand = g_rand_new_with_seed (self->seed);

  for (guint i = 0; i < TASKS_PER_DROPPER; i++)
    {
      g_autoptr (TaTask) task =
          ta_runner_create_task (self->runner, fail_func, (gpointer) "x", NULL);
      g_autoptr (GError) error = NULL;

      if (g_rand_int_range (rand, 0, 3) == 0)
        {
          g_assert_false (ta_future_wait (TA_FUTURE (task), NULL, TEST_DEADLINE_US, NULL, &error));
          g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
          self->n_taken++;
        }
    }

  return NULL;
}

static void
count_cb (TaRunner *runner, TaTask *task, gpointer data)
{
  guint *count = data;

  (*count)++;
}

static void
test_race (void)
{
  for (guint i = 0; i < test_repeats (50); i++)
    {
      g_autoptr (TaRunner) runner = test_runner_new_started ("contended");
      Dropper              droppers[2] = { { runner, i }, { runner, i + 1000 } };
      GThread             *threads[2];
      guint                n_told = 0, n_seen = 0, n_listed = 0;
      g_autoptr (GError)   error = NULL;

      g_signal_connect (runner, "task-failed", G_CALLBACK (count_cb), &n_told);
      for (guint j = 0; j < 2; j++)
        threads[j] = g_thread_new ("dropper", dropper_thread, &droppers[j]);
      while (n_told < 20)
        {
          g_autoptr (GPtrArray) tasks = ta_runner_get_failed_tasks (runner);

          n_seen = MAX (n_seen, tasks->len);
          g_main_context_iteration (NULL, FALSE);
        }
      for (guint j = 0; j < 2; j++)
        g_thread_join (threads[j]);
      if (i % 2)
        g_main_context_iteration (NULL, FALSE);

      if (!ta_runner_stop (runner, TEST_DEADLINE_US, NULL, &error))
        {
          g_assert_error (error, TA_ERROR, TA_ERROR_TASKS_FAILED);
          n_listed = ta_runner_get_n_failed_tasks (runner);
        }
      test_turn_all (NULL);
      g_assert_cmpuint (n_told + n_listed + droppers[0].n_taken + droppers[1].n_taken, ==,
                        2 * TASKS_PER_DROPPER);
    }
}

/* An abandoned runner fails for that reason; its failed tasks are still there. */
static void
test_abandoned (void)
{
  g_autoptr (TaRunner)  runner = test_runner_new_started ("stuck");
  g_autoptr (GPtrArray) tasks = NULL;
  g_autoptr (GError)    error = NULL;
  TestGate              exited;
  TestGate              blocked;
  TestGate              release;

  test_gate_init (&exited);
  test_gate_init (&blocked);
  test_gate_init (&release);
  test_runner_watch_thread (runner, &exited);
  fail_and_forget (runner, "one");
  test_runner_block (runner, &blocked, &release);
  g_assert_false (ta_runner_stop (runner, 50000, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  test_assert_message_has (error, "“one”: no one here");
  g_assert_cmpint (ta_runner_get_shutdown_type (runner), ==, TA_SHUTDOWN_TYPE_FAILED_FORCE_STOPPED);
  tasks = ta_runner_get_failed_tasks (runner);
  g_assert_cmpuint (tasks->len, ==, 1);

  test_gate_open (&release);
  test_gate_await (&exited, 1);
  test_gate_clear (&exited);
  test_gate_clear (&blocked);
  test_gate_clear (&release);
}

static gsize
get_heap (void)
{
  return mallinfo2 ().uordblks;
}

/*
 * Tasks that ended well leave nothing behind. TA_TEST_TASKS=10000000 makes a long test of it.
 */
static void
test_memory_is_flat (void)
{
  const char *setting = g_getenv ("TA_TEST_TASKS");
  const guint n_tasks = setting != NULL ? (guint) atoi (setting) : test_repeats (20000) * 10;
  g_autoptr (TaRunner) runner = test_runner_new_started ("tireless");
  gsize                before = 0;

  for (guint i = 0; i < n_tasks; i++)
    {
      g_object_unref (ta_runner_create_task (runner, succeed_func, NULL, NULL));
      if (i % 1000 == 999)
        settle (runner);
      if (i == 9999)
        before = get_heap ();
    }
  settle (runner);

  if (n_tasks > 10000)
    g_assert_cmpuint (get_heap (), <, before + 64 * 1024);
  check_nothing_failed (runner);
  test_runner_stop (runner);
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
  test_add ("/failed/stopped-and-dropped", test_stopped_and_dropped);
  test_add ("/failed/dropped", test_dropped);
  test_add ("/failed/race", test_race);
  test_add ("/failed/abandoned", test_abandoned);
  test_add ("/failed/memory-is-flat", test_memory_is_flat);

  return g_test_run ();
}
