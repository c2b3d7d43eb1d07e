/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <libdex.h>

G_BEGIN_DECLS

/* Makes the main thread's default context a scheduler; to be called there. */
void bench_dex_init (void);

/*
 * Runs the side of a benchmark that asks as a fiber, in a thread of libdex's pool: a thread without
 * a scheduler can't wait for anything of libdex's. The main thread runs the default context's
 * loop meanwhile.
 */
void bench_dex_run_client (void (*func) (gpointer data), gpointer data);

G_END_DECLS
