/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "queue-items.h"

#include <threaded-async.h>

static gpointer
start (void)
{
  return ta_queue_new (0);
}

static void
put (gpointer queue, guint first, guint n)
{
  for (guint i = first; i < first + n; i++)
    bench_check (ta_queue_try_put (queue, TA_VALUE_INT (i), NULL));
}

static void
get (gpointer queue, guint first, guint n)
{
  g_auto (GValue) value = G_VALUE_INIT;
  gint64          number;

  for (guint i = first; i < first + n; i++)
    {
      bench_check (ta_queue_try_get (queue, &value, NULL));
      bench_check (ta_value_take_int (&value, &number, NULL) && number == i);
    }

  bench_check (ta_queue_get_is_empty (queue));
}

static void
stop (gpointer queue)
{
  g_object_unref (queue);
}

const QueueItemsPeer queue_items_ta = {
  .name = "TaQueue",
  .ours = TRUE,
  .start = start,
  .put = put,
  .get = get,
  .stop = stop,
};
