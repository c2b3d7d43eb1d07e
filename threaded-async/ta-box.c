/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-box-private.h"
#include "ta-error.h"
#include "ta-inbox-private.h"
#include "ta-queue.h"
#include "ta-task.h"
#include "ta-value-private.h"

/**
 * TaBox:
 *
 * A value of a language binding on its way through a queue, a future or a request.
 *
 * A box holds the *foreign* value, in which a binding keeps what its language has, and where there
 * is one the *plain* value that other languages see: a number, a string, an object. A value of type
 * `TA_TYPE_BOX` is put and returned like any other. Whoever gets it gets the plain value, or the
 * foreign one where there is no plain one; so code in C never meets a box unless it asks for one.
 *
 * To ask for it, initialise the value into which the result goes with `TA_TYPE_BOX`: then what was
 * put in a box arrives in this very box, and everything else as it is. Bindings that cannot do this
 * call [func@Box.take].
 *
 * A box never changes, and may be used from any thread. Some languages do not allow that their values
 * are freed in another thread: such a box is made with the [struct@GLib.MainContext] of that
 * thread, which is where its foreign value is freed, in a later turn of the loop. If that context will
 * not run any more, because it was that of a [class@Runner] that has ended, the foreign value is not
 * freed at all. Who gets such a value without asking for the box, and where there is no plain value,
 * gets the box.
 *
 * Since: 1.0
 */

struct _TaBox
{
  int         ref_count; /* atomic */
  GValue      foreign;   /* const; unset when there is none */
  GValue      plain;     /* likewise */
  TaInbox    *inbox;     /* const; NULL when the foreign value may be freed anywhere */
  TaInboxItem item;      /* the inbox's, once there is no reference left */
};

GType ta_box_type;

GType
ta_box_get_type (void)
{
  static gsize type;

  if (g_once_init_enter (&type))
    {
      GType new_type =
          g_boxed_type_register_static (g_intern_static_string ("TaBox"),
                                        (GBoxedCopyFunc) ta_box_ref, (GBoxedFreeFunc) ta_box_unref);

      g_atomic_pointer_set (&ta_box_type, new_type);
      g_once_init_leave (&type, new_type);
    }

  return type;
}

/**
 * ta_box_new: (constructor)
 * @foreign: (nullable): what the binding keeps
 * @plain: (nullable): what other languages see, or %NULL if there is nothing that they could
 * @context: (nullable): the only context in whose thread the foreign value may be freed, or %NULL if
 *   any thread will do
 *
 * Makes a box with copies of the values; in a thread in which the foreign value may be copied.
 *
 * A value without a type counts as none, for languages in which %NULL is a value too. A box that has no value at all stands for a %NULL pointer.
 *
 * Returns: (transfer full): a new box
 *
 * Since: 1.0
 */
TaBox *
ta_box_new (const GValue *foreign, const GValue *plain, GMainContext *context)
{
  TaBox *self = g_new0 (TaBox, 1);

  self->ref_count = 1;
  if (foreign != NULL && G_IS_VALUE (foreign))
    ta_value_copy (foreign, &self->foreign);
  if (plain != NULL && G_IS_VALUE (plain))
    ta_value_copy (plain, &self->plain);
  if (context != NULL && G_IS_VALUE (&self->foreign))
    self->inbox = ta_inbox_ref_for_context (context);

  return self;
}

/**
 * ta_box_ref:
 * @self: a box
 *
 * Takes a reference; from any thread.
 *
 * Returns: (transfer full): the box
 *
 * Since: 1.0
 */
TaBox *
ta_box_ref (TaBox *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_int_inc (&self->ref_count);

  return self;
}

static void
free_cb (TaInboxItem *item, gboolean dropped)
{
  TaBox *self = TA_CONTAINER (item, TaBox, item);

  /* Rather lost than freed where it must not be. */
  if (!dropped)
    g_value_unset (&self->foreign);
  ta_inbox_unref (self->inbox);
  g_free (self);
}

/**
 * ta_box_unref:
 * @self: (transfer full): a box
 *
 * Drops a reference; from any thread.
 *
 * The plain value is freed right here with the last one, and so is a foreign value that belongs to no
 * context.
 *
 * Since: 1.0
 */
void
ta_box_unref (TaBox *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;

  if (G_IS_VALUE (&self->plain))
    g_value_unset (&self->plain);

  if (self->inbox != NULL)
    {
      ta_inbox_push (self->inbox, &self->item, free_cb);
      return;
    }

  if (G_IS_VALUE (&self->foreign))
    g_value_unset (&self->foreign);
  g_free (self);
}

static gboolean
copy_out (const GValue *from, GValue *to)
{
  ta_value_clear_out (to);
  if (!G_IS_VALUE (from))
    return FALSE;

  if (to != NULL)
    {
      *to = (GValue) G_VALUE_INIT;
      ta_value_copy (from, to);
    }

  return TRUE;
}

/**
 * ta_box_get_foreign:
 * @self: a box
 * @value: (out caller-allocates) (optional): where to put a copy of the value
 *
 * Gets what the binding keeps; in a thread in which it may be copied.
 *
 * The caller frees the value with [method@GObject.Value.unset]. If there is none it is set to a %NULL
 * pointer.
 *
 * Returns: whether there is such a value
 *
 * Since: 1.0
 */
gboolean
ta_box_get_foreign (TaBox *self, GValue *value)
{
  ta_value_clear_out (value);
  g_return_val_if_fail (self != NULL, FALSE);

  return copy_out (&self->foreign, value);
}

/**
 * ta_box_get_plain:
 * @self: a box
 * @value: (out caller-allocates) (optional): where to put a copy of the value
 *
 * Gets what other languages see; from any thread.
 *
 * The caller frees the value with [method@GObject.Value.unset]. If there is none it is set to a %NULL
 * pointer.
 *
 * Returns: whether there is such a value
 *
 * Since: 1.0
 */
gboolean
ta_box_get_plain (TaBox *self, GValue *value)
{
  ta_value_clear_out (value);
  g_return_val_if_fail (self != NULL, FALSE);

  return copy_out (&self->plain, value);
}

/* Returns what other languages see, as long as there is a reference; NULL if there is nothing. */
const GValue *
ta_box_peek_plain (TaBox *self)
{
  return G_IS_VALUE (&self->plain) ? &self->plain : NULL;
}

GType
ta_box_get_foreign_type (TaBox *self)
{
  return G_VALUE_TYPE (&self->foreign);
}

/* Returns the type that counts where only values of one type are let in. */
GType
ta_box_get_item_type (TaBox *self)
{
  if (self == NULL)
    return TA_TYPE_BOX;
  if (G_IS_VALUE (&self->plain))
    return G_VALUE_TYPE (&self->plain);

  return G_IS_VALUE (&self->foreign) ? G_VALUE_TYPE (&self->foreign) : G_TYPE_POINTER;
}

/* Copies what is in the box that @from holds to a value that is unset; without a lock. */
void
ta_box_unwrap (const GValue *from, GValue *to)
{
  TaBox *self = from->data[0].v_pointer;

  *to = (GValue) G_VALUE_INIT;

  if (self != NULL && G_IS_VALUE (&self->plain))
    {
      ta_value_copy (&self->plain, to);
    }
  else if (self != NULL && self->inbox != NULL)
    {
      /* The copy of the foreign value would be freed in this thread. */
      g_value_init (to, TA_TYPE_BOX);
      g_value_set_boxed (to, self);
    }
  else if (self != NULL && G_IS_VALUE (&self->foreign))
    {
      ta_value_copy (&self->foreign, to);
    }
  else
    {
      g_value_init (to, G_TYPE_POINTER);
    }
}

static gboolean
take_from_queue (TaQueue      *queue,
                 GAsyncResult *result,
                 GValue       *value,
                 gint64        timeout_us,
                 GCancellable *cancellable,
                 GError      **error)
{
  if (result != NULL)
    return ta_queue_get_finish (queue, result, value, error);
  if (timeout_us == 0)
    return ta_queue_try_get (queue, value, error);

  return ta_queue_get_wait (queue, value, timeout_us, cancellable, error);
}

static gboolean
take_from_future (TaFuture     *future,
                  GAsyncResult *result,
                  GValue       *value,
                  gint64        timeout_us,
                  GCancellable *cancellable,
                  GError      **error)
{
  if (result != NULL)
    return ta_future_wait_finish (future, result, value, error);
  if (timeout_us == 0)
    return ta_future_try_wait (future, value, error);

  return ta_future_wait (future, value, timeout_us, cancellable, error);
}

/**
 * ta_box_take:
 * @source: a [class@Queue] or a [class@Future]
 * @result: (nullable): what the callback of an asynchronous get or wait was given, or %NULL
 * @timeout_us: without a @result, how long to wait at most: in microseconds, `TA_TIMEOUT_INFINITE`,
 *   and for a task `TA_TIMEOUT_DEFAULT`
 * @cancellable: (nullable): without a @result, what ends the wait early
 * @error: return location for an error
 *
 * Gets a box from a queue or a future; for bindings that cannot ask for it in another way.
 *
 * With a @result it does what [method@Queue.get_finish] or [method@Future.wait_finish] does; with a
 * timeout of 0 what [method@Queue.try_get] or [method@Future.try_wait] does; and otherwise what
 * [method@Queue.get_wait] or [method@Future.wait] does. It fails as they do.
 *
 * What was not in a box comes in a new one, which has it as its plain value, and no foreign value.
 *
 * Returns: (transfer full): the box
 *
 * Since: 1.0
 */
TaBox *
ta_box_take (GObject      *source,
             GAsyncResult *result,
             gint64        timeout_us,
             GCancellable *cancellable,
             GError      **error)
{
  GValue   value = G_VALUE_INIT;
  TaBox   *box;
  gboolean taken;

  g_return_val_if_fail (result == NULL || G_IS_ASYNC_RESULT (result), NULL);

  g_value_init (&value, TA_TYPE_BOX);

  if (TA_IS_QUEUE (source))
    {
      taken = take_from_queue (TA_QUEUE (source), result, &value, timeout_us, cancellable, error);
    }
  else if (TA_IS_FUTURE (source))
    {
      taken = take_from_future (TA_FUTURE (source), result, &value, timeout_us, cancellable, error);
    }
  else
    {
      g_set_error (error, TA_ERROR, TA_ERROR_WRONG_TYPE,
                   "A box is got from a queue or a future, not from a %s",
                   source != NULL ? G_OBJECT_TYPE_NAME (source) : "NULL pointer");
      return NULL;
    }

  if (!taken)
    return NULL;

  if (ta_value_is_box (&value) && value.data[0].v_pointer != NULL)
    return value.data[0].v_pointer;

  box = ta_box_new (NULL, ta_value_is_box (&value) ? NULL : &value, NULL);
  g_value_unset (&value);

  return box;
}
