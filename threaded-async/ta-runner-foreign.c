/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-runner-private.h"
#include "ta-wait-private.h"

/* For a runner whose class brings an event loop of another kind, which turns the runner's context. */

/**
 * ta_runner_iterate:
 * @self: a runner
 * @timeout_us: how long to wait at most for something to do, in microseconds, or
 *   `TA_TIMEOUT_INFINITE`; 0 if the other loop has something to do now
 *
 * Does one iteration of the runner's context; for a class whose [vfunc@Runner.run] does not chain up
 * because it brings an event loop of its own, in the runner's thread, inside that function.
 *
 * What is ready is done; if nothing is, it waits. It returns early after
 * [method@Runner.wake_up]. What it did may have given the other loop something to do, which should
 * be done before the next iteration, or between two iterations with a @timeout_us of 0. Such an
 * iteration does not count as one in which the runner has come to rest: whoever waits for that also
 * waits for the other loop.
 *
 * When it returns %FALSE, the runner has been stopped, and its run function is to return soon.
 *
 * Returns: whether to go on
 *
 * Since: 1.0
 */
gboolean
ta_runner_iterate (TaRunner *self, gint64 timeout_us)
{
  TaLoop *loop;

  g_return_val_if_fail (TA_IS_RUNNER (self), FALSE);
  loop = ta_runner_get_loop (self);
  g_return_val_if_fail (ta_loop_get_inbox (loop) == ta_inbox_get_entered () &&
                            ta_inbox_get_entered () != NULL,
                        FALSE);
  g_return_val_if_fail (timeout_us >= TA_TIMEOUT_INFINITE, FALSE);

  return ta_loop_iterate (loop, timeout_us == 0 ? 0 : ta_timeout_get_deadline (timeout_us));
}

/**
 * ta_runner_wake_up:
 * @self: a runner
 *
 * Makes the iteration that the runner is in, or else the next one, return without waiting; from any
 * thread.
 *
 * It is for a class that uses [method@Runner.iterate], when its own loop has been given something to
 * do by another thread. It costs next to nothing unless the loop sleeps. A runner without such a
 * loop goes on as before.
 *
 * Since: 1.0
 */
void
ta_runner_wake_up (TaRunner *self)
{
  TaInbox *inbox;

  g_return_if_fail (TA_IS_RUNNER (self));

  inbox = ta_loop_get_inbox (ta_runner_get_loop (self));
  if (inbox != NULL)
    ta_inbox_awaken (inbox);
}
