/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <threaded-async.h>

G_BEGIN_DECLS

/* What is counted: something that is done many times, in one thread unless it says otherwise. */
typedef struct
{
  const char *name;
  /* Does it @n times. */
  void (*run) (guint n);
  /* Whether they are all pending at once. */
  gboolean is_pile;
} Operation;

/* What is pending in the thread-default context. */
void operations_iterate (guint *n_left);

TaFuture *operations_promise (TaPromise **promise);

extern const Operation operations_waits[];
extern const Operation operations_work[];
extern const Operation operations_queue[];

G_END_DECLS
