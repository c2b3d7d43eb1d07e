/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * A server lets the loops of its clients come to rest: what is handled when does not depend on the speed
 * of threads.
 */

#include "test-asker.h"

#include <fcntl.h>
#include <glib-unix.h>
#include <unistd.h>

/* Which client asked, in the order of the requests. */
typedef struct
{
  GArray *ids;
} Record;

static gboolean
record_cb (TaServer *server, TaRequest *request, gpointer data)
{
  Record *record = data;
  gint64  id = test_request_get_int (request, 1);

  g_array_append_val (record->ids, id);

  return test_increment_cb (server, request, NULL);
}

/* Threads that keep all processors busy. */
typedef struct
{
  GThread *threads[2];
  int      quit; /* atomic */
} Hogs;

static gpointer
hog_cb (gpointer data)
{
  while (!g_atomic_int_get ((int *) data))
    continue;

  return NULL;
}

static void
hogs_start (Hogs *self)
{
  self->quit = FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (self->threads); i++)
    self->threads[i] = g_thread_new ("hog", hog_cb, &self->quit);
}

static void
hogs_stop (Hogs *self)
{
  g_atomic_int_set (&self->quit, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (self->threads); i++)
    g_thread_join (self->threads[i]);
}

static void
test_exact (void)
{
  g_autoptr (TaServer)  server = ta_server_new ("exact");
  g_autoptr (TaRunner)  runner = test_runner_new_started ("exact");
  g_autoptr (TestAsker) asker = test_asker_new (server, runner, "increment", 100);

  g_signal_connect (server, "handle-request::increment", G_CALLBACK (test_increment_cb), NULL);
  test_asker_start (asker);

  for (int i = 0; i < 100; i++)
    {
      g_assert_true (test_server_process (server));
      /* What the client does with the answer has been done. */
      g_assert_cmpint (g_atomic_int_get (&asker->n_answered), ==, i + 1);
      g_assert_cmpint (asker->last_answer, ==, i + 1);
    }
  g_assert_false (test_server_process (server));
  g_assert_cmpuint (test_gate_get_count (&asker->ended), ==, 1);
  g_assert_no_error (asker->error);

  test_runner_stop (runner);
}

#define N_CLIENTS 5
#define N_REQUESTS 4

static void
check_same_order (guint n_runs)
{
  for (guint run = 0; run < n_runs; run++)
    {
      g_autoptr (TaServer) server = ta_server_new ("order");
      g_autoptr (TaRunner) runner = test_runner_new_started ("order");
      g_autoptr (GArray)   ids = g_array_new (FALSE, FALSE, sizeof (gint64));
      Record               record = { .ids = ids };
      TestAsker           *askers[N_CLIENTS];

      g_signal_connect (server, "handle-request", G_CALLBACK (record_cb), &record);
      for (guint i = 0; i < N_CLIENTS; i++)
        {
          askers[i] = test_asker_new (server, runner, "increment", N_REQUESTS);
          askers[i]->id = i;
          /* All of them are created before any is sure to have run. */
          ta_runner_call_in_loop_async (runner, test_asker_start_cb, askers[i], NULL,
                                        TA_TIMEOUT_INFINITE, NULL, NULL, NULL);
        }

      for (guint i = 0; i < N_CLIENTS * N_REQUESTS; i++)
        {
          g_assert_true (test_server_process (server));
          g_assert_cmpint (g_array_index (ids, gint64, i), ==, i % N_CLIENTS);
        }
      g_assert_false (test_server_process (server));

      test_runner_stop (runner);
      for (guint i = 0; i < N_CLIENTS; i++)
        test_asker_free (askers[i]);
    }
}

static void
test_order (void)
{
  check_same_order (test_repeats (1000));
}

static void
test_order_under_load (void)
{
  Hogs hogs;

  hogs_start (&hogs);
  check_same_order (test_repeats (100));
  hogs_stop (&hogs);
}

/* Asks from an idle function, a timer that is due and a descriptor, all set up behind the library's back. */

static gboolean
start_by_source_cb (gpointer data)
{
  test_asker_start_cb (data);

  return G_SOURCE_REMOVE;
}

static gboolean
start_by_fd_cb (int fd, GIOCondition condition, gpointer data)
{
  test_asker_start_cb (data);

  return G_SOURCE_REMOVE;
}

static void
test_foreign_sources (void)
{
  g_autoptr (TaServer) server = ta_server_new ("foreign");
  g_autoptr (TaRunner) runner = test_runner_new_started ("foreign");
  GMainContext        *context = ta_runner_get_context (runner);

  g_signal_connect (server, "handle-request", G_CALLBACK (test_increment_cb), NULL);

  for (guint n = test_repeats (500); n > 0; n--)
    {
      g_autoptr (TestAsker) other = test_asker_new (server, runner, "increment", 1);
      g_autoptr (GSource)   source = NULL;
      int                   fds[2];

      /* The loop sleeps, or is about to. */
      g_assert_false (test_server_process (server));

      source = g_idle_source_new ();
      g_source_set_callback (source, start_by_source_cb, other, NULL);
      g_source_attach (source, context);
      g_assert_true (test_server_process (server));
      g_assert_cmpint (other->n_answered, ==, 1);
      g_assert_false (test_server_process (server));

      g_assert_true (g_unix_open_pipe (fds, FD_CLOEXEC, NULL));
      other->n_requests = 2;
      g_clear_pointer (&source, g_source_unref);
      source = g_unix_fd_source_new (fds[0], G_IO_IN);
      g_source_set_callback (source, G_SOURCE_FUNC (start_by_fd_cb), other, NULL);
      g_source_attach (source, context);
      g_assert_false (test_server_process (server));
      g_assert_cmpint (write (fds[1], "x", 1), ==, 1);
      g_assert_true (test_server_process (server));
      g_assert_cmpint (other->n_answered, ==, 2);

      close (fds[0]);
      close (fds[1]);
    }
  test_runner_stop (runner);
}

/* Undue timers and descriptors keep nobody waiting. */
static void
sleep_long_cb (gpointer data)
{
  ta_sleep_async (TEST_LONG_US, NULL, NULL, NULL);
}

static void
test_undue_timer (void)
{
  g_autoptr (TaServer) server = ta_server_new ("undue");
  g_autoptr (TaRunner) runner = test_runner_new_started ("undue");
  g_autoptr (TaClient) client = ta_client_new (server, runner);

  g_assert_true (
      ta_runner_call_in_loop (runner, sleep_long_cb, NULL, NULL, TEST_DEADLINE_US, NULL, NULL));
  for (guint i = 0; i < 10; i++)
    g_assert_false (test_server_process (server));

  test_runner_stop (runner);
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
start_spinning_cb (gpointer data)
{
  ta_sleep_async (0, NULL, spin_cb, data);
}

static void
test_spinning (void)
{
  g_autoptr (TaServer)  server = ta_server_new ("spinning");
  g_autoptr (TaRunner)  runner = test_runner_new_started ("spinning");
  g_autoptr (TestAsker) asker = test_asker_new (server, runner, "increment", 10);
  Spinner               spinner = { 0 };

  g_signal_connect (server, "handle-request", G_CALLBACK (test_increment_cb), NULL);
  g_assert_true (ta_runner_call_in_loop (runner, start_spinning_cb, &spinner, NULL,
                                         TEST_DEADLINE_US, NULL, NULL));
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

static void
start_countdown_cb (gpointer data)
{
  ta_sleep_async (0, NULL, count_down_cb, data);
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
  g_autoptr (GError)   error = NULL;
  TestGate             blocked, release;
  TestResult           result;
  gboolean             is_handled;

  g_assert_cmpuint (ta_server_get_rest_turns (server), ==, rest_turns);
  g_signal_connect (server, "handle-request", G_CALLBACK (answer_null_cb), NULL);

  /* However slow this thread is, the loop begins to count when it has been asked already, and the
   * request does not come right after the turns that the server waits for. */
  if (n_turns > rest_turns)
    countdown.hold_at = (n_turns - rest_turns) / 2;
  test_gate_init (&countdown.go_on);
  test_gate_init (&blocked);
  test_gate_init (&release);
  test_runner_block (runner, &blocked, &release);
  ta_runner_call_in_loop_async (runner, start_countdown_cb, &countdown, NULL, TA_TIMEOUT_INFINITE,
                                NULL, NULL, NULL);
  test_result_init (&result, g_main_context_default ());
  TEST_OUTSIDE (&result,
                ta_server_process_async (server, TEST_DEADLINE_US, NULL, test_result_cb, &result));
  test_gate_open (&release);
  TEST_TURN_UNTIL (g_main_context_default (), result.calls == 1);
  is_handled = ta_server_process_finish (server, result.result, &error);
  g_assert_no_error (error);
  test_result_clear (&result);
  test_gate_open (&countdown.go_on);
  while (!is_handled && !test_server_process (server))
    continue;

  test_runner_stop (runner);
  test_gate_clear (&blocked);
  test_gate_clear (&release);
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
  guint                n_turns;

  g_assert_true (ta_runner_call_in_loop (runner, start_spinning_cb, &spinner, NULL,
                                         TEST_DEADLINE_US, NULL, NULL));
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
  TestGate              blocked, release, blocked_again, release_again;

  g_signal_connect (server, "handle-request", G_CALLBACK (test_increment_cb), NULL);
  test_gate_init (&blocked);
  test_gate_init (&release);
  test_gate_init (&blocked_again);
  test_gate_init (&release_again);

  test_runner_block (stuck, &blocked, &release);
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
  test_gate_open (&release);
  g_assert_true (ta_runner_wait_for_next_iteration (stuck, TEST_DEADLINE_US, NULL, NULL));
  g_assert_true (test_server_process (server));
  g_assert_cmpint (g_atomic_int_get (&stuck_asker->n_answered), ==, 1);
  g_assert_false (test_server_process (server));

  /* And told again. */
  test_runner_stop (quick);
  test_runner_block (stuck, &blocked_again, &release_again);
  check_busy (server, 20000, "stuck one");
  test_gate_open (&release_again);

  test_runner_stop (stuck);
  test_asker_free (quick_asker);
  test_gate_clear (&blocked);
  test_gate_clear (&release);
  test_gate_clear (&blocked_again);
  test_gate_clear (&release_again);
}

/* Gets stuck in a later turn than the one in which it was asked. */
typedef struct
{
  Spinner   spinner;
  TestGate *blocked;
  TestGate *release;
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
start_block_late_cb (gpointer data)
{
  ta_sleep_async (0, NULL, block_late_cb, data);
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
  guint                n_calls = 0;

  test_gate_init (&blocked);
  test_gate_init (&release);
  ta_runner_call_in_loop_async (runner, start_block_late_cb, &late, NULL, TA_TIMEOUT_INFINITE, NULL,
                                NULL, NULL);

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
  TestGate              blocked, release;

  g_signal_connect (server, "handle-request", G_CALLBACK (test_increment_cb), NULL);
  test_gate_init (&blocked);
  test_gate_init (&release);
  test_runner_block (stuck, &blocked, &release);

  g_assert_false (ta_server_process (server, 0, NULL, &error));
  g_assert_no_error (error);
  test_asker_start (asker);
  g_assert_true (ta_server_process (server, 0, NULL, &error));
  g_assert_no_error (error);
  test_gate_await (&asker->ended, 1);

  test_gate_open (&release);
  test_runner_stop (stuck);
  test_runner_stop (quick);
  test_gate_clear (&blocked);
  test_gate_clear (&release);
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
  TestGate                 blocked, release;

  test_gate_init (&blocked);
  test_gate_init (&release);
  test_runner_block (runner, &blocked, &release);

  thread = g_thread_new ("cancel", cancel_cb, cancellable);
  g_assert_false (ta_server_process (server, TA_TIMEOUT_INFINITE, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  test_assert_message_has (error, "cancelled");
  g_thread_join (thread);

  test_gate_open (&release);
  test_runner_stop (runner);
  test_gate_clear (&blocked);
  test_gate_clear (&release);
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
  TestGate             blocked, release;

  test_gate_init (&blocked);
  test_gate_init (&release);
  test_runner_block (runner, &blocked, &release);

  g_object_unref (client);
  g_assert_false (test_server_process (server));

  test_gate_open (&release);
  test_runner_stop (runner);
  test_gate_clear (&blocked);
  test_gate_clear (&release);
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
  TestGate             blocked, release, exited;

  test_gate_init (&blocked);
  test_gate_init (&release);
  test_gate_init (&exited);
  test_runner_watch_thread (runner, &exited);
  test_runner_block (runner, &blocked, &release);

  thread = g_thread_new ("stop", stop_stuck_cb, runner);
  g_assert_false (ta_server_process (server, TA_TIMEOUT_INFINITE, NULL, &error));
  g_assert_no_error (error);
  g_thread_join (thread);

  test_gate_open (&release);
  test_gate_await (&exited, 1);
  test_gate_clear (&blocked);
  test_gate_clear (&release);
  test_gate_clear (&exited);
}

/* Clients on several runners, threaded and attached. */
static void
test_several (void)
{
  g_autoptr (TaServer)   server = ta_server_new ("several");
  g_autoptr (TestWorker) worker = test_worker_new ();
  TaRunner              *runners[3];
  TestAsker             *askers[3];
  int                    n_answered = 0;

  g_signal_connect (server, "handle-request", G_CALLBACK (test_increment_cb), NULL);
  for (guint i = 0; i < 3; i++)
    {
      if (i < 2)
        {
          runners[i] = test_runner_new_started (NULL);
        }
      else
        {
          runners[i] = ta_runner_new_for_context (test_worker_get_context (worker), "attached");
          g_assert_true (ta_runner_start (runners[i], NULL));
        }
      askers[i] = test_asker_new (server, runners[i], "increment", 10);
      test_asker_start (askers[i]);
    }

  for (int i = 0; i < 30; i++)
    {
      g_assert_true (test_server_process (server));
      n_answered = 0;
      for (guint j = 0; j < 3; j++)
        n_answered += g_atomic_int_get (&askers[j]->n_answered);
      g_assert_cmpint (n_answered, ==, i + 1);
    }
  g_assert_false (test_server_process (server));

  for (guint i = 0; i < 3; i++)
    {
      test_runner_stop (runners[i]);
      test_asker_free (askers[i]);
      g_object_unref (runners[i]);
    }
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv);

  test_add ("/server-rest/exactly-the-requests-that-were-made", test_exact);
  test_add ("/server-rest/same-order-every-time", test_order);
  test_add ("/server-rest/same-order-under-load", test_order_under_load);
  test_add ("/server-rest/foreign-sources-count", test_foreign_sources);
  test_add ("/server-rest/undue-timers-do-not-count", test_undue_timer);
  test_add ("/server-rest/spinning-client", test_spinning);
  test_add ("/server-rest/rest-turns", test_rest_turns);
  test_add ("/server-rest/busy-runner-is-told-once-and-skipped", test_busy);
  test_add ("/server-rest/busy-in-a-later-turn", test_busy_late);
  test_add ("/server-rest/timeout-0-waits-for-nobody", test_no_wait);
  test_add ("/server-rest/cancel", test_cancel);
  test_add ("/server-rest/nobody-to-wait-for", test_no_clients);
  test_add ("/server-rest/abandoned-runner", test_abandon);
  test_add ("/server-rest/several-runners", test_several);

  return g_test_run ();
}
