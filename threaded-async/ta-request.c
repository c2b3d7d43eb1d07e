/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-client.h"
#include "ta-error.h"
#include "ta-promise-private.h"
#include "ta-request-private.h"
#include "ta-timeout.h"
#include "ta-value-private.h"

/**
 * TaRequest:
 *
 * What a [class@Client] asks of its [class@Server], and the future of the answer.
 *
 * A request is made with [method@Client.execute]. It has a method, which is only a name, arguments of
 * any type, and named arguments. It waits at the server until this handles it, which emits
 * [signal@Server::handle-request]. The handler takes the promise of the answer with
 * [method@ThreadedAsync.Request.take_promise], and returns it there and then, or later, from any thread.
 *
 * Whoever asked waits for the answer as for every future, with [method@Future.wait] or
 * [method@Future.wait_async]; [method@ThreadedAsync.Request.withdraw] takes the question back.
 *
 * Since: 1.0
 */

G_DEFINE_FINAL_TYPE (TaRequest, ta_request, TA_TYPE_FUTURE)

static char *
ta_request_describe (TaFuture *future)
{
  TaRequest *self = TA_REQUEST (future);

  return g_strdup_printf ("request “%s” to server “%s”", self->method, self->link->desk->name);
}

static gint64
ta_request_get_default_timeout (TaFuture *future)
{
  return ta_loop_get_default_timeout (TA_REQUEST (future)->link->loop);
}

static gboolean
ta_request_check_may_block (TaFuture *future, GError **error)
{
  TaRequest       *self = TA_REQUEST (future);
  GMainContext    *context = ta_inbox_get_context (self->link->desk->inbox);
  g_autofree char *description = NULL;

  if (!((TaFutureClass *) ta_request_parent_class)->check_may_block (future, error))
    return FALSE;

  if (!ta_loop_is_current (self->link->loop) && !ta_context_is_current (context))
    return TRUE;

  description = ta_request_describe (future);
  g_set_error (
      error, TA_ERROR, TA_ERROR_WOULD_DEADLOCK,
      "Waiting for the answer to %s would block the thread of the %s: use the asynchronous "
      "call",
      description, ta_loop_is_current (self->link->loop) ? "client" : "server");
  return FALSE;
}

static void
ta_request_ended (TaFuture *future)
{
  TaRequest *self = TA_REQUEST (future);

  ta_link_remove (self->link, self);
}

static void
ta_request_finalize (GObject *object)
{
  ta_request_free_contents (TA_REQUEST (object));

  G_OBJECT_CLASS (ta_request_parent_class)->finalize (object);
}

static void
ta_request_class_init (TaRequestClass *klass)
{
  TaFutureClass *future_class = (TaFutureClass *) klass;

  G_OBJECT_CLASS (klass)->finalize = ta_request_finalize;

  future_class->describe = ta_request_describe;
  future_class->get_default_timeout = ta_request_get_default_timeout;
  future_class->check_may_block = ta_request_check_may_block;
  future_class->ended = ta_request_ended;
}

static void
ta_request_init (TaRequest *self)
{
}

/* Ends it with @error, which is taken over; from any thread. */
void
ta_request_end_with_error (TaRequest *self, GError *error)
{
  if (!ta_future_end_with_error (TA_FUTURE (self), error))
    g_error_free (error);
}

/* The loop of its client lets go of its work. */
void
ta_request_end_by_stop (TaRequest *self)
{
  g_autofree char *description = ta_request_describe (TA_FUTURE (self));

  ta_request_end_with_error (self, g_error_new (G_IO_ERROR, G_IO_ERROR_CANCELLED,
                                                "Runner “%s” stopped before %s was answered",
                                                ta_loop_get_name (self->link->loop), description));
}

/* The server has gone. */
void
ta_request_end_by_close (TaRequest *self)
{
  g_autofree char *description = ta_request_describe (TA_FUTURE (self));

  ta_request_end_with_error (self, g_error_new (TA_ERROR, TA_ERROR_DROPPED,
                                                "There is no server any more for %s", description));
}

/* Takes it back when the wait for its answer has ended without one; from any thread. */
void
ta_request_abandon (gpointer request, TaOutcome outcome)
{
  ta_request_withdraw (request);
}

/* Its handler is about to be called. */
void
ta_request_begin (TaRequest *self)
{
  g_atomic_int_or (&self->flags, TA_REQUEST_HANDLED);
}

/* The handlers have returned. */
void
ta_request_finish (TaRequest *self, gboolean is_handled)
{
  g_autofree char *description = NULL;
  GError          *error;

  if ((g_atomic_int_or (&self->flags, TA_REQUEST_PROMISE_TAKEN) & TA_REQUEST_PROMISE_TAKEN) != 0)
    return;

  description = ta_request_describe (TA_FUTURE (self));
  if (is_handled)
    error = g_error_new (TA_ERROR, TA_ERROR_DROPPED,
                         "The handler of %s returned without taking its promise", description);
  else
    error = g_error_new (TA_ERROR, TA_ERROR_UNHANDLED, "Nobody handled %s", description);
  ta_request_end_with_error (self, error);
}

/**
 * ta_request_get_method:
 * @self: a request
 *
 * Returns the name of what is asked for; from any thread.
 *
 * Returns: (transfer none): the method
 *
 * Since: 1.0
 */
const char *
ta_request_get_method (TaRequest *self)
{
  g_return_val_if_fail (TA_IS_REQUEST (self), NULL);

  return self->method;
}

/**
 * ta_request_get_client:
 * @self: a request
 *
 * Returns who asks; from any thread.
 *
 * Returns: (transfer none): the client
 *
 * Since: 1.0
 */
TaClient *
ta_request_get_client (TaRequest *self)
{
  g_return_val_if_fail (TA_IS_REQUEST (self), NULL);

  return self->client;
}

/**
 * ta_request_get_n_args:
 * @self: a request
 *
 * Returns how many arguments without a name there are; from any thread.
 *
 * Returns: their number
 *
 * Since: 1.0
 */
guint
ta_request_get_n_args (TaRequest *self)
{
  g_return_val_if_fail (TA_IS_REQUEST (self), 0);

  return self->n_args;
}

/**
 * ta_request_get_arg:
 * @self: a request
 * @index: which one, from 0
 * @value: (out caller-allocates): where to put a copy of the argument
 * @error: return location for an error
 *
 * Gets one of the arguments without a name; from any thread.
 *
 * The caller frees the value with [method@GObject.Value.unset]. On failure it is set to a %NULL
 * pointer. Fails with `G_IO_ERROR_NOT_FOUND` if there are not so many.
 *
 * Returns: whether there is such an argument
 *
 * Since: 1.0
 */
gboolean
ta_request_get_arg (TaRequest *self, guint index, GValue *value, GError **error)
{
  g_autofree char *description = NULL;

  ta_value_clear_out (value);
  g_return_val_if_fail (TA_IS_REQUEST (self), FALSE);
  g_return_val_if_fail (value != NULL, FALSE);

  if (index < self->n_args)
    {
      ta_value_copy_out (&self->args[index], value);
      return TRUE;
    }

  description = ta_request_describe (TA_FUTURE (self));
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "There is no argument %u in %s: it has %u",
               index, description, self->n_args);

  return FALSE;
}

/**
 * ta_request_get_names:
 * @self: a request
 *
 * Returns the names of the arguments that have one, in their order; from any thread.
 *
 * Returns: (transfer none) (array zero-terminated=1): the names
 *
 * Since: 1.0
 */
const char *const *
ta_request_get_names (TaRequest *self)
{
  static const char *const none[] = { NULL };

  g_return_val_if_fail (TA_IS_REQUEST (self), NULL);

  return self->names != NULL ? (const char *const *) self->names : none;
}

/**
 * ta_request_get_named_arg:
 * @self: a request
 * @name: its name
 * @value: (out caller-allocates): where to put a copy of the argument
 * @error: return location for an error
 *
 * Gets one of the arguments that have a name; from any thread.
 *
 * The caller frees the value with [method@GObject.Value.unset]. On failure it is set to a %NULL
 * pointer. Fails with `G_IO_ERROR_NOT_FOUND` if there is none of this name.
 *
 * Returns: whether there is such an argument
 *
 * Since: 1.0
 */
gboolean
ta_request_get_named_arg (TaRequest *self, const char *name, GValue *value, GError **error)
{
  g_autofree char *description = NULL;

  ta_value_clear_out (value);
  g_return_val_if_fail (TA_IS_REQUEST (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (value != NULL, FALSE);

  for (guint i = 0; i < self->n_names; i++)
    {
      if (strcmp (self->names[i], name) == 0)
        {
          ta_value_copy_out (&self->args[self->n_args + i], value);
          return TRUE;
        }
    }

  description = ta_request_describe (TA_FUTURE (self));
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "There is no argument “%s” in %s", name,
               description);

  return FALSE;
}

/**
 * ta_request_dup_box:
 * @self: a request
 * @index: which argument, from 0; those with names come after those without
 *
 * Gets an argument as a box; from any thread. It is for the bindings of languages.
 *
 * Returns: (transfer full): the box that was sent, or one that holds the plain value
 *
 * Since: 1.0
 */
TaBox *
ta_request_dup_box (TaRequest *self, guint index)
{
  const GValue *value;

  g_return_val_if_fail (TA_IS_REQUEST (self), NULL);
  g_return_val_if_fail (index < self->n_args + self->n_names, NULL);

  value = &self->args[index];

  return ta_value_is_box (value) ? ta_box_ref (value->data[0].v_pointer)
                                 : ta_box_new (NULL, value, NULL);
}

/**
 * ta_request_take_promise:
 * @self: a request
 *
 * Takes the writing side, with which the request is answered.
 *
 * It is called once, by the handler of [signal@Server::handle-request], which may keep the promise,
 * pass it on, and return it from any thread.
 *
 * Returns: (transfer full): the promise; %NULL, with a critical, when it has been taken before, when
 *   the request is not being handled yet, or when its handlers have returned without it
 *
 * Since: 1.0
 */
TaPromise *
ta_request_take_promise (TaRequest *self)
{
  guint flags;

  g_return_val_if_fail (TA_IS_REQUEST (self), NULL);

  flags = g_atomic_int_get (&self->flags);
  if ((flags & TA_REQUEST_HANDLED) != 0)
    flags = g_atomic_int_or (&self->flags, TA_REQUEST_PROMISE_TAKEN);
  if (flags != TA_REQUEST_HANDLED)
    {
      g_critical ("The promise of a request can be taken only once, by its handler");
      return NULL;
    }

  return ta_promise_new_for_future (TA_FUTURE (g_object_ref (self)));
}

/**
 * ta_request_withdraw:
 * @self: a request
 *
 * Takes the request back if it has not been handled; from any thread.
 *
 * It ends with `G_IO_ERROR_CANCELLED`, and its server will not see it. One that is being handled goes on,
 * and is answered.
 *
 * Returns: whether it has been taken back
 *
 * Since: 1.0
 */
gboolean
ta_request_withdraw (TaRequest *self)
{
  g_autofree char *description = NULL;

  g_return_val_if_fail (TA_IS_REQUEST (self), FALSE);

  if (!ta_link_withdraw (self->link, self))
    return FALSE;

  description = ta_request_describe (TA_FUTURE (self));
  ta_request_end_with_error (
      self, g_error_new (G_IO_ERROR, G_IO_ERROR_CANCELLED, "The client took %s back", description));
  g_object_unref (self);

  return TRUE;
}
