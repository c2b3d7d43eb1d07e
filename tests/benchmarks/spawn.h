/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "bench.h"

G_BEGIN_DECLS

/*
 * A way to have many small pieces of work done in another thread. Piece number i has the result i;
 * their sum shows that each has been done once.
 */
typedef struct
{
  const char *name;
  gboolean    ours;

  /* Where @func, which asks, is called from; NULL is bench_cpu_run_client. */
  void (*run_client) (void (*func) (gpointer data), gpointer data);

  gpointer (*start) (guint n);
  void (*spawn) (gpointer self, guint n);
  guint64 (*wait) (gpointer self, guint n); /* returns the sum */
  void (*stop) (gpointer self, guint n);
} SpawnPeer;

extern const SpawnPeer spawn_thread_pool;
extern const SpawnPeer spawn_invoke;
extern const SpawnPeer spawn_gtask;
extern const SpawnPeer spawn_task;
#ifdef HAVE_LIBDEX
extern const SpawnPeer spawn_dex_fiber;
#endif

/* What every piece of work begins with: it waits while the heap is to be looked at. */
void spawn_pass_gate (void);

/* Adds up results in the thread that does the work, for peers that can't return any. */
typedef struct
{
  GMutex   mutex;
  GCond    cond;
  guint64  sum;    /* only the thread that does the work, until done */
  guint    n_left; /* likewise */
  gboolean done;   /* mutex */
} SpawnSum;

void    spawn_sum_init (SpawnSum *self, guint n);
void    spawn_sum_add (SpawnSum *self, guint result);
guint64 spawn_sum_wait (SpawnSum *self);
void    spawn_sum_clear (SpawnSum *self);

G_END_DECLS
