/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * All orders in which a loop can look at its inbox, fall asleep and be woken, while others push, let
 * go of it, close it, or ask whether the loop is at rest; in the library's own code, on a context of
 * GLib's.
 */

#include "ta-fork-private.h"
#include "ta-inbox-internal.h"
#include "ta-operation-private.h"

/* For one of the parties to wake the context for good, and not only those who play its loop. */
static void
wake_context (GMainContext *context)
{
  g_main_context_wakeup (context);
}

#include "explore-hooks.h"

static int poll_step (GPollFD *fds, guint n_fds, int timeout);

#include INBOX_SOURCE
#include TURNS_SOURCE
#define g_poll poll_step
#include REST_SOURCE
#undef g_poll

/* Nobody watches over the loop. */
#include "ta-inbox-busy.c"

#undef g_free
#include "ta-timers.c"

#include "explore-test.h"

/* Nobody forks. */
gboolean ta_has_forked;

gboolean
ta_fork_refuse (GError **error)
{
  g_assert_not_reached ();
}

TaStall *
ta_stall_ref (TaStall *self)
{
  g_assert_not_reached ();
}

void
ta_stall_unref (TaStall *self)
{
  g_assert_not_reached ();
}

gboolean
ta_stall_is_awaited (TaStall *self)
{
  g_assert_not_reached ();
}

void
ta_stall_come_round (TaStall *self)
{
  g_assert_not_reached ();
}

gboolean
ta_spin_start (TaSpin *self, TaSpinWait *wait)
{
  return FALSE;
}

gboolean
ta_spin_pause (TaSpinWait *wait)
{
  return FALSE;
}

void
ta_spin_note (TaSpin *self, TaSpinWait *wait, gboolean found)
{
}

gboolean
ta_spin_is_shared (void)
{
  return FALSE;
}

/* What is pushed: it holds the inbox, as an operation does. */
typedef struct
{
  TaInboxItem item;
  guint       party;
  guint       number;
  guint       n_calls;
  gboolean    was_dropped;
  gboolean    pushes; /* another, in its turn */
} Parcel;

#define MAX_PARCELS 4

static GMainContext *context;
static TaInbox      *inbox;
static Parcel        parcels[MAX_PARCELS];
static guint         n_parcels;
static guint         n_called;
static guint         n_expected;
static guint         last_number[MAX_PARTIES + 1];

static void
begin (void)
{
  memset (parcels, 0, sizeof parcels);
  memset (last_number, 0, sizeof last_number);
  n_parcels = n_called = n_expected = 0;
  context = g_main_context_new ();
  inbox = ta_inbox_ref_for_context (context);
}

static void parcel_cb (TaInboxItem *item, gboolean dropped);

static Parcel *
parcel_new (guint party)
{
  Parcel *self = &parcels[n_parcels++];

  g_assert_cmpuint (n_parcels, <=, MAX_PARCELS);
  self->party = party;
  self->number = n_parcels;
  n_expected++;
  ta_inbox_ref (inbox);

  return self;
}

static void
parcel_cb (TaInboxItem *item, gboolean dropped)
{
  Parcel *self = TA_CONTAINER (item, Parcel, item);

  explore_assert (self->n_calls == 0);
  self->n_calls++;
  self->was_dropped = dropped;
  n_called++;

  /* Those of one party come in order, unless there is no loop any more that they come to. */
  if (!dropped)
    {
      explore_assert (last_number[self->party] < self->number);
      last_number[self->party] = self->number;
    }

  if (self->pushes && !dropped)
    ta_inbox_push (inbox, &parcel_new (MAX_PARTIES)->item, parcel_cb);
  ta_inbox_unref (inbox);
}

/* Each pusher has what it pushes from the start: then only the parcels hold the inbox. */
static void
push (guint party)
{
  for (guint i = 0; i < MAX_PARCELS; i++)
    {
      if (parcels[i].party == party && parcels[i].number != 0)
        ta_inbox_push (inbox, &parcels[i].item, parcel_cb);
    }
}

static void
push_mine (void)
{
  push (explore_get_party ());
}

/* One iteration, with what a poll function does. */
static void
iterate (gboolean may_block, gboolean is_entered)
{
  GPollFD fds[4];
  int     priority, timeout, n_fds;

  g_main_context_prepare (context, &priority);
  n_fds = g_main_context_query (context, priority, &timeout, fds, G_N_ELEMENTS (fds));
  g_assert_cmpint (n_fds, <=, G_N_ELEMENTS (fds));
  for (int i = 0; i < n_fds; i++)
    fds[i].revents = 0;
  if (!may_block)
    timeout = 0;

  /* The same as in ta_loop_poll(). */
  if (is_entered && timeout != 0 && !ta_inbox_park (inbox))
    timeout = 0;
  explore_sleep (context, timeout >= 0);
  if (is_entered)
    ta_inbox_unpark (inbox);

  g_main_context_check (context, priority, fds, n_fds);
  g_main_context_dispatch (context);
}

/* A loop of the library's own, which has the inbox for as long as it runs. */
static void
loop_entered (void)
{
  ta_inbox_enter (inbox);
  while (n_called < n_expected)
    iterate (TRUE, TRUE);
  ta_inbox_leave (inbox);
  ta_inbox_unref (inbox);
}

/* Somebody else's loop, which knows nothing of the inbox. */
static void
loop_attached (void)
{
  ta_inbox_unref (inbox);
  while (n_called < n_expected)
    iterate (TRUE, FALSE);
}

/* What a loop of ours polls: it may wake at any time, and sees what is ready by then. */
static int
poll_step (GPollFD *fds, guint n_fds, int timeout)
{
  if (timeout != 0)
    explore_sleep (context, TRUE);
  else
    explore_step (STEP_READ, context, "poll");

  return g_poll (fds, n_fds, 0);
}

static gboolean
call_foreign_cb (gpointer data)
{
  n_called++;

  return G_SOURCE_REMOVE;
}

/* One iteration of a loop of ours, in which others can see what GLib reads and calls. */
static void
iterate_for_rest (gboolean may_block)
{
  GPollFD fds[4];
  int     priority, timeout, n_fds;

  explore_step (STEP_READ, context, "prepare");
  g_main_context_prepare (context, &priority);
  n_fds = g_main_context_query (context, priority, &timeout, fds, G_N_ELEMENTS (fds));
  g_assert_cmpint (n_fds, <=, G_N_ELEMENTS (fds));
  ta_inbox_poll (inbox, fds, (guint) n_fds, may_block ? timeout : 0);
  explore_step (STEP_WRITE, context, "check");
  g_main_context_check (context, priority, fds, n_fds);
  explore_step (STEP_WRITE, &n_called, "dispatch");
  g_main_context_dispatch (context);
}

/* Looks at the inbox for a while, sleeps, and then has something to do. */
static void
loop_resting (void)
{
  ta_inbox_enter (inbox);
  iterate_for_rest (FALSE);
  if (ta_inbox_spin (inbox))
    ta_inbox_unspin (inbox);
  iterate_for_rest (TRUE);
  iterate_for_rest (FALSE);
  if (ta_inbox_spin (inbox))
    ta_inbox_unspin (inbox);
  ta_inbox_leave (inbox);
}

/* Gives the loop something to do behind the back of the inbox: until that is done, it is not at rest. */
static void
attach_and_look (void)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_callback (source, call_foreign_cb, NULL, NULL);
  explore_step (STEP_WRITE, context, "attach");
  g_source_attach (source, context);
  wake_context (context);

  if (ta_inbox_is_at_rest (inbox))
    explore_assert (n_called == 1);
}

static void
begin_resting (void)
{
  begin ();
  ta_inbox_adopt (inbox, "resting");
  inbox->is_watched = TRUE;
}

static void
end_resting (void)
{
  ta_inbox_unref (inbox);
  explore_assert (g_hash_table_size (table) == 0);
  g_main_context_unref (context);
}

/* One that looks only once, because somebody else ends it. */
static void
loop_once (void)
{
  ta_inbox_enter (inbox);
  iterate (FALSE, TRUE);
  ta_inbox_leave (inbox);
}

static void
close_it (void)
{
  ta_inbox_close (inbox, FALSE);
}

static void
begin_one (void)
{
  begin ();
  parcel_new (1);
}

static void
begin_one_that_pushes (void)
{
  begin ();
  parcel_new (1)->pushes = TRUE;
}

static void
begin_one_each (void)
{
  begin ();
  parcel_new (1);
  parcel_new (2);
}

static void
begin_two (void)
{
  begin ();
  parcel_new (1);
  parcel_new (1);
}

static void
begin_two_and_one (void)
{
  begin_two ();
  parcel_new (2);
}

static void
end (void)
{
  explore_assert (n_called == n_expected);
  for (guint i = 0; i < n_parcels; i++)
    explore_assert (parcels[i].n_calls == 1 && !parcels[i].was_dropped);
  explore_assert (g_hash_table_size (table) == 0);
  explore_assert (!g_main_context_pending (context));
  g_main_context_unref (context);
}

static void
end_closed (void)
{
  explore_assert (n_called == n_expected);
  for (guint i = 0; i < n_parcels; i++)
    explore_assert (parcels[i].n_calls == 1);
  ta_inbox_unref (inbox);
  explore_assert (g_hash_table_size (table) == 0);
  g_main_context_unref (context);
}

static const Exploration explorations[] = {
  { "/explore/inbox/entered", begin_one, { loop_entered, push_mine }, end },
  { "/explore/inbox/entered-and-two", begin_two, { loop_entered, push_mine }, end, 3 },
  { "/explore/inbox/entered-and-again", begin_one_that_pushes, { loop_entered, push_mine }, end },
  { "/explore/inbox/attached", begin_one, { loop_attached, push_mine }, end },
  { "/explore/inbox/attached-and-again", begin_one_that_pushes, { loop_attached, push_mine }, end },
  { "/explore/inbox/attached-and-two", begin_two, { loop_attached, push_mine }, end, 3 },
  { "/explore/inbox/two-pushers",
    begin_one_each,
    { loop_entered, push_mine, push_mine },
    end,
    3,
    4,
    TRUE },
  { "/explore/inbox/two-pushers-attached",
    begin_one_each,
    { loop_attached, push_mine, push_mine },
    end,
    3,
    4,
    TRUE },
  { "/explore/inbox/closed", begin_one, { loop_once, push_mine, close_it }, end_closed },
  { "/explore/inbox/at-rest", begin_resting, { loop_resting, attach_and_look }, end_resting, 3 },
  { "/explore/inbox/closed-and-two", begin_two, { loop_once, push_mine, close_it }, end_closed, 2 },
};

static void
prepare (void)
{
  explore_add_local (&entered, sizeof entered);
}

EXPLORE_MAIN (explorations, prepare)
