/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "bench.h"

G_BEGIN_DECLS

/* Something small, which is done many times over. */
typedef struct
{
  const char *name;
  void (*run) (guint64 n);
  guint64
      batch; /* how often between two looks at the clock; what surrounds it has to be lost in it */
} Operation;

extern const Operation operations_glib[];
extern const gsize     n_operations_glib;

extern const Operation operations_ours[];
extern const gsize     n_operations_ours;

extern const Operation operations_limits[];
extern const gsize     n_operations_limits;

void operations_run_pending_limits (void);

G_END_DECLS
