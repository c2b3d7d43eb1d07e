/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-introspect.h"

/* Turns what C returns into GValues; in the thread that has made the call. */

static gsize
get_length (const TaMethodCall *call, const TaType *type)
{
  const TaParameter *length = &call->parameters[type->length_index];

  switch ((int) length->type.kind)
    {
    case TA_KIND_INT8:
    case TA_KIND_UINT8:
      return length->out.v_uint8;
    case TA_KIND_INT16:
    case TA_KIND_UINT16:
      return length->out.v_uint16;
    case TA_KIND_INT32:
    case TA_KIND_UINT32:
      return length->out.v_uint32;
    default:
      return length->out.v_uint64;
    }
}

static void
take_object (const TaType *type, GObject *object, GValue *value)
{
  g_value_init (value, object != NULL ? G_OBJECT_TYPE (object) : G_TYPE_OBJECT);
  if (object != NULL && (type->transfer == GI_TRANSFER_NOTHING || g_object_is_floating (object)))
    g_object_ref_sink (object);
  g_value_take_object (value, object);
}

static void
take_strv (const TaMethodCall *call, const TaType *type, char **strings, GValue *value)
{
  const gboolean has_length = type->length_index != TA_NO_INDEX;
  const gsize    n = strings == NULL ? 0
                     : has_length    ? get_length (call, type)
                                     : g_strv_length (strings);
  char         **copy;

  g_value_init (value, G_TYPE_STRV);
  if (strings == NULL)
    return;
  if (!has_length && type->transfer == GI_TRANSFER_EVERYTHING)
    {
      g_value_take_boxed (value, strings);
      return;
    }

  copy = g_new (char *, n + 1);
  for (gsize i = 0; i < n; i++)
    copy[i] = type->transfer == GI_TRANSFER_EVERYTHING ? strings[i] : g_strdup (strings[i]);
  copy[n] = NULL;
  if (type->transfer != GI_TRANSFER_NOTHING)
    g_free (strings);
  g_value_take_boxed (value, copy);
}

static void
take_bytes (const TaMethodCall *call, const TaType *type, gpointer data, GValue *value)
{
  const gsize size = data != NULL ? get_length (call, type) : 0;

  g_value_init (value, G_TYPE_BYTES);
  g_value_take_boxed (value, type->transfer == GI_TRANSFER_NOTHING ? g_bytes_new (data, size)
                                                                   : g_bytes_new_take (data, size));
}

static void
take (const TaMethodCall *call, const TaType *type, GIArgument *argument, GValue *value)
{
  const gboolean is_ours = type->transfer != GI_TRANSFER_NOTHING;
  gpointer       pointer = argument->v_pointer;

  switch (type->kind)
    {
    case TA_KIND_BOOLEAN:
      g_value_set_boolean (g_value_init (value, G_TYPE_BOOLEAN), argument->v_boolean);
      break;
    case TA_KIND_INT8:
      g_value_set_int (g_value_init (value, G_TYPE_INT), argument->v_int8);
      break;
    case TA_KIND_UINT8:
      g_value_set_uint (g_value_init (value, G_TYPE_UINT), argument->v_uint8);
      break;
    case TA_KIND_INT16:
      g_value_set_int (g_value_init (value, G_TYPE_INT), argument->v_int16);
      break;
    case TA_KIND_UINT16:
      g_value_set_uint (g_value_init (value, G_TYPE_UINT), argument->v_uint16);
      break;
    case TA_KIND_INT32:
      g_value_set_int (g_value_init (value, G_TYPE_INT), argument->v_int32);
      break;
    case TA_KIND_UINT32:
      g_value_set_uint (g_value_init (value, G_TYPE_UINT), argument->v_uint32);
      break;
    case TA_KIND_INT64:
      g_value_set_int64 (g_value_init (value, G_TYPE_INT64), argument->v_int64);
      break;
    case TA_KIND_UINT64:
      g_value_set_uint64 (g_value_init (value, G_TYPE_UINT64), argument->v_uint64);
      break;
    case TA_KIND_FLOAT:
      g_value_set_float (g_value_init (value, G_TYPE_FLOAT), argument->v_float);
      break;
    case TA_KIND_DOUBLE:
      g_value_set_double (g_value_init (value, G_TYPE_DOUBLE), argument->v_double);
      break;
    case TA_KIND_ENUM:
    case TA_KIND_FLAGS:
      if (G_TYPE_IS_ENUM (type->gtype))
        g_value_set_enum (g_value_init (value, type->gtype), argument->v_int32);
      else if (G_TYPE_IS_FLAGS (type->gtype))
        g_value_set_flags (g_value_init (value, type->gtype), argument->v_uint32);
      else if (type->kind == TA_KIND_FLAGS)
        g_value_set_uint (g_value_init (value, G_TYPE_UINT), argument->v_uint32);
      else
        g_value_set_int (g_value_init (value, G_TYPE_INT), argument->v_int32);
      break;
    case TA_KIND_GTYPE:
      g_value_set_gtype (g_value_init (value, G_TYPE_GTYPE), argument->v_size);
      break;
    case TA_KIND_STRING:
      g_value_init (value, G_TYPE_STRING);
      if (is_ours)
        g_value_take_string (value, pointer);
      else
        g_value_set_string (value, pointer);
      break;
    case TA_KIND_OBJECT:
      take_object (type, pointer, value);
      break;
    case TA_KIND_BOXED:
      g_value_init (value, type->gtype);
      if (is_ours)
        g_value_take_boxed (value, pointer);
      else
        g_value_set_boxed (value, pointer);
      break;
    case TA_KIND_VARIANT:
      g_value_init (value, G_TYPE_VARIANT);
      if (is_ours && pointer != NULL)
        g_value_take_variant (value, g_variant_take_ref (pointer));
      else
        g_value_set_variant (value, pointer);
      break;
    case TA_KIND_PARAM:
      g_value_init (value, pointer != NULL ? G_TYPE_FROM_INSTANCE (pointer) : G_TYPE_PARAM);
      if (is_ours)
        g_value_take_param (value, pointer);
      else
        g_value_set_param (value, pointer);
      break;
    case TA_KIND_STRV:
      take_strv (call, type, pointer, value);
      break;
    case TA_KIND_BYTES:
      take_bytes (call, type, pointer, value);
      break;
    case TA_KIND_VOID:
    case TA_KIND_VALUE:
    case TA_KIND_CALLBACK:
    default:
      g_return_if_reached ();
    }
}

G_GNUC_BEGIN_IGNORE_DEPRECATIONS

/* Adds a result to those that there are: one is itself, several are a GValueArray. */
static void
add_result (GValue *results, guint *n_results, GValue *result)
{
  /* An array is made of copies, which may be made of this one's content. */
  if (++*n_results == 1)
    {
      *results = *result;
      return;
    }

  if (*n_results == 2)
    {
      GValueArray *array = g_value_array_new (4);

      g_value_array_append (array, results);
      g_value_unset (results);
      g_value_init (results, g_value_array_get_type ());
      g_value_take_boxed (results, array);
    }
  g_value_array_append (g_value_get_boxed (results), result);
  g_value_unset (result);
}

G_GNUC_END_IGNORE_DEPRECATIONS

/* Turns the result and the out-parameters of a call that has succeeded into one value. */
void
ta_introspect_take_results (TaMethodCall *call, GIArgument *result, GValue *value)
{
  guint n_results = 0;

  if (call->result.kind != TA_KIND_VOID)
    {
      GValue taken = G_VALUE_INIT;

      take (call, &call->result, result, &taken);
      add_result (value, &n_results, &taken);
    }

  for (guint i = 0; i < call->n_parameters; i++)
    {
      TaParameter *parameter = &call->parameters[i];
      GValue       taken = G_VALUE_INIT;

      if (parameter->role != TA_ROLE_OUT)
        continue;

      if (!parameter->is_filled_in)
        take (call, &parameter->type, &parameter->out, &taken);
      else if (G_IS_VALUE (&parameter->value))
        {
          taken = parameter->value;
          parameter->value = (GValue) G_VALUE_INIT;
        }
      else
        g_value_init (&taken, G_TYPE_POINTER);
      add_result (value, &n_results, &taken);
    }

  if (n_results == 0)
    g_value_init (value, G_TYPE_POINTER);
}
