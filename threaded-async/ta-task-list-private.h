/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "ta-inbox-private.h"
#include "ta-loop-private.h"
#include "ta-weak-private.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* What a loop tells a list of: see ta-task-list.c and ta-loop-feeds.c. */
struct _TaTaskFeed
{
  int ref_count; /* atomic */

  /* Const, owned. */
  TaInbox *inbox; /* where the list lives */
  TaWeak  *list;

  /* The loop's lock. */
  TaTaskFeed *previous;
  TaTaskFeed *next;

  GMutex      mutex;
  GArray     *events; /* mutex: of TaTaskEvent, what the list has not heard yet */
  TaInboxItem item;   /* the inbox's, which has a reference, while there are events */
};

TaTaskFeed *ta_task_feed_ref (TaTaskFeed *self);
void        ta_task_feed_unref (TaTaskFeed *self);
void        ta_task_feed_tell (TaTaskFeed *self, TaTask *task, gboolean is_new);

GListModel *ta_task_list_new (TaLoop *loop);

G_END_DECLS
