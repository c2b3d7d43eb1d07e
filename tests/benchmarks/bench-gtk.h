/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "bench.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The threads of each case: two that produce, one that resolves, and one that tells its progress. */
#define GTK_BENCH_THREADS 4
#define GTK_BENCH_RESOLVER 2

/* How many messages of one thread may be on their way. */
#define GTK_BENCH_IN_FLIGHT 1000

/* How many futures become done in a millisecond. */
#define GTK_BENCH_RESOLVED_PER_MS 100

typedef struct
{
  const char *name;
  gboolean    ours;
  gboolean    sends;
  gpointer (*start) (void);
  void (*stop) (gpointer load);
} GtkBenchCase;

extern const GtkBenchCase gtk_bench_ours;
extern const GtkBenchCase gtk_bench_burn;
extern const GtkBenchCase gtk_bench_idle;

/* What the main loop sees, and what it shows; the main thread's. */
typedef struct
{
  GtkWidget *window;
  GtkWidget *area;
  GtkWidget *bar;
  GtkWidget *label;

  GArray *intervals; /* of double: between two frames, in ms */
  gint64  last_frame_us;
  guint   n_frames;
  guint   n_low;   /* turns of a source with G_PRIORITY_DEFAULT_IDLE */
  guint   n_items; /* messages that arrived */

  guint  turn;
  guint  message_turn; /* the last turn in which messages arrived */
  gint64 message_turn_cpu_ns;
  gint64 longest_turn_ns;
} GtkBench;

extern GtkBench gtk_bench;

/* Brackets whatever a message does in the main loop. */
void gtk_bench_enter (void);
void gtk_bench_leave (guint n_items);

/* Threads that take steps until they are to stop; their function gets the index of the thread. */
typedef void (*GtkBenchStep) (gpointer data, guint thread);
typedef struct _GtkBenchThreads GtkBenchThreads;

GtkBenchThreads *gtk_bench_threads_start (GtkBenchStep step, gpointer data);
void             gtk_bench_threads_ask_to_stop (GtkBenchThreads *self);
gboolean         gtk_bench_threads_are_to_stop (GtkBenchThreads *self);
void             gtk_bench_threads_join (GtkBenchThreads *self);

/* Sleeps until the next millisecond of the resolver. */
void gtk_bench_pace (gint64 *next_us);

/* How much of a CPU each thread of this library's case used when it was measured last. */
extern double gtk_bench_shares[GTK_BENCH_THREADS];

G_END_DECLS
