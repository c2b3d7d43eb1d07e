/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * A stop ends every client, whatever has become of its request, within the time that it has.
 */

#include "test-asker.h"

typedef struct
{
  TaServer  *server;
  TaRunner  *runner;
  TaClient  *client;
  GPtrArray *promises;
} Fixture;

static gboolean
keep_promise_cb (TaServer *server, TaRequest *request, gpointer data)
{
  Fixture *fixture = data;

  g_ptr_array_add (fixture->promises, ta_request_take_promise (request));

  return TRUE;
}

static void
fixture_init (Fixture *self)
{
  self->server = ta_server_new ("the server");
  self->runner = test_runner_new_started ("the runner");
  self->client = ta_client_new (self->server, self->runner);
  self->promises = g_ptr_array_new_with_free_func ((GDestroyNotify) ta_promise_unref);
  g_signal_connect (self->server, "handle-request", G_CALLBACK (keep_promise_cb), self);
}

static void
fixture_clear (Fixture *self)
{
  g_ptr_array_unref (self->promises);
  g_object_unref (self->client);
  g_object_unref (self->runner);
  g_object_unref (self->server);
}

static void
check_stop (TaRunner *runner)
{
  g_autoptr (GError) error = NULL;
  gint64             begun = g_get_monotonic_time ();

  g_assert_true (ta_runner_stop (runner, TEST_DEADLINE_US, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (ta_runner_get_shutdown_type (runner), ==, TA_SHUTDOWN_TYPE_STOPPED);
  /* Nobody had to be forced. */
  g_assert_cmpint (g_get_monotonic_time () - begun, <, TEST_DEADLINE_US / 2);
}

static void
check_cancelled (TaRequest *request)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (ta_future_get_done (TA_FUTURE (request)));
  g_assert_false (ta_future_try_wait (TA_FUTURE (request), NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  test_assert_message_has (error, "the runner");
}

static void
test_queued (void)
{
  Fixture    fixture;
  TaRequest *requests[20];
  TestAsker *asker;

  fixture_init (&fixture);
  asker = test_asker_new (fixture.server, fixture.runner, "ask", 5);
  test_asker_start (asker);
  /* More than there is space for. */
  for (guint i = 0; i < G_N_ELEMENTS (requests); i++)
    requests[i] = ta_client_execute (fixture.client, "ask", NULL, 0, NULL);

  check_stop (fixture.runner);
  for (guint i = 0; i < G_N_ELEMENTS (requests); i++)
    {
      check_cancelled (requests[i]);
      g_object_unref (requests[i]);
    }
  test_gate_await (&asker->ended, 1);
  g_assert_error (asker->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  /* And the server does not see them. */
  g_assert_cmpuint (ta_server_get_n_pending (fixture.server), ==, 0);
  g_assert_false (test_server_process (fixture.server));
  g_assert_cmpuint (fixture.promises->len, ==, 0);
  test_asker_free (asker);
  fixture_clear (&fixture);
}

static void
test_handled (void)
{
  Fixture               fixture;
  g_autoptr (TaRequest) request = NULL;

  fixture_init (&fixture);
  request = ta_client_execute (fixture.client, "ask", NULL, 0, NULL);
  g_assert_true (test_server_process (fixture.server));
  g_assert_false (ta_future_get_done (TA_FUTURE (request)));

  check_stop (fixture.runner);
  check_cancelled (request);

  /* An answer that comes too late is dropped. */
  ta_promise_return_int (fixture.promises->pdata[0], 1);
  check_cancelled (request);
  fixture_clear (&fixture);
}

/* In the middle of the handler. */
static gboolean
stop_cb (TaServer *server, TaRequest *request, gpointer data)
{
  Fixture *fixture = data;

  check_stop (fixture->runner);
  check_cancelled (request);

  return keep_promise_cb (server, request, data);
}

static void
test_in_handler (void)
{
  Fixture               fixture;
  g_autoptr (TaRequest) request = NULL;

  fixture_init (&fixture);
  g_signal_handlers_disconnect_by_func (fixture.server, keep_promise_cb, &fixture);
  g_signal_connect (fixture.server, "handle-request", G_CALLBACK (stop_cb), &fixture);
  request = ta_client_execute (fixture.client, "ask", NULL, 0, NULL);
  g_assert_true (test_server_process (fixture.server));
  check_cancelled (request);
  fixture_clear (&fixture);
}

/* While the loop is stuck and can't take the answer. */
static void
test_undelivered (void)
{
  Fixture    fixture;
  TestAsker *asker;
  TestBlock  block;
  TestGate   exited;

  fixture_init (&fixture);
  asker = test_asker_new (fixture.server, fixture.runner, "ask", 2);
  test_gate_init (&exited);
  test_runner_watch_thread (fixture.runner, &exited);

  test_asker_start (asker);
  g_assert_true (test_server_process (fixture.server));
  test_block_start (&block, fixture.runner);
  ta_promise_return_int (fixture.promises->pdata[0], 1);

  /* The runner is given up, and its client with it. */
  g_assert_false (ta_runner_stop (fixture.runner, 50000, NULL, NULL));
  g_assert_false (test_server_process (fixture.server));
  test_block_end (&block);
  test_gate_await (&exited, 1);
  g_assert_cmpint (asker->n_answered, ==, 0);
  g_assert_cmpuint (ta_server_get_n_pending (fixture.server), ==, 0);

  test_block_clear (&block);
  test_gate_clear (&exited);
  test_asker_free (asker);
  fixture_clear (&fixture);
}

/* The loop comes back only when the stop has begun: it has no use for the answer any more, or none for the
 * next. */
static void
test_undelivered_in_time (void)
{
  Fixture               fixture;
  g_autoptr (TestAsker) asker = NULL;
  g_autoptr (GError)    error = NULL;
  TestBlock             block;
  TestResult            result;

  fixture_init (&fixture);
  asker = test_asker_new (fixture.server, fixture.runner, "ask", G_MAXUINT);
  test_asker_start (asker);
  g_assert_true (test_server_process (fixture.server));
  test_block_start (&block, fixture.runner);
  ta_promise_return_int (fixture.promises->pdata[0], 1);

  test_result_init (&result, g_main_context_default ());
  TEST_OUTSIDE (&result, ta_runner_stop_async (fixture.runner, TEST_DEADLINE_US, NULL,
                                               test_result_cb, &result));
  test_block_end (&block);
  TEST_TURN_UNTIL (g_main_context_default (), result.calls == 1);
  g_assert_true (ta_runner_stop_finish (fixture.runner, result.result, &error));
  g_assert_no_error (error);
  test_result_clear (&result);

  test_gate_await (&asker->ended, 1);
  g_assert_error (asker->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (asker->n_answered, <=, 1);
  g_assert_cmpuint (ta_server_get_n_pending (fixture.server), ==, 0);
  g_assert_false (test_server_process (fixture.server));

  test_block_clear (&block);
  fixture_clear (&fixture);
}

/* What is asked while the runner lets go of its work. */
typedef struct
{
  TaClient  *client;
  TaRequest *request;
} AskLate;

static void
ask_late_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  AskLate *late = data;

  late->request = ta_client_execute (late->client, "ask", NULL, 0, NULL);
}

static void
sleep_and_ask_cb (gpointer data)
{
  ta_sleep_async (TEST_LONG_US, NULL, ask_late_cb, data);
}

static void
test_asked_late (void)
{
  Fixture fixture;
  AskLate late = { NULL, NULL };

  fixture_init (&fixture);
  late.client = fixture.client;
  g_assert_true (ta_runner_call_in_loop (fixture.runner, sleep_and_ask_cb, &late, NULL,
                                         TEST_DEADLINE_US, NULL, NULL));
  check_stop (fixture.runner);
  g_assert_nonnull (late.request);
  check_cancelled (late.request);
  g_object_unref (late.request);
  fixture_clear (&fixture);
}

/* Without anybody who waits for it. */
static void
test_runner_dropped (void)
{
  g_autoptr (TaServer) server = ta_server_new (NULL);
  TaRunner            *runner = test_runner_new_started ("the runner");
  g_autoptr (TaClient) client = ta_client_new (server, runner);
  TaRequest           *request = ta_client_execute (client, "ask", NULL, 0, NULL);
  TestGate             exited;

  test_gate_init (&exited);
  test_runner_watch_thread (runner, &exited);
  g_object_unref (runner);
  test_gate_await (&exited, 1);
  check_cancelled (request);
  g_object_unref (request);
  test_gate_clear (&exited);
}

static void
test_attached (void)
{
  Fixture               fixture;
  g_autoptr (TaRequest) request = NULL, later = NULL;

  fixture_init (&fixture);
  check_stop (fixture.runner);
  g_object_unref (fixture.client);
  g_object_unref (fixture.runner);
  fixture.runner = ta_runner_new_for_context (g_main_context_default (), "the runner");
  g_assert_true (ta_runner_start (fixture.runner, NULL));
  fixture.client = ta_client_new (fixture.server, fixture.runner);

  request = ta_client_execute (fixture.client, "ask", NULL, 0, NULL);
  check_stop (fixture.runner);
  check_cancelled (request);
  fixture_clear (&fixture);
}

/* A stop at any time, while clients ask and are answered by as many threads. */

static gpointer
stop_soon_cb (gpointer data)
{
  g_thread_yield ();
  test_runner_stop (data);

  return NULL;
}

static void
test_any_time (void)
{
  for (guint n = test_repeats (300); n > 0; n--)
    {
      g_autoptr (TaServer) server = ta_server_new (NULL);
      g_autoptr (TaRunner) runner = test_runner_new_started ("the runner");
      GThread             *thread;
      TestAsker           *askers[3];

      g_signal_connect (server, "handle-request", G_CALLBACK (test_increment_cb), NULL);
      for (guint i = 0; i < 3; i++)
        {
          askers[i] = test_asker_new (server, runner, "ask", G_MAXUINT);
          test_asker_start (askers[i]);
        }
      for (guint i = n % 7; i > 0; i--)
        g_assert_true (test_server_process (server));

      thread = g_thread_new ("stop", stop_soon_cb, runner);
      while (ta_runner_get_running (runner))
        test_server_process (server);
      g_assert_false (test_server_process (server));
      g_thread_join (thread);

      for (guint i = 0; i < 3; i++)
        {
          test_gate_await (&askers[i]->ended, 1);
          g_assert_error (askers[i]->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
          test_asker_free (askers[i]);
        }
    }
}

/* process_async() itself ends when the runner stops that it was called on. */

typedef struct
{
  TaServer *server;
  TaClient *client;
  TaRunner *stuck;
  GError   *error;
  guint     n_ended;
} Processing;

static void
processed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Processing *processing = data;

  g_assert_false (ta_server_process_finish (TA_SERVER (source), result, &processing->error));
  processing->n_ended++;
}

static void
start_processing_cb (gpointer data)
{
  Processing *processing = data;

  processing->server = ta_server_new ("the server");
  processing->client = ta_client_new (processing->server, processing->stuck);
  ta_server_process_async (processing->server, TA_TIMEOUT_INFINITE, NULL, processed_cb, processing);
}

static void
test_processing (void)
{
  g_autoptr (TaRunner) stuck = test_runner_new_started ("stuck");
  g_autoptr (TaRunner) home = test_runner_new_started ("home");
  Processing           processing = { .stuck = stuck };
  TestBlock            block;

  test_block_start (&block, stuck);
  g_assert_true (ta_runner_call_in_loop (home, start_processing_cb, &processing, NULL,
                                         TEST_DEADLINE_US, NULL, NULL));
  check_stop (home);
  g_assert_cmpuint (processing.n_ended, ==, 1);
  g_assert_error (processing.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  test_block_stop (&block, stuck);
  g_object_unref (processing.client);
  g_object_unref (processing.server);
  g_error_free (processing.error);
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv);

  test_add ("/server-stop/queued", test_queued);
  test_add ("/server-stop/handled", test_handled);
  test_add ("/server-stop/in-handler", test_in_handler);
  test_add ("/server-stop/answered-but-not-delivered", test_undelivered);
  test_add ("/server-stop/answered-but-not-delivered/in-time", test_undelivered_in_time);
  test_add ("/server-stop/asked-late", test_asked_late);
  test_add ("/server-stop/runner-dropped", test_runner_dropped);
  test_add ("/server-stop/attached", test_attached);
  test_add ("/server-stop/any-time", test_any_time);
  test_add ("/server-stop/processing", test_processing);

  return g_test_run ();
}
