/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-inbox-internal.h"

/*
 * What the loop of an inbox is at, for those who watch over it.
 *
 * Which item it is at it always says: two words in memory that is at hand. When it comes round and
 * when it goes to sleep it says only if somebody watches over it, who then also sees it stuck in
 * something that is none of the inbox's.
 */

/* The one test that an iteration costs when nobody watches. */
gboolean
ta_inbox_has_stalls (TaInbox *self)
{
  return ta_peek (&self->stalls) != NULL;
}

/* Returns since when the loop is at something, and at what item; 0 if it sleeps, or it is not known. */
gint64
ta_inbox_get_busy (TaInbox *self, TaInboxItem **item)
{
  const gboolean has_stalls = ta_inbox_has_stalls (self);
  TaInboxItem   *current, *current_again;
  gint64         since, since_again, round_since;

  /* The loop does not wait for us. */
  do
    {
      since = ta_peek (&self->since);
      current = ta_peek (&self->current);
      round_since = ta_peek (&self->round_since);
      current_again = ta_peek (&self->current);
      since_again = ta_peek (&self->since);
    }
  while (since_again != since || current_again != current);

  if (has_stalls ? round_since == 0 : g_atomic_int_get (&self->parked))
    return 0;

  /* In a loop that is nested in the item. */
  if (has_stalls && current != NULL && round_since > since)
    since = round_since;
  else if (current == NULL)
    since = has_stalls ? round_since : 0;

  if (item != NULL)
    *item = current;

  return since;
}

/* The loop comes round: whatever it was at is over. In its thread, and only if it is watched over. */
void
ta_inbox_come_round (TaInbox *self)
{
  g_autoptr (GPtrArray) awaited = NULL;

  ta_publish (&self->round_since, g_get_monotonic_time ());
  __atomic_thread_fence (__ATOMIC_SEQ_CST);

  g_mutex_lock (&self->turn_mutex);
  for (guint i = 0; self->stalls != NULL && i < self->stalls->len; i++)
    {
      TaStall *stall = g_ptr_array_index (self->stalls, i);

      if (!ta_stall_is_awaited (stall))
        continue;
      if (awaited == NULL)
        awaited = g_ptr_array_new_with_free_func ((GDestroyNotify) ta_stall_unref);
      g_ptr_array_add (awaited, ta_stall_ref (stall));
    }
  g_mutex_unlock (&self->turn_mutex);

  for (guint i = 0; awaited != NULL && i < awaited->len; i++)
    ta_stall_come_round (g_ptr_array_index (awaited, i));
}

/* Has the loop say more of what it is at; from any thread. */
void
ta_inbox_add_stall (TaInbox *self, TaStall *stall)
{
  GPtrArray *new_stalls = g_ptr_array_new ();

  g_mutex_lock (&self->turn_mutex);
  if (self->stalls == NULL)
    ta_publish (&self->stalls, g_steal_pointer (&new_stalls));
  g_ptr_array_add (self->stalls, stall);
  g_mutex_unlock (&self->turn_mutex);

  g_clear_pointer (&new_stalls, g_ptr_array_unref);
}

void
ta_inbox_remove_stall (TaInbox *self, TaStall *stall)
{
  GPtrArray *old_stalls = NULL;

  g_mutex_lock (&self->turn_mutex);
  g_ptr_array_remove (self->stalls, stall);
  if (self->stalls->len == 0)
    {
      old_stalls = self->stalls;
      ta_publish (&self->stalls, NULL);
    }
  g_mutex_unlock (&self->turn_mutex);

  g_clear_pointer (&old_stalls, g_ptr_array_unref);
}
