/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "ta-operation-private.h"
#include "ta-waiter-private.h"

G_BEGIN_DECLS

/*
 * How a party enters a wait for @object: takes its lock, and either ends the wait of @waiter there
 * and then, FALSE, or puts it in a list, TRUE. One that has ended before is left alone.
 */
typedef gboolean (*TaWaitEnterFunc) (gpointer object, TaWaiter *waiter);

/*
 * How messages call what is waited for at @object; transfer full. It may be called from another thread
 * than that which waits, under a lock: it runs nobody's code, and takes no lock but that of the waiter.
 */
typedef char *(*TaWaitDescribeFunc) (gpointer object);

TaOutcome ta_wait_block (TaBlockedThread   *thread,
                         TaWaitEnterFunc    enter,
                         TaWaitDescribeFunc describe,
                         gpointer           object,
                         gint64             timeout_us,
                         GCancellable      *cancellable);

/*
 * What another thread needs to know of a loop's thread to get it out of a wait that blocks it, or to
 * say what that is. Once interrupted the thread blocks no more: it has no time left.
 */
typedef struct
{
  const char *owner; /* const: the name of the runner */
  GMutex      mutex; /* guards the rest; taken before that of a waiter */
  TaWaiter   *waiter;
  gboolean    is_interrupted;

  /* While there is a waiter, so that all of this is there. */
  TaWaitDescribeFunc describe;
  gpointer           object;
  GSource           *source; /* that in which the thread is, if it is none of the inbox's */
  gint64             since;
} TaWaitGuard;

/* What blocks a thread; all owned. */
typedef struct
{
  char  *what;   /* what it waits for, or NULL if nothing blocks it */
  char  *source; /* the name of the source in whose function it does so, where it is known */
  gint64 since;
} TaWaitReport;

void ta_wait_guard_init (TaWaitGuard *self, const char *owner);
void ta_wait_guard_clear (TaWaitGuard *self);
void ta_wait_guard_enter (TaWaitGuard *self);
void ta_wait_guard_interrupt (TaWaitGuard *self);
void ta_wait_guard_report (TaWaitGuard *self, TaWaitReport *report);
void ta_wait_report_clear (TaWaitReport *self);

void ta_wait_start (TaOperation    *operation,
                    TaWaitEnterFunc enter,
                    gpointer        object,
                    gint64          timeout_us,
                    GError         *refusal);

/* What every wait checks, and how it says that it ended without success. */
gboolean ta_wait_check_timeout (gint64 timeout_us, GError **error);
gboolean ta_wait_check_not_in_loop (const char *what, GError **error);
gboolean ta_wait_check_may_block (gint64 timeout_us, const char *what, GError **error);
void     ta_wait_set_error (TaOutcome outcome, gint64 timeout_us, const char *what, GError **error);
void     ta_wait_set_operation_error (TaOperation *operation, const char *what, GError **error);

G_END_DECLS
