/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "waiters.h"

#include <threaded-async.h>

/* Waits of this library: all on one future, or each on its own. */

typedef struct
{
  WaitersCount *count;
  TaPromise   **promises;
  guint         n_promises;
} FuturePeer;

static void
done_cb (GObject *source_object, GAsyncResult *result, gpointer user_data)
{
  FuturePeer     *self = user_data;
  g_auto (GValue) value = G_VALUE_INIT;
  gint64          number;

  bench_check (ta_future_wait_finish (TA_FUTURE (source_object), result, &value, NULL));
  bench_check (ta_value_take_int (&value, &number, NULL));
  waiters_count_add (self->count, (guint64) number);
}

static FuturePeer *
start (WaitersCount *count, guint n_promises)
{
  FuturePeer *self = g_new0 (FuturePeer, 1);

  self->count = count;
  self->n_promises = n_promises;
  self->promises = g_new0 (TaPromise *, n_promises);

  return self;
}

static void
stop (gpointer data, guint n)
{
  FuturePeer *self = data;

  g_free (self->promises);
  g_free (self);
}

static gpointer
future_start (WaitersCount *count, guint n)
{
  return start (count, 1);
}

static void
future_create (gpointer data, guint n)
{
  FuturePeer          *self = data;
  g_autoptr (TaFuture) future = NULL;

  self->promises[0] = ta_promise_new ();
  future = ta_promise_get_future (self->promises[0]);
  for (guint i = 0; i < n; i++)
    ta_future_wait_async (future, TA_TIMEOUT_INFINITE, NULL, done_cb, self);
}

static void
future_resolve (gpointer data, guint n)
{
  FuturePeer *self = data;

  ta_promise_return_int (self->promises[0], WAITERS_SAME_RESULT);
  ta_promise_unref (self->promises[0]);
}

const WaitersPeer waiters_future = {
  .name = "ta_future_wait_async, one future",
  .ours = TRUE,
  .same_result = TRUE,
  .start = future_start,
  .create = future_create,
  .resolve = future_resolve,
  .stop = stop,
};

static gpointer
futures_start (WaitersCount *count, guint n)
{
  return start (count, n);
}

static void
futures_create (gpointer data, guint n)
{
  FuturePeer *self = data;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (TaFuture) future = NULL;

      self->promises[i] = ta_promise_new ();
      future = ta_promise_get_future (self->promises[i]);
      ta_future_wait_async (future, TA_TIMEOUT_INFINITE, NULL, done_cb, self);
    }
}

static void
futures_resolve (gpointer data, guint n)
{
  FuturePeer *self = data;

  for (guint i = 0; i < n; i++)
    {
      ta_promise_return_int (self->promises[i], i);
      ta_promise_unref (self->promises[i]);
    }
}

const WaitersPeer waiters_futures = {
  .name = "ta_future_wait_async, a future each",
  .ours = TRUE,
  .start = futures_start,
  .create = futures_create,
  .resolve = futures_resolve,
  .stop = stop,
};
