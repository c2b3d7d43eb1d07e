/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * Promise 9, where a loop is stuck when its runner stops: the waits of the library's own that block it
 * are woken, and its tasks are cancelled.
 */

#include "test-forced.h"

static void
keep_func (TaTask *task, gpointer data)
{
  g_atomic_pointer_set ((TaPromise **) data, ta_task_take_promise (task));
}

typedef struct
{
  TaFuture *future;
  gboolean  is_nested;
  TestGate  waits;
  TestGate  ended;
} Blocker;

/* Blocks on work of another runner; and again, which is not worth it any more. */
static void
block_on_future (Blocker *self)
{
  test_gate_open (&self->waits);

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (ta_future_wait (self->future, NULL, TA_TIMEOUT_INFINITE, NULL, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      test_assert_message_has (error, "“blocks”");
      test_assert_message_has (error, "“works”");
    }

  test_gate_open (&self->ended);
}

static gboolean
idle_cb (gpointer data)
{
  block_on_future (data);

  return G_SOURCE_REMOVE;
}

static gboolean
quit_cb (gpointer data)
{
  g_main_loop_quit (data);

  return G_SOURCE_REMOVE;
}

static void
attach_idle (GSourceFunc func, gpointer data)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_callback (source, func, data, NULL);
  g_source_attach (source, g_main_context_get_thread_default ());
}

static void
block_func (TaTask *task, gpointer data)
{
  g_autoptr (TaPromise) promise = ta_task_take_promise (task);
  Blocker              *self = data;

  if (self->is_nested)
    {
      g_autoptr (GMainLoop) loop = g_main_loop_new (g_main_context_get_thread_default (), FALSE);

      attach_idle (idle_cb, self);
      attach_idle (quit_cb, loop);
      g_main_loop_run (loop);
    }
  else
    {
      block_on_future (self);
    }

  ta_promise_return_int (promise, 1);
}

/* A loop that waits for the task of another runner, which does not end, is woken. */
static gboolean
wake_blocked (gboolean is_nested)
{
  g_autoptr (TaRunner) works = test_runner_new_started ("works");
  g_autoptr (TaRunner) blocks = test_runner_new_started ("blocks");
  TaPromise           *promise = NULL;
  g_autoptr (TaTask)   work = ta_runner_create_task (works, keep_func, &promise, NULL);
  g_autoptr (TaTask)   task = NULL;
  g_autoptr (GError)   error = NULL;
  Blocker              blocker = { .future = TA_FUTURE (work), .is_nested = is_nested };
  TestGate             exited;
  gboolean             in_time;

  test_gate_init (&exited);
  test_gate_init (&blocker.waits);
  test_gate_init (&blocker.ended);
  test_runner_watch_thread (blocks, &exited);
  task = ta_runner_create_task (blocks, block_func, &blocker, NULL);
  test_gate_await (&blocker.waits, 1);

  in_time = test_check_forced (blocks, ta_runner_stop (blocks, TEST_STUCK_TIMEOUT_US, NULL, &error),
                               &error);
  test_gate_await (&blocker.ended, 1);
  test_gate_await (&exited, 1);
  g_assert_true (ta_future_get_done (TA_FUTURE (task)));

  /* It was the wait that ended, not what was waited for. */
  g_assert_true (ta_runner_wait_for_next_iteration (works, TEST_DEADLINE_US, NULL, NULL));
  g_assert_false (ta_future_get_done (TA_FUTURE (work)));
  ta_promise_return_int (promise, 1);
  ta_promise_unref (promise);
  test_runner_stop (works);
  test_gate_clear (&exited);
  test_gate_clear (&blocker.waits);
  test_gate_clear (&blocker.ended);

  return in_time;
}

static gboolean
wake_wait (void)
{
  return wake_blocked (FALSE);
}

static gboolean
wake_nested_wait (void)
{
  return wake_blocked (TRUE);
}

static void
test_wakes_wait (void)
{
  test_until_in_time (wake_wait);
}

static void
test_wakes_nested_wait (void)
{
  test_until_in_time (wake_nested_wait);
}

/* One that is itself blocked in the stop of another which is stuck. */
typedef struct
{
  TaRunner *runner;
  TestGate  blocked;
  TestGate  release;
} Stuck;

static void
stop_func (TaTask *task, gpointer data)
{
  g_autoptr (TaPromise) promise = ta_task_take_promise (task);
  Stuck                *stuck = data;
  g_autoptr (GError)    error = NULL;

  test_gate_await (&stuck->blocked, 1);
  g_assert_false (ta_runner_stop (stuck->runner, TA_TIMEOUT_INFINITE, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  test_assert_message_has (error, "“stops another”");
  test_gate_open (&stuck->release);
  ta_promise_return_int (promise, 1);
}

static gboolean
wake_stop (void)
{
  Stuck                stuck = { .runner = test_runner_new_started ("stuck") };
  g_autoptr (TaRunner) stops = test_runner_new_started ("stops another");
  g_autoptr (TaTask)   task = NULL;
  g_autoptr (GError)   error = NULL;
  gboolean             in_time;
  TestGate             exited;

  test_gate_init (&exited);
  test_gate_init (&stuck.blocked);
  test_gate_init (&stuck.release);
  test_runner_watch_thread (stuck.runner, &exited);
  test_runner_block (stuck.runner, &stuck.blocked, &stuck.release);
  task = ta_runner_create_task (stops, stop_func, &stuck, NULL);
  in_time = test_check_forced (stops, ta_runner_stop (stops, TEST_STUCK_TIMEOUT_US, NULL, &error),
                               &error);

  /* What was stopped goes on stopping. */
  test_gate_await (&exited, 1);
  test_runner_stop (stuck.runner);
  g_object_unref (stuck.runner);
  test_gate_clear (&exited);
  test_gate_clear (&stuck.blocked);
  test_gate_clear (&stuck.release);

  return in_time;
}

static void
test_wakes_stop (void)
{
  test_until_in_time (wake_stop);
}

static void
spin_func (TaTask *task, gpointer data)
{
  g_autoptr (TaPromise) promise = ta_task_take_promise (task);
  GCancellable         *cancellable = ta_promise_get_cancellable (promise);

  test_gate_open (data);
  while (!g_cancellable_is_cancelled (cancellable))
    g_thread_yield ();
  ta_promise_return_int (promise, 1);
}

/* Code that looks at its cancellable, and at nothing else. */
static gboolean
cancel_task (void)
{
  g_autoptr (TaRunner) runner = test_runner_new_started ("computes");
  g_autoptr (TaTask)   task = NULL;
  g_autoptr (GError)   error = NULL;
  g_auto (GValue)      value = G_VALUE_INIT;
  TestGate             began;
  TestGate             exited;
  gboolean             in_time;

  test_gate_init (&began);
  test_gate_init (&exited);
  test_runner_watch_thread (runner, &exited);
  task = ta_runner_create_task (runner, spin_func, &began, NULL);
  test_gate_await (&began, 1);
  in_time = test_check_forced (runner, ta_runner_stop (runner, TEST_STUCK_TIMEOUT_US, NULL, &error),
                               &error);
  test_gate_await (&exited, 1);

  /* It had its chance, and its result counts. */
  if (in_time)
    {
      g_assert_true (ta_future_try_wait (TA_FUTURE (task), &value, &error));
      g_assert_cmpint (g_value_get_int64 (&value), ==, 1);
    }
  test_gate_clear (&began);
  test_gate_clear (&exited);

  return in_time;
}

static void
test_cancels_tasks (void)
{
  test_until_in_time (cancel_task);
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv);

  test_add ("/interrupt/wakes-wait", test_wakes_wait);
  test_add ("/interrupt/wakes-nested-wait", test_wakes_nested_wait);
  test_add ("/interrupt/wakes-stop", test_wakes_stop);
  test_add ("/interrupt/cancels-tasks", test_cancels_tasks);

  return g_test_run ();
}
