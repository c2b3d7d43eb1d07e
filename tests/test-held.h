/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "test-util.h"

G_BEGIN_DECLS

/* A runner whose loop the test holds, with what it needs to see everything go. */
typedef struct
{
  TaRunner *runner;
  TestGate  gone;
  TestGate  exited;
  TestGate  blocked;
  TestGate  release;
} TestHeld;

void test_held_init (TestHeld *self, const char *name);
void test_held_clear (TestHeld *self);

/* How a stop ended, and a task. */
void test_check_stop (TaRunner *runner, gint64 timeout_us, TaShutdownType type);
void test_check_cancelled (TaTask *task);

G_END_DECLS
