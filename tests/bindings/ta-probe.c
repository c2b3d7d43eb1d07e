/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-probe.h"

/* What passes through introspection: values of all types, there and back. */

GType
ta_probe_colour_get_type (void)
{
  static gsize            type;
  static const GEnumValue values[] = {
    { TA_PROBE_COLOUR_RED, "TA_PROBE_COLOUR_RED", "red" },
    { TA_PROBE_COLOUR_BLUE, "TA_PROBE_COLOUR_BLUE", "blue" },
    { 0, NULL, NULL },
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("TaProbeColour", values));

  return type;
}

/**
 * ta_probe_numbers:
 * @out_int8: (out):
 * @out_uint8: (out):
 * @out_int16: (out):
 * @out_uint16: (out):
 * @out_int32: (out):
 * @out_uint32: (out):
 * @out_int64: (out):
 * @out_uint64: (out):
 * @out_real32: (out):
 * @out_real64: (out):
 */
void
ta_probe_numbers (gint8    int8,
                  guint8   uint8,
                  gint16   int16,
                  guint16  uint16,
                  gint32   int32,
                  guint32  uint32,
                  gint64   int64,
                  guint64  uint64,
                  float    real32,
                  double   real64,
                  gint8   *out_int8,
                  guint8  *out_uint8,
                  gint16  *out_int16,
                  guint16 *out_uint16,
                  gint32  *out_int32,
                  guint32 *out_uint32,
                  gint64  *out_int64,
                  guint64 *out_uint64,
                  float   *out_real32,
                  double  *out_real64)
{
  *out_int8 = int8;
  *out_uint8 = uint8;
  *out_int16 = int16;
  *out_uint16 = uint16;
  *out_int32 = int32;
  *out_uint32 = uint32;
  *out_int64 = int64;
  *out_uint64 = uint64;
  *out_real32 = real32;
  *out_real64 = real64;
}

#define ECHO(Type, name, parameter)                                                                \
  Type ta_probe_##name (Type parameter) { return parameter; }

ECHO (gint8, int8, number)
ECHO (guint8, uint8, number)
ECHO (gint16, int16, number)
ECHO (guint16, uint16, number)
ECHO (gint32, int32, number)
ECHO (guint32, uint32, number)
ECHO (gint64, int64, number)
ECHO (guint64, uint64, number)
ECHO (float, real32, number)
ECHO (double, real64, number)
ECHO (gboolean, boolean, boolean)
ECHO (TaProbeColour, colour, colour)
ECHO (TaProbePlain, plain, plain)
ECHO (GFileCopyFlags, flags, flags)
ECHO (GType, gtype, type)

/**
 * ta_probe_string:
 * @string:
 *
 * Returns: (transfer none):
 */
const char *
ta_probe_string (const char *string)
{
  return string;
}

/**
 * ta_probe_string_full:
 * @string: (transfer full):
 *
 * Returns: (transfer full):
 */
char *
ta_probe_string_full (char *string)
{
  return string;
}

/**
 * ta_probe_string_or_null:
 * @string: (nullable):
 *
 * Returns: (transfer full) (nullable):
 */
char *
ta_probe_string_or_null (const char *string)
{
  return g_strdup (string);
}

/**
 * ta_probe_object:
 * @object: (nullable):
 *
 * Returns: (transfer none) (nullable):
 */
GObject *
ta_probe_object (GObject *object)
{
  return object;
}

/**
 * ta_probe_object_full:
 * @object: (transfer full):
 *
 * Returns: (transfer full):
 */
GObject *
ta_probe_object_full (GObject *object)
{
  return object;
}

/**
 * ta_probe_floating:
 *
 * Returns: (transfer none):
 */
GObject *
ta_probe_floating (void)
{
  return g_object_new (G_TYPE_INITIALLY_UNOWNED, NULL);
}

/**
 * ta_probe_boxed:
 * @time: (nullable):
 *
 * Returns: (transfer none) (nullable):
 */
GDateTime *
ta_probe_boxed (GDateTime *time)
{
  return time;
}

/**
 * ta_probe_boxed_full:
 * @time: (transfer full):
 *
 * Returns: (transfer full):
 */
GDateTime *
ta_probe_boxed_full (GDateTime *time)
{
  return time;
}

/**
 * ta_probe_variant:
 * @variant: (nullable):
 *
 * Returns: (transfer none) (nullable):
 */
GVariant *
ta_probe_variant (GVariant *variant)
{
  return variant;
}

/**
 * ta_probe_variant_full:
 * @variant: (transfer full):
 *
 * Returns: (transfer full):
 */
GVariant *
ta_probe_variant_full (GVariant *variant)
{
  return variant;
}

/**
 * ta_probe_variant_floating:
 *
 * Returns: (transfer none):
 */
GVariant *
ta_probe_variant_floating (void)
{
  return g_variant_new_int32 (5);
}

/**
 * ta_probe_param:
 *
 * Returns: (transfer none):
 */
GParamSpec *
ta_probe_param (GParamSpec *param)
{
  return param;
}

/**
 * ta_probe_error:
 *
 * Returns: (transfer full):
 */
GError *
ta_probe_error (const GError *error)
{
  return g_error_copy (error);
}

/**
 * ta_probe_value:
 * @value: (nullable):
 * @out: (out caller-allocates):
 */
void
ta_probe_value (const GValue *value, GValue *out)
{
  if (value == NULL)
    return;

  g_value_init (out, G_VALUE_TYPE (value));
  g_value_copy (value, out);
}

/**
 * ta_probe_strv:
 * @strings: (nullable) (array zero-terminated=1):
 *
 * Returns: (transfer full) (nullable) (array zero-terminated=1):
 */
char **
ta_probe_strv (const char *const *strings)
{
  return g_strdupv ((char **) strings);
}

/**
 * ta_probe_strv_full:
 * @strings: (transfer full) (array zero-terminated=1):
 *
 * Returns: (transfer full) (array zero-terminated=1):
 */
char **
ta_probe_strv_full (char **strings)
{
  return strings;
}

/**
 * ta_probe_strv_container:
 * @strings: (array zero-terminated=1):
 *
 * Returns: (transfer container) (array zero-terminated=1):
 */
const char **
ta_probe_strv_container (const char **strings)
{
  return g_memdup2 (strings, (g_strv_length ((char **) strings) + 1) * sizeof (char *));
}

/**
 * ta_probe_strv_length:
 * @strings: (array length=n_strings):
 * @out_strings: (out) (transfer none) (array length=n_out_strings):
 * @n_out_strings: (out):
 */
void
ta_probe_strv_length (const char  **strings,
                      gsize         n_strings,
                      const char ***out_strings,
                      guint8       *n_out_strings)
{
  *out_strings = strings;
  *n_out_strings = (guint8) n_strings;
}

/**
 * ta_probe_bytes:
 * @bytes: (array length=n_bytes) (nullable):
 * @n_out_bytes: (out):
 *
 * Returns: (transfer full) (array length=n_out_bytes):
 */
guint8 *
ta_probe_bytes (const guint8 *bytes, gsize n_bytes, gsize *n_out_bytes)
{
  *n_out_bytes = n_bytes;

  return g_memdup2 (bytes, n_bytes);
}

/**
 * ta_probe_bytes_full:
 * @bytes: (array length=n_bytes) (transfer full):
 * @n_out_bytes: (out):
 *
 * Returns: (transfer none) (array length=n_out_bytes):
 */
const guint8 *
ta_probe_bytes_full (guint8 *bytes, guint16 n_bytes, guint16 *n_out_bytes)
{
  static guint8 kept[16];

  *n_out_bytes = MIN (n_bytes, sizeof kept);
  if (*n_out_bytes > 0)
    memcpy (kept, bytes, *n_out_bytes);
  g_free (bytes);

  return kept;
}

gboolean
ta_probe_fail (const char *message, GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_BUSY, message);
  return FALSE;
}

/**
 * ta_probe_check:
 * @out: (out):
 */
gboolean
ta_probe_check (gboolean result, int *out, GError **error)
{
  *out = 11;

  return result;
}

void
ta_probe_nothing (void)
{
}
