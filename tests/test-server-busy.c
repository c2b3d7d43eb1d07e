/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* A server whose clients' loops do not come to rest: they go on turning, or are stuck. */

#include "test-asker.h"

/* What goes on with the next turn of a loop. */
typedef struct
{
  GAsyncReadyCallback func;
  gpointer            data;
} NextTurn;

static void
next_turn_cb (gpointer data)
{
  NextTurn *next = data;

  ta_sleep_async (0, NULL, next->func, next->data);
}

/* Keeps a loop turning for ever. */
typedef struct
{
  int quit;    /* atomic */
  int n_turns; /* atomic */
} Spinner;

static void
spin_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Spinner *spinner = data;

  g_atomic_int_inc (&spinner->n_turns);
  if (!g_atomic_int_get (&spinner->quit))
    ta_sleep_async (0, NULL, spin_cb, spinner);
}

static void
test_spinning (void)
{
  g_autoptr (TaServer)  server = ta_server_new ("spinning");
  g_autoptr (TaRunner)  runner = test_runner_new_started ("spinning");
  g_autoptr (TestAsker) asker = test_asker_new (server, runner, "increment", 10);
  Spinner               spinner = { 0 };
  NextTurn              spinning = { spin_cb, &spinner };

  g_signal_connect (server, "handle-request", G_CALLBACK (test_increment_cb), NULL);
  g_assert_true (
      ta_runner_call_in_loop (runner, next_turn_cb, &spinning, NULL, TEST_DEADLINE_US, NULL, NULL));
  test_asker_start (asker);

  for (int i = 0; i < 10; i++)
    {
      int before = g_atomic_int_get (&spinner.n_turns);

      g_assert_true (test_server_process (server));
      g_assert_cmpint (g_atomic_int_get (&asker->n_answered), ==, i + 1);
      /* It was given its turns, and then left turning. */
      g_assert_cmpint (g_atomic_int_get (&spinner.n_turns), >, before);
    }
  g_assert_false (test_server_process (server));

  g_atomic_int_set (&spinner.quit, TRUE);
  test_runner_stop (runner);
}

/* How many turns a loop is given that does not rest. */
typedef struct
{
  guint     n_left;
  guint     hold_at; /* where it holds the loop up until `go_on` is opened */
  TestGate  go_on;
  TaClient *client;
} Countdown;

static void
count_down_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Countdown *countdown = data;

  countdown->n_left--;
  if (countdown->hold_at > 0 && countdown->n_left == countdown->hold_at)
    test_gate_await (&countdown->go_on, 1);
  if (countdown->n_left > 0)
    ta_sleep_async (0, NULL, count_down_cb, countdown);
  else
    ta_client_execute_async (countdown->client, "late", NULL, 0, NULL, TA_TIMEOUT_INFINITE, NULL,
                             NULL, NULL);
}

static gboolean
answer_null_cb (TaServer *server, TaRequest *request, gpointer data)
{
  g_autoptr (TaPromise) promise = ta_request_take_promise (request);

  ta_promise_return_value (promise, NULL);

  return TRUE;
}

static gboolean
comes_within (guint n_turns, guint rest_turns)
{
  g_autoptr (TaServer) server = g_object_new (TA_TYPE_SERVER, "rest-turns", rest_turns, NULL);
  g_autoptr (TaRunner) runner = test_runner_new_started ("turns");
  g_autoptr (TaClient) client = ta_client_new (server, runner);
  Countdown            countdown = { .n_left = n_turns, .client = client };
  NextTurn             next = { count_down_cb, &countdown };
  g_autoptr (GError)   error = NULL;
  TestBlock            block;
  TestResult           result;
  gboolean             is_handled;

  g_assert_cmpuint (ta_server_get_rest_turns (server), ==, rest_turns);
  g_signal_connect (server, "handle-request", G_CALLBACK (answer_null_cb), NULL);

  /* However slow this thread is, the loop begins to count when it has been asked already, and the
   * request does not come right after the turns that the server waits for. */
  if (n_turns > rest_turns)
    countdown.hold_at = (n_turns - rest_turns) / 2;
  test_gate_init (&countdown.go_on);
  test_block_start (&block, runner);
  ta_runner_call_in_loop_async (runner, next_turn_cb, &next, NULL, TA_TIMEOUT_INFINITE, NULL, NULL,
                                NULL);
  test_result_init (&result, g_main_context_default ());
  TEST_OUTSIDE (&result,
                ta_server_process_async (server, TEST_DEADLINE_US, NULL, test_result_cb, &result));
  test_block_end (&block);
  TEST_TURN_UNTIL (g_main_context_default (), result.calls == 1);
  is_handled = ta_server_process_finish (server, result.result, &error);
  g_assert_no_error (error);
  test_result_clear (&result);
  test_gate_open (&countdown.go_on);
  while (!is_handled && !test_server_process (server))
    continue;

  test_runner_stop (runner);
  test_block_clear (&block);
  test_gate_clear (&countdown.go_on);

  return is_handled;
}

static guint
count_turns_given (guint rest_turns)
{
  g_autoptr (TaServer) server = g_object_new (TA_TYPE_SERVER, "rest-turns", rest_turns, NULL);
  g_autoptr (TaRunner) runner = test_runner_new_started ("turns");
  g_autoptr (TaClient) client = ta_client_new (server, runner);
  Spinner              spinner = { 0 };
  NextTurn             spinning = { spin_cb, &spinner };
  guint                n_turns;

  g_assert_true (
      ta_runner_call_in_loop (runner, next_turn_cb, &spinning, NULL, TEST_DEADLINE_US, NULL, NULL));
  n_turns = (guint) g_atomic_int_get (&spinner.n_turns);
  g_assert_false (test_server_process (server));
  n_turns = (guint) g_atomic_int_get (&spinner.n_turns) - n_turns;

  g_atomic_int_set (&spinner.quit, TRUE);
  test_runner_stop (runner);

  return n_turns;
}

static void
test_rest_turns (void)
{
  /* What comes within so many turns is waited for. */
  g_assert_true (comes_within (30, 64));
  g_assert_true (comes_within (300, 1000));
  g_assert_false (comes_within (300, 64));
  g_assert_false (comes_within (30, 4));
  /* A loop that does not rest is given as many turns, and then left turning. */
  g_assert_cmpuint (count_turns_given (16), >=, 16 / 2);
  g_assert_cmpuint (count_turns_given (2000), >=, 2000 / 2);
}

static void
check_busy (TaServer *server, gint64 timeout_us, const char *name)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (ta_server_process (server, timeout_us, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  test_assert_message_has (error, name);
  test_assert_message_has (error, ta_server_get_name (server));
}

static void
test_busy (void)
{
  g_autoptr (TaServer)  server = ta_server_new ("patient");
  g_autoptr (TaRunner)  stuck = test_runner_new_started ("stuck one");
  g_autoptr (TaRunner)  quick = test_runner_new_started ("quick one");
  g_autoptr (TestAsker) stuck_asker = test_asker_new (server, stuck, "increment", 1);
  TestAsker            *quick_asker;
  TestBlock             block, block_again;

  g_signal_connect (server, "handle-request", G_CALLBACK (test_increment_cb), NULL);

  test_block_start (&block, stuck);
  /* It asks once it comes back. */
  ta_runner_call_in_loop_async (stuck, test_asker_start_cb, stuck_asker, NULL, TA_TIMEOUT_INFINITE,
                                NULL, NULL, NULL);

  /* It is told once, and then left alone: the others get on. */
  check_busy (server, 20000, "stuck one");
  quick_asker = test_asker_new (server, quick, "increment", 3);
  test_asker_start (quick_asker);
  for (int i = 0; i < 3; i++)
    {
      g_assert_true (test_server_process (server));
      g_assert_cmpint (g_atomic_int_get (&quick_asker->n_answered), ==, i + 1);
    }
  g_assert_false (test_server_process (server));

  /* When it turns again, it is waited for again. */
  test_block_end (&block);
  g_assert_true (ta_runner_wait_for_next_iteration (stuck, TEST_DEADLINE_US, NULL, NULL));
  g_assert_true (test_server_process (server));
  g_assert_cmpint (g_atomic_int_get (&stuck_asker->n_answered), ==, 1);
  g_assert_false (test_server_process (server));

  /* And told again. */
  test_runner_stop (quick);
  test_block_start (&block_again, stuck);
  check_busy (server, 20000, "stuck one");
  test_block_end (&block_again);

  test_runner_stop (stuck);
  test_asker_free (quick_asker);
  test_block_clear (&block);
  test_block_clear (&block_again);
}

/* Gets stuck in a later turn than the one in which it was asked. */
typedef struct
{
  Spinner   spinner;
  TestGate *blocked;
  TestGate *release;
  gboolean  is_released; /* the main thread's */
} LateBlock;

static void
block_late_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  LateBlock *late = data;

  if (g_atomic_int_add (&late->spinner.n_turns, 1) < 20)
    {
      ta_sleep_async (0, NULL, block_late_cb, late);
      return;
    }

  test_gate_open (late->blocked);
  test_gate_await (late->release, 1);
}

static void
test_busy_late (void)
{
  g_autoptr (TaServer) server = ta_server_new ("late");
  g_autoptr (TaRunner) runner = test_runner_new_started ("late one");
  g_autoptr (TaClient) client = ta_client_new (server, runner);
  g_autoptr (GError)   error = NULL;
  TestGate             blocked, release;
  LateBlock            late = { .blocked = &blocked, .release = &release };
  NextTurn             next = { block_late_cb, &late };
  guint                n_calls = 0;

  test_gate_init (&blocked);
  test_gate_init (&release);
  ta_runner_call_in_loop_async (runner, next_turn_cb, &next, NULL, TA_TIMEOUT_INFINITE, NULL, NULL,
                                NULL);

  /* The first time it has completed turns. */
  while (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    {
      g_clear_error (&error);
      g_assert_false (ta_server_process (server, 20000, NULL, &error));
      g_assert_cmpuint (++n_calls, <, 100);
    }
  test_assert_message_has (error, "late one");

  g_assert_false (test_server_process (server));
  test_gate_open (&release);
  test_runner_stop (runner);
  test_gate_clear (&blocked);
  test_gate_clear (&release);
}

/* Goes on turning after that, until it is told to quit. */
static void
block_and_spin_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  LateBlock *late = data;

  if (g_atomic_int_add (&late->spinner.n_turns, 1) == 20)
    test_gate_await (late->release, 1);
  if (!g_atomic_int_get (&late->spinner.quit))
    ta_sleep_async (0, NULL, block_and_spin_cb, late);
}

/* Has the busy loop turn again before it answers. */
static gboolean
release_cb (TaServer *server, TaRequest *request, gpointer data)
{
  LateBlock *late = data;
  gint64     end_time = g_get_monotonic_time () + TEST_DEADLINE_US;

  late->is_released = TRUE;
  test_gate_open (late->release);
  while (g_atomic_int_get (&late->spinner.n_turns) < 30)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end_time);
      g_usleep (100);
    }

  return test_increment_cb (server, request, NULL);
}

/* The wait after an answer is the first to see that a busy loop turns, which still has to tell others of its
 * rest. */
static void
test_busy_no_more (void)
{
  g_autoptr (TaServer)  server = g_object_new (TA_TYPE_SERVER, "rest-turns", G_MAXINT, NULL);
  g_autoptr (TaRunner)  busy = test_runner_new_started ("busy no more");
  g_autoptr (TaRunner)  quick = test_runner_new_started ("quick");
  g_autoptr (TaClient)  client = ta_client_new (server, busy);
  g_autoptr (TestAsker) asker = test_asker_new (server, quick, "increment", 1);
  g_autoptr (GError)    error = NULL;
  TestGate              release;
  LateBlock             late = { .release = &release };
  NextTurn              next = { block_and_spin_cb, &late };
  TestResult            result;
  guint                 n_calls = 0;

  test_gate_init (&release);
  g_signal_connect (server, "handle-request", G_CALLBACK (release_cb), &late);
  ta_runner_call_in_loop_async (busy, next_turn_cb, &next, NULL, TA_TIMEOUT_INFINITE, NULL, NULL,
                                NULL);
  /* It is asked, and found busy at the latest by the second call after it got stuck. */
  while (g_atomic_int_get (&late.spinner.n_turns) <= 20)
    {
      g_assert_false (ta_server_process (server, 20000, NULL, NULL));
      g_assert_cmpuint (++n_calls, <, TEST_DEADLINE_US / 20000);
    }
  for (int i = 0; i < 2; i++)
    g_assert_false (ta_server_process (server, 20000, NULL, NULL));
  g_assert_false (test_server_process (server));

  test_asker_start (asker);
  test_result_init (&result, g_main_context_default ());
  TEST_OUTSIDE (&result, ta_server_process_async (server, TA_TIMEOUT_INFINITE, NULL, test_result_cb,
                                                  &result));
  TEST_TURN_UNTIL (g_main_context_default (), late.is_released);
  g_atomic_int_set (&late.spinner.quit, TRUE);
  TEST_TURN_UNTIL (g_main_context_default (), result.calls == 1);
  g_assert_true (ta_server_process_finish (server, result.result, &error));
  g_assert_no_error (error);

  test_result_clear (&result);
  test_runner_stop (busy);
  test_runner_stop (quick);
  test_gate_clear (&release);
}

/* A timeout of 0 waits for nobody. */
static void
test_no_wait (void)
{
  g_autoptr (TaServer)  server = ta_server_new ("hasty");
  g_autoptr (TaRunner)  stuck = test_runner_new_started ("stuck");
  g_autoptr (TaRunner)  quick = test_runner_new_started ("quick");
  g_autoptr (TaClient)  client = ta_client_new (server, stuck);
  g_autoptr (TestAsker) asker = test_asker_new (server, quick, "increment", 1);
  g_autoptr (GError)    error = NULL;
  TestBlock             block;

  g_signal_connect (server, "handle-request", G_CALLBACK (test_increment_cb), NULL);
  test_block_start (&block, stuck);

  g_assert_false (ta_server_process (server, 0, NULL, &error));
  g_assert_no_error (error);
  test_asker_start (asker);
  g_assert_true (ta_server_process (server, 0, NULL, &error));
  g_assert_no_error (error);
  test_gate_await (&asker->ended, 1);

  test_block_stop (&block, stuck);
  test_runner_stop (quick);
}

/* Cancelling ends the wait for a loop that does not come to rest. */
static gpointer
cancel_cb (gpointer data)
{
  g_cancellable_cancel (data);

  return NULL;
}

static void
test_cancel (void)
{
  g_autoptr (TaServer)     server = ta_server_new ("cancelled");
  g_autoptr (TaRunner)     runner = test_runner_new_started ("blocked");
  g_autoptr (TaClient)     client = ta_client_new (server, runner);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError)       error = NULL;
  GThread                 *thread;
  TestBlock                block;

  test_block_start (&block, runner);

  thread = g_thread_new ("cancel", cancel_cb, cancellable);
  g_assert_false (ta_server_process (server, TA_TIMEOUT_INFINITE, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  test_assert_message_has (error, "cancelled");
  g_thread_join (thread);

  test_block_stop (&block, runner);
}

/* Without clients, and after the last has gone, there is nobody to wait for. */
static void
test_no_clients (void)
{
  g_autoptr (TaServer) server = ta_server_new ("lonely");
  g_autoptr (TaRunner) runner = test_runner_new_started ("busy");
  g_autoptr (TaRunner) idle = ta_runner_new ("not started");
  g_autoptr (TaClient) early = ta_client_new (server, idle);
  TaClient            *client = ta_client_new (server, runner);
  TestBlock            block;

  test_block_start (&block, runner);

  g_object_unref (client);
  g_assert_false (test_server_process (server));

  test_block_stop (&block, runner);
}

/* Stopping a runner that is stuck frees a server that waits for it for ever. */
static gpointer
stop_stuck_cb (gpointer data)
{
  ta_runner_stop (data, 100000, NULL, NULL);

  return NULL;
}

static void
test_abandon (void)
{
  g_autoptr (TaServer) server = ta_server_new ("abandoned");
  g_autoptr (TaRunner) runner = test_runner_new_started ("abandoned");
  g_autoptr (TaClient) client = ta_client_new (server, runner);
  g_autoptr (GError)   error = NULL;
  GThread             *thread;
  TestBlock            block;
  TestGate             exited;

  test_gate_init (&exited);
  test_runner_watch_thread (runner, &exited);
  test_block_start (&block, runner);

  thread = g_thread_new ("stop", stop_stuck_cb, runner);
  g_assert_false (ta_server_process (server, TA_TIMEOUT_INFINITE, NULL, &error));
  g_assert_no_error (error);
  g_thread_join (thread);

  test_block_end (&block);
  test_gate_await (&exited, 1);
  test_block_clear (&block);
  test_gate_clear (&exited);
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv);

  test_add ("/server-busy/spinning-client", test_spinning);
  test_add ("/server-busy/rest-turns", test_rest_turns);
  test_add ("/server-busy/busy-runner-is-told-once-and-skipped", test_busy);
  test_add ("/server-busy/busy-in-a-later-turn", test_busy_late);
  test_add ("/server-busy/busy-no-more", test_busy_no_more);
  test_add ("/server-busy/timeout-0-waits-for-nobody", test_no_wait);
  test_add ("/server-busy/cancel", test_cancel);
  test_add ("/server-busy/nobody-to-wait-for", test_no_clients);
  test_add ("/server-busy/abandoned-runner", test_abandon);

  return g_test_run ();
}
