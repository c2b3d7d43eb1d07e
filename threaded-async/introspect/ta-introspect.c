/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-introspect.h"

/*
 * The module that calls a method by its name. It is loaded by ta-runner-method.c.
 */

static GMutex mutex; /* guards all use of libgirepository */

static void
clear_parameter (TaParameter *parameter)
{
  if (G_VALUE_TYPE (&parameter->value) != G_TYPE_INVALID)
    g_value_unset (&parameter->value);
  g_free (parameter->name);
}

static void
method_call_free (TaMethodCall *call)
{
  for (guint i = 0; i < call->n_parameters; i++)
    clear_parameter (&call->parameters[i]);
  clear_parameter (&call->instance);
  g_free (call->parameters);

  if (call->has_invoker)
    gi_function_invoker_clear (&call->invoker);
  g_free (call->name);
  g_free (call);
}

/* Finds the method and what it takes, without looking at the arguments. */
static TaMethodCall *
find_method (const GValue *target, const char *method, GError **error)
{
  TaMethodCall   *call = g_new0 (TaMethodCall, 1);
  GIFunctionInfo *function;
  gboolean        is_described;

  g_mutex_lock (&mutex);
  function = ta_introspect_find_locked (target, method, &call->name, error);
  is_described = function != NULL && ta_introspect_describe_locked (call, function, error);
  if (function != NULL)
    gi_base_info_unref ((GIBaseInfo *) function);
  g_mutex_unlock (&mutex);

  if (!is_described)
    g_clear_pointer (&call, method_call_free);

  return call;
}

static TaMethodCall *
method_call_prepare (const GValue *target,
                     gboolean      in_place,
                     const char   *method,
                     const GValue *arguments,
                     guint         n_arguments,
                     GError      **error)
{
  TaMethodCall *call = find_method (target, method, error);

  if (call != NULL && (!ta_introspect_set_instance (call, target, in_place, error) ||
                       !ta_introspect_set_arguments (call, arguments, n_arguments, error)))
    g_clear_pointer (&call, method_call_free);

  return call;
}

static const char *
method_call_get_name (TaMethodCall *call)
{
  return call->name;
}

/* What libffi returns: a number at least as wide as a register, or what C has. */
typedef union
{
  ffi_arg    number;
  GIArgument argument;
} TaReturned;

static void
narrow_result (TaKind kind, const TaReturned *from, GIArgument *to)
{
  const ffi_arg number = from->number;

  switch ((int) kind)
    {
    case TA_KIND_BOOLEAN:
    case TA_KIND_INT32:
    case TA_KIND_UINT32:
    case TA_KIND_ENUM:
    case TA_KIND_FLAGS:
      to->v_uint32 = (guint32) number;
      break;
    case TA_KIND_INT8:
    case TA_KIND_UINT8:
      to->v_uint8 = (guint8) number;
      break;
    case TA_KIND_INT16:
    case TA_KIND_UINT16:
      to->v_uint16 = (guint16) number;
      break;
    default:
      *to = from->argument;
    }
}

static gboolean
method_call_run (TaMethodCall *call, GCancellable *cancellable, GValue *value, GError **error)
{
  const guint       n_arguments = call->has_instance + call->n_parameters + call->can_fail;
  g_autofree void **arguments = g_new (void *, n_arguments);
  TaReturned        returned = { 0 };
  GIArgument        result;
  GError           *own_error = NULL, **error_argument = &own_error;
  guint             n = 0;

  if (call->has_instance)
    {
      ta_introspect_give_argument (&call->instance);
      arguments[n++] = &call->instance.argument;
    }

  for (guint i = 0; i < call->n_parameters; i++)
    {
      TaParameter *parameter = &call->parameters[i];

      switch (parameter->role)
        {
        case TA_ROLE_ARGUMENT:
          ta_introspect_give_argument (parameter);
          break;
        case TA_ROLE_CANCELLABLE:
          parameter->argument.v_pointer = cancellable;
          if (parameter->type.transfer == GI_TRANSFER_EVERYTHING)
            g_object_ref (cancellable);
          break;
        case TA_ROLE_OUT:
        case TA_ROLE_OUT_LENGTH:
          if (parameter->is_filled_in)
            parameter->argument.v_pointer = &parameter->value;
          else
            parameter->argument.v_pointer = &parameter->out;
          break;
        case TA_ROLE_LENGTH:
        case TA_ROLE_NOTHING:
        default:
          break;
        }
      arguments[n++] = &parameter->argument;
    }

  if (call->can_fail)
    arguments[n++] = &error_argument;

  ffi_call (&call->invoker.cif, FFI_FN (call->invoker.native_address), &returned, arguments);

  if (own_error != NULL)
    {
      g_propagate_error (error, own_error);
      return FALSE;
    }

  narrow_result (call->result.kind, &returned, &result);
  ta_introspect_take_results (call, &result, value);

  return TRUE;
}

static const TaMethods methods = {
  .version = TA_METHODS_VERSION,
  .prepare = method_call_prepare,
  .get_name = method_call_get_name,
  .run = method_call_run,
  .free = method_call_free,
};

const TaMethods *ta_introspect_get_methods (void);

G_MODULE_EXPORT const TaMethods *
ta_introspect_get_methods (void)
{
  return &methods;
}
