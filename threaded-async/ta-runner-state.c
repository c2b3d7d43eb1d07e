/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-runner-private.h"
#include "ta-timeout.h"

/* What a runner says of itself; all of it from any thread. */

/**
 * ta_runner_get_name: (get-property name)
 * @self: a runner
 *
 * Returns the name of the runner; from any thread.
 *
 * Returns: (transfer none): the name
 *
 * Since: 1.0
 */
const char *
ta_runner_get_name (TaRunner *self)
{
  g_return_val_if_fail (TA_IS_RUNNER (self), NULL);

  return ta_loop_get_name (ta_runner_get_loop (self));
}

/**
 * ta_runner_get_context: (get-property context)
 * @self: a runner
 *
 * Returns the context in which the work is done; from any thread.
 *
 * Returns: (transfer none) (nullable): the context, or %NULL for a threaded runner that has not been
 *   started
 *
 * Since: 1.0
 */
GMainContext *
ta_runner_get_context (TaRunner *self)
{
  g_return_val_if_fail (TA_IS_RUNNER (self), NULL);

  return ta_loop_get_context (ta_runner_get_loop (self));
}

/**
 * ta_runner_get_main_context: (get-property main-context)
 * @self: a runner
 *
 * Returns the context in which the signals of the runner are emitted; from any thread.
 *
 * Returns: (transfer none): the context
 *
 * Since: 1.0
 */
GMainContext *
ta_runner_get_main_context (TaRunner *self)
{
  g_return_val_if_fail (TA_IS_RUNNER (self), NULL);

  return ta_inbox_get_context (ta_runner_get_main_inbox (self));
}

/**
 * ta_runner_get_running: (get-property running)
 * @self: a runner
 *
 * Says whether the runner has been started and has not ended; from any thread.
 *
 * A runner that is being stopped still runs, but takes no new work.
 *
 * Returns: whether the runner runs
 *
 * Since: 1.0
 */
gboolean
ta_runner_get_running (TaRunner *self)
{
  g_return_val_if_fail (TA_IS_RUNNER (self), FALSE);

  return ta_loop_get_running (ta_runner_get_loop (self));
}

/**
 * ta_runner_get_shutdown_type: (get-property shutdown-type)
 * @self: a runner
 *
 * Says how the runner was shut down; from any thread.
 *
 * Returns: how it was, or that it was not
 *
 * Since: 1.0
 */
TaShutdownType
ta_runner_get_shutdown_type (TaRunner *self)
{
  g_return_val_if_fail (TA_IS_RUNNER (self), TA_SHUTDOWN_TYPE_UNKNOWN);

  return ta_loop_get_shutdown_type (ta_runner_get_loop (self));
}

/**
 * ta_runner_get_exit_timeout: (get-property exit-timeout)
 * @self: a runner
 *
 * Returns how long a stop takes at most; from any thread.
 *
 * Returns: the time in microseconds, or `TA_TIMEOUT_INFINITE`
 *
 * Since: 1.0
 */
gint64
ta_runner_get_exit_timeout (TaRunner *self)
{
  g_return_val_if_fail (TA_IS_RUNNER (self), TA_TIMEOUT_INFINITE);

  return ta_loop_get_exit_timeout (ta_runner_get_loop (self));
}

/**
 * ta_runner_get_default_timeout: (get-property default-timeout)
 * @self: a runner
 *
 * Returns what `TA_TIMEOUT_DEFAULT` stands for; from any thread.
 *
 * Returns: the time in microseconds, or `TA_TIMEOUT_INFINITE`
 *
 * Since: 1.0
 */
gint64
ta_runner_get_default_timeout (TaRunner *self)
{
  g_return_val_if_fail (TA_IS_RUNNER (self), TA_TIMEOUT_INFINITE);

  return ta_loop_get_default_timeout (ta_runner_get_loop (self));
}

/**
 * ta_runner_get_stall_threshold: (get-property stall-threshold)
 * @self: a runner
 *
 * Returns how long the loop may be at one thing before that is told; from any thread.
 *
 * Returns: the time in microseconds, or 0
 *
 * Since: 1.0
 */
gint64
ta_runner_get_stall_threshold (TaRunner *self)
{
  g_return_val_if_fail (TA_IS_RUNNER (self), 0);

  return ta_loop_get_stall_threshold (ta_runner_get_loop (self));
}

/**
 * ta_runner_get_max_spin: (get-property max-spin)
 * @self: a runner
 *
 * Gets for how long a loop that has nothing to do looks for more before it goes to sleep.
 *
 * Returns: the time in microseconds, 0 for not at all, or -1 if the library decides
 *
 * Since: 1.0
 */
gint64
ta_runner_get_max_spin (TaRunner *self)
{
  g_return_val_if_fail (TA_IS_RUNNER (self), -1);

  return ta_loop_get_max_spin (ta_runner_get_loop (self));
}

/**
 * ta_runner_is_in_loop:
 * @self: a runner
 *
 * Says whether the calling thread is the one that runs the loop.
 *
 * For an attached runner this is the thread that owns the context now, or that has it as its
 * thread-default; for the main context also the main thread of the process.
 *
 * Returns: whether it is
 *
 * Since: 1.0
 */
gboolean
ta_runner_is_in_loop (TaRunner *self)
{
  g_return_val_if_fail (TA_IS_RUNNER (self), FALSE);

  return ta_loop_is_current (ta_runner_get_loop (self));
}
