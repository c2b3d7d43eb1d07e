/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench-loop.h"
#include "queue.h"

/* A GAsyncQueue, to a thread that blocks: it has no other way to wait, and no capacity. */

typedef struct
{
  QueueSink   *sink;
  QueueSource *source;
  GAsyncQueue *queue;
  GThread     *thread;
  BenchLoop   *loop;
} AsyncQueuePeer;

/* NULL can't be pushed; nor is any item this one. */
static inline gpointer
item_to_pointer (guint64 item)
{
  return GSIZE_TO_POINTER (item + 1);
}

static inline guint64
item_from_pointer (gpointer pointer)
{
  return GPOINTER_TO_SIZE (pointer) - 1;
}

#define NO_MORE GSIZE_TO_POINTER (G_MAXSIZE)

static gpointer
pop_thread_cb (gpointer data)
{
  AsyncQueuePeer *self = data;
  gpointer        pointer;

  /* The producer has the other place. */
  if (self->loop != NULL)
    bench_cpu_place_client ();
  else
    bench_cpu_place_loop ();

  while ((pointer = g_async_queue_pop (self->queue)) != NO_MORE)
    queue_sink_take (self->sink, item_from_pointer (pointer));

  return NULL;
}

static gpointer
async_queue_start_from (QueueSink *sink, BenchLoop *loop)
{
  AsyncQueuePeer *self = g_new0 (AsyncQueuePeer, 1);

  self->sink = sink;
  self->loop = loop;
  self->queue = g_async_queue_new ();
  self->thread = g_thread_new ("consumer", pop_thread_cb, self);

  return self;
}

static gpointer
async_queue_start (QueueSink *sink, guint capacity)
{
  return async_queue_start_from (sink, NULL);
}

static void
async_queue_produce (gpointer data, QueueSource *source)
{
  AsyncQueuePeer *self = data;
  guint64         item;

  while (queue_source_next (source, &item))
    g_async_queue_push (self->queue, item_to_pointer (item));
}

static void
async_queue_stop (gpointer data)
{
  AsyncQueuePeer *self = data;

  g_async_queue_push (self->queue, NO_MORE);
  g_thread_join (self->thread);
  g_async_queue_unref (self->queue);
  g_clear_pointer (&self->loop, bench_loop_free);
  g_free (self);
}

const QueuePeer queue_async_queue = {
  .name = "GAsyncQueue, to a blocked thread",
  .start = async_queue_start,
  .produce = async_queue_produce,
  .stop = async_queue_stop,
};

/* The same from a loop, in which something is ready all the time. */

static gboolean
push_more_cb (gpointer data)
{
  AsyncQueuePeer *self = data;
  guint64         item;

  for (guint i = 0; i < QUEUE_BATCH; i++)
    {
      if (!queue_source_next (self->source, &item))
        return G_SOURCE_REMOVE;
      g_async_queue_push (self->queue, item_to_pointer (item));
      if (queue_item_is_last (item))
        return G_SOURCE_REMOVE;
    }

  return G_SOURCE_CONTINUE;
}

static gpointer
async_queue_from_loop_start (QueueSink *sink, guint capacity)
{
  return async_queue_start_from (sink, bench_loop_new ());
}

static void
async_queue_from_loop_produce (gpointer data, QueueSource *source)
{
  AsyncQueuePeer     *self = data;
  g_autoptr (GSource) idle = g_idle_source_new ();

  self->source = source;
  g_source_set_callback (idle, push_more_cb, self, NULL);
  g_source_attach (idle, bench_loop_get_context (self->loop));
}

const QueuePeer queue_async_queue_from_loop = {
  .name = "GAsyncQueue, from a loop",
  .start = async_queue_from_loop_start,
  .produce = async_queue_from_loop_produce,
  .stop = async_queue_stop,
};

/* What applications write when they need a capacity: a ring, a mutex and two conditions. */

typedef struct
{
  QueueSink *sink;
  GThread   *thread;
  guint      capacity; /* const */

  GMutex   mutex;
  GCond    not_empty;
  GCond    not_full;
  guint64 *items; /* mutex; so are the rest */
  guint    first;
  guint    length;
  gboolean no_more;
} CondsPeer;

static gboolean
conds_get (CondsPeer *self, guint64 *item)
{
  gboolean was_full;

  g_mutex_lock (&self->mutex);
  while (self->length == 0 && !self->no_more)
    g_cond_wait (&self->not_empty, &self->mutex);
  if (self->length == 0)
    {
      g_mutex_unlock (&self->mutex);
      return FALSE;
    }
  was_full = self->length-- == self->capacity;
  *item = self->items[self->first];
  self->first = (self->first + 1) % self->capacity;
  g_mutex_unlock (&self->mutex);

  if (was_full)
    g_cond_signal (&self->not_full);

  return TRUE;
}

static gpointer
conds_thread_cb (gpointer data)
{
  CondsPeer *self = data;
  guint64    item;

  bench_cpu_place_loop ();

  while (conds_get (self, &item))
    queue_sink_take (self->sink, item);

  return NULL;
}

static gpointer
conds_start (QueueSink *sink, guint capacity)
{
  CondsPeer *self = g_new0 (CondsPeer, 1);

  self->sink = sink;
  self->capacity = capacity;
  self->items = g_new (guint64, capacity);
  g_mutex_init (&self->mutex);
  g_cond_init (&self->not_empty);
  g_cond_init (&self->not_full);
  self->thread = g_thread_new ("consumer", conds_thread_cb, self);

  return self;
}

/* With one producer. */
static void
conds_produce (gpointer data, QueueSource *source)
{
  CondsPeer *self = data;
  guint64    item;

  while (queue_source_next (source, &item))
    {
      gboolean was_empty;

      g_mutex_lock (&self->mutex);
      while (self->length == self->capacity)
        g_cond_wait (&self->not_full, &self->mutex);
      was_empty = self->length == 0;
      self->items[(self->first + self->length++) % self->capacity] = item;
      g_mutex_unlock (&self->mutex);

      if (was_empty)
        g_cond_signal (&self->not_empty);
    }
}

static void
conds_stop (gpointer data)
{
  CondsPeer *self = data;

  g_mutex_lock (&self->mutex);
  self->no_more = TRUE;
  g_cond_signal (&self->not_empty);
  g_mutex_unlock (&self->mutex);
  g_thread_join (self->thread);

  g_cond_clear (&self->not_full);
  g_cond_clear (&self->not_empty);
  g_mutex_clear (&self->mutex);
  g_free (self->items);
  g_free (self);
}

const QueuePeer queue_bounded_conds = {
  .name = "a ring, GMutex and two GConds, threads",
  .start = conds_start,
  .produce = conds_produce,
  .stop = conds_stop,
};

/* A callback in a loop for each item. */

typedef struct
{
  QueueSink *sink;
  BenchLoop *loop;
} LoopPeer;

/* The callbacks' data is the item: an allocation for each, to hold both, is not what is measured. */
static LoopPeer *loop_peer;

static gboolean
item_cb (gpointer pointer)
{
  queue_sink_take (loop_peer->sink, item_from_pointer (pointer));

  return G_SOURCE_REMOVE;
}

static gpointer
loop_start (QueueSink *sink, guint capacity)
{
  LoopPeer *self = g_new0 (LoopPeer, 1);

  self->sink = sink;
  loop_peer = self;
  self->loop = bench_loop_new ();

  return self;
}

static void
loop_stop (gpointer data)
{
  LoopPeer *self = data;

  bench_loop_free (self->loop);
  loop_peer = NULL;
  g_free (self);
}

static void
idle_produce (gpointer data, QueueSource *source)
{
  LoopPeer *self = data;
  guint64   item;

  while (queue_source_next (source, &item))
    {
      g_autoptr (GSource) idle = g_idle_source_new ();

      g_source_set_callback (idle, item_cb, item_to_pointer (item), NULL);
      g_source_attach (idle, bench_loop_get_context (self->loop));
    }
}

const QueuePeer queue_idle = {
  .name = "an idle source per item",
  .start = loop_start,
  .produce = idle_produce,
  .stop = loop_stop,
};

static void
invoke_produce (gpointer data, QueueSource *source)
{
  LoopPeer *self = data;
  guint64   item;

  while (queue_source_next (source, &item))
    g_main_context_invoke_full (bench_loop_get_context (self->loop), G_PRIORITY_DEFAULT, item_cb,
                                item_to_pointer (item), NULL);
}

const QueuePeer queue_invoke = {
  .name = "g_main_context_invoke_full per item",
  .start = loop_start,
  .produce = invoke_produce,
  .stop = loop_stop,
};
