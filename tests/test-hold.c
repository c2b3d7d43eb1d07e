/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* For RTLD_NEXT. */
#define _GNU_SOURCE

#include "test-hold.h"

#include <dlfcn.h>

static _Thread_local TestHold *current;

/* This stands before that of GLib. */
void
g_mutex_unlock (GMutex *mutex)
{
  static void (*next) (GMutex * mutex);
  TestHold *hold = current;

  if (next == NULL)
    next = (void (*) (GMutex *)) dlsym (RTLD_NEXT, "g_mutex_unlock");
  next (mutex);

  if (G_LIKELY (hold == NULL) || ++hold->n_releases != hold->hold_at)
    return;

  current = NULL;
  test_gate_open (&hold->held_up);
  for (gint64 i = 0;
       i < hold->patience_us / 1000 && test_gate_get_count (&hold->over) < hold->n_awaited; i++)
    g_usleep (1000);
  current = hold;
}

void
test_hold_init (TestHold *self, guint hold_at, guint n_awaited, gint64 patience_us)
{
  *self = (TestHold){ .hold_at = hold_at, .n_awaited = n_awaited, .patience_us = patience_us };
  test_gate_init (&self->held_up);
  test_gate_init (&self->over);
}

void
test_hold_clear (TestHold *self)
{
  test_gate_clear (&self->held_up);
  test_gate_clear (&self->over);
}

/* Begins to count the locks that the calling thread releases. */
void
test_hold_begin (TestHold *self)
{
  current = self;
}

void
test_hold_end (void)
{
  current = NULL;
}
