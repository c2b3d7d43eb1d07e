/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-desk-private.h"
#include "ta-timeout.h"
#include "ta-wait-private.h"

/*
 * How a server waits until the loops of its clients are at rest, so that whatever they could have asked
 * is there.
 *
 * A loop that can be seen to be at rest costs a look. To any other a ticket is sent, which waits in its
 * inbox behind what was sent there before, and comes back once the loop is at rest, or has turned for a
 * number of times without coming to rest. There is one ticket per link: who comes while it is on its
 * way is told the next time, for which the loop sends it round again.
 *
 * Waits are numbered. A link knows the first and the last that waits for it, and the last that has been
 * told; each wait counts how many links it still waits for.
 *
 * A loop from which the ticket does not come back for the whole time of a wait is busy, if it has not
 * completed a turn meanwhile. That is an error, once: from then on the link is left alone, until the
 * loop shows that it turns.
 */

/* How many loops have not told a waiter yet that they are at rest: it has no other use for its value. */
static guint *
get_n_left (TaWaiter *waiter)
{
  return &waiter->value.data[0].v_uint;
}

/*
 * Tells those who wait for a link, up to a number, that they need not any more. Returns the first of the
 * chain of those who waited for nothing else, for ta_waiter_complete_all() after the unlock.
 */
static TaWaiter *
tell_waits_locked (TaLink *self, guint64 serial)
{
  TaWaiter *waiter = self->desk->resters.head;
  TaWaiter *first = NULL, *last = NULL;

  while (waiter != NULL)
    {
      TaWaiter *next = waiter->next;

      if (waiter->serial >= self->first_wait && waiter->serial > self->told_wait &&
          waiter->serial <= serial && (waiter->is_operation || !self->is_own) &&
          --*get_n_left (waiter) == 0)
        {
          ta_waiter_end_locked (waiter, TA_OUTCOME_DONE);
          waiter->next = NULL;
          if (last != NULL)
            last->next = waiter;
          else
            first = waiter;
          last = waiter;
        }
      waiter = next;
    }

  self->told_wait = serial;

  return first;
}

/* Nobody need wait for the link any more. */
TaWaiter *
ta_link_give_up_locked (TaLink *self)
{
  return self->is_asked ? tell_waits_locked (self, self->last_wait) : NULL;
}

static void
at_rest_cb (TaRest *rest)
{
  TaLink   *self = TA_CONTAINER (rest, TaLink, rest);
  TaDesk   *desk = self->desk;
  TaWaiter *waiters;
  gboolean  goes_on;

  g_mutex_lock (&desk->mutex);
  waiters = tell_waits_locked (self, self->asked_wait);
  goes_on = self->is_listed && self->last_wait > self->asked_wait;
  self->asked_wait = self->last_wait;
  self->is_asked = goes_on;
  g_mutex_unlock (&desk->mutex);

  ta_waiter_complete_all (waiters);

  if (goes_on)
    ta_inbox_tell_at_rest (ta_loop_get_inbox (self->loop), rest, desk->rest_turns, at_rest_cb);
  else
    ta_link_unref (self);
}

/* The loop is seen to turn. Those who came while it did not do not wait for it. */
static void
forget_busy_locked (TaLink *self)
{
  if (!self->is_busy)
    return;

  self->is_busy = FALSE;
  self->first_wait = self->desk->last_wait + 1;
}

/* The ticket arrives in the loop. */
static void
ticket_cb (TaInboxItem *item, gboolean dropped)
{
  TaLink   *self = TA_CONTAINER (item, TaLink, item);
  TaDesk   *desk = self->desk;
  TaWaiter *waiters = NULL;

  g_mutex_lock (&desk->mutex);
  forget_busy_locked (self);
  self->asked_wait = self->last_wait;
  self->seen_at = G_MAXINT64;
  if (dropped)
    {
      waiters = tell_waits_locked (self, self->last_wait);
      self->is_asked = FALSE;
    }
  g_mutex_unlock (&desk->mutex);

  ta_waiter_complete_all (waiters);

  if (dropped)
    ta_link_unref (self);
  else
    ta_inbox_tell_at_rest (ta_loop_get_inbox (self->loop), &self->rest, desk->rest_turns,
                           at_rest_cb);
}

/* Whether a link has to be at rest before its server goes on. */
static gboolean
counts_locked (TaLink *self, gboolean is_blocked)
{
  if (!ta_loop_get_running (self->loop))
    return FALSE;

  if (self->is_busy && self->seen_turns != ta_inbox_get_turns (ta_loop_get_inbox (self->loop)))
    forget_busy_locked (self);

  /* A thread can't wait for itself. */
  self->is_own = is_blocked && ta_loop_is_current (self->loop);

  return !self->is_own && !self->is_busy;
}

/* Notes how many turns the loop has completed; TRUE if it has not for so long that it is busy. */
static gboolean
look_locked (TaLink *self, gint64 now, gint64 timeout_us)
{
  guint turns = ta_inbox_get_turns (ta_loop_get_inbox (self->loop));

  if (self->seen_turns != turns || self->seen_at == G_MAXINT64)
    {
      self->seen_turns = turns;
      self->seen_at = now;
      return FALSE;
    }

  return timeout_us != TA_TIMEOUT_INFINITE && now - self->seen_at >= timeout_us;
}

/*
 * Fails with G_IO_ERROR_TIMED_OUT if there are loops that have not completed a turn for a time; each is
 * reported once.
 */
gboolean
ta_desk_check_busy (TaDesk *self, gboolean is_blocked, gint64 timeout_us, GError **error)
{
  gint64   now = g_get_monotonic_time ();
  GString *names = NULL;
  guint    n_busy = 0;

  g_mutex_lock (&self->mutex);
  for (TaLink *link = self->links; link != NULL; link = link->next)
    {
      if (!link->is_asked || !counts_locked (link, is_blocked) ||
          !look_locked (link, now, timeout_us))
        continue;

      link->is_busy = TRUE;
      if (names == NULL)
        names = g_string_new (NULL);
      g_string_append_printf (names, "%s“%s”", n_busy++ > 0 ? ", " : "",
                              ta_loop_get_name (link->loop));
    }
  g_mutex_unlock (&self->mutex);

  if (n_busy == 0)
    return TRUE;

  g_set_error (
      error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
      "Timed out after %g s waiting for the clients of server “%s”: runner%s %s %s busy, and "
      "completed no turn of %s",
      (double) timeout_us / G_USEC_PER_SEC, self->name, n_busy > 1 ? "s" : "", names->str,
      n_busy > 1 ? "are" : "is", n_busy > 1 ? "their loops" : "its loop");
  g_string_free (names, TRUE);

  return FALSE;
}

/*
 * Whether it can be seen that a link need not be asked. Where the loop was just given something to do it
 * is not even looked at, for that would get into its way.
 */
static gboolean
is_seen_at_rest_locked (TaLink *self, gboolean is_blocked, gboolean is_stirred)
{
  if (!counts_locked (self, is_blocked))
    return TRUE;

  return !self->is_asked &&
         !(is_stirred && ta_inbox_can_be_watched (ta_loop_get_inbox (self->loop))) &&
         ta_inbox_is_at_rest (ta_loop_get_inbox (self->loop));
}

/*
 * Whether nobody has to be asked: all loops are seen to be at rest, or all but one, which comes to rest
 * before the eyes of the calling thread.
 */
static gboolean
ta_desk_is_at_rest (TaDesk *self, gint64 deadline, gboolean is_stirred, GCancellable *cancellable)
{
  TaLink  *last = NULL;
  guint    n_left = 0;
  gboolean is_watched, is_at_rest;

  g_mutex_lock (&self->mutex);
  for (TaLink *link = self->links; link != NULL && n_left <= 1; link = link->next)
    {
      if (is_seen_at_rest_locked (link, TRUE, is_stirred))
        continue;

      last = link;
      n_left++;
    }
  is_watched = n_left == 1 && ta_inbox_can_be_watched (ta_loop_get_inbox (last->loop));
  if (is_watched)
    ta_link_ref (last);
  g_mutex_unlock (&self->mutex);

  if (!is_watched)
    return n_left == 0;

  is_at_rest = !g_cancellable_is_cancelled (cancellable) &&
               ta_inbox_watch_rest (ta_loop_get_inbox (last->loop), &self->watch, deadline);
  ta_link_unref (last);

  return is_at_rest;
}

/* Returns what TA_TIMEOUT_DEFAULT stands for: the longest default of the runners with clients. */
gint64
ta_desk_get_default_timeout (TaDesk *self)
{
  gint64 timeout_us = 0;

  g_mutex_lock (&self->mutex);
  for (TaLink *link = self->links; link != NULL && timeout_us >= 0; link = link->next)
    {
      gint64 other_us = ta_loop_get_default_timeout (link->loop);

      timeout_us = other_us < 0 ? TA_TIMEOUT_INFINITE : MAX (timeout_us, other_us);
    }
  g_mutex_unlock (&self->mutex);

  return timeout_us;
}

/* Has a waiter wait for what a link says the next time; TRUE if its ticket is to be sent. */
static gboolean
ask_locked (TaLink *self, TaWaiter *waiter, gint64 since)
{
  gboolean is_first = !self->is_asked;

  self->last_wait = waiter->serial;
  ++*get_n_left (waiter);
  if (is_first)
    {
      self->is_asked = TRUE;
      self->first_wait = waiter->serial;
      self->seen_turns = ta_inbox_get_turns (ta_loop_get_inbox (self->loop));
      self->seen_at = since;
    }

  return is_first;
}

/*
 * Enters a TaDeskWait: a TaWaitEnterFunc. A blocked thread does not wait for its own loop.
 */
gboolean
ta_desk_enter_rest (gpointer object, TaWaiter *waiter)
{
  TaDeskWait *self = object;
  TaDesk     *desk = self->desk;
  TaLink     *first = NULL, *last = NULL;
  gboolean    enlisted = FALSE;

  g_mutex_lock (&desk->mutex);
  if (waiter->outcome == TA_OUTCOME_PENDING)
    {
      /* Counted at the end: it may be the first for a loop that is seen not to be busy any more. */
      waiter->serial = desk->last_wait + 1;
      *get_n_left (waiter) = 0;

      for (TaLink *link = desk->links; link != NULL; link = link->next)
        {
          if (is_seen_at_rest_locked (link, !waiter->is_operation, FALSE) ||
              !ask_locked (link, waiter, self->since))
            continue;

          link->next_asked = NULL;
          if (last != NULL)
            last->next_asked = ta_link_ref (link);
          else
            first = ta_link_ref (link);
          last = link;
        }
      desk->last_wait = waiter->serial;

      if (*get_n_left (waiter) == 0)
        ta_waiter_end_locked (waiter, TA_OUTCOME_DONE);
      else
        enlisted = ta_waiter_enlist_locked (waiter, &desk->resters);
    }
  g_mutex_unlock (&desk->mutex);

  /* The wait may be over once the first ticket has been sent. */
  while (first != NULL)
    {
      TaLink *link = first;

      first = link->next_asked;
      ta_inbox_push (ta_loop_get_inbox (link->loop), &link->item, ticket_cb);
    }

  return enlisted;
}

static char *
describe_rest (gpointer object)
{
  TaDeskWait *self = object;

  return g_strdup_printf ("the clients of server “%s” to come to rest", self->desk->name);
}

/*
 * Blocks until the loops are at rest. With a @timeout_us it is an error if one of them does not complete
 * a turn for so long; and no error if only they do not come to rest. The time counts from when they have
 * been asked, whatever held up the calling thread before. Without one it waits until @deadline, and none is
 * busy. One of them was just given an answer if it @is_stirred.
 */
gboolean
ta_desk_rest (TaDesk       *self,
              gint64        deadline,
              gint64        timeout_us,
              gboolean      is_stirred,
              GCancellable *cancellable,
              GError      **error)
{
  g_autofree char *description = NULL;
  TaDeskWait       wait = { .desk = self };
  TaBlockedThread  thread;
  TaOutcome        outcome;
  gint64           left = timeout_us;

  if (ta_desk_is_at_rest (self, deadline, is_stirred, cancellable))
    return TRUE;
  if (!ta_desk_check_busy (self, TRUE, timeout_us, error))
    return FALSE;

  wait.since = g_get_monotonic_time ();
  if (timeout_us == TA_TIMEOUT_INFINITE && deadline != G_MAXINT64)
    left = MAX (deadline - wait.since, 0);
  if (left == 0)
    return TRUE;

  if (g_cancellable_is_cancelled (cancellable))
    {
      outcome = TA_OUTCOME_CANCELLED;
    }
  else
    {
      ta_blocked_thread_init (&thread, &self->mutex);
      outcome =
          ta_wait_block (&thread, ta_desk_enter_rest, describe_rest, &wait, left, cancellable);
    }

  if (outcome == TA_OUTCOME_DONE)
    return TRUE;
  if (outcome == TA_OUTCOME_TIMED_OUT)
    return ta_desk_check_busy (self, TRUE, timeout_us, error);

  description = describe_rest (&wait);
  ta_wait_set_error (outcome, timeout_us, description, error);

  return FALSE;
}
