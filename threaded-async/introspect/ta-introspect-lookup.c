/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-introspect.h"

/*
 * Finds a method by what it is called on and its name.
 *
 * libgirepository's data may be used by one thread at a time, and the repository that the bindings of
 * a process share is used by them whenever they like. So the module has one of its own. What it looks
 * up in the shared one is only which namespaces there are, when it has to know.
 */

static GIRepository *repository; /* the module's lock */

static gboolean
require (const char *name, GError **error)
{
  GIRepository *shared = gi_repository_get_shared ();
  const char   *version = NULL;

  /* Of the version that the program has chosen. */
  if (shared != NULL && gi_repository_is_registered (shared, name, NULL))
    version = gi_repository_get_version (shared, name);

  return gi_repository_is_registered (repository, name, NULL) ||
         gi_repository_require (repository, name, version, GI_REPOSITORY_LOAD_FLAG_NONE, error) !=
             NULL;
}

/* Makes everything known that the bindings of the process have loaded. */
static void
require_all (void)
{
  GIRepository  *shared = gi_repository_get_shared ();
  g_auto (GStrv) names = NULL;

  if (shared == NULL)
    return;

  names = gi_repository_get_loaded_namespaces (shared, NULL);
  for (guint i = 0; names[i] != NULL; i++)
    require (names[i], NULL);
}

static GIBaseInfo *
find_type (GType type)
{
  return gi_repository_find_by_gtype (repository, type);
}

/* Looks for a method in a type, in what it is derived from, and in its interfaces. */
static GIFunctionInfo *
find_in_type (GType type, const char *method)
{
  GIFunctionInfo   *function = NULL;
  g_autofree GType *interfaces = NULL;
  guint             n_interfaces = 0;

  for (GType ancestor = type; function == NULL && ancestor != G_TYPE_INVALID;
       ancestor = g_type_parent (ancestor))
    {
      GIBaseInfo *info = find_type (ancestor);

      if (info == NULL)
        continue;
      function = gi_find_method (info, method);
      gi_base_info_unref (info);
    }

  if (G_TYPE_IS_INSTANTIATABLE (type))
    interfaces = g_type_interfaces (type, &n_interfaces);
  for (guint i = 0; function == NULL && i < n_interfaces; i++)
    {
      GIBaseInfo *info = find_type (interfaces[i]);

      if (info == NULL)
        continue;
      function = gi_find_method (info, method);
      gi_base_info_unref (info);
    }

  return function;
}

/* Looks for a function in what is called “Gio”, “Gio.File” and the like. */
static GIFunctionInfo *
find_in_name (const char *path, const char *method, GError **error)
{
  g_auto (GStrv)  names = g_strsplit (path, ".", -1);
  const guint     n_names = g_strv_length (names);
  GIBaseInfo     *info;
  GIFunctionInfo *function = NULL;

  if (n_names == 0 || n_names > 2 || *names[0] == '\0')
    {
      g_set_error (
          error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
          "“%s” is neither the name of a namespace, as “GLib”, nor of a type, as “Gio.File”", path);
      return NULL;
    }

  if (!require (names[0], error))
    {
      g_prefix_error (error, "There is no introspection data for %s: ", names[0]);
      return NULL;
    }

  info = gi_repository_find_by_name (repository, names[0], n_names == 1 ? method : names[1]);
  if (n_names == 1 && info != NULL && gi_is_function (info))
    return (GIFunctionInfo *) info;

  if (n_names == 2 && info != NULL)
    function = gi_find_method (info, method);
  if (info == NULL && n_names == 2)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "There is no “%s” in %s", names[1],
                 names[0]);
  else if (function == NULL)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "%s has no function “%s”", path, method);
  g_clear_pointer (&info, gi_base_info_unref);

  return function;
}

static char *
dup_full_name (GIFunctionInfo *function)
{
  GIBaseInfo *info = (GIBaseInfo *) function;
  GIBaseInfo *container = gi_base_info_get_container (info);

  return g_strjoin (".", gi_base_info_get_namespace (info),
                    container != NULL ? gi_base_info_get_name (container)
                                      : gi_base_info_get_name (info),
                    container != NULL ? gi_base_info_get_name (info) : NULL, NULL);
}

/* Returns what @target is a value of, or G_TYPE_INVALID if it is a name. */
static GType
get_target_type (const GValue *target)
{
  gpointer instance;

  if (G_VALUE_HOLDS_STRING (target))
    return G_TYPE_INVALID;
  if (G_VALUE_HOLDS_GTYPE (target))
    return g_value_get_gtype (target);

  instance = G_VALUE_HOLDS_OBJECT (target) || G_VALUE_HOLDS_PARAM (target)
                 ? g_value_peek_pointer (target)
                 : NULL;

  return instance != NULL ? G_TYPE_FROM_INSTANCE (instance) : G_VALUE_TYPE (target);
}

/*
 * Returns the function that is meant, and its full name. Holders of the module's lock only.
 */
GIFunctionInfo *
ta_introspect_find_locked (const GValue *target, const char *method, char **name, GError **error)
{
  const GType     type = get_target_type (target);
  const char     *dot = strrchr (method, '.');
  GIFunctionInfo *function;

  if (repository == NULL)
    repository = gi_repository_new_private ();
  if (!require ("Gio", error))
    return NULL;

  if (type == G_TYPE_INVALID)
    {
      const char *path = g_value_get_string (target);

      function = find_in_name (path != NULL ? path : "", method, error);
    }
  else if (dot != NULL)
    {
      g_autofree char *path = g_strndup (method, (gsize) (dot - method));

      function = find_in_name (path, dot + 1, error);
    }
  else
    {
      function = find_in_type (type, method);
      if (function == NULL)
        {
          require_all ();
          function = find_in_type (type, method);
        }
      if (function == NULL)
        g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                     "No method “%s” of %s is known to introspection", method, g_type_name (type));
    }

  if (function != NULL)
    *name = dup_full_name (function);

  return function;
}
