/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * Promises 7 and 9, where the loop of a runner has ended and its thread has not: it calls those back who
 * waited for the end from the inside, and whoever stops the runner joins it.
 */

/* For RTLD_NEXT. */
#define _GNU_SOURCE

#include "test-forced.h"
#include "test-held.h"

#include <dlfcn.h>

static void
return_func (TaTask *task, gpointer data)
{
  g_autoptr (TaPromise) promise = ta_task_take_promise (task);

  ta_promise_return_boolean (promise, TRUE);
}

/* A runner whose thread is held up by a callback after its loop has ended. */
typedef struct
{
  TestHeld  held;
  TaFuture *never; /* what the callback waits for, or NULL if it waits for the test */
} Late;

static void
late_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Late              *self = data;
  g_autoptr (GError) error = NULL;

  g_assert_true (ta_runner_stop_finish (TA_RUNNER (source), result, &error));
  g_assert_no_error (error);

  test_gate_open (&self->held.blocked);
  if (self->never == NULL)
    {
      test_gate_await (&self->held.release, 1);
      return;
    }

  g_assert_false (ta_future_wait (self->never, NULL, TEST_DEADLINE_US, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
stop_call (gpointer data)
{
  Late *self = data;

  ta_runner_stop_async (self->held.runner, TEST_DEADLINE_US, NULL, late_cb, self);
}

/* Returns when the callback holds the thread up. */
static void
late_init (Late *self, TaFuture *never)
{
  g_autoptr (GError) error = NULL;

  self->never = never;
  test_held_init (&self->held, "late");
  g_assert_true (ta_runner_call_in_loop (self->held.runner, stop_call, self, NULL, TEST_DEADLINE_US,
                                         NULL, &error));
  test_gate_await (&self->held.blocked, 1);
  g_assert_false (ta_runner_get_running (self->held.runner));
  g_assert_cmpint (ta_runner_get_shutdown_type (self->held.runner), ==, TA_SHUTDOWN_TYPE_STOPPED);
}

/* When all is over, nothing is left. */
static void
late_clear (Late *self)
{
  test_gate_open (&self->held.release);
  test_held_clear (&self->held);
}

/* A thread that is stuck when its loop has ended takes no longer to stop than one whose loop is. */
static void
test_stuck (void)
{
  Late late;

  late_init (&late, NULL);

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (ta_runner_stop (late.held.runner, 50000, NULL, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
      test_assert_message_has (error, "late");
      g_assert_cmpint (ta_runner_get_shutdown_type (late.held.runner), ==,
                       TA_SHUTDOWN_TYPE_FAILED_FORCE_STOPPED);
      g_assert_cmpuint (test_gate_get_count (&late.held.exited), ==, 0);
    }

  late_clear (&late);
}

/* The same where nobody is to be blocked, and the end is told of. */
static void
test_stuck_async (void)
{
  g_autoptr (GError) error = NULL;
  TestWitness        witness;
  TestResult         result;
  Late               late;

  late_init (&late, NULL);
  test_turn_all (NULL);
  test_witness_init (&witness, NULL);
  g_signal_connect (late.held.runner, "notify::shutdown-type", G_CALLBACK (test_witness_notify_cb),
                    &witness);

  test_result_init (&result, NULL);
  TEST_OUTSIDE (&result,
                ta_runner_stop_async (late.held.runner, 50000, NULL, test_result_cb, &result));
  TEST_TURN_UNTIL (NULL, result.calls == 1);
  g_assert_false (ta_runner_stop_finish (late.held.runner, result.result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  test_result_clear (&result);

  TEST_TURN_UNTIL (NULL, witness.count == 1);
  g_assert_cmpint (ta_runner_get_shutdown_type (late.held.runner), ==,
                   TA_SHUTDOWN_TYPE_FAILED_FORCE_STOPPED);
  g_signal_handlers_disconnect_by_data (late.held.runner, &witness);
  late_clear (&late);
}

/* A class whose way of getting a thread unstuck takes longer than it is given. */
typedef struct
{
  TaRunner parent_instance;

  /* Const once started. */
  TestGate *interrupted;
  TestGate *called_back;
} TestSlowRunner;

typedef struct
{
  TaRunnerClass parent_class;
} TestSlowRunnerClass;

static GType test_slow_runner_get_type (void);

G_DEFINE_TYPE (TestSlowRunner, test_slow_runner, TA_TYPE_RUNNER)

/* After how long an asynchronous stop gives up. */
#define SLOW_STOP_US (50 * 1000)

static void
test_slow_runner_interrupt (TaRunner *runner)
{
  TestSlowRunner *self = (TestSlowRunner *) runner;

  test_gate_open (self->interrupted);
  test_gate_await (self->called_back, 1);
  /* Until it is time to give up; what is right does not depend on it. */
  g_usleep (SLOW_STOP_US);
}

static void
test_slow_runner_class_init (TestSlowRunnerClass *klass)
{
  TA_RUNNER_CLASS (klass)->interrupt = test_slow_runner_interrupt;
}

static void
test_slow_runner_init (TestSlowRunner *self)
{
}

typedef struct
{
  TaRunner *runner;
  TestGate  blocked;
  TestGate  interrupted;
  TestGate  called_back;
  TestGate  release;
} Asker;

static void
asker_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Asker *self = data;

  g_assert_true (ta_runner_stop_finish (TA_RUNNER (source), result, NULL));
  test_gate_open (&self->called_back);
  test_gate_await (&self->release, 1);
}

/* Asks twice for the end from the inside, and holds the loop up until it is interrupted. */
static void
ask_func (TaTask *task, gpointer data)
{
  Asker *self = data;

  ta_runner_stop_async (self->runner, TEST_DEADLINE_US, NULL, asker_cb, self);
  ta_runner_stop_async (self->runner, TEST_DEADLINE_US, NULL, asker_cb, self);
  test_gate_open (&self->blocked);
  test_gate_await (&self->interrupted, 1);
  return_func (task, NULL);
}

/* A loop that ends while it is being given up has ended, and calls all those back who asked for it. */
static void
test_ends_while_given_up (void)
{
  TestSlowRunner    *slow = g_object_new (test_slow_runner_get_type (), "name", "slow", NULL);
  Asker              asker = { .runner = TA_RUNNER (slow) };
  g_autoptr (GError) error = NULL;
  TestGate           exited;
  TestResult         result;

  test_gate_init (&asker.blocked);
  test_gate_init (&asker.interrupted);
  test_gate_init (&asker.called_back);
  test_gate_init (&asker.release);
  test_gate_init (&exited);
  slow->interrupted = &asker.interrupted;
  slow->called_back = &asker.called_back;
  g_assert_true (ta_runner_start (asker.runner, NULL));
  test_runner_watch_thread (asker.runner, &exited);
  g_object_unref (ta_runner_create_task (asker.runner, ask_func, &asker, NULL));
  test_gate_await (&asker.blocked, 1);

  test_result_init (&result, NULL);
  TEST_OUTSIDE (&result,
                ta_runner_stop_async (asker.runner, SLOW_STOP_US, NULL, test_result_cb, &result));
  test_gate_await (&asker.called_back, 1);
  /* The library's own thread gives up about now. */
  g_usleep (2 * SLOW_STOP_US);
  test_gate_open (&asker.release);
  test_gate_await (&exited, 1);
  g_assert_cmpuint (test_gate_get_count (&asker.called_back), ==, 2);

  TEST_TURN_UNTIL (NULL, result.calls == 1);
  ta_runner_stop_finish (asker.runner, result.result, &error);
  g_assert_no_error (error);
  g_assert_cmpint (ta_runner_get_shutdown_type (asker.runner), ==, TA_SHUTDOWN_TYPE_FORCE_STOPPED);

  test_result_clear (&result);
  g_object_unref (slow);
  test_gate_clear (&asker.blocked);
  test_gate_clear (&asker.interrupted);
  test_gate_clear (&asker.called_back);
  test_gate_clear (&asker.release);
  test_gate_clear (&exited);
}

/* FALSE if the machine was too busy for the thread to end in time. */
static gboolean
stop_interrupted (void)
{
  TaRunner          *other = test_runner_new_started ("other");
  TestStuck          stuck;
  TaTask            *never;
  g_autoptr (GError) error = NULL;
  Late               late;
  gboolean           in_time;

  test_stuck_init (&stuck, other);
  never = ta_runner_create_task (other, return_func, NULL, NULL);
  late_init (&late, TA_FUTURE (never));

  in_time = ta_runner_stop (late.held.runner, TEST_STUCK_TIMEOUT_US, NULL, &error);
  if (in_time)
    {
      g_assert_no_error (error);
      g_assert_cmpint (ta_runner_get_shutdown_type (late.held.runner), ==,
                       TA_SHUTDOWN_TYPE_STOPPED);
      g_assert_cmpuint (test_gate_get_count (&late.held.exited), ==, 1);
    }
  else
    {
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
    }
  late_clear (&late);

  test_gate_open (&stuck.release);
  test_runner_stop (other);
  test_gate_await (&stuck.exited, 1);
  test_stuck_clear (&stuck);
  g_object_unref (never);
  g_object_unref (other);

  return in_time;
}

/* A wait of the library's own that holds it up is interrupted, as in a loop. */
static void
test_interrupted (void)
{
  test_until_in_time (stop_interrupted);
}

/* What whoever makes the next thread is to wait for, or NULL. */
static TestGate *hold_start;

/* Whether he has. Atomic. */
static int is_started;

/* This stands before that of GLib. */
GThread *
g_thread_try_new (const char *name, GThreadFunc func, gpointer data, GError **error)
{
  static GThread *(*next) (const char *name, GThreadFunc func, gpointer data, GError **error);
  TestGate *gate = g_steal_pointer (&hold_start);
  GThread  *thread;

  if (next == NULL)
    next = (GThread * (*) (const char *, GThreadFunc, gpointer, GError **) )
        dlsym (RTLD_NEXT, "g_thread_try_new");
  thread = next (name, func, data, error);

  if (gate != NULL)
    {
      test_gate_await (gate, 1);
      /* Gives the other a chance to be wrong; what is right does not depend on it. */
      g_usleep (20000);
      g_atomic_int_set (&is_started, TRUE);
    }

  return thread;
}

static gpointer
stop_thread (gpointer data)
{
  TestHeld *self = data;

  while (!ta_runner_get_running (self->runner))
    g_thread_yield ();
  test_runner_watch_thread (self->runner, &self->exited);
  test_runner_stop (self->runner);

  /* It has been joined, for which whoever started it had to know of it first. */
  g_assert_cmpuint (test_gate_get_count (&self->exited), ==, 1);
  g_assert_true (g_atomic_int_get (&is_started));

  return NULL;
}

/* Who stops a runner that is just being started finds its thread joined too. */
static void
test_while_starting (void)
{
  TestHeld held = { .runner = ta_runner_new ("quick") };
  GThread *thread;

  test_gate_init (&held.exited);
  thread = g_thread_new ("stop", stop_thread, &held);
  hold_start = &held.exited;

  g_assert_true (ta_runner_start (held.runner, NULL));
  g_thread_join (thread);
  g_object_unref (held.runner);
  test_gate_clear (&held.exited);
}

/* A class that stops its runner when it goes. */
typedef struct
{
  TaRunner  parent_instance;
  TestGate *disposed; /* const once started */
} TestTidyRunner;

typedef struct
{
  TaRunnerClass parent_class;
} TestTidyRunnerClass;

static GType test_tidy_runner_get_type (void);

G_DEFINE_TYPE (TestTidyRunner, test_tidy_runner, TA_TYPE_RUNNER)

static void
test_tidy_runner_dispose (GObject *object)
{
  TestTidyRunner    *self = (TestTidyRunner *) object;
  TaRunner          *runner = TA_RUNNER (object);
  g_autoptr (GError) error = NULL;

  /* In its own loop it can't wait for the end; once that is there, there is nothing to wait for. */
  if (ta_runner_stop (runner, TA_TIMEOUT_DEFAULT, NULL, &error))
    g_assert_false (ta_runner_get_running (runner));
  else
    g_assert_error (error, TA_ERROR, TA_ERROR_WOULD_DEADLOCK);
  test_gate_open (self->disposed);

  G_OBJECT_CLASS (test_tidy_runner_parent_class)->dispose (object);
}

static void
test_tidy_runner_class_init (TestTidyRunnerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = test_tidy_runner_dispose;
}

static void
test_tidy_runner_init (TestTidyRunner *self)
{
}

static void
test_stop_in_dispose (void)
{
  TestTidyRunner *runner = g_object_new (test_tidy_runner_get_type (), "name", "tidy", NULL);
  TestGate        disposed, gone, exited;

  test_gate_init (&disposed);
  test_gate_init (&gone);
  test_gate_init (&exited);
  runner->disposed = &disposed;
  g_assert_true (ta_runner_start (TA_RUNNER (runner), NULL));
  test_context_watch (ta_runner_get_context (TA_RUNNER (runner)), &gone);
  test_runner_watch_thread (TA_RUNNER (runner), &exited);

  /* The first time in the loop, and then in its thread. */
  g_object_unref (ta_runner_create_task (TA_RUNNER (runner), test_unref_func, runner, NULL));
  test_gate_await (&disposed, 2);
  test_gate_await (&exited, 1);
  test_gate_await (&gone, 1);
  test_gate_clear (&disposed);
  test_gate_clear (&gone);
  test_gate_clear (&exited);
}

int
main (int argc, char *argv[])
{
  test_init (&argc, &argv);

  test_add ("/promise-9/thread-stuck-at-its-end", test_stuck);
  test_add ("/promise-9/thread-stuck-at-its-end-async", test_stuck_async);
  test_add ("/promise-9/thread-interrupted-at-its-end", test_interrupted);
  test_add ("/promise-9/ends-while-given-up", test_ends_while_given_up);
  test_add ("/promise-9/joined-while-starting", test_while_starting);
  test_add ("/promise-7/stop-in-dispose", test_stop_in_dispose);

  return g_test_run ();
}
