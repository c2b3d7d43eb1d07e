/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(TA_INSIDE) && !defined(TA_COMPILATION)
#error "Only <threaded-async.h> can be included directly."
#endif

#include "ta-future.h"

G_BEGIN_DECLS

#define TA_TYPE_TASK (ta_task_get_type ())

TA_AVAILABLE_IN_1_0
TA_DECLARE_INTERNAL_TYPE (TaTask, ta_task, TA, TASK)

/**
 * TaTaskFunc:
 * @task: the task to work for
 * @user_data: (closure): what was given to [method@Runner.create_task]
 *
 * Starts the work of a task.
 *
 * It is called once, in the thread of the task's runner, with the runner's context as
 * thread-default. It takes the task's writing side with [method@ThreadedAsync.Task.take_promise], and then
 * either returns a result there and then, or starts a chain of asynchronous calls that will. A
 * function that returns without having taken the promise fails its task with
 * `TA_ERROR_DROPPED`.
 *
 * It must not block: everything else that runs on the runner waits for it.
 *
 * Since: 1.0
 */
typedef void (*TaTaskFunc) (TaTask *task, gpointer user_data);

TA_AVAILABLE_IN_1_0
TaPromise *ta_task_take_promise (TaTask *self) G_GNUC_WARN_UNUSED_RESULT;

TA_AVAILABLE_IN_1_0
void ta_task_cancel (TaTask *self);

TA_AVAILABLE_IN_1_0
char *ta_task_dup_name (TaTask *self);

TA_AVAILABLE_IN_1_0
void ta_task_set_name (TaTask *self, const char *name);

TA_AVAILABLE_IN_1_0
double ta_task_get_progress (TaTask *self);

TA_AVAILABLE_IN_1_0
char *ta_task_dup_status (TaTask *self);

TA_AVAILABLE_IN_1_0
TaRunner *ta_task_get_runner (TaTask *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
