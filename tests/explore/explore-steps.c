/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "explore-internal.h"

#include <errno.h>
#include <linux/futex.h>

/* What parties do in a step: atomic operations, locks, sleep, and cancellables. */

static guint64
load (gconstpointer address, gsize size)
{
  return size == sizeof (guint64) ? *(const guint64 *) address : *(const guint32 *) address;
}

/* What an operation makes of a value. */
static guint64
get_next (Operation operation, guint64 a, guint64 b, guint64 value)
{
  switch (operation)
    {
    case OPERATION_SET:
    case OPERATION_EXCHANGE:
      return a;
    case OPERATION_INCREASE:
      return value + 1;
    case OPERATION_DECREASE:
      return value - 1;
    case OPERATION_ADD:
      return value + a;
    case OPERATION_OR:
      return value | a;
    case OPERATION_AND:
      return value & a;
    case OPERATION_COMPARE:
    case OPERATION_COMPARE_FULL:
      return value == a ? b : value;
    case OPERATION_READ:
    case OPERATION_WAKE:
    case OPERATION_NONE:
    default:
      return value;
    }
}

/* What whoever makes it learns of a value. */
static guint64
get_seen (Operation operation, guint64 a, guint64 value)
{
  switch (operation)
    {
    case OPERATION_SET:
    case OPERATION_INCREASE:
      return 0;
    case OPERATION_DECREASE:
      return value == 1;
    case OPERATION_COMPARE:
      return value == a;
    case OPERATION_READ:
    case OPERATION_ADD:
    case OPERATION_OR:
    case OPERATION_AND:
    case OPERATION_EXCHANGE:
    case OPERATION_COMPARE_FULL:
    case OPERATION_WAKE:
    case OPERATION_NONE:
    default:
      return value;
    }
}

/* Makes an operation on what is at an address, and returns what was there. */
guint64
explore_operate (Operation     operation,
                 gconstpointer address,
                 gsize         size,
                 guint64       a,
                 guint64       b,
                 const char   *what)
{
  const guint64 mask = size == sizeof (guint64) ? G_MAXUINT64 : G_MAXUINT32;
  guint64       before, next;

  a &= mask;
  b &= mask;
  if (explore_current != NULL)
    {
      explore_current->step = operation == OPERATION_READ ? STEP_READ : STEP_WRITE;
      explore_current->address = address;
      explore_current->what = what;
      explore_current->operation = operation;
      explore_current->size = size;
      explore_current->a = a;
      explore_current->b = b;
      explore_make_step ();
    }

  before = load (address, size);
  next = get_next (operation, a, b, before) & mask;
  if (operation == OPERATION_READ)
    return before;
  if (size == sizeof (guint64))
    *(guint64 *) address = next;
  else
    *(guint32 *) address = (guint32) next;

  return before;
}

/* Whether two operations learn the same, and leave the same, whichever comes first. */
gboolean
explore_commute (const Party *a, const Party *b)
{
  const guint64 mask = a->size == sizeof (guint64) ? G_MAXUINT64 : G_MAXUINT32;
  guint64       value, after_a, after_b;

  if (a->operation == OPERATION_WAKE && b->operation == OPERATION_WAKE)
    return TRUE;
  if (a->operation == OPERATION_NONE || b->operation == OPERATION_NONE ||
      a->operation == OPERATION_WAKE || b->operation == OPERATION_WAKE ||
      explore_is_freed (a->address))
    return FALSE;

  value = load (a->address, a->size);
  after_a = get_next (a->operation, a->a, a->b, value) & mask;
  after_b = get_next (b->operation, b->a, b->b, value) & mask;

  return get_seen (a->operation, a->a, value) == get_seen (a->operation, a->a, after_b) &&
         get_seen (b->operation, b->a, value) == get_seen (b->operation, b->a, after_a) &&
         (get_next (b->operation, b->a, b->b, after_a) & mask) ==
             (get_next (a->operation, a->a, a->b, after_b) & mask);
}

void
explore_lock (GMutex *mutex)
{
  explore_step (STEP_LOCK, mutex, "lock");
  if (!g_hash_table_add (explore_locked, mutex))
    explore_fail ("locked twice");
}

gboolean
explore_trylock (GMutex *mutex)
{
  explore_step (STEP_WRITE, mutex, "trylock");

  return g_hash_table_add (explore_locked, mutex);
}

void
explore_unlock (GMutex *mutex)
{
  explore_step (STEP_UNLOCK, mutex, "unlock");
  if (!g_hash_table_remove (explore_locked, mutex))
    explore_fail ("unlocked and not locked");
}

/* FUTEX_WAIT_BITSET and FUTEX_WAKE. */
long
explore_futex (long                   number,
               int                   *address,
               int                    operation,
               int                    value,
               const struct timespec *until,
               ...)
{
  long n_woken = 0;

  if ((operation & FUTEX_CMD_MASK) == FUTEX_WAKE)
    {
      explore_step (STEP_WAKE, address, "wake");
      for (guint i = 0; i < explore_n_parties && n_woken < value; i++)
        {
          if (explore_parties[i].step == STEP_SLEEP && explore_parties[i].address == address &&
              !explore_parties[i].is_woken)
            {
              explore_parties[i].is_woken = TRUE;
              n_woken++;
            }
        }
      return n_woken;
    }

  explore_step (STEP_READ, address, "begin to sleep");
  errno = EAGAIN;
  if (*address != value)
    return -1;

  explore_current->is_woken = FALSE;
  explore_current->is_timed = until != NULL;
  explore_step (STEP_SLEEP, address, "sleep");
  errno = ETIMEDOUT;

  return explore_current->is_woken ? 0 : -1;
}

/* Whoever wakes a context that does not sleep keeps it from falling asleep. */
void
explore_wake_up (GMainContext *context)
{
  explore_current->step = STEP_WAKE;
  explore_current->address = context;
  explore_current->what = "wake up the context";
  explore_current->operation = OPERATION_WAKE;
  explore_make_step ();
  g_hash_table_add (explore_woken, context);
}

void
explore_sleep (GMainContext *context, gboolean is_timed)
{
  explore_current->is_woken = FALSE;
  explore_current->is_timed = is_timed;
  explore_step (STEP_SLEEP, context, "poll");
  g_hash_table_remove (explore_woken, context);
}

/* As in GLib: a handler is not called twice, and disconnecting waits for one that is running. */
void
explore_cancel (Canceller *self)
{
  void (*handler) (gpointer, gpointer);
  gpointer data;

  explore_lock (&self->mutex);
  self->is_cancelled = self->is_running = TRUE;
  explore_unlock (&self->mutex);

  explore_step (STEP_READ, &self->handler, "emit cancelled");
  handler = self->handler;
  data = self->data;
  if (handler != NULL)
    handler (self, data);

  explore_lock (&self->mutex);
  self->is_running = FALSE;
  explore_unlock (&self->mutex);
}

gulong
explore_cancellable_connect (gpointer cancellable, GCallback handler, gpointer data)
{
  Canceller *self = cancellable;
  gboolean   is_cancelled;

  explore_lock (&self->mutex);
  is_cancelled = self->is_cancelled;
  if (!is_cancelled)
    {
      explore_step (STEP_WRITE, &self->handler, "connect");
      self->handler = (void (*) (gpointer, gpointer)) handler;
      self->data = data;
    }
  explore_unlock (&self->mutex);

  if (is_cancelled)
    ((void (*) (gpointer, gpointer)) handler) (self, data);

  return is_cancelled ? 0 : 1;
}

void
explore_cancellable_disconnect (gpointer cancellable, gulong id)
{
  Canceller *self = cancellable;
  gboolean   is_running;

  if (id == 0)
    return;

  do
    {
      explore_lock (&self->mutex);
      is_running = self->is_running;
      if (!is_running)
        {
          explore_step (STEP_WRITE, &self->handler, "disconnect");
          self->handler = NULL;
        }
      explore_unlock (&self->mutex);

      /* A GCond there: here it goes on when the running one is over. */
      if (is_running)
        explore_step (STEP_AWAIT, &self->mutex, "wait for the handler");
    }
  while (is_running);
}

gboolean
explore_cancellable_is_cancelled (gpointer cancellable)
{
  Canceller *self = cancellable;
  gboolean   is_cancelled;

  explore_lock (&self->mutex);
  is_cancelled = self->is_cancelled;
  explore_unlock (&self->mutex);

  return is_cancelled;
}
