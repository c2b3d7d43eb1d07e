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
  int state; /* atomic */
#ifndef __linux__
  GMutex mutex; /* guards state, in place of the atomic operations */
  GCond  cond;
#endif
} TaParker;

void     ta_parker_init (TaParker *self);
void     ta_parker_clear (TaParker *self);
gboolean ta_parker_park (TaParker *self, gint64 deadline);
void     ta_parker_unpark (TaParker *self);

G_END_DECLS
