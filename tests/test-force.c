/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * Promise 9, where work does not end by itself: it is cancelled, and ended by force.
 */

#include "test-forced.h"
#include "test-held.h"

static void
return_func (TaTask *task, gpointer data)
{
  g_autoptr (TaPromise) promise = ta_task_take_promise (task);

  ta_promise_return_boolean (promise, TRUE);
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

  test_check_cancelled (first);
  test_check_cancelled (second);
  g_assert_true (g_cancellable_is_cancelled (ta_promise_get_cancellable (kept[0])));

  /* What comes too late is lost, without a word. */
  ta_promise_return_int (kept[0], 1);
  test_check_cancelled (first);
  ta_promise_unref (kept[0]);
  ta_promise_unref (kept[1]);
  test_check_cancelled (second);
  test_gate_clear (&exited);

  return in_time;
}

/* Tasks that don't listen are ended by force, within the time. */
static void
test_forced (void)
{
  test_until_in_time (stop_by_force);
}

/* Work that has begun: a task whose promise is kept, and a GTask that is. */
typedef struct
{
  TaPromise    *promise;
  GTask        *kept;
  GCancellable *cancellable; /* of the GTask */
} Begun;

static void
keep_gtask_func (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Begun *self = data;

  self->kept = g_object_ref (task);
}

static void
begun_init (Begun *self, TaRunner *runner)
{
  g_autoptr (GTask) task = NULL;

  self->cancellable = g_cancellable_new ();
  task = g_task_new (NULL, self->cancellable, NULL, NULL);
  g_task_set_task_data (task, self, NULL);
  ta_runner_run_gtask (runner, task, keep_gtask_func);
  g_object_unref (ta_runner_create_task (runner, keep_func, &self->promise, NULL));
}

/* The runner has ended: all of it has been asked to end too. */
static void
begun_check_and_clear (Begun *self)
{
  g_assert_true (g_cancellable_is_cancelled (ta_promise_get_cancellable (self->promise)));
  g_assert_true (g_cancellable_is_cancelled (self->cancellable));

  ta_promise_unref (self->promise);
  g_task_return_boolean (self->kept, TRUE);
  g_object_unref (self->kept);
  g_object_unref (self->cancellable);
}

/* Where there is no time to wait for tasks, they are cancelled all the same: calls of GIO go on else. */
static void
test_forced_cancels (void)
{
  for (gint64 timeout_us = 0; timeout_us < 3; timeout_us++)
    {
      g_autoptr (GError) error = NULL;
      TestHeld           held;
      Begun              begun;

      test_held_init (&held, "without time");
      begun_init (&begun, held.runner);
      g_assert_true (ta_runner_wait_for_next_iteration (held.runner, TEST_DEADLINE_US, NULL, NULL));
      test_check_forced (held.runner, ta_runner_stop (held.runner, timeout_us, NULL, &error),
                         &error);
      test_gate_await (&held.exited, 1);
      begun_check_and_clear (&begun);
      test_held_clear (&held);
    }
}

/* A runner whose loop ends when it likes. */
typedef struct
{
  TaRunner parent_instance;
  int      is_over; /* atomic */
} TestBriefRunner;

typedef struct
{
  TaRunnerClass parent_class;
} TestBriefRunnerClass;

static GType test_brief_runner_get_type (void);

G_DEFINE_TYPE (TestBriefRunner, test_brief_runner, TA_TYPE_RUNNER)

static void
test_brief_runner_run (TaRunner *runner)
{
  TestBriefRunner *self = (TestBriefRunner *) runner;

  while (!g_atomic_int_get (&self->is_over))
    g_main_context_iteration (ta_runner_get_context (runner), TRUE);
}

static void
test_brief_runner_class_init (TestBriefRunnerClass *klass)
{
  TA_RUNNER_CLASS (klass)->run = test_brief_runner_run;
}

static void
test_brief_runner_init (TestBriefRunner *self)
{
}

/* The same where nobody has asked the loop to end. */
static void
test_ends_early_cancels (void)
{
  TestBriefRunner *runner = g_object_new (test_brief_runner_get_type (), "name", "brief", NULL);
  TestGate         exited;
  Begun            begun;

  test_gate_init (&exited);
  g_assert_true (ta_runner_start (TA_RUNNER (runner), NULL));
  test_runner_watch_thread (TA_RUNNER (runner), &exited);
  begun_init (&begun, TA_RUNNER (runner));
  g_assert_true (
      ta_runner_wait_for_next_iteration (TA_RUNNER (runner), TEST_DEADLINE_US, NULL, NULL));

  g_atomic_int_set (&runner->is_over, TRUE);
  g_main_context_wakeup (ta_runner_get_context (TA_RUNNER (runner)));
  test_gate_await (&exited, 1);
  begun_check_and_clear (&begun);

  test_check_stop (TA_RUNNER (runner), TA_TIMEOUT_DEFAULT, TA_SHUTDOWN_TYPE_UNKNOWN);
  g_object_unref (runner);
  test_gate_clear (&exited);
}

/* No time at all, or hardly any: however it goes, the thread ends, and nothing is left. */
static void
test_no_time (void)
{
  for (guint i = 0; i < test_repeats (500); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (TaTask) task = NULL;
      TestHeld           held;

      test_held_init (&held, "in a hurry");
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
      test_held_clear (&held);
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
  TestHeld                 held;

  test_held_init (&held, "with a clock");
  g_assert_true (
      ta_runner_call_in_loop (held.runner, tick_call, &ticker, NULL, TEST_DEADLINE_US, NULL, NULL));
  test_check_stop (held.runner, TEST_DEADLINE_US, TA_SHUTDOWN_TYPE_STOPPED);
  g_assert_cmpuint (ticker.ended, >=, 1);

  /* What could not be called back any more is not waited for either. */
  g_cancellable_cancel (cancellable);
  test_held_clear (&held);
}

static void
nested_slept_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  *(gboolean *) data = TRUE;
}

static void
nested_func (TaTask *task, gpointer data)
{
  TestHeld             *held = data;
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
  TestHeld           held;

  test_held_init (&held, "nested");
  task = ta_runner_create_task (held.runner, nested_func, &held, NULL);
  test_gate_await (&held.blocked, 1);
  test_check_stop (held.runner, TEST_DEADLINE_US, TA_SHUTDOWN_TYPE_STOPPED);
  test_check_cancelled (task);
  g_clear_object (&task);
  test_held_clear (&held);
}

int
main (int argc, char *argv[])
{
  test_init (&argc, &argv);

  test_add ("/promise-9/forced", test_forced);
  test_add ("/promise-9/forced-cancels", test_forced_cancels);
  test_add ("/promise-9/ends-early-cancels", test_ends_early_cancels);
  test_add ("/promise-9/no-time", test_no_time);
  test_add ("/promise-9/restarted-waits", test_restarted_waits);
  test_add ("/promise-9/nested", test_nested);

  return g_test_run ();
}
