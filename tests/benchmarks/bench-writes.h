/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * How often the process has called write() or eventfd_write(): this is how GLib wakes a main
 * context, and an eventfd is how everybody else does it.
 */
gint64 bench_count_writes (void);

G_END_DECLS
