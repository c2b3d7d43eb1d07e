/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-loop-internal.h"

/* How a threaded loop turns, and how it sleeps. */

/* How long a loop that serves its inbox may leave everything else in its context alone. */
#define SERVE_US 200

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

  while (again)
    {
      if (ta_inbox_has_items (self->inbox))
        {
          again = ta_inbox_turn (self->inbox) && !g_atomic_int_get (&self->quit);
          served = TRUE;
          again = again && ta_spin_restart (wait) < end;
        }
      else
        {
          again = ta_spin_pause (wait);
        }
    }

  ta_spin_note (&self->spin, wait, served);

  return served;
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
          if (g_main_context_iteration (self->context, FALSE) || g_atomic_int_get (&self->quit))
            continue;
          ta_spin_restart (&wait);
          if (ta_loop_serve (self, &wait))
            continue;
        }

      g_main_context_iteration (self->context, TRUE);
    }
}

/* Sleeps for the loop that this thread runs: see ta_inbox_park(). */
int
ta_loop_poll (GPollFD *fds, guint n_fds, int timeout)
{
  TaInbox *inbox = ta_inbox_get_entered ();
  int      n_ready;

  if (timeout != 0 && !ta_inbox_park (inbox))
    timeout = 0;

  n_ready = g_poll (fds, n_fds, timeout);
  ta_inbox_unpark (inbox);

  return n_ready;
}
