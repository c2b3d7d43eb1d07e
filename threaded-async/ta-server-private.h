/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "ta-desk-private.h"
#include "ta-server.h"
#include "ta-weak-private.h"

G_BEGIN_DECLS

/* What a thread has taken hold of to handle requests. */
typedef struct
{
  GMainContext *context;
  gboolean      is_pushed;
} TaServerHold;

/* How it went. */
typedef enum
{
  TA_SERVER_NOTHING,  /* there was no request */
  TA_SERVER_HANDLED,  /* there was, and it will be answered later */
  TA_SERVER_ANSWERED, /* there was, and it has been answered */
} TaServerResult;

TaDesk *ta_server_get_desk (TaServer *self);
TaWeak *ta_server_get_weak (TaServer *self);

gboolean       ta_server_hold (TaServer *self, TaServerHold *hold, GError **error);
void           ta_server_release (TaServerHold *hold);
TaServerResult ta_server_handle_next (TaServer *self);
gboolean       ta_server_emit (TaServer *self, TaRequest *request);

G_END_DECLS
