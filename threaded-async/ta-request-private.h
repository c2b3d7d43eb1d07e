/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "ta-desk-private.h"
#include "ta-future-private.h"
#include "ta-request.h"

G_BEGIN_DECLS

typedef enum
{
  TA_REQUEST_HANDLED = 1 << 0,       /* somebody has begun to handle it */
  TA_REQUEST_PROMISE_TAKEN = 1 << 1, /* the handler has the promise, or has returned without it */
} TaRequestFlags;

struct _TaRequest
{
  TaFuture parent_instance;

  /* Const while anybody refers to it. */
  TaClient *client; /* owned */
  TaLink   *link;   /* the client's */
  char     *method;
  GValue   *args; /* those with names come last */
  guint     n_args;
  guint     n_places; /* in the array */
  char    **names;    /* NULL for none */
  guint     n_names;

  GQuark detail; /* whoever handles it: its method's, once there is one */

  guint flags; /* atomic: TaRequestFlags */

  /* The desk's lock: its places, see ta-desk.c. */
  guint      is_waiting : 1;
  guint      is_listed : 1;
  TaRequest *previous;
  TaRequest *next;
  TaRequest *previous_unended;
  TaRequest *next_unended;
};

struct _TaRequestClass
{
  TaFutureClass parent_class;
};

TaRequest *ta_request_new (TaClient          *client,
                           TaLink            *link,
                           const char        *method,
                           const GValue      *args,
                           gsize              n_args,
                           const char *const *names);

void ta_request_release (gpointer request);
void ta_request_drop_kept (TaLink *link);

/* For ta-request.c. */
void ta_request_free_contents (TaRequest *self);

void ta_request_end_with_error (TaRequest *self, GError *error);
void ta_request_end_by_stop (TaRequest *self);
void ta_request_end_by_close (TaRequest *self);
void ta_request_abandon (gpointer request, TaOutcome outcome);

void ta_request_begin (TaRequest *self);
void ta_request_finish (TaRequest *self, gboolean is_handled);

G_END_DECLS
