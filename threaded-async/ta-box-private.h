/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "ta-box.h"

G_BEGIN_DECLS

extern GType ta_box_type; /* atomic: TA_TYPE_BOX, or 0 while there has been no box */

/* Whether a value is a box; there are none before the type has been asked for. */
static inline gboolean
ta_value_is_box (const GValue *value)
{
  return G_UNLIKELY (G_VALUE_TYPE (value) == (GType) g_atomic_pointer_get (&ta_box_type));
}

const GValue *ta_box_peek_plain (TaBox *self);

GType ta_box_get_foreign_type (TaBox *self);
GType ta_box_get_item_type (TaBox *self);
void  ta_box_unwrap (const GValue *from, GValue *to);

G_END_DECLS
