/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-error.h"
#include "ta-fork-private.h"
#include "ta-queue-private.h"

/**
 * TaQueue:
 *
 * A queue of values between threads and asynchronous code, in any direction.
 *
 * Values of any type go in at one end and come out at the other, each to exactly one taker, in
 * order. Any number of threads and contexts may put and get at once; who waits is served in the
 * order of coming, whether it is a thread or asynchronous code. A queue belongs to no runner.
 *
 * Both ends have three forms. [method@Queue.try_put] and [method@Queue.try_get] never wait;
 * [method@Queue.put_wait] and [method@Queue.get_wait] block the calling thread;
 * [method@Queue.put_async] and [method@Queue.get_async] call back. A put waits only for a queue that
 * has a capacity and is full.
 *
 * Nothing is lost: an item is in the queue, or has gone to one taker, or stays with the caller whose
 * put failed. A get that times out or is cancelled takes no item. An item that was got by
 * [method@Queue.get_async] and is not taken out of the result goes back when the result is freed.
 * Who is not sure to still want to put when there is space waits for the space alone, by
 * [method@Queue.reserve_async].
 *
 * ```c
 * g_autoptr (TaQueue) queue = ta_queue_new (0);
 * g_auto (GValue) value = G_VALUE_INIT;
 * gint64 number;
 *
 * ta_queue_try_put (queue, TA_VALUE_INT (42), NULL);
 * if (ta_queue_try_get (queue, &value, NULL) && ta_value_take_int (&value, &number, NULL))
 *   g_print ("%" G_GINT64_FORMAT "\n", number);
 * ```
 *
 * After [method@Queue.close] nothing goes in any more; what is in can still be got.
 *
 * A taker in a main loop gets one item with [method@Queue.get_async], and then as many as there are
 * with [method@Queue.try_get]. The signals, in [property@Queue:main-context], are for those who
 * would rather be told than wait.
 *
 * Since: 1.0
 */

enum
{
  PROP_NAME = 1,
  PROP_CAPACITY,
  PROP_ITEM_TYPE,
  PROP_MAIN_CONTEXT,
  PROP_LENGTH,
  PROP_IS_EMPTY,
  PROP_IS_FULL,
  PROP_CLOSED,
  N_PROPS,
};

static GParamSpec           *props[N_PROPS];
static guint                 signals[TA_QUEUE_N_SIGNALS];
static const TaNotifierClass notifications = { .pspecs = props, .signals = signals };

G_DEFINE_FINAL_TYPE (TaQueue, ta_queue, G_TYPE_OBJECT)

static void
ta_queue_constructed (GObject *object)
{
  TaQueue *self = TA_QUEUE (object);

  G_OBJECT_CLASS (ta_queue_parent_class)->constructed (object);

  ta_notifier_init (&self->notifier, self, ta_inbox_ref_or_thread_default (self->main_context),
                    &notifications);
}

static void
ta_queue_finalize (GObject *object)
{
  TaQueue *self = TA_QUEUE (object);

  /* Every waiter holds a reference, so there is none. */
  g_clear_pointer (&self->out.returned, g_array_unref);
  ta_items_clear (&self->out.items);
  ta_items_clear (&self->in.items);
  ta_notifier_clear (&self->notifier);
  g_clear_pointer (&self->main_context, g_main_context_unref);
  ta_mutex_clear (&self->out.mutex);
  ta_mutex_clear (&self->in.mutex);
  g_free (self->name);

  G_OBJECT_CLASS (ta_queue_parent_class)->finalize (object);
}

static void
ta_queue_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  TaQueue *self = TA_QUEUE (object);

  switch (property_id)
    {
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_CAPACITY:
      g_value_set_uint (value, self->capacity);
      break;
    case PROP_ITEM_TYPE:
      g_value_set_gtype (value, self->item_type);
      break;
    case PROP_MAIN_CONTEXT:
      g_value_set_boxed (value, ta_queue_get_main_context (self));
      break;
    case PROP_LENGTH:
      g_value_set_uint (value, ta_queue_get_length (self));
      break;
    case PROP_IS_EMPTY:
      g_value_set_boolean (value, ta_queue_get_is_empty (self));
      break;
    case PROP_IS_FULL:
      g_value_set_boolean (value, ta_queue_get_is_full (self));
      break;
    case PROP_CLOSED:
      g_value_set_boolean (value, ta_queue_get_closed (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
ta_queue_set_property (GObject *object, guint property_id, const GValue *value, GParamSpec *pspec)
{
  TaQueue *self = TA_QUEUE (object);

  switch (property_id)
    {
    case PROP_NAME:
      self->name = g_value_dup_string (value);
      break;
    case PROP_CAPACITY:
      self->capacity = g_value_get_uint (value);
      break;
    case PROP_ITEM_TYPE:
      self->item_type = g_value_get_gtype (value);
      break;
    case PROP_MAIN_CONTEXT:
      self->main_context = g_value_dup_boxed (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
ta_queue_class_init (TaQueueClass *klass)
{
  GObjectClass     *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  const GParamFlags construct_only =
      G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;

  object_class->constructed = ta_queue_constructed;
  object_class->finalize = ta_queue_finalize;
  object_class->get_property = ta_queue_get_property;
  object_class->set_property = ta_queue_set_property;

  /**
   * TaQueue:name: (getter get_name)
   *
   * The name of the queue in messages.
   *
   * Since: 1.0
   */
  props[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, construct_only);

  /**
   * TaQueue:capacity: (getter get_capacity)
   *
   * How many items the queue holds at most, or 0 for as many as there is memory for.
   *
   * Since: 1.0
   */
  props[PROP_CAPACITY] =
      g_param_spec_uint ("capacity", NULL, NULL, 0, G_MAXUINT, 0, construct_only);

  /**
   * TaQueue:item-type: (getter get_item_type)
   *
   * The type that all items are of, or `G_TYPE_NONE` for any.
   *
   * Since: 1.0
   */
  props[PROP_ITEM_TYPE] = g_param_spec_gtype ("item-type", NULL, NULL, G_TYPE_NONE, construct_only);

  /**
   * TaQueue:main-context: (getter get_main_context)
   *
   * The context in which the signals of the queue are emitted: by default the one that was
   * thread-default where the queue was made.
   *
   * Since: 1.0
   */
  props[PROP_MAIN_CONTEXT] =
      g_param_spec_boxed ("main-context", NULL, NULL, G_TYPE_MAIN_CONTEXT, construct_only);

  /**
   * TaQueue:length: (getter get_length)
   *
   * How many items are in the queue, at this moment. It is not notified: each item would be.
   *
   * Since: 1.0
   */
  props[PROP_LENGTH] = g_param_spec_uint ("length", NULL, NULL, 0, G_MAXUINT, 0, readable);

  /**
   * TaQueue:is-empty: (getter get_is_empty)
   *
   * Whether there is no item in the queue, at this moment. It is not notified.
   *
   * Since: 1.0
   */
  props[PROP_IS_EMPTY] = g_param_spec_boolean ("is-empty", NULL, NULL, TRUE, readable);

  /**
   * TaQueue:is-full: (getter get_is_full)
   *
   * Whether a put would have to wait, at this moment. It is not notified.
   *
   * Since: 1.0
   */
  props[PROP_IS_FULL] = g_param_spec_boolean ("is-full", NULL, NULL, FALSE, readable);

  /**
   * TaQueue:closed: (getter get_closed)
   *
   * Whether the queue has been closed.
   *
   * Since: 1.0
   */
  props[PROP_CLOSED] = g_param_spec_boolean ("closed", NULL, NULL, FALSE, readable);

  g_object_class_install_properties (object_class, N_PROPS, props);

  /**
   * TaQueue::items-available:
   * @self: the queue
   *
   * Emitted when there are items in a queue that was empty.
   *
   * It tells of the change, not of each item, at most once per turn of the loop: a handler is to get
   * items until there are none. By then others may have got them.
   *
   * Since: 1.0
   */
  signals[TA_QUEUE_ITEMS_AVAILABLE] = g_signal_new (
      "items-available", TA_TYPE_QUEUE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  /**
   * TaQueue::space-available:
   * @self: the queue
   *
   * Emitted when there is space in a queue that was full.
   *
   * It tells of the change, at most once per turn of the loop. By then others may have used it.
   *
   * Since: 1.0
   */
  signals[TA_QUEUE_SPACE_AVAILABLE] = g_signal_new (
      "space-available", TA_TYPE_QUEUE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
ta_queue_init (TaQueue *self)
{
  g_mutex_init (&self->out.mutex);
  g_mutex_init (&self->in.mutex);
}

/**
 * ta_queue_new:
 * @capacity: how many items it holds at most, or 0 for as many as there is memory for
 *
 * Makes an empty queue for values of any type.
 *
 * Returns: (transfer full): a new queue
 *
 * Since: 1.0
 */
TaQueue *
ta_queue_new (guint capacity)
{
  return g_object_new (TA_TYPE_QUEUE, "capacity", capacity, NULL);
}

/**
 * ta_queue_get_name: (get-property name)
 * @self: a queue
 *
 * Returns the name of the queue; from any thread.
 *
 * Returns: (transfer none) (nullable): the name, or %NULL
 *
 * Since: 1.0
 */
const char *
ta_queue_get_name (TaQueue *self)
{
  g_return_val_if_fail (TA_IS_QUEUE (self), NULL);

  return self->name;
}

/**
 * ta_queue_get_capacity: (get-property capacity)
 * @self: a queue
 *
 * Returns how many items the queue holds at most; from any thread.
 *
 * Returns: the capacity, or 0 if there is none
 *
 * Since: 1.0
 */
guint
ta_queue_get_capacity (TaQueue *self)
{
  g_return_val_if_fail (TA_IS_QUEUE (self), 0);

  return self->capacity;
}

/**
 * ta_queue_get_item_type: (get-property item-type)
 * @self: a queue
 *
 * Returns the type that all items are of; from any thread.
 *
 * Returns: the type, or `G_TYPE_NONE` for any
 *
 * Since: 1.0
 */
GType
ta_queue_get_item_type (TaQueue *self)
{
  g_return_val_if_fail (TA_IS_QUEUE (self), G_TYPE_NONE);

  return self->item_type;
}

/**
 * ta_queue_get_main_context: (get-property main-context)
 * @self: a queue
 *
 * Returns the context in which the signals of the queue are emitted; from any thread.
 *
 * Returns: (transfer none): the context
 *
 * Since: 1.0
 */
GMainContext *
ta_queue_get_main_context (TaQueue *self)
{
  g_return_val_if_fail (TA_IS_QUEUE (self), NULL);

  return ta_inbox_get_context (self->notifier.inbox);
}

/**
 * ta_queue_get_length: (get-property length)
 * @self: a queue
 *
 * Returns how many items are in the queue; from any thread.
 *
 * It tells of this moment: by the time of the next call others may have put and got some. Items that
 * wait to be let in do not count.
 *
 * Returns: the number of items
 *
 * Since: 1.0
 */
guint
ta_queue_get_length (TaQueue *self)
{
  gsize length;

  g_return_val_if_fail (TA_IS_QUEUE (self), 0);

  if (ta_has_forked)
    return 0;

  ta_queue_lock (self);
  length = ta_queue_get_length_locked (self);
  ta_queue_unlock (self);

  return (guint) MIN (length, self->capacity != 0 ? self->capacity : G_MAXUINT);
}

/**
 * ta_queue_get_is_empty: (get-property is-empty)
 * @self: a queue
 *
 * Says whether there is no item in the queue, at this moment; from any thread.
 *
 * Returns: whether it is empty
 *
 * Since: 1.0
 */
gboolean
ta_queue_get_is_empty (TaQueue *self)
{
  if (ta_has_forked)
    return TRUE;

  return ta_queue_get_length (self) == 0;
}

/**
 * ta_queue_get_is_full: (get-property is-full)
 * @self: a queue
 *
 * Says whether a put would have to wait, at this moment; from any thread.
 *
 * A place that was given to somebody by [method@Queue.reserve_async] counts like an item.
 *
 * Returns: whether it is full, which a queue without a capacity never is
 *
 * Since: 1.0
 */
gboolean
ta_queue_get_is_full (TaQueue *self)
{
  gboolean is_full;

  g_return_val_if_fail (TA_IS_QUEUE (self), FALSE);

  if (ta_has_forked)
    return FALSE;

  g_mutex_lock (&self->out.mutex);
  is_full = self->out.is_full;
  g_mutex_unlock (&self->out.mutex);

  return is_full;
}

/**
 * ta_queue_get_closed: (get-property closed)
 * @self: a queue
 *
 * Says whether the queue has been closed; from any thread. Once true it stays true.
 *
 * Returns: whether it has
 *
 * Since: 1.0
 */
gboolean
ta_queue_get_closed (TaQueue *self)
{
  g_return_val_if_fail (TA_IS_QUEUE (self), FALSE);

  if (ta_has_forked)
    return TRUE;

  return g_atomic_int_get (&self->in.closed);
}

/* Says that it has been closed, for ta_queue_close(). */
void
ta_queue_notify_closed (TaQueue *self)
{
  ta_notifier_notify (&self->notifier, self, PROP_CLOSED);
}
