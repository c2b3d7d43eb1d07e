/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-error-private.h"
#include "ta-fork-private.h"
#include "ta-future-private.h"
#include "ta-timeout.h"
#include "ta-value-private.h"
#include "ta-wait-private.h"

/**
 * TaFuture:
 *
 * The reading side of one value or error that will be there later.
 *
 * A future is done once, with a value or an error, and stays so. Any number of threads and
 * asynchronous callers may wait for it, in any thread and any context, before or after it is done;
 * each gets a copy of the value, or of the error.
 *
 * The writing side is a [struct@Promise]. A [class@ThreadedAsync.Task] is a future whose value is the result of
 * work on a [class@Runner].
 *
 * ```c
 * g_autoptr (TaPromise) promise = ta_promise_new ();
 * g_autoptr (TaFuture) future = ta_promise_get_future (promise);
 *
 * ta_promise_return_int (promise, 42);
 * ```
 *
 * `notify::done`, and for a failure `notify::error` and `notify::error-message`, are emitted in
 * [property@Future:main-context], whoever made the future done.
 *
 * Since: 1.0
 */

G_DEFINE_TYPE (TaFuture, ta_future, G_TYPE_OBJECT)

static GParamSpec           *props[TA_FUTURE_N_PROPS];
static const TaNotifierClass notifications = { .pspecs = props };

static const TaOperationKind wait_kind = { 0 };

static char *
ta_future_real_describe (TaFuture *self)
{
  return g_strdup ("a future");
}

static char *
ta_future_real_describe_delay (TaFuture *self, gint64 timeout_us)
{
  return g_strdup ("");
}

static gint64
ta_future_real_get_default_timeout (TaFuture *self)
{
  return TA_TIMEOUT_DEFAULT;
}

static gboolean
ta_future_real_check_may_block (TaFuture *self, GError **error)
{
  return ta_wait_check_not_in_loop ("a future", error);
}

static void
ta_future_real_ended (TaFuture *self)
{
}

static void
ta_future_real_error_taken (TaFuture *self)
{
}

static void
ta_future_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  TaFuture *self = TA_FUTURE (object);

  switch (property_id)
    {
    case TA_FUTURE_PROP_DONE:
      g_value_set_boolean (value, ta_future_get_done (self));
      break;
    case TA_FUTURE_PROP_ERROR:
      g_value_take_boxed (value, ta_future_dup_error (self));
      break;
    case TA_FUTURE_PROP_ERROR_MESSAGE:
      g_value_take_string (value, ta_future_dup_error_message (self));
      break;
    case TA_FUTURE_PROP_MAIN_CONTEXT:
      g_value_set_boxed (value, ta_future_get_main_context (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
ta_future_finalize (GObject *object)
{
  TaFuture *self = TA_FUTURE (object);

  /* Every waiter holds a reference, so there is none. */
  if (self->state == TA_FUTURE_SUCCEEDED)
    g_value_unset (&self->result.value);
  else if (self->state == TA_FUTURE_FAILED)
    g_error_free (self->result.error);

  ta_notifier_clear (&self->notifier);
  ta_mutex_clear (&self->mutex);

  G_OBJECT_CLASS (ta_future_parent_class)->finalize (object);
}

static void
ta_future_class_init (TaFutureClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = ta_future_get_property;
  object_class->finalize = ta_future_finalize;

  klass->describe = ta_future_real_describe;
  klass->describe_delay = ta_future_real_describe_delay;
  klass->get_default_timeout = ta_future_real_get_default_timeout;
  klass->check_may_block = ta_future_real_check_may_block;
  klass->ended = ta_future_real_ended;
  klass->error_taken = ta_future_real_error_taken;

  /**
   * TaFuture:done: (getter get_done)
   *
   * Whether there is a value or an error.
   *
   * Since: 1.0
   */
  props[TA_FUTURE_PROP_DONE] =
      g_param_spec_boolean ("done", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * TaFuture:error: (getter dup_error)
   *
   * The error with which the future was made done, if it was; else %NULL.
   *
   * It is notified together with [property@Future:done]. Who reads it has taken the error, as who
   * waits for the future has: the runner of a task does not report it as one that nobody took.
   *
   * Since: 1.0
   */
  props[TA_FUTURE_PROP_ERROR] = g_param_spec_boxed ("error", NULL, NULL, G_TYPE_ERROR,
                                                    G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * TaFuture:error-message: (getter dup_error_message)
   *
   * The message of the error with which the future was made done, if it was; else %NULL.
   *
   * It is notified together with [property@Future:done], and made to be bound to a label. As with
   * [property@Future:error], who reads it has taken the error.
   *
   * ```c
   * g_object_bind_property (task, "error-message", label, "label", G_BINDING_SYNC_CREATE);
   * ```
   *
   * Since: 1.0
   */
  props[TA_FUTURE_PROP_ERROR_MESSAGE] = g_param_spec_string (
      "error-message", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * TaFuture:main-context: (getter get_main_context)
   *
   * The context in which the signals of the future are emitted: the one that was thread-default
   * where the future, its promise or its task was made.
   *
   * Since: 1.0
   */
  props[TA_FUTURE_PROP_MAIN_CONTEXT] = g_param_spec_boxed (
      "main-context", NULL, NULL, G_TYPE_MAIN_CONTEXT, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, TA_FUTURE_N_PROPS, props);
}

static void
ta_future_init (TaFuture *self)
{
  g_mutex_init (&self->mutex);
  ta_notifier_init (&self->notifier, self, ta_inbox_ref_thread_default (), &notifications);
}

TaFuture *
ta_future_new (void)
{
  return g_object_new (TA_TYPE_FUTURE, NULL);
}

char *
ta_future_describe (TaFuture *self)
{
  return ((TaFutureClass *) G_OBJECT_GET_CLASS (self))->describe (self);
}

/* Fails if a thread that waited for it would wait for itself. */
gboolean
ta_future_check_may_block (TaFuture *self, GError **error)
{
  return ((TaFutureClass *) G_OBJECT_GET_CLASS (self))->check_may_block (self, error);
}

/* Takes the lock if the future can still be done; FALSE, unlocked, if it is. */
static gboolean
ta_future_begin_end (TaFuture *self)
{
  if (ta_has_forked)
    return FALSE;

  g_mutex_lock (&self->mutex);
  if (self->state == TA_FUTURE_PENDING)
    return TRUE;
  g_mutex_unlock (&self->mutex);

  return FALSE;
}

/* Releases the lock, and lets everybody know. */
static void
ta_future_finish_end (TaFuture *self, TaFutureState state)
{
  TaWaiter *waiters;

  g_atomic_int_set (&self->state, state);
  waiters = ta_waiter_list_end_locked (&self->waiters);
  g_mutex_unlock (&self->mutex);

  ta_waiter_complete_list (waiters, TA_OUTCOME_DONE);
  if (state == TA_FUTURE_FAILED)
    ta_notifier_notify_properties (&self->notifier, self,
                                   1u << TA_FUTURE_PROP_DONE | 1u << TA_FUTURE_PROP_ERROR |
                                       1u << TA_FUTURE_PROP_ERROR_MESSAGE);
  else
    ta_notifier_notify (&self->notifier, self, TA_FUTURE_PROP_DONE);
  ((TaFutureClass *) G_OBJECT_GET_CLASS (self))->ended (self);
}

/*
 * Makes the future done with a value, which is moved; FALSE, and the value stays with the caller,
 * if it is done already. The caller holds a reference.
 */
gboolean
ta_future_end_with_value (TaFuture *self, GValue *value)
{
  if (!ta_future_begin_end (self))
    return FALSE;

  self->result.value = *value;
  *value = (GValue) G_VALUE_INIT;
  ta_future_finish_end (self, TA_FUTURE_SUCCEEDED);

  return TRUE;
}

/* The same with an error, which is taken over. */
gboolean
ta_future_end_with_error (TaFuture *self, GError *error)
{
  if (!ta_future_begin_end (self))
    return FALSE;

  self->result.error = error;
  ta_future_finish_end (self, TA_FUTURE_FAILED);

  return TRUE;
}

/* Copies the error of a future that is done. */
GError *
ta_future_copy_error (TaFuture *self)
{
  GError *error;

  /* Copying one of another domain may run foreign code. */
  if (self->result.error->domain != TA_ERROR)
    return g_error_copy (self->result.error);

  if (ta_has_forked)
    return g_error_new_literal (TA_ERROR, self->result.error->code, self->result.error->message);

  g_mutex_lock (&self->mutex);
  error = g_error_copy (self->result.error);
  g_mutex_unlock (&self->mutex);

  return error;
}

/* Copies the result of a future that is done. */
static gboolean
ta_future_copy_result (TaFuture *self, GValue *value, GError **error)
{
  if (g_atomic_int_get (&self->state) == TA_FUTURE_FAILED)
    {
      if (error != NULL)
        *error = ta_future_copy_error (self);
      ((TaFutureClass *) G_OBJECT_GET_CLASS (self))->error_taken (self);
      return FALSE;
    }

  if (value != NULL)
    ta_value_copy_out (&self->result.value, value);

  return TRUE;
}

/**
 * ta_future_get_done: (get-property done)
 * @self: a future
 *
 * Says whether there is a value or an error.
 *
 * It may be called from any thread, and does not wait. Once true it stays true.
 *
 * Returns: whether the future is done
 *
 * Since: 1.0
 */
gboolean
ta_future_get_done (TaFuture *self)
{
  g_return_val_if_fail (TA_IS_FUTURE (self), FALSE);

  return ta_future_is_done (self);
}

/**
 * ta_future_dup_error: (get-property error)
 * @self: a future
 *
 * Takes the error with which the future was made done; from any thread, without waiting.
 *
 * Returns: (transfer full) (nullable): a copy of the error, or %NULL if the future has not failed
 *
 * Since: 1.0
 */
GError *
ta_future_dup_error (TaFuture *self)
{
  g_return_val_if_fail (TA_IS_FUTURE (self), NULL);

  if (g_atomic_int_get (&self->state) != TA_FUTURE_FAILED)
    return NULL;

  ((TaFutureClass *) G_OBJECT_GET_CLASS (self))->error_taken (self);

  return ta_future_copy_error (self);
}

/**
 * ta_future_dup_error_message: (get-property error-message)
 * @self: a future
 *
 * Takes the message of the error with which the future was made done; from any thread, without
 * waiting.
 *
 * Returns: (transfer full) (nullable): the message, or %NULL if the future has not failed
 *
 * Since: 1.0
 */
char *
ta_future_dup_error_message (TaFuture *self)
{
  g_return_val_if_fail (TA_IS_FUTURE (self), NULL);

  if (g_atomic_int_get (&self->state) != TA_FUTURE_FAILED)
    return NULL;

  ((TaFutureClass *) G_OBJECT_GET_CLASS (self))->error_taken (self);

  return g_strdup (self->result.error->message);
}

/**
 * ta_future_get_main_context: (get-property main-context)
 * @self: a future
 *
 * Returns the context in which the signals of the future are emitted.
 *
 * It may be called from any thread; it never changes.
 *
 * Returns: (transfer none): the context
 *
 * Since: 1.0
 */
GMainContext *
ta_future_get_main_context (TaFuture *self)
{
  g_return_val_if_fail (TA_IS_FUTURE (self), NULL);

  return ta_inbox_get_context (self->notifier.inbox);
}

/**
 * ta_future_try_wait:
 * @self: a future
 * @value: (out caller-allocates) (optional): where to put a copy of the value
 * @error: return location for an error
 *
 * Gets the result if it is there, without waiting.
 *
 * It may be called from any thread. The caller frees the value with [method@GObject.Value.unset]. On
 * failure it is set to a %NULL pointer.
 *
 * Fails with `G_IO_ERROR_WOULD_BLOCK` if the future is not done, or with the error with which it is.
 *
 * Returns: whether there is a value
 *
 * Since: 1.0
 */
gboolean
ta_future_try_wait (TaFuture *self, GValue *value, GError **error)
{
  ta_value_clear_out (value);
  g_return_val_if_fail (TA_IS_FUTURE (self), FALSE);

  if (!ta_fork_check (error))
    return FALSE;

  if (!ta_future_is_done (self))
    {
      g_autofree char *description = ta_future_describe (self);

      g_set_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK, "%s is not done yet", description);
      return FALSE;
    }

  return ta_future_copy_result (self, value, error);
}

/* Replaces TA_TIMEOUT_DEFAULT where it stands for something, and refuses other numbers. */
static gboolean
ta_future_resolve_timeout (TaFuture *self, gint64 *timeout_us, GError **error)
{
  if (*timeout_us == TA_TIMEOUT_DEFAULT)
    *timeout_us = ((TaFutureClass *) G_OBJECT_GET_CLASS (self))->get_default_timeout (self);

  return ta_wait_check_timeout (*timeout_us, error);
}

/* How the message of a wait that ended with @outcome calls the future; transfer full. */
static char *
ta_future_describe_wait (TaFuture *self, TaOutcome outcome, gint64 timeout_us)
{
  g_autofree char *description = ta_future_describe (self);
  g_autofree char *delay = NULL;

  if (outcome != TA_OUTCOME_TIMED_OUT || timeout_us == 0)
    return g_steal_pointer (&description);

  delay = ((TaFutureClass *) G_OBJECT_GET_CLASS (self))->describe_delay (self, timeout_us);

  return g_strconcat (description, delay, NULL);
}

/* Sets the error of a wait that did not end with the future being done. */
static void
ta_future_set_wait_error (TaFuture *self, TaOutcome outcome, gint64 timeout_us, GError **error)
{
  g_autofree char *description = ta_future_describe_wait (self, outcome, timeout_us);

  ta_wait_set_error (outcome, timeout_us, description, error);
}

static gboolean
ta_future_enter (gpointer object, TaWaiter *waiter)
{
  TaFuture *self = object;
  gboolean  enlisted = FALSE;

  g_mutex_lock (&self->mutex);
  if (self->state != TA_FUTURE_PENDING)
    ta_waiter_end_locked (waiter, TA_OUTCOME_DONE);
  else
    enlisted = ta_waiter_enlist_locked (waiter, &self->waiters);
  g_mutex_unlock (&self->mutex);

  return enlisted;
}

/**
 * ta_future_wait:
 * @self: a future
 * @value: (out caller-allocates) (optional): where to put a copy of the value
 * @timeout_us: how long to wait at most, in microseconds, or `TA_TIMEOUT_INFINITE`; for a task also
 *   `TA_TIMEOUT_DEFAULT`, the default of its runner
 * @cancellable: (nullable): what ends the wait early; it does not cancel the work
 * @error: return location for an error
 *
 * Blocks the calling thread until the future is done, and gets the result.
 *
 * It may be called from any thread, any number of times, and by several threads at once. The caller
 * frees the value with [method@GObject.Value.unset]. On failure it is set to a %NULL pointer.
 *
 * Fails with the error with which the future was made done; with `G_IO_ERROR_TIMED_OUT` or
 * `G_IO_ERROR_CANCELLED` if the wait ended before that; and with `TA_ERROR_WOULD_DEADLOCK`, at once,
 * if waiting would block the thread that has to do the work: that of the task's own runner, and
 * for other futures that of any runner.
 *
 * Returns: whether there is a value
 *
 * Since: 1.0
 */
gboolean
ta_future_wait (TaFuture     *self,
                GValue       *value,
                gint64        timeout_us,
                GCancellable *cancellable,
                GError      **error)
{
  TaBlockedThread thread;
  TaOutcome       outcome;

  ta_value_clear_out (value);
  g_return_val_if_fail (TA_IS_FUTURE (self), FALSE);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), FALSE);

  if (!ta_fork_check (error))
    return FALSE;

  if (!ta_future_resolve_timeout (self, &timeout_us, error))
    return FALSE;

  if (g_cancellable_is_cancelled (cancellable))
    {
      ta_future_set_wait_error (self, TA_OUTCOME_CANCELLED, timeout_us, error);
      return FALSE;
    }

  if (ta_future_is_done (self))
    return ta_future_copy_result (self, value, error);

  if (timeout_us == 0)
    {
      ta_future_set_wait_error (self, TA_OUTCOME_TIMED_OUT, 0, error);
      return FALSE;
    }

  if (!ta_future_check_may_block (self, error))
    return FALSE;

  /* The caller may have the only reference, and somebody may drop it for him. */
  g_object_ref (self);

  ta_blocked_thread_init (&thread, &self->mutex);
  outcome = ta_wait_block (&thread, ta_future_enter, self, timeout_us, cancellable);

  if (outcome != TA_OUTCOME_DONE)
    ta_future_set_wait_error (self, outcome, timeout_us, error);
  else if (!ta_future_copy_result (self, value, error))
    outcome = TA_OUTCOME_FAILED;

  g_object_unref (self);

  return outcome == TA_OUTCOME_DONE;
}

void
ta_future_start_wait (TaFuture              *self,
                      gpointer               source_object,
                      const TaOperationKind *kind,
                      gint64                 timeout_us,
                      GCancellable          *cancellable,
                      GAsyncReadyCallback    callback,
                      gpointer               user_data)
{
  TaOperation *operation =
      ta_operation_new (source_object, self, kind, &self->mutex, cancellable, callback, user_data);
  GError *refusal = NULL;

  ta_future_resolve_timeout (self, &timeout_us, &refusal);
  ta_wait_start (operation, ta_future_enter, self, timeout_us, refusal);
}

gboolean
ta_future_finish_wait (GAsyncResult          *result,
                       gpointer               source_object,
                       const TaOperationKind *kind,
                       GValue                *value,
                       GError               **error)
{
  TaOperation     *operation = ta_operation_from_result (result, source_object, kind);
  g_autofree char *description = NULL;
  TaFuture        *self;

  g_return_val_if_fail (operation != NULL, FALSE);

  if (!ta_fork_check (error))
    return FALSE;

  self = ta_operation_get_target (operation);

  if (ta_operation_get_outcome (operation) == TA_OUTCOME_DONE)
    return ta_future_copy_result (self, value, error);

  description = ta_future_describe_wait (self, ta_operation_get_outcome (operation),
                                         ta_operation_get_timeout (operation));
  ta_wait_set_operation_error (operation, description, error);

  return FALSE;
}

/**
 * ta_future_wait_async:
 * @self: a future
 * @timeout_us: how long to wait at most, in microseconds, or `TA_TIMEOUT_INFINITE`; for a task also
 *   `TA_TIMEOUT_DEFAULT`, the default of its runner
 * @cancellable: (nullable): what ends the wait early; it does not cancel the work
 * @callback: (scope async) (closure user_data): what to call when the wait has ended
 * @user_data: data for @callback
 *
 * Waits until the future is done, without blocking.
 *
 * It may be called from any thread, and any number of times. The callback runs in the context that
 * is thread-default for the caller, never before this call returns, and in the order of the calls.
 * The operation keeps the future alive. Get the result with [method@Future.wait_finish].
 *
 * Since: 1.0
 */
void
ta_future_wait_async (TaFuture           *self,
                      gint64              timeout_us,
                      GCancellable       *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer            user_data)
{
  g_return_if_fail (TA_IS_FUTURE (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  ta_future_start_wait (self, self, &wait_kind, timeout_us, cancellable, callback, user_data);
}

/**
 * ta_future_wait_finish:
 * @self: a future
 * @result: what the callback was given
 * @value: (out caller-allocates) (optional): where to put a copy of the value
 * @error: return location for an error
 *
 * Gets the result of a wait that was started with [method@Future.wait_async].
 *
 * The caller frees the value with [method@GObject.Value.unset]. On failure it is set to a %NULL
 * pointer.
 *
 * Fails with the error with which the future was made done, or with `G_IO_ERROR_TIMED_OUT` or
 * `G_IO_ERROR_CANCELLED` if the wait ended before that. It ends with the latter also when it was
 * started on a runner that stops.
 *
 * Returns: whether there is a value
 *
 * Since: 1.0
 */
gboolean
ta_future_wait_finish (TaFuture *self, GAsyncResult *result, GValue *value, GError **error)
{
  ta_value_clear_out (value);
  g_return_val_if_fail (TA_IS_FUTURE (self), FALSE);

  return ta_future_finish_wait (result, self, &wait_kind, value, error);
}

/**
 * ta_future_take_foreign_error:
 * @self: a future
 * @type: the type of the foreign value that the caller can use
 *
 * Takes what [method@Promise.return_foreign_error] has put into the error, for a binding; from any
 * thread.
 *
 * An error of a language with a garbage collector most often refers to what waits for it, and the
 * collector does not see the reference that the future holds. So the first who takes it has the only
 * one, and is to keep it where his collector can find it. The future itself, and the errors that its
 * waits fail with from now on, have domain, code and message as before.
 *
 * Returns: (transfer full) (nullable): the box, or %NULL when the future is not done, has not failed
 *   in this way, has a value of another type, or when somebody else has taken it
 *
 * Since: 1.0
 */
TaBox *
ta_future_take_foreign_error (TaFuture *self, GType type)
{
  TaBox *foreign;

  g_return_val_if_fail (TA_IS_FUTURE (self), NULL);

  if (ta_has_forked || g_atomic_int_get (&self->state) != TA_FUTURE_FAILED)
    return NULL;

  g_mutex_lock (&self->mutex);
  foreign = ta_error_steal_foreign (self->result.error, type);
  g_mutex_unlock (&self->mutex);

  if (foreign != NULL)
    ((TaFutureClass *) G_OBJECT_GET_CLASS (self))->error_taken (self);

  return foreign;
}
