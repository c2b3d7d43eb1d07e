/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "test-util.h"

#include <math.h>

/* What a task function of these tests is told, and what it saw. */
typedef struct
{
  TaRunner     *runner;
  TaTask       *task;
  TaPromise    *promise;
  GThread      *thread;
  GMainContext *context;
  gboolean      in_loop;
  gboolean      func_ended;
  guint         destroys;
  TestGate      gate;
} Probe;

static void
probe_init (Probe *self, TaRunner *runner)
{
  *self = (Probe){ .runner = runner };
  test_gate_init (&self->gate);
}

static void
probe_clear (Probe *self)
{
  test_gate_clear (&self->gate);
}

static void
probe_look (Probe *self, TaTask *task)
{
  self->task = task;
  self->thread = g_thread_self ();
  self->context = g_main_context_get_thread_default ();
  self->in_loop = ta_runner_is_in_loop (self->runner);
}

static void
probe_destroy (gpointer data)
{
  Probe *self = data;

  g_assert_true (self->thread == NULL || self->thread == g_thread_self ());
  g_assert_true (self->thread == NULL || self->func_ended);
  self->destroys++;
  test_gate_open (&self->gate);
}

static void
return_int_func (TaTask *task, gpointer data)
{
  Probe                *probe = data;
  g_autoptr (TaPromise) promise = ta_task_take_promise (task);

  probe_look (probe, task);
  ta_promise_return_int (promise, 42);
  probe->func_ended = TRUE;
}

/* Hands the promise to the test. */
static void
hand_over_func (TaTask *task, gpointer data)
{
  Probe *probe = data;

  probe_look (probe, task);
  probe->promise = ta_task_take_promise (task);
  probe->func_ended = TRUE;
}

static TaTask *
start_hand_over (Probe *probe, TaRunner *runner)
{
  TaTask *task;

  probe_init (probe, runner);
  task = ta_runner_create_task (runner, hand_over_func, probe, probe_destroy);
  test_gate_await (&probe->gate, 1);
  g_assert_nonnull (probe->promise);

  return task;
}

static void
check_int (TaTask *task, gint64 expected)
{
  g_autoptr (GError) error = NULL;
  GValue             value = G_VALUE_INIT;
  gint64             number = 0;
  gboolean           taken;

  taken = ta_future_wait (TA_FUTURE (task), &value, TEST_DEADLINE_US, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (taken);
  g_assert_true (ta_value_take_int (&value, &number, &error));
  g_assert_cmpint (number, ==, expected);
}

static void
check_error (TaTask *task, GQuark domain, int code)
{
  g_autoptr (GError) error = NULL;
  GValue             value = G_VALUE_INIT;

  g_assert_false (ta_future_wait (TA_FUTURE (task), &value, TEST_DEADLINE_US, NULL, &error));
  g_assert_error (error, domain, code);
  test_assert_null_pointer (&value);
}

static void
test_runs_in_loop (void)
{
  g_autoptr (TaRunner) runner = test_runner_new_started ("worker");
  g_autoptr (TaTask)   task = NULL;
  Probe                probe;

  probe_init (&probe, runner);
  task = ta_runner_create_task (runner, return_int_func, &probe, probe_destroy);
  g_assert_true (TA_IS_TASK (task));
  g_assert_true (TA_IS_FUTURE (task));
  check_int (task, 42);
  test_gate_await (&probe.gate, 1);

  g_assert_true (probe.task == task);
  g_assert_true (probe.thread != g_thread_self ());
  g_assert_true (probe.context == ta_runner_get_context (runner));
  g_assert_true (probe.in_loop);
  g_assert_false (ta_runner_is_in_loop (runner));
  g_assert_cmpuint (probe.destroys, ==, 1);

  test_runner_stop (runner);
  g_assert_cmpuint (probe.destroys, ==, 1);
  probe_clear (&probe);
}

/* Tasks of one runner start in the order in which they were made. */
typedef struct
{
  GArray *order;
  int     number;
} Entry;

static void
append_func (TaTask *task, gpointer data)
{
  Entry                *entry = data;
  g_autoptr (TaPromise) promise = ta_task_take_promise (task);

  g_array_append_val (entry->order, entry->number);
  ta_promise_return_int (promise, entry->number);
}

static void
test_order (void)
{
  g_autoptr (TaRunner)  runner = test_runner_new_started (NULL);
  g_autoptr (GArray)    order = g_array_new (FALSE, FALSE, sizeof (int));
  g_autoptr (GPtrArray) tasks = g_ptr_array_new_with_free_func (g_object_unref);
  const int             n = 5000;

  for (int i = 0; i < n; i++)
    {
      Entry *entry = g_new (Entry, 1);

      entry->order = order;
      entry->number = i;
      g_ptr_array_add (tasks, ta_runner_create_task (runner, append_func, entry, g_free));
    }

  for (int i = 0; i < n; i++)
    check_int (g_ptr_array_index (tasks, (guint) i), i);

  test_runner_stop (runner);
  g_assert_cmpuint (order->len, ==, (guint) n);
  for (int i = 0; i < n; i++)
    g_assert_cmpint (g_array_index (order, int, i), ==, i);
}

static void
return_from_thread (gpointer promise)
{
  ta_promise_return_int (promise, 9);
  ta_promise_unref (promise);
}

/* The promise may be carried anywhere; its future is the task. */
static void
test_return_later (void)
{
  g_autoptr (TaRunner) runner = test_runner_new_started (NULL);
  g_autoptr (TaTask)   task = NULL;
  g_autoptr (TaFuture) future = NULL;
  Probe                probe;

  task = start_hand_over (&probe, runner);
  future = ta_promise_get_future (probe.promise);
  g_assert_true (future == TA_FUTURE (task));
  g_assert_false (ta_future_get_done (future));
  test_thread_call (return_from_thread, probe.promise);
  check_int (task, 9);

  test_runner_stop (runner);
  probe_clear (&probe);
}

static void
take_nothing_func (TaTask *task, gpointer data)
{
  Probe *probe = data;

  ta_task_set_name (task, "forgetful");
  probe->func_ended = TRUE;
  probe->thread = g_thread_self ();
}

static void
take_twice_func (TaTask *task, gpointer data)
{
  g_autoptr (TaPromise) promise = ta_task_take_promise (task);
  g_autoptr (TaPromise) second = ta_task_take_promise (task);

  g_assert_nonnull (promise);
  g_assert_null (second);
  ta_promise_return_int (promise, 1);
}

static void
test_promise_not_taken (void)
{
  g_autoptr (TaRunner) runner = test_runner_new_started ("careless");
  g_autoptr (TaTask)   task = NULL;
  g_autoptr (GError)   error = NULL;
  Probe                probe;

  probe_init (&probe, runner);
  task = ta_runner_create_task (runner, take_nothing_func, &probe, probe_destroy);
  check_error (task, TA_ERROR, TA_ERROR_DROPPED);
  test_gate_await (&probe.gate, 1);

  g_assert_false (ta_future_try_wait (TA_FUTURE (task), NULL, &error));
  test_assert_message_has (error, "forgetful");

  test_runner_stop (runner);
  probe_clear (&probe);
}

static void
test_promise_taken_twice (void)
{
  g_autoptr (TaRunner) runner = test_runner_new_started (NULL);
  g_autoptr (TaTask)   task = NULL;

  test_expect_critical ("*");
  task = ta_runner_create_task (runner, take_twice_func, NULL, NULL);
  check_int (task, 1);
  g_test_assert_expected_messages ();

  /* Nor can it be taken from outside, after the function. */
  test_expect_critical ("*");
  g_assert_null (ta_task_take_promise (task));
  g_test_assert_expected_messages ();

  test_runner_stop (runner);
}

static void
test_promise_dropped (void)
{
  g_autoptr (TaRunner) runner = test_runner_new_started (NULL);
  g_autoptr (TaTask)   task = NULL;
  g_autoptr (TaTask)   second = NULL;
  Probe                probe;

  task = start_hand_over (&probe, runner);
  ta_promise_unref (probe.promise);
  check_error (task, TA_ERROR, TA_ERROR_DROPPED);
  probe_clear (&probe);

  second = start_hand_over (&probe, runner);
  test_thread_call ((TestFunc) ta_promise_unref, probe.promise);
  check_error (second, TA_ERROR, TA_ERROR_DROPPED);
  probe_clear (&probe);

  test_runner_stop (runner);
}

/* Cancelling asks; the return answers. */
static void
test_cancel (void)
{
  g_autoptr (TaRunner) runner = test_runner_new_started (NULL);
  g_autoptr (TaTask)   obeys = NULL;
  g_autoptr (TaTask)   refuses = NULL;
  GCancellable        *cancellable;
  Probe                probe;

  obeys = start_hand_over (&probe, runner);
  cancellable = ta_promise_get_cancellable (probe.promise);
  g_assert_true (G_IS_CANCELLABLE (cancellable));
  g_assert_false (g_cancellable_is_cancelled (cancellable));
  g_assert_false (ta_promise_return_error_if_cancelled (probe.promise));
  g_assert_false (ta_future_get_done (TA_FUTURE (obeys)));

  ta_task_cancel (obeys);
  ta_task_cancel (obeys);
  g_assert_true (g_cancellable_is_cancelled (cancellable));
  g_assert_false (ta_future_get_done (TA_FUTURE (obeys)));
  g_assert_true (ta_promise_return_error_if_cancelled (probe.promise));
  check_error (obeys, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  ta_promise_unref (probe.promise);
  probe_clear (&probe);

  refuses = start_hand_over (&probe, runner);
  ta_task_cancel (refuses);
  ta_promise_return_int (probe.promise, 11);
  check_int (refuses, 11);
  ta_task_cancel (refuses);
  check_int (refuses, 11);
  ta_promise_unref (probe.promise);
  probe_clear (&probe);

  test_runner_stop (runner);
}

/* A task that is cancelled before its turn comes is called all the same. */
static void
test_cancel_before_start (void)
{
  g_autoptr (TaRunner) runner = test_runner_new_started (NULL);
  g_autoptr (TaTask)   task = NULL;
  TestGate             blocked;
  TestGate             release;
  Probe                probe;

  test_gate_init (&blocked);
  test_gate_init (&release);
  test_runner_block (runner, &blocked, &release);

  probe_init (&probe, runner);
  task = ta_runner_create_task (runner, hand_over_func, &probe, probe_destroy);
  ta_task_cancel (task);
  g_assert_false (ta_future_get_done (TA_FUTURE (task)));
  test_gate_open (&release);

  test_gate_await (&probe.gate, 1);
  g_assert_true (g_cancellable_is_cancelled (ta_promise_get_cancellable (probe.promise)));
  ta_promise_return_int (probe.promise, 5);
  check_int (task, 5);
  ta_promise_unref (probe.promise);

  test_runner_stop (runner);
  probe_clear (&probe);
  test_gate_clear (&blocked);
  test_gate_clear (&release);
}

/* Nobody has to keep a task: the work is done all the same, and then the task is gone. */
static void
test_fire_and_forget (void)
{
  g_autoptr (TaRunner) runner = test_runner_new_started (NULL);
  TaTask              *task;
  Probe                probe;

  probe_init (&probe, runner);
  task = ta_runner_create_task (runner, return_int_func, &probe, probe_destroy);
  g_object_unref (task);
  test_gate_await (&probe.gate, 1);
  probe_clear (&probe);

  task = start_hand_over (&probe, runner);
  g_object_add_weak_pointer (G_OBJECT (task), (gpointer *) &task);
  g_object_unref (task);
  g_assert_nonnull (task);
  ta_promise_return_int (probe.promise, 1);
  ta_promise_unref (probe.promise);
  test_runner_stop (runner);
  g_assert_null (task);
  probe_clear (&probe);
}

static void
test_name_progress_status (void)
{
  g_autoptr (TaRunner) runner = test_runner_new_started (NULL);
  g_autoptr (TaTask)   task = NULL;
  g_autofree char     *name = NULL;
  g_autofree char     *status = NULL;
  g_autofree char     *first = NULL;
  g_autoptr (TaRunner) of_task = NULL;
  double               progress = -1.0;
  Probe                probe;

  task = start_hand_over (&probe, runner);
  g_assert_cmpfloat (ta_task_get_progress (task), ==, 0.0);
  g_assert_null (ta_task_dup_status (task));

  ta_task_set_name (task, "first");
  first = ta_task_dup_name (task);
  ta_task_set_name (task, "second");
  ta_promise_set_progress (probe.promise, 0.25);
  ta_promise_set_status (probe.promise, "a quarter");
  g_object_get (task, "name", &name, "progress", &progress, "status", &status, "runner", &of_task,
                NULL);
  g_assert_cmpstr (first, ==, "first");
  g_assert_cmpstr (name, ==, "second");
  g_assert_cmpfloat (progress, ==, 0.25);
  g_assert_cmpstr (status, ==, "a quarter");
  g_assert_true (of_task == runner);

  ta_promise_set_status (probe.promise, NULL);
  g_assert_null (ta_task_dup_status (task));
  ta_promise_return_boolean (probe.promise, TRUE);
  g_assert_cmpfloat (ta_task_get_progress (task), ==, 0.25);
  ta_promise_unref (probe.promise);

  test_runner_stop (runner);
  probe_clear (&probe);
}

/* A progress is from 0 to 1, whatever the work says. */
static void
test_progress_range (void)
{
  static const double  given[] = { -1.0, -INFINITY, NAN, 0.5, 1.0, 1.5, INFINITY };
  static const double  seen[] = { 0.0, 0.0, 0.0, 0.5, 1.0, 1.0, 1.0 };
  g_autoptr (TaRunner) runner = test_runner_new_started (NULL);
  g_autoptr (TaTask)   task = NULL;
  Probe                probe;

  task = start_hand_over (&probe, runner);
  for (guint i = 0; i < G_N_ELEMENTS (given); i++)
    {
      ta_promise_set_progress (probe.promise, given[i]);
      g_assert_cmpfloat (ta_task_get_progress (task), ==, seen[i]);
    }
  ta_promise_return_boolean (probe.promise, TRUE);
  ta_promise_unref (probe.promise);
  test_runner_stop (runner);
  probe_clear (&probe);
}

/* TA_TIMEOUT_DEFAULT is the runner's, and the message says who did not come in that time. */
static void
test_default_timeout (void)
{
  g_autoptr (TaRunner) runner =
      g_object_new (TA_TYPE_RUNNER, "name", "slow one", "default-timeout", (gint64) 20000, NULL);
  g_autoptr (TaTask) task = NULL;
  g_autoptr (GError) error = NULL;
  gint64             start;
  Probe              probe;

  g_assert_true (ta_runner_start (runner, NULL));
  task = start_hand_over (&probe, runner);
  ta_task_set_name (task, "long work");
  start = g_get_monotonic_time ();
  g_assert_false (ta_future_wait (TA_FUTURE (task), NULL, TA_TIMEOUT_DEFAULT, NULL, &error));
  g_assert_cmpint (g_get_monotonic_time () - start, >=, 20000);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  test_assert_message_has (error, "slow one");
  test_assert_message_has (error, "long work");
  test_assert_message_has (error, "0.02");

  /* A timeout ends the wait, and not the work. */
  ta_promise_return_int (probe.promise, 1);
  ta_promise_unref (probe.promise);
  check_int (task, 1);
  test_runner_stop (runner);
  probe_clear (&probe);
}

int
main (int argc, char *argv[])
{
  test_init (&argc, &argv);

  test_add ("/task/runs-in-loop", test_runs_in_loop);
  test_add ("/task/order", test_order);
  test_add ("/task/return-later", test_return_later);
  test_add ("/task/promise-not-taken", test_promise_not_taken);
  test_add ("/task/promise-taken-twice", test_promise_taken_twice);
  test_add ("/task/promise-dropped", test_promise_dropped);
  test_add ("/task/cancel", test_cancel);
  test_add ("/task/cancel-before-start", test_cancel_before_start);
  test_add ("/task/fire-and-forget", test_fire_and_forget);
  test_add ("/task/name-progress-status", test_name_progress_status);
  test_add ("/task/progress-range", test_progress_range);
  test_add ("/task/default-timeout", test_default_timeout);

  return g_test_run ();
}
