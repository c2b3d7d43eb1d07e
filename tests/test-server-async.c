/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * The other ways to handle requests: without blocking, within a budget, and from a source.
 */

#include "test-asker.h"

/* The result of process_async(), which has to come to @context. */
static gboolean
process_in_turns (TaServer *server, GMainContext *context, GError **error)
{
  TestResult result;
  gboolean   is_handled;

  test_result_init (&result, context);
  TEST_OUTSIDE (&result,
                ta_server_process_async (server, TEST_DEADLINE_US, NULL, test_result_cb, &result));
  TEST_TURN_UNTIL (context, result.calls == 1);
  is_handled = ta_server_process_finish (server, result.result, error);
  test_result_clear (&result);

  return is_handled;
}

static void
test_async (void)
{
  g_autoptr (TaServer)  server = ta_server_new ("async");
  g_autoptr (TaRunner)  runner = test_runner_new_started (NULL);
  g_autoptr (TestAsker) asker = test_asker_new (server, runner, "increment", 20);
  g_autoptr (GError)    error = NULL;

  g_signal_connect (server, "handle-request", G_CALLBACK (test_increment_cb), NULL);
  test_asker_start (asker);
  for (int i = 0; i < 20; i++)
    {
      g_assert_true (process_in_turns (server, g_main_context_default (), &error));
      g_assert_cmpint (g_atomic_int_get (&asker->n_answered), ==, i + 1);
    }
  g_assert_false (process_in_turns (server, g_main_context_default (), &error));
  g_assert_no_error (error);

  test_runner_stop (runner);
}

/* Clients may live in the server's own loop: the asynchronous call waits for that too. */
static void
test_own_loop (void)
{
  g_autoptr (TaServer)  server = ta_server_new ("own");
  TaRunner             *runner = ta_runner_get_default ();
  g_autoptr (TestAsker) asker = test_asker_new (server, runner, "increment", 5);
  g_autoptr (GError)    error = NULL;

  g_signal_connect (server, "handle-request", G_CALLBACK (test_increment_cb), NULL);
  ta_runner_call_in_loop_async (runner, test_asker_start_cb, asker, NULL, TA_TIMEOUT_INFINITE, NULL,
                                NULL, NULL);

  /* The call that blocks can't wait for itself. */
  g_assert_false (test_server_process (server));
  g_assert_cmpuint (asker->n_asked, ==, 0);

  for (int i = 0; i < 5; i++)
    {
      g_assert_true (process_in_turns (server, g_main_context_default (), &error));
      g_assert_cmpint (asker->n_answered, ==, i + 1);
    }
  g_assert_false (process_in_turns (server, g_main_context_default (), &error));
  g_assert_no_error (error);
}

/* A server may live in a runner, and process there. */

typedef struct
{
  TaServer *server;
  int       n_handled; /* atomic */
  TestGate  ended;
  GError   *error;
} InRunner;

static void
processed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  InRunner *self = data;

  if (ta_server_process_finish (TA_SERVER (source), result, &self->error))
    {
      g_atomic_int_inc (&self->n_handled);
      ta_server_process_async (self->server, TA_TIMEOUT_INFINITE, NULL, processed_cb, self);
    }
  else
    {
      test_gate_open (&self->ended);
    }
}

static void
process_in_runner_cb (gpointer data)
{
  InRunner *self = data;

  self->server = ta_server_new ("in a runner");
  g_signal_connect (self->server, "handle-request", G_CALLBACK (test_increment_cb), NULL);
}

static void
start_processing_cb (gpointer data)
{
  InRunner *self = data;

  ta_server_process_async (self->server, TA_TIMEOUT_INFINITE, NULL, processed_cb, self);
}

static void
test_in_runner (void)
{
  g_autoptr (TaRunner)  home = test_runner_new_started ("home");
  g_autoptr (TaRunner)  runner = test_runner_new_started ("away");
  g_autoptr (TestAsker) asker = NULL;
  g_autoptr (TestAsker) neighbour = NULL;
  InRunner              in_runner = { .server = NULL };

  test_gate_init (&in_runner.ended);
  ta_runner_call_in_loop (home, process_in_runner_cb, &in_runner, NULL, TEST_DEADLINE_US, NULL,
                          NULL);
  asker = test_asker_new (in_runner.server, runner, "increment", 10);
  neighbour = test_asker_new (in_runner.server, home, "increment", 10);
  test_asker_start (asker);
  test_asker_start (neighbour);
  ta_runner_call_in_loop (home, start_processing_cb, &in_runner, NULL, TEST_DEADLINE_US, NULL,
                          NULL);

  test_gate_await (&in_runner.ended, 1);
  g_assert_no_error (in_runner.error);
  g_assert_cmpint (in_runner.n_handled, ==, 20);
  g_assert_cmpint (asker->n_answered, ==, 10);
  g_assert_cmpint (neighbour->n_answered, ==, 10);

  test_runner_stop (home);
  test_runner_stop (runner);
  g_object_unref (in_runner.server);
  test_gate_clear (&in_runner.ended);
}

static void
check_async_error (TaServer     *server,
                   gint64        timeout_us,
                   GCancellable *cancellable,
                   GQuark        domain,
                   int           code,
                   const char   *text)
{
  g_autoptr (GError) error = NULL;
  TestResult         result;

  test_result_init (&result, g_main_context_default ());
  TEST_OUTSIDE (&result,
                ta_server_process_async (server, timeout_us, cancellable, test_result_cb, &result));
  TEST_TURN_UNTIL (g_main_context_default (), result.calls == 1);
  g_assert_false (ta_server_process_finish (server, result.result, &error));
  g_assert_error (error, domain, code);
  test_assert_message_has (error, text);
  test_result_clear (&result);
}

static void
test_async_errors (void)
{
  g_autoptr (TestWorker) worker = test_worker_new ();
  g_autoptr (TaServer)   server = ta_server_new ("here");
  g_autoptr (TaServer)   elsewhere = g_object_new (
        TA_TYPE_SERVER, "name", "elsewhere", "main-context", test_worker_get_context (worker), NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (TaRunner)     runner = test_runner_new_started ("stuck");
  g_autoptr (TaClient)     client = ta_client_new (server, runner);
  g_autoptr (GError)       error = NULL;
  TestBlock                block;

  check_async_error (elsewhere, TA_TIMEOUT_INFINITE, NULL, TA_ERROR, TA_ERROR_WRONG_THREAD,
                     "elsewhere");
  check_async_error (server, -3, NULL, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "-3");

  test_block_start (&block, runner);
  g_cancellable_cancel (cancellable);
  check_async_error (server, TA_TIMEOUT_INFINITE, cancellable, G_IO_ERROR, G_IO_ERROR_CANCELLED,
                     "here");
  check_async_error (server, 20000, NULL, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "stuck");

  /* Once told, it is left alone. */
  g_assert_false (process_in_turns (server, g_main_context_default (), &error));
  g_assert_no_error (error);

  test_block_stop (&block, runner);
}

/* One that was cancelled while it waits for a loop. */
static void
test_async_cancel (void)
{
  g_autoptr (TaServer)     server = ta_server_new ("here");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (TaRunner)     runner = test_runner_new_started ("stuck");
  g_autoptr (TaClient)     client = ta_client_new (server, runner);
  g_autoptr (GError)       error = NULL;
  TestResult               result;
  TestBlock                block;

  test_block_start (&block, runner);

  test_result_init (&result, g_main_context_default ());
  ta_server_process_async (server, TA_TIMEOUT_INFINITE, cancellable, test_result_cb, &result);
  test_turn_all (g_main_context_default ());
  g_assert_cmpuint (result.calls, ==, 0);
  g_cancellable_cancel (cancellable);
  TEST_TURN_UNTIL (g_main_context_default (), result.calls == 1);
  g_assert_false (ta_server_process_finish (server, result.result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  test_result_clear (&result);

  test_block_stop (&block, runner);
}

/* Several at once handle a request each. */
static void
test_async_several (void)
{
  g_autoptr (TaServer)  server = ta_server_new (NULL);
  g_autoptr (TaRunner)  runner = test_runner_new_started (NULL);
  g_autoptr (TestAsker) asker = test_asker_new (server, runner, "increment", 2);
  TestResult            results[3];
  guint                 n_handled = 0;

  g_signal_connect (server, "handle-request", G_CALLBACK (test_increment_cb), NULL);
  test_asker_start (asker);
  for (guint i = 0; i < 3; i++)
    {
      test_result_init (&results[i], g_main_context_default ());
      ta_server_process_async (server, TEST_DEADLINE_US, NULL, test_result_cb, &results[i]);
    }
  for (guint i = 0; i < 3; i++)
    {
      TEST_TURN_UNTIL (g_main_context_default (), results[i].calls == 1);
      n_handled += ta_server_process_finish (server, results[i].result, NULL) ? 1 : 0;
      test_result_clear (&results[i]);
    }
  while (test_server_process (server))
    n_handled++;
  g_assert_cmpuint (n_handled, ==, 2);

  test_runner_stop (runner);
}

static void
test_all (void)
{
  g_autoptr (TaServer)  server = ta_server_new (NULL);
  g_autoptr (TaRunner)  runner = test_runner_new_started (NULL);
  g_autoptr (TestAsker) asker = test_asker_new (server, runner, "increment", 100);
  g_autoptr (GError)    error = NULL;

  g_signal_connect (server, "handle-request", G_CALLBACK (test_increment_cb), NULL);
  g_assert_cmpint (ta_server_process_all (server, TEST_DEADLINE_US, NULL, &error), ==, 0);
  test_asker_start (asker);
  g_assert_cmpint (ta_server_process_all (server, TA_TIMEOUT_INFINITE, NULL, &error), ==, 100);
  g_assert_no_error (error);
  g_assert_cmpint (asker->n_answered, ==, 100);
  g_assert_cmpint (ta_server_process_all (server, 0, NULL, &error), ==, 0);
  g_assert_no_error (error);

  test_runner_stop (runner);
}

/* The budget ends what would go on for ever, and leaves the rest for the next frame. */
static void
test_budget (void)
{
  g_autoptr (TaServer)  server = ta_server_new (NULL);
  g_autoptr (TaRunner)  runner = test_runner_new_started (NULL);
  g_autoptr (TestAsker) asker = test_asker_new (server, runner, "increment", G_MAXUINT);
  g_autoptr (GError)    error = NULL;
  int                   n_handled = 0;

  g_signal_connect (server, "handle-request", G_CALLBACK (test_increment_cb), NULL);
  test_asker_start (asker);
  for (int i = 0; i < 10 || n_handled < 10; i++)
    {
      int n = ta_server_process_all (server, 2000, NULL, &error);

      /* On a machine that is busy a loop may not even turn in this time. */
      if (n == -1)
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
      else
        g_assert_no_error (error);
      g_clear_error (&error);
      n_handled += MAX (n, 0);
    }
  g_assert_cmpint (g_atomic_int_get (&asker->n_answered), <=, n_handled);
  g_assert_true (ta_runner_wait_for_next_iteration (runner, TEST_DEADLINE_US, NULL, NULL));
  g_assert_cmpint (g_atomic_int_get (&asker->n_answered), ==, n_handled);

  /* Without a budget one is handled. */
  g_assert_cmpint (ta_server_process_all (server, 0, NULL, &error), ==, 1);

  test_runner_stop (runner);
}

/* A runner that is stuck costs one budget, and is told once the others have got what there was time for. */
static void
test_budget_busy (void)
{
  g_autoptr (TaServer)  server = ta_server_new (NULL);
  g_autoptr (TaRunner)  stuck = test_runner_new_started ("stuck");
  g_autoptr (TaRunner)  quick = test_runner_new_started ("quick");
  g_autoptr (TaClient)  client = ta_client_new (server, stuck);
  g_autoptr (TestAsker) asker = test_asker_new (server, quick, "increment", 5);
  g_autoptr (GError)    error = NULL;
  int                   n_handled = 0;
  TestBlock             block;

  g_signal_connect (server, "handle-request", G_CALLBACK (test_increment_cb), NULL);
  test_block_start (&block, stuck);
  test_asker_start (asker);

  while (error == NULL)
    {
      int n = ta_server_process_all (server, 10000, NULL, &error);

      n_handled += MAX (n, 0);
    }
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  test_assert_message_has (error, "stuck");

  g_clear_error (&error);
  while (n_handled < 5)
    {
      n_handled += ta_server_process_all (server, TEST_DEADLINE_US, NULL, &error);
      g_assert_no_error (error);
    }
  g_assert_cmpint (n_handled, ==, 5);
  test_gate_await (&asker->ended, 1);

  test_block_stop (&block, stuck);
  test_runner_stop (quick);
}

/* A source handles requests as they come. */

static gboolean
witness_cb (TaServer *server, TaRequest *request, gpointer data)
{
  test_witness_see (data);

  return test_increment_cb (server, request, NULL);
}

static void
test_source (void)
{
  g_autoptr (TaServer)  server = ta_server_new (NULL);
  g_autoptr (GSource)   source = ta_server_create_source (server);
  g_autoptr (TaRunner)  runner = test_runner_new_started (NULL);
  g_autoptr (TestAsker) asker = test_asker_new (server, runner, "increment", 100);
  TestWitness           witness;

  test_witness_init (&witness, g_main_context_default ());
  g_signal_connect (server, "handle-request", G_CALLBACK (witness_cb), &witness);
  g_source_attach (source, NULL);

  /* It sleeps while there is nothing to do. */
  g_assert_cmpuint (test_turn_all (g_main_context_default ()), ==, 0);
  test_asker_start (asker);
  TEST_TURN_UNTIL (g_main_context_default (), witness.count == 100);
  test_gate_await (&asker->ended, 1);
  g_assert_cmpint (asker->n_answered, ==, 100);
  g_assert_cmpuint (test_turn_all (g_main_context_default ()), ==, 0);

  g_source_destroy (source);
  test_asker_start (asker);
  g_assert_cmpuint (test_turn_all (g_main_context_default ()), ==, 0);
  g_assert_cmpuint (ta_server_get_n_pending (server), ==, 1);

  test_runner_stop (runner);
}

/* One that is made when there are requests begins with them. */
static void
test_source_late (void)
{
  g_autoptr (TaServer)  server = ta_server_new (NULL);
  g_autoptr (GSource)   source = NULL;
  g_autoptr (TaRunner)  runner = test_runner_new_started (NULL);
  g_autoptr (TestAsker) asker = test_asker_new (server, runner, "increment", 3);
  TestWitness           witness;

  test_witness_init (&witness, g_main_context_default ());
  g_signal_connect (server, "handle-request", G_CALLBACK (witness_cb), &witness);
  test_asker_start (asker);
  source = ta_server_create_source (server);
  g_source_attach (source, NULL);
  TEST_TURN_UNTIL (g_main_context_default (), witness.count == 3);
  test_gate_await (&asker->ended, 1);

  /* It goes when the server does. */
  g_clear_object (&server);
  TEST_TURN_UNTIL (g_main_context_default (), g_source_is_destroyed (source));

  test_runner_stop (runner);
}

static gboolean
count_cb (gpointer data)
{
  ++*(int *) data;

  return G_SOURCE_CONTINUE;
}

/* Clients that ask without end do not keep a window from being drawn. */
static void
test_source_priority (void)
{
  g_autoptr (TaServer)  server = ta_server_new (NULL);
  g_autoptr (GSource)   source = ta_server_create_source (server);
  g_autoptr (GSource)   redraw = g_idle_source_new ();
  g_autoptr (TaRunner)  runner = test_runner_new_started (NULL);
  g_autoptr (TestAsker) asker = test_asker_new (server, runner, "increment", G_MAXUINT);
  int                   n_drawn = 0;

  g_signal_connect (server, "handle-request", G_CALLBACK (test_increment_cb), NULL);
  g_source_attach (source, NULL);
  test_asker_start (asker);
  g_source_set_priority (redraw, G_PRIORITY_HIGH_IDLE + 20);
  g_source_set_callback (redraw, count_cb, &n_drawn, NULL);
  g_source_attach (redraw, NULL);

  TEST_TURN_UNTIL (g_main_context_default (), n_drawn > 100);

  g_source_destroy (redraw);
  g_source_destroy (source);
  test_runner_stop (runner);
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv);

  test_add ("/server/async", test_async);
  test_add ("/server/async/own-loop", test_own_loop);
  test_add ("/server/async/in-a-runner", test_in_runner);
  test_add ("/server/async/errors", test_async_errors);
  test_add ("/server/async/cancel", test_async_cancel);
  test_add ("/server/async/several", test_async_several);
  test_add ("/server/all", test_all);
  test_add ("/server/all/budget", test_budget);
  test_add ("/server/all/busy", test_budget_busy);
  test_add ("/server/source", test_source);
  test_add ("/server/source/late", test_source_late);
  test_add ("/server/source/priority", test_source_priority);

  return g_test_run ();
}
