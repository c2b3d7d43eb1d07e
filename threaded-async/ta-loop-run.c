/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-loop-internal.h"

/* How a threaded loop turns, and how it sleeps. */

/* When the poll of this thread is to end that comes next, for the sake of a loop of another kind. */
static _Thread_local gint64 poll_deadline = G_MAXINT64;

/* How long a loop that serves its inbox may leave everything else in its context alone. */
#define SERVE_US 200

/* How many descriptors a loop looks at without asking for memory. */
#define FEW_FDS 8

/*
 * Does what an iteration of the context does that does not block, in its thread, which owns it; for loops
 * that have hardly anything in them, and much to do, it comes at half the price. TRUE if it did something,
 * or still has to: where another thread has changed what there is to poll meanwhile, an iteration leaves
 * what is ready to the next, and does not say so.
 */
static gboolean
ta_loop_look_around (TaLoop *self)
{
  GPollFD             few[FEW_FDS];
  g_autofree GPollFD *many = NULL;
  GPollFD            *fds = few;
  int                 priority, timeout, n_fds, n_places = FEW_FDS;
  gboolean            is_ready;

  is_ready = g_main_context_prepare (self->context, &priority);
  while ((n_fds = g_main_context_query (self->context, priority, &timeout, fds, n_places)) >
         n_places)
    {
      n_places = n_fds;
      fds = many = g_renew (GPollFD, many, n_places);
    }

  /* Whoever runs the loop may have put a function of theirs before ours. */
  g_main_context_get_poll_func (self->context) (fds, (guint) n_fds, 0);
  if (!g_main_context_check (self->context, priority, fds, n_fds))
    return is_ready;

  g_main_context_dispatch (self->context);

  return TRUE;
}

/*
 * Lets everything else in the context have its turn, for those who wait for the loop to come to rest.
 * FALSE if it is not at rest then.
 */
static gboolean
ta_loop_come_to_rest (TaLoop *self)
{
  ta_inbox_hear (self->inbox);

  return !ta_loop_look_around (self) && !g_atomic_int_get (&self->quit) &&
         ta_inbox_spin (self->inbox);
}

/*
 * Serves the inbox straight away while that pays, instead of in iterations of the context: in a
 * back-to-back exchange with another thread an iteration would take longer than what is asked for.
 * Anything else in the context waits for a little while at most. FALSE if nothing came.
 */
static gboolean
ta_loop_serve (TaLoop *self, TaSpinWait *wait)
{
  gint64   end = g_get_monotonic_time () + SERVE_US;
  gboolean served = FALSE, again = TRUE;

  ta_inbox_set_serving (self->inbox, TRUE);
  while (again)
    {
      if (ta_inbox_has_items (self->inbox))
        {
          ta_inbox_unspin (self->inbox);
          again = ta_inbox_turn (self->inbox) && !g_atomic_int_get (&self->quit);
          served = TRUE;
          if (!again && (ta_inbox_is_asked (self->inbox) || ta_inbox_is_waited_for (self->inbox)))
            {
              again = ta_loop_come_to_rest (self);
              end = again ? ta_spin_restart (wait) + SERVE_US : end;
            }
          else
            {
              again = again && ta_spin_restart (wait) < end;
            }
        }
      else if (ta_inbox_is_asked (self->inbox))
        {
          ta_inbox_unspin (self->inbox);
          again = ta_loop_come_to_rest (self);
        }
      else
        {
          again = ta_spin_pause (wait) && !g_atomic_int_get (&self->quit);
          /* Who looks for long must not keep the rest of the context waiting for as long. */
          if (again && wait->n_pauses == 0 && g_get_monotonic_time () >= end)
            {
              ta_inbox_unspin (self->inbox);
              again = ta_loop_come_to_rest (self);
              end = g_get_monotonic_time () + SERVE_US;
            }
        }
    }

  ta_inbox_set_serving (self->inbox, FALSE);
  ta_inbox_unspin (self->inbox);
  ta_spin_note (&self->spin, wait, served);

  return served;
}

/* Before the loop is used: see TaRunner:max-spin. */
void
ta_loop_set_max_spin (TaLoop *self, gint64 max_spin)
{
  self->spin.limit = max_spin < 0 ? 0 : max_spin == 0 ? TA_SPIN_OFF : max_spin;
}

gint64
ta_loop_get_max_spin (TaLoop *self)
{
  return self->spin.limit == 0 ? -1 : MAX (self->spin.limit, 0);
}

/* Runs the loop until it is told to quit; in its thread. */
void
ta_loop_run (TaLoop *self)
{
  TaSpinWait wait;

  while (!g_atomic_int_get (&self->quit))
    {
      if (ta_spin_start (&self->spin, &wait))
        {
          if (!ta_loop_come_to_rest (self))
            continue;
          ta_spin_restart (&wait);
          if (ta_loop_serve (self, &wait) || g_atomic_int_get (&self->quit))
            continue;
        }

      g_main_context_iteration (self->context, TRUE);
    }
}

/*
 * Looks for a while, without going to sleep yet, whether something comes for the inbox, which is
 * done straight away, or for a loop of another kind that turns this one. FALSE if nothing came.
 */
static gboolean
ta_loop_look (TaLoop *self, TaSpinWait *wait)
{
  gboolean has_items, found;

  do
    {
      has_items = ta_inbox_has_items (self->inbox);
      found = has_items || ta_inbox_is_awakened (self->inbox);
    }
  while (!found && ta_spin_pause (wait));

  ta_inbox_unspin (self->inbox);
  ta_spin_note (&self->spin, wait, found);
  if (has_items)
    ta_inbox_turn (self->inbox);

  return found;
}

/* One iteration for a loop that has nothing to do before the deadline. */
static void
ta_loop_wait (TaLoop *self, gint64 deadline)
{
  TaSpinWait wait;

  if (ta_spin_start (&self->spin, &wait))
    {
      /* Here too, anything else in the context may have to wait for a little while. */
      if (wait.end - self->looked_around > SERVE_US || ta_inbox_is_waited_for (self->inbox))
        {
          self->looked_around = wait.end;
          if (ta_loop_look_around (self) || g_atomic_int_get (&self->quit) ||
              !ta_inbox_spin (self->inbox))
            return;
          wait.end = MIN (wait.end, ta_spin_restart (&wait) + SERVE_US);
        }
      if (deadline > wait.end && ta_loop_look (self, &wait))
        return;
      ta_inbox_unspin (self->inbox);
    }

  poll_deadline = deadline;
  g_main_context_iteration (self->context, TRUE);
  poll_deadline = G_MAXINT64;
}

/*
 * Does one iteration for a loop of another kind, in its thread; @deadline is when that one has
 * something to do, or 0 if it has now. FALSE once the loop is to quit.
 */
gboolean
ta_loop_iterate (TaLoop *self, gint64 deadline)
{
  if (g_atomic_int_get (&self->quit))
    return FALSE;

  self->n_iterations++;
  ta_inbox_set_outside (self->inbox, FALSE);

  if (deadline != 0)
    {
      ta_loop_wait (self, deadline);
    }
  else
    {
      /* This loop is not at rest before the other one is. */
      ta_inbox_set_busy (self->inbox, TRUE);
      g_main_context_iteration (self->context, FALSE);
      ta_inbox_set_busy (self->inbox, FALSE);
    }

  /* The other loop now looks again for what it has to do. */
  ta_inbox_clear_awakened (self->inbox);
  self->n_iterations--;
  ta_inbox_set_outside (self->inbox, self->n_iterations == 0);

  return !g_atomic_int_get (&self->quit);
}

/* Sleeps for the loop that this thread runs. */
int
ta_loop_poll (GPollFD *fds, guint n_fds, int timeout)
{
  if (timeout != 0 && poll_deadline != G_MAXINT64)
    {
      gint64 left = MAX (poll_deadline - g_get_monotonic_time (), 0);

      /* Rather late than early: what is due is not done before its time. */
      left = MIN ((left + 999) / 1000, G_MAXINT);
      timeout = timeout < 0 ? (int) left : MIN (timeout, (int) left);
      /* Not for the main loops that are nested in what comes of it. */
      poll_deadline = G_MAXINT64;
    }

  return ta_inbox_poll (ta_inbox_get_entered (), fds, n_fds, timeout);
}
