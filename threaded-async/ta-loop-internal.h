/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "ta-loop-private.h"
#include "ta-spin-private.h"
#include "ta-task-private.h"
#include "ta-wait-private.h"
#include "ta-watchdog-private.h"
#include "ta-weak-private.h"

G_BEGIN_DECLS

/* What only the ta-loop*.c files look at. */

typedef enum
{
  TA_LOOP_NEW,
  TA_LOOP_STARTING,
  TA_LOOP_RUNNING,
  TA_LOOP_STOPPING,
  TA_LOOP_ENDED,
  TA_LOOP_ABANDONED, /* the thread did not end in time, and may still run */
} TaLoopState;

/* How far a threaded loop is with stopping. */
typedef enum
{
  TA_STOP_NOT_YET,
  TA_STOP_CATCHING_UP, /* the loop does what was ready when it was asked to stop */
  TA_STOP_CANCELLING,  /* the tasks have been cancelled, and clean up */
  TA_STOP_LAST_TURN,   /* there are no tasks left; what they left behind is done */
  TA_STOP_QUIT,
} TaStopPhase;

typedef struct _TaGTaskEntry TaGTaskEntry;

struct _TaLoop
{
  int ref_count; /* atomic */

  TaLoop *previous_loop; /* the lock of the list of loops */
  TaLoop *next_loop;

  /* Const. */
  char    *name;
  gboolean is_attached;
  gint64   exit_timeout;
  gint64   default_timeout;
  gint64   stall_threshold; /* 0 if nobody wants to know */
  TaWeak  *runner;          /* owned */

  /* Const once the loop has been started; the context of an attached one always. */
  GMainContext *context;
  TaInbox      *inbox;
  TaRunner     *runner_object; /* the thread's, valid while has_thread is set; unowned */

  GMutex   join_mutex; /* guards the thread, also while it is made, and while it is joined */
  GThread *thread;     /* until somebody has joined it */

  GMutex mutex; /* guards the next group */

  int             state;      /* a TaLoopState; also read as an atomic */
  gboolean        has_thread; /* the thread may still use the runner object */
  GCond           left;       /* it does not any more, and runs nobody's code */
  TaRunner       *revived;    /* the runner object, when the thread, or who interrupts it, has a
                              * reference to drop */
  TaTask         *first_task; /* the unfinished tasks, oldest first; each with a reference */
  TaTask         *last_task;
  guint           n_tasks;
  TaTaskFeed     *feeds;          /* the lists that show them; also looked at as an atomic */
  gboolean        is_idle_queued; /* `idle` is in the inbox */
  TaGTaskEntry   *gtasks;         /* the started GTasks, latest first */
  TaFailure      *first_failure;  /* oldest first; see ta-loop-failed.c */
  TaFailure      *last_failure;
  guint           n_failures;
  guint           n_kept;      /* those of them whose tasks are gone */
  guint           n_lost;      /* those that were not kept */
  gboolean        is_disowned; /* the runner object is gone */
  gboolean        is_default;  /* nobody is to stop it; const once it runs */
  GPtrArray      *reported;    /* of TaTask: with which a stop has failed */
  guint           n_reported;
  TaWaiterList    enders; /* those who wait for the end */
  TaLoopListener *listeners;
  gboolean        has_told; /* there will be no more listeners */
  TaShutdownType  shutdown_type;
  gboolean        is_interrupted;  /* its thread was, because it is stuck */
  gboolean        is_interrupting; /* somebody just does so, and uses the runner object */
  char           *stuck_in;        /* what it was busy with when it was abandoned, for messages */
  gint64          abandon_by;      /* when the watchdog does, if it is watched; or 0 */

  TaWaitGuard guard;        /* has its own lock */
  TaStall    *stall;        /* until the loop ends: if it is watched for stalls */
  TaWatch     stop_watch;   /* the watchdog's, with a reference on this while it is queued */
  int         quit;         /* atomic: the loop is to end */
  int         is_detaching; /* atomic: an attached loop is to be detached by its own thread */
  TaInboxItem idle;         /* the inbox's, when the last task has ended while stopping */

  /* The loop's thread. */
  TaSpin spin;
  guint  n_iterations;  /* those for a loop of another kind that it is in, one in the other */
  gint64 looked_around; /* about when a loop of another kind last had an iteration of this one */
  TaStopPhase phase;
  gboolean    is_forced;
  TaRest      rest;
  TaTimer     deadline; /* when the tasks are ended by force */
  gboolean    has_deadline;
  gint64      stop_by; /* the deadline, when there is one */
};

int ta_loop_poll (GPollFD *fds, guint n_fds, int timeout);

TaLoop  *ta_loop_get_current (void);
gboolean ta_loop_start_thread (TaLoop *self, TaRunner *runner, GError **error);
void     ta_loop_set_running (TaLoop *self);
void     ta_loop_notify_end (TaLoop *self);
gboolean ta_loop_set_ended (TaLoop *self, TaLoopState state, TaShutdownType type);
gboolean ta_loop_join (TaLoop *self, gint64 timeout_us);

char *ta_loop_describe_busy (TaLoop *self);
char *ta_loop_describe_nesting (TaLoop *self, const char *prefix);

void ta_loop_interrupt_once (TaLoop *self, gboolean has_ended);
void ta_loop_abandon (TaLoop *self);
void ta_loop_abandon_ended (TaLoop *self);
void ta_loop_watch (TaLoop *self, gint64 interrupt_by, gint64 abandon_by);
void ta_loop_unwatch (TaLoop *self);

TaFailure *ta_failure_new (TaTask *task);
void       ta_failure_unref (TaFailure *failure);
gboolean   ta_loop_link_failure_locked (TaLoop *self, TaFailure *failure);
gboolean   ta_loop_report_failed (TaLoop *self, GError **error);
void       ta_loop_tell_listeners (TaLoop *self);

void ta_loop_tell_feeds (TaLoop *self, TaTask *task, gboolean is_new);
void ta_loop_list (TaLoop *self);
void ta_loop_unlist (TaLoop *self);
void ta_loop_unpin_task (TaLoop *self, TaTask *task);
void ta_loop_cancel_tasks (TaLoop *self);
void ta_loop_end_tasks_by_force (TaLoop *self);
void ta_loop_tasks_ended (TaLoop *self);
void ta_loop_end_gtasks (TaLoop *self);

G_END_DECLS
