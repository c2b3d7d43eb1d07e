/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-loop-internal.h"

/* What a loop is at: looked at from other threads, which name it in messages. */

/* Returns a pinned task by the item that starts it, or NULL if it has ended. */
static TaTask *
find_task (TaLoop *self, TaInboxItem *start)
{
  TaTask *task;

  g_mutex_lock (&self->mutex);
  for (task = self->last_task; task != NULL && &task->start != start; task = task->previous)
    ;
  if (task != NULL)
    task->n_pins++;
  g_mutex_unlock (&self->mutex);

  return task;
}

/*
 * Says what the loop is at, and since when; from any thread. NULL if it sleeps, or nothing is known of
 * it.
 */
char *
ta_loop_describe_busy (TaLoop *self, gint64 *busy_since)
{
  TaInboxItem *item, *root;
  TaTask      *task;
  char        *description;
  gint64       since;

  since = ta_inbox_get_busy (self->inbox, &item);
  if (busy_since != NULL)
    *busy_since = since;
  if (since == 0)
    return NULL;

  /* GLib does not let another thread see which one. */
  if (item == NULL)
    return g_strdup ("a source of its context");

  task = find_task (self, item);
  if (task != NULL)
    {
      description = ta_task_describe_work (task);
      ta_loop_unpin_task (self, task);
      return description;
    }

  root = ta_inbox_peek_root (self->inbox);
  task = root != NULL ? find_task (self, root) : NULL;
  if (task != NULL)
    {
      g_autofree char *work = ta_task_describe_work (task);

      ta_loop_unpin_task (self, task);
      return g_strdup_printf ("a callback of %s", work);
    }

  return g_strdup ("a callback, or a task that has ended");
}

/*
 * Says what a loop was busy with for at least half of a time that is over now, as something to be added
 * to a message; or returns an empty string.
 */
char *
ta_loop_describe_delay (TaLoop *self, gint64 timeout_us, const char *prefix)
{
  g_autofree char *what = NULL;
  gint64           since, busy_for;

  if (self->inbox == NULL || ta_loop_is_current (self))
    return g_strdup ("");

  what = ta_loop_describe_busy (self, &since);
  busy_for = g_get_monotonic_time () - since;
  if (what == NULL || busy_for < timeout_us / 2)
    return g_strdup ("");

  return g_strdup_printf ("%s has been busy with %s for %.3g s", prefix, what,
                          (double) busy_for / G_USEC_PER_SEC);
}
