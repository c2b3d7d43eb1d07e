/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "queue-items.h"

/* What an item costs that is put and got in one thread, and what it takes while it is queued. */

#define BATCH 64

static void
time_cb (gconstpointer data, double *values)
{
  const QueueItemsPeer *peer = data;
  gpointer              instance = peer->start ();
  gint64                put_ns = 0, get_ns = 0;
  gint64                now = bench_now_ns ();
  gint64                ended = now + bench_get_turn_ns () / 2;
  guint                 n = 0;

  do
    {
      gint64 started = now;
      gint64 put;

      peer->put (instance, n, BATCH);
      put = bench_now_ns ();
      peer->get (instance, n, BATCH);
      now = bench_now_ns ();

      put_ns += put - started;
      get_ns += now - put;
      n += BATCH;
    }
  while (now < ended);

  peer->stop (instance);

  values[0] = (double) (put_ns + get_ns) / n;
  values[1] = (double) put_ns / n;
  values[2] = (double) get_ns / n;
}

static void
heap_cb (gconstpointer data, double *values)
{
  const QueueItemsPeer *peer = data;
  guint                 n = bench_is_quick () ? 100000 : 1000000;
  gpointer              instance = peer->start ();
  gint64                before, full, left;

  /* What is made once, and kept. */
  peer->put (instance, 0, BATCH);
  peer->get (instance, 0, BATCH);

  before = bench_heap_bytes ();
  peer->put (instance, 0, n);
  full = bench_heap_bytes ();
  peer->get (instance, 0, n);
  left = bench_heap_bytes ();

  peer->stop (instance);

  values[0] = (double) (full - before) / n;
  values[1] = (double) (left - before);
}

static const QueueItemsPeer *const peers[] = {
  &queue_items_ta,
  &queue_items_async_queue,
  &queue_items_idle,
#ifdef HAVE_LIBDEX
  &queue_items_dex_channel,
#endif
};

static void
run_table (const char *title, const char *const *columns, BenchTurnFunc take_turn)
{
  BenchTable *table = bench_table_new (title, columns);

  for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
    bench_table_add (table, peers[i]->name, peers[i]->ours, take_turn, peers[i]);

  bench_table_run_and_free (table);
}

static void
run_time (void)
{
  static const char *const columns[] = { "ns", "put ns", "get ns", NULL };

  run_table ("A put and a get in one thread", columns, time_cb);
}

static void
run_heap (void)
{
  static const char *const columns[] = { "bytes", "left after", NULL };

  run_table ("Heap for each item in the queue", columns, heap_cb);
}

int
main (int argc, char **argv)
{
  static const BenchPass passes[] = {
    { "one-cpu", BENCH_ONE_CPU, FALSE, run_time },
    { "heap", BENCH_ONE_CPU, TRUE, run_heap },
  };

  return bench_main (argc, argv, "queue-items", passes, G_N_ELEMENTS (passes));
}
