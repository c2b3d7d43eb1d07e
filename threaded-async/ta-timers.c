/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-fork-private.h"
#include "ta-inbox-private.h"
#include "ta-timers-private.h"

/*
 * All sleeps and timed waits of a context stand behind one GSource, because GLib
 * looks at each of its timeout sources in each iteration: with 100,000 of them an iteration takes
 * 9 ms, and with this source a microsecond.
 *
 * Most deadlines come in order, because most waits have one of a few timeouts. Such timers stand in
 * runs: rings of which each goes on at its end with a timer that is due no earlier than the last.
 * To add one there, and to take it out, takes the same time whatever their number, and touches no
 * memory but that of its neighbours, where a heap of a million visits twenty places that are far
 * apart. A timer goes to the first run that it fits, so that a few different timeouts, or a single
 * timer that is due much later, get runs of their own. What fits into none goes to the heap.
 *
 * The source tells its deadline in prepare() instead of with g_source_set_ready_time(), which
 * writes to the context's eventfd every time, even from the loop's own thread.
 */

static inline gboolean
is_due_before (const TaTimer *a, const TaTimer *b)
{
  return a->deadline < b->deadline || (a->deadline == b->deadline && a->serial < b->serial);
}

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
add_to_heap_locked (TaTimers *self, TaTimer *timer)
{
  if (self->length == self->capacity)
    {
      self->capacity = MAX (16, self->capacity * 2);
      self->heap = g_renew (TaTimersEntry, self->heap, self->capacity + 1);
    }

  self->length++;
  timer->next = NULL;
  sift_up_locked (self, self->length, (TaTimersEntry){ timer->deadline, timer });
}

static void
remove_from_heap_locked (TaTimers *self, TaTimer *timer)
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

/* Puts the timer at the end of a run; FALSE if it is due before the end of each. */
static gboolean
add_to_run_locked (TaTimers *self, TaTimer *timer)
{
  for (guint i = 0; i < TA_TIMERS_N_RUNS; i++)
    {
      TaTimer *run = &self->runs[i], *last = run->previous;

      if (last->deadline > timer->deadline)
        continue;

      timer->previous = last;
      timer->next = run;
      last->next = timer;
      run->previous = timer;
      return TRUE;
    }

  return FALSE;
}

static void
remove_locked (TaTimers *self, TaTimer *timer)
{
  self->n_pending--;
  if (timer->next == NULL)
    {
      remove_from_heap_locked (self, timer);
      return;
    }

  timer->previous->next = timer->next;
  timer->next->previous = timer->previous;
  ta_timer_init (timer);
}

/* Returns the timer that is due before all others, or NULL if there is none. */
static TaTimer *
get_first_locked (TaTimers *self)
{
  TaTimer *first;

  if (self->n_pending == 0)
    return NULL;

  first = self->length > 0 ? self->heap[1].timer : NULL;
  for (guint i = 0; i < TA_TIMERS_N_RUNS; i++)
    {
      TaTimer *timer = self->runs[i].next;

      if (timer != &self->runs[i] && (first == NULL || is_due_before (timer, first)))
        first = timer;
    }

  return first;
}

static void
empty_locked (TaTimers *self)
{
  /* Any timer is due after the end of a run that is empty. */
  for (guint i = 0; i < TA_TIMERS_N_RUNS; i++)
    self->runs[i] =
        (TaTimer){ .deadline = G_MININT64, .next = &self->runs[i], .previous = &self->runs[i] };
  self->length = 0;
  self->n_pending = 0;
}

/* Returns the next timer that is due, which is no longer pending, or NULL. */
static TaTimer *
pop_due (TaTimers *self, gint64 now)
{
  TaTimer *timer;

  g_mutex_lock (&self->mutex);
  timer = get_first_locked (self);
  if (timer != NULL && timer->deadline <= now)
    remove_locked (self, timer);
  else
    timer = NULL;
  g_mutex_unlock (&self->mutex);

  return timer;
}

static gboolean
ta_timers_source_prepare (GSource *source, int *timeout)
{
  TaTimers *self = ta_inbox_get_timers (ta_inbox_source_get_inbox (source));
  TaTimer  *first;
  gint64    deadline = G_MAXINT64, wait;

  *timeout = -1;

  g_mutex_lock (&self->mutex);
  first = get_first_locked (self);
  if (first != NULL)
    deadline = first->deadline;
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
  empty_locked (self);
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

  timer->deadline = deadline;
  timer->serial = self->serial++;
  timer->fire = fire;
  self->n_pending++;
  if (!add_to_run_locked (self, timer))
    add_to_heap_locked (self, timer);
  is_first = get_first_locked (self) == timer;

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
  if (timer->next != NULL || timer->position != 0)
    remove_locked (self, timer);
  g_mutex_unlock (&self->mutex);
}

/* In the child of a fork, where none of them is to fire. */
void
ta_timers_forget (TaTimers *self)
{
  g_mutex_init (&self->mutex);
  empty_locked (self);
}
