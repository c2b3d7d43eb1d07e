/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "ta-loop-private.h"
#include "ta-runner.h"

G_BEGIN_DECLS

TaLoop *ta_runner_get_loop (TaRunner *self);

void ta_runner_run (TaRunner *self);
void ta_runner_interrupt (TaRunner *self);
void ta_runner_notify_running (TaRunner *self);
void ta_runner_notify_shutdown_type (TaRunner *self);

G_END_DECLS
