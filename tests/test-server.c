/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* When and where a server has requests handled, and answers them. */

#include "test-asker.h"

typedef struct
{
  TestWitness witness;
  GPtrArray  *promises;
} Handler;

static void
handler_init (Handler *self)
{
  test_witness_init (&self->witness, g_main_context_get_thread_default ());
  self->promises = g_ptr_array_new_with_free_func ((GDestroyNotify) ta_promise_unref);
}

static void
handler_clear (Handler *self)
{
  g_ptr_array_unref (self->promises);
}

static gboolean
keep_promise_cb (TaServer *server, TaRequest *request, gpointer data)
{
  Handler *handler = data;

  test_witness_see (&handler->witness);
  g_ptr_array_add (handler->promises, ta_request_take_promise (request));

  return TRUE;
}

/* Who takes the promise has handled the request, whatever it returns. */
static gboolean
take_and_refuse_cb (TaServer *server, TaRequest *request, gpointer data)
{
  keep_promise_cb (server, request, data);

  return FALSE;
}

static void
test_taken_and_refused (void)
{
  TestServing fixture;
  Handler     handler;

  test_serving_init (&fixture, 1);
  handler_init (&handler);
  g_signal_connect (fixture.server, "handle-request", G_CALLBACK (take_and_refuse_cb), &handler);
  test_asker_start (fixture.asker);
  g_assert_true (test_server_process (fixture.server));
  ta_promise_return_int (handler.promises->pdata[0], 7);
  test_gate_await (&fixture.asker->ended, 1);
  g_assert_no_error (fixture.asker->error);
  g_assert_cmpint (fixture.asker->last_answer, ==, 7);
  handler_clear (&handler);
  test_serving_clear (&fixture);
}

/* The answer may come later, and from any thread. */
static gpointer
return_cb (gpointer data)
{
  ta_promise_return_int (data, 99);

  return NULL;
}

static void
test_later (void)
{
  TestServing fixture;
  Handler     handler;

  test_serving_init (&fixture, 3);
  handler_init (&handler);
  g_signal_connect (fixture.server, "handle-request", G_CALLBACK (keep_promise_cb), &handler);
  test_asker_start (fixture.asker);

  g_assert_true (test_server_process (fixture.server));
  g_assert_false (test_server_process (fixture.server));
  g_assert_cmpint (fixture.asker->n_answered, ==, 0);

  /* Before the next request is handled, what it leads to has been done. */
  ta_promise_return_int (handler.promises->pdata[0], 10);
  g_assert_true (test_server_process (fixture.server));
  g_assert_cmpint (fixture.asker->last_answer, ==, 10);

  g_thread_join (g_thread_new ("answer", return_cb, handler.promises->pdata[1]));
  g_assert_true (test_server_process (fixture.server));
  g_assert_cmpint (fixture.asker->last_answer, ==, 99);

  ta_promise_return_int (handler.promises->pdata[2], 30);
  test_gate_await (&fixture.asker->ended, 1);
  g_assert_cmpint (fixture.asker->last_answer, ==, 30);
  g_assert_cmpuint (handler.witness.count, ==, 3);

  handler_clear (&handler);
  test_serving_clear (&fixture);
}

/* It is handled in the calling thread, with the server's context as thread-default. */

typedef struct
{
  TaServer *server;
  Handler  *handler;
} InOwnContext;

static void
process_here_cb (gpointer data)
{
  InOwnContext *own = data;

  own->handler->witness.thread = g_thread_self ();
  g_assert_true (test_server_process (own->server));
}

static void
test_context (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (TaServer)     server = g_object_new (TA_TYPE_SERVER, "main-context", context, NULL);
  g_autoptr (TaRunner)     runner = test_runner_new_started (NULL);
  g_autoptr (TestAsker)    asker = test_asker_new (server, runner, "increment", 2);
  Handler                  handler;
  InOwnContext             own = { .server = server, .handler = &handler };

  handler_init (&handler);
  test_witness_init (&handler.witness, context);
  g_signal_connect (server, "handle-request", G_CALLBACK (keep_promise_cb), &handler);
  g_assert_true (ta_server_get_main_context (server) == context);
  test_asker_start (asker);

  /* Any thread that can acquire the context will do. */
  g_assert_true (test_server_process (server));
  g_assert_null (g_main_context_get_thread_default ());
  g_assert_false (g_main_context_is_owner (context));
  ta_promise_return_int (handler.promises->pdata[0], 0);
  test_thread_call (process_here_cb, &own);
  ta_promise_return_int (handler.promises->pdata[1], 0);
  g_assert_cmpuint (handler.witness.count, ==, 2);

  test_gate_await (&asker->ended, 1);
  test_runner_stop (runner);
  handler_clear (&handler);
}

static void
test_wrong_thread (void)
{
  g_autoptr (TestWorker) worker = test_worker_new ();
  g_autoptr (TaServer)   server =
      g_object_new (TA_TYPE_SERVER, "name", "their server", "main-context",
                    test_worker_get_context (worker), NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (ta_server_process (server, TA_TIMEOUT_INFINITE, NULL, &error));
  g_assert_error (error, TA_ERROR, TA_ERROR_WRONG_THREAD);
  test_assert_message_has (error, "their server");

  g_clear_error (&error);
  g_assert_cmpint (ta_server_process_all (server, TA_TIMEOUT_INFINITE, NULL, &error), ==, -1);
  g_assert_error (error, TA_ERROR, TA_ERROR_WRONG_THREAD);
}

static void
test_bad_timeout (void)
{
  g_autoptr (TaServer) server = ta_server_new (NULL);
  g_autoptr (GError)   error = NULL;

  g_assert_false (ta_server_process (server, -3, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_assert_cmpint (ta_server_process_all (server, TA_TIMEOUT_DEFAULT, NULL, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
}

/* The default is that of the clients' runners. */
static void
test_default_timeout (void)
{
  g_autoptr (TaServer) server = ta_server_new (NULL);
  g_autoptr (TaRunner) runner =
      g_object_new (TA_TYPE_RUNNER, "default-timeout", G_GINT64_CONSTANT (20000), NULL);
  g_autoptr (TaClient) client = ta_client_new (server, runner);
  g_autoptr (GError)   error = NULL;
  TestBlock            block;

  g_assert_true (ta_runner_start (runner, NULL));
  test_block_start (&block, runner);

  g_assert_false (ta_server_process (server, TA_TIMEOUT_DEFAULT, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  test_assert_message_has (error, "0.02");

  test_block_stop (&block, runner);
}

/* A handler may process in turn. */
static gboolean
nested_cb (TaServer *server, TaRequest *request, gpointer data)
{
  g_autoptr (TaPromise) promise = ta_request_take_promise (request);
  gint64                depth = ++*(gint64 *) data;

  if (depth < 4)
    g_assert_true (test_server_process (server));
  ta_promise_return_int (promise, depth);

  return TRUE;
}

static void
test_nested (void)
{
  g_autoptr (TaServer) server = ta_server_new (NULL);
  g_autoptr (TaRunner) runner = test_runner_new_started (NULL);
  TestAsker           *askers[4];
  gint64               depth = 0;

  g_signal_connect (server, "handle-request", G_CALLBACK (nested_cb), &depth);
  for (guint i = 0; i < 4; i++)
    {
      askers[i] = test_asker_new (server, runner, "increment", 1);
      test_asker_start (askers[i]);
    }

  g_assert_true (test_server_process (server));
  g_assert_false (test_server_process (server));
  for (guint i = 0; i < 4; i++)
    g_assert_cmpint (askers[i]->last_answer, ==, i + 1);

  test_runner_stop (runner);
  for (guint i = 0; i < 4; i++)
    test_asker_free (askers[i]);
}

/* A handler may drop the last reference on the server, and stop the runner. */
static gboolean
let_go_cb (TaServer *server, TaRequest *request, gpointer data)
{
  TestServing *fixture = data;

  g_clear_object (&fixture->server);
  test_runner_stop (fixture->runner);

  return test_increment_cb (server, request, NULL);
}

static void
test_let_go_in_handler (void)
{
  TestServing fixture;

  test_serving_init (&fixture, 1);
  g_signal_connect (fixture.server, "handle-request", G_CALLBACK (let_go_cb), &fixture);
  test_asker_start (fixture.asker);
  g_assert_true (test_server_process (fixture.server));
  g_assert_null (fixture.server);
  test_gate_await (&fixture.asker->ended, 1);
  g_assert_error (fixture.asker->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  test_serving_clear (&fixture);
}

/* Those that wait when the server goes are told, and those that come later. */
static void
test_server_goes (void)
{
  TestServing fixture;

  test_serving_init (&fixture, 1);
  test_asker_start (fixture.asker);
  g_clear_object (&fixture.server);
  test_gate_await (&fixture.asker->ended, 1);
  g_assert_error (fixture.asker->error, TA_ERROR, TA_ERROR_DROPPED);
  test_assert_message_has (fixture.asker->error, "the server");

  g_clear_error (&fixture.asker->error);
  test_asker_start (fixture.asker);
  test_gate_await (&fixture.asker->ended, 2);
  g_assert_error (fixture.asker->error, TA_ERROR, TA_ERROR_DROPPED);
  test_serving_clear (&fixture);
}

static void
test_promise_rules (void)
{
  g_autoptr (TaServer)  server = ta_server_new (NULL);
  g_autoptr (TaRunner)  runner = test_runner_new_started (NULL);
  g_autoptr (TaClient)  client = ta_client_new (server, runner);
  g_autoptr (TaRequest) request = NULL;
  Handler               handler;

  handler_init (&handler);
  g_signal_connect (server, "handle-request", G_CALLBACK (keep_promise_cb), &handler);
  request = ta_client_execute (client, "anything", NULL, 0, NULL);

  /* Who asks can't answer. */
  test_expect_critical ("*promise*once*");
  g_assert_null (ta_request_take_promise (request));
  g_test_assert_expected_messages ();

  g_assert_true (test_server_process (server));
  test_expect_critical ("*promise*once*");
  g_assert_null (ta_request_take_promise (request));
  g_test_assert_expected_messages ();

  ta_promise_return_int (handler.promises->pdata[0], 1);
  g_assert_true (ta_future_get_done (TA_FUTURE (request)));
  test_runner_stop (runner);
  handler_clear (&handler);
}

static void
test_properties (void)
{
  g_autoptr (TaServer) server = ta_server_new (NULL);
  g_autoptr (TaServer) other = g_object_new (TA_TYPE_SERVER, "queue-size", 3, NULL);
  g_autofree char     *name = NULL;
  guint                queue_size, rest_turns, n_pending;

  g_object_get (server, "name", &name, "queue-size", &queue_size, "rest-turns", &rest_turns,
                "n-pending", &n_pending, NULL);
  g_assert_true (g_str_has_prefix (name, "server-"));
  g_assert_cmpuint (queue_size, ==, 10);
  g_assert_cmpuint (rest_turns, ==, 64);
  g_assert_cmpuint (n_pending, ==, 0);
  g_assert_cmpuint (ta_server_get_queue_size (other), ==, 3);
  g_assert_cmpstr (ta_server_get_name (other), !=, name);
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv);

  test_add ("/server/taken-and-refused", test_taken_and_refused);
  test_add ("/server/answer-later", test_later);
  test_add ("/server/thread-and-context", test_context);
  test_add ("/server/wrong-thread", test_wrong_thread);
  test_add ("/server/bad-timeout", test_bad_timeout);
  test_add ("/server/default-timeout", test_default_timeout);
  test_add ("/server/nested", test_nested);
  test_add ("/server/let-go-in-handler", test_let_go_in_handler);
  test_add ("/server/server-goes", test_server_goes);
  test_add ("/server/promise-rules", test_promise_rules);
  test_add ("/server/properties", test_properties);

  return g_test_run ();
}
