/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench-dex.h"
#include "queue.h"

/* A channel of libdex's, from a fiber in another thread to one in the main thread's scheduler. */

typedef struct
{
  QueueSink  *sink;
  DexChannel *channel;
  DexFuture  *fiber;
  gboolean    bounded;
} ChannelPeer;

static void
take (ChannelPeer *self, const GValue *value)
{
  bench_check (value != NULL);
  queue_sink_take (self->sink, (guint64) g_value_get_int64 (value));
}

/* One at a time. */
static DexFuture *
receive_fiber_cb (gpointer data)
{
  ChannelPeer *self = data;

  for (;;)
    {
      g_autoptr (DexFuture) item = dex_channel_receive (self->channel);

      /* The channel has been closed. */
      if (!dex_await (dex_ref (item), NULL))
        break;
      take (self, dex_future_get_value (item, NULL));
    }

  return dex_future_new_for_boolean (TRUE);
}

/* All that there are. */
static DexFuture *
receive_all_fiber_cb (gpointer data)
{
  ChannelPeer *self = data;

  for (;;)
    {
      g_autoptr (DexFuture) items = dex_channel_receive_all (self->channel);
      guint                 n;

      if (!dex_await (dex_ref (items), NULL))
        break;
      n = dex_future_set_get_size (DEX_FUTURE_SET (items));
      for (guint i = 0; i < n; i++)
        take (self, dex_future_set_get_value_at (DEX_FUTURE_SET (items), i, NULL));
    }

  return dex_future_new_for_boolean (TRUE);
}

static gpointer
start (QueueSink *sink, guint capacity, DexFiberFunc func)
{
  ChannelPeer *self = g_new0 (ChannelPeer, 1);

  bench_dex_init ();
  self->sink = sink;
  self->bounded = capacity != 0;
  self->channel = dex_channel_new (capacity);
  self->fiber = dex_scheduler_spawn (dex_scheduler_get_default (), 0, func, self, NULL);

  return self;
}

static gpointer
channel_start (QueueSink *sink, guint capacity)
{
  return start (sink, capacity, receive_fiber_cb);
}

static gpointer
channel_all_start (QueueSink *sink, guint capacity)
{
  return start (sink, capacity, receive_all_fiber_cb);
}

static void
produce (gpointer data, QueueSource *source)
{
  ChannelPeer *self = data;
  guint64      item;

  while (queue_source_next (source, &item))
    {
      DexFuture *sent = dex_channel_send (self->channel, dex_future_new_for_int64 ((gint64) item));

      /* Without a capacity there is nothing to wait for, and any thread can send. */
      if (self->bounded)
        bench_check (dex_await (sent, NULL));
      else
        dex_unref (sent);
    }
}

static void
stop (gpointer data)
{
  ChannelPeer *self = data;

  dex_channel_close_send (self->channel);
  while (dex_future_get_status (self->fiber) == DEX_FUTURE_STATUS_PENDING)
    g_main_context_iteration (NULL, TRUE);

  dex_unref (self->fiber);
  dex_unref (self->channel);
  g_free (self);
}

const QueuePeer queue_dex_channel = {
  .name = "libdex channel, into a fiber",
  .run_client = bench_dex_run_client,
  .start = channel_start,
  .produce = produce,
  .stop = stop,
};

const QueuePeer queue_dex_channel_all = {
  .name = "libdex channel, receive_all",
  .run_client = bench_dex_run_client,
  .start = channel_all_start,
  .produce = produce,
  .stop = stop,
};
