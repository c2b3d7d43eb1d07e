/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench-loop.h"
#include "spawn.h"

#include <gio/gio.h>

/* A GThreadPool that has one thread; what it does has no result. */

typedef struct
{
  GThreadPool *pool;
  SpawnSum     sum;
} PoolPeer;

static void
pool_cb (gpointer data, gpointer user_data)
{
  PoolPeer *self = user_data;

  bench_cpu_place_loop ();
  spawn_pass_gate ();

  /* A pool can't take NULL. */
  spawn_sum_add (&self->sum, GPOINTER_TO_UINT (data) - 1);
}

static gpointer
pool_start (guint n)
{
  PoolPeer *self = g_new0 (PoolPeer, 1);

  spawn_sum_init (&self->sum, n);
  /* With a thread of its own: the shared ones are GTask's too. */
  self->pool = g_thread_pool_new (pool_cb, self, 1, TRUE, NULL);

  return self;
}

static void
pool_spawn (gpointer data, guint n)
{
  PoolPeer *self = data;

  for (guint i = 0; i < n; i++)
    bench_check (g_thread_pool_push (self->pool, GUINT_TO_POINTER (i + 1), NULL));
}

static guint64
pool_wait (gpointer data, guint n)
{
  PoolPeer *self = data;

  return spawn_sum_wait (&self->sum);
}

static void
pool_stop (gpointer data, guint n)
{
  PoolPeer *self = data;

  g_thread_pool_free (self->pool, FALSE, TRUE);
  spawn_sum_clear (&self->sum);
  g_free (self);
}

const SpawnPeer spawn_thread_pool = {
  .name = "GThreadPool, one thread (no result)",
  .start = pool_start,
  .spawn = pool_spawn,
  .wait = pool_wait,
  .stop = pool_stop,
};

/* A function in a loop; it has no result either. */

typedef struct _InvokePeer InvokePeer;

typedef struct
{
  InvokePeer *peer;
  guint       index;
} Invoked;

struct _InvokePeer
{
  BenchLoop *loop;
  Invoked   *invoked;
  SpawnSum   sum;
};

static gboolean
invoke_cb (gpointer data)
{
  Invoked *invoked = data;

  spawn_pass_gate ();
  spawn_sum_add (&invoked->peer->sum, invoked->index);

  return G_SOURCE_REMOVE;
}

static gpointer
invoke_start (guint n)
{
  InvokePeer *self = g_new0 (InvokePeer, 1);

  spawn_sum_init (&self->sum, n);
  self->invoked = g_new0 (Invoked, n);
  self->loop = bench_loop_new ();

  return self;
}

static void
invoke_spawn (gpointer data, guint n)
{
  InvokePeer   *self = data;
  GMainContext *context = bench_loop_get_context (self->loop);

  for (guint i = 0; i < n; i++)
    {
      self->invoked[i] = (Invoked){ .peer = self, .index = i };
      g_main_context_invoke_full (context, G_PRIORITY_DEFAULT, invoke_cb, &self->invoked[i], NULL);
    }
}

static guint64
invoke_wait (gpointer data, guint n)
{
  InvokePeer *self = data;

  return spawn_sum_wait (&self->sum);
}

static void
invoke_stop (gpointer data, guint n)
{
  InvokePeer *self = data;

  bench_loop_free (self->loop);
  spawn_sum_clear (&self->sum);
  g_free (self->invoked);
  g_free (self);
}

const SpawnPeer spawn_invoke = {
  .name = "g_main_context_invoke_full (no result)",
  .start = invoke_start,
  .spawn = invoke_spawn,
  .wait = invoke_wait,
  .stop = invoke_stop,
};

/* GTask's pool of threads; the results come back to the default context. */

typedef struct
{
  guint64 sum;
  guint   n_left;
} GTaskPeer;

static void
gtask_thread_cb (GTask *task, gpointer source_object, gpointer data, GCancellable *cancellable)
{
  bench_cpu_place_loop ();
  spawn_pass_gate ();
  g_task_return_int (task, GPOINTER_TO_UINT (data));
}

static void
gtask_done_cb (GObject *source_object, GAsyncResult *result, gpointer user_data)
{
  GTaskPeer *self = user_data;
  gssize     value = g_task_propagate_int (G_TASK (result), NULL);

  bench_check (value >= 0);
  self->sum += (guint64) value;
  self->n_left--;
}

static gpointer
gtask_start (guint n)
{
  GTaskPeer *self = g_new0 (GTaskPeer, 1);

  self->n_left = n;

  return self;
}

static void
gtask_spawn (gpointer data, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GTask) task = g_task_new (NULL, NULL, gtask_done_cb, data);

      g_task_set_task_data (task, GUINT_TO_POINTER (i), NULL);
      g_task_run_in_thread (task, gtask_thread_cb);
    }
}

static guint64
gtask_wait (gpointer data, guint n)
{
  GTaskPeer *self = data;

  while (self->n_left > 0)
    g_main_context_iteration (NULL, TRUE);

  return self->sum;
}

static void
gtask_stop (gpointer data, guint n)
{
  g_free (data);
}

const SpawnPeer spawn_gtask = {
  .name = "g_task_run_in_thread",
  .start = gtask_start,
  .spawn = gtask_spawn,
  .wait = gtask_wait,
  .stop = gtask_stop,
};
