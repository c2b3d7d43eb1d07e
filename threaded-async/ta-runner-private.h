/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "ta-loop-private.h"
#include "ta-runner.h"

G_BEGIN_DECLS

TaLoop  *ta_runner_get_loop (TaRunner *self);
TaInbox *ta_runner_get_main_inbox (TaRunner *self);

void ta_runner_run (TaRunner *self);
void ta_runner_interrupt (TaRunner *self);
void ta_runner_drop_revived (TaRunner *self);
void ta_runner_notify_running (TaRunner *self);
void ta_runner_notify_shutdown_type (TaRunner *self);

gboolean ta_runner_has_task_failed_handler (TaRunner *self);
void     ta_runner_emit_stalled (TaRunner *self, const char *what, gint64 duration_us);
void     ta_runner_emit_resumed (TaRunner *self);
void     ta_runner_emit_task_failed (TaRunner *self, TaTask *task);

G_END_DECLS
