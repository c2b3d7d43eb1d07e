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

/* What keeps two processors from writing to the same cache line, or to two that are fetched together. */
#define TA_QUEUE_GAP 128

/* The end at which items come out, oldest first. What is used for every item comes first, in either. */
typedef struct
{
  GMutex   mutex;    /* guards this end; see ta-queue-core.c */
  TaItems  items;    /* all that are older than those at the other end */
  gsize    n_left;   /* how many have left from here; also read as an atomic */
  GArray  *returned; /* the numbers of the items at the front that were given back, or NULL */
  gboolean is_full;  /* whether there is no place left; written under both mutexes */
} TaQueueOut;

/* The end at which they go in. */
typedef struct
{
  GMutex       mutex;      /* guards this end, and every waiter */
  TaItems      items;      /* those that nobody has looked at yet */
  guint64      n_entered;  /* how many have come in, and the number of the next */
  gsize        n_gone;     /* how many had left when this end last looked, or passed since */
  int          closed;     /* also read as an atomic */
  guint        n_reserved; /* how many places are kept for those who were given one */
  TaWaiterList getters;    /* while somebody is here, there are no items */
  TaWaiterList putters;    /* while somebody is here, there is no place */
  gsize        n_passed;   /* how many were handed to a getter, and never stood in a list */
} TaQueueIn;

struct _TaQueue
{
  GObject parent_instance;

  /* Const. */
  char         *name;
  guint         capacity; /* 0 for none */
  GType         item_type;
  GMainContext *main_context; /* only kept until the notifier is made */

  TaNotifier notifier; /* has its own rules */

  char       gap_before_out[TA_QUEUE_GAP];
  TaQueueOut out;
  char       gap_before_in[TA_QUEUE_GAP];
  TaQueueIn  in;
  char       gap_after_in[TA_QUEUE_GAP];
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

/* One item; without a lock. */
TaQueueResult ta_queue_take (TaQueue *self, GValue *value);
TaQueueResult ta_queue_store (TaQueue *self, GValue *value);

/* With both ends locked. */
void ta_queue_lock (TaQueue *self);
void ta_queue_unlock (TaQueue *self);
TaQueueResult
     ta_queue_take_locked (TaQueue *self, GValue *value, guint64 *serial, TaQueueStep *step);
void ta_queue_return_locked (TaQueue *self, GValue *value, guint64 serial, TaQueueStep *step);
TaQueueResult ta_queue_store_locked (TaQueue *self, GValue *value, TaQueueStep *step);
TaQueueResult ta_queue_reserve_locked (TaQueue *self, TaWaiter *putter);
TaQueueResult
     ta_queue_commit_locked (TaQueue *self, TaWaiter *putter, GValue *value, TaQueueStep *step);
void ta_queue_release_locked (TaQueue *self, TaWaiter *putter, TaQueueStep *step);

gboolean ta_queue_settle_locked (TaWaiter *waiter, TaQueueResult result, TaWaiterList *list);

gsize ta_queue_get_length_locked (TaQueue *self);
void  ta_queue_finish_step (TaQueue *self, TaQueueStep *step);

/* For those who put. */
gboolean ta_queue_copy_item (TaQueue *self, const GValue *value, GValue *item, GError **error);
void     ta_queue_set_put_closed_error (TaQueue *self, GError **error);

void ta_queue_notify_closed (TaQueue *self);

char *ta_queue_describe (TaQueue *self);
char *ta_queue_describe_space (gpointer self);

G_END_DECLS
