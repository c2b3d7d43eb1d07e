/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/*
 * Whether nobody but the caller, who has a reference, knows an object, so that it can be used for something
 * else. Weak references, toggle references, and what bindings know an object by, are its data. Who has a
 * weak one may just have made a reference of it, and let go of the weak one before its data was looked at: so
 * the references are counted once more.
 */
static inline gboolean
ta_object_is_unknown (GObject *object)
{
  return g_atomic_int_get (&object->ref_count) == 1 &&
         g_atomic_pointer_get (&object->qdata) == NULL &&
         g_atomic_int_get (&object->ref_count) == 1;
}

G_END_DECLS
