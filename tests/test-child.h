/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#else
#define RUNNING_ON_VALGRIND 0
#define VALGRIND_COUNT_ERRORS 0
#endif

G_BEGIN_DECLS

/*
 * The end of a child in which nothing was wrong. What other threads had when it was made is nobody's
 * there; so that valgrind does not say that it was lost, the child does not exit.
 */
G_GNUC_NORETURN static inline void
test_child_leave (void)
{
  if (RUNNING_ON_VALGRIND && VALGRIND_COUNT_ERRORS == 0)
    kill (getpid (), SIGKILL);
  /* What the child has run is written down at an exit only: see tests/coverage. */
  if (g_getenv ("TA_COVERAGE") != NULL)
    exit (0);
  _exit (RUNNING_ON_VALGRIND ? 1 : 0);
}

static inline gboolean
test_child_has_left (int status)
{
  if (RUNNING_ON_VALGRIND)
    return WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL;

  return WIFEXITED (status) && WEXITSTATUS (status) == 0;
}

G_END_DECLS
