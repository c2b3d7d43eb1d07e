/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * errors: three tasks fail in the background, and nobody waits for them. Their errors come out when
 * the runner is stopped.
 */

#include <stdlib.h>

#include <threaded-async.h>

/* The task's function. */
static void
fail (TaTask *task, gpointer user_data)
{
  g_autoptr (TaPromise) promise = ta_task_take_promise (task);
  const char           *name = user_data;

  ta_task_set_name (task, name);
  ta_promise_return_new_error (promise, G_IO_ERROR, G_IO_ERROR_FAILED, "The %s is empty", name);
}

static void
print_failed_tasks (TaRunner *runner)
{
  g_autoptr (GPtrArray) tasks = ta_runner_get_failed_tasks (runner);

  g_print ("%u tasks failed:\n", ta_runner_get_n_failed_tasks (runner));
  for (guint i = 0; i < tasks->len; i++)
    {
      TaTask            *task = g_ptr_array_index (tasks, i);
      g_autofree char   *name = ta_task_dup_name (task);
      g_autoptr (GError) error = NULL;

      ta_future_try_wait (TA_FUTURE (task), NULL, &error);
      g_print ("%s: %s\n", name, error->message);
    }
}

int
main (void)
{
  static const char *const names[] = { "fridge", "purse", "tank" };
  g_autoptr (TaRunner)     runner = ta_runner_new ("errors");
  g_autoptr (GError)       error = NULL;

  if (!ta_runner_start (runner, &error))
    {
      g_printerr ("errors: %s\n", error->message);
      return EXIT_FAILURE;
    }

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_object_unref (ta_runner_create_task (runner, fail, (gpointer) names[i], NULL));

  if (ta_runner_stop (runner, TA_TIMEOUT_DEFAULT, NULL, &error))
    g_print ("All went well\n");
  else if (g_error_matches (error, TA_ERROR, TA_ERROR_TASKS_FAILED))
    print_failed_tasks (runner);
  else
    g_printerr ("errors: %s\n", error->message);

  return EXIT_SUCCESS;
}
