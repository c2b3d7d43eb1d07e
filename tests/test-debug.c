/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What a program can be asked about its runners and tasks, with and without TA_DEBUG. */

#include "test-debug-util.h"

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
check_dump (gboolean has_account, gboolean has_sites)
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
  test_check_has (before, "runner “idle”: not started, 0 tasks\n");
  test_check_has (before,
                  "runner “dumped”: running, 2 tasks; its loop has been busy with a task without");
  test_check_has (before, "  task “sleepy”");
  test_check_has (before, ", “snoring”");
  if (has_account)
    {
      test_check_has (before, " s old");
      test_check_has (before, "    waits for the end of a sleep since ");
      test_check_has (before, "    waits for queue “empty” since ");
    }
  else
    {
      g_assert_null (strstr (before, "waits for"));
      g_assert_null (strstr (before, " s old"));
    }
  g_assert_true ((strstr (before, ", made at ") != NULL) == has_sites);

  test_gate_open (&release);
  test_runner_stop (runner);
  after = ta_debug_dup_tasks ();
  test_check_has (after, "runner “dumped”: ended, 0 tasks\n");
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

/* A loop that nothing helps, when it is stopped. */
static void
test_stuck (void)
{
  g_autoptr (TaRunner) runner = test_runner_new_started ("stuck");
  TestStuck            stuck;

  test_stuck_init (&stuck, runner);
  g_assert_false (ta_runner_stop (runner, 20000, NULL, NULL));
  test_stuck_release (&stuck);
  test_stuck_clear (&stuck);
}

static void
test_dump (void)
{
  const char *value = g_getenv ("TA_DEBUG");

  check_dump (value != NULL, value != NULL && strstr (value, "sites") != NULL);
}

/* The same in processes with the variable; where tasks were made is kept only if it is asked for. */
static void
test_variable (void)
{
  g_free (test_run_with_debug ("tasks", "/debug/dump"));
  g_free (test_run_with_debug ("tasks,sites", "/debug/dump"));
}

/* It is printed when a stuck loop is interrupted. */
static void
test_prints (void)
{
  g_autofree char *errors = test_run_with_debug ("tasks", "/debug/stuck");

  if (errors == NULL)
    return;

  test_check_has (errors, "TA_DEBUG: a stuck loop is interrupted\n");
  /* In the character set of the locale. */
  test_check_has (errors,
                  ": stopping, 1 tasks; its loop has been busy with a task without a name for ");
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv);

  test_add ("/debug/dump", test_dump);
  test_add ("/debug/stuck", test_stuck);
  test_add ("/debug/variable", test_variable);
  test_add ("/debug/prints", test_prints);

  return g_test_run ();
}
