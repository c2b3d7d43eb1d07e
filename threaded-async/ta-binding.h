/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(TA_INSIDE) && !defined(TA_COMPILATION)
#error "Only <threaded-async.h> can be included directly."
#endif

#include "ta-runner.h"

G_BEGIN_DECLS

TA_AVAILABLE_IN_1_0
void ta_allow_functions_in_threads (void);

TA_AVAILABLE_IN_1_0
TaTask *ta_runner_create_task_checked (TaRunner      *self,
                                       TaTaskFunc     func,
                                       gpointer       user_data,
                                       GDestroyNotify destroy,
                                       GError       **error) G_GNUC_WARN_UNUSED_RESULT;

TA_AVAILABLE_IN_1_0
gboolean ta_runner_call_in_loop_checked (TaRunner      *self,
                                         TaCallFunc     func,
                                         gpointer       user_data,
                                         GDestroyNotify destroy,
                                         gint64         timeout_us,
                                         GCancellable  *cancellable,
                                         GError       **error);

G_END_DECLS
