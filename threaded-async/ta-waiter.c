/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-fork-private.h"
#include "ta-operation-private.h"
#include "ta-waiter-private.h"

/* The tail of a list that has ended. */
static TaWaiter list_ended;

void
ta_waiter_init (TaWaiter *self, GMutex *mutex, gboolean is_operation)
{
  *self = (TaWaiter){ .mutex = mutex, .is_operation = is_operation };
}

/*
 * Puts the waiter at the end of a list. FALSE when its wait has ended already: a timer or a
 * cancellable may be quicker than whoever sets up the wait, who then has to complete it.
 */
gboolean
ta_waiter_enlist_locked (TaWaiter *self, TaWaiterList *list)
{
  if (self->outcome != TA_OUTCOME_PENDING)
    return FALSE;

  self->list = list;
  self->previous = list->tail;
  self->next = NULL;
  if (list->tail != NULL)
    list->tail->next = self;
  else
    list->head = self;
  list->tail = self;

  return TRUE;
}

/*
 * Ends the wait with @outcome, unless it has ended. TRUE says that the waiter stood in a list and
 * has been taken out of it, and that the caller is to complete it after the unlock. One that was
 * not in a list yet is completed by whoever was about to put it there.
 */
gboolean
ta_waiter_end_locked (TaWaiter *self, TaOutcome outcome)
{
  TaWaiterList *list = self->list;

  /* Not even the outcome is looked at: it is about to be set, without the lock. */
  if (list != NULL && list->tail == &list_ended)
    return FALSE;

  if (self->outcome != TA_OUTCOME_PENDING)
    return FALSE;

  self->outcome = outcome;
  if (list == NULL)
    return FALSE;

  if (self->previous != NULL)
    self->previous->next = self->next;
  else
    list->head = self->next;
  if (self->next != NULL)
    self->next->previous = self->previous;
  else
    list->tail = self->previous;
  self->list = NULL;

  return TRUE;
}

gboolean
ta_waiter_end (TaWaiter *self, TaOutcome outcome)
{
  gboolean ended;

  g_mutex_lock (self->mutex);
  ended = ta_waiter_end_locked (self, outcome);
  g_mutex_unlock (self->mutex);

  return ended;
}

/*
 * Ends the wait because its time is up. One that has not begun may find that it need not wait: it is
 * only marked, and ended by ta_waiter_end_late() if it had to be put in a list.
 */
gboolean
ta_waiter_time_out (TaWaiter *self)
{
  gboolean ended = FALSE;

  g_mutex_lock (self->mutex);
  if (self->list == NULL)
    __atomic_store_n (&self->is_late, TRUE, __ATOMIC_RELAXED);
  else
    ended = ta_waiter_end_locked (self, TA_OUTCOME_TIMED_OUT);
  g_mutex_unlock (self->mutex);

  return ended;
}

gboolean
ta_waiter_end_late (TaWaiter *self)
{
  gboolean ended;

  /* What was marked before the waiter stood in a list was marked before the caller put it there; what
   * is marked afterwards, when its wait has ended, means nothing. */
  if (!__atomic_load_n (&self->is_late, __ATOMIC_RELAXED))
    return FALSE;

  g_mutex_lock (self->mutex);
  ended = self->is_late && ta_waiter_end_locked (self, TA_OUTCOME_TIMED_OUT);
  g_mutex_unlock (self->mutex);

  return ended;
}

/* Lets the party go on whose wait has ended; without a lock. The waiter may be gone afterwards. */
void
ta_waiter_complete (TaWaiter *self)
{
  if (self->is_operation)
    ta_operation_complete (ta_operation_from_waiter (self));
  else
    ta_parker_unpark (&((TaBlockedThread *) self)->parker);
}

/*
 * Ends the wait of everybody in the list. Returns the first of the chain, in their order, for
 * ta_waiter_complete_all() after the unlock.
 */
TaWaiter *
ta_waiter_list_end_all_locked (TaWaiterList *self, TaOutcome outcome)
{
  TaWaiter *first = self->head;

  for (TaWaiter *waiter = first; waiter != NULL; waiter = waiter->next)
    {
      waiter->outcome = outcome;
      waiter->list = NULL;
    }

  self->head = self->tail = NULL;

  return first;
}

void
ta_waiter_complete_all (TaWaiter *first)
{
  while (first != NULL)
    {
      TaWaiter *next = first->next;

      ta_waiter_complete (first);
      first = next;
    }
}

/*
 * Ends the wait of everybody in a list to which nobody comes any more, in no time: there may be many,
 * and their memory far away. Returns the first of the chain for ta_waiter_complete_list().
 */
TaWaiter *
ta_waiter_list_end_locked (TaWaiterList *self)
{
  TaWaiter *first = g_steal_pointer (&self->head);

  self->tail = &list_ended;

  return first;
}

/* Says how the wait of each has ended, and lets it go on; without a lock. */
void
ta_waiter_complete_list (TaWaiter *first, TaOutcome outcome)
{
  while (first != NULL)
    {
      TaWaiter *next = first->next;

      first->outcome = outcome;
      ta_waiter_complete (first);
      first = next;
    }
}

void
ta_blocked_thread_init (TaBlockedThread *self, GMutex *mutex)
{
  ta_waiter_init (&self->waiter, mutex, FALSE);
  ta_parker_init (&self->parker);
}

static void
nothing_cb (void)
{
}

/*
 * As g_cancellable_disconnect(): when it returns, the handler does not run, and never will. GLib 2.84 lets
 * go of its lock before it disconnects, so that a cancel may come in between, which has the handler run
 * still; but it holds that lock until all of them have, and whoever connects waits for it.
 */
void
ta_waiter_disconnect (GCancellable *cancellable, gulong handler)
{
  g_cancellable_disconnect (cancellable, handler);
  if (!g_cancellable_is_cancelled (cancellable))
    return;

  handler = g_cancellable_connect (cancellable, G_CALLBACK (nothing_cb), NULL, NULL);
  if (handler != 0) /* Somebody has reset it. */
    g_signal_handler_disconnect (cancellable, handler);
}

static void
cancelled_cb (GCancellable *cancellable, TaBlockedThread *self)
{
  if (!ta_has_forked && ta_waiter_end (&self->waiter, TA_OUTCOME_CANCELLED))
    ta_waiter_complete (&self->waiter);
}

/* Blocks the calling thread, which stands in a list, until its wait has ended. */
TaOutcome
ta_blocked_thread_wait (TaBlockedThread *self, gint64 deadline, GCancellable *cancellable)
{
  gulong       handler = 0;
  TaParkResult result;
  TaOutcome    outcome;

  if (cancellable != NULL)
    handler = g_cancellable_connect (cancellable, G_CALLBACK (cancelled_cb), self, NULL);

  result = ta_parker_park (&self->parker, deadline);
  outcome = result == TA_PARK_INTERRUPTED ? TA_OUTCOME_INTERRUPTED : TA_OUTCOME_TIMED_OUT;
  if (result != TA_PARK_WOKEN && !ta_waiter_end (&self->waiter, outcome))
    {
      /* Somebody else ended it at this very moment, and is about to say so. */
      while (ta_parker_park (&self->parker, G_MAXINT64) != TA_PARK_WOKEN)
        ;
    }

  /* Waits for a handler that is running: it may use what stands on this stack. */
  if (handler != 0)
    ta_waiter_disconnect (cancellable, handler);
  ta_parker_clear (&self->parker);

  return self->waiter.outcome;
}
