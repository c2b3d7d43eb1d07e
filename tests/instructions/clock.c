/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <glib.h>

/*
 * A clock that stands in front of GLib's, for the library alone, and goes on by a microsecond whenever
 * somebody looks at it. For how long a loop does one thing before it looks around would otherwise
 * depend on how busy the machine is, and with that how many instructions it takes.
 */

static gint64 now = G_USEC_PER_SEC; /* atomic */

gint64
g_get_monotonic_time (void)
{
  return __atomic_add_fetch (&now, 1, __ATOMIC_RELAXED);
}

gint64
g_source_get_time (GSource *source)
{
  return g_get_monotonic_time ();
}
