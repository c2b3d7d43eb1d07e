/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "test-util.h"

static TaFuture *
new_future (TaPromise **promise)
{
  TaFuture *future;

  *promise = ta_promise_new ();
  future = ta_promise_get_future (*promise);
  g_assert_true (TA_IS_FUTURE (future));
  g_assert_false (ta_future_get_done (future));

  return future;
}

/* Takes the value of a future that must have one, of just this type. */
static void
take_value (TaFuture *future, GType type, GValue *value)
{
  GError  *error = NULL;
  gboolean taken;

  g_assert_true (ta_future_get_done (future));
  taken = ta_future_try_wait (future, value, &error);
  g_assert_no_error (error);
  g_assert_true (taken);
  g_assert_cmpstr (G_VALUE_TYPE_NAME (value), ==, g_type_name (type));
}

static void
check_error (TaFuture *future, GQuark domain, int code, const char *message)
{
  GValue             value = G_VALUE_INIT;
  g_autoptr (GError) error = NULL;

  g_assert_true (ta_future_get_done (future));
  g_assert_false (ta_future_try_wait (future, &value, &error));
  g_assert_error (error, domain, code);
  if (message != NULL)
    g_assert_cmpstr (error->message, ==, message);
  test_assert_null_pointer (&value);
}

static void
test_return_types (void)
{
  TaPromise          *promise;
  TaFuture           *future;
  GValue              value = G_VALUE_INIT;
  GValue              given = G_VALUE_INIT;
  g_autoptr (GObject) object = G_OBJECT (g_cancellable_new ());

  future = new_future (&promise);
  ta_promise_return_boolean (promise, TRUE);
  take_value (future, G_TYPE_BOOLEAN, &value);
  g_assert_true (g_value_get_boolean (&value));
  g_value_unset (&value);
  g_object_unref (future);
  ta_promise_unref (promise);

  future = new_future (&promise);
  ta_promise_return_int (promise, G_MININT64);
  take_value (future, G_TYPE_INT64, &value);
  g_assert_cmpint (g_value_get_int64 (&value), ==, G_MININT64);
  g_value_unset (&value);
  g_object_unref (future);
  ta_promise_unref (promise);

  future = new_future (&promise);
  ta_promise_return_double (promise, 2.5);
  take_value (future, G_TYPE_DOUBLE, &value);
  g_assert_cmpfloat (g_value_get_double (&value), ==, 2.5);
  g_value_unset (&value);
  g_object_unref (future);
  ta_promise_unref (promise);

  future = new_future (&promise);
  ta_promise_return_object (promise, object);
  take_value (future, G_TYPE_CANCELLABLE, &value);
  g_assert_true (g_value_get_object (&value) == object);
  g_value_unset (&value);
  g_object_unref (future);
  ta_promise_unref (promise);

  future = new_future (&promise);
  ta_promise_return_value (promise, NULL);
  take_value (future, G_TYPE_POINTER, &value);
  test_assert_null_pointer (&value);
  g_value_unset (&value);
  g_object_unref (future);
  ta_promise_unref (promise);

  future = new_future (&promise);
  g_value_init (&given, G_TYPE_DATE_TIME);
  ta_promise_return_value (promise, &given);
  take_value (future, G_TYPE_DATE_TIME, &value);
  g_value_unset (&value);
  g_value_unset (&given);
  g_object_unref (future);
  ta_promise_unref (promise);

  /* The object belonged to no one but this function and the futures that are gone. */
  g_assert_cmpuint (object->ref_count, ==, 1);
}

/* The string is copied: the caller may do with it what it wants. */
static void
test_return_string (void)
{
  TaPromise *promise;
  TaFuture  *future = new_future (&promise);
  GValue     value = G_VALUE_INIT;
  char       buffer[] = "before";

  ta_promise_return_string (promise, buffer);
  buffer[0] = 'B';
  take_value (future, G_TYPE_STRING, &value);
  g_assert_cmpstr (g_value_get_string (&value), ==, "before");
  g_value_unset (&value);
  g_object_unref (future);
  ta_promise_unref (promise);

  future = new_future (&promise);
  ta_promise_return_string (promise, NULL);
  take_value (future, G_TYPE_STRING, &value);
  g_assert_null (g_value_get_string (&value));
  g_value_unset (&value);
  g_object_unref (future);
  ta_promise_unref (promise);
}

static void
test_return_errors (void)
{
  TaPromise *promise;
  TaFuture  *future;

  future = new_future (&promise);
  ta_promise_return_error (promise, g_error_new (G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "gone"));
  check_error (future, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "gone");
  check_error (future, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "gone");
  g_object_unref (future);
  ta_promise_unref (promise);

  future = new_future (&promise);
  ta_promise_return_new_error (promise, G_IO_ERROR, G_IO_ERROR_EXISTS, "%s is %d", "it", 7);
  check_error (future, G_IO_ERROR, G_IO_ERROR_EXISTS, "it is 7");
  g_object_unref (future);
  ta_promise_unref (promise);

  future = new_future (&promise);
  ta_promise_return_new_error_literal (promise, G_IO_ERROR, G_IO_ERROR_BUSY, "100%s");
  check_error (future, G_IO_ERROR, G_IO_ERROR_BUSY, "100%s");
  g_object_unref (future);
  ta_promise_unref (promise);

  future = new_future (&promise);
  ta_promise_return_failed (promise, "%n went wrong");
  check_error (future, TA_ERROR, TA_ERROR_FAILED, "%n went wrong");
  g_object_unref (future);
  ta_promise_unref (promise);
}

/* A return lets go of the future, so that the two never keep each other alive. */
static void
test_return_releases_future (void)
{
  g_autoptr (TaPromise) promise = NULL;
  TaFuture             *future = new_future (&promise);
  TaFuture             *again = ta_promise_get_future (promise);

  g_assert_true (again == future);
  g_object_unref (again);
  g_object_add_weak_pointer (G_OBJECT (future), (gpointer *) &future);

  ta_promise_return_int (promise, 1);
  g_assert_null (ta_promise_get_future (promise));
  g_assert_nonnull (future);
  g_object_unref (future);
  g_assert_null (future);
}

/* Only the last reference counts, whichever thread it goes in. */
static void
test_dropped (void)
{
  TaPromise *promise;
  TaFuture  *future = new_future (&promise);
  TaPromise *other = ta_promise_ref (promise);
  TaPromise *third = g_boxed_copy (TA_TYPE_PROMISE, promise);

  g_assert_true (other == promise);
  g_assert_true (third == promise);

  ta_promise_unref (promise);
  g_boxed_free (TA_TYPE_PROMISE, third);
  g_assert_false (ta_future_get_done (future));
  test_thread_call ((TestFunc) ta_promise_unref, other);
  check_error (future, TA_ERROR, TA_ERROR_DROPPED, NULL);
  g_object_unref (future);
}

static void
check_second_return (TaFuture *future)
{
  GValue value = G_VALUE_INIT;

  g_test_assert_expected_messages ();
  take_value (future, G_TYPE_INT64, &value);
  g_assert_cmpint (g_value_get_int64 (&value), ==, 1);
  g_value_unset (&value);
  test_expect_critical ("*");
}

/* Returning twice is a bug of the program: a critical, and the first result stays. */
static void
test_second_return (void)
{
  g_autoptr (TaPromise) promise = NULL;
  g_autoptr (TaFuture)  future = new_future (&promise);
  g_autoptr (GObject)   object = G_OBJECT (g_cancellable_new ());
  GValue                value = G_VALUE_INIT;

  g_value_init (&value, G_TYPE_INT);
  ta_promise_return_int (promise, 1);

  test_expect_critical ("*");
  ta_promise_return_int (promise, 2);
  check_second_return (future);
  ta_promise_return_boolean (promise, TRUE);
  check_second_return (future);
  ta_promise_return_double (promise, 2.0);
  check_second_return (future);
  ta_promise_return_string (promise, "2");
  check_second_return (future);
  ta_promise_return_object (promise, object);
  check_second_return (future);
  ta_promise_return_value (promise, &value);
  check_second_return (future);
  ta_promise_return_error (promise, g_error_new (TA_ERROR, TA_ERROR_FAILED, "two"));
  check_second_return (future);
  ta_promise_return_new_error (promise, TA_ERROR, TA_ERROR_FAILED, "%d", 2);
  check_second_return (future);
  ta_promise_return_new_error_literal (promise, TA_ERROR, TA_ERROR_FAILED, "two");
  check_second_return (future);
  ta_promise_return_failed (promise, "two");
  g_test_assert_expected_messages ();

  g_assert_cmpuint (object->ref_count, ==, 1);
}

static void
test_try_return (void)
{
  g_autoptr (TaPromise) promise = NULL;
  g_autoptr (TaFuture)  future = new_future (&promise);
  g_autoptr (GError)    error = NULL;
  GValue                value = G_VALUE_INIT;

  g_value_init (&value, G_TYPE_INT);
  g_value_set_int (&value, 3);
  g_assert_true (ta_promise_try_return_value (promise, &value, &error));
  g_assert_no_error (error);

  g_value_set_int (&value, 4);
  g_assert_false (ta_promise_try_return_value (promise, &value, &error));
  g_assert_error (error, TA_ERROR, TA_ERROR_ALREADY_DONE);
  g_value_unset (&value);

  take_value (future, G_TYPE_INT, &value);
  g_assert_cmpint (g_value_get_int (&value), ==, 3);
  g_value_unset (&value);
}

typedef struct
{
  TaPromise *promise;
  TestGate  *start;
  int        number;
  gboolean   won;
} Contender;

static gpointer
contend (gpointer data)
{
  Contender         *self = data;
  g_autoptr (GError) error = NULL;
  GValue             value = G_VALUE_INIT;

  g_value_init (&value, G_TYPE_INT);
  g_value_set_int (&value, self->number);
  test_gate_await (self->start, 1);
  self->won = ta_promise_try_return_value (self->promise, &value, &error);
  if (!self->won)
    g_assert_error (error, TA_ERROR, TA_ERROR_ALREADY_DONE);

  return NULL;
}

/* Of many threads that return at the same time, one wins, and its value is the one seen. */
static void
test_race (void)
{
  for (guint i = 0; i < test_repeats (200); i++)
    {
      Contender             contenders[4];
      GThread              *threads[G_N_ELEMENTS (contenders)];
      g_autoptr (TaPromise) promise = NULL;
      g_autoptr (TaFuture)  future = new_future (&promise);
      TestGate              start;
      GValue                value = G_VALUE_INIT;
      int                   winner = -1;

      test_gate_init (&start);
      for (guint j = 0; j < G_N_ELEMENTS (contenders); j++)
        {
          contenders[j] = (Contender){ promise, &start, (int) j, FALSE };
          threads[j] = g_thread_new ("contender", contend, &contenders[j]);
        }

      test_gate_open (&start);
      for (guint j = 0; j < G_N_ELEMENTS (contenders); j++)
        {
          g_thread_join (threads[j]);
          if (!contenders[j].won)
            continue;
          g_assert_cmpint (winner, ==, -1);
          winner = (int) j;
        }
      test_gate_clear (&start);

      take_value (future, G_TYPE_INT, &value);
      g_assert_cmpint (g_value_get_int (&value), ==, winner);
      g_value_unset (&value);
    }
}

/* What belongs to a task does nothing on a promise without one. */
static void
test_without_task (void)
{
  g_autoptr (TaPromise) promise = NULL;
  g_autoptr (TaFuture)  future = new_future (&promise);

  g_assert_false (TA_IS_TASK (future));
  g_assert_null (ta_promise_get_cancellable (promise));
  ta_promise_set_progress (promise, 0.5);
  ta_promise_set_status (promise, "half");
  g_assert_false (ta_promise_return_error_if_cancelled (promise));
  g_assert_false (ta_future_get_done (future));
  ta_promise_return_boolean (promise, TRUE);
  g_assert_true (ta_future_get_done (future));
}

static void
test_bad_input (void)
{
  g_autoptr (TaPromise) promise = NULL;
  g_autoptr (TaFuture)  future = new_future (&promise);

  test_expect_critical ("*self*");
  g_assert_null (ta_promise_ref (NULL));
  test_expect_critical ("*self*");
  ta_promise_unref (NULL);
  test_expect_critical ("*self*");
  ta_promise_return_int (NULL, 1);
  test_expect_critical ("*self*");
  g_assert_null (ta_promise_get_future (NULL));
  test_expect_critical ("*self*");
  ta_promise_set_status (NULL, "none");
  g_test_assert_expected_messages ();

  /* No error, no message, no domain: refused, and the promise can still be used. */
  test_expect_critical ("*error*");
  ta_promise_return_error (promise, NULL);
  test_expect_critical ("*message*");
  ta_promise_return_failed (promise, NULL);
  test_expect_critical ("*domain*");
  ta_promise_return_new_error_literal (promise, 0, 1, "nothing");
  g_test_assert_expected_messages ();
  g_assert_false (ta_future_get_done (future));
}

int
main (int argc, char *argv[])
{
  test_init (&argc, &argv);

  test_add ("/promise/return-types", test_return_types);
  test_add ("/promise/return-string", test_return_string);
  test_add ("/promise/return-errors", test_return_errors);
  test_add ("/promise/return-releases-future", test_return_releases_future);
  test_add ("/promise/dropped", test_dropped);
  test_add ("/promise/second-return", test_second_return);
  test_add ("/promise/try-return", test_try_return);
  test_add ("/promise/race", test_race);
  test_add ("/promise/without-task", test_without_task);
  test_add ("/promise/bad-input", test_bad_input);

  return g_test_run ();
}
