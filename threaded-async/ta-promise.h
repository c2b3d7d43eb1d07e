/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(TA_INSIDE) && !defined(TA_COMPILATION)
#error "Only <threaded-async.h> can be included directly."
#endif

#include "ta-error.h"

G_BEGIN_DECLS

#define TA_TYPE_PROMISE (ta_promise_get_type ())

TA_AVAILABLE_IN_1_0
GType ta_promise_get_type (void) G_GNUC_CONST;

TA_AVAILABLE_IN_1_0
TaPromise *ta_promise_new (void);

TA_AVAILABLE_IN_1_0
TaPromise *ta_promise_ref (TaPromise *self);

TA_AVAILABLE_IN_1_0
void ta_promise_unref (TaPromise *self);

TA_AVAILABLE_IN_1_0
TaFuture *ta_promise_get_future (TaPromise *self) G_GNUC_WARN_UNUSED_RESULT;

TA_AVAILABLE_IN_1_0
GCancellable *ta_promise_get_cancellable (TaPromise *self);

TA_AVAILABLE_IN_1_0
void ta_promise_set_progress (TaPromise *self, double progress);

TA_AVAILABLE_IN_1_0
void ta_promise_set_status (TaPromise *self, const char *status);

TA_AVAILABLE_IN_1_0
void ta_promise_return_boolean (TaPromise *self, gboolean result);

TA_AVAILABLE_IN_1_0
void ta_promise_return_int (TaPromise *self, gint64 result);

TA_AVAILABLE_IN_1_0
void ta_promise_return_double (TaPromise *self, double result);

TA_AVAILABLE_IN_1_0
void ta_promise_return_string (TaPromise *self, const char *result);

TA_AVAILABLE_IN_1_0
void ta_promise_return_object (TaPromise *self, GObject *result);

TA_AVAILABLE_IN_1_0
void ta_promise_return_value (TaPromise *self, const GValue *result);

TA_AVAILABLE_IN_1_0
gboolean ta_promise_try_return_value (TaPromise *self, const GValue *result, GError **error);

TA_AVAILABLE_IN_1_0
void ta_promise_return_error (TaPromise *self, GError *error);

TA_AVAILABLE_IN_1_0
void ta_promise_return_new_error (TaPromise *self, GQuark domain, int code, const char *format, ...)
    G_GNUC_PRINTF (4, 5);

TA_AVAILABLE_IN_1_0
void
ta_promise_return_new_error_literal (TaPromise *self, GQuark domain, int code, const char *message);

TA_AVAILABLE_IN_1_0
void ta_promise_return_foreign_error (TaPromise  *self,
                                      TaError     code,
                                      const char *message,
                                      TaBox      *foreign);

TA_AVAILABLE_IN_1_0
void ta_promise_return_failed (TaPromise *self, const char *message);

TA_AVAILABLE_IN_1_0
gboolean ta_promise_return_error_if_cancelled (TaPromise *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TaPromise, ta_promise_unref)

G_END_DECLS
