/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-inbox-internal.h"

/*
 * The side of an inbox that its loop sees.
 *
 * The items taken at the start of a turn stay in the inbox and are popped one by one, so that a main
 * loop nested in one of them goes on with the next. What is pushed meanwhile waits for the next
 * turn. A turn that has used up its time leaves the rest to a second source at
 * G_PRIORITY_DEFAULT_IDLE: a source of default priority that is always ready would starve GTK's
 * redraw. The first source, disarmed meanwhile, comes back after a bounded delay, so that a busy
 * idle priority does not starve the inbox in turn.
 *
 * The time counts from the first turn in which others may have had to wait, until the loop finds the
 * inbox empty when it looks for what is ready. That a turn has left it empty says little: where a
 * thread answers each item with the next, it is so after each, and never when the loop looks.
 */

/* What a turn may take: a quarter of a frame at 60 Hz, so that an application has the rest. */
#define TURN_BUDGET_US 4000

/* What it may take where it goes on because nobody else had anything to do. There is another one right
 * away, and whoever becomes ready meanwhile, such as the next frame, does not wait for long. */
#define RELIEF_BUDGET_US 1000

/* How long a busy idle priority may keep an inbox that has used up its turn from the next. */
#define COME_BACK_US 10000

static gboolean ta_inbox_turn_for (TaInbox *self, gint64 budget_us);

gboolean
ta_inbox_has_items (TaInbox *self)
{
  TaInboxItem *head;

  if (g_atomic_pointer_get (&self->taken) != NULL)
    return TRUE;

  head = g_atomic_pointer_get (&self->head);
  return head != NULL && head != TA_INBOX_CLOSED;
}

/* Announces that the loop is about to sleep; FALSE when it has reason not to. */
gboolean
ta_inbox_park (TaInbox *self)
{
  if (G_UNLIKELY (ta_inbox_has_stalls (self)))
    ta_inbox_come_round (self);

  g_atomic_int_set (&self->parked, TRUE);
  if (!ta_inbox_has_items (self) && !ta_inbox_is_awakened (self))
    {
      if (G_UNLIKELY (ta_inbox_has_stalls (self)))
        ta_publish (&self->round_since, 0);
      return TRUE;
    }

  g_atomic_int_set (&self->parked, FALSE);
  return FALSE;
}

void
ta_inbox_unpark (TaInbox *self)
{
  if (g_atomic_int_get (&self->parked))
    g_atomic_int_set (&self->parked, FALSE);
}

/* Lets a loop of another kind look again, which turns this one; from any thread. */
void
ta_inbox_awaken (TaInbox *self)
{
  g_atomic_int_set (&self->awakened, TRUE);
  if (g_atomic_int_get (&self->parked) && g_atomic_int_exchange (&self->parked, FALSE))
    g_main_context_wakeup (self->context);
}

gboolean
ta_inbox_is_awakened (TaInbox *self)
{
  return g_atomic_int_get (&self->awakened);
}

void
ta_inbox_clear_awakened (TaInbox *self)
{
  if (g_atomic_int_get (&self->awakened))
    g_atomic_int_set (&self->awakened, FALSE);
}

/* Says that whoever turns the context has more to do; in its thread. */
void
ta_inbox_set_busy (TaInbox *self, gboolean is_busy)
{
  self->is_busy = is_busy;
}

/*
 * Whether the inbox has to leave the loop to others, because it has used up its turn: for a while,
 * and for one iteration at least, however long that takes.
 */
static gboolean
ta_inbox_is_spent (TaInbox *self, GSource *source)
{
  return self->come_back != 0 && (self->yields > 0 || self->come_back > g_source_get_time (source));
}

/* Before a loop that is not ours goes to sleep: where there is only one core, lets others run. */
static gboolean
ta_inbox_look_again (TaInbox *self)
{
  TaSpinWait wait;
  gboolean   found;

  if (!ta_spin_is_shared () || !ta_spin_start (&self->spin, &wait))
    return FALSE;

  do
    found = ta_inbox_has_items (self);
  while (!found && ta_spin_pause (&wait));
  ta_spin_note (&self->spin, &wait, found);

  return found;
}

static gboolean
ta_inbox_prepare (GSource *source, int *timeout)
{
  TaInbox *self = ta_inbox_source_get_inbox (source);

  *timeout = -1;

  if (self->yields > 0)
    self->yields--;
  if (ta_inbox_is_spent (self, source))
    {
      *timeout = COME_BACK_US / 1000;
      return FALSE;
    }

  if (ta_inbox_count_turn (self) || ta_inbox_has_items (self) ||
      (ta_inbox_get_entered () != self && (ta_inbox_look_again (self) || !ta_inbox_park (self))))
    {
      if (G_UNLIKELY (ta_inbox_has_stalls (self)) && ta_inbox_get_entered () != self)
        ta_inbox_come_round (self);
      *timeout = 0;
      return TRUE;
    }

  /* One that looks because somebody has asked does not sleep. */
  if (self->busy_since != 0)
    self->paused_at = self->is_answering ? 0 : g_get_monotonic_time ();

  return FALSE;
}

static gboolean
ta_inbox_check (GSource *source)
{
  TaInbox *self = ta_inbox_source_get_inbox (source);

  ta_inbox_unpark (self);
  if (G_UNLIKELY (ta_inbox_has_stalls (self)) && ta_inbox_get_entered () != self)
    ta_inbox_come_round (self);

  if (ta_inbox_is_spent (self, source))
    return FALSE;

  if (!ta_inbox_has_items (self))
    {
      /* Others have their turn now, if they want it. */
      self->busy_since = 0;
      return FALSE;
    }

  /* Nobody had to wait while the loop slept. */
  if (self->busy_since != 0 && self->paused_at != 0)
    self->busy_since += g_get_monotonic_time () - self->paused_at;

  return TRUE;
}

/* Pushed items come newest first; turns them around. */
TaInboxItem *
ta_inbox_reverse (TaInboxItem *item)
{
  TaInboxItem *list = NULL;

  while (item != NULL)
    {
      TaInboxItem *next = item->next;

      item->next = list;
      list = item;
      item = next;
    }

  return list;
}

/* Starts a turn: takes all that was pushed. */
static void
ta_inbox_take (TaInbox *self)
{
  TaInboxItem *head;

  do
    {
      head = g_atomic_pointer_get (&self->head);
      if (head == NULL || head == TA_INBOX_CLOSED)
        return;
    }
  while (!g_atomic_pointer_compare_and_exchange (&self->head, head, NULL));

  head = ta_inbox_reverse (head);
  g_mutex_lock (&self->turn_mutex);
  g_atomic_pointer_set (&self->taken, head);
  g_mutex_unlock (&self->turn_mutex);
}

/* Returns the next item of the turn, or NULL. */
static TaInboxItem *
ta_inbox_pop (TaInbox *self)
{
  TaInboxItem *item;

  g_mutex_lock (&self->turn_mutex);
  item = self->taken;
  if (item != NULL)
    g_atomic_pointer_set (&self->taken, item->next);
  g_mutex_unlock (&self->turn_mutex);

  return item;
}

static gboolean
ta_inbox_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  ta_inbox_turn (ta_inbox_source_get_inbox (source));

  return G_SOURCE_CONTINUE;
}

static gboolean
ta_inbox_dispatch_relief (GSource *source, GSourceFunc callback, gpointer user_data)
{
  ta_inbox_turn_for (ta_inbox_source_get_inbox (source), RELIEF_BUDGET_US);

  return G_SOURCE_CONTINUE;
}

static GSourceFuncs inbox_funcs = {
  .prepare = ta_inbox_prepare,
  .check = ta_inbox_check,
  .dispatch = ta_inbox_dispatch,
  .finalize = ta_inbox_source_finalize,
};

static GSourceFuncs relief_funcs = {
  .dispatch = ta_inbox_dispatch_relief,
  .finalize = ta_inbox_source_finalize,
};

/* Makes the source that takes the turns. */
GSource *
ta_inbox_create_source (TaInbox *self)
{
  GSource *source = ta_inbox_source_new (self, &inbox_funcs);

  g_source_set_static_name (source, "[threaded-async] inbox");
  g_source_attach (source, self->context);

  return source;
}

/* Makes a source that is ready whenever its priority is looked at. */
GSource *
ta_inbox_create_ready_source (TaInbox *self, GSourceFuncs *funcs, const char *name, int priority)
{
  GSource *source = ta_inbox_source_new (self, funcs);

  g_source_set_static_name (source, name);
  g_source_set_priority (source, priority);
  g_source_set_ready_time (source, 0);
  g_source_attach (source, self->context);

  return source;
}

/* Lets go of the source that goes on; also for whoever has let go of the inbox, in any thread. */
void
ta_inbox_drop_relief (TaInbox *self)
{
  GSource *relief = g_atomic_pointer_exchange (&self->relief, NULL);

  if (relief == NULL)
    return;

  g_source_destroy (relief);
  g_source_unref (relief);
}

/* Says where the inbox goes on after a turn; whoever calls it has a use of the inbox. */
void
ta_inbox_rearm (TaInbox *self, gboolean is_spent)
{
  if (is_spent)
    {
      self->come_back = g_get_monotonic_time () + COME_BACK_US;
      self->yields = 2;
      if (g_atomic_pointer_get (&self->relief) == NULL)
        g_atomic_pointer_set (&self->relief,
                              ta_inbox_create_ready_source (self, &relief_funcs,
                                                            "[threaded-async] inbox, continued",
                                                            G_PRIORITY_DEFAULT_IDLE));
    }
  else if (self->come_back != 0)
    {
      self->come_back = 0;
      ta_inbox_drop_relief (self);
    }
}

static gboolean
ta_inbox_turn_for (TaInbox *self, gint64 budget_us)
{
  TaInboxItem  *item;
  GMainContext *thread_default;
  gboolean      push_default, may_go_on, is_spent = FALSE;
  gint64        deadline, now, outer_since;
  TaInboxItem  *outer, *outer_root;

  if (ta_inbox_has_waited (self))
    ta_inbox_come_to_rest (self, FALSE);

  if (g_atomic_pointer_get (&self->taken) == NULL)
    ta_inbox_take (self);

  item = ta_inbox_pop (self);
  if (item == NULL)
    {
      ta_inbox_rearm (self, FALSE);
      return !ta_inbox_is_waited_for (self);
    }

  /* The last item may let go of the inbox. */
  ta_inbox_ref (self);

  /* Whoever iterates the context need not have pushed it. */
  thread_default = g_main_context_get_thread_default ();
  push_default =
      self->context != (thread_default != NULL ? thread_default : g_main_context_default ());
  if (push_default)
    g_main_context_push_thread_default (self->context);

  /* Turns share a budget until the loop finds nothing in the inbox: what is started again in its own
   * callback, or sent again from another thread at once, makes many short ones, and leaves no time to
   * others all the same. */
  if (self->busy_since == 0)
    self->busy_since = g_get_monotonic_time ();
  deadline = self->busy_since + budget_us;

  /* A nested loop has turns of its own. */
  outer = self->current;
  outer_since = self->since;
  outer_root = self->root;
  now = self->busy_since;

  do
    {
      ta_publish (&self->current, item);
      ta_publish (&self->since, now);
      ta_publish (&self->root, NULL);
      item->func (item, FALSE);
      now = g_get_monotonic_time ();
      is_spent = now >= deadline;
    }
  while (!is_spent && (item = ta_inbox_pop (self)) != NULL);

  ta_publish (&self->current, outer);
  ta_publish (&self->since, outer_since);
  ta_publish (&self->root, outer_root);

  if (is_spent)
    self->busy_since = 0;
  ta_inbox_rearm (self, is_spent);

  if (push_default)
    g_main_context_pop_thread_default (self->context);

  may_go_on = self->come_back == 0 && !ta_inbox_is_waited_for (self) && !ta_inbox_is_asked (self);
  ta_inbox_unref (self);

  return may_go_on;
}

/*
 * Works through what is left of the turn, or begins a new one, until the time is used up. FALSE if
 * now it is the loop's turn, and not that of the inbox.
 */
gboolean
ta_inbox_turn (TaInbox *self)
{
  return ta_inbox_turn_for (self, TURN_BUDGET_US);
}

/* Does a last turn, or several, for a loop that has ended, and lets it rest; in its thread. */
void
ta_inbox_drain (TaInbox *self)
{
  for (guint i = 0; i < TA_INBOX_REST_TURNS && ta_inbox_has_items (self); i++)
    ta_inbox_turn (self);

  if (ta_inbox_is_waited_for (self))
    ta_inbox_come_to_rest (self, TRUE);
}
