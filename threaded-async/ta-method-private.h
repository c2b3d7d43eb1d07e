/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * What the library and its module for introspection know of each other. The module exports one
 * function, TA_METHODS_SYMBOL, of type TaMethodsFunc.
 */

/* A call that has been looked up and checked, with copies of its arguments. */
typedef struct _TaMethodCall TaMethodCall;

typedef struct
{
  guint version; /* TA_METHODS_VERSION */

  /*
   * Looks the method up, and checks and copies the arguments; in the thread of the caller. NULL, with
   * an error that names what is wrong, if it can't be called with them. With @in_place a boxed target
   * is not copied, and has to stay.
   */
  TaMethodCall *(*prepare) (const GValue *target,
                            gboolean      in_place,
                            const char   *method,
                            const GValue *arguments,
                            guint         n_arguments,
                            GError      **error);

  /* What the call is named in messages: “Gio.File.load_bytes”. */
  const char *(*get_name) (TaMethodCall *call);

  /* Makes the call, once; in any thread. The result is in @value, which is not initialised before. */
  gboolean (*run) (TaMethodCall *call, GCancellable *cancellable, GValue *value, GError **error);

  /* In any thread. */
  void (*free) (TaMethodCall *call);
} TaMethods;

typedef const TaMethods *(*TaMethodsFunc) (void);

#define TA_METHODS_VERSION 2
#define TA_METHODS_SYMBOL "ta_introspect_get_methods"

G_END_DECLS
