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

/* Lets go of the result; for one that nobody refers to any more, so that nobody waits for it either. */
void
ta_future_reset (TaFuture *self)
{
  if (self->state == TA_FUTURE_SUCCEEDED)
    g_value_unset (&self->result.value);
  else if (self->state == TA_FUTURE_FAILED)
    g_error_free (self->result.error);

  self->state = TA_FUTURE_PENDING;
  self->waiters = (TaWaiterList){ NULL, NULL };
}

static void
ta_future_finalize (GObject *object)
{
  TaFuture *self = TA_FUTURE (object);

  ta_future_reset (self);
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
