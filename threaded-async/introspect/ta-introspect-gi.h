/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

/*
 * libgirepository in one of its versions. The module is written for 2.0; here is what makes 1.0 look
 * like it, as far as the module needs it.
 */

#if TA_GI_VERSION == 2

#include <girepository/girepository.h>
#include <girepository/girffi.h>

#define gi_repository_new_private() gi_repository_new ()

/* There is no repository that all the bindings of a process share. */
static inline GIRepository *
gi_repository_get_shared (void)
{
  return NULL;
}

static inline gboolean
gi_is_enum (GIBaseInfo *info)
{
  return GI_IS_ENUM_INFO (info); /* flags are a kind of it */
}

static inline gboolean
gi_is_object (GIBaseInfo *info)
{
  return GI_IS_OBJECT_INFO (info) || GI_IS_INTERFACE_INFO (info);
}

static inline gboolean
gi_is_struct (GIBaseInfo *info)
{
  return GI_IS_STRUCT_INFO (info) || GI_IS_UNION_INFO (info);
}

static inline gboolean
gi_is_callback (GIBaseInfo *info)
{
  return GI_IS_CALLBACK_INFO (info);
}

static inline GIFunctionInfo *
gi_find_method (GIBaseInfo *info, const char *name)
{
  if (GI_IS_OBJECT_INFO (info))
    return gi_object_info_find_method (GI_OBJECT_INFO (info), name);
  if (GI_IS_INTERFACE_INFO (info))
    return gi_interface_info_find_method (GI_INTERFACE_INFO (info), name);
  if (GI_IS_STRUCT_INFO (info))
    return gi_struct_info_find_method (GI_STRUCT_INFO (info), name);
  if (GI_IS_UNION_INFO (info))
    return gi_union_info_find_method (GI_UNION_INFO (info), name);

  return NULL;
}

static inline gboolean
gi_is_function (GIBaseInfo *info)
{
  return GI_IS_FUNCTION_INFO (info);
}

#else

#include <girepository.h>
#include <girffi.h>

/* The pairs of functions that have but changed their names. */
#define gi_arg_info_get_direction g_arg_info_get_direction
#define gi_arg_info_get_ownership_transfer g_arg_info_get_ownership_transfer
#define gi_arg_info_get_scope g_arg_info_get_scope
#define gi_arg_info_get_type_info g_arg_info_get_type
#define gi_arg_info_is_caller_allocates g_arg_info_is_caller_allocates
#define gi_arg_info_may_be_null g_arg_info_may_be_null
#define gi_base_info_get_container g_base_info_get_container
#define gi_base_info_get_name g_base_info_get_name
#define gi_base_info_get_namespace g_base_info_get_namespace
#define gi_base_info_unref g_base_info_unref
#define gi_callable_info_can_throw_gerror g_callable_info_can_throw_gerror
#define gi_callable_info_get_arg g_callable_info_get_arg
#define gi_callable_info_get_caller_owns g_callable_info_get_caller_owns
#define gi_callable_info_get_n_args (guint) g_callable_info_get_n_args
#define gi_callable_info_get_return_type g_callable_info_get_return_type
#define gi_callable_info_is_method g_callable_info_is_method
#define gi_callable_info_skip_return g_callable_info_skip_return
#define gi_enum_info_get_storage_type g_enum_info_get_storage_type
#define gi_function_info_get_flags g_function_info_get_flags
#define gi_function_info_prep_invoker g_function_info_prep_invoker
#define gi_function_invoker_clear g_function_invoker_destroy
#define gi_registered_type_info_get_g_type g_registered_type_info_get_g_type
#define gi_repository_find_by_gtype g_irepository_find_by_gtype
#define gi_repository_find_by_name g_irepository_find_by_name
#define gi_repository_get_version g_irepository_get_version
#define gi_repository_new_private() g_object_new (G_TYPE_IREPOSITORY, NULL)
#define gi_repository_require g_irepository_require
#define gi_type_info_get_array_type g_type_info_get_array_type
#define gi_type_info_get_interface g_type_info_get_interface
#define gi_type_info_get_param_type g_type_info_get_param_type
#define gi_type_info_get_tag g_type_info_get_tag
#define gi_type_info_is_pointer g_type_info_is_pointer
#define gi_type_info_is_zero_terminated g_type_info_is_zero_terminated
#define gi_type_tag_to_string g_type_tag_to_string
#define gi_callable_info_get_instance_ownership_transfer                                           \
  g_callable_info_get_instance_ownership_transfer

#define GI_REPOSITORY_LOAD_FLAG_NONE ((GIRepositoryLoadFlags) 0)

/* The one that all the bindings of the process share, which has been made if there is one. */
static inline GIRepository *
gi_repository_get_shared (void)
{
  return g_irepository_get_default ();
}

static inline char **
gi_repository_get_loaded_namespaces (GIRepository *repository, size_t *n_namespaces)
{
  return g_irepository_get_loaded_namespaces (repository);
}

static inline gboolean
gi_repository_is_registered (GIRepository *repository, const char *name, const char *version)
{
  return g_irepository_is_registered (repository, name, version);
}

static inline gboolean
gi_type_info_get_array_length_index (GITypeInfo *info, guint *index)
{
  int length_index = g_type_info_get_array_length (info);

  *index = (guint) length_index;

  return length_index >= 0;
}

static inline gboolean
gi_arg_info_get_closure_index (GIArgInfo *info, guint *index)
{
  int closure_index = g_arg_info_get_closure (info);

  *index = (guint) closure_index;

  return closure_index >= 0;
}

static inline gboolean
gi_arg_info_get_destroy_index (GIArgInfo *info, guint *index)
{
  int destroy_index = g_arg_info_get_destroy (info);

  *index = (guint) destroy_index;

  return destroy_index >= 0;
}

static inline gboolean
gi_is_enum (GIBaseInfo *info)
{
  const GIInfoType type = g_base_info_get_type (info);

  return type == GI_INFO_TYPE_ENUM || type == GI_INFO_TYPE_FLAGS;
}

static inline gboolean
gi_is_object (GIBaseInfo *info)
{
  const GIInfoType type = g_base_info_get_type (info);

  return type == GI_INFO_TYPE_OBJECT || type == GI_INFO_TYPE_INTERFACE;
}

static inline gboolean
gi_is_struct (GIBaseInfo *info)
{
  const GIInfoType type = g_base_info_get_type (info);

  return type == GI_INFO_TYPE_STRUCT || type == GI_INFO_TYPE_BOXED || type == GI_INFO_TYPE_UNION;
}

static inline gboolean
gi_is_callback (GIBaseInfo *info)
{
  return g_base_info_get_type (info) == GI_INFO_TYPE_CALLBACK;
}

static inline gboolean
gi_is_function (GIBaseInfo *info)
{
  return g_base_info_get_type (info) == GI_INFO_TYPE_FUNCTION;
}

static inline GIFunctionInfo *
gi_find_method (GIBaseInfo *info, const char *name)
{
  const GIInfoType type = g_base_info_get_type (info);

  if (type == GI_INFO_TYPE_OBJECT)
    return g_object_info_find_method (info, name);
  if (type == GI_INFO_TYPE_INTERFACE)
    return g_interface_info_find_method (info, name);
  if (type == GI_INFO_TYPE_STRUCT)
    return g_struct_info_find_method (info, name);
  if (type == GI_INFO_TYPE_UNION)
    return g_union_info_find_method (info, name);

  return NULL;
}

#endif
