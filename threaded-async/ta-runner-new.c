/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-runner-private.h"

/* How runners are made. */

/**
 * ta_runner_new:
 * @name: (nullable): a name for messages and for the thread
 *
 * Makes a runner with a thread and a context of its own, which begin with [method@Runner.start].
 *
 * Returns: (transfer full): a new runner
 *
 * Since: 1.0
 */
TaRunner *
ta_runner_new (const char *name)
{
  return g_object_new (TA_TYPE_RUNNER, "name", name, NULL);
}

/**
 * ta_runner_new_for_context:
 * @context: a context that somebody iterates
 * @name: (nullable): a name for messages
 *
 * Makes a runner that is attached to a context.
 *
 * It takes no part in iterating the context, and does not mind who does. Its tasks run in the thread
 * that iterates, with the context as thread-default. It begins with [method@Runner.start].
 *
 * Returns: (transfer full): a new runner
 *
 * Since: 1.0
 */
TaRunner *
ta_runner_new_for_context (GMainContext *context, const char *name)
{
  g_return_val_if_fail (context != NULL, NULL);

  return g_object_new (TA_TYPE_RUNNER, "context", context, "name", name, NULL);
}

/**
 * ta_runner_get_default:
 *
 * Returns the runner that is attached to the main context, which in most programs is that of the
 * user interface.
 *
 * It may be called from any thread. There is one in a process; it runs already, and is named
 * “main”. Who stops it does so for the whole process. Since nobody need do so, a task of it that has
 * failed is logged when its last reference goes and nobody took the error, unless
 * [signal@Runner::task-failed] has a handler.
 *
 * Returns: (transfer none): the runner
 *
 * Since: 1.0
 */
TaRunner *
ta_runner_get_default (void)
{
  static gsize runner;

  if (g_once_init_enter (&runner))
    {
      TaRunner *new_runner =
          g_object_new (TA_TYPE_RUNNER, "context", g_main_context_default (), "main-context",
                        g_main_context_default (), "name", "main", NULL);

      ta_loop_set_default (ta_runner_get_loop (new_runner));
      /* Nobody else runs the main context, so that this can't fail. */
      ta_runner_start (new_runner, NULL);
      g_once_init_leave (&runner, (gsize) new_runner);
    }

  return (TaRunner *) runner;
}
