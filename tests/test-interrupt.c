/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * Promise 9, where a loop is stuck when its runner stops: its thread is interrupted, once and in
 * time, whoever asked for the stop; and if that does not help, it is abandoned.
 */

#include "test-util.h"

#define TIMEOUT_US (G_GINT64_CONSTANT (500) * 1000)

/* On a machine that is too busy the time of a stop may be over before the interrupted thread has got
 * its turn: then it is abandoned, as it should be, and the test tries again. */
#define TRIES 20

/* A runner that counts its interruptions, and whose loop they unblock if it is told so. */
typedef struct
{
  TaRunner parent_instance;

  GThread *interrupter; /* lock */
  guint    n_interrupts;
  gboolean is_helped; /* const once started */
  TestGate interrupted;
  TestGate blocked;
  TestGate release;
} TestStuckRunner;

typedef struct
{
  TaRunnerClass parent_class;
} TestStuckRunnerClass;

static GMutex lock;

static GType test_stuck_runner_get_type (void);

G_DEFINE_TYPE (TestStuckRunner, test_stuck_runner, TA_TYPE_RUNNER)

static void
test_stuck_runner_interrupt (TaRunner *runner)
{
  TestStuckRunner *self = (TestStuckRunner *) runner;

  g_mutex_lock (&lock);
  self->interrupter = g_thread_self ();
  self->n_interrupts++;
  g_mutex_unlock (&lock);

  TA_RUNNER_CLASS (test_stuck_runner_parent_class)->interrupt (runner);
  test_gate_open (&self->interrupted);
  if (self->is_helped)
    test_gate_open (&self->release);
}

static void
test_stuck_runner_finalize (GObject *object)
{
  TestStuckRunner *self = (TestStuckRunner *) object;

  test_gate_clear (&self->interrupted);
  test_gate_clear (&self->blocked);
  test_gate_clear (&self->release);

  G_OBJECT_CLASS (test_stuck_runner_parent_class)->finalize (object);
}

static void
test_stuck_runner_class_init (TestStuckRunnerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = test_stuck_runner_finalize;
  TA_RUNNER_CLASS (klass)->interrupt = test_stuck_runner_interrupt;
}

static void
test_stuck_runner_init (TestStuckRunner *self)
{
  test_gate_init (&self->interrupted);
  test_gate_init (&self->blocked);
  test_gate_init (&self->release);
}

static TestStuckRunner *
stuck_runner_new (gboolean is_helped)
{
  TestStuckRunner   *self = g_object_new (test_stuck_runner_get_type (), "name", "stuck",
                                          "exit-timeout", TIMEOUT_US, NULL);
  g_autoptr (GError) error = NULL;

  self->is_helped = is_helped;
  g_assert_true (ta_runner_start (TA_RUNNER (self), &error));
  g_assert_no_error (error);

  return self;
}

static guint
count_interrupts (TestStuckRunner *self, GThread **thread)
{
  guint n_interrupts;

  g_mutex_lock (&lock);
  n_interrupts = self->n_interrupts;
  *thread = self->interrupter;
  g_mutex_unlock (&lock);

  return n_interrupts;
}

/* What an error of stop says about it; TRUE if it was in time. */
static gboolean
check_forced (TaRunner *runner, gboolean stopped, GError **error)
{
  if (stopped)
    {
      g_assert_no_error (*error);
      g_assert_cmpint (ta_runner_get_shutdown_type (runner), ==, TA_SHUTDOWN_TYPE_FORCE_STOPPED);
    }
  else
    {
      g_assert_error (*error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
      g_assert_cmpint (ta_runner_get_shutdown_type (runner), ==,
                       TA_SHUTDOWN_TYPE_FAILED_FORCE_STOPPED);
    }

  return stopped;
}

static void
repeat (gboolean (*func) (void))
{
  gboolean in_time = FALSE;

  for (guint i = 0; i < TRIES && !in_time; i++)
    in_time = func ();

  g_assert_true (in_time);
}

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

  in_time = check_forced (blocks, ta_runner_stop (blocks, TIMEOUT_US, NULL, &error), &error);
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
  repeat (wake_wait);
}

static void
test_wakes_nested_wait (void)
{
  repeat (wake_nested_wait);
}

/* One that is itself blocked in the stop of another which is stuck. */
static void
stop_cb (gpointer data)
{
  TestStuckRunner   *stuck = data;
  g_autoptr (GError) error = NULL;

  test_gate_await (&stuck->blocked, 1);
  g_assert_false (ta_runner_stop (TA_RUNNER (stuck), TA_TIMEOUT_INFINITE, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  test_assert_message_has (error, "“stops another”");
  test_gate_open (&stuck->release);
}

static void
stop_func (TaTask *task, gpointer data)
{
  g_autoptr (TaPromise) promise = ta_task_take_promise (task);

  stop_cb (data);
  ta_promise_return_int (promise, 1);
}

static gboolean
wake_stop (void)
{
  TestStuckRunner     *stuck = stuck_runner_new (FALSE);
  g_autoptr (TaRunner) stops = test_runner_new_started ("stops another");
  g_autoptr (TaTask)   task = NULL;
  g_autoptr (GError)   error = NULL;
  gboolean             in_time;
  TestGate             exited;

  test_gate_init (&exited);
  test_runner_watch_thread (TA_RUNNER (stuck), &exited);
  test_runner_block (TA_RUNNER (stuck), &stuck->blocked, &stuck->release);
  task = ta_runner_create_task (stops, stop_func, stuck, NULL);
  in_time = check_forced (stops, ta_runner_stop (stops, TIMEOUT_US, NULL, &error), &error);

  /* What was stopped goes on stopping. */
  test_gate_await (&exited, 1);
  test_runner_stop (TA_RUNNER (stuck));
  g_assert_cmpint (ta_runner_get_shutdown_type (TA_RUNNER (stuck)), ==, TA_SHUTDOWN_TYPE_STOPPED);
  g_object_unref (stuck);
  test_gate_clear (&exited);

  return in_time;
}

static void
test_wakes_stop (void)
{
  repeat (wake_stop);
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
  in_time = check_forced (runner, ta_runner_stop (runner, TIMEOUT_US, NULL, &error), &error);
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
  repeat (cancel_task);
}

/* The class is called once, in the thread that is blocked in the stop. */
static gboolean
call_class (void)
{
  TestStuckRunner   *stuck = stuck_runner_new (TRUE);
  g_autoptr (GError) error = NULL;
  TestGate           exited;
  GThread           *thread;
  gboolean           in_time;

  test_gate_init (&exited);
  test_runner_watch_thread (TA_RUNNER (stuck), &exited);
  test_runner_block (TA_RUNNER (stuck), &stuck->blocked, &stuck->release);
  in_time =
      check_forced (TA_RUNNER (stuck),
                    ta_runner_stop (TA_RUNNER (stuck), TA_TIMEOUT_DEFAULT, NULL, &error), &error);
  test_gate_await (&exited, 1);
  g_assert_cmpuint (count_interrupts (stuck, &thread), ==, 1);
  g_assert_true (thread == g_thread_self ());
  g_object_unref (stuck);
  test_gate_clear (&exited);

  return in_time;
}

static void
test_calls_class (void)
{
  repeat (call_class);
}

static void
stop_result_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  GAsyncResult **kept = data;

  *kept = g_object_ref (result);
}

/* Without a thread that is blocked, and in a context that nobody iterates meanwhile. */
static gboolean
call_class_async (void)
{
  TestStuckRunner         *stuck = stuck_runner_new (TRUE);
  g_autoptr (GError)       error = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  GThread                 *thread;
  TestGate                 exited;
  gboolean                 in_time;

  test_gate_init (&exited);
  test_runner_watch_thread (TA_RUNNER (stuck), &exited);
  test_runner_block (TA_RUNNER (stuck), &stuck->blocked, &stuck->release);
  ta_runner_stop_async (TA_RUNNER (stuck), TA_TIMEOUT_DEFAULT, NULL, stop_result_cb, &result);
  test_gate_await (&exited, 1);
  TEST_TURN_UNTIL (NULL, result != NULL);
  in_time = check_forced (TA_RUNNER (stuck),
                          ta_runner_stop_finish (TA_RUNNER (stuck), result, &error), &error);
  g_assert_cmpuint (count_interrupts (stuck, &thread), ==, 1);
  g_clear_object (&result);
  g_object_unref (stuck);
  test_gate_clear (&exited);

  return in_time;
}

static void
test_calls_class_async (void)
{
  repeat (call_class_async);
}

/* After the one who waited for the end has lost patience. */
static gboolean
call_class_cancelled (void)
{
  TestStuckRunner         *stuck = stuck_runner_new (TRUE);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError)       error = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  GThread                 *thread;
  TestGate                 exited;

  test_gate_init (&exited);
  test_runner_watch_thread (TA_RUNNER (stuck), &exited);
  test_runner_block (TA_RUNNER (stuck), &stuck->blocked, &stuck->release);
  ta_runner_stop_async (TA_RUNNER (stuck), TA_TIMEOUT_DEFAULT, cancellable, stop_result_cb,
                        &result);
  g_cancellable_cancel (cancellable);
  TEST_TURN_UNTIL (NULL, result != NULL);
  g_assert_false (ta_runner_stop_finish (TA_RUNNER (stuck), result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  test_gate_await (&exited, 1);
  g_assert_cmpuint (count_interrupts (stuck, &thread), ==, 1);
  g_assert_true (thread != g_thread_self ());
  g_clear_object (&result);
  g_object_unref (stuck);
  test_gate_clear (&exited);

  return TRUE;
}

static void
test_calls_class_cancelled (void)
{
  repeat (call_class_cancelled);
}

/* A loop that comes to its end by itself is left alone. */
static void
test_leaves_alone (void)
{
  TestStuckRunner   *runner = stuck_runner_new (FALSE);
  g_autoptr (GError) error = NULL;
  GThread           *thread;

  g_assert_true (ta_runner_stop (TA_RUNNER (runner), TEST_DEADLINE_US, NULL, &error));
  g_assert_cmpint (ta_runner_get_shutdown_type (TA_RUNNER (runner)), ==, TA_SHUTDOWN_TYPE_STOPPED);
  g_assert_cmpuint (count_interrupts (runner, &thread), ==, 0);
  g_object_unref (runner);
}

/* Who drops a runner instead of stopping it has it ended within its exit-timeout all the same. */
static void
check_dropped (gboolean is_helped)
{
  TestStuckRunner   *stuck = stuck_runner_new (is_helped);
  g_autoptr (TaTask) unstarted = NULL;
  g_autoptr (GError) error = NULL;
  TestGate           exited;
  TestGate           gone;

  test_gate_init (&exited);
  test_gate_init (&gone);
  test_context_watch (ta_runner_get_context (TA_RUNNER (stuck)), &gone);
  test_runner_watch_thread (TA_RUNNER (stuck), &exited);
  test_runner_block (TA_RUNNER (stuck), &stuck->blocked, &stuck->release);
  unstarted = ta_runner_create_task (TA_RUNNER (stuck), spin_func, NULL, NULL);

  /* The gates go with the object, which the stuck thread still has. */
  g_object_unref (stuck);
  g_assert_false (ta_future_wait (TA_FUTURE (unstarted), NULL, TEST_DEADLINE_US, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_object (&unstarted);
  if (!is_helped)
    test_gate_open (&stuck->release);
  test_gate_await (&exited, 1);
  test_turn_all (NULL);
  test_gate_await (&gone, 1);
  test_gate_clear (&exited);
  test_gate_clear (&gone);
}

static void
test_dropped (void)
{
  check_dropped (TRUE);
}

static void
test_dropped_and_abandoned (void)
{
  check_dropped (FALSE);
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv);

  test_add ("/interrupt/wakes-wait", test_wakes_wait);
  test_add ("/interrupt/wakes-nested-wait", test_wakes_nested_wait);
  test_add ("/interrupt/wakes-stop", test_wakes_stop);
  test_add ("/interrupt/cancels-tasks", test_cancels_tasks);
  test_add ("/interrupt/calls-class", test_calls_class);
  test_add ("/interrupt/calls-class-async", test_calls_class_async);
  test_add ("/interrupt/calls-class-cancelled", test_calls_class_cancelled);
  test_add ("/interrupt/leaves-alone", test_leaves_alone);
  test_add ("/interrupt/dropped", test_dropped);
  test_add ("/interrupt/dropped-and-abandoned", test_dropped_and_abandoned);

  return g_test_run ();
}
