/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Ends the process when a pass takes too long, and says who was measured. It bounds every wait in
 * every contestant, so that they can wait as their users would.
 */
void bench_watchdog_start (int seconds);

/* Names who is measured now, for the watchdog and for bench_check(). */
void bench_watchdog_enter (const char *contestant);

G_NORETURN void bench_check_failed (const char *file, int line, const char *condition);

/* Ends the process unless @condition holds. Not an assertion: nothing can switch it off. */
#define bench_check(condition)                                                                     \
  G_STMT_START                                                                                     \
  {                                                                                                \
    if (!G_LIKELY (condition))                                                                     \
      bench_check_failed (__FILE__, __LINE__, #condition);                                         \
  }                                                                                                \
  G_STMT_END

G_END_DECLS
