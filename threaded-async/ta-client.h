/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(TA_INSIDE) && !defined(TA_COMPILATION)
#error "Only <threaded-async.h> can be included directly."
#endif

#include "ta-request.h"
#include "ta-runner.h"
#include "ta-server.h"

G_BEGIN_DECLS

#define TA_TYPE_CLIENT (ta_client_get_type ())

TA_AVAILABLE_IN_1_0
G_DECLARE_DERIVABLE_TYPE (TaClient, ta_client, TA, CLIENT, GObject)

/**
 * TaClientClass:
 * @parent_class: the parent class
 *
 * The class of a [class@Client].
 *
 * Since: 1.0
 */
struct _TaClientClass
{
  GObjectClass parent_class;

  /*< private >*/
  gpointer padding[12];
};

TA_AVAILABLE_IN_1_0
TaClient *ta_client_new (TaServer *server, TaRunner *runner);

TA_AVAILABLE_IN_1_0
TaRunner *ta_client_get_runner (TaClient *self) G_GNUC_WARN_UNUSED_RESULT;

TA_AVAILABLE_IN_1_0
TaRequest *ta_client_execute (TaClient          *self,
                              const char        *method,
                              const GValue      *args,
                              gsize              n_args,
                              const char *const *names) G_GNUC_WARN_UNUSED_RESULT;

TA_AVAILABLE_IN_1_0
gboolean ta_client_execute_wait (TaClient          *self,
                                 const char        *method,
                                 const GValue      *args,
                                 gsize              n_args,
                                 const char *const *names,
                                 GValue            *value,
                                 gint64             timeout_us,
                                 GCancellable      *cancellable,
                                 GError           **error);

TA_AVAILABLE_IN_1_0
void ta_client_execute_async (TaClient           *self,
                              const char         *method,
                              const GValue       *args,
                              gsize               n_args,
                              const char *const  *names,
                              gint64              timeout_us,
                              GCancellable       *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer            user_data);

TA_AVAILABLE_IN_1_0
gboolean
ta_client_execute_finish (TaClient *self, GAsyncResult *result, GValue *value, GError **error);

G_END_DECLS
