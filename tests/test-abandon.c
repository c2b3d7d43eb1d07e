/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * Promise 9, where a loop is stuck, and is abandoned; and what is left of it afterwards.
 */

#include "test-held.h"

#include <pthread.h>

#ifndef __SANITIZE_THREAD__
/* This stands before that of the C library: a thread is left alone, whatever it is at. */
G_GNUC_NORETURN int
pthread_cancel (pthread_t thread)
{
  g_error ("A thread is cancelled");
}
#endif

static void
check_abandoned (TaRunner *runner, gint64 timeout_us)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (ta_runner_stop (runner, timeout_us, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  test_assert_message_has (error, ta_runner_get_name (runner));
  g_assert_cmpint (ta_runner_get_shutdown_type (runner), ==, TA_SHUTDOWN_TYPE_FAILED_FORCE_STOPPED);
  g_assert_false (ta_runner_get_running (runner));
}

static void
return_func (TaTask *task, gpointer data)
{
  g_autoptr (TaPromise) promise = ta_task_take_promise (task);

  ta_promise_return_boolean (promise, TRUE);
}

static void
count_destroy (gpointer data)
{
  g_atomic_int_inc ((int *) data);
}

/* Keeps its promise, and never returns. */
static void
keep_func (TaTask *task, gpointer data)
{
  TaPromise **promise = data;

  *promise = ta_task_take_promise (task);
}

/* A loop that is stuck is abandoned, and that is an error; it ends when it gets unstuck. */
static void
test_abandoned (void)
{
  g_autoptr (TaRunner) runner = test_runner_new_started ("stuck for good");
  g_autoptr (TaTask)   never = NULL;
  int                  destroys = 0;
  TestStuck            stuck;

  test_stuck_init (&stuck, runner);
  never = ta_runner_create_task (runner, return_func, &destroys, count_destroy);

  check_abandoned (runner, 50000);
  test_check_cancelled (never);
  g_assert_cmpuint (test_gate_get_count (&stuck.exited), ==, 0);

  /* The thread still runs; when it comes back, it ends by itself, and nothing is left. */
  test_stuck_release (&stuck);
  g_assert_cmpint (g_atomic_int_get (&destroys), ==, 1);
  g_assert_cmpint (ta_runner_get_shutdown_type (runner), ==, TA_SHUTDOWN_TYPE_FAILED_FORCE_STOPPED);
  test_stuck_clear (&stuck);
}

static void
block_func (TaTask *task, gpointer data)
{
  TestHeld *held = data;

  test_gate_open (&held->blocked);
  test_gate_await (&held->release, 1);
  return_func (task, NULL);
}

G_GNUC_NORETURN static void
unreached_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_assert_not_reached ();
}

static void
wait_func (TaTask *task, gpointer data)
{
  TaFuture **futures = data;

  ta_future_wait_async (futures[0], TEST_LONG_US, NULL, unreached_cb, NULL);
  ta_future_wait_async (futures[1], TEST_LONG_US, NULL, unreached_cb, NULL);
  ta_sleep_async (1000, NULL, unreached_cb, NULL);
  return_func (task, NULL);
}

/*
 * Waits that were started on the loop and have ended, but that it does not come back to call back
 * for: dropped with the loop, and looked at by nobody when it does come back.
 */
static void
test_abandoned_with_waits (void)
{
  g_autoptr (TaPromise) resolved = ta_promise_new ();
  g_autoptr (TaPromise) pending = ta_promise_new ();
  TaFuture *futures[2] = { ta_promise_get_future (resolved), ta_promise_get_future (pending) };
  g_autoptr (TaTask) task = NULL;
  TestGate           first_blocked;
  TestGate           first_release;
  TestHeld           held;

  test_gate_init (&first_blocked);
  test_gate_init (&first_release);
  test_held_init (&held, "stuck with waits");

  /* Both in one turn, so that no callback comes between. */
  test_runner_block (held.runner, &first_blocked, &first_release);
  task = ta_runner_create_task (held.runner, wait_func, futures, NULL);
  g_object_unref (ta_runner_create_task (held.runner, block_func, &held, NULL));
  test_gate_open (&first_release);
  test_gate_await (&held.blocked, 1);

  ta_promise_return_int (resolved, 1);
  check_abandoned (held.runner, 50000);
  test_gate_open (&held.release);
  g_clear_object (&task);
  test_held_clear (&held);

  ta_promise_return_int (pending, 1);
  g_object_unref (futures[0]);
  g_object_unref (futures[1]);
  test_gate_clear (&first_blocked);
  test_gate_clear (&first_release);
}

typedef struct
{
  TaRunner *other;
  TaQueue  *queue;
} Targets;

static void
stopped_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  /* It may come, for a stop goes on without the loop that asked for it. */
}

static void
stop_and_get_func (TaTask *task, gpointer data)
{
  Targets *targets = data;

  ta_runner_stop_async (targets->other, TA_TIMEOUT_INFINITE, NULL, stopped_cb, NULL);
  ta_queue_get_async (targets->queue, TA_TIMEOUT_INFINITE, NULL, unreached_cb, NULL);
  return_func (task, NULL);
}

/* The same for one that goes on beside another, which has ended when the loop comes back. */
static void
test_abandoned_with_a_stop (void)
{
  Targets  targets = { test_runner_new_started ("another"), ta_queue_new (0) };
  TestGate other_blocked;
  TestGate other_release;
  TestGate first_blocked;
  TestGate first_release;
  TestHeld held;

  test_gate_init (&other_blocked);
  test_gate_init (&other_release);
  test_gate_init (&first_blocked);
  test_gate_init (&first_release);
  test_held_init (&held, "stuck beside a stop");

  test_runner_block (targets.other, &other_blocked, &other_release);
  test_runner_block (held.runner, &first_blocked, &first_release);
  g_object_unref (ta_runner_create_task (held.runner, stop_and_get_func, &targets, NULL));
  g_object_unref (ta_runner_create_task (held.runner, block_func, &held, NULL));
  test_gate_open (&first_release);
  test_gate_await (&held.blocked, 1);

  g_assert_true (ta_queue_try_put (targets.queue, TA_VALUE_INT (1), NULL));
  check_abandoned (held.runner, 50000);
  test_gate_open (&held.release);
  test_gate_await (&held.exited, 1);
  test_gate_open (&other_release);
  ta_runner_stop (targets.other, TEST_DEADLINE_US, NULL, NULL);
  g_object_unref (targets.other);
  g_object_unref (targets.queue);
  test_held_clear (&held);
  test_gate_clear (&other_blocked);
  test_gate_clear (&other_release);
  test_gate_clear (&first_blocked);
  test_gate_clear (&first_release);
}

static void
wait_cancellable_func (TaTask *task, gpointer data)
{
  ta_sleep_async (TEST_LONG_US, data, unreached_cb, NULL);
  ta_sleep_async (TA_TIMEOUT_INFINITE, data, unreached_cb, NULL);
  return_func (task, NULL);
}

/* Waits of a loop that has been abandoned can still be cancelled, if to nobody's use. */
static void
test_abandoned_then_cancelled (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  TestGate                 first_blocked;
  TestGate                 first_release;
  TestHeld                 held;

  test_gate_init (&first_blocked);
  test_gate_init (&first_release);
  test_held_init (&held, "stuck and cancelled");

  test_runner_block (held.runner, &first_blocked, &first_release);
  g_object_unref (ta_runner_create_task (held.runner, wait_cancellable_func, cancellable, NULL));
  g_object_unref (ta_runner_create_task (held.runner, block_func, &held, NULL));
  test_gate_open (&first_release);
  test_gate_await (&held.blocked, 1);

  check_abandoned (held.runner, 50000);
  g_cancellable_cancel (cancellable);
  test_gate_open (&held.release);
  test_held_clear (&held);
  test_gate_clear (&first_blocked);
  test_gate_clear (&first_release);
}

/* Work of a stuck loop that goes on elsewhere is asked to end, too. */
static void
test_abandoned_work_elsewhere (void)
{
  TaPromise         *kept = NULL;
  g_autoptr (TaTask) task = NULL;
  TestHeld           held;

  test_held_init (&held, "stuck, with work elsewhere");
  task = ta_runner_create_task (held.runner, keep_func, &kept, NULL);
  g_object_unref (ta_runner_create_task (held.runner, block_func, &held, NULL));
  test_gate_await (&held.blocked, 1);

  check_abandoned (held.runner, 50000);
  test_check_cancelled (task);
  g_assert_true (g_cancellable_is_cancelled (ta_promise_get_cancellable (kept)));
  ta_promise_unref (kept);
  g_clear_object (&task);
  test_gate_open (&held.release);
  test_held_clear (&held);
}

/* A barrier that the loop had begun to wait for when it was abandoned. */
static void
test_abandoned_with_barrier (void)
{
  g_autoptr (GError) error = NULL;
  TestResult         result;
  TestGate           first_blocked;
  TestGate           first_release;
  TestHeld           held;

  test_gate_init (&first_blocked);
  test_gate_init (&first_release);
  test_held_init (&held, "stuck with a barrier");

  test_runner_block (held.runner, &first_blocked, &first_release);
  test_result_init (&result, NULL);
  TEST_OUTSIDE (&result, ta_runner_wait_for_next_iteration_async (held.runner, TEST_LONG_US, NULL,
                                                                  test_result_cb, &result));
  g_object_unref (ta_runner_create_task (held.runner, block_func, &held, NULL));
  test_gate_open (&first_release);
  test_gate_await (&held.blocked, 1);

  check_abandoned (held.runner, 50000);
  TEST_TURN_UNTIL (NULL, result.calls == 1);
  g_assert_false (ta_runner_wait_for_next_iteration_finish (held.runner, result.result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  test_result_clear (&result);

  test_gate_open (&held.release);
  test_held_clear (&held);
  test_gate_clear (&first_blocked);
  test_gate_clear (&first_release);
}

int
main (int argc, char *argv[])
{
  test_init (&argc, &argv);

  test_add ("/promise-9/abandoned", test_abandoned);
  test_add ("/promise-9/abandoned-with-waits", test_abandoned_with_waits);
  test_add ("/promise-9/abandoned-with-a-stop", test_abandoned_with_a_stop);
  test_add ("/promise-9/abandoned-then-cancelled", test_abandoned_then_cancelled);
  test_add ("/promise-9/abandoned-work-elsewhere", test_abandoned_work_elsewhere);
  test_add ("/promise-9/abandoned-with-barrier", test_abandoned_with_barrier);

  return g_test_run ();
}
