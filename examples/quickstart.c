/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <stdlib.h>

#include <threaded-async.h>

/* The first two functions run in the runner's thread, the others in the main thread. */

static void
slept_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TaPromise) promise = user_data;
  GError               *error = NULL;

  if (ta_sleep_finish (result, &error))
    ta_promise_return_int (promise, 42);
  else
    ta_promise_return_error (promise, error);
}

static void
think (TaTask *task, gpointer user_data)
{
  TaPromise *promise = ta_task_take_promise (task);

  ta_sleep_async (G_USEC_PER_SEC / 2, ta_promise_get_cancellable (promise), slept_cb, promise);
}

static gboolean
ask (TaRunner *runner, gint64 *answer, GError **error)
{
  g_autoptr (TaTask) task = ta_runner_create_task (runner, think, NULL, NULL);
  g_auto (GValue)    value = G_VALUE_INIT;

  return ta_future_wait (TA_FUTURE (task), &value, TA_TIMEOUT_INFINITE, NULL, error) &&
         ta_value_take_int (&value, answer, error);
}

int
main (void)
{
  g_autoptr (TaRunner) runner = ta_runner_new ("quickstart");
  g_autoptr (GError)   error = NULL;
  gint64               answer = 0;

  if (!ta_runner_start (runner, &error) || !ask (runner, &answer, &error) ||
      !ta_runner_stop (runner, TA_TIMEOUT_DEFAULT, NULL, &error))
    {
      g_printerr ("quickstart: %s\n", error->message);
      return EXIT_FAILURE;
    }

  g_print ("The answer is %" G_GINT64_FORMAT "\n", answer);
  return EXIT_SUCCESS;
}
