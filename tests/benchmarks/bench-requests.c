/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench-runner.h"
#include "bench.h"

/*
 * Clients on a runner ask a server again and again, and the main thread processes: beside the same
 * without a server, a pair of queues between the thread and the loop.
 */

/* How many requests are handled between two looks at the clock. */
#define BATCH 32

/* For how long it goes on where it handles all that are there. */
#define BUDGET_US 2000

typedef struct
{
  const char *name;
  guint       n_clients;
  gboolean    is_frame; /* with process_all(), as in the frames of a game */
} Crowd;

static const Crowd one = { "one client", 1, FALSE };
static const Crowd thousand = { "1,000 clients", 1000, FALSE };
static const Crowd one_in_frames = { "one client, all", 1, TRUE };

typedef struct
{
  TaServer  *server;
  TaClient **clients;
  guint      n_clients;
  guint      n_asked;    /* the loop's */
  guint      n_answered; /* likewise, read when it is at rest */
} Asking;

static void ask (Asking *self, TaClient *client);

static void
answered_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Asking            *self = data;
  g_autoptr (GError) error = NULL;
  GValue             value = G_VALUE_INIT;
  gint64             answer;

  if (!ta_client_execute_finish (TA_CLIENT (source), result, &value, &error))
    {
      /* The runner stops. */
      bench_check (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
      return;
    }

  bench_check (ta_value_take_int (&value, &answer, NULL));
  bench_check (answer > 0);
  self->n_answered++;
  ask (self, TA_CLIENT (source));
}

static void
ask (Asking *self, TaClient *client)
{
  ta_client_execute_async (client, "increment", TA_VALUE_INT (self->n_asked++), 1, NULL,
                           TA_TIMEOUT_INFINITE, NULL, answered_cb, self);
}

static void
ask_all_cb (gpointer data)
{
  Asking *self = data;

  for (guint i = 0; i < self->n_clients; i++)
    ask (self, self->clients[i]);
}

static gboolean
increment_cb (TaServer *server, TaRequest *request, gpointer data)
{
  g_autoptr (TaPromise) promise = ta_request_take_promise (request);
  GValue                value = G_VALUE_INIT;
  gint64                number;

  bench_check (ta_request_get_arg (request, 0, &value, NULL));
  bench_check (ta_value_take_int (&value, &number, NULL));
  ta_promise_return_int (promise, number + 1);

  return TRUE;
}

typedef struct
{
  Asking  *asking;
  gboolean is_frame;
  double  *values;
} Turn;

/* Returns how many were handled. */
static guint32
process_some (Turn *turn)
{
  if (turn->is_frame)
    {
      int n = ta_server_process_all (turn->asking->server, BUDGET_US, NULL, NULL);

      /* On a busy machine the loop may lose its CPU for as long as that, and is left alone then. */
      return (guint32) MAX (n, 0);
    }

  for (guint i = 0; i < BATCH; i++)
    bench_check (ta_server_process (turn->asking->server, TA_TIMEOUT_INFINITE, NULL, NULL));

  return BATCH;
}

static void
process_cb (gpointer data)
{
  Turn   *turn = data;
  gint64  started = bench_now_ns ();
  gint64  cpu = bench_process_cpu_ns ();
  gint64  switches = bench_context_switches ();
  gint64  ended;
  guint32 n = 0;

  do
    {
      n += process_some (turn);
      ended = bench_now_ns ();
    }
  while (ended < started + bench_get_turn_ns () || n == 0);

  turn->values[0] = (double) (ended - started) / n / BENCH_NS_PER_US;
  turn->values[1] = (double) (bench_process_cpu_ns () - cpu) / n / BENCH_NS_PER_US;
  turn->values[2] = (double) (bench_context_switches () - switches) / n;

  /* Each of them has been answered, and the client has asked again, at the latest when it has come to
   * rest once more. */
  if (turn->is_frame)
    {
      while (!ta_server_process (turn->asking->server, TA_TIMEOUT_INFINITE, NULL, NULL))
        ;
      n++;
    }
  bench_check (turn->asking->n_answered == n);
}

static void
requests_cb (gconstpointer data, double *values)
{
  const Crowd *crowd = data;
  TaRunner    *runner = bench_runner_new ();
  Asking       asking = { .server = ta_server_new ("benchmark"), .n_clients = crowd->n_clients };
  Turn         turn = { .asking = &asking, .is_frame = crowd->is_frame, .values = values };

  g_signal_connect (asking.server, "handle-request::increment", G_CALLBACK (increment_cb), NULL);
  asking.clients = g_new (TaClient *, asking.n_clients);
  for (guint i = 0; i < asking.n_clients; i++)
    asking.clients[i] = ta_client_new (asking.server, runner);
  bench_check (
      ta_runner_call_in_loop (runner, ask_all_cb, &asking, NULL, TA_TIMEOUT_INFINITE, NULL, NULL));

  bench_cpu_run_client (process_cb, &turn);

  bench_runner_free (runner);
  for (guint i = 0; i < asking.n_clients; i++)
    g_object_unref (asking.clients[i]);
  g_free (asking.clients);
  g_object_unref (asking.server);
}

/* The pair of queues: there a number, back the number that follows. */

typedef struct
{
  TaQueue *questions;
  TaQueue *answers;
} Pair;

static void
got_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Pair           *self = data;
  g_auto (GValue) value = G_VALUE_INIT;
  gint64          number;

  if (!ta_queue_get_finish (self->questions, result, &value, NULL))
    return;

  bench_check (ta_value_take_int (&value, &number, NULL));
  bench_check (ta_queue_try_put (self->answers, TA_VALUE_INT (number + 1), NULL));
  ta_queue_get_async (self->questions, TA_TIMEOUT_INFINITE, NULL, got_cb, self);
}

static void
get_cb (gpointer data)
{
  Pair *self = data;

  ta_queue_get_async (self->questions, TA_TIMEOUT_INFINITE, NULL, got_cb, self);
}

typedef struct
{
  Pair   *pair;
  double *values;
} PairTurn;

static void
exchange_cb (gpointer data)
{
  PairTurn *turn = data;
  gint64    started = bench_now_ns ();
  gint64    cpu = bench_process_cpu_ns ();
  gint64    switches = bench_context_switches ();
  gint64    ended;
  gint64    n = 0;

  do
    {
      for (guint i = 0; i < BATCH; i++)
        {
          GValue value = G_VALUE_INIT;
          gint64 answer;

          bench_check (ta_queue_try_put (turn->pair->questions, TA_VALUE_INT (n), NULL));
          bench_check (
              ta_queue_get_wait (turn->pair->answers, &value, TA_TIMEOUT_INFINITE, NULL, NULL));
          bench_check (ta_value_take_int (&value, &answer, NULL));
          bench_check (answer == ++n);
        }
      ended = bench_now_ns ();
    }
  while (ended < started + bench_get_turn_ns ());

  turn->values[0] = (double) (ended - started) / (double) n / BENCH_NS_PER_US;
  turn->values[1] = (double) (bench_process_cpu_ns () - cpu) / (double) n / BENCH_NS_PER_US;
  turn->values[2] = (double) (bench_context_switches () - switches) / (double) n;
}

static void
pair_cb (gconstpointer data, double *values)
{
  TaRunner *runner = bench_runner_new ();
  Pair      pair = { .questions = ta_queue_new (0), .answers = ta_queue_new (0) };
  PairTurn  turn = { .pair = &pair, .values = values };

  bench_check (
      ta_runner_call_in_loop (runner, get_cb, &pair, NULL, TA_TIMEOUT_INFINITE, NULL, NULL));
  bench_cpu_run_client (exchange_cb, &turn);
  ta_queue_close (pair.questions);
  bench_runner_free (runner);
  g_object_unref (pair.questions);
  g_object_unref (pair.answers);
}

static void
run_table (void)
{
  static const char *const columns[] = { "µs", "CPU µs", "switches", NULL };
  const char              *queues = "TaQueue pair";
  BenchTable              *table = bench_table_new ("Requests to a server", columns);

  bench_table_add (table, one.name, TRUE, requests_cb, &one);
  bench_table_add (table, one_in_frames.name, TRUE, requests_cb, &one_in_frames);
  bench_table_add (table, thousand.name, TRUE, requests_cb, &thousand);
  bench_table_add (table, queues, TRUE, pair_cb, NULL);
  bench_table_add_goal (table, 0, one.name, 1.5, queues);
  bench_table_add_goal (table, 0, thousand.name, 1.5, queues);
  bench_table_add_goal (table, 0, one_in_frames.name, 1.5, queues);
  bench_table_run_and_free (table);
}

int
main (int argc, char **argv)
{
  static const BenchPass passes[] = {
    { "one-cpu", BENCH_ONE_CPU, FALSE, run_table },
    { "two-cpus", BENCH_TWO_CPUS, FALSE, run_table },
  };

  return bench_main (argc, argv, "requests", passes, G_N_ELEMENTS (passes));
}
