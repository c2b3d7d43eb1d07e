/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-parker-private.h"
#include "ta-spin-private.h"

#ifdef __linux__
#include <errno.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#endif

/*
 * On Linux this is a futex, because a GCond can't do what is needed here. To signal one after the
 * mutex was unlocked, as is needed to wake without a detour, touches its memory after the sleeper
 * may have gone on and left its stack; g_cond_signal() also makes a system call when nobody sleeps.
 * A futex is woken by its address alone: at worst somebody else who sleeps there by then wakes and
 * looks again.
 */

enum
{
  IDLE,
  PARKED,
  WOKEN,
};

#ifdef __linux__

/* The call that takes a timespec as wide as that of the C library. */
#if !defined(__NR_futex)
#define FUTEX_CALL __NR_futex_time64
#elif defined(__NR_futex_time64)
#define FUTEX_CALL (sizeof (time_t) > sizeof (long) ? __NR_futex_time64 : __NR_futex)
#else
#define FUTEX_CALL __NR_futex
#endif

/* What this thread has learned about its waits. */
static _Thread_local TaSpin   spin;
static _Thread_local gboolean is_interruptible;

void
ta_parker_set_interruptible (gboolean interruptible)
{
  is_interruptible = interruptible;
}

void
ta_parker_init (TaParker *self)
{
  self->state = IDLE;
  self->woken_at = 0;
}

void
ta_parker_clear (TaParker *self)
{
}

/* Looks for a while whether sleeping is necessary at all. */
static void
look_again (TaParker *self, gint64 deadline)
{
  TaSpinWait wait;
  gboolean   found;

  if (g_atomic_int_get (&self->state) != IDLE || !ta_spin_start (&spin, &wait))
    return;

  wait.end = MIN (wait.end, deadline);
  do
    found = g_atomic_int_get (&self->state) != IDLE;
  while (!found && ta_spin_pause (&wait));
  ta_spin_note (&spin, &wait, found);
}

/* Sleeps until woken, until the deadline, or until a signal comes. */
TaParkResult
ta_parker_park (TaParker *self, gint64 deadline)
{
  struct timespec until = { .tv_sec = deadline / G_USEC_PER_SEC,
                            .tv_nsec = (deadline % G_USEC_PER_SEC) * 1000 };
  gboolean        slept = FALSE;

  look_again (self, deadline);
  g_atomic_int_compare_and_exchange (&self->state, IDLE, PARKED);

  while (g_atomic_int_get (&self->state) == PARKED)
    {
      /* An absolute time on CLOCK_MONOTONIC, so that spurious wake-ups add up to nothing. */
      if (syscall (FUTEX_CALL, &self->state, FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG, PARKED,
                   deadline == G_MAXINT64 ? NULL : &until, NULL, FUTEX_BITSET_MATCH_ANY) == 0)
        {
          slept = TRUE;
          continue;
        }

      if (g_atomic_int_get (&self->state) == WOKEN)
        continue;

      if (errno == ETIMEDOUT)
        return TA_PARK_TIMED_OUT;
      if (errno == EINTR && is_interruptible)
        return TA_PARK_INTERRUPTED;
    }

  if (slept && self->woken_at != 0)
    ta_spin_calibrate (g_get_monotonic_time () - self->woken_at);

  return TA_PARK_WOKEN;
}

/* Wakes the sleeper, or keeps it from falling asleep; the parker may be gone when this returns. */
void
ta_parker_unpark (TaParker *self)
{
  /* Only where somebody may look instead of sleeping does it matter how long this takes. */
  if (!ta_spin_is_shared () && g_atomic_int_get (&self->state) == PARKED)
    self->woken_at = g_get_monotonic_time ();

  if (g_atomic_int_exchange (&self->state, WOKEN) == PARKED)
    syscall (FUTEX_CALL, &self->state, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1, NULL, NULL, 0);
}

#else

void
ta_parker_set_interruptible (gboolean interruptible)
{
}

void
ta_parker_init (TaParker *self)
{
  self->state = IDLE;
  g_mutex_init (&self->mutex);
  g_cond_init (&self->cond);
}

void
ta_parker_clear (TaParker *self)
{
  /* Whoever woke us may still hold the mutex. */
  g_mutex_lock (&self->mutex);
  g_mutex_unlock (&self->mutex);
  g_cond_clear (&self->cond);
  g_mutex_clear (&self->mutex);
}

TaParkResult
ta_parker_park (TaParker *self, gint64 deadline)
{
  gboolean woken, in_time = TRUE;

  g_mutex_lock (&self->mutex);
  while (self->state != WOKEN && in_time)
    {
      if (deadline == G_MAXINT64)
        g_cond_wait (&self->cond, &self->mutex);
      else
        in_time = g_cond_wait_until (&self->cond, &self->mutex, deadline);
    }
  woken = self->state == WOKEN;
  g_mutex_unlock (&self->mutex);

  return woken ? TA_PARK_WOKEN : TA_PARK_TIMED_OUT;
}

void
ta_parker_unpark (TaParker *self)
{
  /* Signalled under the mutex: unlocked, the parker may be gone. */
  g_mutex_lock (&self->mutex);
  self->state = WOKEN;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->mutex);
}

#endif
