/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "ta-value.h"

G_BEGIN_DECLS

/*
 * Gives the out-parameter @value, unless it is NULL, the value that it has when the call fails: a
 * NULL pointer. Bindings that read an out-parameter before they look at the error would trip over
 * one that is not initialised.
 */
static inline void
ta_value_clear_out (GValue *value)
{
  if (value == NULL)
    return;

  if (G_VALUE_TYPE (value) != G_TYPE_INVALID && G_VALUE_TYPE (value) != G_TYPE_POINTER)
    g_value_unset (value);
  *value = (GValue){ .g_type = G_TYPE_POINTER };
}

/* Copies a value to one that is unset. */
static inline void
ta_value_copy (const GValue *from, GValue *to)
{
  switch (G_VALUE_TYPE (from))
    {
    case G_TYPE_BOOLEAN:
    case G_TYPE_INT:
    case G_TYPE_UINT:
    case G_TYPE_INT64:
    case G_TYPE_UINT64:
    case G_TYPE_DOUBLE:
    case G_TYPE_POINTER:
      /* These are nothing but their bits. */
      *to = *from;
      break;
    default:
      g_value_init (to, G_VALUE_TYPE (from));
      g_value_copy (from, to);
    }
}

G_END_DECLS
