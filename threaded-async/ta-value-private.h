/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "ta-box-private.h"
#include "ta-value.h"

G_BEGIN_DECLS

/*
 * Gives the out-parameter @value, unless it is NULL, the value that it has when the call fails: a
 * NULL pointer. Bindings that read an out-parameter before they look at the error would trip over
 * one that is not initialised.
 *
 * A caller who has initialised it with the type of a box wants what is in a box in the box. The
 * second word of the value, for which a pointer has no use, remembers that until the value is
 * delivered.
 */
static inline void
ta_value_clear_out (GValue *value)
{
  gboolean wants_box;

  if (value == NULL)
    return;

  wants_box = ta_value_is_box (value);
  if (G_VALUE_TYPE (value) != G_TYPE_INVALID && G_VALUE_TYPE (value) != G_TYPE_POINTER)
    g_value_unset (value);
  *value = (GValue){ .g_type = G_TYPE_POINTER };
  value->data[1].v_int = wants_box;
}

/* Whether a value is nothing but its bits. */
static inline gboolean
ta_value_is_plain (const GValue *value)
{
  switch (G_VALUE_TYPE (value))
    {
    case G_TYPE_BOOLEAN:
    case G_TYPE_INT:
    case G_TYPE_UINT:
    case G_TYPE_INT64:
    case G_TYPE_UINT64:
    case G_TYPE_DOUBLE:
    case G_TYPE_POINTER:
      return TRUE;
    default:
      return FALSE;
    }
}

/* Copies a value to one that is unset. */
static inline void
ta_value_copy (const GValue *from, GValue *to)
{
  if (ta_value_is_plain (from))
    {
      *to = *from;
      return;
    }

  g_value_init (to, G_VALUE_TYPE (from));
  g_value_copy (from, to);
}

/* Copies a value to an out-parameter that has been cleared; without a lock. */
static inline void
ta_value_copy_out (const GValue *from, GValue *to)
{
  gboolean wants_box = to->data[1].v_int;

  *to = (GValue) G_VALUE_INIT;
  if (ta_value_is_box (from) && !wants_box)
    ta_box_unwrap (from, to);
  else
    ta_value_copy (from, to);
}

/* Moves a value to an out-parameter that has been cleared, or is NULL; without a lock. */
static inline void
ta_value_move_out (GValue *from, GValue *to)
{
  if (to == NULL)
    {
      g_value_unset (from);
    }
  else if (ta_value_is_box (from) && !to->data[1].v_int)
    {
      ta_box_unwrap (from, to);
      g_value_unset (from);
    }
  else
    {
      *to = *from;
      *from = (GValue) G_VALUE_INIT;
    }
}

/* Returns the type of a value as those see it who do not ask for a box. */
static inline GType
ta_value_get_item_type (const GValue *value)
{
  return ta_value_is_box (value) ? ta_box_get_item_type (value->data[0].v_pointer)
                                 : G_VALUE_TYPE (value);
}

G_END_DECLS
