/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench-loop.h"
#include "round-trip.h"

#include <gio/gio.h>

/* Two GAsyncQueues, one there and one back. */

typedef struct
{
  GThread         *thread;
  GAsyncQueue     *questions;
  GAsyncQueue     *answers;
  RoundTripRequest ends; /* asks the thread to end */
} AsyncQueuePeer;

static gpointer
async_queue_thread_cb (gpointer data)
{
  AsyncQueuePeer   *self = data;
  RoundTripRequest *request;

  bench_cpu_place_loop ();

  while ((request = g_async_queue_pop (self->questions)) != &self->ends)
    {
      round_trip_answer (request);
      g_async_queue_push (self->answers, request);
    }

  return NULL;
}

static gpointer
async_queue_start (void)
{
  AsyncQueuePeer *self = g_new0 (AsyncQueuePeer, 1);

  self->questions = g_async_queue_new ();
  self->answers = g_async_queue_new ();
  self->thread = g_thread_new ("async-queue", async_queue_thread_cb, self);

  return self;
}

static void
async_queue_ask (gpointer data, RoundTripRequest *request)
{
  AsyncQueuePeer *self = data;

  g_async_queue_push (self->questions, request);
  bench_check (g_async_queue_pop (self->answers) == request);
}

static void
async_queue_stop (gpointer data)
{
  AsyncQueuePeer *self = data;

  g_async_queue_push (self->questions, &self->ends);
  g_thread_join (self->thread);
  g_async_queue_unref (self->questions);
  g_async_queue_unref (self->answers);
  g_free (self);
}

const RoundTripPeer round_trip_async_queue = {
  .name = "GAsyncQueue pair",
  .start = async_queue_start,
  .ask = async_queue_ask,
  .stop = async_queue_stop,
};

/* g_main_context_invoke_full() there, a GCond back. */

typedef struct
{
  BenchLoop        *loop;
  gboolean          signals_late; /* const */
  GMutex            mutex;
  GCond             cond;
  RoundTripRequest *request; /* mutex; NULL when answered */
} InvokePeer;

static gboolean
invoke_cb (gpointer data)
{
  InvokePeer *self = data;

  g_mutex_lock (&self->mutex);
  round_trip_answer (self->request);
  self->request = NULL;
  if (!self->signals_late)
    g_cond_signal (&self->cond);
  g_mutex_unlock (&self->mutex);

  if (self->signals_late)
    g_cond_signal (&self->cond);

  return G_SOURCE_REMOVE;
}

static InvokePeer *
invoke_start (gboolean signals_late)
{
  InvokePeer *self = g_new0 (InvokePeer, 1);

  g_mutex_init (&self->mutex);
  g_cond_init (&self->cond);
  self->signals_late = signals_late;
  self->loop = bench_loop_new ();

  return self;
}

static void
invoke_ask (gpointer data, RoundTripRequest *request)
{
  InvokePeer *self = data;

  self->request = request;
  g_main_context_invoke_full (bench_loop_get_context (self->loop), G_PRIORITY_DEFAULT, invoke_cb,
                              self, NULL);

  g_mutex_lock (&self->mutex);
  while (self->request != NULL)
    g_cond_wait (&self->cond, &self->mutex);
  g_mutex_unlock (&self->mutex);
}

static void
invoke_stop (gpointer data)
{
  InvokePeer *self = data;

  bench_loop_free (self->loop);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->cond);
  g_free (self);
}

/* Signals with the mutex locked, as in GLib's manual. */
static gpointer
invoke_plain_start (void)
{
  return invoke_start (FALSE);
}

const RoundTripPeer round_trip_invoke = {
  .name = "g_main_context_invoke_full + GCond",
  .start = invoke_plain_start,
  .ask = invoke_ask,
  .stop = invoke_stop,
};

/* Unlocks first, so that the thread that wakes need not wait once more. */
static gpointer
invoke_late_start (void)
{
  return invoke_start (TRUE);
}

const RoundTripPeer round_trip_invoke_late = {
  .name = "the same, g_cond_signal after unlocking",
  .start = invoke_late_start,
  .ask = invoke_ask,
  .stop = invoke_stop,
};

/* GTask's pool of threads; its blocking form, because the thread that asks is to block. */

static void
gtask_thread_cb (GTask *task, gpointer source_object, gpointer data, GCancellable *cancellable)
{
  bench_cpu_place_loop ();

  round_trip_answer (data);
  g_task_return_boolean (task, TRUE);
}

static gpointer
gtask_start (void)
{
  return NULL;
}

static void
gtask_ask (gpointer data, RoundTripRequest *request)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, NULL, NULL);

  g_task_set_task_data (task, request, NULL);
  g_task_run_in_thread_sync (task, gtask_thread_cb);
  bench_check (g_task_propagate_boolean (task, NULL));
}

static void
gtask_stop (gpointer data)
{
}

const RoundTripPeer round_trip_gtask = {
  .name = "g_task_run_in_thread_sync",
  .start = gtask_start,
  .ask = gtask_ask,
  .stop = gtask_stop,
};
