/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "ta-future.h"
#include "ta-notifier-private.h"
#include "ta-operation-private.h"

G_BEGIN_DECLS

/* The ids of the properties; those of a derived type go on from here. */
enum
{
  TA_FUTURE_PROP_DONE = 1,
  TA_FUTURE_PROP_ERROR,
  TA_FUTURE_PROP_ERROR_MESSAGE,
  TA_FUTURE_PROP_MAIN_CONTEXT,
  TA_FUTURE_N_PROPS,
};

typedef enum
{
  TA_FUTURE_PENDING,
  TA_FUTURE_SUCCEEDED,
  TA_FUTURE_FAILED,
} TaFutureState;

struct _TaFuture
{
  GObject parent_instance;

  GMutex       mutex;   /* guards the waiters, and the change of state */
  TaWaiterList waiters; /* lock */
  int          state;   /* atomic: a TaFutureState; changes once, after what follows was set */
  union
  {
    GValue  value; /* const once SUCCEEDED */
    GError *error; /* const once FAILED, but for what it carries: lock */
  } result;

  TaNotifier notifier; /* has its own rules */
};

struct _TaFutureClass
{
  GObjectClass parent_class;

  /* How messages call it: “task “x” on runner “y””; transfer full. */
  char *(*describe) (TaFuture *self);

  /* Why it may not have come in that time, to be added to the former; transfer full. */
  char *(*describe_delay) (TaFuture *self, gint64 timeout_us);

  /* What TA_TIMEOUT_DEFAULT stands for; TA_TIMEOUT_DEFAULT when it stands for nothing. */
  gint64 (*get_default_timeout) (TaFuture *self);

  /* Fails with TA_ERROR_WOULD_DEADLOCK if the calling thread must not block until it is done. */
  gboolean (*check_may_block) (TaFuture *self, GError **error);

  /* Called once it is done, without a lock, by whoever ended it. */
  void (*ended) (TaFuture *self);

  /* Called when somebody has been given its error, without a lock. */
  void (*error_taken) (TaFuture *self);
};

TaFuture *ta_future_new (void);

/* ta_future_get_done() for those who know what they have. */
static inline gboolean
ta_future_is_done (TaFuture *self)
{
  return g_atomic_int_get (&self->state) != TA_FUTURE_PENDING;
}

void     ta_future_reset (TaFuture *self);
gboolean ta_future_end_with_value (TaFuture *self, GValue *value);
gboolean ta_future_end_with_error (TaFuture *self, GError *error);
GError  *ta_future_copy_error (TaFuture *self);
char    *ta_future_describe (TaFuture *self);
gboolean ta_future_check_may_block (TaFuture *self, GError **error);

/* One operation for all waits on a future, whatever object the caller has. */
void     ta_future_start_wait (TaFuture              *self,
                               gpointer               source_object,
                               const TaOperationKind *kind,
                               gint64                 timeout_us,
                               GCancellable          *cancellable,
                               GAsyncReadyCallback    callback,
                               gpointer               user_data);
gboolean ta_future_finish_wait (GAsyncResult          *result,
                                gpointer               source_object,
                                const TaOperationKind *kind,
                                GValue                *value,
                                GError               **error);

G_END_DECLS
