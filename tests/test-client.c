/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * What a client can ask, how it waits for the answer, and how it takes a question back.
 */

#include "test-asker.h"

typedef struct
{
  TaServer *server;
  TaRunner *runner;
  TaClient *client;
} Fixture;

static void
fixture_init (Fixture *self)
{
  self->server = ta_server_new ("the server");
  self->runner = test_runner_new_started ("the runner");
  self->client = ta_client_new (self->server, self->runner);
  g_signal_connect (self->server, "handle-request", G_CALLBACK (test_increment_cb), NULL);
}

static void
fixture_clear (Fixture *self)
{
  test_runner_stop (self->runner);
  g_clear_object (&self->client);
  g_clear_object (&self->runner);
  g_clear_object (&self->server);
}

static gboolean
check_args_cb (TaServer *server, TaRequest *request, gpointer data)
{
  g_autoptr (TaPromise) promise = ta_request_take_promise (request);
  const char *const    *names = ta_request_get_names (request);
  GValue                value = G_VALUE_INIT;
  g_autoptr (GError)    error = NULL;
  g_autofree char      *string = NULL;
  double                number;

  g_assert_cmpstr (ta_request_get_method (request), ==, "shoot");
  g_assert_true (ta_request_get_client (request) == data);
  g_assert_cmpuint (ta_request_get_n_args (request), ==, 2);
  g_assert_cmpint (test_request_get_int (request, 0), ==, 7);
  g_assert_true (ta_request_get_arg (request, 1, &value, &error));
  g_assert_true (ta_value_take_string (&value, &string, &error));
  g_assert_cmpstr (string, ==, "north");

  g_assert_cmpuint (g_strv_length ((char **) names), ==, 2);
  g_assert_cmpstr (names[0], ==, "power");
  g_assert_cmpstr (names[1], ==, "aim");
  g_assert_true (ta_request_get_named_arg (request, "power", &value, &error));
  g_assert_true (ta_value_take_double (&value, &number, &error));
  g_assert_cmpfloat (number, ==, 0.5);
  g_assert_true (ta_request_get_named_arg (request, "aim", &value, &error));
  g_assert_true (G_VALUE_HOLDS (&value, TA_TYPE_RUNNER));
  g_value_unset (&value);

  g_assert_false (ta_request_get_arg (request, 2, &value, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  test_assert_message_has (error, "argument 2");
  test_assert_message_has (error, "shoot");
  test_assert_null_pointer (&value);
  g_clear_error (&error);
  g_assert_false (ta_request_get_named_arg (request, "speed", &value, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  test_assert_message_has (error, "speed");
  test_assert_null_pointer (&value);

  ta_promise_return_string (promise, "hit");

  return TRUE;
}

static void
test_args (void)
{
  static const char *const names[] = { "power", "aim", NULL };
  g_autoptr (TaServer)     server = ta_server_new (NULL);
  g_autoptr (TaRunner)     runner = test_runner_new_started (NULL);
  g_autoptr (TaClient)     client = ta_client_new (server, runner);
  g_autoptr (TaRequest)    request = NULL;
  g_autofree char         *answer = NULL;
  GValue                   value = G_VALUE_INIT;

  g_signal_connect (server, "handle-request", G_CALLBACK (check_args_cb), client);
  request = ta_client_execute (client, "shoot",
                               (GValue[]){ *TA_VALUE_INT (7), *TA_VALUE_STRING ("north"),
                                           *TA_VALUE_DOUBLE (0.5), *TA_VALUE_OBJECT (runner) },
                               4, names);
  g_assert_true (test_server_process (server));
  g_assert_true (ta_future_try_wait (TA_FUTURE (request), &value, NULL));
  g_assert_true (ta_value_take_string (&value, &answer, NULL));
  g_assert_cmpstr (answer, ==, "hit");

  test_runner_stop (runner);
}

static void
check_refused (TaRequest *request, GQuark domain, int code, const char *text)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (ta_future_get_done (TA_FUTURE (request)));
  g_assert_false (ta_future_try_wait (TA_FUTURE (request), NULL, &error));
  g_assert_error (error, domain, code);
  test_assert_message_has (error, text);
  test_assert_message_has (error, "ask");
  test_assert_message_has (error, "the server");
  g_object_unref (request);
}

static void
test_bad_args (void)
{
  static const char *const two_names[] = { "one", "two", NULL };
  static const char *const same_names[] = { "one", "one", NULL };
  const GValue             two[] = { *TA_VALUE_INT (1), *TA_VALUE_INT (2) };
  const GValue             unset[] = { *TA_VALUE_INT (1), G_VALUE_INIT };
  Fixture                  fixture;

  fixture_init (&fixture);
  check_refused (ta_client_execute (fixture.client, "ask", two, 1, two_names), G_IO_ERROR,
                 G_IO_ERROR_INVALID_ARGUMENT, "more names than values");
  check_refused (ta_client_execute (fixture.client, "ask", two, 2, same_names), G_IO_ERROR,
                 G_IO_ERROR_INVALID_ARGUMENT, "“one”");
  check_refused (ta_client_execute (fixture.client, "ask", unset, 2, NULL), TA_ERROR,
                 TA_ERROR_WRONG_TYPE, "Argument 1");
  g_assert_cmpuint (ta_server_get_n_pending (fixture.server), ==, 0);
  g_assert_false (test_server_process (fixture.server));
  fixture_clear (&fixture);
}

static void
test_not_running (void)
{
  g_autoptr (TaServer)  server = ta_server_new (NULL);
  g_autoptr (TaRunner)  runner = ta_runner_new ("idle");
  g_autoptr (TaClient)  client = ta_client_new (server, runner);
  g_autoptr (TaRunner)  same = ta_client_get_runner (client);
  g_autoptr (TaRequest) before = NULL, after = NULL;
  g_autoptr (GError)    error = NULL;

  g_assert_true (same == runner);

  before = ta_client_execute (client, "ask", NULL, 0, NULL);
  g_assert_false (ta_future_try_wait (TA_FUTURE (before), NULL, &error));
  g_assert_error (error, TA_ERROR, TA_ERROR_NOT_RUNNING);
  test_assert_message_has (error, "idle");

  g_assert_true (ta_runner_start (runner, NULL));
  test_runner_stop (runner);
  g_clear_error (&error);
  after = ta_client_execute (client, "ask", NULL, 0, NULL);
  g_assert_false (ta_future_try_wait (TA_FUTURE (after), NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  test_assert_message_has (error, "idle");
}

/* A client does not keep its runner and its server. */
static void
test_references (void)
{
  TaServer *server = ta_server_new (NULL);
  TaRunner *runner = ta_runner_new (NULL);
  TaClient *client = ta_client_new (server, runner);
  GObject  *weak_server = G_OBJECT (server), *weak_runner = G_OBJECT (runner);

  g_object_add_weak_pointer (weak_server, (gpointer *) &weak_server);
  g_object_add_weak_pointer (weak_runner, (gpointer *) &weak_runner);
  g_object_unref (server);
  g_object_unref (runner);
  g_assert_null (weak_server);
  g_assert_null (weak_runner);
  g_assert_null (ta_client_get_runner (client));
  g_object_unref (client);
}

static void
test_made_badly (void)
{
  g_autoptr (TaClient) client = NULL;

  test_expect_critical ("*TaClient*without a server*");
  client = g_object_new (TA_TYPE_CLIENT, NULL);
  g_test_assert_expected_messages ();
  g_assert_null (ta_client_get_runner (client));
  test_expect_critical ("*link != NULL*");
  g_assert_null (ta_client_execute (client, "ask", NULL, 0, NULL));
  g_test_assert_expected_messages ();
}

/* What is beyond the size of the queue waits for its place. */
static void
test_queue_size (void)
{
  g_autoptr (TaServer) server = g_object_new (TA_TYPE_SERVER, "queue-size", 2, NULL);
  g_autoptr (TaRunner) runner = test_runner_new_started (NULL);
  g_autoptr (TaClient) client = ta_client_new (server, runner);
  TaRequest           *requests[5];
  GValue               value = G_VALUE_INIT;
  gint64               answer;

  g_signal_connect (server, "handle-request", G_CALLBACK (test_increment_cb), NULL);
  for (gint64 i = 0; i < 5; i++)
    requests[i] = ta_client_execute (client, "ask", TA_VALUE_INT (i), 1, NULL);
  g_assert_cmpuint (ta_server_get_n_pending (server), ==, 2);

  /* One of those inside and one of those outside. */
  g_assert_true (ta_request_withdraw (requests[1]));
  g_assert_true (ta_request_withdraw (requests[4]));
  g_assert_cmpuint (ta_server_get_n_pending (server), ==, 2);

  for (guint i = 0; i < 5; i++)
    {
      if (i == 1 || i == 4)
        continue;

      g_assert_false (ta_future_get_done (TA_FUTURE (requests[i])));
      g_assert_true (test_server_process (server));
      g_assert_true (ta_future_try_wait (TA_FUTURE (requests[i]), &value, NULL));
      g_assert_true (ta_value_take_int (&value, &answer, NULL));
      g_assert_cmpint (answer, ==, i + 1);
    }
  g_assert_false (test_server_process (server));
  g_assert_cmpuint (ta_server_get_n_pending (server), ==, 0);

  for (guint i = 0; i < 5; i++)
    g_object_unref (requests[i]);
  test_runner_stop (runner);
}

static gboolean
check_withdraw_cb (TaServer *server, TaRequest *request, gpointer data)
{
  /* Too late. */
  g_assert_false (ta_request_withdraw (request));

  return test_increment_cb (server, request, data);
}

static void
test_withdraw (void)
{
  Fixture               fixture;
  g_autoptr (TaRequest) first = NULL, second = NULL;
  g_autoptr (GError)    error = NULL;

  fixture_init (&fixture);
  first = ta_client_execute (fixture.client, "ask", TA_VALUE_INT (1), 1, NULL);
  second = ta_client_execute (fixture.client, "ask", TA_VALUE_INT (2), 1, NULL);
  g_assert_true (ta_request_withdraw (first));
  g_assert_false (ta_request_withdraw (first));
  g_assert_false (ta_future_try_wait (TA_FUTURE (first), NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  test_assert_message_has (error, "ask");

  g_signal_handlers_disconnect_by_func (fixture.server, test_increment_cb, NULL);
  g_signal_connect (fixture.server, "handle-request", G_CALLBACK (check_withdraw_cb), NULL);
  g_assert_true (test_server_process (fixture.server));
  g_assert_true (ta_future_try_wait (TA_FUTURE (second), NULL, NULL));
  g_assert_false (test_server_process (fixture.server));
  fixture_clear (&fixture);
}

/* Cancelling the wait takes back what is still queued. */
static void
test_cancel_async (void)
{
  Fixture    fixture;
  TestAsker *asker;

  fixture_init (&fixture);
  asker = test_asker_new (fixture.server, fixture.runner, "ask", 1);
  test_asker_start (asker);
  g_assert_cmpuint (ta_server_get_n_pending (fixture.server), ==, 1);
  g_cancellable_cancel (asker->cancellable);
  g_assert_false (test_server_process (fixture.server));
  g_assert_cmpuint (ta_server_get_n_pending (fixture.server), ==, 0);
  test_gate_await (&asker->ended, 1);
  g_assert_error (asker->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  /* One that is cancelled from the start is not sent. */
  g_clear_error (&asker->error);
  test_asker_start (asker);
  g_assert_cmpuint (ta_server_get_n_pending (fixture.server), ==, 0);
  test_gate_await (&asker->ended, 2);
  g_assert_error (asker->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  fixture_clear (&fixture);
  test_asker_free (asker);
}

/* The forms that block are for threads of one's own. */

typedef struct
{
  TaClient     *client;
  gint64        timeout_us;
  GCancellable *cancellable;
  gint64        answer;
  GError       *error;
  TestGate      begun;
} Ask;

static gpointer
ask_thread_cb (gpointer data)
{
  Ask   *ask = data;
  GValue value = G_VALUE_INIT;

  test_gate_open (&ask->begun);
  if (ta_client_execute_wait (ask->client, "ask", TA_VALUE_INT (41), 1, NULL, &value,
                              ask->timeout_us, ask->cancellable, &ask->error))
    g_assert_true (ta_value_take_int (&value, &ask->answer, NULL));
  else
    test_assert_null_pointer (&value);

  return NULL;
}

static void
test_wait (void)
{
  Fixture  fixture;
  Ask      ask = { .timeout_us = TA_TIMEOUT_DEFAULT };
  GThread *thread;

  fixture_init (&fixture);
  test_gate_init (&ask.begun);
  ask.client = fixture.client;
  thread = g_thread_new ("ask", ask_thread_cb, &ask);
  while (!test_server_process (fixture.server))
    g_thread_yield ();
  g_thread_join (thread);
  g_assert_no_error (ask.error);
  g_assert_cmpint (ask.answer, ==, 42);
  test_gate_clear (&ask.begun);
  fixture_clear (&fixture);
}

static void
check_wait_ends (gint64 timeout_us, int code)
{
  Fixture                  fixture;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Ask                      ask = { .timeout_us = timeout_us, .cancellable = cancellable };
  GThread                 *thread;

  fixture_init (&fixture);
  test_gate_init (&ask.begun);
  ask.client = fixture.client;
  thread = g_thread_new ("ask", ask_thread_cb, &ask);
  test_gate_await (&ask.begun, 1);
  if (code == G_IO_ERROR_CANCELLED)
    g_cancellable_cancel (cancellable);
  g_thread_join (thread);
  g_assert_error (ask.error, G_IO_ERROR, code);
  test_assert_message_has (ask.error, code == G_IO_ERROR_INVALID_ARGUMENT ? "-7" : "ask");

  /* It has been taken back. */
  g_assert_cmpuint (ta_server_get_n_pending (fixture.server), ==, 0);
  g_assert_false (test_server_process (fixture.server));
  g_error_free (ask.error);
  test_gate_clear (&ask.begun);
  fixture_clear (&fixture);
}

static void
test_wait_ends (void)
{
  check_wait_ends (0, G_IO_ERROR_TIMED_OUT);
  check_wait_ends (1000, G_IO_ERROR_TIMED_OUT);
  check_wait_ends (TA_TIMEOUT_INFINITE, G_IO_ERROR_CANCELLED);
  check_wait_ends (-7, G_IO_ERROR_INVALID_ARGUMENT);
}

static void
check_deadlock (TaClient *client, const char *text)
{
  g_autoptr (GError)    error = NULL;
  g_autoptr (TaRequest) request = NULL;

  g_assert_false (ta_client_execute_wait (client, "ask", NULL, 0, NULL, NULL, TA_TIMEOUT_INFINITE,
                                          NULL, &error));
  g_assert_error (error, TA_ERROR, TA_ERROR_WOULD_DEADLOCK);
  test_assert_message_has (error, text);
  g_clear_error (&error);

  request = ta_client_execute (client, "ask", NULL, 0, NULL);
  g_assert_false (ta_future_wait (TA_FUTURE (request), NULL, TA_TIMEOUT_INFINITE, NULL, &error));
  g_assert_error (error, TA_ERROR, TA_ERROR_WOULD_DEADLOCK);
  g_assert_true (ta_request_withdraw (request));
}

static void
check_deadlock_cb (gpointer data)
{
  check_deadlock (data, "");
}

static void
test_deadlock (void)
{
  Fixture fixture;

  fixture_init (&fixture);
  /* It is for this thread to answer. */
  check_deadlock (fixture.client, "server");
  g_assert_cmpuint (ta_server_get_n_pending (fixture.server), ==, 0);
  /* And this one has the client's code to run. */
  g_assert_true (ta_runner_call_in_loop (fixture.runner, check_deadlock_cb, fixture.client, NULL,
                                         TEST_DEADLINE_US, NULL, NULL));
  fixture_clear (&fixture);
}

/* Many threads ask at once, and each gets its own answers. */

#define N_THREADS 4

static gpointer
ask_often_cb (gpointer data)
{
  TaClient *client = data;

  for (gint64 i = 0; i < test_repeats (500); i++)
    {
      g_autoptr (GError) error = NULL;
      GValue             value = G_VALUE_INIT;
      gint64             answer = 0;

      ta_client_execute_wait (client, "ask", TA_VALUE_INT (i), 1, NULL, &value, TEST_DEADLINE_US,
                              NULL, &error);
      g_assert_no_error (error);
      g_assert_true (ta_value_take_int (&value, &answer, NULL));
      g_assert_cmpint (answer, ==, i + 1);
    }

  return NULL;
}

static void
test_threads (void)
{
  Fixture   fixture;
  GThread  *threads[N_THREADS];
  TaClient *clients[N_THREADS];
  guint     n_left = N_THREADS * test_repeats (500);

  fixture_init (&fixture);
  for (guint i = 0; i < N_THREADS; i++)
    {
      clients[i] = ta_client_new (fixture.server, fixture.runner);
      threads[i] = g_thread_new ("ask", ask_often_cb, clients[i]);
    }
  while (n_left > 0)
    {
      if (test_server_process (fixture.server))
        n_left--;
      else
        g_thread_yield ();
    }
  for (guint i = 0; i < N_THREADS; i++)
    {
      g_thread_join (threads[i]);
      g_object_unref (clients[i]);
    }
  fixture_clear (&fixture);
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv);

  test_add ("/client/args", test_args);
  test_add ("/client/bad-args", test_bad_args);
  test_add ("/client/not-running", test_not_running);
  test_add ("/client/references", test_references);
  test_add ("/client/made-badly", test_made_badly);
  test_add ("/client/queue-size", test_queue_size);
  test_add ("/client/withdraw", test_withdraw);
  test_add ("/client/cancel-withdraws", test_cancel_async);
  test_add ("/client/wait", test_wait);
  test_add ("/client/wait/ends", test_wait_ends);
  test_add ("/client/wait/deadlock", test_deadlock);
  test_add ("/client/threads", test_threads);

  return g_test_run ();
}
