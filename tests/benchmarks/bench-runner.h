/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <threaded-async.h>

G_BEGIN_DECLS

/* A runner whose thread is bound to the loop's CPU, and that has no timeouts. */
TaRunner *bench_runner_new (void);
void      bench_runner_free (TaRunner *self);

G_END_DECLS
