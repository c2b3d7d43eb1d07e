/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "ta-types.h"

G_BEGIN_DECLS

/* Finds out when a loop takes too long over one thing, for a runner that asks for that. */
typedef struct _TaStall TaStall;

struct _TaLoop;

void     ta_stall_start (struct _TaLoop *loop, gint64 threshold);
void     ta_stall_end (TaStall *self);
TaStall *ta_stall_ref (TaStall *self);
void     ta_stall_unref (TaStall *self);

/* In the loop's thread, when it comes round. */
gboolean ta_stall_is_awaited (TaStall *self);
void     ta_stall_come_round (TaStall *self);

G_END_DECLS
