/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-binding-private.h"
#include "ta-error.h"
#include "ta-fork-private.h"
#include "ta-runner-private.h"

/* How a runner starts and stops; the work is done in ta-loop*.c. */

/* Runs the class's loop; in the runner's thread. */
void
ta_runner_run (TaRunner *self)
{
  TA_RUNNER_GET_CLASS (self)->run (self);
}

/* Has the class do what it can to get its thread unstuck; see ta_loop_interrupt_once(). */
void
ta_runner_interrupt (TaRunner *self)
{
  TA_RUNNER_GET_CLASS (self)->interrupt (self);
}

/**
 * ta_runner_start:
 * @self: a runner
 * @error: return location for an error
 *
 * Starts the runner; from any thread, once. When it returns, the runner takes work.
 *
 * Fails with `TA_ERROR_ALREADY_DONE` if it has been started before; with an error of `G_IO_ERROR` or
 * `G_THREAD_ERROR` if the system has no descriptor or no thread left; with `TA_ERROR_FAILED` if it was
 * to be attached to the context of a threaded runner; and with `TA_ERROR_WRONG_THREAD` if its class is
 * written in a language whose functions cannot run in another thread.
 *
 * Returns: whether the runner runs
 *
 * Since: 1.0
 */
gboolean
ta_runner_start (TaRunner *self, GError **error)
{
  g_return_val_if_fail (TA_IS_RUNNER (self), FALSE);

  if (!ta_fork_check (error) || !ta_binding_check_class (self, error))
    return FALSE;

  return ta_loop_start (ta_runner_get_loop (self), self, error);
}

/**
 * ta_runner_stop:
 * @self: a runner
 * @timeout_us: how long it may take, in microseconds, `TA_TIMEOUT_INFINITE`, or
 *   `TA_TIMEOUT_DEFAULT` for the runner's [property@Runner:exit-timeout]
 * @cancellable: (nullable): what ends the wait early; the stop goes on
 * @error: return location for an error
 *
 * Stops the runner, and waits until it has ended; from any thread but its own.
 *
 * The runner takes no more work. The loop does what is ready; then the tasks that have not ended are
 * cancelled, and waits that were started on the loop end with `G_IO_ERROR_CANCELLED`. When the tasks
 * have ended, or the time is nearly over and those that are left have been ended by force with
 * `G_IO_ERROR_CANCELLED`, the loop ends and its thread is joined. A thread that is stuck is interrupted
 * before the time is over, see [vfunc@Runner.interrupt]. [property@Runner:shutdown-type] says how it
 * went.
 *
 * An attached runner only cancels and ends its tasks, in no time and from any thread.
 *
 * To stop a runner that has ended does nothing. Several threads may stop a runner at once.
 *
 * Fails with `TA_ERROR_TASKS_FAILED` if the runner has ended and tasks had failed whose errors nobody
 * has taken: the message lists them, [method@Runner.get_failed_tasks] returns them, and they are not
 * reported again. Fails with `G_IO_ERROR_TIMED_OUT` if the loop did not end in time: then its thread is
 * left to itself. Fails with `TA_ERROR_WOULD_DEADLOCK`, at once, in the runner's own thread; with
 * `TA_ERROR_NOT_RUNNING` if it was never started; and with `G_IO_ERROR_CANCELLED`.
 *
 * Returns: whether the runner has ended
 *
 * Since: 1.0
 */
gboolean
ta_runner_stop (TaRunner *self, gint64 timeout_us, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (TA_IS_RUNNER (self), FALSE);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), FALSE);

  if (!ta_fork_check (error))
    return FALSE;

  return ta_loop_stop (ta_runner_get_loop (self), timeout_us, cancellable, error);
}

/**
 * ta_runner_stop_async:
 * @self: a runner
 * @timeout_us: how long it may take, in microseconds, `TA_TIMEOUT_INFINITE`, or
 *   `TA_TIMEOUT_DEFAULT` for the runner's [property@Runner:exit-timeout]
 * @cancellable: (nullable): what ends the wait early; the stop goes on
 * @callback: (scope async) (closure user_data): what to call when it has ended
 * @user_data: data for @callback
 *
 * Stops the runner as [method@Runner.stop] does, without blocking; from any thread, its own
 * included.
 *
 * The callback runs in the context that is thread-default for the caller; if that is the runner's
 * own, it is the last thing that the loop does.
 *
 * Since: 1.0
 */
void
ta_runner_stop_async (TaRunner           *self,
                      gint64              timeout_us,
                      GCancellable       *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer            user_data)
{
  g_return_if_fail (TA_IS_RUNNER (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  ta_loop_stop_async (ta_runner_get_loop (self), self, timeout_us, cancellable, callback,
                      user_data);
}

/**
 * ta_runner_stop_finish:
 * @self: a runner
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Gets the result of [method@Runner.stop_async]. It fails as [method@Runner.stop] does.
 *
 * Returns: whether the runner has ended
 *
 * Since: 1.0
 */
gboolean
ta_runner_stop_finish (TaRunner *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (TA_IS_RUNNER (self), FALSE);

  if (!ta_fork_check (error))
    return FALSE;

  return ta_loop_stop_finish (ta_runner_get_loop (self), result, self, error);
}

/**
 * ta_runner_get_failed_tasks:
 * @self: a runner
 *
 * Returns the tasks that failed, and whose errors nobody has taken; from any thread.
 *
 * After [method@Runner.stop] has failed with `TA_ERROR_TASKS_FAILED` these are the tasks for which it
 * did. Before that they are those which it would report now. They come in the order in which they
 * failed, and 100 at most: [method@Runner.get_n_failed_tasks] counts them all. For a task that nobody
 * refers to any more there is another object with the same name and the same error. To take the error of
 * one is to wait for it; it is there already.
 *
 * Returns: (transfer container) (element-type TaTask): the tasks
 *
 * Since: 1.0
 */
GPtrArray *
ta_runner_get_failed_tasks (TaRunner *self)
{
  g_return_val_if_fail (TA_IS_RUNNER (self), NULL);

  return ta_loop_get_failed (ta_runner_get_loop (self));
}

/**
 * ta_runner_get_n_failed_tasks:
 * @self: a runner
 *
 * Counts the tasks that failed, and whose errors nobody has taken; from any thread. See
 * [method@Runner.get_failed_tasks].
 *
 * Returns: how many there are
 *
 * Since: 1.0
 */
guint
ta_runner_get_n_failed_tasks (TaRunner *self)
{
  g_return_val_if_fail (TA_IS_RUNNER (self), 0);

  return ta_loop_get_n_failed (ta_runner_get_loop (self));
}
