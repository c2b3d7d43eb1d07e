/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(TA_INSIDE) && !defined(TA_COMPILATION)
#error "Only <threaded-async.h> can be included directly."
#endif

#include "ta-box.h"

G_BEGIN_DECLS

#define TA_TYPE_FUTURE (ta_future_get_type ())

TA_AVAILABLE_IN_1_0
TA_DECLARE_INTERNAL_TYPE (TaFuture, ta_future, TA, FUTURE)

TA_AVAILABLE_IN_1_0
gboolean ta_future_get_done (TaFuture *self);

TA_AVAILABLE_IN_1_0
GError *ta_future_dup_error (TaFuture *self) G_GNUC_WARN_UNUSED_RESULT;

TA_AVAILABLE_IN_1_0
char *ta_future_dup_error_message (TaFuture *self) G_GNUC_WARN_UNUSED_RESULT;

TA_AVAILABLE_IN_1_0
GMainContext *ta_future_get_main_context (TaFuture *self);

TA_AVAILABLE_IN_1_0
gboolean ta_future_try_wait (TaFuture *self, GValue *value, GError **error);

TA_AVAILABLE_IN_1_0
gboolean ta_future_wait (TaFuture     *self,
                         GValue       *value,
                         gint64        timeout_us,
                         GCancellable *cancellable,
                         GError      **error);

TA_AVAILABLE_IN_1_0
void ta_future_wait_async (TaFuture           *self,
                           gint64              timeout_us,
                           GCancellable       *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer            user_data);

TA_AVAILABLE_IN_1_0
gboolean
ta_future_wait_finish (TaFuture *self, GAsyncResult *result, GValue *value, GError **error);

TA_AVAILABLE_IN_1_0
TaBox *ta_future_take_foreign_error (TaFuture *self, GType type) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
