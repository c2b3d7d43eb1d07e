/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(TA_INSIDE) && !defined(TA_COMPILATION)
#error "Only <threaded-async.h> can be included directly."
#endif

#include <gio/gio.h>

#include "ta-version.h"

G_BEGIN_DECLS

typedef struct _TaBox     TaBox;
typedef struct _TaClient  TaClient;
typedef struct _TaFuture  TaFuture;
typedef struct _TaPromise TaPromise;
typedef struct _TaRequest TaRequest;
typedef struct _TaRunner  TaRunner;
typedef struct _TaServer  TaServer;
typedef struct _TaTask    TaTask;

/*
 * Declares a type whose structs are private: it has one ancestor or more, but nobody outside the
 * library can derive from it, and its fields can change without breaking anybody's ABI.
 */
#define TA_DECLARE_INTERNAL_TYPE(ModuleObjName, module_obj_name, MODULE, OBJ_NAME)                 \
  GType                                  module_obj_name##_get_type (void);                        \
  typedef struct _##ModuleObjName##Class ModuleObjName##Class;                                     \
  G_DEFINE_AUTOPTR_CLEANUP_FUNC (ModuleObjName, g_object_unref)                                    \
  G_GNUC_UNUSED static inline ModuleObjName *MODULE##_##OBJ_NAME (gpointer ptr)                    \
  {                                                                                                \
    return G_TYPE_CHECK_INSTANCE_CAST (ptr, module_obj_name##_get_type (), ModuleObjName);         \
  }                                                                                                \
  G_GNUC_UNUSED static inline gboolean MODULE##_IS_##OBJ_NAME (gpointer ptr)                       \
  {                                                                                                \
    return G_TYPE_CHECK_INSTANCE_TYPE (ptr, module_obj_name##_get_type ());                        \
  }

G_END_DECLS
