/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "ta-interrupt.h"

G_BEGIN_DECLS

/*
 * Lets one thread sleep until another wakes it, once. It may stand on the sleeper's stack: nobody
 * touches its memory after the sleeper has been let go.
 */
typedef struct
{
  int      state;     /* atomic */
  int      waking_fd; /* const once the sleeper listens: how it is woken; -1 before */
  gboolean is_over;   /* the sleeper: it has slept */
  gint64   woken_at;  /* when, or 0; whoever wakes it, before he says so in `state` */
#ifndef __linux__
  GMutex mutex; /* guards state, in place of the atomic operations */
  GCond  cond;
#endif
} TaParker;

/* Why a sleep is over. */
typedef enum
{
  TA_PARK_WOKEN,
  TA_PARK_TIMED_OUT,
  TA_PARK_INTERRUPTED, /* see ta_set_interrupt_func() */
} TaParkResult;

void         ta_parker_init (TaParker *self);
void         ta_parker_clear (TaParker *self);
TaParkResult ta_parker_park (TaParker *self, gint64 deadline);
void         ta_parker_unpark (TaParker *self);

/* For the calling thread. */
TaInterruptFunc ta_parker_set_interrupt_func (TaInterruptFunc func);
void            ta_parker_forget_interrupted (void);
gboolean        ta_parker_was_interrupted (void);

G_END_DECLS
