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

#define TA_TYPE_EVENT (ta_event_get_type ())

TA_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (TaEvent, ta_event, TA, EVENT, GObject)

TA_AVAILABLE_IN_1_0
TaEvent *ta_event_new (void);

TA_AVAILABLE_IN_1_0
gboolean ta_event_get_is_set (TaEvent *self);

TA_AVAILABLE_IN_1_0
GMainContext *ta_event_get_main_context (TaEvent *self);

TA_AVAILABLE_IN_1_0
void ta_event_set (TaEvent *self);

TA_AVAILABLE_IN_1_0
void ta_event_clear (TaEvent *self);

TA_AVAILABLE_IN_1_0
gboolean ta_event_try_wait (TaEvent *self, GError **error);

TA_AVAILABLE_IN_1_0
gboolean
ta_event_wait (TaEvent *self, gint64 timeout_us, GCancellable *cancellable, GError **error);

TA_AVAILABLE_IN_1_0
void ta_event_wait_async (TaEvent            *self,
                          gint64              timeout_us,
                          GCancellable       *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer            user_data);

TA_AVAILABLE_IN_1_0
gboolean ta_event_wait_finish (TaEvent *self, GAsyncResult *result, GError **error);

G_END_DECLS
