/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * The end of a runner: promise 9, as far as it is there, and promise 2 for what stop ends.
 */

#include "test-held.h"

#define TASKS 100000

static void
sleep_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TaPromise) promise = data;
  GError               *error = NULL;

  if (ta_sleep_finish (result, &error))
    ta_promise_return_boolean (promise, TRUE);
  else
    ta_promise_return_error (promise, error);
}

/* Sleeps until its task is cancelled. */
static void
sleep_func (TaTask *task, gpointer data)
{
  TaPromise *promise = ta_task_take_promise (task);

  ta_sleep_async (TA_TIMEOUT_INFINITE, ta_promise_get_cancellable (promise), sleep_cb, promise);
}

/* Sleeps with no cancellable: only the stop of its runner can end it. */
static void
sleep_deaf_func (TaTask *task, gpointer data)
{
  ta_sleep_async (TEST_LONG_US, NULL, sleep_cb, ta_task_take_promise (task));
}

static void
wait_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TaPromise) promise = data;
  GError               *error = NULL;

  g_assert_false (ta_future_wait_finish (TA_FUTURE (source), result, NULL, &error));
  ta_promise_return_error (promise, error);
}

/* Waits for a future that never comes, with no cancellable. */
static void
wait_deaf_func (TaTask *task, gpointer data)
{
  ta_future_wait_async (data, TA_TIMEOUT_INFINITE, NULL, wait_cb, ta_task_take_promise (task));
}

static void
count_destroy (gpointer data)
{
  g_atomic_int_inc ((int *) data);
}

/* Waits that were started on the runner end with it, whoever else could have ended them. */
static void
test_ends_waits (void)
{
  g_autoptr (TaRunner)  runner = test_runner_new_started ("with waits");
  g_autoptr (TaPromise) promise = ta_promise_new ();
  g_autoptr (TaFuture)  future = ta_promise_get_future (promise);
  g_autoptr (TaTask)    sleeper = ta_runner_create_task (runner, sleep_func, NULL, NULL);
  g_autoptr (TaTask)    deaf = ta_runner_create_task (runner, sleep_deaf_func, NULL, NULL);
  g_autoptr (TaTask)    waiter = ta_runner_create_task (runner, wait_deaf_func, future, NULL);

  test_check_stop (runner, TEST_DEADLINE_US, TA_SHUTDOWN_TYPE_STOPPED);
  test_check_cancelled (sleeper);
  test_check_cancelled (deaf);
  test_check_cancelled (waiter);
  g_assert_false (ta_future_get_done (future));
  ta_promise_return_int (promise, 1);
}

/* Sleeps again whenever it is woken; without a task, which would be waited for. */
static void
sleep_again_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  guint             *n_wakes = data;

  g_assert_false (ta_sleep_finish (result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  if (++*n_wakes < 50)
    ta_sleep_async (TEST_LONG_US, NULL, sleep_again_cb, n_wakes);
}

static void
start_sleep_cb (gpointer data)
{
  ta_sleep_async (TEST_LONG_US, NULL, sleep_again_cb, data);
}

/* What is started when it is all over ends at once, and is called back as everything else. */
static void
test_ends_late_waits (void)
{
  g_autoptr (TaRunner) runner = test_runner_new_started ("with late waits");
  guint                n_wakes = 0;

  g_assert_true (ta_runner_call_in_loop (runner, start_sleep_cb, &n_wakes, NULL, TEST_DEADLINE_US,
                                         NULL, NULL));
  test_check_stop (runner, TEST_DEADLINE_US, TA_SHUTDOWN_TYPE_STOPPED);
  g_assert_cmpuint (n_wakes, ==, 50);
}

static void
test_many_tasks (void)
{
  g_autoptr (TaRunner)  runner = test_runner_new_started ("busy");
  g_autoptr (GPtrArray) tasks = g_ptr_array_new_with_free_func (g_object_unref);
  int                   destroys = 0;

  for (guint i = 0; i < TASKS; i++)
    g_ptr_array_add (tasks, ta_runner_create_task (runner, i % 2 ? sleep_func : sleep_deaf_func,
                                                   &destroys, count_destroy));

  test_check_stop (runner, TEST_DEADLINE_US, TA_SHUTDOWN_TYPE_STOPPED);
  g_assert_cmpint (destroys, ==, TASKS);
  for (guint i = 0; i < TASKS; i++)
    test_check_cancelled (g_ptr_array_index (tasks, i));
}

typedef struct
{
  TaRunner *runner;
  TestGate  exited;
  TestGate  began;
  TestGate  ended;
} Stopper;

static gpointer
stop_thread (gpointer data)
{
  Stopper *stopper = data;

  test_gate_open (&stopper->began);
  test_check_stop (stopper->runner, TEST_DEADLINE_US, TA_SHUTDOWN_TYPE_STOPPED);
  g_assert_cmpuint (test_gate_get_count (&stopper->exited), ==, 1);
  test_gate_open (&stopper->ended);

  return NULL;
}

static void
stopper_init (Stopper *self, TaRunner *runner)
{
  self->runner = runner;
  test_gate_init (&self->exited);
  test_runner_watch_thread (runner, &self->exited);
  test_gate_init (&self->began);
  test_gate_init (&self->ended);
}

static void
stopper_clear (Stopper *self)
{
  test_gate_clear (&self->exited);
  test_gate_clear (&self->began);
  test_gate_clear (&self->ended);
}

/* Tasks that the loop had not come to yet: each ends, and each is let go of once. */
static void
test_many_unstarted_tasks (void)
{
  g_autoptr (TaRunner)  runner = test_runner_new_started ("busy");
  g_autoptr (GPtrArray) tasks = g_ptr_array_new_with_free_func (g_object_unref);
  const guint           n_tasks = test_repeats (TASKS);
  int                   destroys = 0;
  GThread              *thread;
  TestGate              blocked;
  TestGate              release;
  Stopper               stopper;

  test_gate_init (&blocked);
  test_gate_init (&release);
  stopper_init (&stopper, runner);
  test_runner_block (runner, &blocked, &release);

  for (guint i = 0; i < n_tasks; i++)
    g_ptr_array_add (tasks, ta_runner_create_task (runner, sleep_func, &destroys, count_destroy));

  thread = g_thread_new ("stopper", stop_thread, &stopper);
  test_gate_await (&stopper.began, 1);
  test_gate_open (&release);
  test_gate_await (&stopper.ended, 1);
  g_thread_join (thread);

  g_assert_cmpint (destroys, ==, (int) n_tasks);
  for (guint i = 0; i < n_tasks; i++)
    test_check_cancelled (g_ptr_array_index (tasks, i));

  stopper_clear (&stopper);
  test_gate_clear (&blocked);
  test_gate_clear (&release);
}

/* Threads that stop at the same time all wait for the same end: that of the runner's thread. */
static void
test_together (void)
{
  for (guint i = 0; i < test_repeats (200); i++)
    {
      g_autoptr (TaRunner) runner = test_runner_new_started ("stopped by all");
      g_autoptr (TaTask)   task = ta_runner_create_task (runner, sleep_func, NULL, NULL);
      GThread             *threads[3];
      Stopper              stopper;

      stopper_init (&stopper, runner);
      for (guint j = 0; j < G_N_ELEMENTS (threads); j++)
        threads[j] = g_thread_new ("stopper", stop_thread, &stopper);
      test_check_stop (runner, TEST_DEADLINE_US, TA_SHUTDOWN_TYPE_STOPPED);
      g_assert_cmpuint (test_gate_get_count (&stopper.exited), ==, 1);
      test_check_cancelled (task);
      for (guint j = 0; j < G_N_ELEMENTS (threads); j++)
        g_thread_join (threads[j]);
      stopper_clear (&stopper);
    }
}

typedef struct
{
  TaRunner *runner;
  guint     n_created; /* runner's thread */
  TestGate  many;
  TestGate  refused;
} Breeder;

/* Each task makes another, until that is refused. */
static void
breed_func (TaTask *task, gpointer data)
{
  Breeder              *breeder = data;
  g_autoptr (TaPromise) promise = ta_task_take_promise (task);
  g_autoptr (TaTask)    next = ta_runner_create_task (breeder->runner, breed_func, breeder, NULL);
  g_autoptr (GError)    error = NULL;

  if (ta_future_try_wait (TA_FUTURE (next), NULL, &error))
    g_assert_not_reached ();
  if (g_error_matches (error, TA_ERROR, TA_ERROR_NOT_RUNNING))
    test_gate_open (&breeder->refused);
  else
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);

  if (++breeder->n_created == 1000)
    test_gate_open (&breeder->many);
  ta_promise_return_boolean (promise, TRUE);
}

static void
test_while_breeding (void)
{
  g_autoptr (TaRunner) runner = test_runner_new_started ("breeding");
  Breeder              breeder = { .runner = runner };
  g_autoptr (TaTask)   first = NULL;

  test_gate_init (&breeder.many);
  test_gate_init (&breeder.refused);
  first = ta_runner_create_task (runner, breed_func, &breeder, NULL);
  test_gate_await (&breeder.many, 1);
  test_check_stop (runner, TEST_DEADLINE_US, TA_SHUTDOWN_TYPE_STOPPED);
  g_assert_cmpuint (test_gate_get_count (&breeder.refused), <=, 1);
  test_gate_clear (&breeder.many);
  test_gate_clear (&breeder.refused);
}

typedef struct
{
  TaRunner *runner;
  guint     n_accepted;
  int       destroys;
} Creator;

static gpointer
create_thread (gpointer data)
{
  Creator *self = data;
  guint    n_created = 0;

  for (;;)
    {
      g_autoptr (TaTask) task =
          ta_runner_create_task (self->runner, n_created % 2 ? sleep_func : sleep_deaf_func,
                                 &self->destroys, count_destroy);
      g_autoptr (GError) error = NULL;

      n_created++;
      ta_future_try_wait (TA_FUTURE (task), NULL, &error);
      if (g_error_matches (error, TA_ERROR, TA_ERROR_NOT_RUNNING))
        break;
      self->n_accepted++;
      if (n_created % 100 == 0)
        ta_runner_wait_for_next_iteration (self->runner, TEST_DEADLINE_US, NULL, NULL);
    }
  self->n_accepted++;

  return NULL;
}

/* Threads that go on creating meet the end, each at one moment, and lose nothing. */
static void
test_while_threads_create (void)
{
  for (guint i = 0; i < test_repeats (20); i++)
    {
      g_autoptr (TaRunner) runner = test_runner_new_started ("fed");
      Creator              creators[2] = { { .runner = runner }, { .runner = runner } };
      GThread             *threads[2];

      for (guint j = 0; j < 2; j++)
        threads[j] = g_thread_new ("creator", create_thread, &creators[j]);
      ta_runner_wait_for_next_iteration (runner, TEST_DEADLINE_US, NULL, NULL);
      test_check_stop (runner, TEST_DEADLINE_US, TA_SHUTDOWN_TYPE_STOPPED);
      for (guint j = 0; j < 2; j++)
        {
          g_thread_join (threads[j]);
          g_assert_cmpint (creators[j].destroys, ==, (int) creators[j].n_accepted);
        }
    }
}

/* Stopping without blocking; the callback comes to whoever asked. */
static void
test_async (void)
{
  g_autoptr (TaRunner) runner = test_runner_new_started ("stopped politely");
  g_autoptr (TaTask)   task = ta_runner_create_task (runner, sleep_func, NULL, NULL);
  g_autoptr (GError)   error = NULL;
  TestResult           results[3];

  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      test_result_init (&results[i], NULL);
      TEST_OUTSIDE (&results[i], ta_runner_stop_async (runner, TEST_DEADLINE_US, NULL,
                                                       test_result_cb, &results[i]));
    }

  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      TEST_TURN_UNTIL (NULL, results[i].calls == 1);
      g_assert_true (results[i].source == G_OBJECT (runner));
      g_assert_true (ta_runner_stop_finish (runner, results[i].result, &error));
      g_assert_no_error (error);
      test_result_clear (&results[i]);
    }

  g_assert_cmpint (ta_runner_get_shutdown_type (runner), ==, TA_SHUTDOWN_TYPE_STOPPED);
  test_check_cancelled (task);

  test_result_init (&results[0], NULL);
  TEST_OUTSIDE (&results[0], ta_runner_stop_async (runner, 0, NULL, test_result_cb, &results[0]));
  TEST_TURN_UNTIL (NULL, results[0].calls == 1);
  g_assert_true (ta_runner_stop_finish (runner, results[0].result, &error));
  test_result_clear (&results[0]);
}

typedef struct
{
  TaRunner *runner;
  TestGate *called;
} StopInside;

static void
stopped_inside_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  StopInside        *self = data;
  g_autoptr (GError) error = NULL;

  g_assert_true (source == G_OBJECT (self->runner));
  g_assert_true (ta_runner_is_in_loop (self->runner));
  g_assert_true (ta_runner_stop_finish (self->runner, result, &error));
  g_assert_no_error (error);
  g_assert_false (ta_runner_get_running (self->runner));
  test_gate_open (self->called);
}

static void
stop_inside_cb (gpointer data)
{
  StopInside *self = data;

  ta_runner_stop_async (self->runner, TEST_DEADLINE_US, NULL, stopped_inside_cb, self);
  g_assert_cmpuint (test_gate_get_count (self->called), ==, 0);
}

/* A runner may stop itself, and is told of its end as the last thing that it does. */
static void
test_async_from_inside (void)
{
  g_autoptr (TaRunner) runner = test_runner_new_started ("stops itself");
  g_autoptr (TaTask)   task = ta_runner_create_task (runner, sleep_func, NULL, NULL);
  StopInside           inside = { .runner = runner };
  TestGate             exited;
  TestGate             called;

  test_gate_init (&exited);
  test_gate_init (&called);
  inside.called = &called;
  test_runner_watch_thread (runner, &exited);
  g_assert_true (
      ta_runner_call_in_loop (runner, stop_inside_cb, &inside, NULL, TEST_DEADLINE_US, NULL, NULL));
  test_gate_await (&exited, 1);
  g_assert_cmpuint (test_gate_get_count (&called), ==, 1);
  test_check_cancelled (task);
  test_check_stop (runner, 0, TA_SHUTDOWN_TYPE_STOPPED);
  test_gate_clear (&exited);
  test_gate_clear (&called);
}

static gpointer
cancel_thread (gpointer cancellable)
{
  g_cancellable_cancel (cancellable);

  return NULL;
}

/* To cancel the call ends the wait for the stop, but not the stop. */
static void
test_cancelled (void)
{
  g_autoptr (TaRunner)     runner = test_runner_new_started ("busy");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError)       error = NULL;
  GThread                 *thread;
  TestGate                 blocked;
  TestGate                 release;
  TestGate                 exited;

  test_gate_init (&blocked);
  test_gate_init (&release);
  test_gate_init (&exited);
  test_runner_watch_thread (runner, &exited);
  test_runner_block (runner, &blocked, &release);
  thread = g_thread_new ("canceller", cancel_thread, cancellable);
  g_assert_false (ta_runner_stop (runner, TEST_DEADLINE_US, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_thread_join (thread);
  g_assert_cmpint (ta_runner_get_shutdown_type (runner), ==, TA_SHUTDOWN_TYPE_NOT_SHUT_DOWN);

  test_gate_open (&release);
  test_check_stop (runner, TEST_DEADLINE_US, TA_SHUTDOWN_TYPE_STOPPED);
  g_assert_cmpuint (test_gate_get_count (&exited), ==, 1);
  test_gate_clear (&blocked);
  test_gate_clear (&release);
  test_gate_clear (&exited);
}

static void
test_invalid_timeout (void)
{
  g_autoptr (TaRunner) runner = test_runner_new_started ("not stopped");
  g_autoptr (GError)   error = NULL;
  TestResult           result;

  g_assert_false (ta_runner_stop (runner, -3, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);

  test_result_init (&result, NULL);
  TEST_OUTSIDE (&result, ta_runner_stop_async (runner, G_MININT64, NULL, test_result_cb, &result));
  TEST_TURN_UNTIL (NULL, result.calls == 1);
  g_assert_false (ta_runner_stop_finish (runner, result.result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  test_result_clear (&result);

  g_assert_true (ta_runner_get_running (runner));
  test_runner_stop (runner);
}

int
main (int argc, char *argv[])
{
  test_init (&argc, &argv);

  test_add ("/promise-2/stop-ends-waits", test_ends_waits);
  test_add ("/promise-2/stop-ends-late-waits", test_ends_late_waits);
  test_add ("/promise-9/many-tasks", test_many_tasks);
  test_add ("/promise-9/many-unstarted-tasks", test_many_unstarted_tasks);
  test_add ("/promise-9/together", test_together);
  test_add ("/promise-9/while-breeding", test_while_breeding);
  test_add ("/promise-9/while-threads-create", test_while_threads_create);
  test_add ("/promise-9/async", test_async);
  test_add ("/promise-9/async-from-inside", test_async_from_inside);
  test_add ("/promise-9/cancelled", test_cancelled);
  test_add ("/promise-9/invalid-timeout", test_invalid_timeout);

  return g_test_run ();
}
