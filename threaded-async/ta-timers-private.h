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

/* In so many ascending runs the timers stand, before the heap takes what fits into none of them. */
#define TA_TIMERS_N_RUNS 4

/*
 * One deadline among the many of a context, embedded in whatever waits for it. It fires in the
 * context's thread, with no lock held, and once at most.
 */
struct _TaTimer
{
  gint64  deadline; /* monotonic time, µs; const while it is pending */
  guint64 serial;   /* orders equal deadlines; likewise */
  void (*fire) (TaTimer *timer);

  /* The timers' lock. Pending in a run it has a next one, and in the heap a position. */
  TaTimer *next;
  union
  {
    TaTimer *previous;
    gsize    position; /* 1-based; 0 when it is not pending */
  };
};

/* In the heap the deadline stands beside the timer, which is not looked at while the heap is sorted. */
typedef struct
{
  gint64   deadline;
  TaTimer *timer;
} TaTimersEntry;

/* The pending timers of one context behind one GSource: see ta-timers.c. */
struct _TaTimers
{
  GMutex  mutex;                  /* guards what follows, and the sleepers' waiters */
  TaTimer runs[TA_TIMERS_N_RUNS]; /* each the beginning and the end of a ring, and no timer */
  gsize   n_pending;              /* in the runs and in the heap */
  TaTimersEntry *heap;            /* 0 is unused, 1 is the earliest */
  gsize          length;          /* how many are in the heap */
  gsize          capacity;        /* how many fit into it */
  guint64        serial;          /* of the next timer */
  GSource       *source;          /* made with the first timer */
  TaWaiterList   sleepers;        /* waits for nothing but the time */
  TaInbox       *inbox;           /* const: whose part this is */
};

void ta_timers_init (TaTimers *self, TaInbox *inbox);
void ta_timers_shut (TaTimers *self);
void ta_timers_clear (TaTimers *self);
void ta_timers_forget (TaTimers *self);

static inline void
ta_timer_init (TaTimer *self)
{
  self->next = NULL;
  self->position = 0;
}

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
