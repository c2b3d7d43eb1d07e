/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench-dex.h"
#include "spawn.h"

/* libdex's fibers, on the main thread's scheduler. */

typedef struct
{
  DexFuture **fibers;
} FiberPeer;

static DexFuture *
fiber_cb (gpointer data)
{
  spawn_pass_gate ();
  return dex_future_new_for_uint (GPOINTER_TO_UINT (data));
}

static gpointer
fiber_start (guint n)
{
  FiberPeer *self = g_new0 (FiberPeer, 1);

  bench_dex_init ();
  self->fibers = g_new0 (DexFuture *, n);

  return self;
}

static void
fiber_spawn (gpointer data, guint n)
{
  FiberPeer *self = data;

  for (guint i = 0; i < n; i++)
    self->fibers[i] =
        dex_scheduler_spawn (dex_scheduler_get_default (), 0, fiber_cb, GUINT_TO_POINTER (i), NULL);
}

static guint64
fiber_wait (gpointer data, guint n)
{
  FiberPeer *self = data;
  guint64    sum = 0;

  for (guint i = 0; i < n; i++)
    sum += dex_await_uint (self->fibers[i], NULL);

  return sum;
}

static void
fiber_stop (gpointer data, guint n)
{
  FiberPeer *self = data;

  g_free (self->fibers);
  g_free (self);
}

const SpawnPeer spawn_dex_fiber = {
  .name = "libdex fiber",
  .run_client = bench_dex_run_client,
  .start = fiber_start,
  .spawn = fiber_spawn,
  .wait = fiber_wait,
  .stop = fiber_stop,
};
