/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-error.h"
#include "ta-fork-private.h"
#include "ta-request-private.h"
#include "ta-server-private.h"
#include "ta-timeout.h"
#include "ta-wait-private.h"

/* Handling requests while the calling thread waits; see ta-server-async.c for the other way. */

/* Makes the calling thread the one of the server's context, with that as its thread-default. */
gboolean
ta_server_hold (TaServer *self, TaServerHold *hold, GError **error)
{
  GMainContext *context = ta_server_get_main_context (self);
  GMainContext *thread_default = g_main_context_get_thread_default ();

  *hold = (TaServerHold){ .context = context };

  /* Who owns it does so once more. */
  if (!g_main_context_acquire (context))
    {
      g_set_error (error, TA_ERROR, TA_ERROR_WRONG_THREAD,
                   "The requests to server “%s” can't be handled in this thread: its main context "
                   "belongs to another",
                   ta_server_get_name (self));
      return FALSE;
    }

  hold->is_pushed =
      context != (thread_default != NULL ? thread_default : g_main_context_default ());
  if (hold->is_pushed)
    g_main_context_push_thread_default (context);

  return TRUE;
}

void
ta_server_release (TaServerHold *hold)
{
  if (hold->is_pushed)
    g_main_context_pop_thread_default (hold->context);
  g_main_context_release (hold->context);
}

/* Handles the first request, if there is one; in a thread that holds the server's context. */
TaServerResult
ta_server_handle_next (TaServer *self)
{
  TaServerResult result = TA_SERVER_NOTHING;
  TaRequest     *request;

  while (result == TA_SERVER_NOTHING &&
         (request = ta_desk_take (ta_server_get_desk (self))) != NULL)
    {
      /* Its runner may stop at this very moment. */
      if (!ta_future_get_done (TA_FUTURE (request)))
        {
          ta_request_begin (request);
          ta_request_finish (request, ta_server_emit (self, request));
          result =
              ta_future_get_done (TA_FUTURE (request)) ? TA_SERVER_ANSWERED : TA_SERVER_HANDLED;
        }
      ta_request_release (request);
    }

  return result;
}

/**
 * ta_server_process:
 * @self: a server
 * @timeout_us: how long a loop may take for a turn, in microseconds, `TA_TIMEOUT_INFINITE`,
 *   `TA_TIMEOUT_DEFAULT` for the longest [property@Runner:default-timeout] of the clients' runners, or
 *   0 to handle what is there without waiting for any loop
 * @cancellable: (nullable): what ends the wait for the loops early
 * @error: return location for an error
 *
 * Lets the clients' loops come to rest, and handles the first request, if there is one.
 *
 * It is called in the thread that owns the [property@Server:main-context], or can acquire it.
 * [signal@Server::handle-request] is emitted before it returns. If the request is answered there, the
 * loops come to rest once more.
 *
 * A loop is at rest when it has done all that is ready in it: timers that are not due and input that
 * has not come do not count. One that does not come to rest is left turning after
 * [property@Server:rest-turns] turns. For the calling thread's own loop it does not wait: there is
 * [method@Server.process_async].
 *
 * It returns false, without an error, if there is no request.
 *
 * Fails with `G_IO_ERROR_TIMED_OUT` if there are loops that did not complete a single turn; the message
 * says which runners are busy. No request is handled in this case. Loops that have been reported are
 * not waited for until they complete a turn, so that the next call handles what others ask. Fails with
 * `G_IO_ERROR_CANCELLED` if the wait was cancelled, and with `TA_ERROR_WRONG_THREAD`, at once, in a
 * wrong thread.
 *
 * Returns: whether a request was handled
 *
 * Since: 1.0
 */
gboolean
ta_server_process (TaServer *self, gint64 timeout_us, GCancellable *cancellable, GError **error)
{
  TaDesk        *desk;
  TaServerHold   hold;
  TaServerResult result = TA_SERVER_NOTHING;
  gint64         deadline;

  g_return_val_if_fail (TA_IS_SERVER (self), FALSE);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), FALSE);

  if (!ta_fork_check (error))
    return FALSE;

  desk = ta_server_get_desk (self);
  if (timeout_us == TA_TIMEOUT_DEFAULT)
    timeout_us = ta_desk_get_default_timeout (desk);
  if (!ta_wait_check_timeout (timeout_us, error) || !ta_server_hold (self, &hold, error))
    return FALSE;

  /* A handler may drop the last reference but this one. */
  g_object_ref (self);

  deadline = ta_timeout_get_deadline (timeout_us);
  if (timeout_us == 0 || ta_desk_rest (desk, deadline, timeout_us, FALSE, cancellable, error))
    {
      result = ta_server_handle_next (self);
      /* It has been handled, whatever the loops do. */
      if (result == TA_SERVER_ANSWERED && timeout_us != 0)
        ta_desk_rest (desk, deadline, TA_TIMEOUT_INFINITE, TRUE, cancellable, NULL);
    }

  ta_server_release (&hold);
  g_object_unref (self);

  return result != TA_SERVER_NOTHING;
}

/**
 * ta_server_await_rest: (skip)
 * @self: a server
 * @timeout_us: what is left of the time, in microseconds, or as for [method@Server.process]
 *
 * Goes on where [method@Server.process] was interrupted when it had handled a request, and waited for what
 * the clients do with the answer. It may be interrupted again.
 *
 * It is for bindings: see [func@set_interrupt_func].
 *
 * Since: 1.0
 */
void
ta_server_await_rest (TaServer *self, gint64 timeout_us)
{
  TaDesk      *desk;
  TaServerHold hold;

  g_return_if_fail (TA_IS_SERVER (self));

  desk = ta_server_get_desk (self);
  if (timeout_us == TA_TIMEOUT_DEFAULT)
    timeout_us = ta_desk_get_default_timeout (desk);
  if (timeout_us == 0 || !ta_fork_check (NULL) || !ta_wait_check_timeout (timeout_us, NULL) ||
      !ta_server_hold (self, &hold, NULL))
    return;

  g_object_ref (self);
  ta_desk_rest (desk, ta_timeout_get_deadline (timeout_us), TA_TIMEOUT_INFINITE, FALSE, NULL, NULL);
  ta_server_release (&hold);
  g_object_unref (self);
}

/**
 * ta_server_process_all:
 * @self: a server
 * @budget_us: how long to go on, in microseconds, or `TA_TIMEOUT_INFINITE`
 * @cancellable: (nullable): what ends it early
 * @error: return location for an error
 *
 * Handles requests as [method@Server.process] does, until there are none or the time is spent.
 *
 * It takes the time that the handlers take longer than the budget, and no more. Once a request is
 * there, at least one is handled. Clients that go on asking would be answered for ever without a
 * budget.
 *
 * Fails as [method@Server.process] does, with the budget as the time that a loop may take for a turn.
 * If requests were handled before it failed, it returns their number, and what is wrong then comes out
 * of the next call.
 *
 * Returns: how many requests were handled, or -1 with an error
 *
 * Since: 1.0
 */
int
ta_server_process_all (TaServer *self, gint64 budget_us, GCancellable *cancellable, GError **error)
{
  TaDesk        *desk;
  TaServerHold   hold;
  gint64         deadline;
  TaServerResult result = TA_SERVER_NOTHING;
  int            n_handled = 0;
  gboolean       goes_on;

  g_return_val_if_fail (TA_IS_SERVER (self), -1);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), -1);

  if (!ta_fork_check (error) || !ta_wait_check_timeout (budget_us, error) ||
      !ta_server_hold (self, &hold, error))
    return -1;

  g_object_ref (self);

  desk = ta_server_get_desk (self);
  deadline = ta_timeout_get_deadline (budget_us);
  do
    {
      /* What is busy then comes out of the next call. */
      if (budget_us != 0 &&
          !ta_desk_rest (desk, deadline, n_handled == 0 ? budget_us : TA_TIMEOUT_INFINITE,
                         result == TA_SERVER_ANSWERED, cancellable, n_handled == 0 ? error : NULL))
        {
          n_handled = n_handled == 0 ? -1 : n_handled;
          break;
        }

      result = n_handled < G_MAXINT ? ta_server_handle_next (self) : TA_SERVER_NOTHING;
      goes_on = result != TA_SERVER_NOTHING;
      if (goes_on)
        n_handled++;
    }
  while (goes_on && g_get_monotonic_time () < deadline &&
         !g_cancellable_is_cancelled (cancellable));

  ta_server_release (&hold);
  g_object_unref (self);

  return n_handled;
}
