/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "ta-inbox-private.h"
#include "ta-notifier-private.h"
#include "ta-operation-private.h"
#include "ta-runner.h"
#include "ta-timeout.h"

G_BEGIN_DECLS

/*
 * What a runner is besides the GObject: the context, its tasks, and for a threaded runner the
 * thread. The tasks and the thread refer to this, so that the object can go before them.
 */
typedef struct _TaLoop     TaLoop;
typedef struct _TaFailure  TaFailure;
typedef struct _TaTaskFeed TaTaskFeed;

TaLoop *ta_loop_new (TaRunner     *runner,
                     const char   *name,
                     GMainContext *context,
                     gint64        exit_timeout,
                     gint64        default_timeout,
                     gint64        stall_threshold);
TaLoop *ta_loop_ref (TaLoop *self);
void    ta_loop_unref (TaLoop *self);

/* From any thread. */
void           ta_loop_set_default (TaLoop *self);
const char    *ta_loop_get_name (TaLoop *self);
GMainContext  *ta_loop_get_context (TaLoop *self);
TaInbox       *ta_loop_get_inbox (TaLoop *self);
gint64         ta_loop_get_exit_timeout (TaLoop *self);
gint64         ta_loop_get_default_timeout (TaLoop *self);
gboolean       ta_loop_get_started (TaLoop *self);
gboolean       ta_loop_get_running (TaLoop *self);
TaShutdownType ta_loop_get_shutdown_type (TaLoop *self);
gint64         ta_loop_get_stall_threshold (TaLoop *self);
void           ta_loop_set_max_spin (TaLoop *self, gint64 max_spin);
gint64         ta_loop_get_max_spin (TaLoop *self);
TaRunner      *ta_loop_get_runner (TaLoop *self);
void           ta_loop_lose_runner (TaLoop *self);
gboolean       ta_loop_is_current (TaLoop *self);
gboolean       ta_context_is_current (GMainContext *context);

void ta_loops_describe (GString *text);
void ta_loops_add_unstarted (TaTask *task);
void ta_loops_remove_unstarted (TaTask *task);

/* What it is at: see ta-loop-busy.c. */
char *ta_loop_describe_delay (TaLoop *self, gint64 timeout_us, const char *prefix);

gboolean ta_loop_start (TaLoop *self, TaRunner *runner, GError **error);
void     ta_loop_run (TaLoop *self);
gboolean ta_loop_iterate (TaLoop *self, gint64 deadline);
void     ta_loop_interrupt (TaLoop *self);
gboolean ta_loop_check_running (TaLoop *self, GError **error);
gboolean ta_loop_revive_runner (TaLoop *self, TaRunner *runner);

/* Somebody who is to know when the loop lets go of its work; see ta-loop-listeners.c. */
typedef struct _TaLoopListener TaLoopListener;

struct _TaLoopListener
{
  /* The loop's lock. */
  TaLoopListener *previous;
  TaLoopListener *next;
  gboolean        is_listed;

  void (*func) (TaLoopListener *listener); /* const once it has been added */
};

gboolean ta_loop_add_listener (TaLoop         *self,
                               TaLoopListener *listener,
                               void (*func) (TaLoopListener *listener));
gboolean ta_loop_remove_listener (TaLoop *self, TaLoopListener *listener);

/* The work that has not ended: see ta-loop-tasks.c and ta-loop-gtasks.c. */
gboolean ta_loop_send_task (TaLoop *self, TaTask *task, GError **error);
gboolean ta_loop_admit_task (TaLoop *self, TaTask *task);
void     ta_loop_remove_task (TaLoop *self, TaTask *task);
void     ta_loop_run_gtask (TaLoop *self, GTask *task, GTaskThreadFunc func);

/* Lists of them, to be shown: see ta-loop-feeds.c. */
GPtrArray *ta_loop_add_feed (TaLoop *self, TaTaskFeed *feed);
void       ta_loop_remove_feed (TaLoop *self, TaTaskFeed *feed);

/* The failed ones whose errors nobody has taken: see ta-loop-failed.c. */
void       ta_loop_forget_failed (TaLoop *self, TaTask *task);
void       ta_loop_lose_failed (TaLoop *self, TaTask *task);
GPtrArray *ta_loop_get_failed (TaLoop *self);
guint      ta_loop_get_n_failed (TaLoop *self);
void       ta_loop_disown_failed (TaLoop *self);

/* The end: see ta-loop-stop.c. */
gboolean ta_loop_stop (TaLoop *self, gint64 timeout_us, GCancellable *cancellable, GError **error);
void     ta_loop_stop_async (TaLoop             *self,
                             TaRunner           *runner,
                             gint64              timeout_us,
                             GCancellable       *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer            user_data);
gboolean ta_loop_stop_finish (TaLoop *self, GAsyncResult *result, TaRunner *runner, GError **error);
void     ta_loop_stop_in_background (TaLoop *self);

G_END_DECLS
