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
  /* With -m slow as often as without load: it takes a while. */
  check_same_order (g_test_slow () ? 1000 : test_repeats (100));
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

/*
 * Clients on several runners, threaded and attached. Of those that ask, no more than @queue_size are at
 * the server; the others wait for their place, and get it without doing anything for it.
 */
static void
check_several (guint queue_size)
{
  g_autoptr (TaServer)   server = g_object_new (TA_TYPE_SERVER, "queue-size", queue_size, NULL);
  g_autoptr (TestWorker) worker = test_worker_new ();
  TaRunner              *runners[3];
  TestAsker             *askers[3];

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
      int   n_answered = 0;
      guint n_asking = 0;

      g_assert_true (test_server_process (server));
      for (guint j = 0; j < 3; j++)
        {
          int n = g_atomic_int_get (&askers[j]->n_answered);

          n_answered += n;
          n_asking += n < 10 ? 1 : 0;
        }
      g_assert_cmpint (n_answered, ==, i + 1);
      g_assert_cmpuint (ta_server_get_n_pending (server), ==, MIN (n_asking, queue_size));
    }
  g_assert_false (test_server_process (server));

  for (guint i = 0; i < 3; i++)
    {
      test_runner_stop (runners[i]);
      test_asker_free (askers[i]);
      g_object_unref (runners[i]);
    }
}

static void
test_several (void)
{
  check_several (10);
}

static void
test_several_bounded (void)
{
  check_several (1);
  check_several (2);
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv);

  test_add ("/server-rest/exactly-the-requests-that-were-made", test_exact);
  test_add ("/server-rest/same-order/every-time", test_order);
  test_add ("/server-rest/same-order/under-load", test_order_under_load);
  test_add ("/server-rest/foreign-sources-count", test_foreign_sources);
  test_add ("/server-rest/undue-timers-do-not-count", test_undue_timer);
  test_add ("/server-rest/several-runners", test_several);
  test_add ("/server-rest/several-runners-and-few-places", test_several_bounded);

  return g_test_run ();
}
