/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-event.h"
#include "ta-error.h"
#include "ta-fork-private.h"
#include "ta-notifier-private.h"
#include "ta-wait-private.h"

/**
 * TaEvent:
 *
 * A flag that threads and asynchronous code wait for.
 *
 * An event is set or not. While it is set nobody has to wait; when it becomes set, everybody goes on
 * who waits, even if it is cleared at once. It belongs to no runner: any thread may set it and clear
 * it, and any thread and any context may wait for it.
 *
 * ```c
 * g_autoptr (TaEvent) ready = ta_event_new ();
 *
 * ta_event_set (ready);
 * ```
 *
 * `notify::is-set` is emitted in [property@Event:main-context], whoever changed it, at most once per
 * turn of its loop.
 *
 * Since: 1.0
 */

struct _TaEvent
{
  GObject parent_instance;

  GMutex       mutex; /* guards the waiters, and the change of is_set */
  TaWaiterList waiters;
  int          is_set; /* atomic */

  TaNotifier    notifier;     /* has its own rules */
  GMainContext *main_context; /* const; only kept until the notifier is made */
};

enum
{
  PROP_IS_SET = 1,
  PROP_MAIN_CONTEXT,
  N_PROPS,
};

static GParamSpec           *props[N_PROPS];
static const TaNotifierClass notifications = { .pspecs = props };

static const TaOperationKind wait_kind = { 0 };

/* How messages call it. */
static const char *const description = "an event";

G_DEFINE_FINAL_TYPE (TaEvent, ta_event, G_TYPE_OBJECT)

static void
ta_event_constructed (GObject *object)
{
  TaEvent *self = TA_EVENT (object);

  G_OBJECT_CLASS (ta_event_parent_class)->constructed (object);

  ta_notifier_init (&self->notifier, self, ta_inbox_ref_or_thread_default (self->main_context),
                    &notifications);
}

static void
ta_event_finalize (GObject *object)
{
  TaEvent *self = TA_EVENT (object);

  ta_notifier_clear (&self->notifier);
  g_clear_pointer (&self->main_context, g_main_context_unref);
  ta_mutex_clear (&self->mutex);

  G_OBJECT_CLASS (ta_event_parent_class)->finalize (object);
}

static void
ta_event_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  TaEvent *self = TA_EVENT (object);

  switch (property_id)
    {
    case PROP_IS_SET:
      g_value_set_boolean (value, ta_event_get_is_set (self));
      break;
    case PROP_MAIN_CONTEXT:
      g_value_set_boxed (value, ta_event_get_main_context (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
ta_event_set_property (GObject *object, guint property_id, const GValue *value, GParamSpec *pspec)
{
  TaEvent *self = TA_EVENT (object);

  switch (property_id)
    {
    case PROP_MAIN_CONTEXT:
      self->main_context = g_value_dup_boxed (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
ta_event_class_init (TaEventClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = ta_event_constructed;
  object_class->finalize = ta_event_finalize;
  object_class->get_property = ta_event_get_property;
  object_class->set_property = ta_event_set_property;

  /**
   * TaEvent:is-set: (getter get_is_set)
   *
   * Whether the event is set.
   *
   * Since: 1.0
   */
  props[PROP_IS_SET] =
      g_param_spec_boolean ("is-set", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * TaEvent:main-context: (getter get_main_context)
   *
   * The context in which the signals of the event are emitted: by default the one that was
   * thread-default where the event was made.
   *
   * Since: 1.0
   */
  props[PROP_MAIN_CONTEXT] =
      g_param_spec_boxed ("main-context", NULL, NULL, G_TYPE_MAIN_CONTEXT,
                          G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
ta_event_init (TaEvent *self)
{
  g_mutex_init (&self->mutex);
}

/**
 * ta_event_new:
 *
 * Makes an event that is not set.
 *
 * Returns: (transfer full): a new event
 *
 * Since: 1.0
 */
TaEvent *
ta_event_new (void)
{
  return g_object_new (TA_TYPE_EVENT, NULL);
}

/**
 * ta_event_get_is_set: (get-property is-set)
 * @self: an event
 *
 * Says whether the event is set; from any thread.
 *
 * Returns: whether it is
 *
 * Since: 1.0
 */
gboolean
ta_event_get_is_set (TaEvent *self)
{
  g_return_val_if_fail (TA_IS_EVENT (self), FALSE);

  if (ta_has_forked)
    return FALSE;

  return g_atomic_int_get (&self->is_set);
}

/**
 * ta_event_get_main_context: (get-property main-context)
 * @self: an event
 *
 * Returns the context in which the signals of the event are emitted; from any thread.
 *
 * Returns: (transfer none): the context
 *
 * Since: 1.0
 */
GMainContext *
ta_event_get_main_context (TaEvent *self)
{
  g_return_val_if_fail (TA_IS_EVENT (self), NULL);

  return ta_inbox_get_context (self->notifier.inbox);
}

static void
ta_event_change (TaEvent *self, gboolean is_set)
{
  TaWaiter *waiters = NULL;
  gboolean  changed;

  if (ta_has_forked)
    return;

  g_mutex_lock (&self->mutex);
  changed = self->is_set != is_set;
  g_atomic_int_set (&self->is_set, is_set);
  if (is_set)
    waiters = ta_waiter_list_end_all_locked (&self->waiters, TA_OUTCOME_DONE);
  g_mutex_unlock (&self->mutex);

  ta_waiter_complete_all (waiters);
  if (changed)
    ta_notifier_notify (&self->notifier, self, PROP_IS_SET);
}

/**
 * ta_event_set:
 * @self: an event
 *
 * Sets the event, and lets everybody go on who waits for it; from any thread.
 *
 * Since: 1.0
 */
void
ta_event_set (TaEvent *self)
{
  g_return_if_fail (TA_IS_EVENT (self));

  ta_event_change (self, TRUE);
}

/**
 * ta_event_clear:
 * @self: an event
 *
 * Clears the event, so that who comes from now on has to wait; from any thread.
 *
 * Since: 1.0
 */
void
ta_event_clear (TaEvent *self)
{
  g_return_if_fail (TA_IS_EVENT (self));

  ta_event_change (self, FALSE);
}

/**
 * ta_event_try_wait:
 * @self: an event
 * @error: return location for an error
 *
 * Checks that the event is set, without waiting; from any thread.
 *
 * Fails with `G_IO_ERROR_WOULD_BLOCK` if it is not.
 *
 * Returns: whether it is
 *
 * Since: 1.0
 */
gboolean
ta_event_try_wait (TaEvent *self, GError **error)
{
  g_return_val_if_fail (TA_IS_EVENT (self), FALSE);

  if (!ta_fork_check (error))
    return FALSE;

  if (ta_event_get_is_set (self))
    return TRUE;

  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK, "The event is not set");
  return FALSE;
}

static gboolean
ta_event_enter (gpointer object, TaWaiter *waiter)
{
  TaEvent *self = object;
  gboolean enlisted = FALSE;

  g_mutex_lock (&self->mutex);
  if (self->is_set)
    ta_waiter_end_locked (waiter, TA_OUTCOME_DONE);
  else
    enlisted = ta_waiter_enlist_locked (waiter, &self->waiters);
  g_mutex_unlock (&self->mutex);

  return enlisted;
}

static char *
describe_event (gpointer object)
{
  return g_strdup (description);
}

/**
 * ta_event_wait:
 * @self: an event
 * @timeout_us: how long to wait at most, in microseconds, or `TA_TIMEOUT_INFINITE`
 * @cancellable: (nullable): what ends the wait early
 * @error: return location for an error
 *
 * Blocks the calling thread until the event is set; from any thread.
 *
 * Fails with `G_IO_ERROR_TIMED_OUT` or `G_IO_ERROR_CANCELLED`, and with `TA_ERROR_WOULD_DEADLOCK`, at
 * once, if it would block the loop of a threaded runner.
 *
 * Returns: whether the event was set
 *
 * Since: 1.0
 */
gboolean
ta_event_wait (TaEvent *self, gint64 timeout_us, GCancellable *cancellable, GError **error)
{
  TaBlockedThread thread;
  TaOutcome       outcome;

  g_return_val_if_fail (TA_IS_EVENT (self), FALSE);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), FALSE);

  if (!ta_fork_check (error))
    return FALSE;

  if (!ta_wait_check_timeout (timeout_us, error))
    return FALSE;

  if (g_cancellable_is_cancelled (cancellable))
    {
      ta_wait_set_error (TA_OUTCOME_CANCELLED, timeout_us, description, error);
      return FALSE;
    }

  if (ta_event_get_is_set (self))
    return TRUE;

  if (!ta_wait_check_may_block (timeout_us, description, error))
    return FALSE;

  /* The caller may have the only reference, and somebody may drop it for him. */
  g_object_ref (self);
  ta_blocked_thread_init (&thread, &self->mutex);
  outcome = ta_wait_block (&thread, ta_event_enter, describe_event, self, timeout_us, cancellable);
  g_object_unref (self);

  if (outcome == TA_OUTCOME_DONE)
    return TRUE;

  ta_wait_set_error (outcome, timeout_us, description, error);

  return FALSE;
}

/**
 * ta_event_wait_async:
 * @self: an event
 * @timeout_us: how long to wait at most, in microseconds, or `TA_TIMEOUT_INFINITE`
 * @cancellable: (nullable): what ends the wait early
 * @callback: (scope async) (closure user_data): what to call when the wait has ended
 * @user_data: data for @callback
 *
 * Waits until the event is set, without blocking; from any thread.
 *
 * The callback runs in the context that is thread-default for the caller, never before this call
 * returns, and in the order of the calls. The operation keeps the event alive.
 *
 * Since: 1.0
 */
void
ta_event_wait_async (TaEvent            *self,
                     gint64              timeout_us,
                     GCancellable       *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer            user_data)
{
  TaOperation *operation;
  GError      *refusal = NULL;

  g_return_if_fail (TA_IS_EVENT (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  operation =
      ta_operation_new (self, NULL, &wait_kind, &self->mutex, cancellable, callback, user_data);
  ta_wait_check_timeout (timeout_us, &refusal);
  ta_wait_start (operation, ta_event_enter, self, timeout_us, refusal);
}

/**
 * ta_event_wait_finish:
 * @self: an event
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Gets the result of [method@Event.wait_async].
 *
 * Fails with `G_IO_ERROR_TIMED_OUT` or `G_IO_ERROR_CANCELLED`, with the latter also if the wait was
 * started on a runner that stops.
 *
 * Returns: whether the event was set
 *
 * Since: 1.0
 */
gboolean
ta_event_wait_finish (TaEvent *self, GAsyncResult *result, GError **error)
{
  TaOperation *operation;

  g_return_val_if_fail (TA_IS_EVENT (self), FALSE);
  operation = ta_operation_from_result (result, self, &wait_kind);
  g_return_val_if_fail (operation != NULL, FALSE);

  if (!ta_fork_check (error))
    return FALSE;

  if (ta_operation_get_outcome (operation) == TA_OUTCOME_DONE)
    return TRUE;

  ta_wait_set_operation_error (operation, description, error);

  return FALSE;
}
