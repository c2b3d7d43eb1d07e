/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "bench.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  guint n_left;
  guint n_early;
} TimersCount;

/* One pending timer: when it must not fire yet, in monotonic microseconds. */
typedef struct
{
  gint64       due;
  TimersCount *count;
} TimersTimer;

/* To be called when a timer has fired. */
static inline void
timers_fired (TimersTimer *timer)
{
  if (g_get_monotonic_time () < timer->due)
    timer->count->n_early++;
  timer->count->n_left--;
}

/* A way to have many timers pending in the default context. */
typedef struct
{
  const char *name;
  gboolean    ours;

  gpointer (*start) (void);
  void (*add) (gpointer self, gint64 duration_us, TimersTimer *timer);
  void (*stop) (gpointer self);
} TimersPeer;

extern const TimersPeer timers_timeout;
extern const TimersPeer timers_sleep;
extern const TimersPeer timers_wait;

G_END_DECLS
