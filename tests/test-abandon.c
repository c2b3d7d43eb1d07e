/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * Promise 9, where a runner does not end by itself: work is ended by force, and loops are
 * abandoned; and what is left of them afterwards.
 */

#include "test-util.h"

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
check_stop (TaRunner *runner, gint64 timeout_us, TaShutdownType type)
{
  g_autoptr (GError) error = NULL;
  gboolean           stopped = ta_runner_stop (runner, timeout_us, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (stopped);
  g_assert_cmpint (ta_runner_get_shutdown_type (runner), ==, type);
  g_assert_false (ta_runner_get_running (runner));
}

static void
check_cancelled (TaTask *task)
{
  g_autoptr (GError) error = NULL;
  GValue             value = G_VALUE_INIT;

  g_assert_true (ta_future_get_done (TA_FUTURE (task)));
  g_assert_false (ta_future_try_wait (TA_FUTURE (task), &value, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

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

/*
 * Stops a runner whose tasks don't listen. FALSE if the machine was too busy for the loop to end in
 * the rest of the time, which is as it should be, but nothing to see here.
 */
static gboolean
stop_by_force (void)
{
  g_autoptr (TaRunner) runner =
      g_object_new (TA_TYPE_RUNNER, "name", "deaf", "exit-timeout", (gint64) 500000, NULL);
  TaPromise         *kept[2] = { NULL, NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (TaTask) first = NULL;
  g_autoptr (TaTask) second = NULL;
  TestGate           exited;
  gboolean           in_time;

  g_assert_true (ta_runner_start (runner, &error));
  test_gate_init (&exited);
  test_runner_watch_thread (runner, &exited);
  first = ta_runner_create_task (runner, keep_func, &kept[0], NULL);
  second = ta_runner_create_task (runner, keep_func, &kept[1], NULL);
  g_assert_true (ta_runner_wait_for_next_iteration (runner, TEST_DEADLINE_US, NULL, &error));

  in_time = ta_runner_stop (runner, TA_TIMEOUT_DEFAULT, NULL, &error);
  if (in_time)
    {
      g_assert_no_error (error);
      g_assert_cmpint (ta_runner_get_shutdown_type (runner), ==, TA_SHUTDOWN_TYPE_FORCE_STOPPED);
      g_assert_cmpuint (test_gate_get_count (&exited), ==, 1);
    }
  else
    {
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
      test_gate_await (&exited, 1);
    }

  check_cancelled (first);
  check_cancelled (second);
  g_assert_true (g_cancellable_is_cancelled (ta_promise_get_cancellable (kept[0])));

  /* What comes too late is lost, without a word. */
  ta_promise_return_int (kept[0], 1);
  check_cancelled (first);
  ta_promise_unref (kept[0]);
  ta_promise_unref (kept[1]);
  check_cancelled (second);
  test_gate_clear (&exited);

  return in_time;
}

/* Tasks that don't listen are ended by force, within the time. */
static void
test_forced (void)
{
  gboolean in_time = FALSE;

  for (guint i = 0; i < 20 && !in_time; i++)
    in_time = stop_by_force ();

  g_assert_true (in_time);
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
  check_cancelled (never);
  g_assert_cmpuint (test_gate_get_count (&stuck.exited), ==, 0);

  /* The thread still runs; when it comes back, it ends by itself, and nothing is left. */
  test_stuck_release (&stuck);
  g_assert_cmpint (g_atomic_int_get (&destroys), ==, 1);
  g_assert_cmpint (ta_runner_get_shutdown_type (runner), ==, TA_SHUTDOWN_TYPE_FAILED_FORCE_STOPPED);
  test_stuck_clear (&stuck);
}

/* A runner whose loop the test holds, with what it needs to see everything go. */
typedef struct
{
  TaRunner *runner;
  TestGate  gone;
  TestGate  exited;
  TestGate  blocked;
  TestGate  release;
} Held;

static void
held_init (Held *self, const char *name)
{
  self->runner = test_runner_new_started (name);
  test_gate_init (&self->gone);
  test_gate_init (&self->exited);
  test_gate_init (&self->blocked);
  test_gate_init (&self->release);
  test_context_watch (ta_runner_get_context (self->runner), &self->gone);
  test_runner_watch_thread (self->runner, &self->exited);
}

/* Once the thread has ended, and the object and all tasks are gone, so is the context. */
static void
held_clear (Held *self)
{
  test_gate_await (&self->exited, 1);
  g_object_unref (self->runner);
  test_turn_all (NULL);
  test_gate_await (&self->gone, 1);
  test_gate_clear (&self->gone);
  test_gate_clear (&self->exited);
  test_gate_clear (&self->blocked);
  test_gate_clear (&self->release);
}

static void
block_func (TaTask *task, gpointer data)
{
  Held *held = data;

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
  Held               held;

  test_gate_init (&first_blocked);
  test_gate_init (&first_release);
  held_init (&held, "stuck with waits");

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
  held_clear (&held);

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
  Held     held;

  test_gate_init (&other_blocked);
  test_gate_init (&other_release);
  test_gate_init (&first_blocked);
  test_gate_init (&first_release);
  held_init (&held, "stuck beside a stop");

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
  held_clear (&held);
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
  Held                     held;

  test_gate_init (&first_blocked);
  test_gate_init (&first_release);
  held_init (&held, "stuck and cancelled");

  test_runner_block (held.runner, &first_blocked, &first_release);
  g_object_unref (ta_runner_create_task (held.runner, wait_cancellable_func, cancellable, NULL));
  g_object_unref (ta_runner_create_task (held.runner, block_func, &held, NULL));
  test_gate_open (&first_release);
  test_gate_await (&held.blocked, 1);

  check_abandoned (held.runner, 50000);
  g_cancellable_cancel (cancellable);
  test_gate_open (&held.release);
  held_clear (&held);
  test_gate_clear (&first_blocked);
  test_gate_clear (&first_release);
}

/* Work of a stuck loop that goes on elsewhere is asked to end, too. */
static void
test_abandoned_work_elsewhere (void)
{
  TaPromise         *kept = NULL;
  g_autoptr (TaTask) task = NULL;
  Held               held;

  held_init (&held, "stuck, with work elsewhere");
  task = ta_runner_create_task (held.runner, keep_func, &kept, NULL);
  g_object_unref (ta_runner_create_task (held.runner, block_func, &held, NULL));
  test_gate_await (&held.blocked, 1);

  check_abandoned (held.runner, 50000);
  check_cancelled (task);
  g_assert_true (g_cancellable_is_cancelled (ta_promise_get_cancellable (kept)));
  ta_promise_unref (kept);
  g_clear_object (&task);
  test_gate_open (&held.release);
  held_clear (&held);
}

/* A barrier that the loop had begun to wait for when it was abandoned. */
static void
test_abandoned_with_barrier (void)
{
  g_autoptr (GError) error = NULL;
  TestResult         result;
  TestGate           first_blocked;
  TestGate           first_release;
  Held               held;

  test_gate_init (&first_blocked);
  test_gate_init (&first_release);
  held_init (&held, "stuck with a barrier");

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
  held_clear (&held);
  test_gate_clear (&first_blocked);
  test_gate_clear (&first_release);
}

/* No time at all, or hardly any: however it goes, the thread ends, and nothing is left. */
static void
test_no_time (void)
{
  for (guint i = 0; i < test_repeats (500); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (TaTask) task = NULL;
      Held               held;

      held_init (&held, "in a hurry");
      if (g_test_rand_bit ())
        task = ta_runner_create_task (held.runner, return_func, NULL, NULL);
      if (!ta_runner_stop (held.runner, g_test_rand_int_range (0, 100), NULL, &error))
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
      g_assert_false (ta_runner_get_running (held.runner));
      if (task != NULL)
        {
          /* An abandoned loop may just have had it in its hands: then the loop ends it. */
          ta_future_wait (TA_FUTURE (task), NULL, TEST_DEADLINE_US, NULL, NULL);
          g_assert_true (ta_future_get_done (TA_FUTURE (task)));
        }
      g_clear_object (&task);
      held_clear (&held);
    }
}

typedef struct
{
  GCancellable *cancellable;
  guint         started; /* the runner's thread */
  guint         ended;   /* the runner's thread */
} Ticker;

static void tick_cb (GObject *source, GAsyncResult *result, gpointer data);

static void
tick (Ticker *self)
{
  self->started++;
  ta_sleep_async (TEST_LONG_US, self->cancellable, tick_cb, self);
}

static void
tick_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Ticker            *self = data;
  g_autoptr (GError) error = NULL;

  g_assert_false (ta_sleep_finish (result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  self->ended++;
  tick (self);
}

static void
tick_call (gpointer data)
{
  tick (data);
}

/* Who goes on waiting, whatever it is told, does not keep a runner from ending, nor its context. */
static void
test_restarted_waits (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Ticker                   ticker = { .cancellable = cancellable };
  Held                     held;

  held_init (&held, "with a clock");
  g_assert_true (
      ta_runner_call_in_loop (held.runner, tick_call, &ticker, NULL, TEST_DEADLINE_US, NULL, NULL));
  check_stop (held.runner, TEST_DEADLINE_US, TA_SHUTDOWN_TYPE_STOPPED);
  g_assert_cmpuint (ticker.ended, >=, 1);

  /* What could not be called back any more is not waited for either. */
  g_cancellable_cancel (cancellable);
  held_clear (&held);
}

static void
nested_slept_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  *(gboolean *) data = TRUE;
}

static void
nested_func (TaTask *task, gpointer data)
{
  Held                 *held = data;
  g_autoptr (TaPromise) promise = ta_task_take_promise (task);
  gboolean              slept = FALSE;

  ta_sleep_async (TA_TIMEOUT_INFINITE, ta_promise_get_cancellable (promise), nested_slept_cb,
                  &slept);
  test_gate_open (&held->blocked);
  TEST_TURN_UNTIL (ta_runner_get_context (held->runner), slept);
  ta_promise_return_error_if_cancelled (promise);
}

/* A task that waits in a main loop of its own is reached there, and ends like every other. */
static void
test_nested (void)
{
  g_autoptr (TaTask) task = NULL;
  Held               held;

  held_init (&held, "nested");
  task = ta_runner_create_task (held.runner, nested_func, &held, NULL);
  test_gate_await (&held.blocked, 1);
  check_stop (held.runner, TEST_DEADLINE_US, TA_SHUTDOWN_TYPE_STOPPED);
  check_cancelled (task);
  g_clear_object (&task);
  held_clear (&held);
}

int
main (int argc, char *argv[])
{
  test_init (&argc, &argv);

  test_add ("/promise-9/forced", test_forced);
  test_add ("/promise-9/abandoned", test_abandoned);
  test_add ("/promise-9/abandoned-with-waits", test_abandoned_with_waits);
  test_add ("/promise-9/abandoned-with-a-stop", test_abandoned_with_a_stop);
  test_add ("/promise-9/abandoned-then-cancelled", test_abandoned_then_cancelled);
  test_add ("/promise-9/abandoned-work-elsewhere", test_abandoned_work_elsewhere);
  test_add ("/promise-9/abandoned-with-barrier", test_abandoned_with_barrier);
  test_add ("/promise-9/no-time", test_no_time);
  test_add ("/promise-9/restarted-waits", test_restarted_waits);
  test_add ("/promise-9/nested", test_nested);

  return g_test_run ();
}
