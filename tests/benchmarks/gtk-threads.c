/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench-gtk.h"

typedef struct
{
  GtkBenchThreads *threads;
  GThread         *thread;
  guint            index;
} GtkBenchThread;

struct _GtkBenchThreads
{
  GtkBenchThread threads[GTK_BENCH_THREADS];
  GtkBenchStep   step;
  gpointer       data;
  int            to_stop;                   /* atomic */
  double         shares[GTK_BENCH_THREADS]; /* each written by its thread */
};

double gtk_bench_shares[GTK_BENCH_THREADS];

static gpointer
thread_cb (gpointer data)
{
  GtkBenchThread  *self = data;
  GtkBenchThreads *threads = self->threads;
  gint64           started_ns;
  gint64           cpu_ns;

  bench_cpu_place_loop ();
  started_ns = bench_now_ns ();
  cpu_ns = bench_thread_cpu_ns ();
  while (!gtk_bench_threads_are_to_stop (threads))
    threads->step (threads->data, self->index);
  threads->shares[self->index] =
      (double) (bench_thread_cpu_ns () - cpu_ns) / (double) (bench_now_ns () - started_ns);

  return NULL;
}

GtkBenchThreads *
gtk_bench_threads_start (GtkBenchStep step, gpointer data)
{
  GtkBenchThreads *self = g_new0 (GtkBenchThreads, 1);

  self->step = step;
  self->data = data;
  for (guint i = 0; i < GTK_BENCH_THREADS; i++)
    {
      self->threads[i].threads = self;
      self->threads[i].index = i;
      self->threads[i].thread = g_thread_new ("load", thread_cb, &self->threads[i]);
    }

  return self;
}

void
gtk_bench_threads_ask_to_stop (GtkBenchThreads *self)
{
  g_atomic_int_set (&self->to_stop, TRUE);
}

gboolean
gtk_bench_threads_are_to_stop (GtkBenchThreads *self)
{
  return g_atomic_int_get (&self->to_stop);
}

/* Waits for the end of the threads, and frees; keeps how much CPU they used. */
void
gtk_bench_threads_join (GtkBenchThreads *self)
{
  for (guint i = 0; i < GTK_BENCH_THREADS; i++)
    {
      g_thread_join (self->threads[i].thread);
      gtk_bench_shares[i] = self->shares[i];
    }
  g_free (self);
}

void
gtk_bench_pace (gint64 *next_us)
{
  gint64 now_us = g_get_monotonic_time ();

  /* What is missed by far is not made up for. */
  if (*next_us < now_us - 10000)
    *next_us = now_us;
  *next_us += 1000;
  if (*next_us > now_us)
    g_usleep ((gulong) (*next_us - now_us));
}
