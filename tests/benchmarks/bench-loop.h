/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A thread that runs a main loop, as applications write it with GLib alone. */
typedef struct _BenchLoop BenchLoop;

BenchLoop    *bench_loop_new (void);
void          bench_loop_free (BenchLoop *self);
GMainContext *bench_loop_get_context (BenchLoop *self);

G_END_DECLS
