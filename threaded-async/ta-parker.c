/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* For ppoll(). */
#define _GNU_SOURCE 1

#include "ta-parker-private.h"
#include "ta-spin-private.h"

#ifdef __linux__
#include <errno.h>
#include <linux/futex.h>
#include <poll.h>
#include <sys/eventfd.h>
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
 *
 * A thread that is to hear of something else as well, which comes by a descriptor, can't sleep on a
 * futex for long: it listens then to both that descriptor and one of its own, by which it is woken.
 * Whoever wakes it writes there once, and the sleeper is not let go before it has read that: so neither
 * does anything stay there for the next sleep, nor is the descriptor closed before it is written to.
 */

enum
{
  IDLE,
  PARKED,
  LISTENING,
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
static _Thread_local TaSpin spin;

/* See ta_set_interrupt_func(); and whether that has ended a sleep. */
static _Thread_local TaInterruptFunc interrupt_func;
static _Thread_local gboolean        was_interrupted;

/* How long a sleep is short: nobody minds that it is not interrupted, and most are. */
#define SHORT_US (G_GINT64_CONSTANT (10) * 1000)

static void
close_waking_fd (gpointer data)
{
  close (GPOINTER_TO_INT (data) - 1);
}

/* The descriptor by which this thread is woken while it listens, plus 1. */
static GPrivate waking_fd = G_PRIVATE_INIT (close_waking_fd);

/* Returns it, or -1 if there are no more descriptors. */
static int
get_waking_fd (void)
{
  int fd = GPOINTER_TO_INT (g_private_get (&waking_fd)) - 1;

  if (fd < 0)
    {
      fd = eventfd (0, EFD_CLOEXEC);
      g_private_set (&waking_fd, GINT_TO_POINTER (fd + 1));
    }

  return fd;
}

TaInterruptFunc
ta_parker_set_interrupt_func (TaInterruptFunc func)
{
  TaInterruptFunc previous = interrupt_func;

  interrupt_func = func;

  return previous;
}

void
ta_parker_forget_interrupted (void)
{
  was_interrupted = FALSE;
}

gboolean
ta_parker_was_interrupted (void)
{
  return was_interrupted;
}

void
ta_parker_init (TaParker *self)
{
  self->state = IDLE;
  self->waking_fd = -1;
  self->is_over = FALSE;
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

static struct timespec
to_timespec (gint64 time_us)
{
  return (struct timespec){ .tv_sec = time_us / G_USEC_PER_SEC,
                            .tv_nsec = (time_us % G_USEC_PER_SEC) * 1000 };
}

static void
note_wake_up (TaParker *self)
{
  if (self->woken_at != 0)
    ta_spin_calibrate (g_get_monotonic_time () - self->woken_at);
}

/* Sleeps until it is written to the waking_fd, or something comes by another descriptor. */
static TaParkResult
listen_to (TaParker *self, int other_fd, gint64 deadline)
{
  struct pollfd fds[] = { { .fd = self->waking_fd, .events = POLLIN },
                          { .fd = other_fd, .events = POLLIN } };
  guint64       count;
  int           n_ready;

  do
    {
      struct timespec timeout = to_timespec (MAX (deadline - g_get_monotonic_time (), 0));

      n_ready = ppoll (fds, G_N_ELEMENTS (fds), deadline == G_MAXINT64 ? NULL : &timeout, NULL);
      if (n_ready > 0 && fds[0].revents == 0)
        return TA_PARK_INTERRUPTED;
      if (n_ready == 0)
        return TA_PARK_TIMED_OUT;
    }
  while (n_ready < 0);

  while (read (self->waking_fd, &count, sizeof count) < 0)
    ;
  note_wake_up (self);

  return TA_PARK_WOKEN;
}

/* Sleeps on, after a short sleep, so that it is heard what comes by another descriptor. */
static TaParkResult
listen (TaParker *self, gint64 deadline)
{
  int other_fd;

  /* What that does takes a while, and nobody is to wake this thread meanwhile. */
  if (!g_atomic_int_compare_and_exchange (&self->state, PARKED, IDLE))
    return TA_PARK_WOKEN;

  other_fd = interrupt_func ();
  if (other_fd < 0)
    return TA_PARK_INTERRUPTED;

  self->waking_fd = get_waking_fd ();
  if (self->waking_fd < 0)
    return TA_PARK_INTERRUPTED;
  if (!g_atomic_int_compare_and_exchange (&self->state, IDLE, LISTENING))
    return TA_PARK_WOKEN;

  return listen_to (self, other_fd, deadline);
}

/* Sleeps until it is woken, or the deadline. In a thread that can be interrupted the sleep is short:
 * then it ends with TA_PARK_INTERRUPTED, as it does when a signal comes. */
static TaParkResult
sleep_until (TaParker *self, gint64 deadline, gboolean is_short)
{
  const gint64    end = is_short ? MIN (deadline, g_get_monotonic_time () + SHORT_US) : deadline;
  struct timespec until = to_timespec (end);
  gboolean        slept = FALSE;

  g_atomic_int_compare_and_exchange (&self->state, IDLE, PARKED);

  while (g_atomic_int_get (&self->state) == PARKED)
    {
      /* An absolute time on CLOCK_MONOTONIC, so that spurious wake-ups add up to nothing. */
      if (syscall (FUTEX_CALL, &self->state, FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG, PARKED,
                   end == G_MAXINT64 ? NULL : &until, NULL, FUTEX_BITSET_MATCH_ANY) == 0)
        {
          slept = TRUE;
          continue;
        }

      if (g_atomic_int_get (&self->state) == WOKEN)
        continue;

      if (errno == ETIMEDOUT && end == deadline)
        return TA_PARK_TIMED_OUT;
      if (is_short && (errno == ETIMEDOUT || errno == EINTR))
        return TA_PARK_INTERRUPTED;
    }

  if (slept)
    note_wake_up (self);

  return TA_PARK_WOKEN;
}

/* Sleeps until woken, until the deadline, or until the thread is interrupted. After one of the latter
 * two it may be called once more, and is not interrupted then. */
TaParkResult
ta_parker_park (TaParker *self, gint64 deadline)
{
  TaParkResult result;

  if (self->is_over)
    return self->waking_fd >= 0 ? listen_to (self, -1, deadline)
                                : sleep_until (self, deadline, FALSE);

  look_again (self, deadline);
  result = sleep_until (self, deadline, interrupt_func != NULL);
  if (result == TA_PARK_INTERRUPTED)
    {
      result = listen (self, deadline);
      was_interrupted = result == TA_PARK_INTERRUPTED;
    }
  self->is_over = TRUE;

  return result;
}

/* Wakes the sleeper, or keeps it from falling asleep; the parker may be gone when this returns, and
 * unless the sleeper listens as soon as it has been told. */
void
ta_parker_unpark (TaParker *self)
{
  const guint64 one = 1;
  int           state;

  /* Only where somebody may look instead of sleeping does it matter how long this takes. */
  if (!ta_spin_is_shared () && g_atomic_int_get (&self->state) != IDLE)
    self->woken_at = g_get_monotonic_time ();

  state = g_atomic_int_exchange (&self->state, WOKEN);
  if (state == PARKED)
    syscall (FUTEX_CALL, &self->state, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1, NULL, NULL, 0);
  else if (state == LISTENING)
    while (write (self->waking_fd, &one, sizeof one) < 0)
      ;
}

#else

TaInterruptFunc
ta_parker_set_interrupt_func (TaInterruptFunc func)
{
  return NULL;
}

void
ta_parker_forget_interrupted (void)
{
}

gboolean
ta_parker_was_interrupted (void)
{
  return FALSE;
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
