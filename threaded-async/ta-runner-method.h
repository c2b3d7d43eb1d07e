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
void ta_runner_call_method_async (TaRunner           *self,
                                  const GValue       *target,
                                  const char         *method,
                                  const GValue       *arguments,
                                  guint               n_arguments,
                                  gint64              timeout_us,
                                  GCancellable       *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer            user_data);

TA_AVAILABLE_IN_1_0
gboolean
ta_runner_call_method_finish (TaRunner *self, GAsyncResult *result, GValue *value, GError **error);

G_END_DECLS
