/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* How a loop gets stuck, and who is told why. */

#include "test-greedy.h"

void
test_greedy_init (TestGreedy *self)
{
  test_gate_init (&self->blocked);
  test_gate_init (&self->release);
}

void
test_greedy_clear (TestGreedy *self)
{
  test_gate_clear (&self->blocked);
  test_gate_clear (&self->release);
}

void
test_greedy_cb (gpointer data)
{
  TestGreedy *self = data;

  test_gate_open (&self->blocked);
  test_gate_await (&self->release, 1);
}

void
test_greedy_func (TaTask *task, gpointer data)
{
  g_autoptr (TaPromise) promise = ta_task_take_promise (task);

  ta_task_set_name (task, "greedy");
  test_greedy_cb (data);
  ta_promise_return_boolean (promise, TRUE);
}

/* A wait that timed out, and names what it waited for in vain. */
void
test_check_busy (GError *error, const char *runner)
{
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  test_assert_message_has (error, runner);
  test_assert_message_has (error, "busy with task “greedy” for");
}
