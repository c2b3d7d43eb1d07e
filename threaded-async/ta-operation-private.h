/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "ta-inbox-private.h"
#include "ta-waiter-private.h"

G_BEGIN_DECLS

/*
 * One pending asynchronous wait.
 *
 * It does what a GTask would, at a fraction of the cost and with one allocation for all: it is also the
 * waiter in the list of whatever is waited for, the item in the inbox of the caller's context and the
 * timer in its heap. Its GAsyncResult is made when it is needed: see ta-operation-result.c.
 *
 * ta_wait_start() starts it in three steps, so that nothing can end it before it is complete:
 * ta_operation_new(), ta_operation_arm(), and then, under the lock of what is waited for, either
 * ta_waiter_end_locked() or ta_waiter_enlist_locked(). If the wait does not stand in a list after
 * that, it calls ta_operation_complete(); otherwise whoever takes it out of the list does.
 */
typedef struct _TaOperation TaOperation;

/* What is to be known of all operations of an asynchronous function; its address tells them apart. */
typedef struct
{
  /* What the end of the wait means for its target when it ended without success; called in the
   * caller's context, right before the callback. */
  void (*abandon) (gpointer target, TaOutcome outcome);

  /* What becomes of that which the waiter was given: called when nobody can be called back any more,
   * and when the result goes away; with nothing to give back where it was taken. It may come from
   * the last unref, in any thread, so it is to run no foreign code. */
  void (*give_back) (gpointer source_object, TaWaiter *waiter);

  /* What drops the reference on the target, if that is not as for every object. */
  void (*release_target) (gpointer target);

  /* What frees the user data, if that belongs to the operation. */
  GDestroyNotify free_user_data;

  /* Whether it goes on when the loop stops on which it was started. */
  gboolean outlives_stop;
} TaOperationKind;

TaOperation *ta_operation_new (gpointer               source_object,
                               gpointer               target,
                               const TaOperationKind *kind,
                               GMutex                *mutex,
                               GCancellable          *cancellable,
                               GAsyncReadyCallback    callback,
                               gpointer               user_data);

TaOperation *ta_operation_ref (TaOperation *self);
void         ta_operation_unref (TaOperation *self);

void ta_operation_arm (TaOperation *self, gint64 timeout_us);
void ta_operation_fail (TaOperation *self, GError *error);
void ta_operation_complete (TaOperation *self);

gboolean ta_operation_end_late (TaOperation *self);

TaWaiter    *ta_operation_get_waiter (TaOperation *self);
TaOperation *ta_operation_from_waiter (TaWaiter *waiter);

/* For the finish functions. */
TaOperation  *ta_operation_from_result (GAsyncResult          *result,
                                        gpointer               source_object,
                                        const TaOperationKind *kind);
TaOutcome     ta_operation_get_outcome (TaOperation *self);
gpointer      ta_operation_get_target (TaOperation *self);
gint64        ta_operation_get_timeout (TaOperation *self);
const GError *ta_operation_get_error (TaOperation *self);

gpointer               ta_operation_get_user_data (TaOperation *self);
gpointer               ta_operation_get_source_object (TaOperation *self);
const TaOperationKind *ta_operation_get_kind (TaOperation *self);

TaTimers *ta_operation_get_timers (TaOperation *self);

/* Ends the waits that were started on the loop that the calling thread runs. */
void     ta_operations_stop (void);
void     ta_operations_end (void);
gboolean ta_operations_are_left (void);
void     ta_operations_drop (void);

G_END_DECLS
