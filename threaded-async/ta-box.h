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

#define TA_TYPE_BOX (ta_box_get_type ())

TA_AVAILABLE_IN_1_0
GType ta_box_get_type (void) G_GNUC_CONST;

TA_AVAILABLE_IN_1_0
TaBox *ta_box_new (const GValue *foreign, const GValue *plain, GMainContext *context);

TA_AVAILABLE_IN_1_0
TaBox *ta_box_ref (TaBox *self);

TA_AVAILABLE_IN_1_0
void ta_box_unref (TaBox *self);

TA_AVAILABLE_IN_1_0
gboolean ta_box_get_foreign (TaBox *self, GValue *value);

TA_AVAILABLE_IN_1_0
gboolean ta_box_get_plain (TaBox *self, GValue *value);

TA_AVAILABLE_IN_1_0
TaBox *ta_box_take (GObject      *source,
                    GAsyncResult *result,
                    gint64        timeout_us,
                    GCancellable *cancellable,
                    GError      **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TaBox, ta_box_unref)

G_END_DECLS
