/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(TA_INSIDE) && !defined(TA_COMPILATION)
#error "Only <threaded-async.h> can be included directly."
#endif

#include "ta-task.h"

G_BEGIN_DECLS

/**
 * TaShutdownType:
 * @TA_SHUTDOWN_TYPE_NOT_SHUT_DOWN: the runner has not been stopped
 * @TA_SHUTDOWN_TYPE_STOPPED: everything ended by itself, or when it was cancelled
 * @TA_SHUTDOWN_TYPE_FORCE_STOPPED: the loop ended in time, but there was work that had to be ended
 *   by force
 * @TA_SHUTDOWN_TYPE_FAILED_FORCE_STOPPED: the loop did not end in time and was abandoned: its
 *   thread still runs
 * @TA_SHUTDOWN_TYPE_UNKNOWN: the loop ended without having been asked to
 *
 * How a runner was shut down.
 *
 * Since: 1.0
 */
typedef enum
{
  TA_SHUTDOWN_TYPE_NOT_SHUT_DOWN,
  TA_SHUTDOWN_TYPE_STOPPED,
  TA_SHUTDOWN_TYPE_FORCE_STOPPED,
  TA_SHUTDOWN_TYPE_FAILED_FORCE_STOPPED,
  TA_SHUTDOWN_TYPE_UNKNOWN,
} TaShutdownType;

#define TA_TYPE_RUNNER (ta_runner_get_type ())

TA_AVAILABLE_IN_1_0
G_DECLARE_DERIVABLE_TYPE (TaRunner, ta_runner, TA, RUNNER, GObject)

/**
 * TaRunnerClass:
 * @parent_class: the parent class
 * @run: runs the loop; called once, in the runner's own thread, when a threaded runner is started.
 *   An implementation may set things up for the thread, and clean up afterwards. In between it chains
 *   up, and the parent's implementation returns when the runner has been stopped; or it brings an
 *   event loop of its own, and calls [method@Runner.iterate] until that returns %FALSE
 * @interrupt: gets the thread unstuck; called at most once, when the time of a stop is nearly over and
 *   the thread has not ended, without a lock, in the thread that is blocked in the stop, or where there
 *   is none in one of the library's own. The parent's implementation wakes the runner's thread from
 *   blocking waits of this library, which fail with `G_IO_ERROR_CANCELLED` from then on, and cancels
 *   the tasks. An implementation may do more, must return soon, and must chain up
 *
 * The class of a [class@Runner].
 *
 * Since: 1.0
 */
struct _TaRunnerClass
{
  GObjectClass parent_class;

  void (*run) (TaRunner *self);
  void (*interrupt) (TaRunner *self);

  /*< private >*/
  gpointer padding[11];
};

/**
 * TaCallFunc:
 * @user_data: (closure): what was given to [method@Runner.call_in_loop]
 *
 * A function to be called once in the loop of a runner.
 *
 * Since: 1.0
 */
typedef void (*TaCallFunc) (gpointer user_data);

TA_AVAILABLE_IN_1_0
TaRunner *ta_runner_new (const char *name);

TA_AVAILABLE_IN_1_0
TaRunner *ta_runner_new_for_context (GMainContext *context, const char *name);

TA_AVAILABLE_IN_1_0
TaRunner *ta_runner_get_default (void);

TA_AVAILABLE_IN_1_0
const char *ta_runner_get_name (TaRunner *self);

TA_AVAILABLE_IN_1_0
GMainContext *ta_runner_get_context (TaRunner *self);

TA_AVAILABLE_IN_1_0
GMainContext *ta_runner_get_main_context (TaRunner *self);

TA_AVAILABLE_IN_1_0
gboolean ta_runner_get_running (TaRunner *self);

TA_AVAILABLE_IN_1_0
TaShutdownType ta_runner_get_shutdown_type (TaRunner *self);

TA_AVAILABLE_IN_1_0
gint64 ta_runner_get_exit_timeout (TaRunner *self);

TA_AVAILABLE_IN_1_0
gint64 ta_runner_get_default_timeout (TaRunner *self);

TA_AVAILABLE_IN_1_0
gint64 ta_runner_get_stall_threshold (TaRunner *self);

TA_AVAILABLE_IN_1_0
gint64 ta_runner_get_max_spin (TaRunner *self);

TA_AVAILABLE_IN_1_0
gboolean ta_runner_is_in_loop (TaRunner *self);

TA_AVAILABLE_IN_1_0
gboolean ta_runner_iterate (TaRunner *self, gint64 timeout_us);

TA_AVAILABLE_IN_1_0
void ta_runner_wake_up (TaRunner *self);

TA_AVAILABLE_IN_1_0
gboolean ta_runner_start (TaRunner *self, GError **error);

TA_AVAILABLE_IN_1_0
gboolean
ta_runner_stop (TaRunner *self, gint64 timeout_us, GCancellable *cancellable, GError **error);

TA_AVAILABLE_IN_1_0
void ta_runner_stop_async (TaRunner           *self,
                           gint64              timeout_us,
                           GCancellable       *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer            user_data);

TA_AVAILABLE_IN_1_0
gboolean ta_runner_stop_finish (TaRunner *self, GAsyncResult *result, GError **error);

TA_AVAILABLE_IN_1_0
GPtrArray *ta_runner_get_failed_tasks (TaRunner *self);

TA_AVAILABLE_IN_1_0
guint ta_runner_get_n_failed_tasks (TaRunner *self);

TA_AVAILABLE_IN_1_0
TaTask *ta_runner_create_task (TaRunner      *self,
                               TaTaskFunc     func,
                               gpointer       user_data,
                               GDestroyNotify destroy) G_GNUC_WARN_UNUSED_RESULT;

TA_AVAILABLE_IN_1_0
GListModel *ta_runner_list_tasks (TaRunner *self) G_GNUC_WARN_UNUSED_RESULT;

TA_AVAILABLE_IN_1_0
void ta_runner_run_gtask (TaRunner *self, GTask *task, GTaskThreadFunc func);

TA_AVAILABLE_IN_1_0
gboolean ta_runner_call_in_loop (TaRunner      *self,
                                 TaCallFunc     func,
                                 gpointer       user_data,
                                 GDestroyNotify destroy,
                                 gint64         timeout_us,
                                 GCancellable  *cancellable,
                                 GError       **error);

TA_AVAILABLE_IN_1_0
void ta_runner_call_in_loop_async (TaRunner           *self,
                                   TaCallFunc          func,
                                   gpointer            func_data,
                                   GDestroyNotify      func_destroy,
                                   gint64              timeout_us,
                                   GCancellable       *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer            user_data);

TA_AVAILABLE_IN_1_0
gboolean ta_runner_call_in_loop_finish (TaRunner *self, GAsyncResult *result, GError **error);

TA_AVAILABLE_IN_1_0
gboolean ta_runner_wait_for_next_iteration (TaRunner     *self,
                                            gint64        timeout_us,
                                            GCancellable *cancellable,
                                            GError      **error);

TA_AVAILABLE_IN_1_0
void ta_runner_wait_for_next_iteration_async (TaRunner           *self,
                                              gint64              timeout_us,
                                              GCancellable       *cancellable,
                                              GAsyncReadyCallback callback,
                                              gpointer            user_data);

TA_AVAILABLE_IN_1_0
gboolean
ta_runner_wait_for_next_iteration_finish (TaRunner *self, GAsyncResult *result, GError **error);

G_END_DECLS
