/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench-dex.h"
#include "round-trip.h"

/* libdex, with the main thread's scheduler as the loop. What asks is a fiber in another thread. */

/* A channel there, to a fiber that answers by a channel back. */

typedef struct
{
  DexChannel *questions;
  DexChannel *answers;
  DexFuture  *fiber;
} ChannelPeer;

static DexFuture *
channel_fiber_cb (gpointer data)
{
  ChannelPeer *self = data;

  for (;;)
    {
      RoundTripRequest *request = dex_await_pointer (dex_channel_receive (self->questions), NULL);

      /* The channel has been closed. */
      if (request == NULL)
        break;

      round_trip_answer (request);
      bench_check (
          dex_await (dex_channel_send (self->answers, dex_future_new_for_pointer (request)), NULL));
    }

  return dex_future_new_for_boolean (TRUE);
}

static gpointer
channel_start (void)
{
  ChannelPeer *self = g_new0 (ChannelPeer, 1);

  bench_dex_init ();
  self->questions = dex_channel_new (1);
  self->answers = dex_channel_new (1);
  self->fiber = dex_scheduler_spawn (dex_scheduler_get_default (), 0, channel_fiber_cb, self, NULL);

  return self;
}

static void
channel_ask (gpointer data, RoundTripRequest *request)
{
  ChannelPeer *self = data;

  dex_unref (dex_channel_send (self->questions, dex_future_new_for_pointer (request)));
  bench_check (dex_await_pointer (dex_channel_receive (self->answers), NULL) == request);
}

static void
channel_stop (gpointer data)
{
  ChannelPeer *self = data;

  dex_channel_close_send (self->questions);
  while (dex_future_get_status (self->fiber) == DEX_FUTURE_STATUS_PENDING)
    g_main_context_iteration (NULL, TRUE);

  dex_unref (self->fiber);
  dex_unref (self->questions);
  dex_unref (self->answers);
  g_free (self);
}

const RoundTripPeer round_trip_dex_channel = {
  .name = "libdex channel pair",
  .run_client = bench_dex_run_client,
  .start = channel_start,
  .ask = channel_ask,
  .stop = channel_stop,
};

/* A fiber for each request. */

static DexFuture *
fiber_cb (gpointer data)
{
  round_trip_answer (data);
  return dex_future_new_for_boolean (TRUE);
}

static gpointer
fiber_start (void)
{
  bench_dex_init ();
  return NULL;
}

static void
fiber_ask (gpointer data, RoundTripRequest *request)
{
  DexFuture *fiber = dex_scheduler_spawn (dex_scheduler_get_default (), 0, fiber_cb, request, NULL);

  bench_check (dex_await_boolean (fiber, NULL));
}

static void
fiber_stop (gpointer data)
{
}

const RoundTripPeer round_trip_dex_fiber = {
  .name = "libdex fiber, spawned and waited for",
  .run_client = bench_dex_run_client,
  .start = fiber_start,
  .ask = fiber_ask,
  .stop = fiber_stop,
};
