/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "test-util.h"

static TaFuture *
new_future (TaPromise **promise)
{
  *promise = ta_promise_new ();

  return ta_promise_get_future (*promise);
}

static TaFuture *
new_done_future (gint64 number)
{
  g_autoptr (TaPromise) promise = NULL;
  TaFuture             *future = new_future (&promise);

  ta_promise_return_int (promise, number);

  return future;
}

/* Checks what an asynchronous wait came to: a number, or the error of @code in G_IO_ERROR. */
static void
check_result (TestResult *result, TaFuture *future, gint64 number, int code)
{
  g_autoptr (GError) error = NULL;
  GValue             value = G_VALUE_INIT;
  gboolean           taken;

  g_assert_cmpuint (result->calls, ==, 1);
  g_assert_true (result->source == G_OBJECT (future));
  taken = ta_future_wait_finish (future, result->result, &value, &error);

  if (code >= 0)
    {
      g_assert_error (error, G_IO_ERROR, code);
      g_assert_false (taken);
      test_assert_null_pointer (&value);
    }
  else
    {
      g_assert_no_error (error);
      g_assert_true (taken);
      g_assert_cmpint (g_value_get_int64 (&value), ==, number);
    }

  g_value_unset (&value);
  test_result_clear (result);
}

static void
test_pending (void)
{
  g_autoptr (TaPromise) promise = NULL;
  g_autoptr (TaFuture)  future = new_future (&promise);
  g_autoptr (GError)    error = NULL;
  GValue                value = G_VALUE_INIT;
  gboolean              done = TRUE;

  g_assert_false (ta_future_get_done (future));
  g_object_get (future, "done", &done, NULL);
  g_assert_false (done);
  g_assert_true (ta_future_get_main_context (future) == g_main_context_default ());

  g_assert_false (ta_future_try_wait (future, &value, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
  test_assert_null_pointer (&value);
  g_value_unset (&value);
  g_clear_error (&error);

  /* No time to wait is not the same as not wanting to wait. */
  g_assert_false (ta_future_wait (future, &value, 0, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  test_assert_null_pointer (&value);
  g_value_unset (&value);

  /* Value and error are optional. */
  g_assert_false (ta_future_try_wait (future, NULL, NULL));
  g_assert_false (ta_future_wait (future, NULL, 0, NULL, NULL));
}

/* Each that waits gets a copy of its own. */
static void
test_copies (void)
{
  g_autoptr (TaPromise) promise = NULL;
  g_autoptr (TaFuture)  future = new_future (&promise);
  g_autoptr (GError)    error = NULL;
  TestHooks             hooks = { NULL, NULL, 0, 0, 0 };
  GValue                given = G_VALUE_INIT;
  GValue                first = G_VALUE_INIT;
  GValue                second = G_VALUE_INIT;
  gboolean              done = FALSE;

  test_hooked_value_init (&given, &hooks, 5);
  ta_promise_return_value (promise, &given);
  g_value_unset (&given);

  g_object_get (future, "done", &done, NULL);
  g_assert_true (done);
  g_assert_true (ta_future_wait (future, &first, 0, NULL, &error));
  g_assert_true (ta_future_wait (future, &second, TA_TIMEOUT_INFINITE, NULL, &error));
  g_assert_true (ta_future_wait (future, NULL, TEST_LONG_US, NULL, &error));
  g_assert_true (ta_future_try_wait (future, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (g_value_get_boxed (&first) != g_value_get_boxed (&second));
  g_assert_cmpint (test_hooked_value_get_number (&first), ==, 5);
  g_assert_cmpint (test_hooked_value_get_number (&second), ==, 5);

  g_value_unset (&first);
  g_value_unset (&second);
  g_clear_object (&future);
  g_assert_cmpint (hooks.live, ==, 0);
}

static void
return_seven (gpointer promise)
{
  ta_promise_return_int (promise, 7);
}

static gpointer
return_seven_thread (gpointer promise)
{
  return_seven (promise);

  return NULL;
}

static void
test_wait (void)
{
  g_autoptr (TaPromise) promise = NULL;
  g_autoptr (TaFuture)  future = new_future (&promise);
  g_autoptr (GError)    error = NULL;
  GValue                value = G_VALUE_INIT;
  GThread              *thread = g_thread_new ("returner", return_seven_thread, promise);

  g_assert_true (ta_future_wait (future, &value, TEST_DEADLINE_US, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (g_value_get_int64 (&value), ==, 7);
  g_thread_join (thread);
}

/* The longest time there is ends like every other, and not at once. */
static void
test_longest_wait (void)
{
  static const gint64 timeouts[] = { G_MAXINT64, G_MAXINT64 - 1, G_MAXINT64 / 2 };

  for (guint i = 0; i < G_N_ELEMENTS (timeouts); i++)
    {
      g_autoptr (TaPromise) promise = NULL;
      g_autoptr (TaFuture)  future = new_future (&promise);
      g_autoptr (GError)    error = NULL;
      TestResult            result;
      GThread              *thread;

      test_result_init (&result, NULL);
      TEST_OUTSIDE (&result,
                    ta_future_wait_async (future, timeouts[i], NULL, test_result_cb, &result));
      test_turn_all (NULL);
      g_assert_cmpuint (result.calls, ==, 0);
      thread = g_thread_new ("returner", return_seven_thread, promise);
      g_assert_true (ta_future_wait (future, NULL, timeouts[i], NULL, &error));
      g_assert_no_error (error);
      TEST_TURN_UNTIL (NULL, result.calls == 1);
      check_result (&result, future, 7, -1);
      g_thread_join (thread);
    }
}

static void
test_wait_async (void)
{
  g_autoptr (TaPromise) promise = NULL;
  g_autoptr (TaFuture)  future = new_future (&promise);
  TestResult            result;

  test_result_init (&result, NULL);
  TEST_OUTSIDE (&result,
                ta_future_wait_async (future, TA_TIMEOUT_INFINITE, NULL, test_result_cb, &result));
  test_turn_all (NULL);
  g_assert_cmpuint (result.calls, ==, 0);

  test_thread_call (return_seven, promise);
  g_assert_cmpuint (result.calls, ==, 0);
  TEST_TURN_UNTIL (NULL, result.calls == 1);
  check_result (&result, future, 7, -1);

  /* Without a callback it's no use, but no harm either. */
  ta_future_wait_async (future, TA_TIMEOUT_INFINITE, NULL, NULL, NULL);
  test_turn_all (NULL);
}

/* A timed wait ends no earlier than it says, and says what it waited for and how long. */
static void
test_timed_out (void)
{
  const gint64          timeout_us = 20000;
  g_autoptr (TaPromise) promise = NULL;
  g_autoptr (TaFuture)  future = new_future (&promise);
  g_autoptr (GError)    error = NULL;
  GValue                value = G_VALUE_INIT;
  gint64                start = g_get_monotonic_time ();
  TestResult            result;

  g_assert_false (ta_future_wait (future, &value, timeout_us, NULL, &error));
  g_assert_cmpint (g_get_monotonic_time () - start, >=, timeout_us);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  test_assert_message_has (error, "0.02");
  test_assert_message_has (error, "future");
  test_assert_null_pointer (&value);

  test_result_init (&result, NULL);
  start = g_get_monotonic_time ();
  TEST_OUTSIDE (&result, ta_future_wait_async (future, timeout_us, NULL, test_result_cb, &result));
  TEST_TURN_UNTIL (NULL, result.calls == 1);
  g_assert_cmpint (g_get_monotonic_time () - start, >=, timeout_us);
  check_result (&result, future, 0, G_IO_ERROR_TIMED_OUT);

  test_result_init (&result, NULL);
  TEST_OUTSIDE (&result, ta_future_wait_async (future, 0, NULL, test_result_cb, &result));
  TEST_TURN_UNTIL (NULL, result.calls == 1);
  check_result (&result, future, 0, G_IO_ERROR_TIMED_OUT);
}

/* A future belongs to no runner, so there is no default either. */
static void
test_invalid_timeouts (void)
{
  static const gint64   timeouts[] = { TA_TIMEOUT_DEFAULT, -3, G_MININT32, G_MININT64 };
  g_autoptr (TaPromise) promise = NULL;
  g_autoptr (TaFuture)  future = new_future (&promise);
  g_autoptr (TaFuture)  done = new_done_future (1);

  for (guint i = 0; i < G_N_ELEMENTS (timeouts); i++)
    {
      g_autoptr (GError) error = NULL;
      GValue             value = G_VALUE_INIT;
      TestResult         result;

      g_assert_false (ta_future_wait (future, &value, timeouts[i], NULL, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
      test_assert_null_pointer (&value);
      g_value_unset (&value);
      g_clear_error (&error);

      /* A wrong argument is wrong, whether it would have been needed or not. */
      g_assert_false (ta_future_wait (done, &value, timeouts[i], NULL, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
      g_value_unset (&value);

      test_result_init (&result, NULL);
      TEST_OUTSIDE (&result,
                    ta_future_wait_async (future, timeouts[i], NULL, test_result_cb, &result));
      TEST_TURN_UNTIL (NULL, result.calls == 1);
      check_result (&result, future, 0, G_IO_ERROR_INVALID_ARGUMENT);
    }
}

/* One that was cancelled before gets nothing, even where there is something. */
static void
test_cancelled_before (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (TaFuture)     future = new_done_future (7);
  g_autoptr (GError)       error = NULL;
  GValue                   value = G_VALUE_INIT;
  TestResult               result;

  g_cancellable_cancel (cancellable);
  g_assert_false (ta_future_wait (future, &value, TA_TIMEOUT_INFINITE, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  test_assert_null_pointer (&value);

  test_result_init (&result, NULL);
  TEST_OUTSIDE (&result, ta_future_wait_async (future, TA_TIMEOUT_INFINITE, cancellable,
                                               test_result_cb, &result));
  TEST_TURN_UNTIL (NULL, result.calls == 1);
  check_result (&result, future, 0, G_IO_ERROR_CANCELLED);
}

static gpointer
cancel_thread (gpointer cancellable)
{
  g_cancellable_cancel (cancellable);

  return NULL;
}

static void
test_cancelled (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (TaPromise)    promise = NULL;
  g_autoptr (TaFuture)     future = new_future (&promise);
  g_autoptr (GError)       error = NULL;
  GValue                   value = G_VALUE_INIT;
  GThread                 *thread = g_thread_new ("canceller", cancel_thread, cancellable);
  TestResult               result;

  g_assert_false (ta_future_wait (future, &value, TEST_DEADLINE_US, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  test_assert_null_pointer (&value);
  g_thread_join (thread);

  g_cancellable_reset (cancellable);
  test_result_init (&result, NULL);
  TEST_OUTSIDE (&result,
                ta_future_wait_async (future, TEST_LONG_US, cancellable, test_result_cb, &result));
  test_thread_call ((TestFunc) g_cancellable_cancel, cancellable);
  TEST_TURN_UNTIL (NULL, result.calls == 1);
  check_result (&result, future, 0, G_IO_ERROR_CANCELLED);

  /* Those that were cancelled leave nothing behind that the return could trip over. */
  ta_promise_return_int (promise, 7);
  test_turn_all (NULL);
}

/* The outcome is decided by the return; what happens before the callback changes nothing. */
static void
test_cancel_after_return (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (TaPromise)    promise = NULL;
  g_autoptr (TaFuture)     future = new_future (&promise);
  TestResult               result;

  test_result_init (&result, NULL);
  TEST_OUTSIDE (&result,
                ta_future_wait_async (future, TEST_LONG_US, cancellable, test_result_cb, &result));
  ta_promise_return_int (promise, 7);
  g_cancellable_cancel (cancellable);
  TEST_TURN_UNTIL (NULL, result.calls == 1);
  check_result (&result, future, 7, -1);
}

/* A pending wait keeps its future, and the future's main context is a construction parameter. */
static void
test_kept_alive (void)
{
  TaPromise *promise;
  TaFuture  *future = new_future (&promise);
  TestResult result;

  g_object_add_weak_pointer (G_OBJECT (future), (gpointer *) &future);
  test_result_init (&result, NULL);
  TEST_OUTSIDE (&result,
                ta_future_wait_async (future, TEST_LONG_US, NULL, test_result_cb, &result));
  g_object_unref (future);
  TEST_OUTSIDE (&result, ta_promise_return_int (promise, 7));
  ta_promise_unref (promise);
  g_assert_nonnull (future);

  TEST_TURN_UNTIL (NULL, result.calls == 1);
  check_result (&result, future, 7, -1);
  test_turn_all (NULL);
  g_assert_null (future);
}

static void
test_main_context (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GMainContext) got = NULL;
  g_autoptr (TaPromise)    promise = NULL;
  g_autoptr (TaFuture)     future = NULL;

  g_main_context_push_thread_default (context);
  future = new_future (&promise);
  g_main_context_pop_thread_default (context);

  g_assert_true (ta_future_get_main_context (future) == context);
  g_object_get (future, "main-context", &got, NULL);
  g_assert_true (got == context);
}

static void
test_bad_input (void)
{
  g_autoptr (TaFuture) future = new_done_future (1);
  g_autoptr (TaFuture) other = new_done_future (2);
  g_autoptr (GObject)  object = G_OBJECT (g_cancellable_new ());
  GValue               value = G_VALUE_INIT;
  TestResult           result;

  test_expect_critical ("*TA_IS_FUTURE*");
  g_assert_false (ta_future_get_done (NULL));
  test_expect_critical ("*TA_IS_FUTURE*");
  g_assert_false (ta_future_try_wait ((TaFuture *) object, &value, NULL));
  test_expect_critical ("*TA_IS_FUTURE*");
  g_assert_false (ta_future_wait (NULL, &value, 0, NULL, NULL));
  test_expect_critical ("*TA_IS_FUTURE*");
  ta_future_wait_async (NULL, 0, NULL, NULL, NULL);
  g_test_assert_expected_messages ();

  /* The result of one future is not the result of another, nor of another operation. */
  test_result_init (&result, NULL);
  TEST_OUTSIDE (&result, ta_future_wait_async (other, 0, NULL, test_result_cb, &result));
  TEST_TURN_UNTIL (NULL, result.calls == 1);
  test_expect_critical ("*");
  g_assert_false (ta_future_wait_finish (future, result.result, NULL, NULL));
  g_test_assert_expected_messages ();
  check_result (&result, other, 2, -1);
}

int
main (int argc, char *argv[])
{
  test_init (&argc, &argv);

  test_add ("/future/pending", test_pending);
  test_add ("/future/copies", test_copies);
  test_add ("/future/wait", test_wait);
  test_add ("/future/longest-wait", test_longest_wait);
  test_add ("/future/wait-async", test_wait_async);
  test_add ("/future/timed-out", test_timed_out);
  test_add ("/future/invalid-timeouts", test_invalid_timeouts);
  test_add ("/future/cancelled-before", test_cancelled_before);
  test_add ("/future/cancelled", test_cancelled);
  test_add ("/future/cancel-after-return", test_cancel_after_return);
  test_add ("/future/kept-alive", test_kept_alive);
  test_add ("/future/main-context", test_main_context);
  test_add ("/future/bad-input", test_bad_input);

  return g_test_run ();
}
