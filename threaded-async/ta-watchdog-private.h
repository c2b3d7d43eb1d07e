/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "ta-types.h"

G_BEGIN_DECLS

typedef struct _TaWatch TaWatch;

/* Something to look at when a time has come, should nothing else have seen to it by then. */
struct _TaWatch
{
  /* The watchdog's lock. */
  TaWatch *next;
  gint64   due;
  gboolean is_queued;
  void (*func) (TaWatch *watch);
};

gboolean ta_watchdog_add (TaWatch *watch, gint64 due, void (*func) (TaWatch *watch));
gboolean ta_watchdog_remove (TaWatch *watch);
void     ta_watchdog_hold (void);
void     ta_watchdog_release (void);

G_END_DECLS
