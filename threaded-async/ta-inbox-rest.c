/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-inbox-internal.h"

/*
 * How a loop comes to rest, and how others know.
 *
 * A loop is at rest when nothing in it is ready: the inbox is empty, and no source would be dispatched
 * if it were iterated now. Timers that are not due and descriptors that are not readable do not count.
 *
 * In any context a source of the very lowest priority finds that out, at the price of a source, and of
 * an iteration to dispatch it. A loop of ours finds out by itself, without one: when it is about to
 * sleep, or to look at its inbox for a while before it does. Whoever only wants to know is told there
 * and then, in the middle of an iteration: so this must run nobody else's code.
 *
 * A loop that sleeps is at rest for as long as nobody wakes it, so that others need not ask it: they
 * see that it sleeps, and that its inbox is empty. Somebody may have woken it by other means than the
 * inbox, by attaching a source or by writing into a pipe: therefore they also look at the descriptors
 * that it sleeps on. These are written under a sequence number, which is odd meanwhile. A descriptor on
 * which nothing is to be seen may be one that the loop has just read: so they look last whether it
 * sleeps, and if it has woken and fallen asleep again by then, it has done what it was woken for.
 *
 * A loop that serves its inbox is about to be at rest, and whoever waits for that need not send for the
 * news, nor sleep: it watches. It counts `asked` up; the loop reads that, looks for what is ready as ever,
 * and when there is nothing says up to which question it has been at rest. Of what the watcher had sent or
 * attached before it asked nothing is left then.
 */

gboolean
ta_inbox_is_waited_for (TaInbox *self)
{
  return self->rests.first != NULL || self->watchers.first != NULL;
}

guint
ta_inbox_get_turns (TaInbox *self)
{
  return (guint) g_atomic_int_get (&self->turns);
}

static gboolean
has_waited (TaInbox *self, TaRest *rest)
{
  return rest != NULL && (guint) self->turns - rest->since > rest->limit;
}

/* Whether somebody has waited for so many turns that the loop need not be at rest any more. */
gboolean
ta_inbox_has_waited (TaInbox *self)
{
  /* There are few watchers, of different patience. */
  for (TaRest *rest = self->watchers.first; rest != NULL; rest = rest->next)
    {
      if (has_waited (self, rest))
        return TRUE;
    }

  return has_waited (self, self->rests.first);
}

/* Counts an iteration if somebody waits for the rest; TRUE if one of them has waited enough. */
gboolean
ta_inbox_count_turn (TaInbox *self)
{
  if (!ta_inbox_is_waited_for (self))
    return FALSE;

  g_atomic_int_inc (&self->turns);

  return ta_inbox_has_waited (self);
}

static void
append (TaRestList *list, TaRest *rest)
{
  if (list->last != NULL)
    list->last->next = rest;
  else
    list->first = rest;
  list->last = rest;
}

/* Calls those in the list, or only those who have waited for long; new ones are left for later. */
static void
call_all (TaInbox *self, TaRestList *list, gboolean is_at_rest)
{
  TaRest *rest = list->first;

  *list = (TaRestList){ NULL, NULL };

  while (rest != NULL)
    {
      TaRest *next = rest->next;

      rest->next = NULL;
      if (is_at_rest || has_waited (self, rest))
        rest->func (rest);
      else
        append (list, rest);
      rest = next;
    }
}

/* Does what was to be done at rest; or, for a loop that does not rest, what has waited for long. */
void
ta_inbox_come_to_rest (TaInbox *self, gboolean is_at_rest)
{
  call_all (self, &self->watchers, is_at_rest);
  call_all (self, &self->rests, is_at_rest);

  if (self->rests.first == NULL && self->rest != NULL)
    {
      g_source_destroy (self->rest);
      g_clear_pointer (&self->rest, g_source_unref);
    }
}

static gboolean
ta_inbox_dispatch_rest (GSource *source, GSourceFunc callback, gpointer user_data)
{
  TaInbox *self = ta_inbox_source_get_inbox (source);

  if (!self->is_busy && !ta_inbox_is_awakened (self))
    ta_inbox_come_to_rest (self, TRUE);

  return G_SOURCE_CONTINUE;
}

static GSourceFuncs rest_funcs = {
  .dispatch = ta_inbox_dispatch_rest,
  .finalize = ta_inbox_source_finalize,
};

/*
 * Calls @func once everything that is ready in the context now has been dispatched; in the
 * context's thread. A loop that never comes to rest calls it all the same, after a number of turns.
 */
void
ta_inbox_call_at_rest (TaInbox *self, TaRest *rest, void (*func) (TaRest *rest))
{
  *rest = (TaRest){
    .func = func,
    .since = (guint) self->turns,
    .limit = TA_INBOX_REST_TURNS,
  };
  append (&self->rests, rest);

  /* At the very lowest priority it is dispatched when nothing else is ready. */
  if (self->rest == NULL)
    self->rest =
        ta_inbox_create_ready_source (self, &rest_funcs, "[threaded-async] at rest", G_MAXINT);
}

/*
 * Calls @func as ta_inbox_call_at_rest() does, but after @limit turns at the latest, and for the price
 * of nothing in a loop of ours; in the context's thread. It must only tell others.
 */
void
ta_inbox_tell_at_rest (TaInbox *self, TaRest *rest, guint limit, void (*func) (TaRest *rest))
{
  if (self->owner == NULL)
    {
      ta_inbox_call_at_rest (self, rest, func);
      rest->limit = limit;
      return;
    }

  *rest = (TaRest){ .func = func, .since = (guint) self->turns, .limit = limit };
  append (&self->watchers, rest);
}

/* Writes down what the loop is about to sleep on, for ta_inbox_is_at_rest(). */
static void
publish (TaInbox *self, GPollFD *fds, guint n_fds, int timeout)
{
  gint64 until = timeout > 0 ? g_get_monotonic_time () + (gint64) timeout * 1000 : 0;

  g_atomic_int_inc (&self->sleep_serial);

  /* With more of them the loop is asked. */
  g_atomic_int_set (&self->n_sleep_fds, (int) n_fds);
  for (guint i = 0; i < MIN (n_fds, TA_INBOX_MAX_SLEEP_FDS); i++)
    {
      g_atomic_int_set (&self->sleep_fds[i], (int) fds[i].fd);
      g_atomic_int_set (&self->sleep_events[i], fds[i].events);
    }
  g_atomic_pointer_set (&self->sleep_until, GSIZE_TO_POINTER ((gsize) until));

  g_atomic_int_inc (&self->sleep_serial);
}

static void
tell_watchers (TaInbox *self)
{
  call_all (self, &self->watchers, TRUE);
}

/* Whether somebody watches who has not been told yet; in the loop's thread. */
gboolean
ta_inbox_is_asked (TaInbox *self)
{
  return ta_peek (&self->asked) != self->told;
}

/* The loop is about to look for what is ready, and will answer who has asked by now. */
void
ta_inbox_hear (TaInbox *self)
{
  self->heard = ta_peek (&self->asked);
  self->is_answering = self->heard != self->told;
}

/* Says whether it is worth while to watch the loop; in its thread. */
void
ta_inbox_set_serving (TaInbox *self, gboolean is_serving)
{
  g_atomic_int_set (&self->is_serving, is_serving);
}

/* Whether there is any use in watching the loop; from another thread. */
gboolean
ta_inbox_can_be_watched (TaInbox *self)
{
  return g_atomic_int_get (&self->is_serving) && !ta_spin_is_shared ();
}

/*
 * Watches a loop of ours for as long as that pays, or until @deadline, from another thread. TRUE if it has
 * come to rest since; FALSE says nothing.
 */
gboolean
ta_inbox_watch_rest (TaInbox *self, TaSpin *spin, gint64 deadline)
{
  TaSpinWait wait;
  guint      question;
  gboolean   is_told;

  if (!ta_spin_start (spin, &wait))
    return FALSE;

  question = __atomic_add_fetch (&self->asked, 1, __ATOMIC_SEQ_CST);
  wait.end = MIN (wait.end, deadline);
  do
    is_told = (int) (ta_peek (&self->told) - question) >= 0;
  while (!is_told && g_atomic_int_get (&self->is_serving) && ta_spin_pause (&wait));
  ta_spin_note (spin, &wait, is_told);

  return is_told;
}

/*
 * Looks, without sleeping, for what is ready. Where a loop that somebody waits for has no other descriptor
 * than the one that wakes it, it need not look: what it would be woken for has been found when the sources
 * were asked, or comes too late for who waits. It stays there for the next time.
 */
static int
look (TaInbox *self, GPollFD *fds, guint n_fds)
{
  if (n_fds == 1 && fds[0].fd == self->wakeup_fd &&
      (self->watchers.first != NULL || self->is_answering))
    return 0;

  return g_poll (fds, n_fds, 0);
}

/* Sleeps for a loop of ours: see ta_inbox_park(). */
int
ta_inbox_poll (TaInbox *self, GPollFD *fds, guint n_fds, int timeout)
{
  int n_ready;

  if (G_UNLIKELY (ta_inbox_has_stalls (self)))
    ta_inbox_come_round (self);

  if (g_atomic_int_get (&self->is_watched))
    publish (self, fds, n_fds, timeout);

  if (timeout != 0 && self->watchers.first != NULL)
    {
      /* What is ready by now is still to be done. */
      n_ready = g_poll (fds, n_fds, 0);
      if (n_ready != 0)
        return n_ready;
    }

  if (timeout != 0 && !ta_inbox_park (self))
    timeout = 0;

  if (timeout != 0 && self->watchers.first != NULL)
    {
      tell_watchers (self);
      if (self->watchers.first != NULL)
        timeout = 0;
    }

  n_ready = timeout == 0 ? look (self, fds, n_fds) : g_poll (fds, n_fds, timeout);
  self->is_quiet = n_ready == 0;
  self->is_answering = FALSE;
  ta_inbox_unpark (self);
  if (G_UNLIKELY (ta_inbox_has_stalls (self)))
    ta_inbox_come_round (self);

  return n_ready;
}

/*
 * Announces that a loop of ours, in which an iteration has dispatched nothing, is about to look at its
 * inbox for a while. FALSE if it has to iterate again first.
 */
gboolean
ta_inbox_spin (TaInbox *self)
{
  /* An iteration that was woken while it looked at its sources may have missed the reason. */
  if (!self->is_quiet || ta_inbox_is_awakened (self))
    return FALSE;

  g_atomic_int_set (&self->spinning, TRUE);
  if ((self->watchers.first == NULL && self->heard == self->told) || ta_inbox_has_items (self))
    return TRUE;

  if (self->heard != self->told)
    ta_publish (&self->told, self->heard);
  if (self->watchers.first == NULL)
    return TRUE;

  tell_watchers (self);
  if (self->watchers.first == NULL)
    return TRUE;

  ta_inbox_unspin (self);

  return FALSE;
}

/* To be called before the loop does anything else. */
void
ta_inbox_unspin (TaInbox *self)
{
  if (g_atomic_int_get (&self->spinning))
    g_atomic_int_set (&self->spinning, FALSE);
}

/*
 * Whether a loop of ours is at rest, as far as can be seen without asking it; from any thread. What the
 * calling thread has sent or attached before is taken into account.
 */
gboolean
ta_inbox_is_at_rest (TaInbox *self)
{
  GPollFD fds[TA_INBOX_MAX_SLEEP_FDS];
  gsize   until;
  int     serial, n_fds;

  if (self->owner == NULL)
    return FALSE;

  if (!g_atomic_int_get (&self->is_watched))
    {
      /* From now on it writes down what it sleeps on. */
      g_atomic_int_set (&self->is_watched, TRUE);
      return FALSE;
    }

  /* What there is to do first: before a loop takes it up, it says that it does not sleep. */
  serial = g_atomic_int_get (&self->sleep_serial);
  if (ta_inbox_has_items (self) || ta_inbox_is_awakened (self) ||
      (!g_atomic_int_get (&self->parked) && !g_atomic_int_get (&self->spinning)))
    return FALSE;

  n_fds = g_atomic_int_get (&self->n_sleep_fds);
  if (serial == 0 || (serial & 1) != 0 || n_fds > TA_INBOX_MAX_SLEEP_FDS)
    return FALSE;

  for (int i = 0; i < n_fds; i++)
    fds[i] = (GPollFD){
      .fd = g_atomic_int_get (&self->sleep_fds[i]),
      .events = (gushort) g_atomic_int_get (&self->sleep_events[i]),
    };
  until = GPOINTER_TO_SIZE (g_atomic_pointer_get (&self->sleep_until));

  if (g_atomic_int_get (&self->sleep_serial) != serial)
    return FALSE;

  /* The loop is only late to see that a timer is due. */
  if (until != 0 && (gssize) ((gsize) g_get_monotonic_time () - until) >= 0)
    return FALSE;

  return g_poll (fds, (guint) n_fds, 0) == 0 && g_atomic_int_get (&self->sleep_serial) == serial &&
         (g_atomic_int_get (&self->parked) || g_atomic_int_get (&self->spinning));
}
