/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-sleep.h"
#include "ta-fork-private.h"
#include "ta-operation-private.h"
#include "ta-wait-private.h"

/*
 * A sleep is a wait for something that never comes: it stands in a list that nobody looks at, only
 * so that a timer, a cancellable and a runner that stops can agree on who ends it. The lock is one
 * that the context has anyway.
 */

static const TaOperationKind sleep_kind = { 0 };

static gboolean
enter_sleep (gpointer object, TaWaiter *waiter)
{
  TaTimers *timers = object;
  gboolean  enlisted;

  g_mutex_lock (&timers->mutex);
  enlisted = ta_waiter_enlist_locked (waiter, &timers->sleepers);
  g_mutex_unlock (&timers->mutex);

  return enlisted;
}

/**
 * ta_sleep_async:
 * @duration_us: how long to sleep, in microseconds, or `TA_TIMEOUT_INFINITE` for until it is
 *   cancelled
 * @cancellable: (nullable): what ends the sleep early
 * @callback: (scope async) (closure user_data): what to call when it is over
 * @user_data: data for @callback
 *
 * Sleeps without blocking.
 *
 * It may be called from any thread. The callback runs in the context that is thread-default for
 * the caller, at the time or up to a few milliseconds later, and never earlier. Any number of sleeps
 * may be pending: a context has one timer source for all of them.
 *
 * Since: 1.0
 */
void
ta_sleep_async (gint64              duration_us,
                GCancellable       *cancellable,
                GAsyncReadyCallback callback,
                gpointer            user_data)
{
  TaOperation *operation;
  GError      *refusal = NULL;

  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  operation = ta_operation_new (NULL, NULL, &sleep_kind, NULL, cancellable, callback, user_data);
  ta_wait_check_timeout (duration_us, &refusal);
  ta_wait_start (operation, enter_sleep, ta_operation_get_timers (operation), duration_us, refusal);
}

/**
 * ta_sleep_finish:
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Gets the result of a sleep that was started with [func@sleep_async].
 *
 * Fails with `G_IO_ERROR_CANCELLED` if the sleep was cancelled, or was started on a runner that
 * stops, and with `G_IO_ERROR_INVALID_ARGUMENT` if the duration was no valid one.
 *
 * Returns: whether it slept for the whole time
 *
 * Since: 1.0
 */
gboolean
ta_sleep_finish (GAsyncResult *result, GError **error)
{
  TaOperation *operation = ta_operation_from_result (result, NULL, &sleep_kind);

  g_return_val_if_fail (operation != NULL, FALSE);

  if (!ta_fork_check (error))
    return FALSE;

  if (ta_operation_get_outcome (operation) == TA_OUTCOME_TIMED_OUT)
    return TRUE;

  ta_wait_set_operation_error (operation, "the end of a sleep", error);

  return FALSE;
}
