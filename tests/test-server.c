/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * How a server has requests handled: where, by whom, and what becomes of those that are not answered.
 */

#include "test-asker.h"

/* A server on whose runner one client asks. */
typedef struct
{
  TaServer  *server;
  TaRunner  *runner;
  TestAsker *asker;
} Fixture;

static void
fixture_init (Fixture *self, guint n_requests)
{
  self->server = ta_server_new ("the server");
  self->runner = test_runner_new_started ("the runner");
  self->asker = test_asker_new (self->server, self->runner, "increment", n_requests);
}

static void
fixture_clear (Fixture *self)
{
  test_runner_stop (self->runner);
  g_clear_pointer (&self->asker, test_asker_free);
  g_clear_object (&self->runner);
  g_clear_object (&self->server);
}

/* The first request fails as the handler makes it. */
static void
check_failure (Fixture *self, GQuark domain, int code, const char *text)
{
  test_asker_start (self->asker);
  g_assert_true (test_server_process (self->server));
  test_gate_await (&self->asker->ended, 1);
  g_assert_error (self->asker->error, domain, code);
  test_assert_message_has (self->asker->error, "increment");
  test_assert_message_has (self->asker->error, "the server");
  test_assert_message_has (self->asker->error, text);
  g_assert_false (test_server_process (self->server));
}

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

static void
test_unhandled (void)
{
  Fixture fixture;

  fixture_init (&fixture, 1);
  check_failure (&fixture, TA_ERROR, TA_ERROR_UNHANDLED, "Nobody handled");
  fixture_clear (&fixture);
}

static gboolean
refuse_cb (TaServer *server, TaRequest *request, gpointer data)
{
  ++*(int *) data;

  return FALSE;
}

static void
test_nobody_wants_it (void)
{
  Fixture fixture;
  int     n_asked = 0;

  fixture_init (&fixture, 1);
  g_signal_connect (fixture.server, "handle-request", G_CALLBACK (refuse_cb), &n_asked);
  g_signal_connect (fixture.server, "handle-request::increment", G_CALLBACK (refuse_cb), &n_asked);
  g_signal_connect (fixture.server, "handle-request::decrement", G_CALLBACK (refuse_cb), &n_asked);
  check_failure (&fixture, TA_ERROR, TA_ERROR_UNHANDLED, "Nobody handled");
  g_assert_cmpint (n_asked, ==, 2);
  fixture_clear (&fixture);
}

static gboolean
forget_cb (TaServer *server, TaRequest *request, gpointer data)
{
  return TRUE;
}

static void
test_forgotten (void)
{
  Fixture fixture;

  fixture_init (&fixture, 1);
  g_signal_connect (fixture.server, "handle-request", G_CALLBACK (forget_cb), NULL);
  check_failure (&fixture, TA_ERROR, TA_ERROR_DROPPED, "without taking its promise");
  fixture_clear (&fixture);
}

static gboolean
drop_cb (TaServer *server, TaRequest *request, gpointer data)
{
  ta_promise_unref (ta_request_take_promise (request));

  return TRUE;
}

static void
test_dropped (void)
{
  Fixture fixture;

  fixture_init (&fixture, 1);
  g_signal_connect (fixture.server, "handle-request", G_CALLBACK (drop_cb), NULL);
  check_failure (&fixture, TA_ERROR, TA_ERROR_DROPPED, "was dropped");
  fixture_clear (&fixture);
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
  Fixture fixture;
  Handler handler;

  fixture_init (&fixture, 1);
  handler_init (&handler);
  g_signal_connect (fixture.server, "handle-request", G_CALLBACK (take_and_refuse_cb), &handler);
  test_asker_start (fixture.asker);
  g_assert_true (test_server_process (fixture.server));
  ta_promise_return_int (handler.promises->pdata[0], 7);
  test_gate_await (&fixture.asker->ended, 1);
  g_assert_no_error (fixture.asker->error);
  g_assert_cmpint (fixture.asker->last_answer, ==, 7);
  handler_clear (&handler);
  fixture_clear (&fixture);
}

static gboolean
fail_cb (TaServer *server, TaRequest *request, gpointer data)
{
  g_autoptr (TaPromise) promise = ta_request_take_promise (request);

  ta_promise_return_new_error (promise, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
                               "the server has no space to increment");

  return TRUE;
}

static void
test_error (void)
{
  Fixture fixture;

  fixture_init (&fixture, 1);
  g_signal_connect (fixture.server, "handle-request", G_CALLBACK (fail_cb), NULL);
  check_failure (&fixture, G_IO_ERROR, G_IO_ERROR_NO_SPACE, "no space");
  fixture_clear (&fixture);
}

/* The first who handles it keeps it from the others. */
static void
test_first_handled (void)
{
  Fixture fixture;
  int     n_before = 0, n_after = 0, n_other = 0;

  fixture_init (&fixture, 1);
  g_signal_connect (fixture.server, "handle-request", G_CALLBACK (refuse_cb), &n_before);
  g_signal_connect (fixture.server, "handle-request::other", G_CALLBACK (refuse_cb), &n_other);
  g_signal_connect (fixture.server, "handle-request::increment", G_CALLBACK (test_increment_cb),
                    NULL);
  g_signal_connect (fixture.server, "handle-request", G_CALLBACK (refuse_cb), &n_after);

  test_asker_start (fixture.asker);
  g_assert_true (test_server_process (fixture.server));
  g_assert_cmpint (fixture.asker->last_answer, ==, 1);
  g_assert_cmpint (n_before, ==, 1);
  g_assert_cmpint (n_after, ==, 0);
  g_assert_cmpint (n_other, ==, 0);
  fixture_clear (&fixture);
}

/* A method that nobody is connected to does not become a quark. */
static void
test_no_quark (void)
{
  Fixture fixture;

  fixture_init (&fixture, 1);
  fixture.asker->method = "a method that nobody knows";
  g_signal_connect (fixture.server, "handle-request", G_CALLBACK (test_increment_cb), NULL);
  test_asker_start (fixture.asker);
  g_assert_true (test_server_process (fixture.server));
  g_assert_cmpint (fixture.asker->last_answer, ==, 1);
  g_assert_cmpuint (g_quark_try_string ("a method that nobody knows"), ==, 0);
  fixture_clear (&fixture);
}

static gboolean
swapped_cb (gpointer data, TaRequest *request, TaServer *server)
{
  Fixture *fixture = data;

  g_assert_true (server == fixture->server);

  return test_increment_cb (server, request, NULL);
}

static void
test_swapped_data (void)
{
  Fixture fixture;

  fixture_init (&fixture, 1);
  g_signal_connect_swapped (fixture.server, "handle-request", G_CALLBACK (swapped_cb), &fixture);
  test_asker_start (fixture.asker);
  g_assert_true (test_server_process (fixture.server));
  g_assert_cmpint (fixture.asker->last_answer, ==, 1);
  fixture_clear (&fixture);
}

/* A class that handles. */

#define TEST_TYPE_DOUBLER (test_doubler_get_type ())
G_DECLARE_FINAL_TYPE (TestDoubler, test_doubler, TEST, DOUBLER, TaServer)

struct _TestDoubler
{
  TaServer parent_instance;
  guint    n_handled;
};

G_DEFINE_FINAL_TYPE (TestDoubler, test_doubler, TA_TYPE_SERVER)

static gboolean
test_doubler_handle_request (TaServer *server, TaRequest *request)
{
  g_autoptr (TaPromise) promise = NULL;

  if (strcmp (ta_request_get_method (request), "double") != 0)
    return TA_SERVER_CLASS (test_doubler_parent_class)->handle_request (server, request);

  TEST_DOUBLER (server)->n_handled++;
  promise = ta_request_take_promise (request);
  ta_promise_return_int (promise, test_request_get_int (request, 0) * 2);

  return TRUE;
}

static void
test_doubler_class_init (TestDoublerClass *klass)
{
  TA_SERVER_CLASS (klass)->handle_request = test_doubler_handle_request;
}

static void
test_doubler_init (TestDoubler *self)
{
}

static void
test_subclass (void)
{
  g_autoptr (TestDoubler) doubler = g_object_new (TEST_TYPE_DOUBLER, "name", "doubler", NULL);
  g_autoptr (TaRunner)    runner = test_runner_new_started (NULL);
  g_autoptr (TestAsker)   asker = test_asker_new (TA_SERVER (doubler), runner, "double", 3);
  g_autoptr (TestAsker)   other = test_asker_new (TA_SERVER (doubler), runner, "halve", 1);

  test_asker_start (asker);
  for (int i = 0; i < 3; i++)
    {
      g_assert_true (test_server_process (TA_SERVER (doubler)));
      g_assert_cmpint (asker->last_answer, ==, 2 * i);
    }
  g_assert_cmpuint (doubler->n_handled, ==, 3);

  /* Handlers that are connected come first. */
  asker->n_requests = 4;
  g_signal_connect (doubler, "handle-request::double", G_CALLBACK (test_increment_cb), NULL);
  test_asker_start (asker);
  g_assert_true (test_server_process (TA_SERVER (doubler)));
  g_assert_cmpint (asker->last_answer, ==, 4);
  g_assert_cmpuint (doubler->n_handled, ==, 3);

  test_asker_start (other);
  g_assert_true (test_server_process (TA_SERVER (doubler)));
  test_gate_await (&other->ended, 1);
  g_assert_error (other->error, TA_ERROR, TA_ERROR_UNHANDLED);

  test_runner_stop (runner);
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
  Fixture fixture;
  Handler handler;

  fixture_init (&fixture, 3);
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
  fixture_clear (&fixture);
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
  Fixture *fixture = data;

  g_clear_object (&fixture->server);
  test_runner_stop (fixture->runner);

  return test_increment_cb (server, request, NULL);
}

static void
test_let_go_in_handler (void)
{
  Fixture fixture;

  fixture_init (&fixture, 1);
  g_signal_connect (fixture.server, "handle-request", G_CALLBACK (let_go_cb), &fixture);
  test_asker_start (fixture.asker);
  g_assert_true (test_server_process (fixture.server));
  g_assert_null (fixture.server);
  test_gate_await (&fixture.asker->ended, 1);
  g_assert_error (fixture.asker->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  fixture_clear (&fixture);
}

/* Those that wait when the server goes are told, and those that come later. */
static void
test_server_goes (void)
{
  Fixture fixture;

  fixture_init (&fixture, 1);
  test_asker_start (fixture.asker);
  g_clear_object (&fixture.server);
  test_gate_await (&fixture.asker->ended, 1);
  g_assert_error (fixture.asker->error, TA_ERROR, TA_ERROR_DROPPED);
  test_assert_message_has (fixture.asker->error, "the server");

  g_clear_error (&fixture.asker->error);
  test_asker_start (fixture.asker);
  test_gate_await (&fixture.asker->ended, 2);
  g_assert_error (fixture.asker->error, TA_ERROR, TA_ERROR_DROPPED);
  fixture_clear (&fixture);
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

  test_add ("/server/unhandled", test_unhandled);
  test_add ("/server/unhandled/nobody-wants-it", test_nobody_wants_it);
  test_add ("/server/dropped/forgotten", test_forgotten);
  test_add ("/server/dropped", test_dropped);
  test_add ("/server/taken-and-refused", test_taken_and_refused);
  test_add ("/server/error", test_error);
  test_add ("/server/first-who-handles", test_first_handled);
  test_add ("/server/no-quark", test_no_quark);
  test_add ("/server/swapped-data", test_swapped_data);
  test_add ("/server/subclass", test_subclass);
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
