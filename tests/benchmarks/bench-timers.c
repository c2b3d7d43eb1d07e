/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "timers.h"

/*
 * Many timers are pending in a main context that turns for another reason. Afterwards all of them
 * fire, and none may be early.
 */

typedef struct
{
  guint  n;
  gint64 delay_us; /* until the first timer is due, at least: in this time everything is measured */
  gint64 spread_us; /* and until the last one is, from then on */
} TimersSize;

static TimersSize
get_size (gboolean many)
{
  if (bench_is_quick ())
    return many ? (TimersSize){ 10000, 60000, 20000 } : (TimersSize){ 1000, 40000, 20000 };

  return many ? (TimersSize){ 100000, 500000, 100000 } : (TimersSize){ 10000, 150000, 50000 };
}

static double
measure_iteration (gint64 until_us)
{
  gint64 deadline = MIN (bench_now_ns () + bench_get_turn_ns (), until_us * BENCH_NS_PER_US);
  gint64 started;
  gint64 ended;
  guint  n = 0;

  /* The first turns arm things. */
  while (g_main_context_iteration (NULL, FALSE))
    continue;

  started = bench_now_ns ();
  do
    {
      bench_check (!g_main_context_iteration (NULL, FALSE));
      ended = bench_now_ns ();
      n++;
    }
  while (ended < deadline);

  return (double) (ended - started) / n / BENCH_NS_PER_US;
}

/*
 * Adds the timers, which are due from @delay_us on; returns how long it took. The times of all are
 * whole milliseconds, because GLib knows no other.
 */
static gint64
add_timers (const TimersPeer *peer,
            gpointer          instance,
            TimersTimer      *timers,
            TimersCount      *count,
            gint64            delay_us,
            gint64            spread_us)
{
  gint64 started = bench_now_ns ();
  gint64 now_us = 0;

  for (guint i = 0; i < count->n_left; i++)
    {
      /* In an order of their own. */
      gint64 duration_us = delay_us + (gint64) i * 7919 * 1000 % spread_us;

      /* The clock takes as long as what is measured: a few timers share a look at it. */
      if (i % 16 == 0)
        now_us = g_get_monotonic_time ();

      timers[i] = (TimersTimer){ .due = now_us + duration_us, .count = count };
      peer->add (instance, duration_us, &timers[i]);
    }

  return bench_now_ns () - started;
}

static void
run_until_fired (TimersCount *count)
{
  while (count->n_left > 0)
    g_main_context_iteration (NULL, TRUE);
}

static void
take_turn (const TimersPeer *peer, gboolean many, double *values)
{
  TimersSize              size = get_size (many);
  TimersCount             warm_up = { .n_left = size.n / 50 };
  TimersCount             count = { .n_left = size.n };
  g_autofree TimersTimer *timers = g_new0 (TimersTimer, size.n);
  gpointer                instance = peer->start ();
  gint64                  create_ns;

  /* Where everything is slow, under valgrind for instance, there has to be more time. */
  create_ns = add_timers (peer, instance, timers, &warm_up, 0, 1000) * 50;
  run_until_fired (&warm_up);
  size.delay_us += 4 * create_ns / BENCH_NS_PER_US / 1000 * 1000;

  create_ns = add_timers (peer, instance, timers, &count, size.delay_us, size.spread_us);

  values[0] = measure_iteration (timers[0].due - 20000);
  values[1] = (double) create_ns / size.n;
  bench_check (count.n_left == size.n);

  run_until_fired (&count);
  values[2] = count.n_early + warm_up.n_early;
  bench_check (!peer->ours || values[2] == 0);

  peer->stop (instance);
}

static void
few_cb (gconstpointer peer, double *values)
{
  take_turn (peer, FALSE, values);
}

static void
many_cb (gconstpointer peer, double *values)
{
  take_turn (peer, TRUE, values);
}

/* What a turn costs when there is no timer at all. */
static void
none_cb (gconstpointer nothing, double *values)
{

  values[0] = measure_iteration (g_get_monotonic_time () + 20000);
}

static const TimersPeer *const peers[] = {
  &timers_sleep,
  &timers_wait,
  &timers_timeout,
};

static void
run_table (const char *title, BenchTurnFunc func)
{
  static const char *const columns[] = { "µs a turn", "create ns", "early", NULL };
  BenchTable              *table = bench_table_new (title, columns);

  for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
    {
      bench_table_add (table, peers[i]->name, peers[i]->ours, func, peers[i]);
      if (!peers[i]->ours)
        continue;

      bench_table_add_goal (table, 0, peers[i]->name, 2, NULL);
      bench_table_add_goal (table, 1, peers[i]->name, 100, NULL);
    }
  bench_table_add (table, "no timer", FALSE, none_cb, NULL);

  bench_table_run_and_free (table);
}

static void
run (void)
{
  run_table (bench_is_quick () ? "A turn with 1,000 timers" : "A turn with 10,000 timers", few_cb);
  run_table (bench_is_quick () ? "A turn with 10,000 timers" : "A turn with 100,000 timers",
             many_cb);
}

int
main (int argc, char **argv)
{
  /* There is one thread only. */
  static const BenchPass passes[] = {
    { "one-cpu", BENCH_ONE_CPU, FALSE, run },
  };

  return bench_main (argc, argv, "timers", passes, G_N_ELEMENTS (passes));
}
