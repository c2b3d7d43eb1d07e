/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-fork-private.h"
#include "ta-inbox-private.h"
#include "ta-timers-private.h"

/*
 * Every sleep and timed wait of a context stands in one heap behind one GSource, because GLib
 * looks at each of its timeout sources in each iteration: with 100,000 of them an iteration takes
 * 9 ms, with the heap it takes a microsecond.
 *
 * The source tells its deadline in prepare() instead of with g_source_set_ready_time(), which
 * writes to the context's eventfd every time, even from the loop's own thread.
 */

static inline gboolean
is_earlier (TaTimersEntry a, TaTimersEntry b)
{
  return a.deadline < b.deadline || (a.deadline == b.deadline && a.timer->serial < b.timer->serial);
}

static inline void
put_locked (TaTimers *self, gsize position, TaTimersEntry entry)
{
  self->heap[position] = entry;
  entry.timer->position = position;
}

static void
sift_up_locked (TaTimers *self, gsize position, TaTimersEntry entry)
{
  while (position > 1 && is_earlier (entry, self->heap[position / 2]))
    {
      put_locked (self, position, self->heap[position / 2]);
      position /= 2;
    }

  put_locked (self, position, entry);
}

static void
sift_down_locked (TaTimers *self, gsize position, TaTimersEntry entry)
{
  while (position * 2 <= self->length)
    {
      gsize child = position * 2;

      if (child < self->length && is_earlier (self->heap[child + 1], self->heap[child]))
        child++;
      if (!is_earlier (self->heap[child], entry))
        break;

      put_locked (self, position, self->heap[child]);
      position = child;
    }

  put_locked (self, position, entry);
}

static void
remove_locked (TaTimers *self, TaTimer *timer)
{
  gsize         position = timer->position;
  TaTimersEntry last = self->heap[self->length];

  timer->position = 0;
  self->length--;

  if (last.timer != timer)
    {
      if (position > 1 && is_earlier (last, self->heap[position / 2]))
        sift_up_locked (self, position, last);
      else
        sift_down_locked (self, position, last);
    }

  /* After a burst the memory goes back; half of it stays, so that a steady number of timers that
   * come and go never resizes. */
  if (self->capacity > 64 && self->length < self->capacity / 4)
    {
      self->capacity /= 2;
      self->heap = g_renew (TaTimersEntry, self->heap, self->capacity + 1);
    }
}

/* Returns the next timer that is due, taken out of the heap, or NULL. */
static TaTimer *
pop_due (TaTimers *self, gint64 now)
{
  TaTimer *timer = NULL;

  g_mutex_lock (&self->mutex);
  if (self->length > 0 && self->heap[1].deadline <= now)
    {
      timer = self->heap[1].timer;
      remove_locked (self, timer);
    }
  g_mutex_unlock (&self->mutex);

  return timer;
}

static gboolean
ta_timers_source_prepare (GSource *source, int *timeout)
{
  TaTimers *self = ta_inbox_get_timers (ta_inbox_source_get_inbox (source));
  gint64    deadline = G_MAXINT64, wait;

  *timeout = -1;

  g_mutex_lock (&self->mutex);
  if (self->length > 0)
    deadline = self->heap[1].deadline;
  g_mutex_unlock (&self->mutex);

  if (deadline == G_MAXINT64)
    return FALSE;

  wait = deadline - g_source_get_time (source);
  if (wait <= 0)
    {
      *timeout = 0;
      return TRUE;
    }

  /* Rounded up: late by less than a millisecond, never early. */
  *timeout = (int) MIN ((wait + 999) / 1000, G_MAXINT);
  return FALSE;
}

static gboolean
ta_timers_source_check (GSource *source)
{
  int timeout;

  return ta_timers_source_prepare (source, &timeout);
}

static gboolean
ta_timers_source_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  TaTimers *self = ta_inbox_get_timers (ta_inbox_source_get_inbox (source));
  gint64    now = g_source_get_time (source);
  TaTimer  *timer;

  while ((timer = pop_due (self, now)) != NULL)
    timer->fire (timer);

  return G_SOURCE_CONTINUE;
}

static GSourceFuncs ta_timers_source_funcs = {
  .prepare = ta_timers_source_prepare,
  .check = ta_timers_source_check,
  .dispatch = ta_timers_source_dispatch,
  .finalize = ta_inbox_source_finalize,
};

void
ta_timers_init (TaTimers *self, TaInbox *inbox)
{
  g_mutex_init (&self->mutex);
  self->inbox = inbox;
}

/* Ends the source: no timer is left. Its memory may still be in use until ta_timers_clear(). */
void
ta_timers_shut (TaTimers *self)
{
  if (self->source != NULL)
    {
      g_source_destroy (self->source);
      g_clear_pointer (&self->source, g_source_unref);
    }
}

void
ta_timers_clear (TaTimers *self)
{
  g_clear_pointer (&self->heap, g_free);
  ta_mutex_clear (&self->mutex);
}

/*
 * Adds a timer; from any thread, though commonly from the context's own. The timer must be
 * removed, or have fired, before its memory goes.
 */
void
ta_timers_add (TaTimers *self, TaTimer *timer, gint64 deadline, void (*fire) (TaTimer *timer))
{
  gboolean is_first, is_new = FALSE;

  g_mutex_lock (&self->mutex);

  if (self->length == self->capacity)
    {
      self->capacity = MAX (16, self->capacity * 2);
      self->heap = g_renew (TaTimersEntry, self->heap, self->capacity + 1);
    }

  timer->serial = self->serial++;
  timer->fire = fire;
  self->length++;
  sift_up_locked (self, self->length, (TaTimersEntry){ deadline, timer });
  is_first = timer->position == 1;

  if (self->source == NULL)
    {
      self->source = ta_inbox_source_new (self->inbox, &ta_timers_source_funcs);
      is_new = TRUE;
    }

  g_mutex_unlock (&self->mutex);

  if (is_new)
    {
      g_source_set_static_name (self->source, "[threaded-async] timers");
      g_source_attach (self->source, ta_inbox_get_context (self->inbox));
    }
  else if (is_first && !g_main_context_is_owner (ta_inbox_get_context (self->inbox)))
    {
      /* The loop may sleep for longer than this timer allows. */
      g_main_context_wakeup (ta_inbox_get_context (self->inbox));
    }
}

/* Takes a timer out, if it is still in; from any thread. */
void
ta_timers_remove (TaTimers *self, TaTimer *timer)
{
  g_mutex_lock (&self->mutex);
  if (timer->position != 0)
    remove_locked (self, timer);
  g_mutex_unlock (&self->mutex);
}

/* In the child of a fork, where none of them is to fire. */
void
ta_timers_forget (TaTimers *self)
{
  g_mutex_init (&self->mutex);
  self->length = 0;
}
