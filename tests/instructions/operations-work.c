/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "operations.h"

/* Tasks, calls, signals and requests. */

static TaRunner *
attached_runner (void)
{
  TaRunner *runner = ta_runner_new_for_context (g_main_context_default (), "counted");

  g_assert_true (ta_runner_start (runner, NULL));

  return runner;
}

static void
stopped_cb (GObject *object, GAsyncResult *result, gpointer is_stopped)
{
  g_assert_true (ta_runner_stop_finish (TA_RUNNER (object), result, NULL));
  *(gboolean *) is_stopped = TRUE;
}

static void
detach_runner (TaRunner *runner)
{
  gboolean is_stopped = FALSE;

  ta_runner_stop_async (runner, TA_TIMEOUT_DEFAULT, NULL, stopped_cb, &is_stopped);
  while (!is_stopped)
    g_main_context_iteration (NULL, TRUE);
  g_object_unref (runner);
}

static void
task_cb (TaTask *task, gpointer data)
{
  TaPromise *promise = ta_task_take_promise (task);
  guint     *n_left = data;

  ta_promise_return_int (promise, 7);
  ta_promise_unref (promise);
  --*n_left;
}

static void
create_tasks (guint n)
{
  TaRunner *runner = attached_runner ();

  for (guint i = 0; i < n; i++)
    {
      guint              n_left = 1;
      GValue             value = G_VALUE_INIT;
      g_autoptr (TaTask) task = ta_runner_create_task (runner, task_cb, &n_left, NULL);

      operations_iterate (&n_left);
      g_assert_true (ta_future_try_wait (TA_FUTURE (task), &value, NULL));
    }

  detach_runner (runner);
}

static void
create_many_tasks (guint n)
{
  TaRunner *runner = attached_runner ();
  guint     n_left = n;

  for (guint i = 0; i < n; i++)
    g_object_unref (ta_runner_create_task (runner, task_cb, &n_left, NULL));
  operations_iterate (&n_left);

  detach_runner (runner);
}

static void
nothing_cb (gpointer data)
{
}

static void
called_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  guint *n_left = data;

  g_assert_true (ta_runner_call_in_loop_finish (TA_RUNNER (object), result, NULL));
  --*n_left;
}

static void
call_in_loop (guint n)
{
  TaRunner *runner = attached_runner ();
  guint     n_left = n;

  for (guint i = 0; i < n; i++)
    ta_runner_call_in_loop_async (runner, nothing_cb, NULL, NULL, TA_TIMEOUT_INFINITE, NULL,
                                  called_cb, &n_left);
  operations_iterate (&n_left);

  detach_runner (runner);
}

static void
done_cb (GObject *object, GParamSpec *pspec, gpointer data)
{
  guint *n_left = data;

  --*n_left;
}

static void
notify_done (guint n)
{
  guint n_left = n;

  for (guint i = 0; i < n; i++)
    {
      TaPromise           *promise;
      g_autoptr (TaFuture) future = operations_promise (&promise);

      g_signal_connect (future, "notify::done", G_CALLBACK (done_cb), &n_left);
      ta_promise_return_int (promise, 7);
      ta_promise_unref (promise);
    }
  operations_iterate (&n_left);
}

static gboolean
increment_cb (TaServer *server, TaRequest *request, gpointer data)
{
  TaPromise *promise = ta_request_take_promise (request);

  ta_promise_return_int (promise, 7);
  ta_promise_unref (promise);

  return TRUE;
}

static void
execute_requests (guint n)
{
  TaRunner *runner = attached_runner ();
  TaServer *server = ta_server_new ("counted");
  TaClient *client = ta_client_new (server, runner);

  g_signal_connect (server, "handle-request", G_CALLBACK (increment_cb), NULL);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (TaRequest) request =
          ta_client_execute (client, "increment", TA_VALUE_INT (i), 1, NULL);

      g_assert_true (ta_server_process (server, 0, NULL, NULL));
      g_assert_true (ta_future_try_wait (TA_FUTURE (request), NULL, NULL));
    }

  g_object_unref (client);
  g_object_unref (server);
  detach_runner (runner);
}

/* Each task in the thread of a runner makes the next one. */
typedef struct
{
  TaRunner  *runner;
  TaPromise *ended;
  guint      n_left;
} Chain;

static void
chain_cb (TaTask *task, gpointer data)
{
  Chain     *chain = data;
  TaPromise *promise = ta_task_take_promise (task);

  if (--chain->n_left > 0)
    g_object_unref (ta_runner_create_task (chain->runner, chain_cb, chain, NULL));
  else
    ta_promise_return_boolean (chain->ended, TRUE);
  ta_promise_return_boolean (promise, TRUE);
  ta_promise_unref (promise);
}

static void
turn_a_runner (guint n)
{
  Chain                chain = { .n_left = n };
  g_autoptr (TaFuture) ended = operations_promise (&chain.ended);

  /* How often one that looks for work finds some would depend on the time. */
  chain.runner =
      g_object_new (TA_TYPE_RUNNER, "name", "counted", "max-spin", G_GINT64_CONSTANT (0), NULL);
  g_assert_true (ta_runner_start (chain.runner, NULL));
  g_object_unref (ta_runner_create_task (chain.runner, chain_cb, &chain, NULL));
  g_assert_true (ta_future_wait (ended, NULL, TA_TIMEOUT_INFINITE, NULL, NULL));
  g_assert_true (ta_runner_stop (chain.runner, TA_TIMEOUT_INFINITE, NULL, NULL));
  ta_promise_unref (chain.ended);
  g_object_unref (chain.runner);
}

const Operation operations_work[] = {
  { "a task, and its result", create_tasks },
  { "one of many tasks", create_many_tasks, TRUE },
  { "a call in a loop", call_in_loop, TRUE },
  { "notify::done of a future", notify_done, TRUE },
  { "a request to a server", execute_requests },
  { "a turn of a runner's thread, with a task", turn_a_runner },
  { NULL },
};
