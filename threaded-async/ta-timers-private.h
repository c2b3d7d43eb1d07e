/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "ta-waiter-private.h"

G_BEGIN_DECLS

typedef struct _TaInbox  TaInbox;
typedef struct _TaTimer  TaTimer;
typedef struct _TaTimers TaTimers;

/*
 * One deadline among the many of a context, embedded in whatever waits for it. It fires in the
 * context's thread, with no lock held, and once at most.
 */
struct _TaTimer
{
  guint64 serial;   /* orders equal deadlines; const while in the heap */
  gsize   position; /* timers' lock: 1-based place in the heap, 0 when not in it */
  void (*fire) (TaTimer *timer);
};

/* In the heap the deadline stands beside the timer, which is not looked at while the heap is sorted. */
typedef struct
{
  gint64   deadline; /* monotonic time, µs */
  TaTimer *timer;
} TaTimersEntry;

/* The pending timers of one context: a binary heap behind one GSource. */
struct _TaTimers
{
  GMutex         mutex;    /* guards what follows, and the sleepers' waiters */
  TaTimersEntry *heap;     /* 0 is unused, 1 is the earliest */
  gsize          length;   /* the number of timers in the heap */
  gsize          capacity; /* how many fit */
  guint64        serial;   /* of the next timer */
  GSource       *source;   /* made with the first timer */
  TaWaiterList   sleepers; /* waits for nothing but the time */
  TaInbox       *inbox;    /* const: whose part this is */
};

void ta_timers_init (TaTimers *self, TaInbox *inbox);
void ta_timers_shut (TaTimers *self);
void ta_timers_clear (TaTimers *self);
void ta_timers_forget (TaTimers *self);

void ta_timers_add (TaTimers *self, TaTimer *timer, gint64 deadline, void (*fire) (TaTimer *timer));
void ta_timers_remove (TaTimers *self, TaTimer *timer);

/* The monotonic time at which a timeout ends; %G_MAXINT64 when it never does. */
static inline gint64
ta_timeout_get_deadline (gint64 timeout_us)
{
  gint64 now;

  if (timeout_us < 0)
    return G_MAXINT64;

  now = g_get_monotonic_time ();
  return timeout_us > G_MAXINT64 - now ? G_MAXINT64 : now + timeout_us;
}

G_END_DECLS
