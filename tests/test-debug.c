/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What a program can be asked about its runners and tasks, with and without TA_DEBUG. */

#include "test-util.h"

#include <stdlib.h>

static void
slept_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TaPromise) promise = data;

  ta_sleep_finish (result, NULL);
  ta_promise_return_boolean (promise, TRUE);
}

/* What follows from the function of a task. */
typedef struct
{
  TaQueue *queue;
  TestGate waits;
} Chain;

static void
woken_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Chain *chain = data;

  ta_queue_get_async (chain->queue, TA_TIMEOUT_INFINITE, NULL, NULL, NULL);
  test_gate_open (&chain->waits);
}

static void
sleep_func (TaTask *task, gpointer data)
{
  TaPromise *promise = ta_task_take_promise (task);

  ta_task_set_name (task, "sleepy");
  ta_promise_set_status (promise, "snoring");
  ta_sleep_async (TEST_LONG_US, ta_promise_get_cancellable (promise), slept_cb, promise);
  ta_sleep_async (1, NULL, woken_cb, data);
}

static void
check_has (const char *text, const char *part)
{
  if (strstr (text, part) == NULL)
    g_error ("\"%s\" does not have \"%s\"", text, part);
}

static void
check_dump (gboolean is_debug)
{
  g_autoptr (TaRunner) idle = ta_runner_new ("idle");
  g_autoptr (TaRunner) runner = test_runner_new_started ("dumped");
  g_autoptr (TaQueue)  queue = g_object_new (TA_TYPE_QUEUE, "name", "empty", NULL);
  Chain                chain = { .queue = queue };
  g_autoptr (TaTask)   task = NULL;
  g_autofree char     *before = NULL;
  g_autofree char     *after = NULL;
  TestGate             blocked;
  TestGate             release;

  test_gate_init (&blocked);
  test_gate_init (&release);
  test_gate_init (&chain.waits);
  task = ta_runner_create_task (runner, sleep_func, &chain, NULL);
  test_gate_await (&chain.waits, 1);
  g_assert_true (ta_runner_wait_for_next_iteration (runner, TEST_DEADLINE_US, NULL, NULL));
  test_runner_block (runner, &blocked, &release);

  before = ta_debug_dup_tasks ();
  check_has (before, "runner “idle”: not started, 0 tasks\n");
  check_has (before,
             "runner “dumped”: running, 2 tasks; its loop has been busy with a task without");
  check_has (before, "  task “sleepy”");
  check_has (before, ", “snoring”");
  if (is_debug)
    {
      check_has (before, " s old");
      check_has (before, "    waits for the end of a sleep since ");
      check_has (before, "    waits for queue “empty” since ");
      check_has (before, ", made at ");
    }
  else
    {
      g_assert_null (strstr (before, "waits for"));
      g_assert_null (strstr (before, " s old"));
    }

  test_gate_open (&release);
  test_runner_stop (runner);
  after = ta_debug_dup_tasks ();
  check_has (after, "runner “dumped”: ended, 0 tasks\n");
  g_assert_null (strstr (after, "waits for"));
  g_clear_object (&task);
  g_clear_object (&runner);
  g_free (after);
  after = ta_debug_dup_tasks ();
  g_assert_null (strstr (after, "dumped"));
  test_gate_clear (&blocked);
  test_gate_clear (&release);
  test_gate_clear (&chain.waits);
}

static void
test_dump (void)
{
  check_dump (g_getenv ("TA_DEBUG") != NULL);
}

/* The same in a process with the variable. */
static void
test_variable (void)
{
  g_autofree char   *program = g_file_read_link ("/proc/self/exe", NULL);
  const char        *argv[] = { program, "-p", "/debug/dump", NULL };
  g_auto (GStrv)     env = g_environ_setenv (g_get_environ (), "TA_DEBUG", "tasks,sites", TRUE);
  g_autofree char   *errors = NULL;
  g_autofree char   *output = NULL;
  g_autoptr (GError) error = NULL;
  int                status;

  if (program == NULL)
    {
      g_test_skip ("There is no /proc here");
      return;
    }

  g_assert_true (
      g_spawn_sync (NULL, (char **) argv, env, 0, NULL, NULL, &output, &errors, &status, &error));
  g_assert_no_error (error);
  if (!g_spawn_check_wait_status (status, &error))
    g_error ("%s: %s%s", error->message, output, errors);
  check_has (output, "ok 1 /debug/dump");
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv);

  test_add ("/debug/dump", test_dump);
  test_add ("/debug/variable", test_variable);

  return g_test_run ();
}
