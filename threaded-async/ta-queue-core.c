/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-queue-private.h"

/*
 * How items go through a queue. All of this is done under its lock, and only moves values; what
 * follows from a step, to let waiters go on and to notify, is done after the unlock.
 *
 * A queue with a capacity has so many places. A place is taken by an item, or by a reservation: who
 * has one may put an item at any time, and whoever comes meanwhile finds the place taken. Who waits,
 * with an item or for a reservation, is served in the order of coming as soon as a place becomes
 * free. One that waits with an item leaves it with its waiter, so that whoever takes an item can let
 * the next one in without its putter: then one switch to a putter and back moves a whole queue of
 * items.
 *
 * So there is nobody who waits for an item while there is one, and nobody who waits for a place
 * while one is free. An item that is given back comes in in any case, and may be one too many; then
 * nobody is let in until there are fewer than the capacity.
 */

static inline gsize
count_taken_places_locked (TaQueue *self)
{
  return self->items.length + self->n_reserved;
}

/* Whether a put would have to wait. */
gboolean
ta_queue_is_full_locked (TaQueue *self)
{
  return self->capacity != 0 && count_taken_places_locked (self) >= self->capacity;
}

/* Ends the wait of the first in a list; whoever it is can go on after the unlock. */
static TaWaiter *
ta_queue_serve_locked (TaWaiterList *list, TaQueueStep *step)
{
  TaWaiter *waiter = list->head;

  ta_waiter_end_locked (waiter, TA_OUTCOME_DONE);
  waiter->next = NULL;
  if (step->ended.tail != NULL)
    step->ended.tail->next = waiter;
  else
    step->ended.head = waiter;
  step->ended.tail = waiter;

  return waiter;
}

/* Numbers an item that is taken, so that it can be given back in order. */
static guint64
ta_queue_number_locked (TaQueue *self)
{
  guint64 serial;

  if (self->returned == NULL)
    return self->n_taken++;

  serial = g_array_index (self->returned, guint64, 0);
  g_array_remove_index (self->returned, 0);
  if (self->returned->len == 0)
    g_clear_pointer (&self->returned, g_array_unref);

  return serial;
}

/* Moves an item to the first who waits for one, or to the end; there is a place for it. */
static void
ta_queue_push_locked (TaQueue *self, GValue *value, TaQueueStep *step)
{
  if (self->getters.head != NULL)
    {
      TaWaiter *getter = ta_queue_serve_locked (&self->getters, step);

      getter->value = *value;
      getter->serial = self->n_taken++;
      *value = (GValue) G_VALUE_INIT;
      return;
    }

  if (self->items.length == 0)
    step->items_available = TRUE;
  ta_items_push_tail (&self->items, value);
}

/* Lets in who waits for a place, since one has just become free. */
static void
ta_queue_let_in_locked (TaQueue *self, TaQueueStep *step)
{
  if (self->capacity == 0 || ta_queue_is_full_locked (self))
    return;

  while (self->putters.head != NULL && !ta_queue_is_full_locked (self))
    {
      TaWaiter *putter = ta_queue_serve_locked (&self->putters, step);

      /* Who has no value waits for the place alone. */
      if (G_VALUE_TYPE (&putter->value) != G_TYPE_INVALID)
        {
          ta_queue_push_locked (self, &putter->value, step);
        }
      else
        {
          putter->has_slot = TRUE;
          self->n_reserved++;
        }
    }

  if (!ta_queue_is_full_locked (self))
    step->space_available = TRUE;
}

/* Moves the first item out, and lets the first in that waits for it. */
TaQueueResult
ta_queue_take_locked (TaQueue *self, TaWaiter *taker, TaQueueStep *step)
{
  gboolean was_full = ta_queue_is_full_locked (self);

  if (!ta_items_pop_head (&self->items, &taker->value))
    return self->closed ? TA_QUEUE_CLOSED : TA_QUEUE_WOULD_BLOCK;

  taker->serial = ta_queue_number_locked (self);
  if (was_full)
    ta_queue_let_in_locked (self, step);

  return TA_QUEUE_DONE;
}

/* Gives an item back that was taken: to the front, whether there is space or not, and in order. */
void
ta_queue_return_locked (TaQueue *self, TaWaiter *taker, TaQueueStep *step)
{
  guint position = 0;

  if (self->getters.head != NULL)
    {
      TaWaiter *getter = ta_queue_serve_locked (&self->getters, step);

      getter->value = taker->value;
      getter->serial = taker->serial;
      taker->value = (GValue) G_VALUE_INIT;
      return;
    }

  if (self->items.length == 0)
    step->items_available = TRUE;

  if (self->returned == NULL)
    self->returned = g_array_new (FALSE, FALSE, sizeof (guint64));
  while (position < self->returned->len &&
         g_array_index (self->returned, guint64, position) < taker->serial)
    position++;
  g_array_insert_val (self->returned, position, taker->serial);
  ta_items_insert (&self->items, position, &taker->value);
}

/* Moves an item to the first who waits for one, or in. */
TaQueueResult
ta_queue_store_locked (TaQueue *self, GValue *value, TaQueueStep *step)
{
  if (self->closed)
    return TA_QUEUE_CLOSED;
  if (ta_queue_is_full_locked (self))
    return TA_QUEUE_WOULD_BLOCK;

  ta_queue_push_locked (self, value, step);

  return TA_QUEUE_DONE;
}

/* Keeps a place for @putter. */
TaQueueResult
ta_queue_reserve_locked (TaQueue *self, TaWaiter *putter)
{
  if (self->closed)
    return TA_QUEUE_CLOSED;
  if (ta_queue_is_full_locked (self))
    return TA_QUEUE_WOULD_BLOCK;

  putter->has_slot = TRUE;
  self->n_reserved++;

  return TA_QUEUE_DONE;
}

/* Moves an item in at the place that was kept for @putter. */
TaQueueResult
ta_queue_commit_locked (TaQueue *self, TaWaiter *putter, GValue *value, TaQueueStep *step)
{
  gboolean was_full = ta_queue_is_full_locked (self);

  if (!putter->has_slot)
    return TA_QUEUE_ALREADY_DONE;
  if (self->closed)
    return TA_QUEUE_CLOSED;

  putter->has_slot = FALSE;
  self->n_reserved--;
  ta_queue_push_locked (self, value, step);
  /* Somebody who waited for it may have it, so that it took no place. */
  if (was_full)
    ta_queue_let_in_locked (self, step);

  return TA_QUEUE_DONE;
}

/* Gives the place back that was kept for @putter, if it still is. */
void
ta_queue_release_locked (TaQueue *self, TaWaiter *putter, TaQueueStep *step)
{
  gboolean was_full = ta_queue_is_full_locked (self);

  if (!putter->has_slot)
    return;

  putter->has_slot = FALSE;
  self->n_reserved--;
  if (was_full)
    ta_queue_let_in_locked (self, step);
}

/* Does what is left to be done after the unlock. */
void
ta_queue_finish_step (TaQueue *self, TaQueueStep *step)
{
  ta_waiter_complete_all (step->ended.head);
  if (step->items_available)
    ta_notifier_notify (&self->notifier, self, TA_NOTIFIER_SIGNAL (TA_QUEUE_ITEMS_AVAILABLE));
  if (step->space_available)
    ta_notifier_notify (&self->notifier, self, TA_NOTIFIER_SIGNAL (TA_QUEUE_SPACE_AVAILABLE));
}

/* How messages call it. */
char *
ta_queue_describe (TaQueue *self)
{
  return self->name != NULL ? g_strdup_printf ("queue “%s”", self->name) : g_strdup ("a queue");
}

char *
ta_queue_describe_space (TaQueue *self)
{
  g_autofree char *description = ta_queue_describe (self);

  return g_strdup_printf ("space in %s", description);
}
