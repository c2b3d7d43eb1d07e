/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "queue-items.h"

/* What an item costs that is put and got in one thread, beside few others or many, and what it takes
 * while it is queued. */

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

/* What a put and a get cost where so many items are in the queue. */
typedef struct
{
  const char *name;
  guint       n_items;
} Growth;

static const Growth growths[] = {
  { "1,000 items", 1000 },
  { "10,000 items", 10000 },
  { "100,000 items", 100000 },
  { "1,000,000 items", 1000000 },
};

static void
growth_cb (gconstpointer data, double *values)
{
  const Growth *growth = data;
  gpointer      instance = queue_items_ta.start ();
  gint64        put_ns = 0, get_ns = 0;
  guint         n = 0;

  /* As many items for each of them. */
  do
    {
      gint64 started = bench_thread_cpu_ns ();
      gint64 put;

      queue_items_ta.put (instance, n, growth->n_items);
      put = bench_thread_cpu_ns ();
      queue_items_ta.get (instance, n, growth->n_items);
      put_ns += put - started;
      get_ns += bench_thread_cpu_ns () - put;
      n += growth->n_items;
    }
  while (n < growths[G_N_ELEMENTS (growths) - 1].n_items);

  queue_items_ta.stop (instance);

  values[0] = (double) (put_ns + get_ns) / n;
  values[1] = (double) put_ns / n;
  values[2] = (double) get_ns / n;
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
run_growth (void)
{
  static const char *const columns[] = { "ns", "put ns", "get ns", NULL };
  BenchTable              *table = bench_table_new ("All put, and then all got", columns);

  for (guint i = 0; i < G_N_ELEMENTS (growths); i++)
    bench_table_add (table, growths[i].name, TRUE, growth_cb, &growths[i]);
  for (guint i = 1; i < G_N_ELEMENTS (growths); i++)
    bench_table_add_goal (table, 0, growths[i].name, 1.3, growths[0].name);

  bench_table_run_and_free (table);
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
    { "growth", BENCH_ONE_CPU, FALSE, run_growth },
    { "heap", BENCH_ONE_CPU, TRUE, run_heap },
  };

  return bench_main (argc, argv, "queue-items", passes, G_N_ELEMENTS (passes));
}
