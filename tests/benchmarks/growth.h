/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "bench.h"

G_BEGIN_DECLS

/* Something of which many can be pending. */
typedef struct
{
  const char *name;
  gboolean    ours;
  gpointer (*start) (void);
  /* Has @n more pending. */
  void (*add) (gpointer self, guint n);
  /* Adds one and ends one, the oldest where there is an order, @n times, a multiple of 10. */
  void (*exchange) (gpointer self, guint n);
  /* Ends all. */
  void (*stop) (gpointer self);
} Growing;

extern const Growing growing_blocks;
extern const Growing growing_gtasks;
extern const Growing growing_timeouts;

G_END_DECLS
