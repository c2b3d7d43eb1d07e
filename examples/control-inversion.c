/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * control-inversion: a client in the background asks a server to increment the numbers 0 to 9, one
 * after the other, and prints each answer. The server, in the main program, decides how far it gets:
 * it handles three requests.
 *
 * When ta_server_process() returns, the client has printed the answer. Nothing of it depends on which
 * thread is quicker.
 */

#include <stdlib.h>

#include <threaded-async.h>

/* The client's side, which runs in the background. */

typedef struct
{
  TaClient  *client;
  TaPromise *promise;
  gint64     number;
} Counter;

static void
counter_free (Counter *self)
{
  ta_promise_unref (self->promise);
  g_object_unref (self->client);
  g_free (self);
}

static void counter_ask (Counter *self);

static void
answered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Counter        *self = user_data;
  g_auto (GValue) value = G_VALUE_INIT;
  gint64          answer;
  GError         *error = NULL;

  if (!ta_client_execute_finish (self->client, result, &value, &error) ||
      !ta_value_take_int (&value, &answer, &error))
    {
      ta_promise_return_error (self->promise, error);
      counter_free (self);
      return;
    }

  g_print ("Client got: %" G_GINT64_FORMAT "\n", answer);

  if (++self->number < 10)
    {
      counter_ask (self);
    }
  else
    {
      ta_promise_return_boolean (self->promise, TRUE);
      counter_free (self);
    }
}

static void
counter_ask (Counter *self)
{
  ta_client_execute_async (self->client, "increment", TA_VALUE_INT (self->number), 1, NULL,
                           TA_TIMEOUT_INFINITE, ta_promise_get_cancellable (self->promise),
                           answered_cb, self);
}

/* The task's function. */
static void
count (TaTask *task, gpointer user_data)
{
  Counter *self = g_new0 (Counter, 1);

  self->client = g_object_ref (user_data);
  self->promise = ta_task_take_promise (task);
  counter_ask (self);
}

/* The server's side, which runs in the main program. */

static gboolean
increment_cb (TaServer *server, TaRequest *request, gpointer user_data)
{
  g_autoptr (TaPromise) promise = ta_request_take_promise (request);
  g_auto (GValue)       value = G_VALUE_INIT;
  gint64                number;
  GError               *error = NULL;

  if (ta_request_get_arg (request, 0, &value, &error) &&
      ta_value_take_int (&value, &number, &error))
    ta_promise_return_int (promise, number + 1);
  else
    ta_promise_return_error (promise, error);

  return TRUE;
}

static gboolean
run (TaRunner *runner, GError **error)
{
  g_autoptr (TaServer) server = ta_server_new ("control-inversion");
  g_autoptr (TaClient) client = ta_client_new (server, runner);
  g_autoptr (TaTask)   task =
      ta_runner_create_task (runner, count, g_object_ref (client), g_object_unref);

  g_signal_connect (server, "handle-request::increment", G_CALLBACK (increment_cb), NULL);

  for (int i = 0; i < 3; i++)
    if (!ta_server_process (server, TA_TIMEOUT_INFINITE, NULL, error))
      return FALSE;

  /* The client waits for the fourth answer, until its runner is stopped. */
  return ta_runner_stop (runner, TA_TIMEOUT_DEFAULT, NULL, error);
}

int
main (void)
{
  g_autoptr (TaRunner) runner = ta_runner_new ("control-inversion");
  g_autoptr (GError)   error = NULL;

  if (!ta_runner_start (runner, &error) || !run (runner, &error))
    {
      g_printerr ("control-inversion: %s\n", error != NULL ? error->message : "no request came");
      return EXIT_FAILURE;
    }

  return EXIT_SUCCESS;
}
