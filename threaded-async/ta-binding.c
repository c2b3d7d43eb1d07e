/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* For dladdr(). */
#define _GNU_SOURCE

#include "ta-binding.h"
#include "ta-binding-private.h"
#include "ta-error.h"
#include "ta-runner-private.h"
#include "ta-task-private.h"

#include <dlfcn.h>

/*
 * What other languages get in place of the calls that take functions.
 *
 * The interpreters of most languages run in one thread: a function of theirs that is called in another
 * ends the process. They all come by the introspection data, where the calls below have the names of
 * those in C, so that a language has to say that it can before a function of its is sent to another
 * thread. What is written in C, or in Vala, calls the others, which ask nothing.
 *
 * Virtual functions are no calls, and an asynchronous call must not have two names, by which tools pair
 * it with the one that gets its result. But there the functions themselves tell: those of an
 * interpreted language are made while the program runs, and are in no file that was loaded.
 */

static int functions_allowed; /* atomic */

/**
 * ta_allow_functions_in_threads:
 *
 * Says that the functions of the language which calls this may be called in any thread; from any thread.
 *
 * It is for the part of the library that is written for a language, which calls it when it is loaded.
 * Unless it has been called, [method@Runner.create_task], [method@Runner.call_in_loop],
 * [method@Runner.call_in_loop_async] and [method@Runner.start] fail with `TA_ERROR_WRONG_THREAD` for a
 * language that uses introspection data, if its functions would be called in another thread. Python
 * need not say it, and C need not either.
 *
 * Since: 1.0
 */
void
ta_allow_functions_in_threads (void)
{
  g_atomic_int_set (&functions_allowed, TRUE);
}

static gboolean
are_functions_allowed (void)
{
  if (g_atomic_int_get (&functions_allowed))
    return TRUE;

  /* PyGObject takes the interpreter's lock for every call, and has registered this type. */
  if (g_type_from_name ("PyObject") == G_TYPE_INVALID)
    return FALSE;

  ta_allow_functions_in_threads ();

  return TRUE;
}

static gboolean
check_functions (TaRunner *self, const char *call, GError **error)
{
  if (are_functions_allowed () || ta_loop_is_current (ta_runner_get_loop (self)))
    return TRUE;

  g_set_error (
      error, TA_ERROR, TA_ERROR_WRONG_THREAD,
      "%s(): runner “%s” runs in another thread, in which functions of this language cannot "
      "run. Use the default runner, which is attached to the main context, for functions; or "
      "have this runner call a method that blocks, with call_method_async()",
      call, ta_runner_get_name (self));

  return FALSE;
}

/**
 * ta_runner_create_task_checked: (rename-to ta_runner_create_task)
 * @self: a runner
 * @func: (scope notified) (closure user_data) (destroy destroy): what to call in the runner's thread
 * @user_data: data for @func
 * @destroy: (nullable): how to free @user_data
 * @error: return location for an error
 *
 * Sends work to the runner as [method@Runner.create_task] does in C; from any thread.
 *
 * Fails with `TA_ERROR_WRONG_THREAD` if functions of the language cannot be called in the runner's
 * thread, see [func@allow_functions_in_threads]. Then @destroy has been called.
 *
 * Returns: (transfer full): the task
 *
 * Since: 1.0
 */
TaTask *
ta_runner_create_task_checked (TaRunner      *self,
                               TaTaskFunc     func,
                               gpointer       user_data,
                               GDestroyNotify destroy,
                               GError       **error)
{
  g_return_val_if_fail (TA_IS_RUNNER (self), NULL);
  g_return_val_if_fail (func != NULL, NULL);

  if (check_functions (self, "create_task", error))
    return ta_runner_create_task (self, func, user_data, destroy);

  if (destroy != NULL)
    destroy (user_data);

  return NULL;
}

/**
 * ta_runner_call_in_loop_checked: (rename-to ta_runner_call_in_loop)
 * @self: a runner
 * @func: (scope notified) (closure user_data) (destroy destroy): what to call
 * @user_data: data for @func
 * @destroy: (nullable): how to free @user_data
 * @timeout_us: how long to wait at most, in microseconds, `TA_TIMEOUT_INFINITE`, or
 *   `TA_TIMEOUT_DEFAULT` for the runner's [property@Runner:default-timeout]
 * @cancellable: (nullable): what ends the wait early
 * @error: return location for an error
 *
 * Calls a function in the runner's thread, and waits until it has returned, as
 * [method@Runner.call_in_loop] does in C; from any thread.
 *
 * Fails with `TA_ERROR_WRONG_THREAD` if functions of the language cannot be called in the runner's
 * thread, see [func@allow_functions_in_threads]. Then @destroy has been called.
 *
 * Returns: whether the function has been called and has returned
 *
 * Since: 1.0
 */
gboolean
ta_runner_call_in_loop_checked (TaRunner      *self,
                                TaCallFunc     func,
                                gpointer       user_data,
                                GDestroyNotify destroy,
                                gint64         timeout_us,
                                GCancellable  *cancellable,
                                GError       **error)
{
  g_return_val_if_fail (TA_IS_RUNNER (self), FALSE);
  g_return_val_if_fail (func != NULL, FALSE);

  if (check_functions (self, "call_in_loop", error))
    return ta_runner_call_in_loop (self, func, user_data, destroy, timeout_us, cancellable, error);

  if (destroy != NULL)
    destroy (user_data);

  return FALSE;
}

/* Whether a function is in a file that was loaded: what an interpreter made is not. */
static gboolean
is_compiled (gpointer func)
{
  static gpointer last; /* atomic: one that was, since most programs have but a few */
  Dl_info         info;

  if (func == g_atomic_pointer_get (&last))
    return TRUE;
  if (dladdr (func, &info) == 0)
    return FALSE;

  g_atomic_pointer_set (&last, func);

  return TRUE;
}

/* Checks that a function may be called in the runner's thread, where all languages make the same call. */
gboolean
ta_binding_check_func (TaRunner *self, TaCallFunc func, const char *call, GError **error)
{
  return is_compiled ((gpointer) func) || check_functions (self, call, error);
}

/* Checks that the functions of the class may be called in a thread of the library's. */
gboolean
ta_binding_check_class (TaRunner *self, GError **error)
{
  TaRunnerClass *klass = TA_RUNNER_GET_CLASS (self);

  if (G_OBJECT_TYPE (self) == TA_TYPE_RUNNER || are_functions_allowed () ||
      (is_compiled ((gpointer) klass->run) && is_compiled ((gpointer) klass->interrupt)))
    return TRUE;

  g_set_error (
      error, TA_ERROR, TA_ERROR_WRONG_THREAD,
      "start(): runner “%s” is of the class %s, whose functions would have to run in another "
      "thread, in which those of its language cannot run",
      ta_runner_get_name (self), G_OBJECT_TYPE_NAME (self));

  return FALSE;
}
