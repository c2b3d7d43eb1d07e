/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * A process that ends while its runners are at something: each run of this program ends in one way,
 * which it is told by its name. It must end at once, with 0; and with a tool around it that looks after
 * memory, nothing may be used that is gone, and nothing may have been lost.
 */

#include "test-util.h"

#include <stdio.h>
#include <string.h>

/* Never cleared: it is in use when the process ends. */
static TestGate gate;

static int is_over; /* atomic: never set, but the compiler does not know */

/* What is to be there to the end is found here by whoever looks for what has been lost. */
static gpointer kept[16];
static guint    n_kept;

static gpointer
keep (gpointer thing)
{
  g_assert_cmpuint (n_kept, <, G_N_ELEMENTS (kept));
  kept[n_kept++] = thing;

  return thing;
}

static void
settle (TaRunner *runner)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (ta_runner_wait_for_next_iteration (runner, TEST_DEADLINE_US, NULL, &error));
  g_assert_no_error (error);
}

static void
slept_cb (GObject *source, GAsyncResult *result, gpointer promise)
{
  ta_promise_unref (promise);
}

static void
sleep_func (TaTask *task, gpointer data)
{
  TaPromise *promise = ta_task_take_promise (task);

  ta_sleep_async (TEST_LONG_US, ta_promise_get_cancellable (promise), slept_cb, promise);
}

static void
got_cb (GObject *source, GAsyncResult *result, gpointer promise)
{
  ta_promise_unref (promise);
}

static void
get_func (TaTask *task, gpointer queue)
{
  ta_queue_get_async (queue, TA_TIMEOUT_INFINITE, NULL, got_cb, ta_task_take_promise (task));
}

static void
fail_func (TaTask *task, gpointer data)
{
  g_autoptr (TaPromise) promise = ta_task_take_promise (task);

  ta_promise_return_new_error (promise, G_IO_ERROR, G_IO_ERROR_FAILED, "nobody asks");
}

static void
stuck_func (TaTask *task, gpointer data)
{
  g_autoptr (TaPromise) promise = ta_task_take_promise (task);

  test_gate_open (&gate);
  while (!g_atomic_int_get (&is_over))
    g_usleep (1000);
}

static void
start_work (TaRunner *runner)
{
  TaQueue *queue = keep (ta_queue_new (1));

  g_object_unref (ta_runner_create_task (runner, sleep_func, NULL, NULL));
  g_object_unref (ta_runner_create_task (runner, get_func, queue, NULL));
  g_object_unref (ta_runner_create_task (runner, fail_func, NULL, NULL));
  keep (ta_runner_create_task (runner, sleep_func, NULL, NULL));
}

static TaRunner *
start_stuck (void)
{
  TaRunner *runner = keep (test_runner_new_started ("stuck"));

  start_work (runner);
  settle (runner);
  g_object_unref (ta_runner_create_task (runner, stuck_func, NULL, NULL));
  /* One that is never begun. */
  g_object_unref (ta_runner_create_task (runner, sleep_func, NULL, NULL));
  test_gate_await (&gate, 1);

  return runner;
}

static void
end_idle (void)
{
  settle (keep (test_runner_new_started ("idle")));
}

static void
end_with_tasks (void)
{
  TaRunner *runner = keep (test_runner_new_started ("at work"));

  start_work (runner);
  settle (runner);
  start_work (runner);
}

static void
end_stuck (void)
{
  start_stuck ();
}

/* Given up before: the thread lives on. */
static void
end_abandoned (void)
{
  g_autoptr (GError) error = NULL;
  TaRunner          *runner = start_stuck ();

  g_assert_false (ta_runner_stop (runner, 100000, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
}

/* The last reference goes, and the watchdog is to see to the rest. */
static void
end_dropped (void)
{
  TaRunner *runner = test_runner_new_started ("dropped");

  start_work (runner);
  settle (runner);
  g_object_unref (runner);
}

static void
end_watched (void)
{
  TaRunner *runner = keep (
      g_object_new (TA_TYPE_RUNNER, "name", "watched", "stall-threshold", (gint64) 1000, NULL));

  g_assert_true (ta_runner_start (runner, NULL));
  g_object_unref (ta_runner_create_task (runner, stuck_func, NULL, NULL));
  test_gate_await (&gate, 1);
}

static void
end_attached (void)
{
  TaRunner *runner = keep (ta_runner_new_for_context (g_main_context_default (), "attached"));

  g_assert_true (ta_runner_start (runner, NULL));
  start_work (runner);
  test_turn_all (NULL);
  start_work (runner);
}

static void
end_default (void)
{
  start_work (ta_runner_get_default ());
  test_turn_all (NULL);
  g_object_unref (ta_runner_create_task (ta_runner_get_default (), sleep_func, NULL, NULL));
}

static gpointer
stop_thread (gpointer runner)
{
  test_gate_open (&gate);
  ta_runner_stop (runner, TEST_LONG_US, NULL, NULL);

  return NULL;
}

/* Another thread is stopping it. */
static void
end_stopping (void)
{
  TaRunner *runner = start_stuck ();

  keep (g_thread_new ("stops", stop_thread, runner));
  test_gate_await (&gate, 2);
}

static const struct
{
  const char *name;
  void (*end) (void);
} ways[] = {
  { "idle", end_idle },           { "tasks", end_with_tasks }, { "stuck", end_stuck },
  { "abandoned", end_abandoned }, { "dropped", end_dropped },  { "watched", end_watched },
  { "attached", end_attached },   { "default", end_default },  { "stopping", end_stopping },
};

int
main (int argc, char *argv[])
{
  const char *name = argc > 1 ? argv[argc - 1] : "";

  test_gate_init (&gate);
  printf ("1..1\n");
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      if (strcmp (ways[i].name, name) == 0)
        {
          ways[i].end ();
          printf ("ok 1 - /promise-9/exit/%s\n", name);
          return 0;
        }
    }

  printf ("not ok 1 - no such way to end: %s\n", name);
  return 1;
}
