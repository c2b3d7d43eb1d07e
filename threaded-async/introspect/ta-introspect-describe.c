/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-introspect.h"

/* Notes what a function takes and returns, or says which parameter makes a call impossible. */

/* If the caller makes the place, @in_place, the structure itself is said to be in it, not a pointer. */
static gboolean
describe_interface (GITypeInfo *info, gboolean in_place, TaType *type, const char **reason)
{
  GIBaseInfo *interface = gi_type_info_get_interface (info);

  type->gtype = G_TYPE_NONE;
  if (gi_is_callback (interface))
    {
      type->kind = TA_KIND_CALLBACK;
      gi_base_info_unref (interface);
      return TRUE;
    }
  if (gi_is_enum (interface) || gi_is_object (interface) || gi_is_struct (interface))
    type->gtype = gi_registered_type_info_get_g_type ((GIRegisteredTypeInfo *) interface);

  if (gi_is_enum (interface))
    {
      switch ((int) gi_enum_info_get_storage_type ((GIEnumInfo *) interface))
        {
        case GI_TYPE_TAG_INT32:
          type->kind = TA_KIND_ENUM;
          break;
        case GI_TYPE_TAG_UINT32:
          type->kind = TA_KIND_FLAGS;
          break;
        default:
          *reason = "is an enumeration of an unusual size";
        }
    }
  else if (!in_place && !gi_type_info_is_pointer (info))
    *reason = "is a structure that is passed as it is";
  else if (g_type_is_a (type->gtype, G_TYPE_CLOSURE))
    *reason = "is a closure, which can't be called in another thread";
  else if (g_type_is_a (type->gtype, G_TYPE_OBJECT) || G_TYPE_IS_INTERFACE (type->gtype))
    type->kind = TA_KIND_OBJECT;
  else if (type->gtype == G_TYPE_VALUE)
    type->kind = TA_KIND_VALUE;
  else if (type->gtype == G_TYPE_VARIANT)
    type->kind = TA_KIND_VARIANT;
  else if (g_type_is_a (type->gtype, G_TYPE_PARAM))
    type->kind = TA_KIND_PARAM;
  else if (G_TYPE_IS_BOXED (type->gtype))
    type->kind = TA_KIND_BOXED;
  else
    *reason = "is a structure of which nobody knows how to copy and free it";

  gi_base_info_unref (interface);

  return *reason == NULL;
}

static gboolean
describe_array (GITypeInfo *info, TaType *type, const char **reason)
{
  GITypeInfo     *element = gi_type_info_get_param_type (info, 0);
  const GITypeTag tag = gi_type_info_get_tag (element);
  const gboolean  has_length = gi_type_info_get_array_length_index (info, &type->length_index);

  if (!has_length)
    type->length_index = TA_NO_INDEX;

  if (gi_type_info_get_array_type (info) != GI_ARRAY_TYPE_C)
    *reason = "is an array of a kind other than that of C";
  else if (tag == GI_TYPE_TAG_UTF8 || tag == GI_TYPE_TAG_FILENAME)
    type->kind = TA_KIND_STRV;
  else if ((tag == GI_TYPE_TAG_UINT8 || tag == GI_TYPE_TAG_INT8) &&
           !gi_type_info_is_pointer (element))
    type->kind = TA_KIND_BYTES;
  else
    *reason = "is an array of something else than strings or bytes";

  if (*reason == NULL && !has_length &&
      (type->kind == TA_KIND_BYTES || !gi_type_info_is_zero_terminated (info)))
    *reason = "is an array whose length is not passed";

  gi_base_info_unref ((GIBaseInfo *) element);

  return *reason == NULL;
}

static gboolean
describe_type (GITypeInfo *info, gboolean in_place, TaType *type, const char **reason)
{
  const GITypeTag tag = gi_type_info_get_tag (info);
  gboolean        is_number = TRUE;

  type->length_index = TA_NO_INDEX;
  *reason = NULL;

  switch ((int) tag)
    {
    case GI_TYPE_TAG_VOID:
      type->kind = TA_KIND_VOID;
      break;
    case GI_TYPE_TAG_BOOLEAN:
      type->kind = TA_KIND_BOOLEAN;
      break;
    case GI_TYPE_TAG_INT8:
      type->kind = TA_KIND_INT8;
      break;
    case GI_TYPE_TAG_UINT8:
      type->kind = TA_KIND_UINT8;
      break;
    case GI_TYPE_TAG_INT16:
      type->kind = TA_KIND_INT16;
      break;
    case GI_TYPE_TAG_UINT16:
      type->kind = TA_KIND_UINT16;
      break;
    case GI_TYPE_TAG_INT32:
      type->kind = TA_KIND_INT32;
      break;
    case GI_TYPE_TAG_UINT32:
    case GI_TYPE_TAG_UNICHAR:
      type->kind = TA_KIND_UINT32;
      break;
    case GI_TYPE_TAG_INT64:
      type->kind = TA_KIND_INT64;
      break;
    case GI_TYPE_TAG_UINT64:
      type->kind = TA_KIND_UINT64;
      break;
    case GI_TYPE_TAG_FLOAT:
      type->kind = TA_KIND_FLOAT;
      break;
    case GI_TYPE_TAG_DOUBLE:
      type->kind = TA_KIND_DOUBLE;
      break;
    case GI_TYPE_TAG_GTYPE:
      type->kind = TA_KIND_GTYPE;
      break;
    case GI_TYPE_TAG_UTF8:
    case GI_TYPE_TAG_FILENAME:
      type->kind = TA_KIND_STRING;
      is_number = FALSE;
      break;
    case GI_TYPE_TAG_ERROR:
      type->kind = TA_KIND_BOXED;
      type->gtype = G_TYPE_ERROR;
      is_number = FALSE;
      break;
    case GI_TYPE_TAG_INTERFACE:
      return describe_interface (info, in_place, type, reason);
    case GI_TYPE_TAG_ARRAY:
      return describe_array (info, type, reason);
    case GI_TYPE_TAG_GHASH:
      *reason = "is a hash table";
      break;
    case GI_TYPE_TAG_GLIST:
    case GI_TYPE_TAG_GSLIST:
      *reason = "is a list";
      break;
    default:
      *reason = "is of a type that is not known";
    }

  if (*reason == NULL && is_number && gi_type_info_is_pointer (info))
    *reason = "is a raw pointer";

  return *reason == NULL;
}

static gboolean
refuse (TaMethodCall *call, const char *parameter, const char *reason, GError **error)
{
  if (parameter != NULL)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                 "%s can't be called in another thread by its name: parameter “%s” %s", call->name,
                 parameter, reason);
  else
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                 "%s can't be called in another thread by its name: what it returns %s", call->name,
                 reason);

  return FALSE;
}

static gboolean
describe_parameter (TaMethodCall *call, TaParameter *parameter, GIArgInfo *info, GError **error)
{
  GITypeInfo    *type_info = gi_arg_info_get_type_info (info);
  const gboolean is_in = gi_arg_info_get_direction (info) == GI_DIRECTION_IN;
  const char    *reason;

  parameter->name = g_strdup (gi_base_info_get_name ((GIBaseInfo *) info));
  parameter->type.transfer = gi_arg_info_get_ownership_transfer (info);
  parameter->type.is_nullable = gi_arg_info_may_be_null (info);

  describe_type (type_info, gi_arg_info_is_caller_allocates (info), &parameter->type, &reason);
  gi_base_info_unref ((GIBaseInfo *) type_info);

  if (gi_arg_info_get_direction (info) == GI_DIRECTION_INOUT)
    reason = "is changed in place";
  /* This is what belongs to a callback, which may be NULL with it: see match_parameters(). */
  else if (parameter->role == TA_ROLE_NOTHING)
    reason = NULL;
  else if (reason == NULL && parameter->type.kind == TA_KIND_VOID)
    reason = "is a raw pointer";
  else if (parameter->type.kind == TA_KIND_CALLBACK &&
           !(is_in && parameter->type.is_nullable &&
             gi_arg_info_get_scope (info) != GI_SCOPE_TYPE_ASYNC))
    reason = "is a callback, which can't be called in another thread";

  if (reason == NULL && is_in && parameter->role == TA_ROLE_ARGUMENT)
    {
      if (parameter->type.gtype == G_TYPE_CANCELLABLE)
        parameter->role = TA_ROLE_CANCELLABLE;
    }
  else if (reason == NULL && !is_in)
    {
      parameter->role = TA_ROLE_OUT;
      parameter->is_filled_in = gi_arg_info_is_caller_allocates (info);
      if (parameter->is_filled_in && parameter->type.kind != TA_KIND_VALUE)
        reason = "is a structure that is filled in";
      else if (!parameter->is_filled_in && parameter->type.kind == TA_KIND_VALUE)
        reason = "is a pointer to a value";
    }

  return reason == NULL || refuse (call, parameter->name, reason, error);
}

/* Says what belongs to other parameters, before they are described. */
static void
match_parameters (TaMethodCall *call, GICallableInfo *info)
{
  for (guint i = 0; i < call->n_parameters; i++)
    {
      GIArgInfo  *arg = gi_callable_info_get_arg (info, i);
      GITypeInfo *type_info = gi_arg_info_get_type_info (arg);
      guint       index;

      if (gi_type_info_get_tag (type_info) == GI_TYPE_TAG_INTERFACE &&
          gi_arg_info_may_be_null (arg))
        {
          if (gi_arg_info_get_closure_index (arg, &index) && index < call->n_parameters &&
              index != i)
            call->parameters[index].role = TA_ROLE_NOTHING;
          if (gi_arg_info_get_destroy_index (arg, &index) && index < call->n_parameters)
            call->parameters[index].role = TA_ROLE_NOTHING;
        }

      gi_base_info_unref ((GIBaseInfo *) type_info);
      gi_base_info_unref ((GIBaseInfo *) arg);
    }
}

/* Gives the parameter that has the length of an array of @type its role. */
static gboolean
match_length (TaMethodCall *call, const char *array, TaType *type, TaRole role, GError **error)
{
  TaParameter *length;

  if (type->length_index == TA_NO_INDEX)
    return TRUE;

  if (type->length_index >= call->n_parameters)
    return refuse (call, array, "is an array whose length is not passed", error);

  length = &call->parameters[type->length_index];
  if (length->type.kind < TA_KIND_INT8 || length->type.kind > TA_KIND_UINT64 ||
      (length->role == TA_ROLE_OUT) != (role == TA_ROLE_OUT_LENGTH))
    {
      /* Two arrays of one length have to be of one length. */
      if (length->role == role)
        return refuse (call, array, "is an array whose length is that of another one", error);
      return refuse (call, array, "is an array whose length is not passed with it", error);
    }
  length->role = role;

  return TRUE;
}

static gboolean
match_lengths (TaMethodCall *call, GError **error)
{
  for (guint i = 0; i < call->n_parameters; i++)
    {
      TaParameter *parameter = &call->parameters[i];

      if (!match_length (call, parameter->name, &parameter->type,
                         parameter->role == TA_ROLE_OUT ? TA_ROLE_OUT_LENGTH : TA_ROLE_LENGTH,
                         error))
        return FALSE;
    }

  return match_length (call, NULL, &call->result, TA_ROLE_OUT_LENGTH, error);
}

static gboolean
describe_result (TaMethodCall *call, GICallableInfo *info, GError **error)
{
  GITypeInfo *type_info = gi_callable_info_get_return_type (info);
  gboolean    has_out = FALSE;
  const char *reason;

  call->result.transfer = gi_callable_info_get_caller_owns (info);
  call->result.is_nullable = TRUE;
  describe_type (type_info, FALSE, &call->result, &reason);
  gi_base_info_unref ((GIBaseInfo *) type_info);

  if (reason == NULL &&
      (call->result.kind == TA_KIND_CALLBACK || call->result.kind == TA_KIND_VALUE))
    reason = "is a pointer to something that can't be copied";

  for (guint i = 0; i < call->n_parameters; i++)
    has_out = has_out || call->parameters[i].role == TA_ROLE_OUT;

  if (reason == NULL && (gi_callable_info_skip_return (info) ||
                         (call->result.kind == TA_KIND_BOOLEAN && call->can_fail && has_out)))
    call->result.kind = TA_KIND_VOID;

  return reason == NULL || refuse (call, NULL, reason, error);
}

/* Fills a call in from what introspection says. Holders of the module's lock only. */
gboolean
ta_introspect_describe_locked (TaMethodCall *call, GIFunctionInfo *function, GError **error)
{
  GICallableInfo *info = (GICallableInfo *) function;
  gboolean        is_described = TRUE;

  call->has_instance = gi_callable_info_is_method (info);
  call->can_fail = gi_callable_info_can_throw_gerror (info);
  call->n_parameters = gi_callable_info_get_n_args (info);
  call->parameters = g_new0 (TaParameter, call->n_parameters);

  if (call->has_instance)
    {
      GIBaseInfo *container = gi_base_info_get_container ((GIBaseInfo *) function);

      call->instance.type = (TaType){
        .gtype = gi_registered_type_info_get_g_type ((GIRegisteredTypeInfo *) container),
        .transfer = gi_callable_info_get_instance_ownership_transfer (info),
      };
    }

  match_parameters (call, info);
  for (guint i = 0; is_described && i < call->n_parameters; i++)
    {
      GIArgInfo *arg = gi_callable_info_get_arg (info, i);

      is_described = describe_parameter (call, &call->parameters[i], arg, error);
      gi_base_info_unref ((GIBaseInfo *) arg);
    }

  if (!is_described || !describe_result (call, info, error) || !match_lengths (call, error))
    return FALSE;

  call->has_invoker = gi_function_info_prep_invoker (function, &call->invoker, error);

  return call->has_invoker;
}
