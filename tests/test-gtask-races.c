/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * Two threads stop a runner that is stuck. One of them interrupts it, for which he calls off the GTasks
 * that have not been started; the other gives the runner up meanwhile, which drops them.
 *
 * The first is held up after he has released a lock until the second has got as far as he can without
 * him: after each lock in turn, so that all places are tried where they can meet.
 */

#include "test-hold.h"

#define N_TASKS 3

/* After how long the second is taken for one who waits for the first; no result depends on it. */
#define PATIENCE_US (300 * 1000)

#define STOP_US (20 * 1000)

typedef struct
{
  TaRunner parent_instance;

  TestHold *hold; /* const once started; it is over for each GTask that is gone */
} TestHeldRunner;

typedef struct
{
  TaRunnerClass parent_class;
} TestHeldRunnerClass;

static GType test_held_runner_get_type (void);

G_DEFINE_TYPE (TestHeldRunner, test_held_runner, TA_TYPE_RUNNER)

static void
test_held_runner_interrupt (TaRunner *runner)
{
  TestHeldRunner *self = (TestHeldRunner *) runner;

  test_hold_begin (self->hold);
  TA_RUNNER_CLASS (test_held_runner_parent_class)->interrupt (runner);
  test_hold_end ();
}

static void
stop (TestHeldRunner *self)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (ta_runner_stop (TA_RUNNER (self), STOP_US, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
}

static gpointer
stop_thread (gpointer data)
{
  stop (data);

  return NULL;
}

static void
test_held_runner_class_init (TestHeldRunnerClass *klass)
{
  TA_RUNNER_CLASS (klass)->interrupt = test_held_runner_interrupt;
}

static void
test_held_runner_init (TestHeldRunner *self)
{
}

static void
never_func (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  g_assert_not_reached ();
}

static void
called_off_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (g_task_propagate_boolean (G_TASK (result), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  test_assert_message_has (error, "“stuck” stopped before it started the task");
  test_gate_open (data);
}

typedef struct
{
  TaRunner *runner;
  TestHold *hold;
  TestGate  called_off;
} Sender;

/* In a loop that goes on, so that the last reference on a GTask goes as soon as it has been called off. */
static void
send_tasks (gpointer data)
{
  Sender *self = data;

  for (guint i = 0; i < N_TASKS; i++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GTask) task = g_task_new (NULL, cancellable, called_off_cb, &self->called_off);

      g_task_set_task_data (task, &self->hold->over, test_gate_open_cb);
      ta_runner_run_gtask (self->runner, task, never_func);
    }
}

/* FALSE when there are not so many places at which to hold it up. */
static gboolean
interrupt (guint hold_at)
{
  TestHeldRunner *runner = g_object_new (test_held_runner_get_type (), "name", "stuck", NULL);
  g_autoptr (TestWorker) worker = test_worker_new ();
  TestHold               hold;
  Sender                 sender = { .runner = TA_RUNNER (runner), .hold = &hold };
  GThread               *thread;
  TestStuck              stuck;

  test_hold_init (&hold, hold_at, N_TASKS, PATIENCE_US);
  test_gate_init (&sender.called_off);
  runner->hold = &hold;
  g_assert_true (ta_runner_start (TA_RUNNER (runner), NULL));
  test_stuck_init (&stuck, TA_RUNNER (runner));
  test_worker_call (worker, send_tasks, &sender);

  thread = g_thread_new ("stops", stop_thread, runner);
  stop (runner);
  g_thread_join (thread);
  g_assert_cmpint (ta_runner_get_shutdown_type (TA_RUNNER (runner)), ==,
                   TA_SHUTDOWN_TYPE_FAILED_FORCE_STOPPED);
  test_gate_await (&hold.over, N_TASKS);
  g_assert_cmpuint (test_gate_get_count (&sender.called_off), ==, N_TASKS);

  test_stuck_release (&stuck);
  g_object_unref (runner);
  test_stuck_clear (&stuck);
  test_hold_clear (&hold);
  test_gate_clear (&sender.called_off);

  return hold.n_releases >= hold_at;
}

static void
test_two_stops (void)
{
  for (guint i = 1; interrupt (i); i++)
    ;
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv);

  test_add ("/gtask-races/two-stops", test_two_stops);

  return g_test_run ();
}
