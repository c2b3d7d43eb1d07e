/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * Promise 9, where a loop is stuck when its runner stops: the class is told, once and in time, whoever
 * asked for the stop; and if that does not help, the loop is abandoned.
 */

#include "test-forced.h"

/* A runner that counts its interruptions, and whose loop they unblock if it is told so. */
typedef struct
{
  TaRunner parent_instance;

  GThread *interrupter; /* lock */
  guint    n_interrupts;
  gboolean is_helped; /* const once started */
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
  if (self->is_helped)
    test_gate_open (&self->release);
}

static void
test_stuck_runner_finalize (GObject *object)
{
  TestStuckRunner *self = (TestStuckRunner *) object;

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
  test_gate_init (&self->blocked);
  test_gate_init (&self->release);
}

static TestStuckRunner *
stuck_runner_new (gboolean is_helped)
{
  TestStuckRunner   *self = g_object_new (test_stuck_runner_get_type (), "name", "stuck",
                                          "exit-timeout", TEST_STUCK_TIMEOUT_US, NULL);
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
  in_time = test_check_forced (TA_RUNNER (stuck),
                               ta_runner_stop (TA_RUNNER (stuck), TA_TIMEOUT_DEFAULT, NULL, &error),
                               &error);
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
  test_until_in_time (call_class);
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
  in_time = test_check_forced (TA_RUNNER (stuck),
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
  test_until_in_time (call_class_async);
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
  test_until_in_time (call_class_cancelled);
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

static void
never_func (TaTask *task, gpointer data)
{
  g_assert_not_reached ();
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
  unstarted = ta_runner_create_task (TA_RUNNER (stuck), never_func, NULL, NULL);

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

  test_add ("/interrupt-class/calls-class", test_calls_class);
  test_add ("/interrupt-class/calls-class-async", test_calls_class_async);
  test_add ("/interrupt-class/calls-class-cancelled", test_calls_class_cancelled);
  test_add ("/interrupt-class/leaves-alone", test_leaves_alone);
  test_add ("/interrupt-class/dropped", test_dropped);
  test_add ("/interrupt-class/dropped-and-abandoned", test_dropped_and_abandoned);

  return g_test_run ();
}
