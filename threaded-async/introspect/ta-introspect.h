/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "ta-introspect-gi.h"
#include "ta-method-private.h"

G_BEGIN_DECLS

/*
 * A call in the making. The introspection data is read in the thread of the caller, under a lock of
 * the module's, and everything that is needed of it is noted here; what makes the call in another
 * thread does not look at it any more.
 */

typedef enum
{
  TA_KIND_VOID,
  TA_KIND_BOOLEAN,
  TA_KIND_INT8,
  TA_KIND_UINT8,
  TA_KIND_INT16,
  TA_KIND_UINT16,
  TA_KIND_INT32,
  TA_KIND_UINT32,
  TA_KIND_INT64,
  TA_KIND_UINT64,
  TA_KIND_FLOAT,
  TA_KIND_DOUBLE,
  TA_KIND_ENUM,
  TA_KIND_FLAGS,
  TA_KIND_GTYPE,
  TA_KIND_STRING,
  TA_KIND_OBJECT,
  TA_KIND_BOXED,
  TA_KIND_VARIANT,
  TA_KIND_PARAM,
  TA_KIND_VALUE,
  TA_KIND_STRV,
  TA_KIND_BYTES,    /* an array of them, with a length */
  TA_KIND_CALLBACK, /* which is always NULL */
} TaKind;

#define TA_NO_INDEX G_MAXUINT

/* What introspection says of the type of a parameter or of a result. */
typedef struct
{
  TaKind     kind;
  GType      gtype;        /* of an enumeration, which may have none, or an instance */
  guint      length_index; /* the parameter with an array's length, or TA_NO_INDEX */
  GITransfer transfer;
  gboolean   is_nullable;
} TaType;

typedef enum
{
  TA_ROLE_ARGUMENT,
  TA_ROLE_OUT,
  TA_ROLE_CANCELLABLE,
  TA_ROLE_LENGTH,     /* of an array that is passed */
  TA_ROLE_OUT_LENGTH, /* of an array that is returned */
  TA_ROLE_NOTHING,    /* belongs to a callback that is NULL */
} TaRole;

typedef struct
{
  char  *name;
  TaRole role;
  TaType type;

  GValue     value;    /* keeps an argument, or is what an out-parameter fills in */
  GIArgument argument; /* what is passed */
  GIArgument out;      /* what an out-parameter points at */
  gboolean   is_filled_in;
} TaParameter;

struct _TaMethodCall
{
  char             *name;
  GIFunctionInvoker invoker;
  gboolean          has_invoker;
  gboolean          has_instance;
  gboolean          can_fail;

  TaParameter  instance;
  TaParameter *parameters;
  guint        n_parameters;
  TaType       result; /* TA_KIND_VOID when it is not for the caller */
};

/* ta-introspect-lookup.c */
GIFunctionInfo *
ta_introspect_find_locked (const GValue *target, const char *method, char **name, GError **error);

/* ta-introspect-describe.c */
gboolean ta_introspect_describe_locked (TaMethodCall *call, GIFunctionInfo *info, GError **error);

/* ta-introspect-arguments.c */
gboolean ta_introspect_refuse (TaMethodCall *call,
                               TaParameter  *parameter,
                               const GValue *value,
                               const char   *wanted,
                               GError      **error);
gboolean ta_introspect_set_instance (TaMethodCall *call,
                                     const GValue *target,
                                     gboolean      in_place,
                                     GError      **error);
gboolean ta_introspect_set_arguments (TaMethodCall *call,
                                      const GValue *arguments,
                                      guint         n_arguments,
                                      GError      **error);
void     ta_introspect_give_argument (TaParameter *parameter);

/* ta-introspect-numbers.c */
gboolean ta_introspect_set_number (TaMethodCall *call,
                                   TaParameter  *parameter,
                                   const GValue *value,
                                   GError      **error);
gboolean ta_introspect_store_unsigned (TaKind kind, guint64 number, GIArgument *argument);

/* ta-introspect-results.c */
void ta_introspect_take_results (TaMethodCall *call, GIArgument *result, GValue *value);

G_END_DECLS
