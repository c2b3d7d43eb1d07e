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

struct _TaQueue
{
  GObject parent_instance;

  /* Const. */
  char         *name;
  guint         capacity; /* 0 for none */
  GType         item_type;
  GMainContext *main_context; /* only kept until the notifier is made */

  GMutex  mutex;    /* guards the next group */
  TaItems items;    /* what is in the queue, and behind it what waits to be let in */
  guint64 n_taken;  /* how many items have been taken, each for the first time */
  GArray *returned; /* the numbers of the items at the front that have been given back, or NULL */
  TaWaiterList getters;
  TaWaiterList putters; /* one for each item that waits to be let in */
  int          closed;  /* also read as an atomic */

  TaNotifier notifier; /* has its own rules */
};

/* What a step under the lock leaves to be done after the unlock. */
typedef struct
{
  TaWaiter *ended;           /* who can go on */
  guint     notification_id; /* what is to be told, or 0 */
} TaQueueStep;

typedef enum
{
  TA_QUEUE_DONE,
  TA_QUEUE_WOULD_BLOCK,
  TA_QUEUE_CLOSED,
} TaQueueResult;

TaQueueResult ta_queue_take_locked (TaQueue *self, TaWaiter *taker, TaQueueStep *step);
TaQueueResult ta_queue_store_locked (TaQueue *self, GValue *value, TaQueueStep *step);
void          ta_queue_return_locked (TaQueue *self, TaWaiter *taker, TaQueueStep *step);
void          ta_queue_finish_step (TaQueue *self, TaQueueStep *step);

char *ta_queue_describe (TaQueue *self);

G_END_DECLS
