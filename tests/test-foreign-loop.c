/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * A runner whose class brings an event loop of its own: a queue of jobs, which any thread adds to.
 */

#include "test-debug-util.h"
#include "test-greedy.h"

#define FOREIGN_TYPE_RUNNER (foreign_runner_get_type ())
G_DECLARE_FINAL_TYPE (ForeignRunner, foreign_runner, FOREIGN, RUNNER, TaRunner)

typedef struct
{
  TestFunc func;
  gpointer data;
} Job;

struct _ForeignRunner
{
  TaRunner parent_instance;

  GMutex mutex;
  GQueue jobs; /* mutex */

  gint64 timeout_us; /* const: of an iteration while there are no jobs */
  int    n_full;     /* atomic: how many of them took all of this time */
  int    n_brief;    /* atomic: how many did not */
};

G_DEFINE_FINAL_TYPE (ForeignRunner, foreign_runner, TA_TYPE_RUNNER)

static Job *
next_job (ForeignRunner *self)
{
  Job *job;

  g_mutex_lock (&self->mutex);
  job = g_queue_pop_head (&self->jobs);
  g_mutex_unlock (&self->mutex);

  return job;
}

static gboolean
has_jobs (ForeignRunner *self)
{
  gboolean result;

  g_mutex_lock (&self->mutex);
  result = !g_queue_is_empty (&self->jobs);
  g_mutex_unlock (&self->mutex);

  return result;
}

static void
foreign_runner_run (TaRunner *runner)
{
  ForeignRunner *self = FOREIGN_RUNNER (runner);
  gboolean       goes_on;

  do
    {
      Job   *job = next_job (self);
      gint64 start;

      if (job != NULL)
        {
          job->func (job->data);
          g_free (job);
        }

      start = g_get_monotonic_time ();
      goes_on = ta_runner_iterate (runner, has_jobs (self) ? 0 : self->timeout_us);
      if (g_get_monotonic_time () - start >= self->timeout_us)
        g_atomic_int_inc (&self->n_full);
      else
        g_atomic_int_inc (&self->n_brief);
    }
  while (goes_on);
}

static void
foreign_runner_finalize (GObject *object)
{
  ForeignRunner *self = FOREIGN_RUNNER (object);

  g_queue_clear_full (&self->jobs, g_free);
  g_mutex_clear (&self->mutex);

  G_OBJECT_CLASS (foreign_runner_parent_class)->finalize (object);
}

static void
foreign_runner_class_init (ForeignRunnerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = foreign_runner_finalize;
  TA_RUNNER_CLASS (klass)->run = foreign_runner_run;
}

static void
foreign_runner_init (ForeignRunner *self)
{
  g_mutex_init (&self->mutex);
  g_queue_init (&self->jobs);
  self->timeout_us = TA_TIMEOUT_INFINITE;
}

/* Gives the foreign loop something to do. */
static void
add_job (ForeignRunner *self, TestFunc func, gpointer data)
{
  Job *job = g_new (Job, 1);

  *job = (Job){ func, data };
  g_mutex_lock (&self->mutex);
  g_queue_push_tail (&self->jobs, job);
  g_mutex_unlock (&self->mutex);
}

static void
send_job (ForeignRunner *self, TestFunc func, gpointer data)
{
  add_job (self, func, data);
  ta_runner_wake_up (TA_RUNNER (self));
}

static ForeignRunner *
start_foreign (void)
{
  ForeignRunner     *self = g_object_new (FOREIGN_TYPE_RUNNER, "name", "foreign", NULL);
  g_autoptr (GError) error = NULL;

  ta_runner_start (TA_RUNNER (self), &error);
  g_assert_no_error (error);

  return self;
}

static void
stop_foreign (ForeignRunner *self)
{
  test_runner_stop (TA_RUNNER (self));
  g_assert_cmpint (ta_runner_get_shutdown_type (TA_RUNNER (self)), ==, TA_SHUTDOWN_TYPE_STOPPED);
  g_object_unref (self);
}

static void
answer (TaTask *task, gpointer data)
{
  g_autoptr (TaPromise) promise = ta_task_take_promise (task);

  g_assert_true (ta_runner_is_in_loop (data));
  g_assert_true (g_main_context_get_thread_default () == ta_runner_get_context (data));
  ta_promise_return_int (promise, 42);
}

static void
check_answer (TaRunner *runner)
{
  g_autoptr (TaTask) task = ta_runner_create_task (runner, answer, runner, NULL);
  g_autoptr (GError) error = NULL;
  GValue             value = G_VALUE_INIT;
  gint64             number;

  ta_future_wait (TA_FUTURE (task), &value, TEST_DEADLINE_US, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (ta_value_take_int (&value, &number, NULL));
  g_assert_cmpint (number, ==, 42);
}

static void
test_tasks (void)
{
  ForeignRunner *runner = start_foreign ();

  for (guint i = 0; i < test_repeats (1000); i++)
    check_answer (TA_RUNNER (runner));
  stop_foreign (runner);
}

/* The waits of the library end as in any other loop. */
static void
slept_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TaPromise) promise = data;
  GError               *error = NULL;

  if (ta_sleep_finish (result, &error))
    ta_promise_return_int (promise, 1);
  else
    ta_promise_return_error (promise, error);
}

static void
sleep_func (TaTask *task, gpointer data)
{
  TaPromise *promise = ta_task_take_promise (task);

  ta_sleep_async (GPOINTER_TO_INT (data), ta_promise_get_cancellable (promise), slept_cb, promise);
}

static void
test_sleep_and_stop (void)
{
  ForeignRunner     *runner = start_foreign ();
  g_autoptr (TaTask) brief =
      ta_runner_create_task (TA_RUNNER (runner), sleep_func, GINT_TO_POINTER (1000), NULL);
  g_autoptr (TaTask) endless = ta_runner_create_task (TA_RUNNER (runner), sleep_func,
                                                      GINT_TO_POINTER (TA_TIMEOUT_INFINITE), NULL);
  g_autoptr (GError) error = NULL;

  ta_future_wait (TA_FUTURE (brief), NULL, TEST_DEADLINE_US, NULL, &error);
  g_assert_no_error (error);
  stop_foreign (runner);
  g_assert_false (ta_future_try_wait (TA_FUTURE (endless), NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* No job that another thread has sent is left lying while the loop sleeps. */
static gpointer
send_jobs (gpointer data)
{
  ForeignRunner *runner = data;
  TestGate       done;

  test_gate_init (&done);
  for (guint i = 1; i <= test_repeats (10000); i++)
    {
      send_job (runner, test_gate_open_cb, &done);
      if (i % 3 == 0)
        test_gate_await (&done, i);
    }
  test_gate_await (&done, test_repeats (10000));
  test_gate_clear (&done);

  return NULL;
}

static void
test_wake_up (void)
{
  ForeignRunner *runner = start_foreign ();
  GThread       *threads[3];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("sender", send_jobs, runner);
  for (guint i = 0; i < test_repeats (1000); i++)
    check_answer (TA_RUNNER (runner));
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  stop_foreign (runner);
}

/* Jobs that each add the next, as a coroutine does, in the loop's own thread without a wake-up. */
typedef struct
{
  ForeignRunner *runner;
  int            left; /* atomic */
  TestGate      *begun;
  TestGate      *go_on;
} Chain;

static void
link_cb (gpointer data)
{
  Chain *chain = data;

  if (chain->begun != NULL)
    {
      test_gate_open (chain->begun);
      test_gate_await (chain->go_on, 1);
      chain->begun = NULL;
    }
  if (g_atomic_int_add (&chain->left, -1) > 1)
    add_job (chain->runner, link_cb, chain);
}

/* The runner is at rest when the foreign loop has nothing more to do, however many turns it takes. */
static void
test_at_rest (void)
{
  ForeignRunner     *runner = start_foreign ();
  TestGate           begun, go_on;
  g_autoptr (GError) error = NULL;

  test_gate_init (&begun);
  test_gate_init (&go_on);

  for (guint i = 1; i <= 50; i++)
    {
      Chain      chain = { runner, (int) i, &begun, &go_on };
      TestResult result;

      test_result_init (&result, NULL);
      send_job (runner, link_cb, &chain);
      test_gate_await (&begun, i);
      ta_runner_wait_for_next_iteration_async (TA_RUNNER (runner), TEST_DEADLINE_US, NULL,
                                               test_result_cb, &result);
      test_gate_open (&go_on);
      TEST_TURN_UNTIL (NULL, result.calls == 1);
      g_assert_cmpint (g_atomic_int_get (&chain.left), ==, 0);
      ta_runner_wait_for_next_iteration_finish (TA_RUNNER (runner), result.result, &error);
      g_assert_no_error (error);
      test_result_clear (&result);
    }

  stop_foreign (runner);
  test_gate_clear (&begun);
  test_gate_clear (&go_on);
}

/* A foreign loop that always has something to do does not keep others from going on. */
static void
test_never_at_rest (void)
{
  ForeignRunner     *runner = start_foreign ();
  Chain              chain = { runner, G_MAXINT, NULL, NULL };
  g_autoptr (GError) error = NULL;

  send_job (runner, link_cb, &chain);
  ta_runner_wait_for_next_iteration (TA_RUNNER (runner), TEST_DEADLINE_US, NULL, &error);
  g_assert_no_error (error);
  check_answer (TA_RUNNER (runner));
  stop_foreign (runner);
}

/* An iteration in which nothing happens does not return before its time, but then it does. */
static void
test_timeout (void)
{
  ForeignRunner     *runner = g_object_new (FOREIGN_TYPE_RUNNER, NULL);
  const gint64       end = g_get_monotonic_time () + TEST_DEADLINE_US;
  g_autoptr (GError) error = NULL;

  runner->timeout_us = 2000;
  ta_runner_start (TA_RUNNER (runner), &error);
  g_assert_no_error (error);

  while (g_atomic_int_get (&runner->n_full) < 10)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_usleep (1000);
    }
  test_runner_stop (TA_RUNNER (runner));

  /* Those that the start and the stop have ended. */
  g_assert_cmpint (g_atomic_int_get (&runner->n_brief), <=, 10);
  g_object_unref (runner);
}

/* What the other loop is at others can see, but not which of its jobs that is; what is a binding's own they
 * do not see. */
static void
check_seen (gint64 stall_threshold, const char *seen, gboolean is_timed)
{
  ForeignRunner *runner = g_object_new (FOREIGN_TYPE_RUNNER, "name", "foreign", "stall-threshold",
                                        stall_threshold, NULL);
  g_autoptr (TaTask) internal = NULL;
  g_autoptr (TaTask) task = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char   *dump = NULL;
  GValue             value = G_VALUE_INIT;
  TestGreedy         block;

  g_assert_true (ta_runner_start (TA_RUNNER (runner), &error));
  g_assert_no_error (error);
  /* Before its first iteration nothing tells that there is another loop. */
  check_answer (TA_RUNNER (runner));
  test_greedy_init (&block);
  send_job (runner, test_greedy_cb, &block);
  test_gate_await (&block.blocked, 1);

  internal = ta_runner_create_task (TA_RUNNER (runner), answer, runner, NULL);
  ta_task_set_name (internal, "[threaded-async] internal");
  task = ta_runner_create_task (TA_RUNNER (runner), answer, runner, NULL);
  g_assert_false (ta_future_wait (TA_FUTURE (task), &value, 50 * 1000, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  if (is_timed)
    test_check_has (error->message, seen);
  else
    g_assert_null (strstr (error->message, "a source"));

  dump = ta_debug_dup_tasks ();
  test_check_has (dump, seen);
  g_assert_null (strstr (dump, "internal"));

  test_gate_open (&block.release);
  check_answer (TA_RUNNER (runner));
  stop_foreign (runner);
  test_greedy_clear (&block);
}

static void
test_seen (void)
{
  check_seen (0, "its loop is at a coroutine or callback of its event loop", FALSE);
}

static void
test_seen_by_watcher (void)
{
  check_seen (TEST_LONG_US,
              "loop has been busy with a coroutine or callback of its event loop for ", TRUE);
}

static void
iterate_now (gpointer runner)
{
  ta_runner_iterate (runner, 0);
}

static void
test_misuse (void)
{
  g_autoptr (TaRunner) runner = ta_runner_new ("usual");

  ta_runner_wake_up (runner);

  test_expect_critical ("*ta_runner_iterate*");
  iterate_now (runner);
  g_test_assert_expected_messages ();

  g_assert_true (ta_runner_start (runner, NULL));
  ta_runner_wake_up (runner);
  check_answer (runner);

  test_expect_critical ("*ta_runner_iterate*");
  iterate_now (runner);
  g_test_assert_expected_messages ();

  test_runner_stop (runner);
  ta_runner_wake_up (runner);
}

int
main (int argc, char *argv[])
{
  test_init (&argc, &argv);

  test_add ("/foreign-loop/tasks", test_tasks);
  test_add ("/foreign-loop/sleep-and-stop", test_sleep_and_stop);
  test_add ("/foreign-loop/wake-up", test_wake_up);
  test_add ("/foreign-loop/at-rest", test_at_rest);
  test_add ("/foreign-loop/never-at-rest", test_never_at_rest);
  test_add ("/foreign-loop/timeout", test_timeout);
  test_add ("/foreign-loop/seen", test_seen);
  test_add ("/foreign-loop/seen-by-watcher", test_seen_by_watcher);
  test_add ("/foreign-loop/misuse", test_misuse);

  return g_test_run ();
}
