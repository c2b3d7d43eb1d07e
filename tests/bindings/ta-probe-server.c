/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-probe-server.h"

typedef struct
{
  TaClient  *client;
  char      *method;
  guint      n_requests;
  guint      n_asked;
  gint64     sum;
  TaPromise *promise;
} Asker;

static void ask (Asker *self);

static void
asker_free (Asker *self)
{
  ta_promise_unref (self->promise);
  g_object_unref (self->client);
  g_free (self->method);
  g_free (self);
}

static void
answered_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Asker  *self = data;
  GValue  value = G_VALUE_INIT;
  gint64  answer;
  GError *error = NULL;

  if (!ta_client_execute_finish (self->client, result, &value, &error) ||
      !ta_value_take_int (&value, &answer, &error))
    {
      ta_promise_return_error (self->promise, error);
      asker_free (self);
      return;
    }

  self->sum += answer;
  ask (self);
}

static void
ask (Asker *self)
{
  if (self->n_asked < self->n_requests)
    {
      ta_client_execute_async (self->client, self->method, TA_VALUE_INT (self->n_asked++), 1, NULL,
                               TA_TIMEOUT_INFINITE, ta_promise_get_cancellable (self->promise),
                               answered_cb, self);
      return;
    }

  ta_promise_return_int (self->promise, self->sum);
  asker_free (self);
}

static void
ask_cb (TaTask *task, gpointer data)
{
  Asker *self = data;

  self->promise = ta_task_take_promise (task);
  ask (self);
}

TaTask *
ta_probe_ask_repeatedly (TaClient *client, const char *method, guint n_requests)
{
  g_autoptr (TaRunner) runner = ta_client_get_runner (client);
  Asker               *asker = g_new0 (Asker, 1);

  asker->client = g_object_ref (client);
  asker->method = g_strdup (method);
  asker->n_requests = n_requests;

  return ta_runner_create_task (runner, ask_cb, asker, NULL);
}

static gboolean
increment_cb (TaServer *server, TaRequest *request, gpointer data)
{
  g_autoptr (TaPromise) promise = ta_request_take_promise (request);
  GValue                value = G_VALUE_INIT;
  gint64                number;
  GError               *error = NULL;

  if (ta_request_get_arg (request, 0, &value, &error) &&
      ta_value_take_int (&value, &number, &error))
    ta_promise_return_int (promise, number + 1);
  else
    ta_promise_return_error (promise, error);

  return TRUE;
}

TaServer *
ta_probe_server_new (void)
{
  TaServer *self = ta_server_new ("native");

  g_signal_connect (self, "handle-request::increment", G_CALLBACK (increment_cb), NULL);

  return self;
}
