/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "ta-operation-private.h"

G_BEGIN_DECLS

/* The GAsyncResult of an operation. */
typedef struct _TaOperationResult TaOperationResult;

GType ta_operation_result_get_type (void);

TaOperationResult *ta_operation_result_begin (TaInbox *inbox, TaOperation *operation);
void               ta_operation_result_end (TaOperationResult *self, TaInbox *inbox);
TaOperation       *ta_operation_result_get_operation (GAsyncResult *result);

G_END_DECLS
