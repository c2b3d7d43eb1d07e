/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-loop-internal.h"

/* Those who are to know when a loop lets go of its work. */

/*
 * Has @func called once, when the tasks of the loop are cancelled because it stops, or when it ends by
 * itself; from any thread, in whatever thread brings this about, without a lock. FALSE if it comes too
 * late for that.
 */
gboolean
ta_loop_add_listener (TaLoop         *self,
                      TaLoopListener *listener,
                      void (*func) (TaLoopListener *listener))
{
  gboolean is_added;

  listener->func = func;

  g_mutex_lock (&self->mutex);
  is_added = !self->has_told;
  if (is_added)
    {
      listener->previous = NULL;
      listener->next = self->listeners;
      if (self->listeners != NULL)
        self->listeners->previous = listener;
      self->listeners = listener;
    }
  listener->is_listed = is_added;
  g_mutex_unlock (&self->mutex);

  return is_added;
}

/* FALSE if the function has been called, or is about to be. */
gboolean
ta_loop_remove_listener (TaLoop *self, TaLoopListener *listener)
{
  gboolean is_removed;

  g_mutex_lock (&self->mutex);
  is_removed = listener->is_listed;
  if (is_removed)
    {
      if (listener->previous != NULL)
        listener->previous->next = listener->next;
      else
        self->listeners = listener->next;
      if (listener->next != NULL)
        listener->next->previous = listener->previous;
      listener->is_listed = FALSE;
    }
  g_mutex_unlock (&self->mutex);

  return is_removed;
}

/* Tells them all; as often as one likes. */
void
ta_loop_tell_listeners (TaLoop *self)
{
  TaLoopListener *listener;

  g_mutex_lock (&self->mutex);
  self->has_told = TRUE;
  listener = g_steal_pointer (&self->listeners);
  for (TaLoopListener *other = listener; other != NULL; other = other->next)
    other->is_listed = FALSE;
  g_mutex_unlock (&self->mutex);

  while (listener != NULL)
    {
      TaLoopListener *next = listener->next;

      listener->func (listener);
      listener = next;
    }
}
