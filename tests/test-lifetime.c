/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * Promise 7: the last reference may go in any thread, the runner's own included; it waits for
 * nothing, and calls nobody back.
 */

#include "test-util.h"

/* A started runner whose last reference somebody drops, and what is seen of its end. */
typedef struct
{
  TaRunner *runner;
  TestGate  exited;
  TestGate  gone;
} Dropped;

static void
dropped_init (Dropped *self)
{
  self->runner = test_runner_new_started ("dropped");
  test_gate_init (&self->exited);
  test_gate_init (&self->gone);
  test_runner_watch_thread (self->runner, &self->exited);
  test_context_watch (ta_runner_get_context (self->runner), &self->gone);
  g_object_add_weak_pointer (G_OBJECT (self->runner), (gpointer *) &self->runner);
}

/* The thread ends by itself, and nothing is left. */
static void
dropped_clear (Dropped *self)
{
  test_gate_await (&self->exited, 1);
  test_gate_await (&self->gone, 1);
  g_assert_null (self->runner);
  test_gate_clear (&self->exited);
  test_gate_clear (&self->gone);
}

static void
drop_cb (gpointer data)
{
  Dropped *self = data;

  g_object_unref (self->runner);
}

static void
drop_func (TaTask *task, gpointer data)
{
  g_autoptr (TaPromise) promise = ta_task_take_promise (task);

  drop_cb (data);
  ta_promise_return_boolean (promise, TRUE);
}

static void
return_func (TaTask *task, gpointer data)
{
  g_autoptr (TaPromise) promise = ta_task_take_promise (task);

  ta_promise_return_boolean (promise, TRUE);
}

static void
test_runner_never_started (void)
{
  TaRunner *runner = ta_runner_new ("never started");

  g_object_add_weak_pointer (G_OBJECT (runner), (gpointer *) &runner);
  g_object_unref (runner);
  g_assert_null (runner);
}

static void
test_runner_in_main (void)
{
  Dropped dropped;

  dropped_init (&dropped);
  drop_cb (&dropped);
  dropped_clear (&dropped);
}

static void
test_runner_in_thread (void)
{
  Dropped dropped;

  dropped_init (&dropped);
  test_thread_call (drop_cb, &dropped);
  dropped_clear (&dropped);
}

/* In its own thread: by a task, by a destroy notify, and by a callback. */
static void
test_runner_in_own_task (void)
{
  Dropped            dropped;
  g_autoptr (TaTask) task = NULL;
  g_autoptr (GError) error = NULL;

  dropped_init (&dropped);
  task = ta_runner_create_task (dropped.runner, drop_func, &dropped, NULL);
  ta_future_wait (TA_FUTURE (task), NULL, TEST_DEADLINE_US, NULL, &error);
  g_assert_no_error (error);
  test_gate_await (&dropped.exited, 1);
  g_assert_null (ta_task_get_runner (task));
  g_clear_object (&task);
  dropped_clear (&dropped);
}

static void
test_runner_in_own_destroy (void)
{
  Dropped dropped;

  dropped_init (&dropped);
  g_object_unref (ta_runner_create_task (dropped.runner, return_func, &dropped, drop_cb));
  dropped_clear (&dropped);
}

static void
slept_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_assert_true (ta_sleep_finish (result, NULL));
  drop_cb (data);
}

static void
sleep_cb (gpointer data)
{
  ta_sleep_async (1000, NULL, slept_cb, data);
}

static void
test_runner_in_own_callback (void)
{
  Dropped dropped;

  dropped_init (&dropped);
  g_assert_true (ta_runner_call_in_loop (dropped.runner, sleep_cb, &dropped, NULL, TEST_DEADLINE_US,
                                         NULL, NULL));
  dropped_clear (&dropped);
}

static void
drop_in_notify_cb (GObject *object, GParamSpec *pspec, gpointer data)
{
  Dropped *self = data;

  g_signal_handlers_disconnect_by_data (object, data);
  if (self->runner != NULL)
    g_object_unref (self->runner);
}

/* In a notification of its own, after its end. */
static void
test_runner_in_notify (void)
{
  Dropped dropped;

  dropped_init (&dropped);
  g_signal_connect (dropped.runner, "notify::running", G_CALLBACK (drop_in_notify_cb), &dropped);
  test_runner_stop (dropped.runner);
  TEST_TURN_UNTIL (NULL, dropped.runner == NULL);
  dropped_clear (&dropped);
}

/* To wait here would be to wait for ever: the loop goes on only after the reference has gone. */
static void
test_runner_while_blocked (void)
{
  Dropped  dropped;
  TestGate blocked;
  TestGate release;

  test_gate_init (&blocked);
  test_gate_init (&release);
  dropped_init (&dropped);
  test_runner_block (dropped.runner, &blocked, &release);
  drop_cb (&dropped);
  g_assert_cmpuint (test_gate_get_count (&dropped.exited), ==, 0);
  test_gate_open (&release);
  dropped_clear (&dropped);
  test_gate_clear (&blocked);
  test_gate_clear (&release);
}

static void
deaf_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TaPromise) promise = data;
  GError               *error = NULL;

  g_assert_false (ta_sleep_finish (result, &error));
  ta_promise_return_error (promise, error);
}

static void
deaf_func (TaTask *task, gpointer data)
{
  ta_sleep_async (TEST_LONG_US, NULL, deaf_cb, ta_task_take_promise (task));
}

static void
obedient_func (TaTask *task, gpointer data)
{
  TaPromise *promise = ta_task_take_promise (task);

  ta_sleep_async (TEST_LONG_US, ta_promise_get_cancellable (promise), deaf_cb, promise);
}

/* Who waits for a task of a runner that nobody has any more is told of its end. */
static void
test_runner_with_tasks (void)
{
  Dropped            dropped;
  g_autoptr (TaTask) task = NULL;
  g_autoptr (GError) error = NULL;
  TestResult         result;

  dropped_init (&dropped);
  task = ta_runner_create_task (dropped.runner, deaf_func, NULL, NULL);
  test_result_init (&result, NULL);
  TEST_OUTSIDE (&result, ta_future_wait_async (TA_FUTURE (task), TA_TIMEOUT_DEFAULT, NULL,
                                               test_result_cb, &result));
  TEST_OUTSIDE (&result, drop_cb (&dropped));
  TEST_TURN_UNTIL (NULL, result.calls == 1);
  g_assert_false (ta_future_wait_finish (TA_FUTURE (task), result.result, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  test_result_clear (&result);
  g_clear_object (&task);
  test_turn_all (NULL);
  dropped_clear (&dropped);
}

/* An attached runner: its tasks end where the context is iterated, and the context is let go of. */
static void
test_attached_runner (void)
{
  GMainContext      *context = g_main_context_new ();
  TaRunner          *runner = ta_runner_new_for_context (context, "attached");
  g_autoptr (TaTask) task = NULL;
  g_autoptr (GError) error = NULL;
  TestGate           gone;

  test_gate_init (&gone);
  test_context_watch (context, &gone);
  g_object_add_weak_pointer (G_OBJECT (runner), (gpointer *) &runner);
  g_assert_true (ta_runner_start (runner, NULL));
  task = ta_runner_create_task (runner, obedient_func, NULL, NULL);
  g_object_unref (runner);
  g_assert_null (runner);

  TEST_TURN_UNTIL (context, ta_future_get_done (TA_FUTURE (task)));
  g_assert_false (ta_future_try_wait (TA_FUTURE (task), NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_object (&task);
  test_turn_all (context);
  g_main_context_unref (context);
  g_assert_cmpuint (test_gate_get_count (&gone), ==, 1);
  test_gate_clear (&gone);
}

/* The last reference on a promise, in the context that waits: the callback comes in a later turn. */
static void
test_promise_deferred (void)
{
  TaPromise           *promise = ta_promise_new ();
  g_autoptr (TaFuture) future = ta_promise_get_future (promise);
  g_autoptr (GError)   error = NULL;
  TestResult           result;

  test_result_init (&result, NULL);
  TEST_OUTSIDE (&result,
                ta_future_wait_async (future, TEST_LONG_US, NULL, test_result_cb, &result));
  TEST_OUTSIDE (&result, ta_promise_unref (promise));
  g_assert_true (ta_future_get_done (future));
  TEST_TURN_UNTIL (NULL, result.calls == 1);
  g_assert_false (ta_future_wait_finish (future, result.result, NULL, &error));
  g_assert_error (error, TA_ERROR, TA_ERROR_DROPPED);
  test_result_clear (&result);
}

typedef struct
{
  TaFuture *future;
  guint     calls;
} OwnCallback;

static void
unref_in_callback_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  OwnCallback *self = data;

  g_assert_true (ta_future_wait_finish (self->future, result, NULL, NULL));
  self->calls++;
  g_object_unref (self->future);
}

static void
unref_in_notify_cb (GObject *object, GParamSpec *pspec, gpointer data)
{
  OwnCallback *self = data;

  self->calls++;
  g_object_unref (self->future);
}

/* The last reference on a future, in its own callback, and in its own notification. */
static void
test_future_in_callback (void)
{
  TaPromise  *promise = ta_promise_new ();
  OwnCallback own = { ta_promise_get_future (promise), 0 };

  g_object_add_weak_pointer (G_OBJECT (own.future), (gpointer *) &own.future);
  ta_future_wait_async (own.future, TEST_LONG_US, NULL, unref_in_callback_cb, &own);
  ta_promise_return_int (promise, 1);
  ta_promise_unref (promise);
  TEST_TURN_UNTIL (NULL, own.future == NULL);
  g_assert_cmpuint (own.calls, ==, 1);

  promise = ta_promise_new ();
  own.future = ta_promise_get_future (promise);
  g_object_add_weak_pointer (G_OBJECT (own.future), (gpointer *) &own.future);
  g_signal_connect (own.future, "notify::done", G_CALLBACK (unref_in_notify_cb), &own);
  ta_promise_return_int (promise, 1);
  ta_promise_unref (promise);
  TEST_TURN_UNTIL (NULL, own.future == NULL);
  g_assert_cmpuint (own.calls, ==, 2);
}

typedef struct
{
  TaTask   *task;
  TestGate *gone;
} LastTask;

static void
task_gone_cb (gpointer data, GObject *where_the_object_was)
{
  test_gate_open (data);
}

static void
unref_own_func (TaTask *task, gpointer data)
{
  LastTask             *last = data;
  g_autoptr (TaPromise) promise = ta_task_take_promise (task);

  test_gate_await (last->gone, 1);
  g_assert_true (last->task == task);
  g_object_weak_ref (G_OBJECT (task), task_gone_cb, last->gone);
  g_object_unref (last->task);
  ta_promise_return_boolean (promise, TRUE);
}

/* The last reference on a task, in its own function, before it returns. */
static void
test_task_in_function (void)
{
  g_autoptr (TaRunner) runner = test_runner_new_started ("own");
  LastTask             last;
  TestGate             gone;

  test_gate_init (&gone);
  last.gone = &gone;
  last.task = ta_runner_create_task (runner, unref_own_func, &last, NULL);
  test_gate_open (&gone);
  test_gate_await (&gone, 2);
  test_runner_stop (runner);
  test_gate_clear (&gone);
}

/* Last references of all kinds that race, from threads that know nothing of each other. */
static gpointer
unref_thread (gpointer object)
{
  g_object_unref (object);

  return NULL;
}

static gpointer
unref_promise_thread (gpointer promise)
{
  ta_promise_unref (promise);

  return NULL;
}

static void
hand_over_func (TaTask *task, gpointer data)
{
  TaPromise **promise = data;

  *promise = ta_task_take_promise (task);
}

static void
test_race (void)
{
  for (guint i = 0; i < test_repeats (300); i++)
    {
      TaPromise *promise = NULL;
      Dropped    dropped;
      TaTask    *task;
      GThread   *threads[3];

      dropped_init (&dropped);
      task = ta_runner_create_task (dropped.runner, hand_over_func, &promise, NULL);
      g_assert_true (
          ta_runner_wait_for_next_iteration (dropped.runner, TEST_DEADLINE_US, NULL, NULL));
      ta_future_wait_async (TA_FUTURE (task), TEST_LONG_US, NULL, NULL, NULL);
      threads[0] = g_thread_new ("unref", unref_thread, dropped.runner);
      threads[1] = g_thread_new ("unref", unref_thread, task);
      threads[2] = g_thread_new ("unref", unref_promise_thread, promise);
      for (guint j = 0; j < G_N_ELEMENTS (threads); j++)
        g_thread_join (threads[j]);
      test_gate_await (&dropped.exited, 1);
      test_turn_all (NULL);
      dropped_clear (&dropped);
    }
}

int
main (int argc, char *argv[])
{
  test_init (&argc, &argv);

  test_add ("/promise-7/runner-never-started", test_runner_never_started);
  test_add ("/promise-7/runner-in-main", test_runner_in_main);
  test_add ("/promise-7/runner-in-thread", test_runner_in_thread);
  test_add ("/promise-7/runner-in-own-task", test_runner_in_own_task);
  test_add ("/promise-7/runner-in-own-destroy", test_runner_in_own_destroy);
  test_add ("/promise-7/runner-in-own-callback", test_runner_in_own_callback);
  test_add ("/promise-7/runner-in-notify", test_runner_in_notify);
  test_add ("/promise-7/runner-while-blocked", test_runner_while_blocked);
  test_add ("/promise-7/runner-with-tasks", test_runner_with_tasks);
  test_add ("/promise-7/attached-runner", test_attached_runner);
  test_add ("/promise-7/promise-deferred", test_promise_deferred);
  test_add ("/promise-7/future-in-callback", test_future_in_callback);
  test_add ("/promise-7/task-in-function", test_task_in_function);
  test_add ("/promise-7/race", test_race);

  return g_test_run ();
}
