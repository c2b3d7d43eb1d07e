/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-debug-private.h"
#include "ta-fork-private.h"
#include "ta-operation-result-private.h"

/* A tracked operation whose loop was given up is freed by who comes last of these. */
typedef enum
{
  TA_CUSTODY_DROPPED = 1 << 0,   /* its callback will not be called */
  TA_CUSTODY_FORGOTTEN = 1 << 1, /* the loop's thread has ended */
} TaCustody;

struct _TaOperation
{
  int   ref_count; /* atomic */
  guint custody;   /* atomic: TaCustody */

  /* const */
  TaInbox               *inbox;
  GObject               *source_object;
  GObject               *target;
  const TaOperationKind *kind;
  GCancellable          *cancellable;
  GAsyncReadyCallback    callback;
  gpointer               user_data;
  gint64                 timeout_us;
  TaInboxItem *root; /* what began the work that started it, or NULL; only its address counts */

  /* Whoever sets it up, and then the thread of its context. */
  gulong       cancelled_handler;
  GError      *error;
  TaOperation *previous; /* in `started`, when it is there */
  TaOperation *next;
  gboolean     is_tracked;
  gboolean     has_timer;

  TaWaiter    waiter; /* its mutex: that of what is waited for */
  TaTimer     timer;  /* the timers' lock */
  TaInboxItem item;   /* the inbox's, once the wait has ended */
};

/*
 * The waits that were started on the loop that this thread runs, which end when it stops. Such a
 * wait is started, and its callback called, in this very thread: no lock is needed.
 */
static _Thread_local TaOperation *started;

/* Whether the loop that this thread ran has ended, and its callbacks are called for the last time. */
static _Thread_local gboolean has_ended;

/* The operation whose cancellable this thread is just cancelling. */
static _Thread_local TaOperation *in_handler;

TaOperation *
ta_operation_ref (TaOperation *self)
{
  g_atomic_int_inc (&self->ref_count);

  return self;
}

/* From any thread; runs no foreign code but that of the kind, and destroy functions. */
void
ta_operation_unref (TaOperation *self)
{
  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;

  /* What was handed over, and nobody took. */
  if (self->kind->give_back != NULL && self->waiter.outcome == TA_OUTCOME_DONE)
    self->kind->give_back (self->source_object, &self->waiter);

  ta_inbox_unref (self->inbox);
  if (self->kind->release_target != NULL)
    self->kind->release_target (self->target);
  else if (self->target != self->source_object)
    g_clear_object (&self->target);
  g_clear_object (&self->source_object);
  g_clear_object (&self->cancellable);
  g_clear_error (&self->error);
  if (G_VALUE_TYPE (&self->waiter.value) != G_TYPE_INVALID)
    g_value_unset (&self->waiter.value);
  if (self->kind->free_user_data != NULL)
    self->kind->free_user_data (self->user_data);

  g_free (self);
}

/*
 * Makes an operation whose callback will be called in the thread-default context of the calling
 * thread. It waits for @target, whose @mutex guards its waiters, on behalf of @source_object; both
 * are kept alive. What waits for nothing but the time has no mutex, and uses that of the timers.
 * The only reference is the pending operation itself.
 */
TaOperation *
ta_operation_new (gpointer               source_object,
                  gpointer               target,
                  const TaOperationKind *kind,
                  GMutex                *mutex,
                  GCancellable          *cancellable,
                  GAsyncReadyCallback    callback,
                  gpointer               user_data)
{
  TaOperation *self = g_new0 (TaOperation, 1);

  self->ref_count = 1;
  self->inbox = ta_inbox_ref_thread_default ();
  self->source_object = source_object != NULL ? g_object_ref (source_object) : NULL;
  /* One reference will do when they are the same. */
  self->target = target != NULL && target != source_object ? g_object_ref (target) : target;
  self->kind = kind;
  self->cancellable = cancellable != NULL ? g_object_ref (cancellable) : NULL;
  self->callback = callback;
  self->user_data = user_data;
  ta_timer_init (&self->timer);
  if (mutex == NULL)
    mutex = &ta_inbox_get_timers (self->inbox)->mutex;
  ta_waiter_init (&self->waiter, mutex, TRUE);

  if (self->inbox == ta_inbox_get_entered ())
    {
      self->is_tracked = TRUE;
      self->root = ta_inbox_get_root (self->inbox);
      self->next = started;
      if (started != NULL)
        started->previous = self;
      started = self;
    }

  if (ta_debug_is_on ())
    ta_debug_add_wait (self, target != NULL ? target : source_object, self->inbox, cancellable,
                       self->root);

  return self;
}

static void
ta_operation_untrack (TaOperation *self)
{
  if (!self->is_tracked)
    return;

  if (self->previous != NULL)
    self->previous->next = self->next;
  else
    started = self->next;
  if (self->next != NULL)
    self->next->previous = self->previous;
  self->is_tracked = FALSE;
}

void
ta_operations_stop (void)
{
  TaOperation *operation = started;

  while (operation != NULL)
    {
      TaOperation *next = operation->next;

      if (!operation->kind->outlives_stop && ta_waiter_end (&operation->waiter, TA_OUTCOME_STOPPED))
        ta_operation_complete (operation);
      operation = next;
    }
}

/* Ends them for good: whatever is started from here on ends at once. */
void
ta_operations_end (void)
{
  has_ended = TRUE;
  ta_operations_stop ();
}

/* Whether there is one left that a stop ends, and whose callback has not been called. */
gboolean
ta_operations_are_left (void)
{
  TaOperation *operation = started;

  while (operation != NULL && operation->kind->outlives_stop)
    operation = operation->next;

  return operation != NULL;
}

/* Ends an operation that has just been put in a list by a loop that has ended; TRUE if it did. */
gboolean
ta_operation_end_late (TaOperation *self)
{
  return has_ended && self->is_tracked && !self->kind->outlives_stop &&
         ta_waiter_end (&self->waiter, TA_OUTCOME_STOPPED);
}

/* Drops what is left of them; when the loop's inbox has been closed, in its thread. */
void
ta_operations_drop (void)
{
  while (started != NULL)
    {
      TaOperation *operation = started;

      if (ta_waiter_end (&operation->waiter, TA_OUTCOME_STOPPED))
        {
          ta_operation_complete (operation);
          continue;
        }

      /* Somebody else has ended it, and drops it, or has. */
      started = operation->next;
      if (started != NULL)
        started->previous = NULL;
      if (g_atomic_int_or (&operation->custody, TA_CUSTODY_FORGOTTEN) == TA_CUSTODY_DROPPED)
        ta_operation_unref (operation);
    }
}

static void
cancelled_cb (GCancellable *cancellable, TaOperation *self)
{
  if (ta_has_forked || !ta_waiter_end (&self->waiter, TA_OUTCOME_CANCELLED))
    return;

  in_handler = self;
  ta_operation_complete (self);
  in_handler = NULL;
}

static void
timed_out_cb (TaTimer *timer)
{
  TaOperation *self = TA_CONTAINER (timer, TaOperation, timer);

  if (ta_waiter_time_out (&self->waiter))
    ta_operation_complete (self);
}

/*
 * Sets up what may end the operation besides its target. Both may do so at once: the waiter does
 * not stand in a list yet, so that they only leave their mark, and completing is left to the caller.
 */
void
ta_operation_arm (TaOperation *self, gint64 timeout_us)
{
  gint64 deadline;

  self->timeout_us = timeout_us;

  if (g_cancellable_is_cancelled (self->cancellable))
    {
      ta_waiter_end (&self->waiter, TA_OUTCOME_CANCELLED);
      return;
    }

  if (self->cancellable != NULL)
    self->cancelled_handler =
        g_cancellable_connect (self->cancellable, G_CALLBACK (cancelled_cb), self, NULL);

  if (timeout_us == 0)
    {
      ta_waiter_time_out (&self->waiter);
      return;
    }

  deadline = ta_timeout_get_deadline (timeout_us);
  if (deadline != G_MAXINT64)
    {
      self->has_timer = TRUE;
      ta_timers_add (ta_inbox_get_timers (self->inbox), &self->timer, deadline, timed_out_cb);
    }
}

/* Makes the operation end with @error (transfer full), in place of arming it. */
void
ta_operation_fail (TaOperation *self, GError *error)
{
  self->error = error;
  if (self->waiter.outcome != TA_OUTCOME_FAILED)
    ta_waiter_end (&self->waiter, TA_OUTCOME_FAILED);
}

static void
ta_operation_item_cb (TaInboxItem *item, gboolean dropped)
{
  TaOperation *self = TA_CONTAINER (item, TaOperation, item);

  if (ta_debug_is_on ())
    ta_debug_remove_wait (self);

  if (self->has_timer)
    ta_timers_remove (ta_inbox_get_timers (self->inbox), &self->timer);
  /* Waits for a handler that is running, unless it is the one that called this. */
  if (self->cancelled_handler != 0 && in_handler == self)
    g_signal_handler_disconnect (self->cancellable, self->cancelled_handler);
  else if (self->cancelled_handler != 0)
    ta_waiter_disconnect (self->cancellable, self->cancelled_handler);

  if (self->kind->abandon != NULL && self->waiter.outcome != TA_OUTCOME_DONE)
    self->kind->abandon (self->target, self->waiter.outcome);

  if (dropped && self->kind->give_back != NULL && self->waiter.outcome == TA_OUTCOME_DONE)
    self->kind->give_back (self->source_object, &self->waiter);

  if (self->is_tracked)
    {
      /* Dropped by somebody who gave the loop up, which may still come back and look at it. */
      if (ta_inbox_get_entered () != self->inbox)
        {
          if (g_atomic_int_or (&self->custody, TA_CUSTODY_DROPPED) == TA_CUSTODY_FORGOTTEN)
            ta_operation_unref (self);
          return;
        }
      ta_operation_untrack (self);
    }

  /* A context that will not run any more calls nobody back. */
  if (self->root != NULL)
    ta_inbox_set_root (self->inbox, self->root);
  if (!dropped && self->callback != NULL)
    {
      TaInbox           *inbox = self->inbox;
      TaOperationResult *result = ta_operation_result_begin (inbox, self);

      self->callback (self->source_object, G_ASYNC_RESULT (result), self->user_data);
      ta_operation_result_end (result, inbox);
      return;
    }

  ta_operation_unref (self);
}

/* Queues the callback of an operation that has ended; from any thread, without a lock. */
void
ta_operation_complete (TaOperation *self)
{
  ta_inbox_push (self->inbox, &self->item, ta_operation_item_cb);
}

TaWaiter *
ta_operation_get_waiter (TaOperation *self)
{
  return &self->waiter;
}

TaOperation *
ta_operation_from_waiter (TaWaiter *waiter)
{
  return TA_CONTAINER (waiter, TaOperation, waiter);
}

/* Returns the operation behind @result, or NULL if it belongs to another call or object. */
TaOperation *
ta_operation_from_result (GAsyncResult *result, gpointer source_object, const TaOperationKind *kind)
{
  TaOperation *self = ta_operation_result_get_operation (result);

  if (self == NULL || self->source_object != source_object || self->kind != kind)
    return NULL;

  return self;
}

TaOutcome
ta_operation_get_outcome (TaOperation *self)
{
  return self->waiter.outcome;
}

gpointer
ta_operation_get_target (TaOperation *self)
{
  return self->target;
}

gint64
ta_operation_get_timeout (TaOperation *self)
{
  return self->timeout_us;
}

const GError *
ta_operation_get_error (TaOperation *self)
{
  return self->error;
}

gpointer
ta_operation_get_user_data (TaOperation *self)
{
  return self->user_data;
}

gpointer
ta_operation_get_source_object (TaOperation *self)
{
  return self->source_object;
}

const TaOperationKind *
ta_operation_get_kind (TaOperation *self)
{
  return self->kind;
}

TaTimers *
ta_operation_get_timers (TaOperation *self)
{
  return ta_inbox_get_timers (self->inbox);
}
