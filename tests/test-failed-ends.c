/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * Promise 9, errors: what becomes of those that nobody takes where a runner is dropped or given up, and
 * where much happens at once; and a task that ended well is forgotten at once.
 */

#include "test-failed-util.h"

#include <malloc.h>
#include <stdlib.h>

/* What the library logs, from any thread. */
typedef struct
{
  GMutex   mutex;
  GString *text;
  guint    handler;
} Log;

static void
log_cb (const char *domain, GLogLevelFlags level, const char *message, gpointer data)
{
  Log *self = data;

  g_mutex_lock (&self->mutex);
  g_string_append_printf (self->text, "[%s]", message);
  g_mutex_unlock (&self->mutex);
}

static void
log_init (Log *self)
{
  g_mutex_init (&self->mutex);
  self->text = g_string_new (NULL);
  self->handler = g_log_set_handler ("ThreadedAsync", G_LOG_LEVEL_MESSAGE, log_cb, self);
}

static void
log_clear (Log *self)
{
  g_log_remove_handler ("ThreadedAsync", self->handler);
  g_string_free (self->text, TRUE);
  g_mutex_clear (&self->mutex);
}

/* A runner that goes, with a failed task that nobody has and another that somebody has. */
static void
check_dropped (gboolean is_stopped)
{
  TaRunner          *runner = test_runner_new_started ("dropped");
  g_autoptr (TaTask) kept = NULL;
  TestGate           exited;
  TestGate           gone;
  Log                log;

  log_init (&log);
  test_gate_init (&exited);
  test_gate_init (&gone);
  test_context_watch (ta_runner_get_context (runner), &gone);
  test_runner_watch_thread (runner, &exited);
  test_failed_fail_and_forget (runner, "one");
  kept = test_failed_fail (runner, "kept");
  if (is_stopped)
    test_failed_check_stop (runner, 2, "“one”: no one here; “kept”: no kept here");
  g_object_unref (runner);
  test_gate_await (&exited, 1);
  g_clear_object (&kept);
  test_turn_all (NULL);

  /* The failed tasks refer to the loop, and the loop to some of them: all of it has to go. */
  test_gate_await (&gone, 1);
  if (is_stopped)
    {
      g_assert_cmpstr (log.text->str, ==, "");
    }
  else
    {
      g_assert_nonnull (strstr (log.text->str, "dropped"));
      g_assert_nonnull (strstr (log.text->str, "“one”: no one here"));
      g_assert_nonnull (strstr (log.text->str, "“kept”: no kept here"));
    }
  test_gate_clear (&exited);
  test_gate_clear (&gone);
  log_clear (&log);
}

/* What has been said is not said again. */
static void
test_stopped_and_dropped (void)
{
  check_dropped (TRUE);
}

/* With nobody left to whom it could be reported, it is logged. */
static void
test_dropped (void)
{
  for (guint i = 0; i < test_repeats (50); i++)
    check_dropped (FALSE);
}

/* Nobody stops the default runner: what fails on it is logged when it is forgotten. */
static void
test_default (void)
{
  TaRunner *runner = ta_runner_get_default ();
  TaTask   *kept;
  Log       log;

  log_init (&log);
  g_object_unref (
      ta_runner_create_task (runner, test_failed_fail_func, (gpointer) "forgotten", NULL));
  kept = ta_runner_create_task (runner, test_failed_fail_func, (gpointer) "kept", NULL);
  TEST_TURN_UNTIL (NULL, ta_future_get_done (TA_FUTURE (kept)));
  test_turn_all (NULL);
  g_assert_nonnull (strstr (log.text->str, "“main” failed, and nobody took the error"));
  g_assert_nonnull (strstr (log.text->str, "“forgotten”: no forgotten here"));
  g_assert_null (strstr (log.text->str, "kept"));

  g_object_unref (kept);
  g_assert_nonnull (strstr (log.text->str, "“kept”: no kept here"));
  /* It has been said, and need not be asked for. */
  g_assert_cmpuint (ta_runner_get_n_failed_tasks (runner), ==, 0);
  log_clear (&log);
}

/* Failures, stops, handlers and takers meet: each failure comes out once. */
typedef struct
{
  TaRunner *runner;
  guint     seed;
  guint     n_taken;
} Dropper;

#define TASKS_PER_DROPPER 300

static gpointer
dropper_thread (gpointer data)
{
  Dropper          *self = data;
  g_autoptr (GRand) rand = g_rand_new_with_seed (self->seed);

  for (guint i = 0; i < TASKS_PER_DROPPER; i++)
    {
      g_autoptr (TaTask) task =
          ta_runner_create_task (self->runner, test_failed_fail_func, (gpointer) "x", NULL);
      g_autoptr (GError) error = NULL;

      if (g_rand_int_range (rand, 0, 3) == 0)
        {
          g_assert_false (ta_future_wait (TA_FUTURE (task), NULL, TEST_DEADLINE_US, NULL, &error));
          g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
          self->n_taken++;
        }
    }

  return NULL;
}

static void
count_cb (TaRunner *runner, TaTask *task, gpointer data)
{
  guint *count = data;

  (*count)++;
}

static void
test_race (void)
{
  for (guint i = 0; i < test_repeats (50); i++)
    {
      g_autoptr (TaRunner) runner = test_runner_new_started ("contended");
      Dropper              droppers[2] = { { runner, i }, { runner, i + 1000 } };
      GThread             *threads[2];
      guint                n_told = 0, n_seen = 0, n_listed = 0;
      g_autoptr (GError)   error = NULL;

      g_signal_connect (runner, "task-failed", G_CALLBACK (count_cb), &n_told);
      for (guint j = 0; j < 2; j++)
        threads[j] = g_thread_new ("dropper", dropper_thread, &droppers[j]);
      while (n_told < 20)
        {
          g_autoptr (GPtrArray) tasks = ta_runner_get_failed_tasks (runner);

          n_seen = MAX (n_seen, tasks->len);
          g_main_context_iteration (NULL, FALSE);
        }
      for (guint j = 0; j < 2; j++)
        g_thread_join (threads[j]);
      if (i % 2)
        g_main_context_iteration (NULL, FALSE);

      if (!ta_runner_stop (runner, TEST_DEADLINE_US, NULL, &error))
        {
          g_assert_error (error, TA_ERROR, TA_ERROR_TASKS_FAILED);
          n_listed = ta_runner_get_n_failed_tasks (runner);
        }
      test_turn_all (NULL);
      g_assert_cmpuint (n_told + n_listed + droppers[0].n_taken + droppers[1].n_taken, ==,
                        2 * TASKS_PER_DROPPER);
    }
}

/* An abandoned runner fails for that reason; its failed tasks are still there. */
static void
test_abandoned (void)
{
  g_autoptr (TaRunner)  runner = test_runner_new_started ("stuck");
  g_autoptr (GPtrArray) tasks = NULL;
  g_autoptr (GError)    error = NULL;
  TestStuck             stuck;

  test_failed_fail_and_forget (runner, "one");
  test_stuck_init (&stuck, runner);
  g_assert_false (ta_runner_stop (runner, 50000, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  test_assert_message_has (error, "“one”: no one here");
  g_assert_cmpint (ta_runner_get_shutdown_type (runner), ==, TA_SHUTDOWN_TYPE_FAILED_FORCE_STOPPED);
  tasks = ta_runner_get_failed_tasks (runner);
  g_assert_cmpuint (tasks->len, ==, 1);

  test_stuck_release (&stuck);
  test_stuck_clear (&stuck);
}

static gsize
get_heap (void)
{
  return mallinfo2 ().uordblks;
}

/*
 * Tasks that ended well leave nothing behind. TA_TEST_TASKS=10000000 makes a long test of it.
 */
static void
test_memory_is_flat (void)
{
  const char *setting = g_getenv ("TA_TEST_TASKS");
  const guint n_tasks = setting != NULL ? (guint) atoi (setting) : test_repeats (20000) * 10;
  g_autoptr (TaRunner) runner = test_runner_new_started ("tireless");
  gsize                before = 0;

  for (guint i = 0; i < n_tasks; i++)
    {
      g_object_unref (ta_runner_create_task (runner, test_failed_succeed_func, NULL, NULL));
      if (i % 1000 == 999)
        test_failed_settle (runner);
      if (i == 9999)
        before = get_heap ();
    }
  test_failed_settle (runner);

  if (n_tasks > 10000)
    g_assert_cmpuint (get_heap (), <, before + 64 * 1024);
  test_failed_check_none (runner);
  test_runner_stop (runner);
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv);

  test_add ("/failed-ends/stopped-and-dropped", test_stopped_and_dropped);
  test_add ("/failed-ends/dropped", test_dropped);
  test_add ("/failed-ends/default", test_default);
  test_add ("/failed-ends/race", test_race);
  test_add ("/failed-ends/abandoned", test_abandoned);
  test_add ("/failed-ends/memory-is-flat", test_memory_is_flat);

  return g_test_run ();
}
