/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "ta-parker-private.h"
#include "ta-types.h"

G_BEGIN_DECLS

/* How a wait ended. */
typedef enum
{
  TA_OUTCOME_PENDING,
  TA_OUTCOME_DONE,        /* what was waited for has come */
  TA_OUTCOME_TIMED_OUT,   /* its time was up */
  TA_OUTCOME_CANCELLED,   /* its cancellable was cancelled */
  TA_OUTCOME_STOPPED,     /* the runner on whose loop it was started stops */
  TA_OUTCOME_CLOSED,      /* what was waited for will not come, because the queue was closed */
  TA_OUTCOME_INTERRUPTED, /* the thread is not to wait any longer: see ta_set_interrupt_func() */
  TA_OUTCOME_FAILED,      /* it was refused from the start; the operation has the error */
} TaOutcome;

typedef struct _TaWaiter     TaWaiter;
typedef struct _TaWaiterList TaWaiterList;

/*
 * The waiters of one thing, in the order in which they came; guarded by that thing's mutex. What
 * happens once ends the list itself: then nobody can be taken out of it any more.
 */
struct _TaWaiterList
{
  TaWaiter *head;
  TaWaiter *tail;
};

/*
 * One waiting party: a thread that is blocked, or a pending operation.
 *
 * Whoever ends the wait under the lock owns its outcome: to hand something over, to time out, to
 * cancel and to stop are one step with different results, and one of them gets there first. What
 * follows from it, waking the thread or queueing the callback, is done after the unlock.
 */
struct _TaWaiter
{
  GMutex       *mutex; /* const: guards the rest, and the list */
  TaWaiterList *list;  /* NULL while it stands in none */
  TaWaiter     *previous;
  TaWaiter     *next;
  guint8        outcome;      /* a TaOutcome; const once it is not PENDING */
  guint8        is_operation; /* const */
  guint8        is_late;  /* its time was up before it stood in a list; also read as an atomic */
  guint8        has_slot; /* it was given a place in a queue, for a value that is still to come */

  /* What changes hands: the value that the waiter gets, or one that it could not put yet. It is its
   * own once the wait has ended. */
  GValue  value;
  guint64 serial; /* of a value that came from a queue: the number with which it was taken */
};

/* A blocked thread, on its own stack. */
typedef struct
{
  TaWaiter waiter;
  TaParker parker;
} TaBlockedThread;

void     ta_waiter_init (TaWaiter *self, GMutex *mutex, gboolean is_operation);
gboolean ta_waiter_enlist_locked (TaWaiter *self, TaWaiterList *list);
gboolean ta_waiter_end_locked (TaWaiter *self, TaOutcome outcome);
gboolean ta_waiter_end (TaWaiter *self, TaOutcome outcome);
gboolean ta_waiter_time_out (TaWaiter *self);
gboolean ta_waiter_end_late (TaWaiter *self);
void     ta_waiter_complete (TaWaiter *self);

TaWaiter *ta_waiter_list_end_all_locked (TaWaiterList *self, TaOutcome outcome);
void      ta_waiter_complete_all (TaWaiter *first);

TaWaiter *ta_waiter_list_end_locked (TaWaiterList *self);
void      ta_waiter_complete_list (TaWaiter *first, TaOutcome outcome);
void      ta_waiter_disconnect (GCancellable *cancellable, gulong handler);

void ta_blocked_thread_init (TaBlockedThread *self, GMutex *mutex);
TaOutcome
ta_blocked_thread_wait (TaBlockedThread *self, gint64 deadline, GCancellable *cancellable);

G_END_DECLS
