/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * All orders in which a blocked thread can be woken, time out, be cancelled and be interrupted, in
 * the library's own code.
 */

#include "ta-debug-private.h"
#include "ta-error.h"
#include "ta-fork-private.h"
#include "ta-inbox-private.h"
#include "ta-operation-private.h"
#include "ta-parker-private.h"
#include "ta-spin-private.h"
#include "ta-timeout.h"
#include "ta-wait-private.h"
#include "ta-waiter-private.h"

#include "explore-hooks.h"

#include PARKER_SOURCE
#include WAITER_SOURCE
#include "ta-wait.c"

#include "explore-test.h"

/* Nobody forks. */
gboolean ta_has_forked;

gboolean
ta_fork_refuse (GError **error)
{
  g_assert_not_reached ();
}

/* No operations here, no loops, and nobody looks twice before he sleeps. */

void
ta_operation_complete (TaOperation *self)
{
  explore_fail ("a waiter was taken for an operation");
}

TaOperation *
ta_operation_ref (TaOperation *self)
{
  return self;
}

void
ta_operation_unref (TaOperation *self)
{
}

TaOperation *
ta_operation_from_waiter (TaWaiter *waiter)
{
  return NULL;
}

void
ta_operation_fail (TaOperation *self, GError *error)
{
}

void
ta_operation_arm (TaOperation *self, gint64 timeout_us)
{
}

gboolean
ta_operation_end_late (TaOperation *self)
{
  return FALSE;
}

TaWaiter *
ta_operation_get_waiter (TaOperation *self)
{
  return NULL;
}

TaOutcome
ta_operation_get_outcome (TaOperation *self)
{
  return TA_OUTCOME_FAILED;
}

gint64
ta_operation_get_timeout (TaOperation *self)
{
  return 0;
}

const GError *
ta_operation_get_error (TaOperation *self)
{
  return NULL;
}

TaInbox *
ta_inbox_get_entered (void)
{
  return NULL;
}

TaInboxItem *
ta_inbox_get_root (TaInbox *self)
{
  return NULL;
}

/* Nobody keeps account. */
guint ta_debug_flags;

void
ta_debug_add_block (gpointer           thread,
                    TaWaitDescribeFunc describe,
                    gpointer           object,
                    GCancellable      *cancellable)
{
  g_assert_not_reached ();
}

void
ta_debug_remove_wait (gpointer key)
{
  g_assert_not_reached ();
}

const char *
ta_inbox_get_owner (TaInbox *self)
{
  return NULL;
}

GQuark
ta_error_quark (void)
{
  return 1;
}

gboolean
ta_spin_start (TaSpin *self, TaSpinWait *wait)
{
  return FALSE;
}

void
ta_spin_calibrate (gint64 wake_us)
{
}

gboolean
ta_spin_is_shared (void)
{
  return TRUE;
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

/* What is waited for: items without content, of which each goes to one. */
static struct
{
  GMutex       mutex;
  TaWaiterList list;
  guint        n_items;
  guint        n_given;
  gboolean     is_closed;
} thing;

static TaBlockedThread blocked[MAX_PARTIES * 2];
static guint           n_blocked;
static TaOutcome       outcomes[MAX_PARTIES];
static Canceller       canceller;
static TaWaitGuard     wait_guard;

static void
begin (void)
{
  memset (&thing, 0, sizeof thing);
  n_blocked = 0;
  memset (outcomes, 0, sizeof outcomes);
  memset (&canceller, 0, sizeof canceller);
  ta_wait_guard_init (&wait_guard, "guarded");
}

static gboolean
enter (gpointer object, TaWaiter *waiter)
{
  gboolean enlisted = FALSE;

  g_mutex_lock (&thing.mutex);
  if (thing.is_closed)
    {
      ta_waiter_end_locked (waiter, TA_OUTCOME_CLOSED);
    }
  else if (thing.n_items > 0)
    {
      thing.n_items--;
      ta_waiter_end_locked (waiter, TA_OUTCOME_DONE);
    }
  else
    {
      enlisted = ta_waiter_enlist_locked (waiter, &thing.list);
    }
  g_mutex_unlock (&thing.mutex);

  return enlisted;
}

static void
take (gint64 timeout_us, gpointer cancellable)
{
  guint            i = explore_get_party ();
  TaBlockedThread *thread = &blocked[n_blocked++];

  ta_blocked_thread_init (thread, &thing.mutex);
  outcomes[i] = ta_wait_block (thread, enter, NULL, &thing, timeout_us, cancellable);
  explore_assert (outcomes[i] != TA_OUTCOME_PENDING);
  explore_assert (outcomes[i] != TA_OUTCOME_TIMED_OUT || timeout_us >= 0);
  explore_assert (outcomes[i] != TA_OUTCOME_CANCELLED || cancellable != NULL);

  /* It stood on the stack of a function that has returned. */
  explore_bury (thread, sizeof *thread);
}

static void
take_ever (void)
{
  take (TA_TIMEOUT_INFINITE, NULL);
}

static void
take_timed (void)
{
  take (1, NULL);
}

static void
take_cancellable (void)
{
  take (TA_TIMEOUT_INFINITE, &canceller);
}

static void
take_any (void)
{
  take (1, &canceller);
}

static void
take_guarded (void)
{
  ta_wait_guard_enter (&wait_guard);
  take (TA_TIMEOUT_INFINITE, NULL);
}

static void
take_guarded_twice (void)
{
  ta_wait_guard_enter (&wait_guard);
  take (1, NULL);
  take (TA_TIMEOUT_INFINITE, NULL);
}

static void
give (void)
{
  TaWaiter *taker;

  g_mutex_lock (&thing.mutex);
  thing.n_given++;
  taker = thing.list.head;
  if (taker != NULL)
    ta_waiter_end_locked (taker, TA_OUTCOME_DONE);
  else
    thing.n_items++;
  g_mutex_unlock (&thing.mutex);

  if (taker != NULL)
    ta_waiter_complete (taker);
}

static void
end_all (void)
{
  TaWaiter *first;

  g_mutex_lock (&thing.mutex);
  thing.is_closed = TRUE;
  first = ta_waiter_list_end_all_locked (&thing.list, TA_OUTCOME_CLOSED);
  g_mutex_unlock (&thing.mutex);

  ta_waiter_complete_all (first);
}

/* As a future does it: without a look at the waiters under the lock. */
static void
end_list (void)
{
  TaWaiter *first;

  g_mutex_lock (&thing.mutex);
  thing.is_closed = TRUE;
  first = ta_waiter_list_end_locked (&thing.list);
  g_mutex_unlock (&thing.mutex);

  ta_waiter_complete_list (first, TA_OUTCOME_CLOSED);
}

static void
cancel (void)
{
  explore_cancel (&canceller);
}

static void
interrupt (void)
{
  ta_wait_guard_interrupt (&wait_guard);
}

/* What was given is there, or somebody has it. */
static void
end (void)
{
  guint n_taken = 0;

  for (guint i = 0; i < MAX_PARTIES; i++)
    n_taken += outcomes[i] == TA_OUTCOME_DONE;
  explore_assert (thing.n_items + n_taken == thing.n_given);
  explore_assert (thing.list.head == NULL);
}

/* The first of two waits of a party is overwritten by the second: nobody gives there. */
static void
end_interrupted (void)
{
  explore_assert (thing.list.head == NULL);
}

static const Exploration explorations[] = {
  { "/explore/waiter/handed-over", begin, { take_ever, give }, end },
  { "/explore/waiter/timed", begin, { take_timed, give }, end },
  { "/explore/waiter/cancelled", begin, { take_cancellable, give, cancel }, end },
  { "/explore/waiter/timed-and-cancelled", begin, { take_any, give, cancel }, end },
  { "/explore/waiter/cancelled-alone", begin, { take_cancellable, cancel }, end },
  { "/explore/waiter/two-takers", begin, { take_timed, take_timed, give }, end },
  { "/explore/waiter/two-givers", begin, { take_timed, give, give }, end },
  { "/explore/waiter/closed", begin, { take_ever, take_timed, end_all }, end },
  { "/explore/waiter/closed-and-given", begin, { take_timed, give, end_all }, end },
  { "/explore/waiter/closed-and-cancelled", begin, { take_cancellable, end_all, cancel }, end },
  { "/explore/waiter/list-ended", begin, { take_ever, take_timed, end_list }, end },
  { "/explore/waiter/list-ended-and-cancelled", begin, { take_any, end_list, cancel }, end },
  { "/explore/waiter/interrupted", begin, { take_guarded, interrupt }, end },
  { "/explore/waiter/interrupted-and-given", begin, { take_guarded, interrupt, give }, end },
  { "/explore/waiter/interrupted-for-good",
    begin,
    { take_guarded_twice, interrupt },
    end_interrupted },
};

static void
prepare (void)
{
  explore_add_local (&guard, sizeof guard);
}

EXPLORE_MAIN (explorations, prepare)
