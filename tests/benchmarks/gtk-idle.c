/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench-gtk.h"

/* The same messages, each by g_idle_add(). */

typedef struct
{
  GtkBenchThreads *threads;
  int              in_flight[GTK_BENCH_THREADS]; /* atomic */
  int              progress;                     /* atomic: in thousandths */
  gint64           next_us;                      /* the resolver's */
} Idle;

typedef struct
{
  Idle *idle;
  guint thread;
} Message;

static gboolean
message_cb (gpointer data)
{
  Message *message = data;
  Idle    *self = message->idle;

  gtk_bench_enter ();
  if (message->thread == GTK_BENCH_THREADS - 1)
    {
      gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (gtk_bench.bar),
                                     g_atomic_int_get (&self->progress) / 1000.0);
    }
  else if (message->thread < GTK_BENCH_RESOLVER && gtk_bench.n_items % 100 == 0)
    {
      char text[32];

      g_snprintf (text, sizeof text, "%u", gtk_bench.n_items);
      gtk_label_set_label (GTK_LABEL (gtk_bench.label), text);
    }
  gtk_bench_leave (1);

  g_atomic_int_add (&self->in_flight[message->thread], -1);
  g_free (message);

  return G_SOURCE_REMOVE;
}

static void
send (Idle *self, guint thread)
{
  Message *message = g_new (Message, 1);

  *message = (Message){ self, thread };
  g_atomic_int_inc (&self->in_flight[thread]);
  g_idle_add (message_cb, message);
}

static void
step (gpointer data, guint thread)
{
  Idle *self = data;

  if (thread == GTK_BENCH_RESOLVER)
    {
      gtk_bench_pace (&self->next_us);
      for (guint i = 0; i < GTK_BENCH_RESOLVED_PER_MS; i++)
        send (self, thread);
    }
  else if (g_atomic_int_get (&self->in_flight[thread]) < GTK_BENCH_IN_FLIGHT)
    {
      if (thread > GTK_BENCH_RESOLVER)
        g_atomic_int_set (&self->progress, (g_atomic_int_get (&self->progress) + 1) % 1000);
      send (self, thread);
    }
  else
    {
      g_usleep (100);
    }
}

static gpointer
idle_start (void)
{
  Idle *self = g_new0 (Idle, 1);

  self->threads = gtk_bench_threads_start (step, self);

  return self;
}

static void
idle_stop (gpointer load)
{
  Idle  *self = load;
  double shares[GTK_BENCH_THREADS];

  memcpy (shares, gtk_bench_shares, sizeof shares);
  gtk_bench_threads_ask_to_stop (self->threads);
  gtk_bench_threads_join (self->threads);
  memcpy (gtk_bench_shares, shares, sizeof shares);

  for (guint i = 0; i < GTK_BENCH_THREADS; i++)
    while (g_atomic_int_get (&self->in_flight[i]) > 0)
      g_main_context_iteration (NULL, TRUE);
  g_free (self);
}

const GtkBenchCase gtk_bench_idle = {
  .name = "g_idle_add",
  .sends = TRUE,
  .start = idle_start,
  .stop = idle_stop,
};
