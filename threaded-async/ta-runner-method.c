/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-runner-method.h"
#include "ta-box-private.h"
#include "ta-fork-private.h"
#include "ta-method-private.h"
#include "ta-promise.h"
#include "ta-runner-private.h"
#include "ta-task-private.h"
#include "ta-value-private.h"
#include "ta-wait-private.h"

#include <dlfcn.h>
#include <gmodule.h>

/*
 * Calls of methods that are known by their names only. What is behind a name is said by the
 * introspection data, which the library itself does not need: the module that reads it is loaded by
 * the first call.
 *
 * There may be one module for each of the two versions of libgirepository, which can't be used in one
 * process together: each registers types of the same names. So the one whose version is loaded
 * already, by the binding that makes the call, comes first.
 */
static const struct
{
  const char *module;
  const char *library;
} versions[] = {
  { "libta-introspect-2.so", "libgirepository-2.0.so.0" },
  { "libta-introspect-1.so", "libgirepository-1.0.so.1" },
};

/* Whether a shared library is in the process already. */
static gboolean
is_loaded (const char *library)
{
  void *handle = dlopen (library, RTLD_LAZY | RTLD_NOLOAD);

  if (handle != NULL)
    dlclose (handle);

  return handle != NULL;
}

/* Loads a module; NULL, with a reason, if it is not there or not ours. */
static const TaMethods *
load_module (const char *name, char **reason)
{
  const char      *folder = g_getenv ("TA_MODULE_DIR");
  g_autofree char *path = g_build_filename (folder != NULL ? folder : TA_MODULE_DIR, name, NULL);
  gpointer         symbol;
  GModule         *module = g_module_open (path, G_MODULE_BIND_LAZY | G_MODULE_BIND_LOCAL);
  const TaMethods *methods = NULL;

  if (module == NULL)
    {
      *reason = g_strdup (g_module_error ());
      return NULL;
    }

  /* What it has registered stays. */
  g_module_make_resident (module);

  if (g_module_symbol (module, TA_METHODS_SYMBOL, &symbol))
    methods = ((TaMethodsFunc) symbol) ();
  if (methods == NULL || methods->version != TA_METHODS_VERSION)
    {
      *reason = g_strdup_printf ("%s belongs to another version of the library", path);
      return NULL;
    }

  return methods;
}

static const TaMethods *
get_methods (GError **error)
{
  static gsize            is_initialised;
  static const TaMethods *methods; /* const once initialised, as is the next */
  static char            *reason;

  if (g_once_init_enter (&is_initialised))
    {
      guint first = 0;

      for (guint i = 0; i < G_N_ELEMENTS (versions); i++)
        if (is_loaded (versions[i].library))
          first = i;

      methods = load_module (versions[first].module, &reason);
      for (guint i = 0; methods == NULL && i < G_N_ELEMENTS (versions); i++)
        {
          g_autofree char *other_reason = NULL;

          /* Where a version is loaded, the other can't be. */
          if (i != first && !is_loaded (versions[first].library))
            methods = load_module (versions[i].module, &other_reason);
        }

      g_once_init_leave (&is_initialised, TRUE);
    }

  if (methods == NULL)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                 "Methods can't be called by their names: the module for it can't be loaded: %s",
                 reason);

  return methods;
}

/* The data of a task. */
typedef struct
{
  const TaMethods *methods;
  TaMethodCall    *call;
  TaBox           *box; /* with what the method is called on, or NULL */
} TaMethodWork;

static void
method_work_free (gpointer data)
{
  TaMethodWork *work = data;

  work->methods->free (work->call);
  g_clear_pointer (&work->box, ta_box_unref);
  g_free (work);
}

static void
method_work_run (TaTask *task, gpointer data)
{
  g_autoptr (TaPromise) promise = ta_task_take_promise (task);
  TaMethodWork         *work = data;
  g_auto (GValue)       value = G_VALUE_INIT;
  GError               *error = NULL;

  if (ta_promise_return_error_if_cancelled (promise))
    return;

  if (work->methods->run (work->call, ta_promise_get_cancellable (promise), &value, &error))
    ta_promise_return_value (promise, &value);
  else
    ta_promise_return_error (promise, error);
}

/* A call that nobody waits for any more need not be made, and one that is being made may end. */
static void
method_abandon (gpointer target, TaOutcome outcome)
{
  /* It may also be the future of a call that was refused. */
  if (!TA_IS_TASK (target))
    return;

  ta_task_withdraw (target, outcome);
  ta_task_cancel (target);
}

static const TaOperationKind method_kind = { .abandon = method_abandon };

/* Makes the task of a call, or fails, before anything runs. */
static TaTask *
send_method (TaRunner     *self,
             const GValue *target,
             const char   *method,
             const GValue *arguments,
             guint         n_arguments,
             gint64        timeout_us,
             GCancellable *cancellable,
             GError      **error)
{
  const TaMethods *methods;
  TaMethodWork    *work;
  TaMethodCall    *call;
  TaTask          *task;
  TaBox           *box = NULL;

  /* What is in a box is worked on there, and so keeps what a method does to it. */
  if (G_VALUE_HOLDS (target, TA_TYPE_BOX) && (box = g_value_get_boxed (target)) != NULL)
    {
      const GValue *plain = ta_box_peek_plain (box);

      if (plain != NULL)
        target = plain;
      else
        box = NULL;
    }

  if ((timeout_us != TA_TIMEOUT_DEFAULT && !ta_wait_check_timeout (timeout_us, error)) ||
      g_cancellable_set_error_if_cancelled (cancellable, error) ||
      (methods = get_methods (error)) == NULL ||
      (call = methods->prepare (target, box != NULL, method, arguments, n_arguments, error)) ==
          NULL)
    return NULL;

  work = g_new (TaMethodWork, 1);
  *work = (TaMethodWork){ .methods = methods, .call = call };
  if (box != NULL)
    work->box = ta_box_ref (box);
  /* The caller is given its error by the call, and nobody else can be. */
  task = ta_task_new (ta_runner_get_loop (self), TA_TASK_ERROR_TAKEN, method_work_run, work,
                      method_work_free);
  ta_task_set_name (task, methods->get_name (call));

  return task;
}

/**
 * ta_runner_call_method_async:
 * @self: a runner
 * @target: what the method belongs to: an object, a boxed value or a [struct@GLib.Variant]; a
 *   `GType`; or a string, as “Gio.File” or “GLib”
 * @method: the name of the method, function or constructor in the introspection data
 * @arguments: (nullable) (array length=n_arguments): its arguments
 * @n_arguments: how many there are
 * @timeout_us: how long to wait at most, in microseconds, `TA_TIMEOUT_INFINITE`, or
 *   `TA_TIMEOUT_DEFAULT` for the runner's [property@Runner:default-timeout]
 * @cancellable: (nullable): what cancels the call
 * @callback: (scope async) (closure user_data): what to call when the method has returned
 * @user_data: data for @callback
 *
 * Calls a method that blocks, in the runner's thread, and calls back with its result; from any thread.
 *
 * It is for languages whose own functions can't leave their thread, and takes any method, static
 * function or constructor of any library that has introspection data, such as
 * [method@Gio.File.load_bytes]. While the method runs, everything else on the runner waits.
 *
 * If @target is an object, @method is called on it; if it is a boxed value, on a copy of it, and if it
 * is a box with a boxed value ([ctor@Box.new]), on the very value in there. With a type or its name, as
 * “GdkPixbuf.Pixbuf”, it is a constructor or a static function; with the name of a namespace, as
 * “GLib”, a function. Should the namespace of an instance not be found, because nobody has loaded it
 * yet, put the name of the type before that of the method: “GdkPixbuf.Pixbuf.copy”.
 *
 * The arguments are those of C without a [class@Gio.Cancellable], which is filled in, without
 * out-parameters, and without the lengths of arrays. Numbers, booleans, strings, enumerations, flags,
 * objects, boxed values, variants, GTypes, and arrays of strings (`G_TYPE_STRV`, or a variant of type
 * “as”) and of bytes ([struct@GLib.Bytes]) work, also as results and out-parameters. A method that has
 * a parameter of another kind, such as a callback, is refused with `G_IO_ERROR_NOT_SUPPORTED`, an
 * argument that does not fit its parameter with `TA_ERROR_WRONG_TYPE`, and a wrong number of them with
 * `G_IO_ERROR_INVALID_ARGUMENT`. The message names the parameter. For a method that does not exist it
 * is `G_IO_ERROR_NOT_FOUND`. In each case nothing has run.
 *
 * If the call is cancelled or its time is over, it fails at once, and the method's own cancellable is
 * cancelled; so it is if the runner stops.
 *
 * Since: 1.0
 */
void
ta_runner_call_method_async (TaRunner           *self,
                             const GValue       *target,
                             const char         *method,
                             const GValue       *arguments,
                             guint               n_arguments,
                             gint64              timeout_us,
                             GCancellable       *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer            user_data)
{
  g_autoptr (TaTask) task = NULL;
  GError            *error = NULL;

  g_return_if_fail (TA_IS_RUNNER (self));
  g_return_if_fail (G_IS_VALUE (target));
  g_return_if_fail (method != NULL);
  g_return_if_fail (arguments != NULL || n_arguments == 0);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task =
      send_method (self, target, method, arguments, n_arguments, timeout_us, cancellable, &error);
  if (task == NULL)
    {
      g_autoptr (TaFuture) future = ta_future_new ();

      if (!ta_future_end_with_error (future, error))
        g_error_free (error);
      ta_future_start_wait (future, self, &method_kind, TA_TIMEOUT_INFINITE, NULL, callback,
                            user_data);
      return;
    }

  if (!ta_loop_send_task (ta_runner_get_loop (self), task, &error))
    ta_task_refuse (task, error);
  ta_future_start_wait (TA_FUTURE (task), self, &method_kind, timeout_us, cancellable, callback,
                        user_data);
}

/**
 * ta_runner_call_method_finish:
 * @self: a runner
 * @result: what the callback was given
 * @value: (out caller-allocates) (optional): where to put the result
 * @error: return location for an error
 *
 * Gets the result of [method@Runner.call_method_async].
 *
 * The result is what the method returned, followed by its out-parameters. A boolean that only says
 * whether a method has failed does not count if there are out-parameters. If this makes one value,
 * @value is set to it; to a `GValueArray` if it makes several, and to a %NULL pointer if it makes none,
 * and on failure. The caller frees it with [method@GObject.Value.unset].
 *
 * Fails with the error of the method; with `G_IO_ERROR_CANCELLED` or `G_IO_ERROR_TIMED_OUT`; with
 * `TA_ERROR_NOT_RUNNING`; and with the errors of a call that has been refused.
 *
 * Returns: whether the method has been called and has succeeded
 *
 * Since: 1.0
 */
gboolean
ta_runner_call_method_finish (TaRunner *self, GAsyncResult *result, GValue *value, GError **error)
{
  ta_value_clear_out (value);
  g_return_val_if_fail (TA_IS_RUNNER (self), FALSE);

  if (!ta_fork_check (error))
    return FALSE;

  return ta_future_finish_wait (result, self, &method_kind, value, error);
}
