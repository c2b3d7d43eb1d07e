/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "operations.h"

/* Promises, futures, events and timers. */

void
operations_iterate (guint *n_left)
{
  while (*n_left > 0)
    g_main_context_iteration (NULL, TRUE);
}

TaFuture *
operations_promise (TaPromise **promise)
{
  *promise = ta_promise_new ();

  return ta_promise_get_future (*promise);
}

static void
promise_and_result (guint n)
{
  for (guint i = 0; i < n; i++)
    {
      TaPromise *promise;
      TaFuture  *future = operations_promise (&promise);
      GValue     value = G_VALUE_INIT;

      ta_promise_return_int (promise, i);
      ta_promise_unref (promise);
      g_assert_true (ta_future_try_wait (future, &value, NULL));
      g_assert_cmpint (g_value_get_int64 (&value), ==, i);
      g_object_unref (future);
    }
}

static void
wait_for_done (guint n)
{
  TaPromise           *promise;
  g_autoptr (TaFuture) future = operations_promise (&promise);

  ta_promise_return_int (promise, 7);
  ta_promise_unref (promise);

  for (guint i = 0; i < n; i++)
    g_assert_true (ta_future_wait (future, NULL, TA_TIMEOUT_INFINITE, NULL, NULL));
}

static void
future_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  guint *n_left = data;
  GValue value = G_VALUE_INIT;

  g_assert_true (ta_future_wait_finish (TA_FUTURE (object), result, &value, NULL));
  g_assert_cmpint (g_value_get_int64 (&value), ==, 7);
  --*n_left;
}

static void
wait_for_futures (guint n, gint64 timeout)
{
  g_autofree TaPromise **promises = g_new (TaPromise *, n);
  guint                  n_left = n;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (TaFuture) future = operations_promise (&promises[i]);

      ta_future_wait_async (future, timeout, NULL, future_cb, &n_left);
    }

  for (guint i = 0; i < n; i++)
    {
      ta_promise_return_int (promises[i], 7);
      ta_promise_unref (promises[i]);
    }
  operations_iterate (&n_left);
}

static void
wait_for_a_future_each (guint n)
{
  wait_for_futures (n, TA_TIMEOUT_INFINITE);
}

static void
wait_for_a_future_each_in_time (guint n)
{
  wait_for_futures (n, 1000 * G_USEC_PER_SEC);
}

static void
wait_for_one_future (guint n)
{
  TaPromise           *promise;
  g_autoptr (TaFuture) future = operations_promise (&promise);
  guint                n_left = n;

  for (guint i = 0; i < n; i++)
    ta_future_wait_async (future, TA_TIMEOUT_INFINITE, NULL, future_cb, &n_left);
  ta_promise_return_int (promise, 7);
  ta_promise_unref (promise);
  operations_iterate (&n_left);
}

static void
event_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  guint *n_left = data;

  g_assert_true (ta_event_wait_finish (TA_EVENT (object), result, NULL));
  --*n_left;
}

static void
wait_for_event (guint n)
{
  g_autoptr (TaEvent) event = ta_event_new ();
  guint               n_left = n;

  for (guint i = 0; i < n; i++)
    ta_event_wait_async (event, TA_TIMEOUT_INFINITE, NULL, event_cb, &n_left);
  ta_event_set (event);
  operations_iterate (&n_left);
}

static void
set_and_clear (guint n)
{
  g_autoptr (TaEvent) event = ta_event_new ();

  for (guint i = 0; i < n; i++)
    {
      ta_event_set (event);
      ta_event_clear (event);
    }
}

static void
sleep_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  guint *n_left = data;

  g_assert_true (ta_sleep_finish (result, NULL));
  --*n_left;
}

static void
sleep_for_nothing (guint n)
{
  guint n_left = n;

  for (guint i = 0; i < n; i++)
    ta_sleep_async (0, NULL, sleep_cb, &n_left);
  operations_iterate (&n_left);
}

/* They are due by the time the last has been started. */
static void
sleep_for_a_moment (guint n)
{
  guint n_left = n;

  for (guint i = 0; i < n; i++)
    ta_sleep_async (1, NULL, sleep_cb, &n_left);
  operations_iterate (&n_left);
}

static void
cancelled_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  guint *n_left = data;

  g_assert_false (ta_sleep_finish (result, NULL));
  --*n_left;
}

static void
cancel_sleeps (guint n)
{
  g_autofree GCancellable **cancellables = g_new (GCancellable *, n);
  guint                     n_left = n;

  for (guint i = 0; i < n; i++)
    {
      cancellables[i] = g_cancellable_new ();
      ta_sleep_async (1000 * G_USEC_PER_SEC, cancellables[i], cancelled_cb, &n_left);
    }
  for (guint i = 0; i < n; i++)
    {
      g_cancellable_cancel (cancellables[i]);
      g_object_unref (cancellables[i]);
    }
  operations_iterate (&n_left);
}

const Operation operations_waits[] = {
  { "a promise, its return, its future", promise_and_result },
  { "a blocking wait for what is there", wait_for_done },
  { "a wait for a future of its own", wait_for_a_future_each, TRUE },
  { "the same, with a timeout", wait_for_a_future_each_in_time, TRUE },
  { "one of many waits for a future", wait_for_one_future, TRUE },
  { "one of many waits for an event", wait_for_event, TRUE },
  { "an event is set and cleared", set_and_clear },
  { "a sleep of no time", sleep_for_nothing },
  { "a sleep among others", sleep_for_a_moment, TRUE },
  { "a sleep that is cancelled", cancel_sleeps, TRUE },
  { NULL },
};
