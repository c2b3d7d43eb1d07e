/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-probe.h"

/* What other threads do: waits, items of queues, and the objects that a language holds. */

static int n_waiting; /* atomic */

/**
 * ta_probe_wait:
 * @cancellable: (nullable):
 *
 * Blocks until it is cancelled.
 */
gboolean
ta_probe_wait (GCancellable *cancellable, GError **error)
{
  GPollFD fd;

  if (!g_cancellable_make_pollfd (cancellable, &fd))
    return TRUE;

  g_atomic_int_inc (&n_waiting);
  g_poll (&fd, 1, -1);
  g_atomic_int_dec_and_test (&n_waiting);
  g_cancellable_release_fd (cancellable);

  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

/**
 * ta_probe_wait_and_fail:
 * @cancellable: (nullable):
 *
 * Blocks until it is cancelled, and then fails for another reason.
 */
gboolean
ta_probe_wait_and_fail (GCancellable *cancellable, GError **error)
{
  ta_probe_wait (cancellable, NULL);

  return ta_probe_fail ("It failed in the end", error);
}

/* How many are blocked in ta_probe_wait() now. */
guint
ta_probe_get_n_waiting (void)
{
  return (guint) g_atomic_int_get (&n_waiting);
}

/* Takes items out of a queue and frees them in this thread; returns how many there were. */
guint
ta_probe_drop_items (TaQueue *queue, guint n)
{
  guint n_dropped = 0;

  while (n_dropped < n && ta_queue_try_get (queue, NULL, NULL))
    n_dropped++;

  return n_dropped;
}

/* Moves items from one queue to another in this thread; returns how many there were. */
guint
ta_probe_move_items (TaQueue *from, TaQueue *to, guint n)
{
  guint  n_moved = 0;
  GValue item = G_VALUE_INIT;

  for (; n_moved < n; n_moved++)
    {
      /* Of what is in a box, the box. */
      g_value_init (&item, TA_TYPE_BOX);
      if (!ta_queue_try_get (from, &item, NULL) || !ta_queue_try_put (to, &item, NULL))
        break;
      g_value_unset (&item);
    }

  return n_moved;
}

static int n_watched, n_disposed_elsewhere; /* atomic */

static void
disposed_cb (gpointer thread, GObject *where_the_object_was)
{
  if (thread != g_thread_self ())
    g_atomic_int_inc (&n_disposed_elsewhere);
  g_atomic_int_add (&n_watched, -1);
}

/* Watches an object, which is to be disposed of in this thread. */
void
ta_probe_watch (GObject *object)
{
  g_atomic_int_inc (&n_watched);
  g_object_weak_ref (object, disposed_cb, g_thread_self ());
}

/* How many of the objects that are watched are still there. */
guint
ta_probe_get_n_watched (void)
{
  return (guint) g_atomic_int_get (&n_watched);
}

/* How many of them were disposed of in another thread. */
guint
ta_probe_get_n_disposed_elsewhere (void)
{
  return (guint) g_atomic_int_get (&n_disposed_elsewhere);
}
