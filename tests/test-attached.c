/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * Runners that are attached to a context which somebody else iterates, and runners that have been
 * derived from.
 */

#include "test-util.h"

typedef struct
{
  TestWitness   witness;
  TaRunner     *runner;
  GMainContext *pushed;
  guint         calls;
  guint         destroys;
} Look;

static void
look_func (TaTask *task, gpointer data)
{
  Look                 *look = data;
  g_autoptr (TaPromise) promise = ta_task_take_promise (task);

  test_witness_see (&look->witness);
  g_assert_true (ta_runner_is_in_loop (look->runner));
  look->pushed = g_main_context_get_thread_default ();
  look->calls++;
  ta_promise_return_int (promise, 3);
}

static void
look_destroy (gpointer data)
{
  Look *look = data;

  test_witness_see (&look->witness);
  look->destroys++;
}

static void
start (TaRunner *runner)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (ta_runner_start (runner, &error));
  g_assert_no_error (error);
  g_assert_true (ta_runner_get_running (runner));
}

typedef struct
{
  TaRunner *runner;
  Look     *look;
  TaTask   *task;
} Creation;

static void
create_in_thread (gpointer data)
{
  Creation *creation = data;

  creation->look->witness.inside_call = TRUE;
  creation->task =
      ta_runner_create_task (creation->runner, look_func, creation->look, look_destroy);
  creation->look->witness.inside_call = FALSE;
}

/* Work from another thread runs where the context is iterated, with it as thread-default. */
static void
test_runs_there (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (TaRunner)     runner = ta_runner_new_for_context (context, "attached");
  Look                     look = { .runner = runner };
  Creation                 creation = { runner, &look, NULL };
  g_autoptr (GError)       error = NULL;
  g_autoptr (TaTask)       task = NULL;

  g_assert_cmpstr (ta_runner_get_name (runner), ==, "attached");
  g_assert_false (ta_runner_get_running (runner));
  g_assert_true (ta_runner_get_context (runner) == context);
  start (runner);

  test_witness_init (&look.witness, context);
  test_thread_call (create_in_thread, &creation);
  task = creation.task;
  g_assert_cmpuint (look.calls, ==, 0);
  TEST_TURN_UNTIL (context, look.destroys == 1);
  g_assert_cmpuint (look.calls, ==, 1);
  g_assert_true (look.pushed == context);
  g_assert_null (g_main_context_get_thread_default ());
  g_assert_true (ta_future_wait (TA_FUTURE (task), NULL, 0, NULL, &error));

  test_runner_stop (runner);
  g_assert_false (ta_runner_get_running (runner));
  test_turn_all (context);
}

/* From the thread itself it runs no earlier than in the next turn. */
static void
test_not_inside_the_call (void)
{
  TaRunner          *runner = ta_runner_get_default ();
  Look               look = { .runner = runner };
  Creation           creation = { runner, &look, NULL };
  g_autoptr (TaTask) task = NULL;
  g_autoptr (GError) error = NULL;

  test_witness_init (&look.witness, NULL);
  create_in_thread (&creation);
  task = creation.task;
  g_assert_cmpuint (look.calls, ==, 0);
  TEST_TURN_UNTIL (NULL, look.destroys == 1);
  g_assert_true (ta_future_try_wait (TA_FUTURE (task), NULL, &error));
  g_assert_true (look.pushed == NULL || look.pushed == g_main_context_default ());
}

static void
check_owned (GMainContext *context, const char *owner)
{
  g_autoptr (TaRunner) second = ta_runner_new_for_context (context, "second");
  g_autoptr (GError)   error = NULL;

  g_assert_false (ta_runner_start (second, &error));
  g_assert_error (error, TA_ERROR, TA_ERROR_FAILED);
  test_assert_message_has (error, owner);
  g_assert_false (ta_runner_get_running (second));
}

/* The context of a threaded runner is taken. */
static void
test_owned_context (void)
{
  g_autoptr (TaRunner)     owner = test_runner_new_started ("the owner");
  g_autoptr (GMainContext) context = g_main_context_ref (ta_runner_get_context (owner));

  check_owned (context, "the owner");
  check_owned (context, "the owner");
  g_assert_true (ta_runner_get_running (owner));
  test_runner_stop (owner);
}

static void
hold_func (TaTask *task, gpointer data)
{
  TaPromise **promise = data;

  *promise = ta_task_take_promise (task);
}

static void
cancelled_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  TaPromise *promise = data;
  GError    *error = NULL;

  g_assert_false (ta_sleep_finish (result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  ta_promise_return_error (promise, error);
  ta_promise_unref (promise);
}

static void
sleep_func (TaTask *task, gpointer data)
{
  TaPromise *promise = ta_task_take_promise (task);

  ta_sleep_async (TA_TIMEOUT_INFINITE, ta_promise_get_cancellable (promise), cancelled_cb, promise);
}

/* Stopping from another thread cancels what is left, and detaches: the context goes on. */
static void
test_stop_from_thread (void)
{
  g_autoptr (TestWorker) worker = test_worker_new ();
  g_autoptr (TaRunner)   runner =
      ta_runner_new_for_context (test_worker_get_context (worker), "attached");
  g_autoptr (TaTask) sleeper = NULL;
  g_autoptr (TaTask) late = NULL;
  g_autoptr (GError) error = NULL;

  start (runner);
  sleeper = ta_runner_create_task (runner, sleep_func, NULL, NULL);
  test_runner_stop (runner);
  g_assert_false (ta_future_wait (TA_FUTURE (sleeper), NULL, TEST_DEADLINE_US, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);

  late = ta_runner_create_task (runner, sleep_func, NULL, NULL);
  g_assert_false (ta_future_try_wait (TA_FUTURE (late), NULL, &error));
  g_assert_error (error, TA_ERROR, TA_ERROR_NOT_RUNNING);

  /* The worker's loop is nobody's but its own. */
  test_worker_call (worker, NULL, NULL);
}

typedef struct
{
  TaRunner *runner;
  gboolean  stopped;
} Stopper;

static gpointer
stop_thread (gpointer data)
{
  Stopper *stopper = data;

  test_runner_stop (stopper->runner);
  g_atomic_int_set (&stopper->stopped, TRUE);
  g_main_context_wakeup (ta_runner_get_context (stopper->runner));

  return NULL;
}

/* The same while this thread iterates the context. */
static void
test_stop_while_iterating (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (TaRunner)     runner = ta_runner_new_for_context (context, "iterated here");
  Stopper                  stopper = { runner, FALSE };
  g_autoptr (TaTask)       task = NULL;
  g_autoptr (GError)       error = NULL;
  GThread                 *thread;

  start (runner);
  task = ta_runner_create_task (runner, sleep_func, NULL, NULL);
  thread = g_thread_new ("stopper", stop_thread, &stopper);
  TEST_TURN_UNTIL (context, g_atomic_int_get (&stopper.stopped));
  g_thread_join (thread);
  g_assert_false (ta_future_try_wait (TA_FUTURE (task), NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* Two runners can share a context; each has its own life. */
static void
test_two_on_one_context (void)
{
  g_autoptr (TestWorker) worker = test_worker_new ();
  GMainContext          *context = test_worker_get_context (worker);
  g_autoptr (TaRunner)   first = ta_runner_new_for_context (context, "first");
  g_autoptr (TaRunner)   second = ta_runner_new_for_context (context, "second");
  TaPromise             *promise = NULL;
  g_autoptr (TaTask)     task = NULL;
  g_autoptr (GError)     error = NULL;

  start (first);
  start (second);
  task = ta_runner_create_task (second, hold_func, &promise, NULL);
  test_runner_stop (first);
  test_worker_call (worker, NULL, NULL);
  g_assert_nonnull (promise);
  g_assert_false (ta_future_get_done (TA_FUTURE (task)));
  ta_promise_return_int (promise, 4);
  ta_promise_unref (promise);
  g_assert_true (ta_future_wait (TA_FUTURE (task), NULL, TEST_DEADLINE_US, NULL, &error));
  test_runner_stop (second);
}

static gpointer
stop_together_thread (gpointer runner)
{
  test_runner_stop (runner);
  g_assert_false (ta_runner_get_running (runner));

  return NULL;
}

/* Threads that stop it at the same time all return after its end. */
static void
test_stop_together (void)
{
  for (guint i = 0; i < test_repeats (100); i++)
    {
      g_autoptr (GMainContext) context = g_main_context_new ();
      g_autoptr (TaRunner)     runner = ta_runner_new_for_context (context, "stopped by all");
      TaTask                  *tasks[100];
      GThread                 *threads[3];

      start (runner);
      for (guint j = 0; j < G_N_ELEMENTS (tasks); j++)
        tasks[j] = ta_runner_create_task (runner, sleep_func, NULL, NULL);
      for (guint j = 0; j < G_N_ELEMENTS (threads); j++)
        threads[j] = g_thread_new ("stopper", stop_together_thread, runner);
      for (guint j = 0; j < G_N_ELEMENTS (threads); j++)
        g_thread_join (threads[j]);
      for (guint j = 0; j < G_N_ELEMENTS (tasks); j++)
        {
          g_assert_true (ta_future_get_done (TA_FUTURE (tasks[j])));
          g_object_unref (tasks[j]);
        }
      test_turn_all (context);
    }
}

typedef struct
{
  GMainContext *context;
  int           n_run;
  int           n_wanted;
} Shared;

typedef struct
{
  Shared *shared;
  int     number;
} SharedTask;

static void
shared_func (TaTask *task, gpointer data)
{
  SharedTask           *self = data;
  g_autoptr (TaPromise) promise = ta_task_take_promise (task);

  g_assert_true (g_main_context_is_owner (self->shared->context));
  g_assert_true (g_main_context_get_thread_default () == self->shared->context);
  g_assert_cmpint (g_atomic_int_add (&self->shared->n_run, 1), ==, self->number);
  ta_promise_return_int (promise, self->number);
}

static gpointer
iterate_thread (gpointer data)
{
  Shared *shared = data;
  gint64  end = g_get_monotonic_time () + TEST_DEADLINE_US;

  while (g_atomic_int_get (&shared->n_run) < shared->n_wanted)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      if (!g_main_context_iteration (shared->context, FALSE))
        g_thread_yield ();
    }

  return NULL;
}

/* A context that several threads iterate, now one and now another: all is done once, in order. */
static void
test_iterated_by_many (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (TaRunner)     runner = ta_runner_new_for_context (context, "shared");
  Shared                   shared = { context, 0, (int) test_repeats (20000) };
  GThread                 *threads[3];

  start (runner);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("iterating", iterate_thread, &shared);
  for (int i = 0; i < shared.n_wanted; i++)
    {
      SharedTask *task = g_new (SharedTask, 1);

      *task = (SharedTask){ &shared, i };
      g_object_unref (ta_runner_create_task (runner, shared_func, task, g_free));
    }
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  test_runner_stop (runner);
  test_turn_all (context);
}

#define TEST_TYPE_RUNNER (test_runner_get_type ())

G_DECLARE_FINAL_TYPE (TestRunner, test_runner, TEST, RUNNER, TaRunner)

struct _TestRunner
{
  TaRunner  parent_instance;
  TestGate *exited;
  GThread  *thread;
  gboolean  chain_up;
  gboolean  set_up;
  gboolean  cleaned_up;
};

G_DEFINE_FINAL_TYPE (TestRunner, test_runner, TA_TYPE_RUNNER)

static void
test_runner_run (TaRunner *runner)
{
  TestRunner *self = TEST_RUNNER (runner);

  g_assert_null (self->thread);
  g_assert_true (ta_runner_is_in_loop (runner));
  g_assert_true (g_main_context_get_thread_default () == ta_runner_get_context (runner));
  self->thread = g_thread_self ();
  self->set_up = TRUE;
  if (self->chain_up)
    TA_RUNNER_CLASS (test_runner_parent_class)->run (runner);
  self->cleaned_up = TRUE;
  test_gate_open (self->exited);
}

static void
test_runner_class_init (TestRunnerClass *klass)
{
  TA_RUNNER_CLASS (klass)->run = test_runner_run;
}

static void
test_runner_init (TestRunner *self)
{
  self->chain_up = TRUE;
}

static void
check_set_up (gpointer data)
{
  TestRunner *self = data;

  g_assert_true (self->set_up);
  g_assert_false (self->cleaned_up);
  g_assert_true (self->thread == g_thread_self ());
}

/* The class can bracket the loop, in the runner's own thread. */
static void
test_derived (void)
{
  g_autoptr (TestRunner) derived = g_object_new (TEST_TYPE_RUNNER, "name", "derived", NULL);
  TaRunner              *runner = TA_RUNNER (derived);
  g_autoptr (GError)     error = NULL;
  TestGate               exited;

  test_gate_init (&exited);
  derived->exited = &exited;
  start (runner);
  g_assert_true (
      ta_runner_call_in_loop (runner, check_set_up, derived, NULL, TEST_DEADLINE_US, NULL, &error));
  test_runner_stop (runner);
  g_assert_true (derived->cleaned_up);
  g_assert_true (derived->thread != g_thread_self ());
  g_assert_cmpuint (test_gate_get_count (&exited), ==, 1);
  test_gate_clear (&exited);
}

/* One that doesn't run the loop ends without having been asked to, and says so. */
static void
test_derived_ends_early (void)
{
  g_autoptr (TestRunner) derived = g_object_new (TEST_TYPE_RUNNER, "name", "brief", NULL);
  TaRunner              *runner = TA_RUNNER (derived);
  g_autoptr (TaTask)     task = NULL;
  TestWitness            witness;
  TestGate               exited;

  test_gate_init (&exited);
  test_witness_init (&witness, NULL);
  derived->exited = &exited;
  derived->chain_up = FALSE;
  g_signal_connect (runner, "notify::running", G_CALLBACK (test_witness_notify_cb), &witness);
  g_assert_true (ta_runner_start (runner, NULL));
  TEST_TURN_UNTIL (NULL, witness.count > 0 && !ta_runner_get_running (runner));
  test_gate_await (&exited, 1);
  g_assert_cmpint (ta_runner_get_shutdown_type (runner), ==, TA_SHUTDOWN_TYPE_UNKNOWN);

  task = ta_runner_create_task (runner, sleep_func, NULL, NULL);
  g_assert_true (ta_future_get_done (TA_FUTURE (task)));
  g_signal_handlers_disconnect_by_data (runner, &witness);
  test_gate_clear (&exited);
}

int
main (int argc, char *argv[])
{
  test_init (&argc, &argv);

  test_add ("/attached/runs-there", test_runs_there);
  test_add ("/attached/not-inside-the-call", test_not_inside_the_call);
  test_add ("/attached/owned-context", test_owned_context);
  test_add ("/attached/stop-from-thread", test_stop_from_thread);
  test_add ("/attached/stop-while-iterating", test_stop_while_iterating);
  test_add ("/attached/two-on-one-context", test_two_on_one_context);
  test_add ("/attached/stop-together", test_stop_together);
  test_add ("/attached/iterated-by-many", test_iterated_by_many);
  test_add ("/derived/run", test_derived);
  test_add ("/derived/ends-early", test_derived_ends_early);

  return g_test_run ();
}
