/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench-gtk.h"

/* Each thread uses as much CPU as its counterpart in the library's case, and sends nothing. */

#define PERIOD_NS BENCH_NS_PER_MS

typedef struct
{
  GtkBenchThreads *threads;
  double           shares[GTK_BENCH_THREADS];
} Burn;

static void
step (gpointer data, guint thread)
{
  Burn        *self = data;
  const gint64 busy_ns = (gint64) (self->shares[thread] * PERIOD_NS);
  gint64       end_ns = bench_thread_cpu_ns () + busy_ns;

  while (bench_thread_cpu_ns () < end_ns)
    bench_cpu_relax ();
  if (busy_ns < PERIOD_NS * 95 / 100)
    g_usleep ((gulong) ((PERIOD_NS - busy_ns) / BENCH_NS_PER_US));
}

static gpointer
burn_start (void)
{
  Burn *self = g_new (Burn, 1);

  memcpy (self->shares, gtk_bench_shares, sizeof self->shares);
  self->threads = gtk_bench_threads_start (step, self);

  return self;
}

static void
burn_stop (gpointer load)
{
  Burn *self = load;

  gtk_bench_threads_ask_to_stop (self->threads);
  gtk_bench_threads_join (self->threads);
  memcpy (gtk_bench_shares, self->shares, sizeof self->shares);
  g_free (self);
}

const GtkBenchCase gtk_bench_burn = {
  .name = "as much CPU, nothing sent",
  .start = burn_start,
  .stop = burn_stop,
};
