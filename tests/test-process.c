/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Runners and the process: its forks, its exit, and runners that start runners. */

#include "test-child.h"
#include "test-util.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* In a child there is no test framework: it says where it failed, and ends. */
#define check(condition)                                                                           \
  G_STMT_START                                                                                     \
  {                                                                                                \
    if (!(condition))                                                                              \
      {                                                                                            \
        fprintf (stderr, "%s: in the child: %s\n", G_STRLOC, #condition);                          \
        _exit (1);                                                                                 \
      }                                                                                            \
  }                                                                                                \
  G_STMT_END

#define check_forked(call)                                                                         \
  G_STMT_START                                                                                     \
  {                                                                                                \
    GError *error = NULL;                                                                          \
    check (!(call));                                                                               \
    check (g_error_matches (error, TA_ERROR, TA_ERROR_FORKED));                                    \
    g_error_free (error);                                                                          \
  }                                                                                                \
  G_STMT_END

typedef struct
{
  TaRunner  *runner;
  TaRunner  *unstarted;
  TaRunner  *attached;
  TaQueue   *queue;
  TaEvent   *event;
  TaPromise *promise;
  TaFuture  *future;
  TaTask    *task;
  int        is_held; /* atomic: whether the loop of the runner is at hold_func() */
  int        is_over; /* atomic */
} Things;

static void
slept_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  ta_promise_unref (data);
}

static void
sleep_func (TaTask *task, gpointer data)
{
  TaPromise *promise = ta_task_take_promise (task);

  ta_sleep_async (TEST_LONG_US, ta_promise_get_cancellable (promise), slept_cb, promise);
}

/* Keeps the loop where it has no lock, neither of GLib's nor of GObject's: these are for GLib to care
 * about. */
static void
hold_func (TaTask *task, gpointer data)
{
  Things *self = data;

  g_atomic_int_set (&self->is_held, TRUE);
  while (!g_atomic_int_get (&self->is_over))
    g_usleep (1000);
}

static void
nothing_func (TaTask *task, gpointer data)
{
}

static void
nothing_cb (gpointer data)
{
}

static void
count_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  GAsyncResult **kept = data;

  *kept = g_object_ref (result);
}

static gboolean is_child;

static void
parents_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  check (!is_child);
}

static void
use_in_child (Things *self)
{
  g_auto (GValue) in = G_VALUE_INIT;
  g_auto (GValue) out = G_VALUE_INIT;
  GAsyncResult   *results[4] = { NULL };
  TaTask         *task;
  TaQueue        *queue;
  TaEvent        *event;

  is_child = TRUE;
  g_value_init (&in, G_TYPE_INT);

  check_forked (ta_queue_try_put (self->queue, &in, &error));
  check_forked (ta_queue_put_wait (self->queue, &in, TA_TIMEOUT_INFINITE, NULL, &error));
  check_forked (ta_queue_try_get (self->queue, &out, &error));
  check_forked (ta_queue_get_wait (self->queue, &out, TA_TIMEOUT_INFINITE, NULL, &error));
  check_forked (ta_event_try_wait (self->event, &error));
  check_forked (ta_event_wait (self->event, TA_TIMEOUT_INFINITE, NULL, &error));
  check_forked (ta_future_try_wait (self->future, &out, &error));
  check_forked (ta_future_wait (self->future, &out, TA_TIMEOUT_INFINITE, NULL, &error));
  check_forked (ta_future_wait (TA_FUTURE (self->task), &out, TA_TIMEOUT_INFINITE, NULL, &error));
  check_forked (ta_promise_try_return_value (self->promise, &in, &error));
  check_forked (ta_runner_start (self->unstarted, &error));
  check_forked (ta_runner_stop (self->runner, TA_TIMEOUT_INFINITE, NULL, &error));
  check_forked (ta_runner_stop (self->attached, TA_TIMEOUT_INFINITE, NULL, &error));
  check_forked (
      ta_runner_wait_for_next_iteration (self->runner, TA_TIMEOUT_INFINITE, NULL, &error));
  check_forked (ta_runner_call_in_loop (self->runner, nothing_cb, NULL, NULL, TA_TIMEOUT_INFINITE,
                                        NULL, &error));
  task = ta_runner_create_task (self->runner, nothing_func, NULL, NULL);
  check_forked (ta_future_wait (TA_FUTURE (task), &out, TA_TIMEOUT_INFINITE, NULL, &error));

  /* What has no error does nothing. */
  ta_event_set (self->event);
  check (!ta_event_get_is_set (self->event));
  ta_queue_close (self->queue);
  check (ta_queue_get_length (self->queue) == 0);
  ta_task_set_name (self->task, "child");
  ta_promise_return_int (self->promise, 1);
  check (!ta_future_get_done (self->future));
  check (!ta_runner_get_running (self->runner));

  /* Nor is there anything for what is made here. */
  queue = ta_queue_new (0);
  event = ta_event_new ();
  check_forked (ta_queue_try_put (queue, &in, &error));
  check_forked (ta_event_try_wait (event, &error));

  /* What is asynchronous fails in the context, in which nothing of the parent's goes on. */
  ta_queue_get_async (self->queue, TA_TIMEOUT_INFINITE, NULL, count_cb, &results[0]);
  ta_event_wait_async (self->event, TA_TIMEOUT_INFINITE, NULL, count_cb, &results[1]);
  ta_future_wait_async (self->future, TA_TIMEOUT_INFINITE, NULL, count_cb, &results[2]);
  ta_runner_stop_async (self->runner, TA_TIMEOUT_INFINITE, NULL, count_cb, &results[3]);
  for (guint i = 0; i < 100; i++)
    g_main_context_iteration (NULL, FALSE);
  check (results[0] != NULL && results[1] != NULL && results[2] != NULL && results[3] != NULL);
  check_forked (ta_queue_get_finish (self->queue, results[0], &out, &error));
  check_forked (ta_event_wait_finish (self->event, results[1], &error));
  check_forked (ta_future_wait_finish (self->future, results[2], &out, &error));
  check_forked (ta_runner_stop_finish (self->runner, results[3], &error));

  /* And everything may go. */
  g_object_unref (task);
  g_object_unref (queue);
  g_object_unref (event);
  for (guint i = 0; i < 4; i++)
    g_object_unref (results[i]);
  g_object_unref (self->task);
  ta_promise_unref (self->promise);
  g_object_unref (self->future);
  g_object_unref (self->event);
  g_object_unref (self->queue);
  g_object_unref (self->attached);
  g_object_unref (self->unstarted);
  g_object_unref (self->runner);
}

/* Has the locks of all things, as often as not; but none of GObject's, which are for GObject to care
 * about: so nothing changes that anybody could be told of. */
static gpointer
busy_thread (gpointer data)
{
  Things *self = data;

  while (!g_atomic_int_get (&self->is_over))
    {
      g_auto (GValue)  out = G_VALUE_INIT;
      g_autofree char *name = ta_task_dup_name (self->task);

      ta_queue_try_get (self->queue, &out, NULL);
      ta_event_clear (self->event);
      ta_future_wait (self->future, NULL, 1, NULL, NULL);
    }

  return NULL;
}

G_GNUC_UNUSED static void
test_fork (void)
{
  Things   things = { .runner = test_runner_new_started ("forked"),
                      .unstarted = ta_runner_new ("unstarted"),
                      .attached = ta_runner_new_for_context (g_main_context_default (), "attached"),
                      .queue = ta_queue_new (0),
                      .event = ta_event_new (),
                      .promise = ta_promise_new () };
  TaTask  *hold;
  GThread *threads[2];

  g_assert_true (ta_runner_start (things.attached, NULL));
  things.future = ta_promise_get_future (things.promise);
  things.task = ta_runner_create_task (things.runner, sleep_func, NULL, NULL);
  hold = ta_runner_create_task (things.runner, hold_func, &things, NULL);
  while (!g_atomic_int_get (&things.is_held))
    g_usleep (1000);
  ta_sleep_async (1, NULL, parents_cb, NULL);
  for (guint i = 0; i < 2; i++)
    threads[i] = g_thread_new ("busy", busy_thread, &things);

  for (guint i = 0; i < test_repeats (50); i++)
    {
      pid_t child = fork ();
      int   status;

      g_assert_cmpint (child, !=, -1);
      if (child == 0)
        {
          alarm (TEST_DEADLINE_US / G_USEC_PER_SEC);
          use_in_child (&things);
          test_child_leave ();
        }
      g_assert_cmpint (waitpid (child, &status, 0), ==, child);
      g_assert_true (test_child_has_left (status));
    }

  /* The parent goes on as if nothing had been. */
  g_atomic_int_set (&things.is_over, TRUE);
  for (guint i = 0; i < 2; i++)
    g_thread_join (threads[i]);
  g_assert_false (ta_event_get_is_set (things.event));
  g_assert_false (ta_queue_get_closed (things.queue));
  ta_promise_return_int (things.promise, 1);
  g_assert_true (ta_future_get_done (things.future));
  ta_runner_stop (things.attached, 0, NULL, NULL);
  ta_runner_stop (things.runner, TEST_DEADLINE_US, NULL, NULL);
  g_assert_false (ta_runner_get_running (things.runner));
  ta_promise_unref (things.promise);
  g_object_unref (hold);
  g_object_unref (things.task);
  g_object_unref (things.future);
  g_object_unref (things.event);
  g_object_unref (things.queue);
  g_object_unref (things.attached);
  g_object_unref (things.unstarted);
  g_object_unref (things.runner);
}

/* Runs one of the programs at the end of this file in a process of its own. */
static void
run_program (const char *name)
{
  g_autofree char   *program = g_file_read_link ("/proc/self/exe", NULL);
  const char        *argv[] = { program, name, NULL };
  g_autofree char   *errors = NULL;
  g_autoptr (GError) error = NULL;
  int                status;

  if (program == NULL)
    {
      g_test_skip ("There is no /proc here");
      return;
    }

  g_assert_true (
      g_spawn_sync (NULL, (char **) argv, NULL, 0, NULL, NULL, NULL, &errors, &status, &error));
  g_assert_no_error (error);
  if (!g_spawn_check_wait_status (status, &error))
    g_error ("%s: %s%s", name, error->message, errors);
}

/* A process may end while its runners work. */
static void
test_exit (void)
{
  run_program ("--exit");
}

static int
exit_program (void)
{
  TaRunner *runners[4];

  for (guint i = 0; i < G_N_ELEMENTS (runners); i++)
    {
      runners[i] = test_runner_new_started ("still at it");
      for (guint j = 0; j < 10; j++)
        g_object_unref (
            ta_runner_create_task (runners[i], j % 2 ? sleep_func : nothing_func, NULL, NULL));
    }

  return 0;
}

/* Who forks before the first use may use the library in the child. */
static void
test_fork_first (void)
{
  run_program ("--fork-first");
}

static int
fork_first_program (void)
{
  pid_t child = fork ();
  int   status = 1;

  if (child != 0)
    return waitpid (child, &status, 0) == child && WIFEXITED (status) ? WEXITSTATUS (status) : 1;

  g_autoptr (TaRunner) runner = test_runner_new_started ("of the child");
  test_runner_stop (runner);

  return 0;
}

/* A runner that a task of another starts, and stops. */
static void
start_func (TaTask *task, gpointer data)
{
  g_autoptr (TaPromise) promise = ta_task_take_promise (task);
  g_autoptr (TaRunner)  inner = test_runner_new_started ("inner");
  int                   count = 0;

  g_assert_true (ta_runner_call_in_loop (inner, (TaCallFunc) test_gate_open_cb, data, NULL,
                                         TEST_DEADLINE_US, NULL, NULL));
  g_assert_false (ta_runner_is_in_loop (inner));
  test_runner_stop (inner);
  ta_promise_return_int (promise, count);
}

static void
test_nested (void)
{
  g_autoptr (TaRunner) outer = test_runner_new_started ("outer");
  g_autoptr (GError)   error = NULL;
  TestGate             called;

  test_gate_init (&called);
  for (guint i = 0; i < test_repeats (50); i++)
    {
      g_autoptr (TaTask) again = ta_runner_create_task (outer, start_func, &called, NULL);

      g_assert_true (ta_future_wait (TA_FUTURE (again), NULL, TEST_DEADLINE_US, NULL, &error));
      g_assert_no_error (error);
    }
  test_runner_stop (outer);
  test_gate_clear (&called);
}

int
main (int argc, char **argv)
{
  if (argc > 1 && strcmp (argv[1], "--exit") == 0)
    return exit_program ();
  if (argc > 1 && strcmp (argv[1], "--fork-first") == 0)
    return fork_first_program ();

  test_init (&argc, &argv);

#ifndef __SANITIZE_ADDRESS__ /* Its locks stay locked in the child. */
  test_add ("/process/fork", test_fork);
#endif
  test_add ("/process/fork-first", test_fork_first);
  test_add ("/process/exit", test_exit);
  test_add ("/process/nested", test_nested);

  return g_test_run ();
}
