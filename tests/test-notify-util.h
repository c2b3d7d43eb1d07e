/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "test-util.h"

G_BEGIN_DECLS

/* A task whose promise the test holds, on a runner of its own. */
typedef struct
{
  TaRunner  *runner;
  TaTask    *task;
  TaPromise *promise;
  TestGate   taken;
} Fixture;

void fixture_init (Fixture *self);
void fixture_clear (Fixture *self);

gulong connect_witness (gpointer object, const char *signal, TestWitness *witness);

G_END_DECLS
