/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-error.h"
#include "ta-introspect.h"

/*
 * Numbers. Every language has its own idea of the type of a number: so a number of any type is taken
 * if it fits.
 */

/* A number of any type. */
typedef struct
{
  gboolean is_whole;
  gboolean is_negative;
  guint64  magnitude; /* of one that is whole */
  double   real;
} TaNumber;

static TaNumber
make_signed (gint64 number)
{
  return (TaNumber){ TRUE, number < 0, number < 0 ? -(guint64) number : (guint64) number,
                     (double) number };
}

static TaNumber
make_unsigned (guint64 number)
{
  return (TaNumber){ TRUE, FALSE, number, (double) number };
}

static TaNumber
make_real (double number)
{
  const double size = number < 0 ? -number : number;
  const double limit = 18446744073709551616.0; /* 2 to the 64th */
  TaNumber     result = { FALSE, number < 0, 0, number };

  /* Not a number compares false. */
  if (size < limit && size == (double) (guint64) size)
    {
      result.is_whole = TRUE;
      result.magnitude = (guint64) size;
    }

  return result;
}

static gboolean
read_number (const GValue *value, TaNumber *number)
{
  switch (G_TYPE_FUNDAMENTAL (G_VALUE_TYPE (value)))
    {
    case G_TYPE_CHAR:
      *number = make_signed (g_value_get_schar (value));
      return TRUE;
    case G_TYPE_UCHAR:
      *number = make_unsigned (g_value_get_uchar (value));
      return TRUE;
    case G_TYPE_INT:
      *number = make_signed (g_value_get_int (value));
      return TRUE;
    case G_TYPE_UINT:
      *number = make_unsigned (g_value_get_uint (value));
      return TRUE;
    case G_TYPE_LONG:
      *number = make_signed (g_value_get_long (value));
      return TRUE;
    case G_TYPE_ULONG:
      *number = make_unsigned (g_value_get_ulong (value));
      return TRUE;
    case G_TYPE_INT64:
      *number = make_signed (g_value_get_int64 (value));
      return TRUE;
    case G_TYPE_UINT64:
      *number = make_unsigned (g_value_get_uint64 (value));
      return TRUE;
    case G_TYPE_ENUM:
      *number = make_signed (g_value_get_enum (value));
      return TRUE;
    case G_TYPE_FLAGS:
      *number = make_unsigned (g_value_get_flags (value));
      return TRUE;
    case G_TYPE_FLOAT:
      *number = make_real ((double) g_value_get_float (value));
      return TRUE;
    case G_TYPE_DOUBLE:
      *number = make_real (g_value_get_double (value));
      return TRUE;
    default:
      return FALSE;
    }
}

/* How many bits the kinds of whole numbers have; negative for those with a sign. */
static int
get_bits (TaKind kind)
{
  switch ((int) kind)
    {
    case TA_KIND_INT8:
      return -8;
    case TA_KIND_UINT8:
      return 8;
    case TA_KIND_INT16:
      return -16;
    case TA_KIND_UINT16:
      return 16;
    case TA_KIND_INT32:
    case TA_KIND_ENUM:
      return -32;
    case TA_KIND_UINT32:
    case TA_KIND_FLAGS:
      return 32;
    case TA_KIND_INT64:
      return -64;
    default:
      return 64;
    }
}

/* Stores a whole number as what it is to be; FALSE if it does not fit. */
static gboolean
store_whole (TaKind kind, const TaNumber *number, GIArgument *argument)
{
  const int     bits = get_bits (kind);
  const guint64 max =
      bits < 0 ? (G_GUINT64_CONSTANT (1) << (-bits - 1)) - 1 : G_MAXUINT64 >> (64 - bits);
  guint64 pattern;

  if (!number->is_whole)
    return FALSE;
  if (number->is_negative && number->magnitude > (bits < 0 ? max + 1 : 0))
    return FALSE;
  if (!number->is_negative && number->magnitude > max)
    return FALSE;

  pattern = number->is_negative ? -number->magnitude : number->magnitude;
  switch (bits < 0 ? -bits : bits)
    {
    case 8:
      argument->v_uint8 = (guint8) pattern;
      break;
    case 16:
      argument->v_uint16 = (guint16) pattern;
      break;
    case 32:
      argument->v_uint32 = (guint32) pattern;
      break;
    default:
      argument->v_uint64 = pattern;
    }

  return TRUE;
}

gboolean
ta_introspect_set_number (TaMethodCall *call,
                          TaParameter  *parameter,
                          const GValue *value,
                          GError      **error)
{
  const TaType *type = &parameter->type;
  TaNumber      number;

  if ((type->kind == TA_KIND_ENUM || type->kind == TA_KIND_FLAGS) &&
      (G_TYPE_IS_ENUM (G_VALUE_TYPE (value)) || G_TYPE_IS_FLAGS (G_VALUE_TYPE (value))) &&
      type->gtype != G_TYPE_NONE && !G_VALUE_HOLDS (value, type->gtype))
    return ta_introspect_refuse (call, parameter, value, g_type_name (type->gtype), error);

  if (!read_number (value, &number))
    return ta_introspect_refuse (call, parameter, value, "a number", error);

  if (type->kind == TA_KIND_DOUBLE)
    parameter->argument.v_double = number.real;
  else if (type->kind == TA_KIND_FLOAT)
    parameter->argument.v_float = (float) number.real;
  else if (!store_whole (type->kind, &number, &parameter->argument))
    {
      const int bits = get_bits (type->kind);

      g_set_error (error, TA_ERROR, TA_ERROR_WRONG_TYPE,
                   "Parameter “%s” of %s has to be a whole number of %d bits %s a sign, not %.17g",
                   parameter->name, call->name, ABS (bits), bits < 0 ? "with" : "without",
                   number.real);
      return FALSE;
    }

  return TRUE;
}

/* Stores the length of an array; FALSE if it does not fit. */
gboolean
ta_introspect_store_unsigned (TaKind kind, guint64 number, GIArgument *argument)
{
  const TaNumber whole = make_unsigned (number);

  return store_whole (kind, &whole, argument);
}
