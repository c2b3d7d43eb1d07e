/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-binding-private.h"
#include "ta-error.h"
#include "ta-fork-private.h"
#include "ta-promise.h"
#include "ta-runner-private.h"
#include "ta-task-private.h"
#include "ta-timeout.h"
#include "ta-wait-private.h"

/*
 * What sends work to a runner. A call and the wait for an iteration are tasks too, which never leave
 * the library: so they are ended by a stop, refused where they would deadlock, and named in
 * messages as every task is.
 */

/* A call that nobody waits for any more need not be made. */
static const TaOperationKind call_kind = { .abandon = ta_task_withdraw };
static const TaOperationKind iteration_kind = { 0 };

/* Makes a task and sends it to the loop, or ends it there and then if the loop does not run. */
static TaTask *
ta_runner_send (TaRunner      *self,
                TaTaskFlags    kind,
                TaTaskFunc     func,
                gpointer       user_data,
                GDestroyNotify destroy)
{
  TaLoop *loop = ta_runner_get_loop (self);
  TaTask *task = ta_task_new (loop, kind, func, user_data, destroy);
  GError *error = NULL;

  if (!ta_fork_check (&error) || !ta_loop_send_task (loop, task, &error))
    ta_task_refuse (task, error);

  return task;
}

/**
 * ta_runner_create_task:
 * @self: a runner
 * @func: (scope notified) (closure user_data) (destroy destroy): what to call in the runner's thread
 * @user_data: data for @func
 * @destroy: (nullable): how to free @user_data
 *
 * Sends work to the runner; from any thread.
 *
 * The function is called once, in the runner's thread, with the runner's context as thread-default,
 * and never before this call returns. Functions are called in the order in which they were sent.
 * Afterwards @destroy is called in the same thread. If the function can't be called any more, because
 * the runner has stopped, @destroy is called in the thread that finds this out.
 *
 * The work goes on if nobody keeps the task.
 *
 * On a runner that does not run the task has failed with `TA_ERROR_NOT_RUNNING` already.
 *
 * Returns: (transfer full): the task
 *
 * Since: 1.0
 */
TaTask *
ta_runner_create_task (TaRunner *self, TaTaskFunc func, gpointer user_data, GDestroyNotify destroy)
{
  g_return_val_if_fail (TA_IS_RUNNER (self), NULL);
  g_return_val_if_fail (func != NULL, NULL);

  return ta_runner_send (self, 0, func, user_data, destroy);
}

/**
 * ta_runner_run_gtask: (skip)
 * @self: a runner
 * @task: a task
 * @func: (scope async): the function to call in the runner's thread
 *
 * Runs a [class@Gio.Task] on the runner; from any thread.
 *
 * It takes the place of [method@Gio.Task.run_in_thread]: the function is the same, but it is called
 * in the runner's thread, with the runner's context as thread-default, so that it may use
 * asynchronous calls, and return the task later.
 *
 * On a runner that does not run the task is returned with `TA_ERROR_NOT_RUNNING`. When the runner
 * stops, a task that has not been started is returned with `G_IO_ERROR_CANCELLED`; of one that has,
 * only the cancellable is cancelled, since the function is to return it.
 *
 * Since: 1.0
 */
void
ta_runner_run_gtask (TaRunner *self, GTask *task, GTaskThreadFunc func)
{
  g_return_if_fail (TA_IS_RUNNER (self));
  g_return_if_fail (G_IS_TASK (task));
  g_return_if_fail (func != NULL);

  ta_loop_run_gtask (ta_runner_get_loop (self), task, func);
}

typedef struct
{
  TaCallFunc     func;
  gpointer       user_data;
  GDestroyNotify destroy;
} TaCall;

static void
call_free (gpointer data)
{
  TaCall *call = data;

  if (call->destroy != NULL)
    call->destroy (call->user_data);
  g_free (call);
}

static void
call_cb (TaTask *task, gpointer data)
{
  g_autoptr (TaPromise) promise = ta_task_take_promise (task);
  TaCall               *call = data;
  GDestroyNotify        destroy = g_steal_pointer (&call->destroy);

  call->func (call->user_data);

  /* Whoever is told that the call has been made finds its data let go of. */
  if (destroy != NULL)
    destroy (call->user_data);
  ta_promise_return_value (promise, NULL);
}

static TaTask *
ta_runner_send_call (TaRunner *self, TaCallFunc func, gpointer user_data, GDestroyNotify destroy)
{
  TaCall *call = g_new (TaCall, 1);

  *call = (TaCall){ .func = func, .user_data = user_data, .destroy = destroy };

  return ta_runner_send (self, TA_TASK_CALL, call_cb, call, call_free);
}

/**
 * ta_runner_call_in_loop:
 * @self: a runner
 * @func: (scope notified) (closure user_data) (destroy destroy): what to call
 * @user_data: data for @func
 * @destroy: (nullable): how to free @user_data
 * @timeout_us: how long to wait at most, in microseconds, `TA_TIMEOUT_INFINITE`, or
 *   `TA_TIMEOUT_DEFAULT` for the runner's [property@Runner:default-timeout]
 * @cancellable: (nullable): what ends the wait early
 * @error: return location for an error
 *
 * Calls a function in the runner's thread, and waits until it has returned; from any thread.
 *
 * In the runner's own thread the function is called at once. After the function, and before this call
 * returns, @destroy is called in the runner's thread.
 *
 * If the wait ends before the function has been called, it will not be called. A function that has
 * begun goes on, which is why its data must not be on the stack of a caller that has a timeout or a
 * cancellable.
 *
 * Fails with `TA_ERROR_NOT_RUNNING`, `G_IO_ERROR_TIMED_OUT` or `G_IO_ERROR_CANCELLED`; with the
 * latter also if the runner stops meanwhile.
 *
 * Returns: whether the function has been called and has returned
 *
 * Since: 1.0
 */
gboolean
ta_runner_call_in_loop (TaRunner      *self,
                        TaCallFunc     func,
                        gpointer       user_data,
                        GDestroyNotify destroy,
                        gint64         timeout_us,
                        GCancellable  *cancellable,
                        GError       **error)
{
  g_autoptr (TaTask) task = NULL;
  TaLoop            *loop;
  gboolean           called;

  g_return_val_if_fail (TA_IS_RUNNER (self), FALSE);
  g_return_val_if_fail (func != NULL, FALSE);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), FALSE);

  if (!ta_fork_check (error))
    {
      if (destroy != NULL)
        destroy (user_data);
      return FALSE;
    }

  loop = ta_runner_get_loop (self);
  if (ta_loop_is_current (loop))
    {
      called = ta_loop_check_running (loop, error) &&
               (timeout_us == TA_TIMEOUT_DEFAULT || ta_wait_check_timeout (timeout_us, error)) &&
               !g_cancellable_set_error_if_cancelled (cancellable, error);
      if (called)
        func (user_data);
      if (destroy != NULL)
        destroy (user_data);
      return called;
    }

  task = ta_runner_send_call (self, func, user_data, destroy);
  called = ta_future_wait (TA_FUTURE (task), NULL, timeout_us, cancellable, error);
  if (!called)
    ta_task_withdraw (task, TA_OUTCOME_CANCELLED);

  return called;
}

/**
 * ta_runner_call_in_loop_async:
 * @self: a runner
 * @func: (scope notified) (closure func_data) (destroy func_destroy): what to call
 * @func_data: data for @func
 * @func_destroy: (nullable): how to free @func_data
 * @timeout_us: how long to wait at most, in microseconds, `TA_TIMEOUT_INFINITE`, or
 *   `TA_TIMEOUT_DEFAULT` for the runner's [property@Runner:default-timeout]
 * @cancellable: (nullable): what ends the wait early
 * @callback: (scope async) (closure user_data): what to call when the function has returned
 * @user_data: data for @callback
 *
 * Calls a function in the runner's thread as [method@Runner.call_in_loop] does, without blocking;
 * from any thread.
 *
 * The function is never called before this call returns, not even in the runner's own thread.
 *
 * [method@Runner.call_in_loop_finish] fails with `TA_ERROR_WRONG_THREAD` if the function is one of a
 * language whose functions cannot be called in the runner's thread, see
 * [func@allow_functions_in_threads]. Then @func_destroy has been called.
 *
 * Since: 1.0
 */
void
ta_runner_call_in_loop_async (TaRunner           *self,
                              TaCallFunc          func,
                              gpointer            func_data,
                              GDestroyNotify      func_destroy,
                              gint64              timeout_us,
                              GCancellable       *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer            user_data)
{
  g_autoptr (TaTask) task = NULL;
  GError            *refusal = NULL;

  g_return_if_fail (TA_IS_RUNNER (self));
  g_return_if_fail (func != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  if (ta_binding_check_func (self, func, "call_in_loop_async", &refusal))
    {
      task = ta_runner_send_call (self, func, func_data, func_destroy);
    }
  else
    {
      task = ta_task_new (ta_runner_get_loop (self), TA_TASK_CALL, call_cb, NULL, NULL);
      ta_task_refuse (task, refusal);
      if (func_destroy != NULL)
        func_destroy (func_data);
    }
  ta_future_start_wait (TA_FUTURE (task), self, &call_kind, timeout_us, cancellable, callback,
                        user_data);
}

/**
 * ta_runner_call_in_loop_finish:
 * @self: a runner
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Gets the result of [method@Runner.call_in_loop_async]. It fails as [method@Runner.call_in_loop]
 * does.
 *
 * Returns: whether the function has been called and has returned
 *
 * Since: 1.0
 */
gboolean
ta_runner_call_in_loop_finish (TaRunner *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (TA_IS_RUNNER (self), FALSE);

  return ta_future_finish_wait (result, self, &call_kind, NULL, error);
}

typedef struct
{
  TaRest     rest;
  TaPromise *promise;
} TaIteration;

static void
at_rest_cb (TaRest *rest)
{
  TaIteration *iteration = TA_CONTAINER (rest, TaIteration, rest);

  ta_promise_return_value (iteration->promise, NULL);
  ta_promise_unref (iteration->promise);
  g_free (iteration);
}

static void
iterate_cb (TaTask *task, gpointer data)
{
  TaIteration *iteration = g_new (TaIteration, 1);

  iteration->promise = ta_task_take_promise (task);
  ta_inbox_call_at_rest (ta_loop_get_inbox (data), &iteration->rest, at_rest_cb);
}

static TaTask *
ta_runner_send_iteration (TaRunner *self)
{
  /* The task has a reference on the loop. */
  return ta_runner_send (self, TA_TASK_ITERATION, iterate_cb, ta_runner_get_loop (self), NULL);
}

/**
 * ta_runner_wait_for_next_iteration:
 * @self: a runner
 * @timeout_us: how long to wait at most, in microseconds, `TA_TIMEOUT_INFINITE`, or
 *   `TA_TIMEOUT_DEFAULT` for the runner's [property@Runner:default-timeout]
 * @cancellable: (nullable): what ends the wait early
 * @error: return location for an error
 *
 * Waits until the loop has done everything that is ready in it now; from any thread but the runner's
 * own.
 *
 * This includes whatever becomes ready in consequence, until the loop comes to rest. It does not
 * include timers that are not due and input that has not come. For a loop that does not come to rest
 * within 64 iterations the wait ends too.
 *
 * Fails with `TA_ERROR_NOT_RUNNING`, `G_IO_ERROR_TIMED_OUT` or `G_IO_ERROR_CANCELLED`, with the latter
 * also if the runner stops meanwhile, and with `TA_ERROR_WOULD_DEADLOCK`, at once, in the runner's own
 * thread.
 *
 * Returns: whether the loop has
 *
 * Since: 1.0
 */
gboolean
ta_runner_wait_for_next_iteration (TaRunner     *self,
                                   gint64        timeout_us,
                                   GCancellable *cancellable,
                                   GError      **error)
{
  g_autoptr (TaTask) task = NULL;

  g_return_val_if_fail (TA_IS_RUNNER (self), FALSE);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), FALSE);

  if (!ta_fork_check (error))
    return FALSE;

  task = ta_runner_send_iteration (self);

  return ta_future_wait (TA_FUTURE (task), NULL, timeout_us, cancellable, error);
}

/**
 * ta_runner_wait_for_next_iteration_async:
 * @self: a runner
 * @timeout_us: how long to wait at most, in microseconds, `TA_TIMEOUT_INFINITE`, or
 *   `TA_TIMEOUT_DEFAULT` for the runner's [property@Runner:default-timeout]
 * @cancellable: (nullable): what ends the wait early
 * @callback: (scope async) (closure user_data): what to call when the wait has ended
 * @user_data: data for @callback
 *
 * Waits as [method@Runner.wait_for_next_iteration] does, without blocking; from any thread.
 *
 * Since: 1.0
 */
void
ta_runner_wait_for_next_iteration_async (TaRunner           *self,
                                         gint64              timeout_us,
                                         GCancellable       *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer            user_data)
{
  g_autoptr (TaTask) task = NULL;

  g_return_if_fail (TA_IS_RUNNER (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = ta_runner_send_iteration (self);
  ta_future_start_wait (TA_FUTURE (task), self, &iteration_kind, timeout_us, cancellable, callback,
                        user_data);
}

/**
 * ta_runner_wait_for_next_iteration_finish:
 * @self: a runner
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Gets the result of [method@Runner.wait_for_next_iteration_async]. It fails as
 * [method@Runner.wait_for_next_iteration] does.
 *
 * Returns: whether the loop has come to rest
 *
 * Since: 1.0
 */
gboolean
ta_runner_wait_for_next_iteration_finish (TaRunner *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (TA_IS_RUNNER (self), FALSE);

  return ta_future_finish_wait (result, self, &iteration_kind, NULL, error);
}
