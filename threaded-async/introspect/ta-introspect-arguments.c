/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-error.h"
#include "ta-introspect.h"

/*
 * Turns GValues into what C takes. Every language has its own idea of the type of a number: so a
 * number of any type is taken if it fits.
 */

static gboolean
is_null (const GValue *value)
{
  switch (G_TYPE_FUNDAMENTAL (G_VALUE_TYPE (value)))
    {
    case G_TYPE_POINTER:
    case G_TYPE_STRING:
    case G_TYPE_INTERFACE:
    case G_TYPE_OBJECT:
    case G_TYPE_BOXED:
    case G_TYPE_VARIANT:
    case G_TYPE_PARAM:
      return g_value_peek_pointer (value) == NULL;
    default:
      return FALSE;
    }
}

static const char *
name_type (const GValue *value)
{
  if (is_null (value))
    return "null";
  if (G_VALUE_HOLDS_OBJECT (value))
    return G_OBJECT_TYPE_NAME (g_value_get_object (value));

  return G_VALUE_TYPE_NAME (value);
}

static gboolean
refuse (TaMethodCall *call,
        TaParameter  *parameter,
        const GValue *value,
        const char   *wanted,
        GError      **error)
{
  g_set_error (error, TA_ERROR, TA_ERROR_WRONG_TYPE, "Parameter “%s” of %s has to be %s, not %s",
               parameter->name, call->name, wanted, name_type (value));
  return FALSE;
}

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

static gboolean
set_number (TaMethodCall *call, TaParameter *parameter, const GValue *value, GError **error)
{
  const TaType *type = &parameter->type;
  TaNumber      number;

  if ((type->kind == TA_KIND_ENUM || type->kind == TA_KIND_FLAGS) &&
      (G_TYPE_IS_ENUM (G_VALUE_TYPE (value)) || G_TYPE_IS_FLAGS (G_VALUE_TYPE (value))) &&
      type->gtype != G_TYPE_NONE && !G_VALUE_HOLDS (value, type->gtype))
    return refuse (call, parameter, value, g_type_name (type->gtype), error);

  if (!read_number (value, &number))
    return refuse (call, parameter, value, "a number", error);

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

static void
keep (TaParameter *parameter, const GValue *value)
{
  g_value_init (&parameter->value, G_VALUE_TYPE (value));
  g_value_copy (value, &parameter->value);
  parameter->argument.v_pointer = g_value_peek_pointer (&parameter->value);
}

/* Notes the length of an array in the parameter that it is passed in. */
static gboolean
set_length (TaMethodCall *call, TaParameter *array, gsize length, GError **error)
{
  const TaNumber number = make_unsigned (length);
  TaParameter   *parameter;

  if (array->type.length_index == TA_NO_INDEX)
    return TRUE;

  parameter = &call->parameters[array->type.length_index];
  if (store_whole (parameter->type.kind, &number, &parameter->argument))
    return TRUE;

  g_set_error (error, TA_ERROR, TA_ERROR_WRONG_TYPE,
               "Parameter “%s” of %s is too long: %" G_GSIZE_FORMAT, array->name, call->name,
               length);
  return FALSE;
}

static gboolean
set_strv (TaMethodCall *call, TaParameter *parameter, const GValue *value, GError **error)
{
  GVariant *variant = G_VALUE_HOLDS_VARIANT (value) ? g_value_get_variant (value) : NULL;

  if (variant != NULL && g_variant_is_of_type (variant, G_VARIANT_TYPE_STRING_ARRAY))
    {
      g_value_init (&parameter->value, G_TYPE_STRV);
      g_value_take_boxed (&parameter->value, g_variant_dup_strv (variant, NULL));
      parameter->argument.v_pointer = g_value_get_boxed (&parameter->value);
    }
  else if (G_VALUE_HOLDS (value, G_TYPE_STRV))
    keep (parameter, value);
  else
    return refuse (call, parameter, value, "an array of strings", error);

  return set_length (call, parameter, g_strv_length (parameter->argument.v_pointer), error);
}

static gboolean
set_bytes (TaMethodCall *call, TaParameter *parameter, const GValue *value, GError **error)
{
  static char   nothing[1];
  gconstpointer data;
  gsize         size;

  if (!G_VALUE_HOLDS (value, G_TYPE_BYTES))
    return refuse (call, parameter, value, "GBytes", error);

  keep (parameter, value);
  data = g_bytes_get_data (g_value_get_boxed (&parameter->value), &size);
  parameter->argument.v_pointer = data != NULL ? (gpointer) data : nothing;

  return set_length (call, parameter, size, error);
}

static gboolean
set_instance_of (TaMethodCall *call, TaParameter *parameter, const GValue *value, GError **error)
{
  const GType gtype = parameter->type.gtype;
  gboolean    fits;

  if (parameter->type.kind == TA_KIND_OBJECT)
    fits = G_VALUE_HOLDS_OBJECT (value) &&
           g_type_is_a (G_OBJECT_TYPE (g_value_get_object (value)), gtype);
  else
    fits = G_VALUE_HOLDS (value, gtype);
  if (!fits)
    return refuse (call, parameter, value, g_type_name (gtype), error);

  keep (parameter, value);

  return TRUE;
}

static gboolean
set_argument (TaMethodCall *call, TaParameter *parameter, const GValue *value, GError **error)
{
  const TaKind kind = parameter->type.kind;

  if (kind == TA_KIND_CALLBACK)
    return is_null (value) ||
           refuse (call, parameter, value,
                   "null, since it is a callback, which can't be called in another thread", error);

  if (kind >= TA_KIND_STRING && kind != TA_KIND_VALUE && is_null (value))
    {
      if (parameter->type.is_nullable)
        return parameter->type.length_index == TA_NO_INDEX ||
               set_length (call, parameter, 0, error);
      return refuse (call, parameter, value, "there", error);
    }

  switch (kind)
    {
    case TA_KIND_BOOLEAN:
      if (!G_VALUE_HOLDS_BOOLEAN (value))
        return refuse (call, parameter, value, "a boolean", error);
      parameter->argument.v_boolean = g_value_get_boolean (value);
      return TRUE;
    case TA_KIND_GTYPE:
      if (!G_VALUE_HOLDS_GTYPE (value))
        return refuse (call, parameter, value, "a GType", error);
      parameter->argument.v_size = g_value_get_gtype (value);
      return TRUE;
    case TA_KIND_STRING:
      if (!G_VALUE_HOLDS_STRING (value))
        return refuse (call, parameter, value, "a string", error);
      keep (parameter, value);
      return TRUE;
    case TA_KIND_OBJECT:
    case TA_KIND_BOXED:
    case TA_KIND_VARIANT:
    case TA_KIND_PARAM:
      return set_instance_of (call, parameter, value, error);
    case TA_KIND_VALUE:
      keep (parameter, value);
      parameter->argument.v_pointer = &parameter->value;
      return TRUE;
    case TA_KIND_STRV:
      return set_strv (call, parameter, value, error);
    case TA_KIND_BYTES:
      return set_bytes (call, parameter, value, error);
    case TA_KIND_INT8:
    case TA_KIND_UINT8:
    case TA_KIND_INT16:
    case TA_KIND_UINT16:
    case TA_KIND_INT32:
    case TA_KIND_UINT32:
    case TA_KIND_INT64:
    case TA_KIND_UINT64:
    case TA_KIND_FLOAT:
    case TA_KIND_DOUBLE:
    case TA_KIND_ENUM:
    case TA_KIND_FLAGS:
      return set_number (call, parameter, value, error);
    case TA_KIND_VOID:
    case TA_KIND_CALLBACK:
    default:
      g_return_val_if_reached (FALSE);
    }
}

/* Copies what the method is called on, if it is called on something. */
gboolean
ta_introspect_set_instance (TaMethodCall *call, const GValue *target, GError **error)
{
  const gboolean is_instance = !G_VALUE_HOLDS_STRING (target) && !G_VALUE_HOLDS_GTYPE (target);
  TaParameter   *instance = &call->instance;
  GType          gtype = instance->type.gtype;

  if (is_instance != call->has_instance)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   call->has_instance ? "%s is a method: it has to be called on an instance"
                                      : "%s is not a method: it has to be called on its type",
                   call->name);
      return FALSE;
    }
  if (!is_instance)
    return TRUE;

  instance->name = g_strdup ("self");
  if (g_type_is_a (gtype, G_TYPE_OBJECT) || G_TYPE_IS_INTERFACE (gtype))
    instance->type.kind = TA_KIND_OBJECT;
  else if (gtype == G_TYPE_VARIANT)
    instance->type.kind = TA_KIND_VARIANT;
  else if (g_type_is_a (gtype, G_TYPE_PARAM))
    instance->type.kind = TA_KIND_PARAM;
  else if (G_TYPE_IS_BOXED (gtype))
    instance->type.kind = TA_KIND_BOXED;
  else
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                   "%s can't be called in another thread by its name: nobody knows how to copy and "
                   "free what it is called on",
                   call->name);
      return FALSE;
    }

  return set_argument (call, instance, target, error);
}

gboolean
ta_introspect_set_arguments (TaMethodCall *call,
                             const GValue *arguments,
                             guint         n_arguments,
                             GError      **error)
{
  g_autoptr (GString) names = g_string_new (NULL);
  guint               n_wanted = 0;

  for (guint i = 0; i < call->n_parameters; i++)
    if (call->parameters[i].role == TA_ROLE_ARGUMENT)
      g_string_append_printf (names, "%s%s", n_wanted++ > 0 ? ", " : "", call->parameters[i].name);

  if (n_wanted != n_arguments)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   "%s takes %u arguments (%s), not %u: its cancellable is filled in", call->name,
                   n_wanted, n_wanted > 0 ? names->str : "none", n_arguments);
      return FALSE;
    }

  for (guint i = 0; i < call->n_parameters; i++)
    {
      TaParameter *parameter = &call->parameters[i];

      if (parameter->role == TA_ROLE_ARGUMENT &&
          !set_argument (call, parameter, arguments++, error))
        return FALSE;
    }

  return TRUE;
}

/* Makes a copy of an argument that passes to the method, right before the call. */
void
ta_introspect_give_argument (TaParameter *parameter)
{
  gpointer   *pointer = &parameter->argument.v_pointer;
  const GType gtype = G_VALUE_TYPE (&parameter->value);

  if (parameter->type.transfer == GI_TRANSFER_NOTHING || gtype == G_TYPE_INVALID ||
      *pointer == NULL)
    return;

  switch ((int) parameter->type.kind)
    {
    case TA_KIND_STRING:
      *pointer = g_strdup (*pointer);
      break;
    case TA_KIND_OBJECT:
      g_object_ref (*pointer);
      break;
    case TA_KIND_BOXED:
      *pointer = g_boxed_copy (gtype, *pointer);
      break;
    case TA_KIND_VARIANT:
      g_variant_ref (*pointer);
      break;
    case TA_KIND_PARAM:
      g_param_spec_ref (*pointer);
      break;
    case TA_KIND_STRV:
      if (parameter->type.transfer == GI_TRANSFER_EVERYTHING)
        *pointer = g_strdupv (*pointer);
      else
        *pointer = g_memdup2 (*pointer, (g_strv_length (*pointer) + 1) * sizeof (char *));
      break;
    case TA_KIND_BYTES:
      *pointer = g_memdup2 (*pointer, g_bytes_get_size (g_value_get_boxed (&parameter->value)));
      break;
    case TA_KIND_VALUE:
      *pointer = g_boxed_copy (G_TYPE_VALUE, *pointer);
      break;
    default:
      break;
    }
}
