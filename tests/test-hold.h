/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "test-util.h"

G_BEGIN_DECLS

/*
 * Holds a thread up after it has released a lock, until others have got as far as they can without it, so
 * that a test can try all places where they may meet. For programs that have test-hold.c, which stands
 * before a function of GLib's.
 */
typedef struct
{
  guint hold_at;   /* how many locks are released before; 0 for never */
  guint n_awaited; /* how often `over` is to be opened until the thread goes on */
  gint64
      patience_us; /* how long it waits at most, should they wait for it; no result depends on it */
  guint    n_releases; /* so far */
  TestGate held_up;
  TestGate over;
} TestHold;

void test_hold_init (TestHold *self, guint hold_at, guint n_awaited, gint64 patience_us);
void test_hold_clear (TestHold *self);
void test_hold_begin (TestHold *self);
void test_hold_end (void);

G_END_DECLS
