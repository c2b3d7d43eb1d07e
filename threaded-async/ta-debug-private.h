/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "ta-debug.h"
#include "ta-wait-private.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  TA_DEBUG_TASKS = 1 << 0, /* tasks and waits are kept account of */
  TA_DEBUG_SITES = 1 << 1, /* so is where tasks were made */
} TaDebugFlags;

/* What TA_DEBUG asks for; const. */
extern guint ta_debug_flags;

#define ta_debug_is_on() G_UNLIKELY (ta_debug_flags != 0)

char *ta_debug_dup_site (void);
void  ta_debug_print_tasks (const char *reason);

/* Account of the pending operations and of blocked threads, by their addresses. */
void ta_debug_add_wait (gpointer      operation,
                        gpointer      target,
                        TaInbox      *inbox,
                        GCancellable *cancellable,
                        TaInboxItem  *root);
void ta_debug_add_block (gpointer           thread,
                         TaWaitDescribeFunc describe,
                         gpointer           object,
                         GCancellable      *cancellable);
void ta_debug_remove_wait (gpointer key);
void ta_debug_append_waits (GString      *text,
                            TaInbox      *inbox,
                            GCancellable *cancellable,
                            TaInboxItem  *root,
                            const char   *indent);

G_END_DECLS
