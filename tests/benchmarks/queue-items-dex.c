/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench-dex.h"
#include "queue-items.h"

/* A channel of libdex's, in which nobody has to wait. */

static gpointer
start (void)
{
  bench_dex_init ();
  return dex_channel_new (0);
}

static void
put (gpointer channel, guint first, guint n)
{
  for (guint i = first; i < first + n; i++)
    dex_unref (dex_channel_send (channel, dex_future_new_for_int64 (i)));
}

static void
get (gpointer channel, guint first, guint n)
{
  for (guint i = first; i < first + n; i++)
    {
      g_autoptr (DexFuture) future = dex_channel_receive (channel);
      const GValue         *value = dex_future_get_value (future, NULL);

      bench_check (value != NULL && g_value_get_int64 (value) == i);
    }
}

static void
stop (gpointer channel)
{
  dex_unref (channel);
}

const QueueItemsPeer queue_items_dex_channel = {
  .name = "libdex channel",
  .start = start,
  .put = put,
  .get = get,
  .stop = stop,
};
