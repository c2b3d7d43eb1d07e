/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-watchdog-private.h"

/*
 * The one thread that looks after loops which can't look after themselves because they are stuck.
 * There is none while there is nothing to watch and nobody who holds it because he will have something
 * again and again; it sleeps until the first watch is due, and most are taken away before that.
 */

static GMutex   lock; /* guards the rest */
static GCond    changed;
static TaWatch *first; /* by the time at which they are due */
static gboolean has_thread;
static guint    n_holds;

static void
insert_locked (TaWatch *watch)
{
  TaWatch **link = &first;

  while (*link != NULL && (*link)->due <= watch->due)
    link = &(*link)->next;
  watch->next = *link;
  *link = watch;
  watch->is_queued = TRUE;
}

static void
remove_locked (TaWatch *watch)
{
  TaWatch **link = &first;

  while (*link != watch)
    link = &(*link)->next;
  *link = watch->next;
  watch->is_queued = FALSE;
}

static gpointer
watchdog_thread (gpointer data)
{
  g_mutex_lock (&lock);

  while (first != NULL || n_holds > 0)
    {
      TaWatch *watch = first;

      if (watch == NULL)
        {
          g_cond_wait (&changed, &lock);
          continue;
        }
      if (watch->due > g_get_monotonic_time ())
        {
          g_cond_wait_until (&changed, &lock, watch->due);
          continue;
        }

      remove_locked (watch);
      g_mutex_unlock (&lock);
      watch->func (watch);
      g_mutex_lock (&lock);
    }

  has_thread = FALSE;
  g_mutex_unlock (&lock);

  return NULL;
}

/*
 * Has @func called with @watch at a time, in the watchdog's thread, without a lock; from any thread.
 * One that is there already is called at the earlier of the two times; FALSE then.
 */
gboolean
ta_watchdog_add (TaWatch *watch, gint64 due, void (*func) (TaWatch *watch))
{
  gboolean is_new, needs_thread;

  g_mutex_lock (&lock);

  is_new = !watch->is_queued;
  if (!is_new)
    {
      due = MIN (due, watch->due);
      remove_locked (watch);
    }
  watch->due = due;
  watch->func = func;
  insert_locked (watch);

  needs_thread = !has_thread;
  has_thread = TRUE;
  if (first == watch && !needs_thread)
    g_cond_signal (&changed);

  g_mutex_unlock (&lock);

  if (needs_thread)
    {
      GThread *thread = g_thread_try_new ("ta-watchdog", watchdog_thread, NULL, NULL);

      if (thread != NULL)
        {
          g_thread_unref (thread);
        }
      else
        {
          /* A system without threads left has other worries; whoever comes next tries again. */
          g_mutex_lock (&lock);
          has_thread = FALSE;
          g_mutex_unlock (&lock);
        }
    }

  return is_new;
}

/* Takes a watch away; from any thread. FALSE if it is not there, or its turn has just come. */
gboolean
ta_watchdog_remove (TaWatch *watch)
{
  gboolean was_queued;

  g_mutex_lock (&lock);
  was_queued = watch->is_queued;
  if (was_queued)
    remove_locked (watch);
  if (was_queued && first == NULL && has_thread)
    g_cond_signal (&changed);
  g_mutex_unlock (&lock);

  return was_queued;
}

/* Keeps the thread, once there is one, until it is released as often. */
void
ta_watchdog_hold (void)
{
  g_mutex_lock (&lock);
  n_holds++;
  g_mutex_unlock (&lock);
}

void
ta_watchdog_release (void)
{
  g_mutex_lock (&lock);
  n_holds--;
  if (n_holds == 0 && first == NULL && has_thread)
    g_cond_signal (&changed);
  g_mutex_unlock (&lock);
}
