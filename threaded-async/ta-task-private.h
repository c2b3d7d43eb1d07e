/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "ta-future-private.h"
#include "ta-loop-private.h"
#include "ta-task.h"
#include "ta-weak-private.h"

G_BEGIN_DECLS

enum
{
  TA_TASK_PROP_NAME = TA_FUTURE_N_PROPS,
  TA_TASK_PROP_PROGRESS,
  TA_TASK_PROP_STATUS,
  TA_TASK_PROP_RUNNER,
  TA_TASK_N_PROPS,
};

typedef enum
{
  TA_TASK_CLAIMED = 1 << 0,       /* its start has begun, or been called off */
  TA_TASK_PROMISE_TAKEN = 1 << 1, /* its function has the promise, or has returned without it */
  TA_TASK_CANCELLED = 1 << 2,     /* set before the cancellable is cancelled */
  TA_TASK_CALL = 1 << 3,          /* const: it stands for ta_runner_call_in_loop() */
  TA_TASK_ITERATION = 1 << 4,     /* const: for ta_runner_wait_for_next_iteration() */
  TA_TASK_ERROR_TAKEN = 1 << 5,   /* somebody has been given its error */
} TaTaskFlags;

/* What a task says of itself; most say nothing. */
typedef struct
{
  char  *name;
  char  *status;
  double progress;
  gint64 created;   /* if TA_DEBUG asks for it */
  char  *site;      /* likewise */
  GList *unstarted; /* likewise; the lock of the list of loops: its place in that of tasks */
} TaTaskReport;

struct _TaTask
{
  TaFuture parent_instance; /* its mutex guards what says “lock” here */

  TaLoop *loop; /* const, owned */

  /* Const; the loop's thread, or whoever finds that it won't run the task, clears them. */
  TaTaskFunc     func;
  gpointer       func_data;
  GDestroyNotify func_destroy;
  TaInboxItem    start; /* the inbox's, which has a reference meanwhile */

  GCancellable *cancellable; /* atomic; owned; set once, when somebody asks */
  TaTaskReport *report;      /* lock; owned; made when there is something in it */

  guint flags; /* atomic: TaTaskFlags */

  /* The loop's lock: its place among the unfinished tasks, see ta-loop-tasks.c. */
  guint is_listed : 1;
  guint is_admitted : 1;     /* it has been listed */
  guint is_asked_to_end : 1; /* the loop has cancelled it, because it stops */
  guint has_failure : 1;     /* for good it has no place any more, and `failure` is valid */
  guint has_weak : 1;        /* likewise, and `weak` is */
  guint n_pins : 27;         /* how many use it thanks to the reference of the list */
  union
  {
    TaTask    *previous;
    TaFailure *failure; /* what is to be reported: see ta-loop-failed.c */
  };
  union
  {
    TaTask *next;
    TaWeak *weak; /* owned; to this */
  };
};

struct _TaTaskClass
{
  TaFutureClass parent_class;
};

/* Sets a flag; TRUE if it was not set before. */
static inline gboolean
ta_task_set_flag (TaTask *self, TaTaskFlags flag)
{
  return (g_atomic_int_or (&self->flags, flag) & flag) == 0;
}

TaTask *ta_task_new (TaLoop        *loop,
                     TaTaskFlags    kind,
                     TaTaskFunc     func,
                     gpointer       func_data,
                     GDestroyNotify func_destroy);

char *ta_task_describe_work (TaTask *self);

void ta_task_queue (TaTask *self);
void ta_task_refuse (TaTask *self, GError *error);
void ta_task_withdraw (gpointer task, TaOutcome outcome);
void ta_task_end_by_force (TaTask *self);

gboolean ta_task_is_failed (TaTask *self);
TaTask *
ta_task_new_failed (TaLoop *loop, TaInbox *inbox, const TaTaskReport *report, const GError *error);
void     ta_task_copy_report (TaTask *self, TaTaskReport *report);
void     ta_task_report_clear (TaTaskReport *report);
gboolean ta_task_is_internal (TaTask *self);

GCancellable *ta_task_ensure_cancellable (TaTask *self);
void          ta_task_set_progress (TaTask *self, double progress);
void          ta_task_set_status (TaTask *self, const char *status);

G_END_DECLS
