/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-loop-internal.h"

/* What a loop is at: looked at from other threads, which name it in messages. */

/* For a loop of another kind that turns this one: which one it is only the other loop knows. */
#define OUTSIDE "a coroutine or callback of its event loop"

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

/* Describes what an item does; transfer full. */
static char *
describe_item (TaLoop *self, TaInboxItem *item)
{
  TaTask      *task = find_task (self, item);
  TaInboxItem *root;
  char        *description;

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

/* Returns what the loop is at, and what blocks its thread there; both belong together. */
static gint64
get_busy (TaLoop *self, TaInboxItem **item, TaWaitReport *wait)
{
  gint64       since = ta_inbox_get_busy (self->inbox, item);
  TaInboxItem *item_again;

  ta_wait_guard_report (&self->guard, wait);
  if (wait->what == NULL)
    return since;

  /* The loop may have gone on meanwhile. */
  if (ta_inbox_get_busy (self->inbox, &item_again) != since || (since != 0 && item_again != *item))
    {
      ta_wait_report_clear (wait);
      *wait = (TaWaitReport){ 0 };
      return since;
    }

  /* In a source that is none of the inbox's, which is not known of otherwise. */
  if (since == 0)
    {
      *item = NULL;
      since = wait->since;
    }

  return since;
}

/* The same in words; NULL if it sleeps, or nothing is known of it. */
static char *
describe_busy (TaLoop *self, gint64 *since, TaWaitReport *wait)
{
  TaInboxItem *item;

  *since = get_busy (self, &item, wait);
  if (*since == 0)
    return NULL;

  if (item != NULL)
    return describe_item (self, item);

  if (wait->source == NULL && ta_inbox_is_outside (self->inbox))
    return g_strdup (OUTSIDE);

  /* GLib lets no other thread see which one. What blocks has been asked by its own. */
  return wait->source != NULL ? g_strdup_printf ("source “%s” of its context", wait->source)
                              : g_strdup ("a source of its context");
}

/* Says what the loop is at, and what it waits for there; from any thread. NULL if it sleeps, or nothing
 * is known of it. */
char *
ta_loop_describe_busy (TaLoop *self)
{
  g_autofree char *what = NULL;
  TaWaitReport     wait;
  gint64           since;

  what = describe_busy (self, &since, &wait);
  if (what != NULL && wait.what != NULL)
    {
      char *both = g_strdup_printf ("%s, which waits for %s", what, wait.what);

      g_free (what);
      what = both;
    }
  ta_wait_report_clear (&wait);

  return g_steal_pointer (&what);
}

/*
 * Says what a loop was busy with for at least half of a time that is over now, as something to be added
 * to a message; or returns an empty string.
 */
char *
ta_loop_describe_delay (TaLoop *self, gint64 timeout_us, const char *prefix)
{
  g_autofree char *what = NULL;
  GString         *text = g_string_new (NULL);
  TaWaitReport     wait;
  gint64           since, now;

  if (self->inbox == NULL || ta_loop_is_current (self))
    return g_string_free (text, FALSE);

  what = describe_busy (self, &since, &wait);
  now = g_get_monotonic_time ();
  if (what != NULL && now - since >= timeout_us / 2)
    {
      g_string_append_printf (text, "%s has been busy with %s for %.3g s", prefix, what,
                              (double) (now - since) / G_USEC_PER_SEC);
      if (wait.what != NULL)
        g_string_append_printf (text, ", and has waited there for %s for %.3g s", wait.what,
                                (double) (now - wait.since) / G_USEC_PER_SEC);
    }
  ta_wait_report_clear (&wait);

  return g_string_free (text, FALSE);
}

/* Says inside of what a loop is that sleeps in a nested one, or what it is at if nobody knows since when, in
 * the same way. */
char *
ta_loop_describe_nesting (TaLoop *self, const char *prefix)
{
  g_autofree char *what = NULL;
  TaInboxItem     *item;
  gint64           since;

  if (ta_inbox_is_outside (self->inbox))
    return g_strdup_printf ("%s is at " OUTSIDE, prefix);

  item = ta_inbox_peek_current (self->inbox, &since);
  if (item == NULL || ta_inbox_get_busy (self->inbox, NULL) != 0)
    return g_strdup ("");

  what = describe_item (self, item);

  return g_strdup_printf ("%s has been in %s for %.3g s, and sleeps there in a nested loop", prefix,
                          what, (double) (g_get_monotonic_time () - since) / G_USEC_PER_SEC);
}
