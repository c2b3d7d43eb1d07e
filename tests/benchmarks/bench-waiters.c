/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench-writes.h"
#include "waiters.h"

/* Many waits are pending in a loop; another thread ends all of them. */

typedef struct
{
  const WaitersPeer *peer;
  gpointer           instance;
  guint              n;
  WaitersCount       count;

  GMutex   mutex; /* held until the other thread is to resolve */
  GThread *thread;
} WaitersTurn;

static gpointer
resolve_thread_cb (gpointer data)
{
  WaitersTurn *turn = data;

  bench_cpu_place_loop ();

  g_mutex_lock (&turn->mutex);
  g_mutex_unlock (&turn->mutex);

  turn->peer->resolve (turn->instance, turn->n);

  return NULL;
}

static void
measure (WaitersTurn *turn, double *values)
{
  gint64 heap = bench_heap_bytes ();
  gint64 started = bench_now_ns ();
  gint64 created;
  gint64 ended;
  gint64 writes;
  gint64 cpu;

  turn->peer->create (turn->instance, turn->n);
  created = bench_now_ns () - started;
  heap = bench_heap_bytes () - heap;

  bench_check (turn->count.n_left == turn->n);

  writes = bench_count_writes ();
  cpu = bench_process_cpu_ns ();
  started = bench_now_ns ();
  g_mutex_unlock (&turn->mutex);
  while (turn->count.n_left > 0)
    g_main_context_iteration (NULL, TRUE);
  ended = bench_now_ns ();
  cpu = bench_process_cpu_ns () - cpu;
  writes = bench_count_writes () - writes;

  g_thread_join (turn->thread);

  values[0] = (double) (ended - started) / turn->n;
  values[1] = (double) cpu / turn->n;
  values[2] = (double) created / turn->n;
  values[3] = (double) writes / turn->n;
  values[4] = (double) heap / turn->n;
}

static void
take_turn (const WaitersPeer *peer, double *values)
{
  guint       n = bench_is_quick () ? 20000 : 100000;
  WaitersTurn turn = { .peer = peer, .n = n, .count = { .n_left = n } };

  turn.instance = peer->start (&turn.count, n);
  g_mutex_init (&turn.mutex);
  g_mutex_lock (&turn.mutex);
  turn.thread = g_thread_new ("resolver", resolve_thread_cb, &turn);

  bench_cpu_place_client ();
  measure (&turn, values);
  bench_cpu_unplace ();

  if (peer->same_result)
    bench_check (turn.count.sum == (guint64) n * WAITERS_SAME_RESULT);
  else
    bench_check (turn.count.sum == (guint64) n * (n - 1) / 2);

  peer->stop (turn.instance, n);
  g_mutex_clear (&turn.mutex);
}

static void
time_cb (gconstpointer peer, double *values)
{
  take_turn (peer, values);
}

static void
heap_cb (gconstpointer peer, double *values)
{
  double all[BENCH_MAX_COLUMNS];

  take_turn (peer, all);
  values[0] = all[4];
}

static const WaitersPeer *const peers[] = {
  &waiters_futures,      &waiters_future,      &waiters_gtask,
#ifdef HAVE_LIBDEX
  &waiters_dex_promises, &waiters_dex_promise,
#endif
};

static void
add_peers (BenchTable *table, BenchTurnFunc func)
{
  for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
    bench_table_add (table, peers[i]->name, peers[i]->ours, func, peers[i]);
}

static void
run_time (void)
{
  static const char *const columns[] = { "resolve ns", "CPU ns", "create ns", "writes", NULL };
  BenchTable *table = bench_table_new ("Many pending waits, ended by another thread", columns);

  add_peers (table, time_cb);
  for (guint i = 0; i < 2; i++)
    {
      bench_table_add_goal (table, 0, peers[i]->name, 1 / 3.0, waiters_gtask.name);
#ifdef HAVE_LIBDEX
      bench_table_add_goal (table, 0, peers[i]->name, 1 / 1.5, waiters_dex_promises.name);
#endif
      bench_table_add_goal (table, 3, peers[i]->name, 0.01, NULL);
    }
  bench_table_run_and_free (table);
}

static void
run_heap (void)
{
  static const char *const columns[] = { "bytes", NULL };
  BenchTable              *table = bench_table_new ("Heap for each pending wait", columns);

  add_peers (table, heap_cb);
  bench_table_run_and_free (table);
}

int
main (int argc, char **argv)
{
  static const BenchPass passes[] = {
    { "one-cpu", BENCH_ONE_CPU, FALSE, run_time },
    { "two-cpus", BENCH_TWO_CPUS, FALSE, run_time },
    { "heap", BENCH_ONE_CPU, TRUE, run_heap },
  };

  return bench_main (argc, argv, "waiters", passes, G_N_ELEMENTS (passes));
}
