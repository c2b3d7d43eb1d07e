/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * stuck-loop: a task computes and never gives its loop a turn. The stop takes no longer than it may,
 * and says how it went.
 */

#include <stdlib.h>

#include <threaded-async.h>

static int has_begun; /* atomic */

/* The task's function. It looks at nothing, not even at its cancellable. */
static void
compute (TaTask *task, gpointer user_data)
{
  g_autoptr (TaPromise) promise = ta_task_take_promise (task);

  ta_task_set_name (task, "compute");
  g_atomic_int_set (&has_begun, TRUE);
  for (;;)
    g_usleep (1000);
}

int
main (void)
{
  g_autoptr (TaRunner) runner = ta_runner_new ("stuck-loop");
  g_autoptr (TaTask)   task = NULL;
  g_autofree char     *type = NULL;
  g_autoptr (GError)   error = NULL;

  if (!ta_runner_start (runner, &error))
    {
      g_printerr ("stuck-loop: %s\n", error->message);
      return EXIT_FAILURE;
    }

  task = ta_runner_create_task (runner, compute, NULL, NULL);
  while (!g_atomic_int_get (&has_begun))
    g_usleep (1000);

  if (!ta_runner_stop (runner, G_USEC_PER_SEC / 2, NULL, &error))
    g_printerr ("stuck-loop: %s\n", error->message);

  type = g_enum_to_string (TA_TYPE_SHUTDOWN_TYPE, ta_runner_get_shutdown_type (runner));
  g_print ("%s\n", type);

  return EXIT_SUCCESS;
}
