/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "test-asker.h"

TestAsker *
test_asker_new (TaServer *server, TaRunner *runner, const char *method, guint n_requests)
{
  TestAsker *self = g_new0 (TestAsker, 1);

  self->client = ta_client_new (server, runner);
  self->method = method;
  self->n_requests = n_requests;
  self->cancellable = g_cancellable_new ();
  test_gate_init (&self->ended);

  return self;
}

/* It must have ended, or not have begun. */
void
test_asker_free (TestAsker *self)
{
  g_object_unref (self->client);
  g_object_unref (self->cancellable);
  g_clear_error (&self->error);
  test_gate_clear (&self->ended);
  g_free (self);
}

static void ask (TestAsker *self);

static void
answered_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  TestAsker *self = data;
  GValue     value = G_VALUE_INIT;

  if (!ta_client_execute_finish (TA_CLIENT (source), result, &value, &self->error) ||
      !ta_value_take_int (&value, &self->last_answer, &self->error))
    {
      test_gate_open (&self->ended);
      return;
    }

  g_atomic_int_inc (&self->n_answered);
  if (self->n_asked < self->n_requests)
    ask (self);
  else
    test_gate_open (&self->ended);
}

static void
ask (TestAsker *self)
{
  GValue args[2] = { *TA_VALUE_INT (self->n_asked), *TA_VALUE_INT (self->id) };

  self->n_asked++;
  ta_client_execute_async (self->client, self->method, args, G_N_ELEMENTS (args), NULL,
                           TA_TIMEOUT_INFINITE, self->cancellable, answered_cb, self);
}

void
test_asker_start_cb (gpointer self)
{
  ask (self);
}

/* Has it ask for the first time, and comes back when it has. */
void
test_asker_start (TestAsker *self)
{
  g_autoptr (TaRunner) runner = ta_client_get_runner (self->client);
  g_autoptr (GError)   error = NULL;

  ta_runner_call_in_loop (runner, test_asker_start_cb, self, NULL, TEST_DEADLINE_US, NULL, &error);
  g_assert_no_error (error);
}

void
test_serving_init (TestServing *self, guint n_requests)
{
  self->server = ta_server_new ("the server");
  self->runner = test_runner_new_started ("the runner");
  self->asker = test_asker_new (self->server, self->runner, "increment", n_requests);
}

void
test_serving_clear (TestServing *self)
{
  test_runner_stop (self->runner);
  g_clear_pointer (&self->asker, test_asker_free);
  g_clear_object (&self->runner);
  g_clear_object (&self->server);
}

gint64
test_request_get_int (TaRequest *request, guint index)
{
  g_autoptr (GError) error = NULL;
  GValue             value = G_VALUE_INIT;
  gint64             number = 0;

  g_assert_true (ta_request_get_arg (request, index, &value, &error));
  g_assert_true (ta_value_take_int (&value, &number, &error));

  return number;
}

gboolean
test_increment_cb (TaServer *server, TaRequest *request, gpointer data)
{
  g_autoptr (TaPromise) promise = ta_request_take_promise (request);

  ta_promise_return_int (promise, test_request_get_int (request, 0) + 1);

  return TRUE;
}

gboolean
test_server_process (TaServer *server)
{
  g_autoptr (GError) error = NULL;
  gboolean           is_handled = ta_server_process (server, TEST_DEADLINE_US, NULL, &error);

  g_assert_no_error (error);

  return is_handled;
}

/* Keeps the runner's loop; returns once it is kept. */
void
test_block_start (TestBlock *self, TaRunner *runner)
{
  test_gate_init (&self->blocked);
  test_gate_init (&self->release);
  test_runner_block (runner, &self->blocked, &self->release);
}

/* Lets it go on. */
void
test_block_end (TestBlock *self)
{
  test_gate_open (&self->release);
}

/* Lets it go on, and ends it. */
void
test_block_stop (TestBlock *self, TaRunner *runner)
{
  test_block_end (self);
  test_runner_stop (runner);
  test_block_clear (self);
}

/* Once the loop has gone on. */
void
test_block_clear (TestBlock *self)
{
  test_gate_clear (&self->blocked);
  test_gate_clear (&self->release);
}
