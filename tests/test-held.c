/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* A runner that ends while the test looks, and what it leaves behind. */

#include "test-held.h"

void
test_held_init (TestHeld *self, const char *name)
{
  self->runner = test_runner_new_started (name);
  test_gate_init (&self->gone);
  test_gate_init (&self->exited);
  test_gate_init (&self->blocked);
  test_gate_init (&self->release);
  test_context_watch (ta_runner_get_context (self->runner), &self->gone);
  test_runner_watch_thread (self->runner, &self->exited);
}

/* Once the thread has ended, and the object and all tasks are gone, so is the context. */
void
test_held_clear (TestHeld *self)
{
  test_gate_await (&self->exited, 1);
  g_object_unref (self->runner);
  test_turn_all (NULL);
  test_gate_await (&self->gone, 1);
  test_gate_clear (&self->gone);
  test_gate_clear (&self->exited);
  test_gate_clear (&self->blocked);
  test_gate_clear (&self->release);
}

void
test_check_stop (TaRunner *runner, gint64 timeout_us, TaShutdownType type)
{
  g_autoptr (GError) error = NULL;
  gboolean           stopped = ta_runner_stop (runner, timeout_us, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (stopped);
  g_assert_cmpint (ta_runner_get_shutdown_type (runner), ==, type);
  g_assert_false (ta_runner_get_running (runner));
}

void
test_check_cancelled (TaTask *task)
{
  g_autoptr (GError) error = NULL;
  GValue             value = G_VALUE_INIT;

  g_assert_true (ta_future_get_done (TA_FUTURE (task)));
  g_assert_false (ta_future_try_wait (TA_FUTURE (task), &value, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}
