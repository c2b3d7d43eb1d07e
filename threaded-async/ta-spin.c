/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "ta-spin-private.h"

#ifdef __linux__
#include <sched.h>
#endif

/* For how long to look, before anything is known about this machine, and whatever is known. */
#define FIRST_SPIN_US 50
#define MIN_SPIN_US 10
#define MAX_SPIN_US 100

/* How much of the way the estimate goes at a time. */
#define CALIBRATION_STEPS 16

/* How many waits go by, at the most, between two looks in vain. */
#define MAX_BACKOFF 4095

/* For how many times as long as the core was lost to somebody else, for more than a moment, it is kept
 * afterwards: the kernel makes who gave way to a busy process wait for its turn again and again. */
#define LOSS_US 50
#define LOSS_FACTOR 64

static int spin_ns = FIRST_SPIN_US * 1000; /* relaxed atomic */

static guint
count_processors (void)
{
#ifdef __linux__
  g_autoptr (GDir) threads = g_dir_open ("/proc/self/task", 0, NULL);
  const char      *id;
  cpu_set_t        cpus, all;

  /* g_get_num_processors() counts those too that the process may not use; and that this thread is bound to
   * one of them says nothing of the others. */
  CPU_ZERO (&all);
  while (threads != NULL && (id = g_dir_read_name (threads)) != NULL)
    {
      if (sched_getaffinity ((pid_t) g_ascii_strtoull (id, NULL, 10), sizeof cpus, &cpus) == 0)
        CPU_OR (&all, &all, &cpus);
    }
  if (CPU_COUNT (&all) > 0)
    return (guint) CPU_COUNT (&all);
  if (sched_getaffinity (0, sizeof cpus, &cpus) == 0)
    return (guint) CPU_COUNT (&cpus);
#endif

  return g_get_num_processors ();
}

/* Whether there is one core for all: then to look again is to let the others run first. */
gboolean
ta_spin_is_shared (void)
{
  static gsize n_processors;

  if (g_once_init_enter (&n_processors))
    g_once_init_leave (&n_processors, count_processors ());

  return n_processors == 1;
}

/*
 * Takes note of how long it took until a thread that slept went on, after somebody had woken it.
 *
 * The estimate takes a step up for a time that was longer, and one down for one that was shorter, so
 * that it follows the median: that a machine is busy now and then does not count. What is looked for
 * comes a little later than a wake-up would.
 */
void
ta_spin_calibrate (gint64 wake_us)
{
  int estimate = __atomic_load_n (&spin_ns, __ATOMIC_RELAXED);
  int step = estimate / CALIBRATION_STEPS;

  estimate += wake_us * 1000 * 5 / 4 > estimate ? step : -step;
  estimate = CLAMP (estimate, MIN_SPIN_US * 1000, MAX_SPIN_US * 1000);
  __atomic_store_n (&spin_ns, estimate, __ATOMIC_RELAXED);
}

/* Whether to look again before going to sleep; if so, begins to. */
gboolean
ta_spin_start (TaSpin *self, TaSpinWait *wait)
{
  if (self->limit == TA_SPIN_OFF)
    return FALSE;

  if (self->skip > 0)
    {
      self->skip--;
      return FALSE;
    }

  wait->lost = 0;
  wait->budget =
      self->limit > 0 ? self->limit : __atomic_load_n (&spin_ns, __ATOMIC_RELAXED) / 1000;

  return ta_spin_restart (wait) >= self->not_before;
}

/* Begins anew, and returns the time. */
gint64
ta_spin_restart (TaSpinWait *wait)
{
  gint64 now = g_get_monotonic_time ();

  wait->begun = now;
  wait->end = now + wait->budget;
  wait->n_pauses = 0;

  return now;
}

/*
 * Passes the time between two looks; FALSE when there is none left. One core that is shared is left
 * to the others once. If that takes long, somebody else is busy on it, who would make us wait again.
 */
gboolean
ta_spin_pause (TaSpinWait *wait)
{
  if (ta_spin_is_shared ())
    {
      if (wait->n_pauses++ > 0)
        return FALSE;

      g_thread_yield ();
      wait->lost = MAX (wait->lost, g_get_monotonic_time () - wait->begun);
      return TRUE;
    }

  ta_spin_relax ();

  return g_get_monotonic_time () < wait->end;
}

/* Learns from a wait that began with looking. */
void
ta_spin_note (TaSpin *self, TaSpinWait *wait, gboolean found)
{
  if (wait->lost > LOSS_US)
    self->not_before = g_get_monotonic_time () + wait->lost * LOSS_FACTOR;
  self->backoff = found ? 0 : MIN (self->backoff * 2 + 1, MAX_BACKOFF);
  self->skip = self->backoff;
}
