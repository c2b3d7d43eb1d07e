/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "bench.h"

G_BEGIN_DECLS

/*
 * A way to put numbers somewhere and to get them out again, all in one thread. They are counted from
 * 0 on, so that one which is lost, doubled or out of order is found.
 */
typedef struct
{
  const char *name;
  gboolean    ours;

  gpointer (*start) (void);
  void (*put) (gpointer self, guint first, guint n);
  void (*get) (gpointer self, guint first, guint n); /* checks that they are those */
  void (*stop) (gpointer self);
} QueueItemsPeer;

extern const QueueItemsPeer queue_items_ta;
extern const QueueItemsPeer queue_items_async_queue;
extern const QueueItemsPeer queue_items_idle;
#ifdef HAVE_LIBDEX
extern const QueueItemsPeer queue_items_dex_channel;
#endif

G_END_DECLS
