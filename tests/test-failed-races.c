/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * A task is returned with an error while its runner ends it by force, because the time of the stop is over.
 * Whichever comes first, an error that the task has got is reported once: by the stop.
 *
 * The thread that returns it is held up after it has released a lock until the stop is over: after each
 * lock in turn, so that all places are tried where the two can meet.
 */

#include "test-hold.h"

/* More locks than it takes to return a promise. */
#define N_LOCKS 12

/* How long it is held up at most, should the stop wait for it; no result depends on it. */
#define PATIENCE_US (500 * 1000)

#define STOP_US (40 * 1000)

typedef struct
{
  TestHold   hold;
  TaPromise *promise;
} Work;

static void
keep_func (TaTask *task, gpointer data)
{
  Work *work = data;

  work->promise = ta_task_take_promise (task);
}

static gpointer
return_thread (gpointer data)
{
  Work *work = data;

  test_hold_begin (&work->hold);
  ta_promise_return_new_error (work->promise, G_IO_ERROR, G_IO_ERROR_FAILED, "too late");
  test_hold_end ();
  ta_promise_unref (work->promise);
  /* Also if it has not been. */
  test_gate_open (&work->hold.held_up);

  return NULL;
}

/* Whether the task has ended with the error. */
static gboolean
has_failed (TaTask *task)
{
  g_autofree char *message = ta_future_dup_error_message (TA_FUTURE (task));

  return g_str_equal (message, "too late");
}

static void
meet (guint hold_at, guint *n_failed)
{
  g_autoptr (TaRunner)  runner = test_runner_new_started ("forced");
  g_autoptr (TaTask)    task = NULL;
  g_autoptr (GPtrArray) tasks = NULL;
  g_autoptr (GError)    error = NULL;
  Work                  work;
  GThread              *thread;
  TestGate              exited;
  gboolean              stopped;

  test_gate_init (&exited);
  test_hold_init (&work.hold, hold_at, 1, PATIENCE_US);
  test_runner_watch_thread (runner, &exited);
  task = ta_runner_create_task (runner, keep_func, &work, NULL);
  g_assert_true (ta_runner_wait_for_next_iteration (runner, TEST_DEADLINE_US, NULL, NULL));

  thread = g_thread_new ("return", return_thread, &work);
  test_gate_await (&work.hold.held_up, 1);
  stopped = ta_runner_stop (runner, STOP_US, NULL, &error);
  test_gate_open (&work.hold.over);
  g_thread_join (thread);
  test_gate_await (&exited, 1);

  tasks = ta_runner_get_failed_tasks (runner);
  g_assert_cmpuint (tasks->len, ==, ta_runner_get_n_failed_tasks (runner));
  if (tasks->len == 1)
    {
      g_assert_true (g_ptr_array_index (tasks, 0) == task);
      g_assert_false (stopped);
      test_assert_message_has (error, "too late");
      ++*n_failed;
    }
  g_assert_cmpuint (tasks->len, ==, has_failed (task));

  test_gate_clear (&exited);
  test_hold_clear (&work.hold);
}

static void
test_forced (void)
{
  guint n_failed = 0;

  for (guint i = 1; i <= N_LOCKS; i++)
    meet (i, &n_failed);

  /* Held up at the last places it has failed in time. */
  g_assert_cmpuint (n_failed, >, 0);
}

int
main (int argc, char *argv[])
{
  test_init (&argc, &argv);

  test_add ("/failed-races/forced", test_forced);

  return g_test_run ();
}
