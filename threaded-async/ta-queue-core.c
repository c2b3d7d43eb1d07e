/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-queue-private.h"
#include "ta-spin-private.h"

/*
 * How items go through a queue. What is done under its locks only moves values; what follows from a
 * step, to let waiters go on and to notify, is done after the unlock.
 *
 * Two ends. Who puts and who takes are mostly two threads on two processors, and most of the time of
 * an item would go by while the cache lines of one lock, and of what it guards, travel from one to
 * the other. So each end has a list of items and a lock of its own, on cache lines of its own.
 * Who takes finds the list of the outer end empty once in a while; then it moves the whole list of
 * the inner end there. For this it takes both locks, as does whatever is about both ends: to wait, to
 * give back, and all that has to do with a queue that is full. The lock of the outer end is taken
 * first. What has to be known of the other end in between is a number: how many items have left.
 * It is read without the outer lock, and may grow at any time, which is as if the item left right
 * after that.
 *
 * Places. A queue with a capacity has so many places. A place is taken by an item, or by a
 * reservation: who has one may put an item at any time, and whoever comes meanwhile finds the place
 * taken. Who waits, with an item or for a reservation, is served in the order of coming as soon as
 * a place becomes free. One that waits with an item leaves it with its waiter, so that whoever takes
 * an item can let the next one in without its putter: then one switch to a putter and back moves
 * a whole queue of items.
 *
 * The last place is only ever taken under both locks, and both ends know of it: who puts finds no
 * place, and who takes is told by `is_full` to see who waits for one, and to notify. As long as there
 * are more, nobody has to look at the other end: a number of items that have left which is too old
 * makes a queue look fuller than it is, and then it is read anew.
 *
 * So there is nobody who waits for an item while there is one, and nobody who waits for a place
 * while one is free. An item that is given back comes in in any case, and may be one too many; then
 * nobody is let in until there are fewer than the capacity.
 */

/*
 * Whoever finds an end locked tries again before going to sleep: it is never locked for long, while to
 * sleep and to be woken takes a thousand times as long as what is done there. Between two tries go by
 * about 0.1 µs, in which the other one can work without the cache line being taken away.
 */
#define MAX_TRIES 64
#define PAUSES 4

static G_GNUC_NO_INLINE void
lock_busy_end (GMutex *mutex)
{
  const guint max_tries = ta_spin_is_shared () ? 0 : MAX_TRIES;

  for (guint i = 0; i < max_tries; i++)
    {
      for (guint j = 0; j < PAUSES; j++)
        ta_spin_relax ();
      if (g_mutex_trylock (mutex))
        return;
    }

  g_mutex_lock (mutex);
}

static inline void
lock_end (GMutex *mutex)
{
  if (!g_mutex_trylock (mutex))
    lock_busy_end (mutex);
}

void
ta_queue_lock (TaQueue *self)
{
  lock_end (&self->out.mutex);
  lock_end (&self->in.mutex);
}

void
ta_queue_unlock (TaQueue *self)
{
  g_mutex_unlock (&self->in.mutex);
  g_mutex_unlock (&self->out.mutex);
}

/* How many items are not here any more, for who has locked the inner end alone. */
static inline gsize
ta_queue_read_n_gone (TaQueue *self)
{
  return self->in.n_passed + __atomic_load_n (&self->out.n_left, __ATOMIC_RELAXED);
}

static inline void
ta_queue_set_n_left (TaQueue *self, gsize n_left)
{
  __atomic_store_n (&self->out.n_left, n_left, __ATOMIC_RELAXED);
}

gsize
ta_queue_get_length_locked (TaQueue *self)
{
  return (gsize) self->in.n_entered - self->in.n_passed - self->out.n_left;
}

/* Whether a put would have to wait. */
static inline gboolean
has_no_place_locked (TaQueue *self)
{
  return self->capacity != 0 &&
         ta_queue_get_length_locked (self) + self->in.n_reserved >= self->capacity;
}

/* Ends the wait of the first in a list; whoever it is can go on after the unlock. */
static TaWaiter *
serve_locked (TaWaiterList *list, TaQueueStep *step)
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

/* Moves an item to the first who waits for one; with the inner end locked. */
static void
hand_over_locked (TaQueue *self, GValue *value, guint64 serial, TaQueueStep *step)
{
  TaWaiter *getter = serve_locked (&self->in.getters, step);

  getter->value = *value;
  getter->serial = serial;
  *value = (GValue) G_VALUE_INIT;
}

/* Moves an item to the end, or to somebody who waits; with the inner end locked. */
static inline void
push_locked (TaQueue *self, GValue *value, TaQueueStep *step)
{
  TaQueueIn *in = &self->in;

  if (in->getters.head != NULL)
    {
      hand_over_locked (self, value, in->n_entered++, step);
      in->n_passed++;
      in->n_gone++;
      return;
    }

  /* This end being empty, the other one is too if everything is gone. */
  if (ta_items_is_empty (&in->items) && (gsize) in->n_entered == ta_queue_read_n_gone (self))
    step->items_available = TRUE;

  ta_items_push_tail (&in->items, value, in->n_entered++);
}

/* Lets in who waits for a place, if there is one; after every step that may have changed that. */
static void
update_places_locked (TaQueue *self, TaQueueStep *step)
{
  gboolean was_full = self->out.is_full;

  if (self->capacity == 0)
    return;

  while (self->in.putters.head != NULL && !has_no_place_locked (self))
    {
      TaWaiter *putter = serve_locked (&self->in.putters, step);

      /* Who has no value waits for the place alone. */
      if (G_VALUE_TYPE (&putter->value) != G_TYPE_INVALID)
        {
          push_locked (self, &putter->value, step);
        }
      else
        {
          putter->has_slot = TRUE;
          self->in.n_reserved++;
        }
    }

  self->out.is_full = has_no_place_locked (self);
  if (was_full && !self->out.is_full)
    step->space_available = TRUE;
}

/* Moves the first item of the outer end out, which has one, and numbers it. */
static inline guint64
pop_locked (TaQueue *self, GValue *value)
{
  TaQueueOut *out = &self->out;
  guint64     serial;

  serial = ta_items_pop_head (&out->items, value);
  ta_queue_set_n_left (self, out->n_left + 1);

  if (G_LIKELY (out->returned == NULL))
    return serial;

  serial = g_array_index (out->returned, guint64, 0);
  g_array_remove_index (out->returned, 0);
  if (out->returned->len == 0)
    g_clear_pointer (&out->returned, g_array_unref);

  return serial;
}

/* Moves the first item out, and lets the first in that waits for its place. */
TaQueueResult
ta_queue_take_locked (TaQueue *self, GValue *value, guint64 *serial, TaQueueStep *step)
{
  TaQueueOut *out = &self->out;
  TaQueueIn  *in = &self->in;

  if (ta_items_is_empty (&out->items))
    {
      if (ta_items_is_empty (&in->items))
        return in->closed ? TA_QUEUE_CLOSED : TA_QUEUE_WOULD_BLOCK;

      ta_items_move_all (&in->items, &out->items);
    }

  *serial = pop_locked (self, value);
  if (out->is_full)
    update_places_locked (self, step);

  return TA_QUEUE_DONE;
}

/* Takes an item if there is one. */
TaQueueResult
ta_queue_take (TaQueue *self, GValue *value)
{
  TaQueueOut   *out = &self->out;
  TaQueueStep   step = { 0 };
  TaQueueResult result;
  guint64       serial;

  lock_end (&out->mutex);
  if (G_LIKELY (!ta_items_is_empty (&out->items) && !out->is_full))
    {
      pop_locked (self, value);
      g_mutex_unlock (&out->mutex);
      return TA_QUEUE_DONE;
    }

  lock_end (&self->in.mutex);
  result = ta_queue_take_locked (self, value, &serial, &step);
  ta_queue_unlock (self);

  ta_queue_finish_step (self, &step);

  return result;
}

/* Gives an item back that was taken: to the front, whether there is space or not, and in order. */
void
ta_queue_return_locked (TaQueue *self, GValue *value, guint64 serial, TaQueueStep *step)
{
  TaQueueOut *out = &self->out;
  guint       position = 0;

  if (self->in.getters.head != NULL)
    {
      hand_over_locked (self, value, serial, step);
      return;
    }

  if (ta_queue_get_length_locked (self) == 0)
    step->items_available = TRUE;

  if (out->returned == NULL)
    out->returned = g_array_new (FALSE, FALSE, sizeof (guint64));
  while (position < out->returned->len && g_array_index (out->returned, guint64, position) < serial)
    position++;
  g_array_insert_val (out->returned, position, serial);
  ta_items_insert (&out->items, position, value);
  ta_queue_set_n_left (self, out->n_left - 1);
  self->in.n_gone = ta_queue_read_n_gone (self);
  update_places_locked (self, step);
}

/* Moves an item in, or to the first who waits for one. */
TaQueueResult
ta_queue_store_locked (TaQueue *self, GValue *value, TaQueueStep *step)
{
  if (self->in.closed)
    return TA_QUEUE_CLOSED;
  if (has_no_place_locked (self))
    return TA_QUEUE_WOULD_BLOCK;

  push_locked (self, value, step);
  update_places_locked (self, step);

  return TA_QUEUE_DONE;
}

/* Whether a put is sure not to take the last place; with the inner end locked. */
static inline gboolean
has_places_locked (TaQueue *self)
{
  TaQueueIn *in = &self->in;

  if (self->capacity == 0 ||
      (gsize) in->n_entered - in->n_gone + in->n_reserved + 1 < self->capacity)
    return TRUE;

  /* There are no items, and this one will not stay. */
  if (in->getters.head != NULL)
    return in->n_reserved < self->capacity;

  in->n_gone = ta_queue_read_n_gone (self);

  return (gsize) in->n_entered - in->n_gone + in->n_reserved + 1 < self->capacity;
}

/* Does what ta_queue_store_locked() does with the inner end locked alone, unless it needs both. */
static inline TaQueueResult
try_to_store_locked (TaQueue *self, GValue *value, TaQueueStep *step)
{
  if (self->in.closed)
    return TA_QUEUE_CLOSED;
  if (!has_places_locked (self))
    return TA_QUEUE_WOULD_BLOCK;

  push_locked (self, value, step);

  return TA_QUEUE_DONE;
}

/* Puts an item in if there is a place. */
TaQueueResult
ta_queue_store (TaQueue *self, GValue *value)
{
  TaQueueStep   step = { 0 };
  TaQueueResult result;

  lock_end (&self->in.mutex);
  result = try_to_store_locked (self, value, &step);
  g_mutex_unlock (&self->in.mutex);

  if (result == TA_QUEUE_WOULD_BLOCK)
    {
      ta_queue_lock (self);
      result = ta_queue_store_locked (self, value, &step);
      ta_queue_unlock (self);
    }

  ta_queue_finish_step (self, &step);

  return result;
}

/* Keeps a place for @putter. */
TaQueueResult
ta_queue_reserve_locked (TaQueue *self, TaWaiter *putter)
{
  TaQueueStep none = { 0 };

  if (self->in.closed)
    return TA_QUEUE_CLOSED;
  if (has_no_place_locked (self))
    return TA_QUEUE_WOULD_BLOCK;

  putter->has_slot = TRUE;
  self->in.n_reserved++;
  update_places_locked (self, &none);

  return TA_QUEUE_DONE;
}

/* Moves an item in at the place that was kept for @putter. */
TaQueueResult
ta_queue_commit_locked (TaQueue *self, TaWaiter *putter, GValue *value, TaQueueStep *step)
{
  if (!putter->has_slot)
    return TA_QUEUE_ALREADY_DONE;
  if (self->in.closed)
    return TA_QUEUE_CLOSED;

  putter->has_slot = FALSE;
  self->in.n_reserved--;
  push_locked (self, value, step);
  /* Somebody who waited for it may have it, so that it took no place. */
  update_places_locked (self, step);

  return TA_QUEUE_DONE;
}

/* Gives the place back that was kept for @putter, if it still is. */
void
ta_queue_release_locked (TaQueue *self, TaWaiter *putter, TaQueueStep *step)
{
  if (!putter->has_slot)
    return;

  putter->has_slot = FALSE;
  self->in.n_reserved--;
  update_places_locked (self, step);
}

/* Ends the wait of a party as its first try came out, or has it stand in @list, TRUE. */
gboolean
ta_queue_settle_locked (TaWaiter *waiter, TaQueueResult result, TaWaiterList *list)
{
  switch (result)
    {
    case TA_QUEUE_DONE:
      ta_waiter_end_locked (waiter, TA_OUTCOME_DONE);
      return FALSE;
    case TA_QUEUE_CLOSED:
      ta_waiter_end_locked (waiter, TA_OUTCOME_CLOSED);
      return FALSE;
    case TA_QUEUE_WOULD_BLOCK:
    case TA_QUEUE_ALREADY_DONE:
    default:
      return ta_waiter_enlist_locked (waiter, list);
    }
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
ta_queue_describe_space (gpointer self)
{
  g_autofree char *description = ta_queue_describe (self);

  return g_strdup_printf ("space in %s", description);
}
