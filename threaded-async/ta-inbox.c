/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-fork-private.h"
#include "ta-inbox-internal.h"

/*
 * Everything that this library does in a context comes through the context's inbox: a list that
 * any thread pushes to without a lock, and that the loop takes whole and works through item by
 * item. It stands for the idle source per call of other designs, each of which costs an
 * allocation, two locks and a write() to the context's eventfd.
 *
 * Waking. A push to a list that is not empty never wakes: whoever made it non-empty did. A push
 * to an empty list wakes only a loop that sleeps. The two sides meet as in Dekker's algorithm: the
 * pusher writes `head` and then reads `parked`, the loop writes `parked` and then reads `head`,
 * all sequentially consistent, so at least one of them sees the other.
 *
 * Turns: see ta-inbox-turns.c.
 *
 * Lifetime. An inbox lives as long as somebody refers to it; while it does it holds its context.
 * The table of inboxes holds no reference. The GSources may outlive it by a moment in a loop that
 * is just looking at them, so that they keep its memory: `uses` counts who needs it, `sources` what
 * may still touch it.
 */

typedef struct
{
  GSource  source;
  TaInbox *inbox; /* const */
} TaInboxSource;

TaInboxItem ta_inbox_closed;

static GMutex      table_lock;    /* guards the table, and the way of uses from and to 0 */
static GHashTable *table;         /* GMainContext → TaInbox, neither owned */
static TaInbox    *default_inbox; /* atomic: the main context's, which stays for good */

/* The inbox of the loop that this thread runs: saves the table, and tells who does the parking. */
static _Thread_local TaInbox *entered;

static void
ta_inbox_release_memory (TaInbox *self)
{
  if (!g_atomic_int_dec_and_test (&self->sources))
    return;

  g_clear_object (&self->spare);
  ta_timers_clear (&self->timers);
  ta_mutex_clear (&self->turn_mutex);
  g_clear_pointer (&self->stalls, g_ptr_array_unref);
  g_free (self->owner);
  g_free (self);
}

GSource *
ta_inbox_source_new (TaInbox *self, GSourceFuncs *funcs)
{
  GSource *source = g_source_new (funcs, sizeof (TaInboxSource));

  g_atomic_int_inc (&self->sources);
  ((TaInboxSource *) source)->inbox = self;
  /* A main loop nested in one of our callbacks must go on dispatching. */
  g_source_set_can_recurse (source, TRUE);

  return source;
}

TaInbox *
ta_inbox_source_get_inbox (GSource *source)
{
  return ((TaInboxSource *) source)->inbox;
}

void
ta_inbox_source_finalize (GSource *source)
{
  ta_inbox_release_memory (ta_inbox_source_get_inbox (source));
}

static TaInbox *
ta_inbox_new (GMainContext *context)
{
  TaInbox *self = g_new0 (TaInbox, 1);

  self->context = g_main_context_ref (context);
  self->uses = 1;
  self->sources = 1;
  self->wakeup_fd = -1;
  ta_timers_init (&self->timers, self);
  g_mutex_init (&self->turn_mutex);
  self->source = ta_inbox_create_source (self);

  return self;
}

/* Returns the inbox of a context, made if it has none. */
TaInbox *
ta_inbox_ref_for_context (GMainContext *context)
{
  TaInbox *self;

  g_mutex_lock (&table_lock);

  if (table == NULL)
    table = g_hash_table_new (NULL, NULL);

  self = g_hash_table_lookup (table, context);
  if (self != NULL)
    {
      g_atomic_int_inc (&self->uses);
    }
  else
    {
      self = ta_inbox_new (context);
      g_hash_table_insert (table, context, self);
    }

  g_mutex_unlock (&table_lock);

  return self;
}

/* Returns the inbox of the context in which a callback of this thread is to run. */
TaInbox *
ta_inbox_ref_thread_default (void)
{
  GMainContext *context = g_main_context_get_thread_default ();
  TaInbox      *self;

  if (entered != NULL && entered->context == context)
    return ta_inbox_ref (entered);

  if (context != NULL && context != g_main_context_default ())
    return ta_inbox_ref_for_context (context);

  self = g_atomic_pointer_get (&default_inbox);
  if (self == NULL)
    {
      self = ta_inbox_ref_for_context (g_main_context_default ());
      /* The reference of whoever comes first stays for good; it costs the others the table. */
      if (!g_atomic_pointer_compare_and_exchange (&default_inbox, NULL, self))
        return self;
    }

  return ta_inbox_ref (self);
}

/* Returns the inbox of @context, or where it is NULL that of the thread-default one. */
TaInbox *
ta_inbox_ref_or_thread_default (GMainContext *context)
{
  return context != NULL ? ta_inbox_ref_for_context (context) : ta_inbox_ref_thread_default ();
}

TaInbox *
ta_inbox_ref (TaInbox *self)
{
  g_atomic_int_inc (&self->uses);

  return self;
}

void
ta_inbox_unref (TaInbox *self)
{
  GMainContext *context;
  int           uses = g_atomic_int_get (&self->uses);
  gboolean      is_last;

  /* The lock of its timers, and those of its context, may be nobody's any more. */
  if (ta_has_forked)
    return;

  while (uses > 1)
    {
      if (g_atomic_int_compare_and_exchange_full (&self->uses, uses, uses - 1, &uses))
        return;
    }

  g_mutex_lock (&table_lock);
  is_last = g_atomic_int_dec_and_test (&self->uses);
  if (is_last && g_hash_table_lookup (table, self->context) == self)
    g_hash_table_remove (table, self->context);
  g_mutex_unlock (&table_lock);

  if (!is_last)
    return;

  /* Nobody refers to it, so there are no items, no timers, and no turn that would make more. */
  context = self->context;
  ta_timers_shut (&self->timers);
  g_source_destroy (self->source);
  g_source_unref (self->source);
  ta_inbox_drop_relief (self);
  ta_inbox_release_memory (self);
  g_main_context_unref (context);
}

GMainContext *
ta_inbox_get_context (TaInbox *self)
{
  return self->context;
}

TaTimers *
ta_inbox_get_timers (TaInbox *self)
{
  return &self->timers;
}

/* Returns what somebody has left here to be used again, or NULL. */
gpointer
ta_inbox_take_spare (TaInbox *self)
{
  return g_steal_pointer (&self->spare);
}

/* Leaves an object (transfer full) for the next use; FALSE if there is one already. */
gboolean
ta_inbox_give_spare (TaInbox *self, gpointer object)
{
  if (self->spare != NULL)
    return FALSE;

  self->spare = object;

  return TRUE;
}

/*
 * Has @func called with @item in the context, in the order of the pushes; from any thread. The
 * caller need not hold the inbox for longer than the item does.
 */
void
ta_inbox_push (TaInbox *self, TaInboxItem *item, TaInboxFunc func)
{
  TaInboxItem *head = g_atomic_pointer_get (&self->head);
  gboolean     held = FALSE, pushed = FALSE;

  item->func = func;

  while (!pushed && head != TA_INBOX_CLOSED)
    {
      /* Once the item is in, its turn may come at once and let go of the inbox: whoever may have
       * to wake the loop needs a reference of its own. */
      if (head == NULL && !held)
        {
          ta_inbox_ref (self);
          held = TRUE;
        }

      item->next = head;
      pushed = g_atomic_pointer_compare_and_exchange_full (&self->head, head, item, &head);
    }

  if (!pushed)
    func (item, TRUE);
  else if (head == NULL && g_atomic_int_get (&self->parked) &&
           g_atomic_int_exchange (&self->parked, FALSE))
    g_main_context_wakeup (self->context);

  if (held)
    ta_inbox_unref (self);
}

/* Makes this the inbox of a loop that owns the context, which is new, and whose name is @owner. */
void
ta_inbox_adopt (TaInbox *self, const char *owner)
{
  GPollFD fd;
  int     timeout;

  self->owner = g_strdup (owner);
  /* In a new context there is no other. */
  if (g_main_context_query (self->context, G_MAXINT, &timeout, &fd, 1) == 1)
    self->wakeup_fd = (int) fd.fd;
}

/* Returns the name of the loop that owns the context, or NULL if this library does not run it. */
const char *
ta_inbox_get_owner (TaInbox *self)
{
  return self->owner;
}

/* The calling thread runs the loop of this inbox from here on, and until ta_inbox_leave() also
 * does its parking: see ta_inbox_park(). */
void
ta_inbox_enter (TaInbox *self)
{
  entered = self;
}

void
ta_inbox_leave (TaInbox *self)
{
  g_assert (entered == self);
  entered = NULL;
}

/* Returns the inbox of the loop that the calling thread runs, or NULL. */
TaInbox *
ta_inbox_get_entered (void)
{
  return entered;
}

/* Whether it is the inbox of the loop that the calling thread runs, and a callback of this thread would
 * come through it. */
gboolean
ta_inbox_is_thread_default (TaInbox *self)
{
  return entered == self && self->context == g_main_context_get_thread_default ();
}

static void
drop_items (TaInboxItem *item)
{
  while (item != NULL)
    {
      TaInboxItem *next = item->next;

      item->func (item, TRUE);
      item = next;
    }
}

/*
 * Drops what is in the inbox, and whatever will be pushed; from any thread. In that of the loop,
 * where @is_owner says so, this is the end of it; from others it gives up on a loop that is stuck.
 */
void
ta_inbox_close (TaInbox *self, gboolean is_owner)
{
  TaInboxItem *taken, *head;

  ta_inbox_ref (self);

  /* Whoever gives the context another life gets another inbox. */
  g_mutex_lock (&table_lock);
  if (g_hash_table_lookup (table, self->context) == self)
    g_hash_table_remove (table, self->context);
  g_mutex_unlock (&table_lock);

  head = g_atomic_pointer_exchange (&self->head, TA_INBOX_CLOSED);

  g_mutex_lock (&self->turn_mutex);
  taken = self->taken;
  g_atomic_pointer_set (&self->taken, NULL);
  g_mutex_unlock (&self->turn_mutex);

  if (is_owner)
    {
      g_source_destroy (self->source);
      ta_inbox_rearm (self, FALSE);
    }

  drop_items (taken);
  if (head != TA_INBOX_CLOSED)
    drop_items (ta_inbox_reverse (head));

  ta_inbox_unref (self);
}

/* Before a fork: what the table says then is true in the child too. */
void
ta_inboxes_lock (void)
{
  g_mutex_lock (&table_lock);
}

/* After it, in the parent. */
void
ta_inboxes_unlock (void)
{
  g_mutex_unlock (&table_lock);
}

/* In the child: forgets what is on its way. FALSE if there has never been an inbox. */
gboolean
ta_inboxes_forget (void)
{
  GHashTableIter iter;
  gpointer       value;

  if (table != NULL)
    {
      g_hash_table_iter_init (&iter, table);
      while (g_hash_table_iter_next (&iter, NULL, &value))
        {
          TaInbox *self = value;

          g_mutex_init (&self->turn_mutex);
          g_atomic_pointer_set (&self->head, NULL);
          g_atomic_pointer_set (&self->taken, NULL);
          g_atomic_int_set (&self->parked, FALSE);
          ta_timers_forget (&self->timers);
        }
    }
  g_mutex_unlock (&table_lock);

  return table != NULL;
}
