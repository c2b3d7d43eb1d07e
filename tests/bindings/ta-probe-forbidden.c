/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-probe.h"

/* What can't be called through introspection by this library. */

static int n_forbidden; /* atomic */

/* How many of the functions have been called that can't be. */
guint
ta_probe_get_n_forbidden (void)
{
  return (guint) g_atomic_int_get (&n_forbidden);
}

/**
 * ta_probe_callback:
 * @func: (scope call):
 */
void
ta_probe_callback (GFunc func, gpointer user_data)
{
  g_atomic_int_inc (&n_forbidden);
}

void
ta_probe_pointer (gpointer pointer)
{
  g_atomic_int_inc (&n_forbidden);
}

/**
 * ta_probe_in_out:
 * @number: (inout):
 */
void
ta_probe_in_out (int *number)
{
  g_atomic_int_inc (&n_forbidden);
}

/**
 * ta_probe_list:
 * @names: (element-type utf8):
 */
void
ta_probe_list (GList *names)
{
  g_atomic_int_inc (&n_forbidden);
}

void
ta_probe_opaque (TaProbeOpaque *opaque)
{
  g_atomic_int_inc (&n_forbidden);
}

/**
 * ta_probe_opaque_out:
 * @date: (out caller-allocates):
 */
void
ta_probe_opaque_out (GDate *date)
{
  g_atomic_int_inc (&n_forbidden);
}

/**
 * ta_probe_int_array:
 * @numbers: (array length=n_numbers):
 */
void
ta_probe_int_array (const int *numbers, gsize n_numbers)
{
  g_atomic_int_inc (&n_forbidden);
}

/**
 * ta_probe_fixed_array:
 * @bytes: (array fixed-size=4):
 */
void
ta_probe_fixed_array (const guint8 *bytes)
{
  g_atomic_int_inc (&n_forbidden);
}

/**
 * ta_probe_ptr_array:
 * @array: (element-type utf8):
 */
void
ta_probe_ptr_array (GPtrArray *array)
{
  g_atomic_int_inc (&n_forbidden);
}

void
ta_probe_closure (GClosure *closure)
{
  g_atomic_int_inc (&n_forbidden);
}

/**
 * ta_probe_returns_list:
 *
 * Returns: (element-type utf8) (transfer none):
 */
GList *
ta_probe_returns_list (void)
{
  g_atomic_int_inc (&n_forbidden);

  return NULL;
}

/**
 * ta_probe_returns_opaque:
 *
 * Returns: (transfer none):
 */
TaProbeOpaque *
ta_probe_returns_opaque (void)
{
  g_atomic_int_inc (&n_forbidden);

  return NULL;
}

/**
 * ta_probe_optional_callback:
 * @func: (scope call) (nullable):
 */
int
ta_probe_optional_callback (GFunc func, gpointer user_data, int number)
{
  g_assert (func == NULL && user_data == NULL);

  return number;
}
