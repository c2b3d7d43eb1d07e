/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "operations.h"

/* What single operations cost: those that everything here is built of, and this library's. */

static void
operation_cb (gconstpointer user_data, double *values)
{
  const Operation *operation = user_data;
  gint64           started;
  gint64           ended;
  guint64          n = 0;

  operation->run (operation->batch);

  started = bench_now_ns ();
  do
    {
      operation->run (operation->batch);
      n += operation->batch;
      ended = bench_now_ns ();
    }
  while (ended < started + bench_get_turn_ns () / 2);

  values[0] = (double) (ended - started) / (double) n;
}

static void
run_table (const char *title, const Operation *operations, gsize n)
{
  static const char *const columns[] = { "ns", NULL };
  BenchTable              *table = bench_table_new (title, columns);

  /* No line is another's rival here. */
  for (gsize i = 0; i < n; i++)
    bench_table_add (table, operations[i].name, FALSE, operation_cb, &operations[i]);

  bench_table_run_and_free (table);
}

static void
run (void)
{
  run_table ("Single operations of GLib and of the machine", operations_glib, n_operations_glib);
  run_table ("Single operations of this library", operations_ours, n_operations_ours);
  run_table ("What others are made of", operations_limits, n_operations_limits);
  operations_run_pending_limits ();
}

int
main (int argc, char **argv)
{
  static const BenchPass passes[] = {
    { "one-cpu", BENCH_ONE_CPU, FALSE, run },
  };

  return bench_main (argc, argv, "operations", passes, G_N_ELEMENTS (passes));
}
