/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * What orders the threads of main contexts, for the thread sanitizer: see tsan.c. These functions can't
 * stand before the calls that GLib makes to itself; so what the lock of a context orders is told where
 * it is iterated, as a whole or by hand, and where it polls.
 */

#include "tsan.h"

#include <poll.h>

/* The context that the thread iterates. */
static _Thread_local GMainContext *iterated;

static void
begin_iterating (GMainContext *context)
{
  iterated = tsan_get_context (context);
  ORDER (iterated);
}

static void
end_iterating (GMainContext *outer)
{
  ORDER (iterated);
  iterated = outer;
}

void
tsan_order_iterated (void)
{
  if (iterated != NULL)
    ORDER (iterated);
}

int
poll (struct pollfd *fds, nfds_t n_fds, int timeout)
{
  int n_ready;

  NEXT (poll)
  tsan_order_iterated ();
  n_ready = next (fds, n_fds, timeout);
  tsan_order_iterated ();

  return n_ready;
}

/* What the library's loops do instead of poll(), which they need not call every time. */
static GPollFunc poll_func; /* atomic; the first that was set, and the same for all of them */

static int
ordered_poll (GPollFD *fds, guint n_fds, int timeout)
{
  int n_ready;

  tsan_order_iterated ();
  n_ready = ((GPollFunc) g_atomic_pointer_get (&poll_func)) (fds, n_fds, timeout);
  tsan_order_iterated ();

  return n_ready;
}

void
g_main_context_set_poll_func (GMainContext *context, GPollFunc func)
{
  NEXT (g_main_context_set_poll_func)
  /* Another, which a test puts before it, calls what was there, which is ordered. */
  if (func != NULL && (g_atomic_pointer_compare_and_exchange (&poll_func, NULL, func) ||
                       g_atomic_pointer_get (&poll_func) == func))
    func = ordered_poll;
  next (context, func);
}

/* What one does by hand that an iteration consists of. */
gboolean
g_main_context_prepare (GMainContext *context, int *priority)
{
  GMainContext *outer = iterated;
  gboolean      is_ready;

  NEXT (g_main_context_prepare)
  begin_iterating (context);
  is_ready = next (context, priority);
  end_iterating (outer);

  return is_ready;
}

int
g_main_context_query (GMainContext *context,
                      int           max_priority,
                      int          *timeout,
                      GPollFD      *fds,
                      int           n_fds)
{
  GMainContext *outer = iterated;
  int           n_needed;

  NEXT (g_main_context_query)
  begin_iterating (context);
  n_needed = next (context, max_priority, timeout, fds, n_fds);
  end_iterating (outer);

  return n_needed;
}

/* A test that stands before this one calls it itself. */
gboolean tsan_main_context_check (GMainContext *, int, GPollFD *, int);

gboolean
tsan_main_context_check (GMainContext *context, int max_priority, GPollFD *fds, int n_fds)
{
  GMainContext *outer = iterated;
  gboolean      is_ready;

  NEXT (g_main_context_check)
  begin_iterating (context);
  is_ready = next (context, max_priority, fds, n_fds);
  end_iterating (outer);

  return is_ready;
}

__typeof__ (g_main_context_check) g_main_context_check
    __attribute__ ((weak, alias ("tsan_main_context_check")));

void
g_main_context_dispatch (GMainContext *context)
{
  GMainContext *outer = iterated;

  NEXT (g_main_context_dispatch)
  begin_iterating (context);
  next (context);
  end_iterating (outer);
}

gboolean
g_main_context_pending (GMainContext *context)
{
  GMainContext *outer = iterated;
  gboolean      is_pending;

  NEXT (g_main_context_pending)
  begin_iterating (context);
  is_pending = next (context);
  end_iterating (outer);

  return is_pending;
}

gboolean
g_main_context_iteration (GMainContext *context, gboolean may_block)
{
  GMainContext *outer = iterated;
  gboolean      dispatched;

  NEXT (g_main_context_iteration)
  begin_iterating (context);
  dispatched = next (context, may_block);
  end_iterating (outer);

  return dispatched;
}

void
g_main_loop_run (GMainLoop *loop)
{
  GMainContext *outer = iterated;

  NEXT (g_main_loop_run)
  begin_iterating (g_main_loop_get_context (loop));
  next (loop);
  end_iterating (outer);
}

void
g_main_loop_quit (GMainLoop *loop)
{
  NEXT (g_main_loop_quit)
  ORDER (g_main_loop_get_context (loop));
  next (loop);
}

gboolean
g_main_loop_is_running (GMainLoop *loop)
{
  gboolean is_running;

  NEXT (g_main_loop_is_running)
  is_running = next (loop);
  ORDER (g_main_loop_get_context (loop));

  return is_running;
}

/* Whoever owns a context comes after those who did before. */
gboolean
g_main_context_acquire (GMainContext *context)
{
  gboolean is_owner;

  NEXT (g_main_context_acquire)
  is_owner = next (context);
  ORDER (tsan_get_context (context));

  return is_owner;
}

void
g_main_context_release (GMainContext *context)
{
  NEXT (g_main_context_release)
  ORDER (tsan_get_context (context));
  next (context);
}

void
g_main_context_push_thread_default (GMainContext *context)
{
  NEXT (g_main_context_push_thread_default)
  next (context);
  ORDER (tsan_get_context (context));
}

void
g_main_context_pop_thread_default (GMainContext *context)
{
  NEXT (g_main_context_pop_thread_default)
  ORDER (tsan_get_context (context));
  next (context);
}

void
g_main_context_unref (GMainContext *context)
{
  NEXT (g_main_context_unref)
  ORDER (context);
  next (context);
}
