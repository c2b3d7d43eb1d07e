/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "round-trip.h"

/* A blocked thread asks a loop in another thread, or a blocked thread, and waits for the answer. */

#define GAP_NS (100 * BENCH_NS_PER_US)

/* How many requests are made between two looks at the clock. */
#define BATCH 32

typedef struct
{
  const RoundTripPeer *peer;
  gpointer             instance;
  gboolean             apart; /* 100 µs between two requests */
  double              *values;
} RoundTripTurn;

static void
ask (RoundTripTurn *turn, guint32 question)
{
  RoundTripRequest request = { .question = question };

  turn->peer->ask (turn->instance, &request);

  bench_check (request.answer == question * 2654435761u + 1);
  bench_check (!pthread_equal (request.answered_by, pthread_self ()));
}

static void
ask_for (RoundTripTurn *turn, gint64 duration_ns)
{
  gint64  started = bench_now_ns ();
  gint64  cpu = bench_process_cpu_ns ();
  gint64  switches = bench_context_switches ();
  gint64  ended;
  guint32 n = 0;

  do
    {
      for (guint i = 0; i < BATCH; i++)
        ask (turn, n++);
      ended = bench_now_ns ();
    }
  while (ended < started + duration_ns);

  turn->values[0] = (double) (ended - started) / n / BENCH_NS_PER_US;
  turn->values[1] = (double) (bench_process_cpu_ns () - cpu) / n / BENCH_NS_PER_US;
  turn->values[2] = (double) (bench_context_switches () - switches) / n;
}

/* Keeps this CPU awake, and gives the other thread the time to go to sleep. */
static gint64
wait_for_gap (void)
{
  gint64 cpu = bench_thread_cpu_ns ();
  gint64 ended = bench_now_ns () + GAP_NS;

  while (bench_now_ns () < ended)
    bench_cpu_relax ();

  return bench_thread_cpu_ns () - cpu;
}

static int
compare_times_cb (gconstpointer a, gconstpointer b)
{
  gint64 first = *(const gint64 *) a;
  gint64 second = *(const gint64 *) b;

  return (first > second) - (first < second);
}

static void
ask_apart_for (RoundTripTurn *turn, gint64 duration_ns)
{
  g_autoptr (GArray) latencies = g_array_new (FALSE, FALSE, sizeof (gint64));
  gint64             deadline = bench_now_ns () + duration_ns;
  gint64             cpu = bench_process_cpu_ns ();
  gint64             switches = bench_context_switches ();
  gint64             gap_cpu = 0;
  gint64             sum = 0;
  double             n;

  do
    {
      gint64 latency;

      gap_cpu += wait_for_gap ();

      latency = -bench_now_ns ();
      ask (turn, latencies->len);
      latency += bench_now_ns ();

      sum += latency;
      g_array_append_val (latencies, latency);
    }
  while (bench_now_ns () < deadline);

  n = latencies->len;
  turn->values[1] = (double) (bench_process_cpu_ns () - cpu - gap_cpu) / n / BENCH_NS_PER_US;
  turn->values[2] = (double) (bench_context_switches () - switches) / n;
  turn->values[3] = (double) sum / n / BENCH_NS_PER_US;

  g_array_sort (latencies, compare_times_cb);
  turn->values[0] =
      (double) g_array_index (latencies, gint64, latencies->len / 2) / BENCH_NS_PER_US;
}

static void
client_cb (gpointer data)
{
  RoundTripTurn *turn = data;
  double         warm_up[BENCH_MAX_COLUMNS];
  double        *values = turn->values;

  turn->values = warm_up;
  (turn->apart ? ask_apart_for : ask_for) (turn, bench_get_turn_ns () / 4);
  turn->values = values;
  (turn->apart ? ask_apart_for : ask_for) (turn, bench_get_turn_ns ());
}

static void
take_turn (const RoundTripPeer *peer, gboolean apart, double *values)
{
  RoundTripTurn turn = {
    .peer = peer,
    .instance = peer->start (),
    .apart = apart,
    .values = values,
  };

  if (peer->run_client != NULL)
    peer->run_client (client_cb, &turn);
  else
    bench_cpu_run_client (client_cb, &turn);

  peer->stop (turn.instance);
}

static void
back_to_back_cb (gconstpointer peer, double *values)
{
  take_turn (peer, FALSE, values);
}

static void
apart_cb (gconstpointer peer, double *values)
{
  take_turn (peer, TRUE, values);
}

static const RoundTripPeer *const peers[] = {
  &round_trip_call,          &round_trip_task,        &round_trip_queue_loop,
  &round_trip_queue_threads, &round_trip_event,       &round_trip_eventfd,
  &round_trip_spin,          &round_trip_async_queue, &round_trip_invoke,
  &round_trip_invoke_late,   &round_trip_gtask,
#ifdef HAVE_LIBDEX
  &round_trip_dex_channel,   &round_trip_dex_fiber,
#endif
};

static void
add_peers (BenchTable *table, BenchTurnFunc func)
{
  for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
    {
      if (!peers[i]->spins || bench_cpu_has_two ())
        bench_table_add (table, peers[i]->name, peers[i]->ours, func, peers[i]);
    }
}

static void
add_goals_to_beat (BenchTable *table, double factor, const RoundTripPeer *const *beaten)
{
  for (guint i = 0; beaten[i] != NULL; i++)
    {
      bench_table_add_goal (table, 0, round_trip_call.name, factor, beaten[i]->name);
      bench_table_add_goal (table, 0, round_trip_task.name, factor, beaten[i]->name);
      bench_table_add_goal (table, 0, round_trip_queue_loop.name, factor, beaten[i]->name);
    }
}

static void
run_on_one_cpu (void)
{
  static const char *const          columns[] = { "µs", "CPU µs", "switches", NULL };
  static const RoundTripPeer *const beaten[] = {
    &round_trip_invoke,
#ifdef HAVE_LIBDEX
    &round_trip_dex_channel,
#endif
    NULL,
  };
  BenchTable *table = bench_table_new ("Round trip, back to back", columns);

  add_peers (table, back_to_back_cb);
  bench_table_add_goal (table, 0, round_trip_call.name, 1.1, round_trip_eventfd.name);
  bench_table_add_goal (table, 0, round_trip_task.name, 1.1, round_trip_eventfd.name);
  bench_table_add_goal (table, 0, round_trip_queue_loop.name, 1.1, round_trip_eventfd.name);
  add_goals_to_beat (table, 1 / 2.0, beaten);
  bench_table_run_and_free (table);
}

static void
run_on_two_cpus (void)
{
  static const char *const          columns[] = { "µs", "CPU µs", "switches", NULL };
  static const RoundTripPeer *const beaten[] = {
    &round_trip_eventfd,
    &round_trip_async_queue,
    &round_trip_invoke,
    &round_trip_gtask,
#ifdef HAVE_LIBDEX
    &round_trip_dex_channel,
#endif
    NULL,
  };
  BenchTable *table = bench_table_new ("Round trip, back to back", columns);

  add_peers (table, back_to_back_cb);
  add_goals_to_beat (table, 1 / 50.0, beaten);
  bench_table_run_and_free (table);
}

static void
run_apart (void)
{
  static const char *const columns[] = { "median µs", "CPU µs", "switches", "mean µs", NULL };
  BenchTable              *table = bench_table_new ("Round trip, 100 µs apart", columns);

  add_peers (table, apart_cb);
  bench_table_add_goal (table, 0, round_trip_call.name, 1 / 1.7, round_trip_eventfd.name);
  bench_table_add_goal (table, 0, round_trip_task.name, 1 / 1.7, round_trip_eventfd.name);
  bench_table_add_goal (table, 1, round_trip_call.name, 1, round_trip_eventfd.name);
  bench_table_add_goal (table, 1, round_trip_task.name, 1, round_trip_eventfd.name);
  bench_table_run_and_free (table);
}

int
main (int argc, char **argv)
{
  static const BenchPass passes[] = {
    { "one-cpu", BENCH_ONE_CPU, FALSE, run_on_one_cpu },
    { "two-cpus", BENCH_TWO_CPUS, FALSE, run_on_two_cpus },
    { "two-cpus-apart", BENCH_TWO_CPUS, FALSE, run_apart },
  };

  return bench_main (argc, argv, "round-trip", passes, G_N_ELEMENTS (passes));
}
