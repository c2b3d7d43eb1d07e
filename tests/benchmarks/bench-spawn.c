/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench-writes.h"
#include "spawn.h"

#include <stdatomic.h>

/* Many tasks are spawned, and then waited for. */

typedef struct
{
  const SpawnPeer *peer;
  gpointer         instance;
  guint            n;
  double          *values;
} SpawnTurn;

static GMutex      gate;
static atomic_bool gate_is_closed;

void
spawn_pass_gate (void)
{
  if (G_LIKELY (!atomic_load_explicit (&gate_is_closed, memory_order_relaxed)))
    return;

  g_mutex_lock (&gate);
  g_mutex_unlock (&gate);
}

static void
close_gate (void)
{
  g_mutex_lock (&gate);
  atomic_store (&gate_is_closed, TRUE);
}

static void
open_gate (void)
{
  atomic_store (&gate_is_closed, FALSE);
  g_mutex_unlock (&gate);
}

void
spawn_sum_init (SpawnSum *self, guint n)
{
  *self = (SpawnSum){ .n_left = n };
  g_mutex_init (&self->mutex);
  g_cond_init (&self->cond);
}

void
spawn_sum_add (SpawnSum *self, guint result)
{
  self->sum += result;
  if (--self->n_left > 0)
    return;

  g_mutex_lock (&self->mutex);
  self->done = TRUE;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->mutex);
}

guint64
spawn_sum_wait (SpawnSum *self)
{
  g_mutex_lock (&self->mutex);
  while (!self->done)
    g_cond_wait (&self->cond, &self->mutex);
  g_mutex_unlock (&self->mutex);

  return self->sum;
}

void
spawn_sum_clear (SpawnSum *self)
{
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->cond);
}

static void
check_sum (guint64 sum, guint n)
{
  bench_check (sum == (guint64) n * (n - 1) / 2);
}

static void
measure_time_cb (gpointer data)
{
  SpawnTurn *turn = data;
  gint64     started;
  gint64     spawned;
  gint64     ended;
  gint64     writes;
  gint64     cpu;
  guint64    sum;

  writes = bench_count_writes ();
  cpu = bench_process_cpu_ns ();
  started = bench_now_ns ();
  turn->peer->spawn (turn->instance, turn->n);
  spawned = bench_now_ns ();
  sum = turn->peer->wait (turn->instance, turn->n);
  ended = bench_now_ns ();
  cpu = bench_process_cpu_ns () - cpu;
  writes = bench_count_writes () - writes;

  check_sum (sum, turn->n);
  turn->values[0] = (double) (ended - started) / turn->n;
  turn->values[1] = (double) cpu / turn->n;
  turn->values[2] = (double) (spawned - started) / turn->n;
  turn->values[3] = (double) writes / turn->n;
}

/* While the gate is closed nothing is done, so that all of it is outstanding. */
static void
measure_heap_cb (gpointer data)
{
  SpawnTurn *turn = data;
  gint64     bytes;

  close_gate ();
  bytes = bench_heap_bytes ();
  turn->peer->spawn (turn->instance, turn->n);
  bytes = bench_heap_bytes () - bytes;
  open_gate ();

  check_sum (turn->peer->wait (turn->instance, turn->n), turn->n);
  turn->values[0] = (double) bytes / turn->n;
}

static void
take_turn (const SpawnPeer *peer, void (*measure) (gpointer turn), double *values)
{
  guint     n = bench_is_quick () ? 20000 : 100000;
  SpawnTurn turn = {
    .peer = peer,
    .instance = peer->start (n),
    .n = n,
    .values = values,
  };

  if (peer->run_client != NULL)
    peer->run_client (measure, &turn);
  else
    bench_cpu_run_client (measure, &turn);

  peer->stop (turn.instance, n);
}

static void
time_cb (gconstpointer peer, double *values)
{
  take_turn (peer, measure_time_cb, values);
}

static void
heap_cb (gconstpointer peer, double *values)
{
  take_turn (peer, measure_heap_cb, values);
}

static const SpawnPeer *const peers[] = {
  &spawn_task,      &spawn_thread_pool, &spawn_invoke, &spawn_gtask,
#ifdef HAVE_LIBDEX
  &spawn_dex_fiber,
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
  static const char *const columns[] = { "ns a task", "CPU ns", "spawn alone", "writes", NULL };
  BenchTable *table = bench_table_new ("Spawn many tasks, then wait for them", columns);

  add_peers (table, time_cb);
  bench_table_add_goal (table, 0, spawn_task.name, 500, NULL);
  bench_table_add_goal (table, 0, spawn_task.name, 1 / 3.0, spawn_invoke.name);
#ifdef HAVE_LIBDEX
  bench_table_add_goal (table, 0, spawn_task.name, 1 / 4.0, spawn_dex_fiber.name);
#endif
  bench_table_run_and_free (table);
}

static void
run_heap (void)
{
  static const char *const columns[] = { "bytes", NULL };
  BenchTable              *table = bench_table_new ("Heap for each outstanding task", columns);

  add_peers (table, heap_cb);
  bench_table_add_goal (table, 0, spawn_task.name, 250, NULL);
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

  return bench_main (argc, argv, "spawn", passes, G_N_ELEMENTS (passes));
}
