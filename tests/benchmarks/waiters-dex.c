/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench-dex.h"
#include "waiters.h"

/* Callbacks on libdex's promises, in the main thread's scheduler. */

typedef struct
{
  WaitersCount *count;
  DexPromise  **promises;
  DexFuture   **waits;
} DexPeer;

static DexFuture *
done_cb (DexFuture *future, gpointer data)
{
  DexPeer      *self = data;
  const GValue *value = dex_future_get_value (future, NULL);

  bench_check (value != NULL);
  waiters_count_add (self->count, (guint64) g_value_get_int64 (value));

  return NULL;
}

static DexPeer *
start (WaitersCount *count, guint n_waits, guint n_promises)
{
  DexPeer *self = g_new0 (DexPeer, 1);

  bench_dex_init ();
  self->count = count;
  self->promises = g_new0 (DexPromise *, n_promises);
  self->waits = g_new0 (DexFuture *, n_waits);

  return self;
}

static void
stop (gpointer data, guint n)
{
  DexPeer *self = data;

  for (guint i = 0; i < n; i++)
    dex_unref (self->waits[i]);

  g_free (self->waits);
  g_free (self->promises);
  g_free (self);
}

static gpointer
promise_start (WaitersCount *count, guint n)
{
  return start (count, n, 1);
}

static void
promise_create (gpointer data, guint n)
{
  DexPeer *self = data;

  self->promises[0] = dex_promise_new ();
  for (guint i = 0; i < n; i++)
    self->waits[i] = dex_future_then (dex_ref (self->promises[0]), done_cb, self, NULL);
}

static void
promise_resolve (gpointer data, guint n)
{
  DexPeer *self = data;

  dex_promise_resolve_int64 (self->promises[0], WAITERS_SAME_RESULT);
  dex_unref (self->promises[0]);
}

const WaitersPeer waiters_dex_promise = {
  .name = "libdex then, one promise",
  .same_result = TRUE,
  .start = promise_start,
  .create = promise_create,
  .resolve = promise_resolve,
  .stop = stop,
};

static gpointer
promises_start (WaitersCount *count, guint n)
{
  return start (count, n, n);
}

static void
promises_create (gpointer data, guint n)
{
  DexPeer *self = data;

  for (guint i = 0; i < n; i++)
    {
      self->promises[i] = dex_promise_new ();
      self->waits[i] = dex_future_then (dex_ref (self->promises[i]), done_cb, self, NULL);
    }
}

static void
promises_resolve (gpointer data, guint n)
{
  DexPeer *self = data;

  for (guint i = 0; i < n; i++)
    {
      dex_promise_resolve_int64 (self->promises[i], i);
      dex_unref (self->promises[i]);
    }
}

const WaitersPeer waiters_dex_promises = {
  .name = "libdex then, a promise each",
  .start = promises_start,
  .create = promises_create,
  .resolve = promises_resolve,
  .stop = stop,
};
