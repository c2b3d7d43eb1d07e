/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-error.h"
#include "ta-introspect.h"

/* Turns GValues into what C takes; numbers are in ta-introspect-numbers.c. */

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
  if (!G_IS_VALUE (value))
    return "an unset value";
  if (is_null (value))
    return "null";
  if (G_VALUE_HOLDS_OBJECT (value))
    return G_OBJECT_TYPE_NAME (g_value_get_object (value));

  return G_VALUE_TYPE_NAME (value);
}

/* Says what a parameter has to be; returns FALSE. */
gboolean
ta_introspect_refuse (TaMethodCall *call,
                      TaParameter  *parameter,
                      const GValue *value,
                      const char   *wanted,
                      GError      **error)
{
  g_set_error (error, TA_ERROR, TA_ERROR_WRONG_TYPE, "Parameter “%s” of %s has to be %s, not %s",
               parameter->name, call->name, wanted, name_type (value));
  return FALSE;
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
  TaParameter *parameter;

  if (array->type.length_index == TA_NO_INDEX)
    return TRUE;

  parameter = &call->parameters[array->type.length_index];
  if (ta_introspect_store_unsigned (parameter->type.kind, length, &parameter->argument))
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
    return ta_introspect_refuse (call, parameter, value, "an array of strings", error);

  return set_length (call, parameter, g_strv_length (parameter->argument.v_pointer), error);
}

static gboolean
set_bytes (TaMethodCall *call, TaParameter *parameter, const GValue *value, GError **error)
{
  static char   nothing[1];
  gconstpointer data;
  gsize         size;

  if (!G_VALUE_HOLDS (value, G_TYPE_BYTES))
    return ta_introspect_refuse (call, parameter, value, "GBytes", error);

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
    return ta_introspect_refuse (call, parameter, value, g_type_name (gtype), error);

  keep (parameter, value);

  return TRUE;
}

static gboolean
set_argument (TaMethodCall *call, TaParameter *parameter, const GValue *value, GError **error)
{
  const TaKind kind = parameter->type.kind;

  if (!G_IS_VALUE (value))
    return ta_introspect_refuse (call, parameter, value, "a value", error);

  if (kind == TA_KIND_CALLBACK)
    return is_null (value) ||
           ta_introspect_refuse (
               call, parameter, value,
               "null, since it is a callback, which can't be called in another thread", error);

  if (kind >= TA_KIND_STRING && kind != TA_KIND_VALUE && is_null (value))
    {
      if (parameter->type.is_nullable)
        return parameter->type.length_index == TA_NO_INDEX ||
               set_length (call, parameter, 0, error);
      return ta_introspect_refuse (call, parameter, value, "there", error);
    }

  switch (kind)
    {
    case TA_KIND_BOOLEAN:
      if (!G_VALUE_HOLDS_BOOLEAN (value))
        return ta_introspect_refuse (call, parameter, value, "a boolean", error);
      parameter->argument.v_boolean = g_value_get_boolean (value);
      return TRUE;
    case TA_KIND_GTYPE:
      if (!G_VALUE_HOLDS_GTYPE (value))
        return ta_introspect_refuse (call, parameter, value, "a GType", error);
      parameter->argument.v_size = g_value_get_gtype (value);
      return TRUE;
    case TA_KIND_STRING:
      if (!G_VALUE_HOLDS_STRING (value))
        return ta_introspect_refuse (call, parameter, value, "a string", error);
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
      return ta_introspect_set_number (call, parameter, value, error);
    case TA_KIND_VOID:
    case TA_KIND_CALLBACK:
    default:
      g_return_val_if_reached (FALSE);
    }
}

/* Uses what the method is called on where it is: the caller sees to it that it stays there. */
static gboolean
set_in_place (TaMethodCall *call, const GValue *target, GError **error)
{
  TaParameter *instance = &call->instance;

  if (instance->type.transfer != GI_TRANSFER_NOTHING)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                   "%s takes what it is called on for itself, which has to stay in its box",
                   call->name);
      return FALSE;
    }
  if (!G_VALUE_HOLDS (target, instance->type.gtype) || is_null (target))
    return ta_introspect_refuse (call, instance, target, g_type_name (instance->type.gtype), error);

  instance->argument.v_pointer = g_value_peek_pointer (target);

  return TRUE;
}

/*
 * Whether a method frees what it is called on, or its reference, without saying so in the
 * introspection data: as g_object_unref() and g_checksum_free().
 */
static gboolean
is_free (const TaMethodCall *call)
{
  return call->instance.type.transfer == GI_TRANSFER_NOTHING &&
         (g_str_has_suffix (call->name, ".unref") || g_str_has_suffix (call->name, ".free"));
}

/* Copies what the method is called on, if it is called on something. */
gboolean
ta_introspect_set_instance (TaMethodCall *call,
                            const GValue *target,
                            gboolean      in_place,
                            GError      **error)
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
  if (is_free (call))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                   "%s would free what it is called on, which belongs to others", call->name);
      return FALSE;
    }

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

  return in_place && instance->type.kind == TA_KIND_BOXED
             ? set_in_place (call, target, error)
             : set_argument (call, instance, target, error);
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
