/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "timers.h"

#include <threaded-async.h>

/* A sleep for each timer. */

static gpointer
sleep_start (void)
{
  return NULL;
}

static void
sleep_done_cb (GObject *source_object, GAsyncResult *result, gpointer timer)
{
  bench_check (ta_sleep_finish (result, NULL));
  timers_fired (timer);
}

static void
sleep_add (gpointer data, gint64 duration_us, TimersTimer *timer)
{
  ta_sleep_async (duration_us, NULL, sleep_done_cb, timer);
}

static void
sleep_stop (gpointer data)
{
}

const TimersPeer timers_sleep = {
  .name = "ta_sleep_async",
  .ours = TRUE,
  .start = sleep_start,
  .add = sleep_add,
  .stop = sleep_stop,
};

/* Waits that time out, on a future that never gets a value. */

typedef struct
{
  TaPromise *promise;
  TaFuture  *future;
} WaitPeer;

static gpointer
wait_start (void)
{
  WaitPeer *self = g_new0 (WaitPeer, 1);

  self->promise = ta_promise_new ();
  self->future = ta_promise_get_future (self->promise);

  return self;
}

static void
wait_done_cb (GObject *source_object, GAsyncResult *result, gpointer timer)
{
  g_autoptr (GError) error = NULL;

  bench_check (!ta_future_wait_finish (TA_FUTURE (source_object), result, NULL, &error));
  bench_check (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT));
  timers_fired (timer);
}

static void
wait_add (gpointer data, gint64 duration_us, TimersTimer *timer)
{
  WaitPeer *self = data;

  ta_future_wait_async (self->future, duration_us, NULL, wait_done_cb, timer);
}

static void
wait_stop (gpointer data)
{
  WaitPeer *self = data;

  ta_promise_unref (self->promise);
  g_object_unref (self->future);
  g_free (self);
}

const TimersPeer timers_wait = {
  .name = "ta_future_wait_async with a timeout",
  .ours = TRUE,
  .start = wait_start,
  .add = wait_add,
  .stop = wait_stop,
};
