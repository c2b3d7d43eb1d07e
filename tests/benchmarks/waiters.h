/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "bench.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* What the waiters were told; only the thread that waits touches it. */
typedef struct
{
  guint   n_left;
  guint64 sum;
} WaitersCount;

static inline void
waiters_count_add (WaitersCount *self, guint64 result)
{
  self->sum += result;
  self->n_left--;
}

/*
 * A way to have many waits pending in the default context, and to end them from another thread.
 * Each wait has its own result, which is its number, or all have the same one,
 * WAITERS_SAME_RESULT.
 */
typedef struct
{
  const char *name;
  gboolean    ours;
  gboolean    same_result;

  gpointer (*start) (WaitersCount *count, guint n);
  void (*create) (gpointer self, guint n);
  void (*resolve) (gpointer self, guint n); /* in the other thread */
  void (*stop) (gpointer self, guint n);
} WaitersPeer;

#define WAITERS_SAME_RESULT 5

extern const WaitersPeer waiters_future;
extern const WaitersPeer waiters_futures;
extern const WaitersPeer waiters_gtask;
#ifdef HAVE_LIBDEX
extern const WaitersPeer waiters_dex_promise;
extern const WaitersPeer waiters_dex_promises;
#endif

G_END_DECLS
