/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-error.h"
#include "ta-fork-private.h"
#include "ta-server-private.h"
#include "ta-timeout.h"
#include "ta-wait-private.h"

/*
 * Handling a request without blocking.
 *
 * There are two operations at a time: the caller's, which is ended in the end, or before by its
 * cancellable or a stop; and one that waits for the loops to come to rest, before the request and, if
 * it was answered at once, after it. Once a request has been handled, the caller's operation has ended
 * well; only its callback waits for the second rest.
 */

static const TaOperationKind process_kind = { 0 };

typedef struct
{
  /* The thread of the server's context. */
  TaDesk       *desk;        /* owned */
  TaOperation  *operation;   /* owned: the caller's */
  gboolean      is_due;      /* it has ended, and only has to be told */
  GCancellable *cancellable; /* owned */
  gint64        timeout_us;
  gint64        deadline;
} TaProcess;

static void
ta_process_free (gpointer data)
{
  TaProcess *self = data;

  if (self->is_due)
    ta_operation_complete (self->operation);
  ta_operation_unref (self->operation);
  g_clear_object (&self->cancellable);
  ta_desk_unref (self->desk);
  g_free (self);
}

/* It goes with the operation that waits for the loops, even if its callback will not be called. */
static const TaOperationKind rest_kind = { .free_user_data = ta_process_free };

/*
 * Ends the caller's operation, unless that has happened, with an error (transfer full), or with whether a
 * request was handled. TRUE if it is to be completed.
 */
static gboolean
ta_process_end (TaProcess *self, gboolean is_handled, GError *error)
{
  TaWaiter *waiter = ta_operation_get_waiter (self->operation);
  gboolean  is_ended = FALSE;

  g_mutex_lock (&self->desk->mutex);
  if (waiter->outcome == TA_OUTCOME_PENDING)
    {
      if (error != NULL)
        g_value_take_boxed (g_value_init (&waiter->value, G_TYPE_ERROR), g_steal_pointer (&error));
      else
        g_value_set_boolean (g_value_init (&waiter->value, G_TYPE_BOOLEAN), is_handled);
      is_ended = ta_waiter_end_locked (waiter, TA_OUTCOME_DONE);
    }
  g_mutex_unlock (&self->desk->mutex);

  g_clear_error (&error);

  return is_ended;
}

static gboolean
ta_process_is_over (TaProcess *self)
{
  TaWaiter *waiter = ta_operation_get_waiter (self->operation);
  gboolean  is_over;

  g_mutex_lock (&self->desk->mutex);
  is_over = waiter->outcome != TA_OUTCOME_PENDING;
  g_mutex_unlock (&self->desk->mutex);

  return is_over;
}

static void rested_cb (GObject *source_object, GAsyncResult *result, gpointer data);
static void rested_again_cb (GObject *source_object, GAsyncResult *result, gpointer data);

/*
 * Waits for the loops, and then calls @callback, in the server's context. The loops have all of the time
 * from when they are asked the first time; after that there is what is left.
 */
static void
ta_process_rest (TaProcess *self, TaServer *server, GAsyncReadyCallback callback)
{
  TaDeskWait   wait = { self->desk, g_get_monotonic_time () };
  TaOperation *operation;
  gint64       left = self->timeout_us;

  if (self->is_due && self->deadline != G_MAXINT64)
    left = MAX (self->deadline - wait.since, 1);

  operation = ta_operation_new (server, NULL, &rest_kind, &self->desk->mutex, self->cancellable,
                                callback, self);
  ta_wait_start (operation, ta_desk_enter_rest, &wait, left, NULL);
}

/* Handles a request, and ends the caller's operation. */
static void
ta_process_handle (TaProcess *self, TaServer *server)
{
  GError        *error = NULL;
  TaServerHold   hold;
  TaServerResult result;
  gboolean       is_ended;

  if (!ta_server_hold (server, &hold, &error))
    {
      if (ta_process_end (self, FALSE, error))
        ta_operation_complete (self->operation);
      return;
    }

  result = ta_server_handle_next (server);
  is_ended = ta_process_end (self, result != TA_SERVER_NOTHING, NULL);

  if (is_ended && result == TA_SERVER_ANSWERED && self->timeout_us != 0)
    {
      TaProcess *again = g_memdup2 (self, sizeof *self);

      again->is_due = TRUE;
      ta_operation_ref (again->operation);
      ta_desk_ref (again->desk);
      if (again->cancellable != NULL)
        g_object_ref (again->cancellable);
      ta_process_rest (again, server, rested_again_cb);
    }
  else if (is_ended)
    {
      ta_operation_complete (self->operation);
    }

  ta_server_release (&hold);
}

static void
rested_cb (GObject *source_object, GAsyncResult *result, gpointer data)
{
  TaProcess *self = data;
  TaServer  *server = TA_SERVER (source_object);
  GError    *error = NULL;
  TaOutcome  outcome =
      ta_operation_get_outcome (ta_operation_from_result (result, source_object, &rest_kind));

  if (ta_process_is_over (self))
    return;

  /* The caller's operation has the same cancellable, and is about to notice. */
  if (outcome != TA_OUTCOME_DONE && outcome != TA_OUTCOME_TIMED_OUT)
    return;

  if (outcome == TA_OUTCOME_TIMED_OUT && self->timeout_us != 0 &&
      !ta_desk_check_busy (self->desk, FALSE, self->timeout_us, &error))
    {
      if (ta_process_end (self, FALSE, error))
        ta_operation_complete (self->operation);
      return;
    }

  ta_process_handle (self, server);
}

/* Its end lets the caller know. */
static void
rested_again_cb (GObject *source_object, GAsyncResult *result, gpointer data)
{
}

/* Waits for ta_process_end(). */
static gboolean
ta_process_enter (gpointer object, TaWaiter *waiter)
{
  TaDesk  *desk = object;
  gboolean enlisted;

  g_mutex_lock (&desk->mutex);
  enlisted = ta_waiter_enlist_locked (waiter, &desk->processers);
  g_mutex_unlock (&desk->mutex);

  return enlisted;
}

/* Whether a callback of the calling thread would run in the server's context. */
static gboolean
check_context (TaServer *self, GError **error)
{
  GMainContext *thread_default = g_main_context_get_thread_default ();

  if (ta_server_get_main_context (self) ==
      (thread_default != NULL ? thread_default : g_main_context_default ()))
    return TRUE;

  g_set_error (error, TA_ERROR, TA_ERROR_WRONG_THREAD,
               "The requests to server “%s” can't be handled here: its main context is not the "
               "thread-default one",
               ta_server_get_name (self));

  return FALSE;
}

/**
 * ta_server_process_async:
 * @self: a server
 * @timeout_us: how long a loop may take for a turn, in microseconds, `TA_TIMEOUT_INFINITE`,
 *   `TA_TIMEOUT_DEFAULT` for the longest [property@Runner:default-timeout] of the clients' runners, or
 *   0 to handle what is there without waiting for any loop
 * @cancellable: (nullable): what ends it early
 * @callback: (scope async) (closure user_data): what to call when a request has been handled, or there
 *   is none
 * @user_data: data for @callback
 *
 * Lets the clients' loops come to rest, and handles the first request, if there is one, as
 * [method@Server.process] does, without blocking.
 *
 * It is called where the [property@Server:main-context] is the thread-default one. The loop of that is
 * waited for too, so that clients may live there. Get the result with
 * [method@Server.process_finish].
 *
 * Since: 1.0
 */
void
ta_server_process_async (TaServer           *self,
                         gint64              timeout_us,
                         GCancellable       *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer            user_data)
{
  TaDesk      *desk;
  TaOperation *operation;
  TaProcess   *process;
  GError      *refusal = NULL;
  gboolean     can_start;

  g_return_if_fail (TA_IS_SERVER (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  desk = ta_server_get_desk (self);
  if (timeout_us == TA_TIMEOUT_DEFAULT && !ta_has_forked)
    timeout_us = ta_desk_get_default_timeout (desk);
  can_start = ta_fork_check (&refusal) && ta_wait_check_timeout (timeout_us, &refusal) &&
              check_context (self, &refusal) &&
              ta_desk_check_busy (desk, FALSE, timeout_us, &refusal);

  operation =
      ta_operation_new (self, NULL, &process_kind, &desk->mutex, cancellable, callback, user_data);
  /* Once it is in a list it may be completed at once, and go. */
  ta_operation_ref (operation);
  ta_wait_start (operation, ta_process_enter, desk, TA_TIMEOUT_INFINITE, refusal);

  if (can_start)
    {
      process = g_new0 (TaProcess, 1);
      process->desk = ta_desk_ref (desk);
      process->operation = ta_operation_ref (operation);
      process->cancellable = cancellable != NULL ? g_object_ref (cancellable) : NULL;
      process->timeout_us = timeout_us;
      process->deadline = ta_timeout_get_deadline (timeout_us);
      ta_process_rest (process, self, rested_cb);
    }

  ta_operation_unref (operation);
}

/**
 * ta_server_process_finish:
 * @self: a server
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Gets the result of [method@Server.process_async].
 *
 * It returns false, without an error, if there was no request. Fails as [method@Server.process] does;
 * with `G_IO_ERROR_CANCELLED` also if it was started on a runner that stops.
 *
 * Returns: whether a request was handled
 *
 * Since: 1.0
 */
gboolean
ta_server_process_finish (TaServer *self, GAsyncResult *result, GError **error)
{
  TaOperation     *operation;
  TaWaiter        *waiter;
  g_autofree char *description = NULL;

  g_return_val_if_fail (TA_IS_SERVER (self), FALSE);
  operation = ta_operation_from_result (result, self, &process_kind);
  g_return_val_if_fail (operation != NULL, FALSE);

  if (!ta_fork_check (error))
    return FALSE;

  waiter = ta_operation_get_waiter (operation);
  if (waiter->outcome != TA_OUTCOME_DONE)
    {
      description =
          g_strdup_printf ("the clients of server “%s” to come to rest", ta_server_get_name (self));
      ta_wait_set_operation_error (operation, description, error);
      return FALSE;
    }

  if (G_VALUE_HOLDS_BOOLEAN (&waiter->value))
    return g_value_get_boolean (&waiter->value);

  if (error != NULL)
    *error = g_error_copy (g_value_get_boxed (&waiter->value));

  return FALSE;
}
