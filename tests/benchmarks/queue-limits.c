/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "queue.h"

#include <stdatomic.h>

/*
 * What the machine takes to carry a word from one core to another: a ring between two threads that never
 * sleep, and that nobody can wait for, close or watch.
 */

#define RING_SIZE 4096
#define CACHE_LINE 64

typedef struct
{
  QueueSink  *sink;   /* const */
  GThread    *thread; /* const */
  atomic_bool ends;

  guint8        head_padding[CACHE_LINE];
  atomic_size_t head;        /* how many items were put; the producer's */
  gsize         tail_so_far; /* the producer's: what it last saw of the tail */

  guint8        tail_padding[CACHE_LINE];
  atomic_size_t tail; /* how many were taken; the consumer's */

  guint8  items_padding[CACHE_LINE];
  guint64 items[RING_SIZE]; /* those from the tail to the head belong to the consumer */
} RingPeer;

static gpointer
ring_thread_cb (gpointer data)
{
  RingPeer *self = data;
  gsize     tail = 0;

  bench_cpu_place_loop ();

  while (!atomic_load_explicit (&self->ends, memory_order_relaxed))
    {
      gsize head = atomic_load_explicit (&self->head, memory_order_acquire);

      if (head == tail)
        {
          bench_cpu_relax ();
          continue;
        }

      while (tail != head)
        queue_sink_take (self->sink, self->items[tail++ % RING_SIZE]);
      atomic_store_explicit (&self->tail, tail, memory_order_release);
    }

  return NULL;
}

static gpointer
ring_start (QueueSink *sink, guint capacity)
{
  RingPeer *self = g_new0 (RingPeer, 1);

  self->sink = sink;
  self->thread = g_thread_new ("ring", ring_thread_cb, self);

  return self;
}

static void
ring_produce (gpointer data, QueueSource *source)
{
  RingPeer *self = data;
  gsize     head = atomic_load_explicit (&self->head, memory_order_relaxed);
  guint64   item;

  while (queue_source_next (source, &item))
    {
      while (head - self->tail_so_far == RING_SIZE)
        {
          self->tail_so_far = atomic_load_explicit (&self->tail, memory_order_acquire);
          if (head - self->tail_so_far == RING_SIZE)
            bench_cpu_relax ();
        }

      self->items[head++ % RING_SIZE] = item;
      atomic_store_explicit (&self->head, head, memory_order_release);
    }
}

static void
ring_stop (gpointer data)
{
  RingPeer *self = data;

  atomic_store (&self->ends, TRUE);
  g_thread_join (self->thread);
  g_free (self);
}

const QueuePeer queue_ring = {
  .name = "limit: a ring, both spin",
  .spins = TRUE,
  .start = ring_start,
  .produce = ring_produce,
  .stop = ring_stop,
};
