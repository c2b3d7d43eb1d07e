/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "test-util.h"

G_BEGIN_DECLS

/* What holds a loop up. */
typedef struct
{
  TestGate   blocked;
  TestGate   release;
  TaPromise *promise; /* that of the task, if its callback is to be held up */
} TestGreedy;

void test_greedy_init (TestGreedy *self);
void test_greedy_clear (TestGreedy *self);

/* What holds a loop up with a TestGreedy: a call, and a task whose name is “greedy”. */
void test_greedy_cb (gpointer data);
void test_greedy_func (TaTask *task, gpointer data);

void test_check_busy (GError *error, const char *runner);

G_END_DECLS
