/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What was given on the command line. */
guint32 options_get_seed (void);
gint64  options_get_time_us (void);
gint64  options_get_patience_us (void);
guint   options_get_slowness (void);

G_END_DECLS
