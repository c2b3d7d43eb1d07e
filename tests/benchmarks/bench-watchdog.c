/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench-watchdog.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A name in static memory; read by the signal handler. */
static const char *volatile current_contestant = "nobody yet";

static void
say (const char *text)
{
  gsize length = strlen (text);

  /* Nothing can be done about an error here. */
  if (write (STDERR_FILENO, text, length) != (gssize) length)
    return;
}

/* Only async-signal-safe calls from here on. */
static G_NORETURN void
alarm_cb (int signal_number)
{
  say ("benchmark: not done in time; measured last: ");
  say (current_contestant);
  say ("\n");
  _exit (EXIT_FAILURE);
}

void
bench_watchdog_start (int seconds)
{
  struct sigaction action = { .sa_handler = alarm_cb };

  sigemptyset (&action.sa_mask);
  if (sigaction (SIGALRM, &action, NULL) != 0)
    g_error ("sigaction: %s", g_strerror (errno));

  alarm ((guint) seconds);
}

void
bench_watchdog_enter (const char *contestant)
{
  current_contestant = contestant;
}

void
bench_check_failed (const char *file, int line, const char *condition)
{
  g_printerr ("%s:%d: %s: this does not hold: %s\n", file, line, current_contestant, condition);

  /* Threads of the contestant may still be running: nothing else can be done in order. */
  _exit (EXIT_FAILURE);
}
