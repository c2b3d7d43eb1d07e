/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "bench.h"

G_BEGIN_DECLS

#define QUEUE_MAX_PRODUCERS 8

/* How many items are put between two looks at the clock, or in one callback of a loop. */
#define QUEUE_BATCH 64

/*
 * An item is a number that says who put it, and how many were put before by the same producer, so
 * that one which is lost, doubled or out of order is found at once. The last of a producer is a mark.
 */
#define QUEUE_PRODUCER_SHIFT 48
#define QUEUE_END_MARK ((G_GUINT64_CONSTANT (1) << QUEUE_PRODUCER_SHIFT) - 1)

/* Where a producer has its items from; only its thread touches it until the end. */
typedef struct
{
  guint64  producer; /* const; shifted */
  gint64   deadline; /* const */
  guint64  n;        /* how many there were, without the mark */
  gboolean ended;    /* there was the mark */
} QueueSource;

/* Gives the next item to be put; FALSE when there is none any more. */
static inline gboolean
queue_source_next (QueueSource *self, guint64 *item)
{
  if (self->ended)
    return FALSE;

  /* One batch at least, however late the producer gets to run. */
  self->ended = self->n % QUEUE_BATCH == 0 && self->n > 0 && bench_now_ns () >= self->deadline;
  *item = self->producer | (self->ended ? QUEUE_END_MARK : self->n++);

  return TRUE;
}

/*
 * Whether an item is the last of its producer. Who puts from callbacks of a loop stops there: once it
 * is through, the next turn begins with the same source, and nobody waits for a callback that is late.
 */
static inline gboolean
queue_item_is_last (guint64 item)
{
  return (item & QUEUE_END_MARK) == QUEUE_END_MARK;
}

/* Where items go to; only the thread that consumes them touches it until `done`. */
typedef struct
{
  guint64 next[QUEUE_MAX_PRODUCERS]; /* which item is to come, for each producer */
  guint   n_left;                    /* how many producers have not ended */
  gint64  ended;                     /* when the last has */

  GMutex   mutex;
  GCond    cond;
  gboolean done; /* mutex */
} QueueSink;

void queue_sink_end (QueueSink *self);

/* For each item that comes out. */
static inline void
queue_sink_take (QueueSink *self, guint64 item)
{
  guint   producer = (guint) (item >> QUEUE_PRODUCER_SHIFT);
  guint64 number = item & QUEUE_END_MARK;

  bench_check (producer < QUEUE_MAX_PRODUCERS);

  if (G_LIKELY (number == self->next[producer]))
    {
      self->next[producer]++;
      return;
    }

  bench_check (number == QUEUE_END_MARK && self->n_left > 0);
  if (--self->n_left == 0)
    queue_sink_end (self);
}

/* A way for items to go from one thread, or more, to another. */
typedef struct
{
  const char *name;
  gboolean    ours;
  gboolean    spins; /* needs two CPUs */

  /* Where @func, the first producer, is called from; NULL is bench_cpu_run_client. */
  void (*run_client) (void (*func) (gpointer data), gpointer data);

  /* Begins to consume, into @sink; a capacity of 0 is none. */
  gpointer (*start) (QueueSink *sink, guint capacity);
  /* Puts all items of @source, or begins to; for each producer, in its thread. */
  void (*produce) (gpointer self, QueueSource *source);
  void (*stop) (gpointer self);
} QueuePeer;

extern const QueuePeer queue_to_loop;
extern const QueuePeer queue_to_main_context;
extern const QueuePeer queue_to_thread;
extern const QueuePeer queue_from_loop;
extern const QueuePeer queue_async_queue;
extern const QueuePeer queue_async_queue_from_loop;
extern const QueuePeer queue_bounded_conds;
extern const QueuePeer queue_idle;
extern const QueuePeer queue_invoke;
extern const QueuePeer queue_ring;
#ifdef HAVE_LIBDEX
extern const QueuePeer queue_dex_channel;
extern const QueuePeer queue_dex_channel_all;
#endif

G_END_DECLS
