/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * Promises 7 and 9: stops that come at any moment, and runners that are dropped in place of a stop, over
 * and over again.
 */

#include "test-util.h"

static void
check_stop (TaRunner *runner, TaShutdownType type)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (ta_runner_stop (runner, TEST_DEADLINE_US, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (ta_runner_get_shutdown_type (runner), ==, type);
}

static void
keep_func (TaTask *task, gpointer data)
{
  g_atomic_pointer_set ((TaPromise **) data, ta_task_take_promise (task));
}

static void
slept_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TaPromise) promise = data;
  GError               *error = NULL;

  g_assert_false (ta_sleep_finish (result, &error));
  ta_promise_return_error (promise, error);
}

static void
sleep_func (TaTask *task, gpointer data)
{
  TaPromise *promise = ta_task_take_promise (task);

  ta_sleep_async (TA_TIMEOUT_INFINITE, ta_promise_get_cancellable (promise), slept_cb, promise);
}

/* To stop again what has ended, however it did, changes nothing. */
static void
test_twice (void)
{
  g_autoptr (TaRunner) runner = test_runner_new_started ("stopped twice");
  g_autoptr (TaRunner) forced = test_runner_new_started ("forced");
  TaPromise           *promise = NULL;
  g_autoptr (TaTask)   task = ta_runner_create_task (forced, keep_func, &promise, NULL);
  TaShutdownType       type;
  gboolean             stopped;

  check_stop (runner, TA_SHUTDOWN_TYPE_STOPPED);
  check_stop (runner, TA_SHUTDOWN_TYPE_STOPPED);

  g_assert_true (ta_runner_wait_for_next_iteration (forced, TEST_DEADLINE_US, NULL, NULL));
  stopped = ta_runner_stop (forced, 300000, NULL, NULL);
  type = ta_runner_get_shutdown_type (forced);
  g_assert_cmpint (
      type, ==, stopped ? TA_SHUTDOWN_TYPE_FORCE_STOPPED : TA_SHUTDOWN_TYPE_FAILED_FORCE_STOPPED);
  g_assert_true (ta_runner_stop (forced, TEST_DEADLINE_US, NULL, NULL) == stopped);
  g_assert_cmpint (ta_runner_get_shutdown_type (forced), ==, type);
  ta_promise_unref (promise);
}

static gpointer
start_thread (gpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (ta_runner_start (data, &error));
  g_assert_no_error (error);

  return NULL;
}

/* A stop that comes before the start has come through is told so, and any later one ends the runner. */
static void
test_while_starting (void)
{
  for (guint i = 0; i < test_repeats (200); i++)
    {
      g_autoptr (TaRunner) runner = ta_runner_new ("stopped early");
      g_autoptr (GThread)  thread = g_thread_new ("starter", start_thread, runner);
      gboolean             stopped = FALSE;

      while (!stopped)
        {
          g_autoptr (GError) error = NULL;

          stopped = ta_runner_stop (runner, TEST_DEADLINE_US, NULL, &error);
          if (!stopped)
            g_assert_error (error, TA_ERROR, TA_ERROR_NOT_RUNNING);
        }
      g_assert_cmpint (ta_runner_get_shutdown_type (runner), ==, TA_SHUTDOWN_TYPE_STOPPED);
      g_thread_join (g_steal_pointer (&thread));
    }
}

typedef struct
{
  gboolean obeys;
  TestGate inside;
  TestGate release;
} Nested;

static void
cancelled_cb (GCancellable *cancellable, gpointer loop)
{
  g_main_loop_quit (loop);
}

static gboolean
look_cb (gpointer data)
{
  Nested *self = data;

  test_gate_open (&self->inside);

  return G_SOURCE_REMOVE;
}

/* A task that runs a main loop of its own inside that of the runner. */
static void
nest_func (TaTask *task, gpointer data)
{
  Nested               *self = data;
  g_autoptr (TaPromise) promise = ta_task_take_promise (task);
  GCancellable         *cancellable = ta_promise_get_cancellable (promise);
  GMainContext         *context = g_main_context_get_thread_default ();
  g_autoptr (GMainLoop) loop = g_main_loop_new (context, FALSE);
  g_autoptr (GSource)   source = g_idle_source_new ();
  gulong                handler = 0;

  g_source_set_callback (source, look_cb, self, NULL);
  g_source_attach (source, context);
  if (self->obeys)
    {
      handler = g_cancellable_connect (cancellable, G_CALLBACK (cancelled_cb), loop, NULL);
      g_main_loop_run (loop);
      g_cancellable_disconnect (cancellable, handler);
    }
  else
    {
      while (test_gate_get_count (&self->release) == 0)
        g_main_context_iteration (context, TRUE);
    }

  if (!ta_promise_return_error_if_cancelled (promise))
    ta_promise_return_boolean (promise, TRUE);
}

/* The stop goes on in the nested loop, whose task is cancelled, and is to quit it. */
static void
test_nested (void)
{
  g_autoptr (TaRunner) runner = test_runner_new_started ("nested");
  Nested               nested = { .obeys = TRUE };
  g_autoptr (TaTask)   task = NULL;
  g_autoptr (GError)   error = NULL;

  test_gate_init (&nested.inside);
  task = ta_runner_create_task (runner, nest_func, &nested, NULL);
  test_gate_await (&nested.inside, 1);
  check_stop (runner, TA_SHUTDOWN_TYPE_STOPPED);
  g_assert_false (ta_future_try_wait (TA_FUTURE (task), NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  test_gate_clear (&nested.inside);
}

/* If it does not, the runner is given up: nobody can quit the loop of somebody else. */
static void
test_nested_for_good (void)
{
  g_autoptr (TaRunner) runner = test_runner_new_started ("nested for good");
  Nested               nested = { .obeys = FALSE };
  g_autoptr (TaTask)   task = NULL;
  g_autoptr (GError)   error = NULL;
  TestGate             exited;

  test_gate_init (&exited);
  test_gate_init (&nested.inside);
  test_gate_init (&nested.release);
  test_runner_watch_thread (runner, &exited);
  task = ta_runner_create_task (runner, nest_func, &nested, NULL);
  test_gate_await (&nested.inside, 1);
  g_assert_false (ta_runner_stop (runner, 100000, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_assert_true (ta_future_get_done (TA_FUTURE (task)));

  test_gate_open (&nested.release);
  g_main_context_wakeup (ta_runner_get_context (runner));
  test_gate_await (&exited, 1);
  test_gate_clear (&exited);
  test_gate_clear (&nested.inside);
  test_gate_clear (&nested.release);
}

static void
return_func (TaTask *task, gpointer data)
{
  g_autoptr (TaPromise) promise = ta_task_take_promise (task);

  ta_promise_return_boolean (promise, TRUE);
}

/* Work in several steps, each in an iteration of its own. */
typedef struct
{
  TaPromise *promise;
  guint      n_left;
} Steps;

static gboolean
step_cb (gpointer data)
{
  Steps *self = data;

  if (self->n_left-- > 0)
    return G_SOURCE_CONTINUE;

  /* It is not over before all of them are. */
  ta_promise_return_boolean (
      self->promise, g_cancellable_is_cancelled (ta_promise_get_cancellable (self->promise)));
  g_clear_pointer (&self->promise, ta_promise_unref);

  return G_SOURCE_REMOVE;
}

static void
begin_steps (Steps *self)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_callback (source, step_cb, self, NULL);
  g_source_attach (source, g_main_context_get_thread_default ());
}

static void
steps_func (TaTask *task, gpointer data)
{
  Steps *self = data;

  self->promise = ta_task_take_promise (task);
  begin_steps (self);
}

static void
clean_up_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_assert_false (ta_sleep_finish (result, NULL));
  begin_steps (data);
}

/* Works until it is cancelled, and then cleans up. */
static void
clean_up_func (TaTask *task, gpointer data)
{
  Steps *self = data;

  self->promise = ta_task_take_promise (task);
  ta_sleep_async (TA_TIMEOUT_INFINITE, ta_promise_get_cancellable (self->promise), clean_up_cb,
                  self);
}

static void
check_boolean (TaTask *task, gboolean expected)
{
  g_auto (GValue)    value = G_VALUE_INIT;
  g_autoptr (GError) error = NULL;

  g_assert_true (ta_future_try_wait (TA_FUTURE (task), &value, &error));
  g_assert_no_error (error);
  g_assert_true (g_value_get_boolean (&value) == expected);
}

/* What was sent before the stop is done, and not cancelled, as long as it does not wait for anything. */
static void
test_catches_up (void)
{
  g_autoptr (TaRunner) runner = test_runner_new_started ("catches up");
  g_autoptr (TaTask)   sent = NULL;
  g_autoptr (TaTask)   stepping = NULL;
  g_autoptr (GError)   error = NULL;
  Steps                steps = { .n_left = 10 };
  TestGate             blocked;
  TestGate             release;
  TestResult           result;

  test_gate_init (&blocked);
  test_gate_init (&release);
  test_runner_block (runner, &blocked, &release);
  stepping = ta_runner_create_task (runner, steps_func, &steps, NULL);
  sent = ta_runner_create_task (runner, return_func, NULL, NULL);
  test_result_init (&result, NULL);
  ta_runner_stop_async (runner, TEST_DEADLINE_US, NULL, test_result_cb, &result);
  test_gate_open (&release);
  TEST_TURN_UNTIL (NULL, result.calls == 1);
  g_assert_true (ta_runner_stop_finish (runner, result.result, &error));
  g_assert_no_error (error);
  check_boolean (sent, TRUE);
  check_boolean (stepping, FALSE);
  test_result_clear (&result);
  test_gate_clear (&blocked);
  test_gate_clear (&release);
}

/* One that is cancelled may take its time, and what it returns is what it comes to. */
static void
test_cleans_up (void)
{
  g_autoptr (TaRunner) runner = test_runner_new_started ("cleans up");
  Steps                steps = { .n_left = 1000 };
  g_autoptr (TaTask)   task = ta_runner_create_task (runner, clean_up_func, &steps, NULL);

  check_stop (runner, TA_SHUTDOWN_TYPE_STOPPED);
  check_boolean (task, TRUE);
  g_assert_null (steps.promise);
}

static gpointer
unref_thread (gpointer data)
{
  g_object_unref (data);

  return NULL;
}

/*
 * Dropped a thousand times, in turn by this thread, by another one, and by the runner's own, with work
 * that has not ended: the thread ends, and everything goes.
 */
static void
test_dropped (void)
{
  const guint repeats = test_repeats (1000);
  TestGate    exited;
  TestGate    gone;

  test_gate_init (&exited);
  test_gate_init (&gone);
  for (guint i = 0; i < repeats; i++)
    {
      TaRunner          *runner = test_runner_new_started ("dropped");
      g_autoptr (TaTask) task = ta_runner_create_task (runner, sleep_func, NULL, NULL);
      g_autoptr (GError) error = NULL;

      test_context_watch (ta_runner_get_context (runner), &gone);
      test_runner_watch_thread (runner, &exited);
      g_object_unref (ta_runner_create_task (runner, sleep_func, NULL, NULL));
      switch (i % 3)
        {
        case 0:
          g_object_unref (runner);
          break;
        case 1:
          g_thread_unref (g_thread_new ("dropper", unref_thread, runner));
          break;
        case 2:
        default:
          g_object_unref (ta_runner_create_task (runner, test_unref_func, runner, NULL));
        }

      g_assert_false (ta_future_wait (TA_FUTURE (task), NULL, TEST_DEADLINE_US, NULL, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_clear_object (&task);
      test_gate_await (&exited, i + 1);
      test_turn_all (NULL);
      test_gate_await (&gone, i + 1);
    }
  test_gate_clear (&exited);
  test_gate_clear (&gone);
}

static void
test_dropped_attached (void)
{
  for (guint i = 0; i < test_repeats (1000); i++)
    {
      TaRunner          *runner = ta_runner_new_for_context (g_main_context_default (), "dropped");
      g_autoptr (TaTask) task = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_true (ta_runner_start (runner, &error));
      task = ta_runner_create_task (runner, sleep_func, NULL, NULL);
      if (i % 2)
        g_main_context_iteration (NULL, FALSE);
      g_thread_join (g_thread_new ("dropper", unref_thread, runner));
      TEST_TURN_UNTIL (NULL, ta_future_get_done (TA_FUTURE (task)));
      g_assert_null (ta_task_get_runner (task));
      g_assert_false (ta_future_try_wait (TA_FUTURE (task), NULL, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    }
}

/* Where there is nothing to be ended the context goes with the runner, though nobody iterates it. */
static void
test_dropped_attached_unused (void)
{
  GMainContext      *context = g_main_context_new ();
  TaRunner          *runner = ta_runner_new_for_context (context, "dropped");
  g_autoptr (TaTask) task = NULL;
  TestGate           gone;

  test_gate_init (&gone);
  test_context_watch (context, &gone);
  g_assert_true (ta_runner_start (runner, NULL));
  task = ta_runner_create_task (runner, sleep_func, NULL, NULL);
  ta_task_cancel (task);
  while (!ta_future_get_done (TA_FUTURE (task)))
    g_main_context_iteration (context, TRUE);
  g_clear_object (&task);

  g_thread_join (g_thread_new ("dropper", unref_thread, runner));
  g_assert_cmpuint (test_gate_get_count (&gone), ==, 0);
  g_main_context_unref (context);
  g_assert_cmpuint (test_gate_get_count (&gone), ==, 1);
  test_gate_clear (&gone);
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv);

  test_add ("/promise-9/twice", test_twice);
  test_add ("/promise-9/while-starting", test_while_starting);
  test_add ("/promise-9/catches-up", test_catches_up);
  test_add ("/promise-9/cleans-up", test_cleans_up);
  test_add ("/promise-9/nested", test_nested);
  test_add ("/promise-9/nested-for-good", test_nested_for_good);
  test_add ("/promise-7/dropped", test_dropped);
  test_add ("/promise-7/dropped-attached", test_dropped_attached);
  test_add ("/promise-7/dropped-attached-unused", test_dropped_attached_unused);

  return g_test_run ();
}
