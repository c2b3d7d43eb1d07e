/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(TA_INSIDE) && !defined(TA_COMPILATION)
#error "Only <threaded-async.h> can be included directly."
#endif

#include "ta-types.h"

G_BEGIN_DECLS

#define TA_TYPE_QUEUE (ta_queue_get_type ())

TA_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (TaQueue, ta_queue, TA, QUEUE, GObject)

TA_AVAILABLE_IN_1_0
TaQueue *ta_queue_new (guint capacity);

TA_AVAILABLE_IN_1_0
const char *ta_queue_get_name (TaQueue *self);

TA_AVAILABLE_IN_1_0
guint ta_queue_get_capacity (TaQueue *self);

TA_AVAILABLE_IN_1_0
GType ta_queue_get_item_type (TaQueue *self);

TA_AVAILABLE_IN_1_0
GMainContext *ta_queue_get_main_context (TaQueue *self);

TA_AVAILABLE_IN_1_0
guint ta_queue_get_length (TaQueue *self);

TA_AVAILABLE_IN_1_0
gboolean ta_queue_get_is_empty (TaQueue *self);

TA_AVAILABLE_IN_1_0
gboolean ta_queue_get_is_full (TaQueue *self);

TA_AVAILABLE_IN_1_0
gboolean ta_queue_get_closed (TaQueue *self);

TA_AVAILABLE_IN_1_0
void ta_queue_close (TaQueue *self);

TA_AVAILABLE_IN_1_0
gboolean ta_queue_try_put (TaQueue *self, const GValue *value, GError **error);

TA_AVAILABLE_IN_1_0
gboolean ta_queue_put_wait (TaQueue      *self,
                            const GValue *value,
                            gint64        timeout_us,
                            GCancellable *cancellable,
                            GError      **error);

TA_AVAILABLE_IN_1_0
void ta_queue_put_async (TaQueue            *self,
                         const GValue       *value,
                         gint64              timeout_us,
                         GCancellable       *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer            user_data);

TA_AVAILABLE_IN_1_0
gboolean ta_queue_put_finish (TaQueue *self, GAsyncResult *result, GError **error);

TA_AVAILABLE_IN_1_0
void ta_queue_reserve_async (TaQueue            *self,
                             gint64              timeout_us,
                             GCancellable       *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer            user_data);

TA_AVAILABLE_IN_1_0
GAsyncResult *ta_queue_reserve_finish (TaQueue *self, GAsyncResult *result, GError **error);

TA_AVAILABLE_IN_1_0
gboolean
ta_queue_put_reserved (TaQueue *self, GAsyncResult *result, const GValue *value, GError **error);

TA_AVAILABLE_IN_1_0
void ta_queue_release_reserved (TaQueue *self, GAsyncResult *result);

TA_AVAILABLE_IN_1_0
gboolean ta_queue_try_get (TaQueue *self, GValue *value, GError **error);

TA_AVAILABLE_IN_1_0
gboolean ta_queue_get_wait (TaQueue      *self,
                            GValue       *value,
                            gint64        timeout_us,
                            GCancellable *cancellable,
                            GError      **error);

TA_AVAILABLE_IN_1_0
void ta_queue_get_async (TaQueue            *self,
                         gint64              timeout_us,
                         GCancellable       *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer            user_data);

TA_AVAILABLE_IN_1_0
gboolean ta_queue_get_finish (TaQueue *self, GAsyncResult *result, GValue *value, GError **error);

G_END_DECLS
