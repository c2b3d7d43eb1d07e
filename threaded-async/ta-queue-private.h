/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "ta-items-private.h"
#include "ta-notifier-private.h"
#include "ta-queue.h"
#include "ta-waiter-private.h"

G_BEGIN_DECLS

enum
{
  TA_QUEUE_ITEMS_AVAILABLE,
  TA_QUEUE_SPACE_AVAILABLE,
  TA_QUEUE_N_SIGNALS,
};

struct _TaQueue
{
  GObject parent_instance;

  /* Const. */
  char         *name;
  guint         capacity; /* 0 for none */
  GType         item_type;
  GMainContext *main_context; /* only kept until the notifier is made */

  GMutex  mutex;      /* guards the next group */
  TaItems items;      /* what is in the queue */
  gsize   n_reserved; /* how many places are kept for those who were given one */
  guint64 n_taken;    /* how many items have been taken, each for the first time */
  GArray *returned;   /* the numbers of the items at the front that have been given back, or NULL */
  TaWaiterList getters; /* while somebody is here, there are no items */
  TaWaiterList putters; /* while somebody is here, there is no space */
  int          closed;  /* also read as an atomic */

  TaNotifier notifier; /* has its own rules */
};

/* What a step under the lock leaves to be done after the unlock. */
typedef struct
{
  TaWaiterList ended; /* who can go on, in order */
  gboolean     items_available;
  gboolean     space_available;
} TaQueueStep;

typedef enum
{
  TA_QUEUE_DONE,
  TA_QUEUE_WOULD_BLOCK,
  TA_QUEUE_CLOSED,
  TA_QUEUE_ALREADY_DONE,
} TaQueueResult;

TaQueueResult ta_queue_take_locked (TaQueue *self, TaWaiter *taker, TaQueueStep *step);
TaQueueResult ta_queue_store_locked (TaQueue *self, GValue *value, TaQueueStep *step);
void          ta_queue_return_locked (TaQueue *self, TaWaiter *taker, TaQueueStep *step);

TaQueueResult ta_queue_reserve_locked (TaQueue *self, TaWaiter *putter);
TaQueueResult
     ta_queue_commit_locked (TaQueue *self, TaWaiter *putter, GValue *value, TaQueueStep *step);
void ta_queue_release_locked (TaQueue *self, TaWaiter *putter, TaQueueStep *step);

gboolean ta_queue_is_full_locked (TaQueue *self);
void     ta_queue_finish_step (TaQueue *self, TaQueueStep *step);

/* For those who put. */
gboolean ta_queue_copy_item (TaQueue *self, const GValue *value, GValue *item, GError **error);
void     ta_queue_set_put_closed_error (TaQueue *self, GError **error);

char *ta_queue_describe (TaQueue *self);
char *ta_queue_describe_space (TaQueue *self);

G_END_DECLS
