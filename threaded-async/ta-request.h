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

#define TA_TYPE_REQUEST (ta_request_get_type ())

TA_AVAILABLE_IN_1_0
TA_DECLARE_INTERNAL_TYPE (TaRequest, ta_request, TA, REQUEST)

TA_AVAILABLE_IN_1_0
const char *ta_request_get_method (TaRequest *self);

TA_AVAILABLE_IN_1_0
TaClient *ta_request_get_client (TaRequest *self);

TA_AVAILABLE_IN_1_0
guint ta_request_get_n_args (TaRequest *self);

TA_AVAILABLE_IN_1_0
gboolean ta_request_get_arg (TaRequest *self, guint index, GValue *value, GError **error);

TA_AVAILABLE_IN_1_0
const char *const *ta_request_get_names (TaRequest *self);

TA_AVAILABLE_IN_1_0
gboolean
ta_request_get_named_arg (TaRequest *self, const char *name, GValue *value, GError **error);

TA_AVAILABLE_IN_1_0
TaBox *ta_request_dup_box (TaRequest *self, guint index) G_GNUC_WARN_UNUSED_RESULT;

TA_AVAILABLE_IN_1_0
TaPromise *ta_request_take_promise (TaRequest *self) G_GNUC_WARN_UNUSED_RESULT;

TA_AVAILABLE_IN_1_0
gboolean ta_request_withdraw (TaRequest *self);

G_END_DECLS
