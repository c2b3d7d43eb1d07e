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

/* Returns the item that the loop is inside of, also while it sleeps in a nested loop, and since when. */
TaInboxItem *
ta_inbox_peek_current (TaInbox *self, gint64 *since)
{
  TaInboxItem *current, *current_again;
  gint64       since_again;

  /* The loop does not wait for us. */
  do
    {
      *since = ta_peek (&self->since);
      current = ta_peek (&self->current);
      current_again = ta_peek (&self->current);
      since_again = ta_peek (&self->since);
    }
  while (since_again != *since || current_again != current);

  return current;
}

/* Returns since when the loop is at something, and at what item; 0 if it sleeps, or it is not known. */
gint64
ta_inbox_get_busy (TaInbox *self, TaInboxItem **item)
{
  const gboolean has_stalls = ta_inbox_has_stalls (self);
  TaInboxItem   *current, *current_again;
  gint64         since, since_again, round_since;

  do
    {
      current = ta_inbox_peek_current (self, &since);
      round_since = ta_peek (&self->round_since);
      current_again = ta_inbox_peek_current (self, &since_again);
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

/*
 * Returns what began the work that the loop is at: the item itself, or the one whose work led to it by a
 * chain of operations. In the loop's thread.
 */
TaInboxItem *
ta_inbox_get_root (TaInbox *self)
{
  return self->root != NULL ? self->root : self->current;
}

/* Says that the item that the loop is at is a callback in such a chain; in its thread. */
void
ta_inbox_set_root (TaInbox *self, TaInboxItem *root)
{
  ta_publish (&self->root, root);
}

/* Returns what ta_inbox_set_root() was last told, or NULL; from any thread. Only the address counts. */
TaInboxItem *
ta_inbox_peek_root (TaInbox *self)
{
  return ta_peek (&self->root);
}

/* Says whether a loop of another kind, which turns this one, is at something of its own; in its thread. */
void
ta_inbox_set_outside (TaInbox *self, gboolean is_outside)
{
  ta_publish (&self->is_outside, is_outside);
}

/* Returns what ta_inbox_set_outside() was last told; from any thread. */
gboolean
ta_inbox_is_outside (TaInbox *self)
{
  return ta_peek (&self->is_outside);
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

/* Before anything is looked at for whether it is ready, or else nothing is heard of what comes first. */
static gboolean
ta_inbox_lookout_prepare (GSource *source, int *timeout)
{
  *timeout = -1;
  ta_inbox_come_round (ta_inbox_source_get_inbox (source));

  return FALSE;
}

static gboolean
ta_inbox_lookout_check (GSource *source)
{
  ta_inbox_come_round (ta_inbox_source_get_inbox (source));

  return FALSE;
}

static GSourceFuncs lookout_funcs = {
  .prepare = ta_inbox_lookout_prepare,
  .check = ta_inbox_lookout_check,
  .finalize = ta_inbox_source_finalize,
};

/*
 * Makes what sees the loop come round, where the loop is not ours, even if it is at sources of a higher
 * priority than the inbox has.
 */
static GSource *
ta_inbox_create_lookout (TaInbox *self)
{
  GSource *source = ta_inbox_source_new (self, &lookout_funcs);

  g_source_set_static_name (source, "[threaded-async] lookout");
  g_source_set_priority (source, G_MININT);

  return source;
}

/* Has the loop say more of what it is at; from any thread. */
void
ta_inbox_add_stall (TaInbox *self, TaStall *stall)
{
  GPtrArray *new_stalls = g_ptr_array_new ();
  GSource   *lookout = NULL;

  if (self->owner == NULL)
    lookout = ta_inbox_create_lookout (self);

  g_mutex_lock (&self->turn_mutex);
  if (self->stalls == NULL)
    ta_publish (&self->stalls, g_steal_pointer (&new_stalls));
  g_ptr_array_add (self->stalls, stall);
  if (lookout != NULL && self->lookout == NULL)
    {
      self->lookout = g_source_ref (lookout);
      g_source_attach (lookout, self->context);
    }
  g_mutex_unlock (&self->turn_mutex);

  g_clear_pointer (&lookout, g_source_unref);
  g_clear_pointer (&new_stalls, g_ptr_array_unref);
}

void
ta_inbox_remove_stall (TaInbox *self, TaStall *stall)
{
  GPtrArray *old_stalls = NULL;
  GSource   *lookout = NULL;

  g_mutex_lock (&self->turn_mutex);
  g_ptr_array_remove (self->stalls, stall);
  if (self->stalls->len == 0)
    {
      old_stalls = self->stalls;
      lookout = g_steal_pointer (&self->lookout);
      ta_publish (&self->stalls, NULL);
    }
  g_mutex_unlock (&self->turn_mutex);

  g_clear_pointer (&old_stalls, g_ptr_array_unref);
  if (lookout != NULL)
    {
      g_source_destroy (lookout);
      g_source_unref (lookout);
    }
}
