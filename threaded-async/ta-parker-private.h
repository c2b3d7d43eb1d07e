/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Lets one thread sleep until another wakes it, once. It may stand on the sleeper's stack: nobody
 * touches its memory after the sleeper has been let go.
 */
typedef struct
{
  int    state;    /* atomic */
  gint64 woken_at; /* when, or 0; whoever wakes it, before he says so in `state` */
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
  TA_PARK_INTERRUPTED, /* by a signal, in a thread that is interruptible */
} TaParkResult;

void         ta_parker_init (TaParker *self);
void         ta_parker_clear (TaParker *self);
TaParkResult ta_parker_park (TaParker *self, gint64 deadline);
void         ta_parker_unpark (TaParker *self);

/* For the calling thread. */
void ta_parker_set_interruptible (gboolean interruptible);

G_END_DECLS
