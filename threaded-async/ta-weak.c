/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-fork-private.h"
#include "ta-weak-private.h"

/*
 * A weak reference to an object that a binding may have wrapped.
 *
 * Before GLib 2.80 g_weak_ref_get() takes the reference under a lock that the whole process shares. If
 * the only other one is a toggle reference, as a binding has, this calls the binding, which waits for
 * the lock of its interpreter; whose holder may be about to write any other weak reference, which needs
 * the first lock. Yet nothing but a GWeakRef can tell whether an object is about to die, since
 * g_object_unref() decides that by itself.
 *
 * So the reference is taken first, without a lock, and then the GWeakRef is asked: there is a reference
 * that is no toggle reference then, and nobody is called. An object that is about to die has no toggle
 * references, since these are references; what was taken on it in vain is dropped again before its
 * dispose(), which calls ta_weak_lose(), returns. So whoever wants a reference pins the object, and the
 * dispose() waits until nobody does. That is never for longer than it takes to count up and down: only
 * one who already holds up the death of the object may have to wait for a binding.
 */

struct _TaWeak
{
  int ref_count; /* atomic */

  GWeakRef pointer; /* has its own lock; asked only by those who have a reference */

  GMutex   mutex; /* guards the rest */
  GCond    unpinned;
  gpointer object; /* NULL when its dispose() has begun */
  guint    n_pins; /* how many use the object just now */
};

TaWeak *
ta_weak_new (gpointer object)
{
  TaWeak *self = g_new0 (TaWeak, 1);

  self->ref_count = 1;
  self->object = object;
  g_weak_ref_init (&self->pointer, object);
  g_mutex_init (&self->mutex);
  g_cond_init (&self->unpinned);

  return self;
}

TaWeak *
ta_weak_ref (TaWeak *self)
{
  g_atomic_int_inc (&self->ref_count);

  return self;
}

void
ta_weak_unref (TaWeak *self)
{
  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;

  if (!ta_has_forked)
    {
      g_weak_ref_clear (&self->pointer);
      g_mutex_clear (&self->mutex);
      g_cond_clear (&self->unpinned);
    }
  else if (self->object != NULL)
    {
      /* The object knows of the pointer, whose lock a thread may hold that is not there. */
      return;
    }

  g_free (self);
}

/* Returns the object, with a reference, or NULL if nobody has one; from any thread, without a lock. */
gpointer
ta_weak_get (TaWeak *self)
{
  gpointer object, living;

  if (ta_has_forked)
    return NULL;

  g_mutex_lock (&self->mutex);
  object = self->object;
  self->n_pins += object != NULL;
  g_mutex_unlock (&self->mutex);

  if (object == NULL)
    return NULL;

  g_object_ref (object);
  living = g_weak_ref_get (&self->pointer);
  g_object_unref (object);

  g_mutex_lock (&self->mutex);
  if (--self->n_pins == 0)
    g_cond_broadcast (&self->unpinned);
  g_mutex_unlock (&self->mutex);

  return living;
}

/* Called in the dispose() of the object; returns when nobody is just trying to get it. */
void
ta_weak_lose (TaWeak *self)
{
  /* Nobody else is there, and GLib has cleared the pointer. */
  if (ta_has_forked)
    {
      self->object = NULL;
      return;
    }

  g_mutex_lock (&self->mutex);
  self->object = NULL;
  while (self->n_pins > 0)
    g_cond_wait (&self->unpinned, &self->mutex);
  g_mutex_unlock (&self->mutex);
}
