/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "test-notify-util.h"

static void
hand_over_func (TaTask *task, gpointer data)
{
  Fixture *fixture = data;

  fixture->promise = ta_task_take_promise (task);
}

void
fixture_init (Fixture *self)
{
  self->runner = test_runner_new_started ("signalling");
  test_gate_init (&self->taken);
  self->task = ta_runner_create_task (self->runner, hand_over_func, self, NULL);
  g_assert_true (ta_runner_wait_for_next_iteration (self->runner, TEST_DEADLINE_US, NULL, NULL));
  g_assert_nonnull (self->promise);
}

void
fixture_clear (Fixture *self)
{
  g_clear_pointer (&self->promise, ta_promise_unref);
  ta_future_try_wait (TA_FUTURE (self->task), NULL, NULL);
  test_runner_stop (self->runner);
  g_clear_object (&self->task);
  g_clear_object (&self->runner);
  test_gate_clear (&self->taken);
  test_turn_all (NULL);
}

gulong
connect_witness (gpointer object, const char *signal, TestWitness *witness)
{
  return g_signal_connect (object, signal, G_CALLBACK (test_witness_notify_cb), witness);
}
