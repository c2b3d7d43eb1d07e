/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "queue-items.h"

/* A GAsyncQueue, which takes everything but NULL. */

static gpointer
async_queue_start (void)
{
  return g_async_queue_new ();
}

static void
async_queue_put (gpointer queue, guint first, guint n)
{
  for (guint i = first; i < first + n; i++)
    g_async_queue_push (queue, GSIZE_TO_POINTER ((gsize) i + 1));
}

static void
async_queue_get (gpointer queue, guint first, guint n)
{
  for (guint i = first; i < first + n; i++)
    bench_check (GPOINTER_TO_SIZE (g_async_queue_try_pop (queue)) == (gsize) i + 1);

  bench_check (g_async_queue_length (queue) == 0);
}

static void
async_queue_stop (gpointer queue)
{
  g_async_queue_unref (queue);
}

const QueueItemsPeer queue_items_async_queue = {
  .name = "GAsyncQueue",
  .start = async_queue_start,
  .put = async_queue_put,
  .get = async_queue_get,
  .stop = async_queue_stop,
};

/* An idle source for each, of which the callback is given the number. */

static gsize next_number;

static gpointer
idle_start (void)
{
  return g_main_context_new ();
}

static gboolean
idle_cb (gpointer number)
{
  bench_check (GPOINTER_TO_SIZE (number) == next_number);
  next_number++;

  return G_SOURCE_REMOVE;
}

static void
idle_put (gpointer context, guint first, guint n)
{
  for (guint i = first; i < first + n; i++)
    {
      g_autoptr (GSource) idle = g_idle_source_new ();

      g_source_set_callback (idle, idle_cb, GSIZE_TO_POINTER (i), NULL);
      g_source_attach (idle, context);
    }
}

static void
idle_get (gpointer context, guint first, guint n)
{
  next_number = first;
  while (next_number < (gsize) first + n)
    bench_check (g_main_context_iteration (context, FALSE));

  bench_check (!g_main_context_pending (context));
}

static void
idle_stop (gpointer context)
{
  g_main_context_unref (context);
}

const QueueItemsPeer queue_items_idle = {
  .name = "an idle source per item",
  .start = idle_start,
  .put = idle_put,
  .get = idle_get,
  .stop = idle_stop,
};
