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
  guint       batch; /* how many are added before as many end */
  gpointer (*start) (void);
  /* Has @n more pending. */
  void (*add) (gpointer self, guint n);
  /* Ends @n of them, the oldest where there is an order. */
  void (*end) (gpointer self, guint n);
  /* When none is left. */
  void (*stop) (gpointer self);
} Growing;

extern const Growing growing_blocks;
extern const Growing growing_gtasks;
extern const Growing growing_timeouts;

G_END_DECLS
