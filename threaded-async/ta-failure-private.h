/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "ta-loop-internal.h"

G_BEGIN_DECLS

/* A failed task whose error nobody has taken: see ta-loop-failed.c. */

/* How many failures are kept whose tasks are gone, and how many a stop lists. */
#define TA_FAILURES_MAX 100

typedef enum
{
  TA_FAILURE_HELD,      /* somebody has the task */
  TA_FAILURE_IN_FLIGHT, /* it is on its way to the handlers of task-failed */
  TA_FAILURE_KEPT,      /* it waits for the stop */
} TaFailureState;

struct _TaFailure
{
  int ref_count; /* atomic */

  /* Const. */
  GError      *error;
  TaTaskReport report;
  TaInbox     *inbox; /* owned: of the task's main context */

  /* The loop's lock. */
  gboolean       is_linked;
  TaFailureState state;
  TaTask        *task; /* while it is HELD, and the task's dispose() has not come by */
  TaWeak        *weak; /* owned; to the task, or the last one */
  TaFailure     *previous;
  TaFailure     *next;

  /* The inbox's, while it is IN_FLIGHT; the item has a reference. */
  TaInboxItem item;
  TaLoop     *loop;   /* owned */
  TaRunner   *runner; /* owned */
};

TaFailure *ta_failure_ref (TaFailure *self);
char      *ta_failure_describe (TaFailure *self);
TaTask    *ta_failure_make_task (TaFailure *self, TaLoop *loop);
void       ta_failure_give_to_task_locked (TaFailure *self, TaTask *task);

TaFailure *ta_loop_unlink_failure_locked (TaLoop *self, TaFailure *failure);

G_END_DECLS
