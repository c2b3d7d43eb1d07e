/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "round-trip.h"

#include <errno.h>
#include <linux/futex.h>
#include <poll.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

/*
 * What the machine allows. First for threads that sleep: poll() there, because a main context
 * sleeps in poll(), and a futex here.
 */

typedef struct
{
  GThread          *thread;
  int               fd;       /* const */
  RoundTripRequest *request;  /* handed over by fd; NULL asks the thread to end */
  atomic_int        answered; /* the futex */
} EventfdPeer;

static void
call_futex (atomic_int *futex, int operation, int value)
{
  /* It fails when there is nobody to wake, or nothing to wait for any more: both are in order. */
  if (syscall (SYS_futex, futex, operation, value, NULL, NULL, 0) < 0)
    bench_check (errno == EAGAIN || errno == EINTR);
}

static gpointer
eventfd_thread_cb (gpointer data)
{
  EventfdPeer *self = data;

  bench_cpu_place_loop ();

  for (;;)
    {
      struct pollfd pollfd = { .fd = self->fd, .events = POLLIN };
      guint64       count;

      if (poll (&pollfd, 1, -1) < 0)
        continue;

      bench_check (read (self->fd, &count, sizeof count) == sizeof count);
      if (self->request == NULL)
        break;

      round_trip_answer (self->request);
      atomic_store_explicit (&self->answered, 1, memory_order_release);
      call_futex (&self->answered, FUTEX_WAKE_PRIVATE, 1);
    }

  return NULL;
}

static gpointer
eventfd_start (void)
{
  EventfdPeer *self = g_new0 (EventfdPeer, 1);

  self->fd = eventfd (0, EFD_CLOEXEC);
  bench_check (self->fd >= 0);
  self->thread = g_thread_new ("eventfd", eventfd_thread_cb, self);

  return self;
}

static void
eventfd_send (EventfdPeer *self, RoundTripRequest *request)
{
  guint64 one = 1;

  self->request = request;
  atomic_store_explicit (&self->answered, 0, memory_order_relaxed);
  bench_check (write (self->fd, &one, sizeof one) == sizeof one);
}

static void
eventfd_ask (gpointer data, RoundTripRequest *request)
{
  EventfdPeer *self = data;

  eventfd_send (self, request);
  while (atomic_load_explicit (&self->answered, memory_order_acquire) == 0)
    call_futex (&self->answered, FUTEX_WAIT_PRIVATE, 0);
}

static void
eventfd_stop (gpointer data)
{
  EventfdPeer *self = data;

  eventfd_send (self, NULL);
  g_thread_join (self->thread);
  close (self->fd);
  g_free (self);
}

const RoundTripPeer round_trip_eventfd = {
  .name = "limit: eventfd there, futex back",
  .start = eventfd_start,
  .ask = eventfd_ask,
  .stop = eventfd_stop,
};

/* Then for threads that never sleep. */

typedef struct
{
  GThread                     *thread;
  _Atomic (RoundTripRequest *) request; /* NULL when answered */
  atomic_bool                  ends;
} SpinPeer;

static gpointer
spin_thread_cb (gpointer data)
{
  SpinPeer *self = data;

  bench_cpu_place_loop ();

  while (!atomic_load_explicit (&self->ends, memory_order_relaxed))
    {
      RoundTripRequest *request = atomic_load_explicit (&self->request, memory_order_acquire);

      if (request != NULL)
        {
          round_trip_answer (request);
          atomic_store_explicit (&self->request, NULL, memory_order_release);
        }
      else
        {
          bench_cpu_relax ();
        }
    }

  return NULL;
}

static gpointer
spin_start (void)
{
  SpinPeer *self = g_new0 (SpinPeer, 1);

  self->thread = g_thread_new ("spin", spin_thread_cb, self);

  return self;
}

static void
spin_ask (gpointer data, RoundTripRequest *request)
{
  SpinPeer *self = data;

  atomic_store_explicit (&self->request, request, memory_order_release);
  while (atomic_load_explicit (&self->request, memory_order_acquire) != NULL)
    bench_cpu_relax ();
}

static void
spin_stop (gpointer data)
{
  SpinPeer *self = data;

  atomic_store (&self->ends, TRUE);
  g_thread_join (self->thread);
  g_free (self);
}

const RoundTripPeer round_trip_spin = {
  .name = "limit: both spin",
  .spins = TRUE,
  .start = spin_start,
  .ask = spin_ask,
  .stop = spin_stop,
};
