/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench-writes.h"
#include "queue.h"

#include <string.h>

/* Items go from one thread to another, as fast as they can. */

/* A line of a table. */
typedef struct
{
  const char      *name;
  const QueuePeer *peer;
  guint            n_producers;
  guint            capacity; /* 0 for none */
} QueueRow;

typedef struct
{
  const QueueRow *row;
  gpointer        instance;
  QueueSink       sink;
  QueueSource     sources[QUEUE_MAX_PRODUCERS];
  GMutex          gate; /* held until the producers are to begin */
  double         *values;
} QueueTurn;

typedef struct
{
  QueueTurn *turn;
  guint      index;
  GThread   *thread;
} QueueProducer;

static void
queue_sink_reset (QueueSink *self, guint n_producers)
{
  memset (self->next, 0, sizeof self->next);
  self->n_left = n_producers;
  self->done = FALSE;
}

/* The last item has come. */
void
queue_sink_end (QueueSink *self)
{
  self->ended = bench_now_ns ();

  g_mutex_lock (&self->mutex);
  self->done = TRUE;
  g_mutex_unlock (&self->mutex);
  g_cond_signal (&self->cond);
}

static void
queue_sink_wait (QueueSink *self)
{
  g_mutex_lock (&self->mutex);
  while (!self->done)
    g_cond_wait (&self->cond, &self->mutex);
  g_mutex_unlock (&self->mutex);
}

static gpointer
producer_thread_cb (gpointer data)
{
  QueueProducer *self = data;

  g_mutex_lock (&self->turn->gate);
  g_mutex_unlock (&self->turn->gate);

  self->turn->row->peer->produce (self->turn->instance, &self->turn->sources[self->index]);

  return NULL;
}

static void
produce_for (QueueTurn *turn, gint64 duration_ns)
{
  guint         n_producers = turn->row->n_producers;
  QueueProducer producers[QUEUE_MAX_PRODUCERS];
  guint64       n = 0;
  gint64        started, cpu, switches, writes;

  queue_sink_reset (&turn->sink, n_producers);

  /* The first is this very thread. */
  g_mutex_lock (&turn->gate);
  for (guint i = 1; i < n_producers; i++)
    {
      producers[i] = (QueueProducer){ .turn = turn, .index = i };
      producers[i].thread = g_thread_new ("producer", producer_thread_cb, &producers[i]);
    }

  writes = bench_count_writes ();
  switches = bench_context_switches ();
  cpu = bench_process_cpu_ns ();
  started = bench_now_ns ();

  for (guint i = 0; i < n_producers; i++)
    turn->sources[i] = (QueueSource){
      .producer = (guint64) i << QUEUE_PRODUCER_SHIFT,
      .deadline = started + duration_ns,
    };
  g_mutex_unlock (&turn->gate);
  turn->row->peer->produce (turn->instance, &turn->sources[0]);
  queue_sink_wait (&turn->sink);

  cpu = bench_process_cpu_ns () - cpu;
  switches = bench_context_switches () - switches;
  writes = bench_count_writes () - writes;

  for (guint i = 1; i < n_producers; i++)
    g_thread_join (producers[i].thread);

  for (guint i = 0; i < n_producers; i++)
    {
      bench_check (turn->sink.next[i] == turn->sources[i].n);
      n += turn->sources[i].n;
    }
  bench_check (n > 0);

  turn->values[0] = (double) (turn->sink.ended - started) / (double) n;
  turn->values[1] = (double) cpu / (double) n;
  turn->values[2] = (double) switches / (double) n;
  turn->values[3] = (double) writes / (double) n;
}

static void
client_cb (gpointer data)
{
  QueueTurn *turn = data;
  double     warm_up[BENCH_MAX_COLUMNS];
  double    *values = turn->values;

  turn->values = warm_up;
  produce_for (turn, bench_get_turn_ns () / 4);
  turn->values = values;
  produce_for (turn, bench_get_turn_ns ());
}

static void
take_turn_cb (gconstpointer data, double *values)
{
  QueueTurn turn = { .row = data, .values = values };

  g_mutex_init (&turn.gate);
  g_mutex_init (&turn.sink.mutex);
  g_cond_init (&turn.sink.cond);
  turn.instance = turn.row->peer->start (&turn.sink, turn.row->capacity);

  if (turn.row->peer->run_client != NULL)
    turn.row->peer->run_client (client_cb, &turn);
  else
    bench_cpu_run_client (client_cb, &turn);

  turn.row->peer->stop (turn.instance);
  g_cond_clear (&turn.sink.cond);
  g_mutex_clear (&turn.sink.mutex);
  g_mutex_clear (&turn.gate);
}

static BenchTable *
create_table (const char *title, const QueueRow *rows, gsize n_rows)
{
  static const char *const columns[] = { "ns an item", "CPU ns", "switches", "writes", NULL };
  BenchTable              *table = bench_table_new (title, columns);

  for (gsize i = 0; i < n_rows; i++)
    {
      if (rows[i].peer->spins && !bench_cpu_has_two ())
        continue;
      bench_table_add (table, rows[i].name != NULL ? rows[i].name : rows[i].peer->name,
                       rows[i].peer->ours, take_turn_cb, &rows[i]);
    }

  return table;
}

static void
run_unbounded (void)
{
  static const QueueRow rows[] = {
    { NULL, &queue_to_loop, 1, 0 },     { NULL, &queue_to_main_context, 1, 0 },
    { NULL, &queue_to_thread, 1, 0 },   { NULL, &queue_from_loop, 1, 0 },
    { NULL, &queue_async_queue, 1, 0 }, { NULL, &queue_async_queue_from_loop, 1, 0 },
    { NULL, &queue_idle, 1, 0 },        { NULL, &queue_invoke, 1, 0 },
    { NULL, &queue_ring, 1, 0 },
#ifdef HAVE_LIBDEX
    { NULL, &queue_dex_channel, 1, 0 }, { NULL, &queue_dex_channel_all, 1, 0 },
#endif
  };
  static const QueuePeer *const to_loops[] = { &queue_to_loop, &queue_to_main_context };
  BenchTable *table = create_table ("One producer, no capacity", rows, G_N_ELEMENTS (rows));

  for (guint i = 0; i < G_N_ELEMENTS (to_loops); i++)
    {
      bench_table_add_goal (table, 0, to_loops[i]->name, 60, NULL);
      bench_table_add_goal (table, 0, to_loops[i]->name, 1 / 1.5, queue_async_queue.name);
      bench_table_add_goal (table, 0, to_loops[i]->name, 1 / 20.0, queue_idle.name);
#ifdef HAVE_LIBDEX
      bench_table_add_goal (table, 0, to_loops[i]->name, 1 / 12.0, queue_dex_channel.name);
#endif
      bench_table_add_goal (table, 3, to_loops[i]->name, 0.01, NULL);
    }

  bench_table_run_and_free (table);
}

#define FROM_1 "TaQueue, 1 producer to a loop"
#define FROM_8 "TaQueue, 8 producers"

static void
run_fan_in (void)
{
  static const QueueRow rows[] = {
    { FROM_1, &queue_to_loop, 1, 0 },
    { "TaQueue, 2 producers", &queue_to_loop, 2, 0 },
    { "TaQueue, 4 producers", &queue_to_loop, 4, 0 },
    { FROM_8, &queue_to_loop, 8, 0 },
    { "GAsyncQueue, 1 producer to a thread", &queue_async_queue, 1, 0 },
    { "GAsyncQueue, 8 producers", &queue_async_queue, 8, 0 },
    { "an idle source per item, 1 producer", &queue_idle, 1, 0 },
    { "an idle source per item, 8 producers", &queue_idle, 8, 0 },
#ifdef HAVE_LIBDEX
    { "libdex channel, 1 producer", &queue_dex_channel, 1, 0 },
    { "libdex channel, 8 producers", &queue_dex_channel, 8, 0 },
#endif
  };
  BenchTable *table = create_table ("Several producers, no capacity", rows, G_N_ELEMENTS (rows));

  bench_table_add_goal (table, 0, FROM_8, 1.3, FROM_1);
  bench_table_run_and_free (table);
}

static void
run_bounded (const char *title, guint capacity, double least, double factor)
{
  const QueueRow rows[] = {
    { NULL, &queue_to_loop, 1, capacity },       { NULL, &queue_to_main_context, 1, capacity },
    { NULL, &queue_to_thread, 1, capacity },     { NULL, &queue_from_loop, 1, capacity },
    { NULL, &queue_bounded_conds, 1, capacity },
#ifdef HAVE_LIBDEX
    { NULL, &queue_dex_channel, 1, capacity },
#endif
  };
  BenchTable *table = create_table (title, rows, G_N_ELEMENTS (rows));

  /* On two CPUs, each of which sleeps in between, waking them is all that counts. */
  if (!bench_cpu_has_two ())
    {
      /* Where there is no libdex: what it takes on the machine for which the goals were set. */
      bench_table_add_goal (table, 0, queue_to_loop.name, least, NULL);
#ifdef HAVE_LIBDEX
      bench_table_add_goal (table, 0, queue_to_loop.name, 1 / factor, queue_dex_channel.name);
#endif
    }

  bench_table_run_and_free (table);
}

static void
run_bounded_by_all (void)
{
  run_bounded ("One producer, capacity 1", 1, 6000 / 2.0, 2);
  run_bounded ("One producer, capacity 10", 10, 2100 / 3.0, 3);
  run_bounded ("One producer, capacity 1024", 1024, 600 / 12.0, 12);
}

int
main (int argc, char **argv)
{
  static const BenchPass passes[] = {
    { "one-cpu", BENCH_ONE_CPU, FALSE, run_unbounded },
    { "two-cpus", BENCH_TWO_CPUS, FALSE, run_unbounded },
    { "fan-in-one-cpu", BENCH_ONE_CPU, FALSE, run_fan_in },
    { "fan-in-two-cpus", BENCH_TWO_CPUS, FALSE, run_fan_in },
    { "bounded-one-cpu", BENCH_ONE_CPU, FALSE, run_bounded_by_all },
    { "bounded-two-cpus", BENCH_TWO_CPUS, FALSE, run_bounded_by_all },
  };

  return bench_main (argc, argv, "queue", passes, G_N_ELEMENTS (passes));
}
