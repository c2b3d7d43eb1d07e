/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(TA_INSIDE) && !defined(TA_COMPILATION)
#error "Only <threaded-async.h> can be included directly."
#endif

#include "ta-request.h"

G_BEGIN_DECLS

#define TA_TYPE_SERVER (ta_server_get_type ())

TA_AVAILABLE_IN_1_0
G_DECLARE_DERIVABLE_TYPE (TaServer, ta_server, TA, SERVER, GObject)

/**
 * TaServerClass:
 * @parent_class: the parent class
 * @handle_request: the class handler of [signal@Server::handle-request], which is called if no handler
 *   that was connected has handled the request; the parent's handles nothing
 *
 * The class of a [class@Server].
 *
 * Since: 1.0
 */
struct _TaServerClass
{
  GObjectClass parent_class;

  gboolean (*handle_request) (TaServer *self, TaRequest *request);

  /*< private >*/
  gpointer padding[12];
};

TA_AVAILABLE_IN_1_0
TaServer *ta_server_new (const char *name);

TA_AVAILABLE_IN_1_0
const char *ta_server_get_name (TaServer *self);

TA_AVAILABLE_IN_1_0
GMainContext *ta_server_get_main_context (TaServer *self);

TA_AVAILABLE_IN_1_0
guint ta_server_get_queue_size (TaServer *self);

TA_AVAILABLE_IN_1_0
guint ta_server_get_rest_turns (TaServer *self);

TA_AVAILABLE_IN_1_0
guint ta_server_get_n_pending (TaServer *self);

TA_AVAILABLE_IN_1_0
gboolean
ta_server_process (TaServer *self, gint64 timeout_us, GCancellable *cancellable, GError **error);

TA_AVAILABLE_IN_1_0
void ta_server_await_rest (TaServer *self, gint64 timeout_us);

TA_AVAILABLE_IN_1_0
void ta_server_process_async (TaServer           *self,
                              gint64              timeout_us,
                              GCancellable       *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer            user_data);

TA_AVAILABLE_IN_1_0
gboolean ta_server_process_finish (TaServer *self, GAsyncResult *result, GError **error);

TA_AVAILABLE_IN_1_0
int
ta_server_process_all (TaServer *self, gint64 budget_us, GCancellable *cancellable, GError **error);

TA_AVAILABLE_IN_1_0
GSource *ta_server_create_source (TaServer *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
