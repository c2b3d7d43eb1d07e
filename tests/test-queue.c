/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * What a queue does for a single thread, and what it says to input that makes no sense.
 */

#include "test-party.h"

static void
test_new (void)
{
  g_autoptr (TaQueue)      queue = ta_queue_new (0);
  g_autoptr (GMainContext) context = NULL;
  g_autofree char         *name = NULL;
  guint                    capacity = 1;
  guint                    length = 1;
  GType                    item_type = G_TYPE_INT;
  gboolean                 is_empty = FALSE;
  gboolean                 is_full = TRUE;
  gboolean                 closed = TRUE;

  g_object_get (queue, "name", &name, "capacity", &capacity, "item-type", &item_type,
                "main-context", &context, "length", &length, "is-empty", &is_empty, "is-full",
                &is_full, "closed", &closed, NULL);
  g_assert_null (name);
  g_assert_cmpuint (capacity, ==, 0);
  g_assert_true (item_type == G_TYPE_NONE);
  g_assert_true (context == g_main_context_default ());
  g_assert_cmpuint (length, ==, 0);
  g_assert_true (is_empty);
  g_assert_false (is_full);
  g_assert_false (closed);

  g_assert_false (ta_queue_get_is_full (queue));
  test_queue_check_empty (queue);
  test_queue_put (queue, 1);
  g_object_get (queue, "length", &length, "is-empty", &is_empty, NULL);
  g_assert_cmpuint (length, ==, 1);
  g_assert_false (is_empty);
}

static void
test_properties (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (TaQueue)      queue =
      g_object_new (TA_TYPE_QUEUE, "name", "jobs", "capacity", 3u, "item-type", G_TYPE_STRING,
                    "main-context", context, NULL);
  g_autofree GParamSpec **pspecs = NULL;
  guint                   n_pspecs = 0;

  g_assert_cmpstr (ta_queue_get_name (queue), ==, "jobs");
  g_assert_cmpuint (ta_queue_get_capacity (queue), ==, 3);
  g_assert_true (ta_queue_get_item_type (queue) == G_TYPE_STRING);
  g_assert_true (ta_queue_get_main_context (queue) == context);

  /* A g_object_set() in a thread would notify there, so there is nothing that it could set. */
  pspecs = g_object_class_list_properties (G_OBJECT_GET_CLASS (queue), &n_pspecs);
  g_assert_cmpuint (n_pspecs, ==, 8);
  for (guint i = 0; i < n_pspecs; i++)
    {
      g_assert_true (pspecs[i]->flags & G_PARAM_READABLE);
      g_assert_true (pspecs[i]->flags & G_PARAM_CONSTRUCT_ONLY ||
                     !(pspecs[i]->flags & G_PARAM_WRITABLE));
    }
}

/* The queue belongs to the context that was thread-default where it was made. */
static void
test_main_context (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (TaQueue)      queue = NULL;

  g_main_context_push_thread_default (context);
  queue = ta_queue_new (1);
  g_main_context_pop_thread_default (context);
  g_assert_true (ta_queue_get_main_context (queue) == context);
}

/* Against a list that is known to be right, over many times the length of any block of memory. */
static void
test_in_order (void)
{
  g_autoptr (TaQueue) queue = ta_queue_new (0);
  gint64              n_put = 0, n_got = 0;

  for (guint round = 0; round < 1000; round++)
    {
      int n = g_test_rand_int_range (0, 300);

      for (int i = 0; i < n; i++)
        test_queue_put (queue, n_put++);
      g_assert_cmpuint (ta_queue_get_length (queue), ==, n_put - n_got);

      n = g_test_rand_int_range (0, 300);
      for (int i = 0; i < n && n_got < n_put; i++)
        g_assert_cmpint (test_queue_get (queue), ==, n_got++);
      g_assert_cmpuint (ta_queue_get_length (queue), ==, n_put - n_got);
      g_assert_true (ta_queue_get_is_empty (queue) == (n_put == n_got));
    }

  while (n_got < n_put)
    g_assert_cmpint (test_queue_get (queue), ==, n_got++);
  test_queue_check_empty (queue);
}

static void
check_no_space (TaQueue *queue)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (ta_queue_get_is_full (queue));
  g_assert_false (ta_queue_try_put (queue, TA_VALUE_INT (0), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
  g_clear_error (&error);
  g_assert_false (ta_queue_put_wait (queue, TA_VALUE_INT (0), 0, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);

  /* The error is optional. */
  g_assert_false (ta_queue_try_put (queue, TA_VALUE_INT (0), NULL));
  g_assert_false (ta_queue_put_wait (queue, TA_VALUE_INT (0), 0, NULL, NULL));
}

static void
test_capacity (void)
{
  static const guint capacities[] = { 1, 2, 63, 64, 65, 1000 };

  for (guint i = 0; i < G_N_ELEMENTS (capacities); i++)
    {
      guint               capacity = capacities[i];
      g_autoptr (TaQueue) queue = ta_queue_new (capacity);
      gint64              n_put = 0, n_got = 0;
      gboolean            is_full = FALSE;

      for (guint round = 0; round < 5; round++)
        {
          while (n_put < n_got + capacity)
            {
              g_assert_false (ta_queue_get_is_full (queue));
              test_queue_put (queue, n_put++);
            }
          g_assert_cmpuint (ta_queue_get_length (queue), ==, capacity);
          g_object_get (queue, "is-full", &is_full, NULL);
          g_assert_true (is_full);
          check_no_space (queue);
          g_assert_cmpuint (ta_queue_get_length (queue), ==, capacity);
          g_assert_cmpint (test_queue_get (queue), ==, n_got++);
          g_assert_false (ta_queue_get_is_full (queue));
          g_assert_cmpuint (ta_queue_get_length (queue), ==, capacity - 1);
        }

      while (n_got < n_put)
        g_assert_cmpint (test_queue_get (queue), ==, n_got++);
      test_queue_check_empty (queue);
    }
}

/* Without a capacity, and with the largest, there is space for as long as there is memory. */
static void
test_no_capacity (void)
{
  static const guint capacities[] = { 0, G_MAXUINT };

  for (guint i = 0; i < G_N_ELEMENTS (capacities); i++)
    {
      g_autoptr (TaQueue) queue = ta_queue_new (capacities[i]);

      g_assert_cmpuint (ta_queue_get_capacity (queue), ==, capacities[i]);
      for (gint64 number = 0; number < 100000; number++)
        test_queue_put (queue, number);
      g_assert_false (ta_queue_get_is_full (queue));
      g_assert_true (ta_queue_put_wait (queue, TA_VALUE_INT (100000), 0, NULL, NULL));
      g_assert_cmpuint (ta_queue_get_length (queue), ==, 100001);
      for (gint64 number = 0; number <= 100000; number++)
        g_assert_cmpint (test_queue_get (queue), ==, number);
      test_queue_check_empty (queue);
    }
}

static GError *
put (TaQueue *queue, const GValue *value, gint64 timeout_us, GCancellable *cancellable)
{
  GError    *error = NULL;
  GError    *async_error = NULL;
  gboolean   succeeded;
  TestResult result;

  succeeded = ta_queue_put_wait (queue, value, timeout_us, cancellable, &error);
  g_assert_true (succeeded == (error == NULL));

  test_result_init (&result, NULL);
  TEST_OUTSIDE (
      &result, ta_queue_put_async (queue, value, timeout_us, cancellable, test_result_cb, &result));
  TEST_TURN_UNTIL (NULL, result.calls == 1);
  g_assert_true (result.source == G_OBJECT (queue));
  succeeded = ta_queue_put_finish (queue, result.result, &async_error);
  g_assert_true (succeeded == (async_error == NULL));
  test_result_clear (&result);

  /* The two forms agree. */
  g_assert_true ((error == NULL) == (async_error == NULL));
  if (error != NULL)
    g_assert_cmpstr (error->message, ==, async_error->message);
  g_clear_error (&async_error);

  return error;
}

/* Gets nothing, in both forms; returns the error. */
static GError *
fail_to_get (TaQueue *queue, gint64 timeout_us, GCancellable *cancellable)
{
  GError    *error = NULL;
  GError    *async_error = NULL;
  GValue     value = G_VALUE_INIT;
  TestResult result;

  g_assert_false (ta_queue_get_wait (queue, &value, timeout_us, cancellable, &error));
  test_assert_null_pointer (&value);
  g_value_unset (&value);
  g_assert_false (ta_queue_get_wait (queue, NULL, timeout_us, cancellable, NULL));

  test_result_init (&result, NULL);
  TEST_OUTSIDE (&result,
                ta_queue_get_async (queue, timeout_us, cancellable, test_result_cb, &result));
  TEST_TURN_UNTIL (NULL, result.calls == 1);
  g_assert_true (result.source == G_OBJECT (queue));
  g_assert_false (ta_queue_get_finish (queue, result.result, &value, &async_error));
  test_assert_null_pointer (&value);
  g_value_unset (&value);
  g_assert_false (ta_queue_get_finish (queue, result.result, NULL, NULL));
  test_result_clear (&result);

  g_assert_nonnull (error);
  g_assert_error (async_error, error->domain, error->code);
  g_assert_cmpstr (error->message, ==, async_error->message);
  g_clear_error (&async_error);

  return error;
}

/* A put that finds space and a get that finds an item do not wait, in whichever form. */
static void
test_without_waiting (void)
{
  g_autoptr (TaQueue) queue = ta_queue_new (2);
  g_autoptr (GError)  error = put (queue, TA_VALUE_INT (1), 0, NULL);
  GValue              value = G_VALUE_INIT;
  TestResult          result;

  g_assert_no_error (error);
  g_assert_true (ta_queue_get_is_full (queue));

  g_assert_true (ta_queue_get_wait (queue, &value, 0, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (test_take_number (&value), ==, 1);

  test_result_init (&result, NULL);
  TEST_OUTSIDE (&result, ta_queue_get_async (queue, 0, NULL, test_result_cb, &result));
  TEST_TURN_UNTIL (NULL, result.calls == 1);
  g_assert_true (ta_queue_get_finish (queue, result.result, &value, &error));
  g_assert_no_error (error);
  g_assert_cmpint (test_take_number (&value), ==, 1);
  test_result_clear (&result);
  test_queue_check_empty (queue);

  /* The value is optional. */
  test_queue_put (queue, 2);
  g_assert_true (ta_queue_try_get (queue, NULL, &error));
  test_queue_put (queue, 3);
  g_assert_true (ta_queue_get_wait (queue, NULL, TA_TIMEOUT_INFINITE, NULL, &error));
  test_queue_check_empty (queue);
}

static void
test_item_type (void)
{
  g_autoptr (TaQueue) files =
      g_object_new (TA_TYPE_QUEUE, "name", "files", "item-type", G_TYPE_FILE, NULL);
  g_autoptr (TaQueue) numbers = g_object_new (TA_TYPE_QUEUE, "item-type", G_TYPE_INT64, NULL);
  g_autoptr (GFile)   file = g_file_new_for_path ("/");
  g_autoptr (GObject) other = g_object_new (G_TYPE_OBJECT, NULL);
  const GValue       *wrong[] = { TA_VALUE_OBJECT (other), TA_VALUE_OBJECT (NULL), TA_VALUE_INT (1),
                                  TA_VALUE_STRING ("/"), NULL };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (ta_queue_try_put (files, wrong[i], &error));
      g_assert_error (error, TA_ERROR, TA_ERROR_WRONG_TYPE);
      test_assert_message_has (error, "files");
      test_assert_message_has (error, "GFile");
      g_clear_error (&error);
      error = put (files, wrong[i], 0, NULL);
      g_assert_error (error, TA_ERROR, TA_ERROR_WRONG_TYPE);
    }
  test_queue_check_empty (files);

  /* What is derived from the type, or implements it, is of the type. */
  g_assert_true (ta_queue_try_put (files, TA_VALUE_OBJECT (file), NULL));
  g_assert_null (put (files, TA_VALUE_OBJECT (file), 0, NULL));
  g_assert_cmpuint (ta_queue_get_length (files), ==, 3);

  g_assert_true (ta_queue_try_put (numbers, TA_VALUE_INT (5), NULL));
  g_assert_false (ta_queue_try_put (numbers, TA_VALUE_DOUBLE (5), NULL));
  g_assert_false (ta_queue_try_put (numbers, TA_VALUE_BOOLEAN (TRUE), NULL));
  g_assert_cmpuint (ta_queue_get_length (numbers), ==, 1);
}

/* One that has no type cannot be told from one that was forgotten. */
static void
test_unset_value (void)
{
  g_autoptr (TaQueue) queue = ta_queue_new (1);
  g_autoptr (GError)  error = NULL;
  GValue              unset = G_VALUE_INIT;

  g_assert_false (ta_queue_try_put (queue, &unset, &error));
  g_assert_error (error, TA_ERROR, TA_ERROR_WRONG_TYPE);
  g_clear_error (&error);
  g_assert_false (ta_queue_try_put (queue, &unset, NULL));
  error = put (queue, &unset, TEST_LONG_US, NULL);
  g_assert_error (error, TA_ERROR, TA_ERROR_WRONG_TYPE);
  test_queue_check_empty (queue);
}

static void
test_close (void)
{
  g_autoptr (TaQueue) queue = g_object_new (TA_TYPE_QUEUE, "name", "closing", "capacity", 3u, NULL);
  g_autoptr (GError)  error = NULL;
  gboolean            closed = FALSE;

  test_queue_put (queue, 1);
  test_queue_put (queue, 2);
  ta_queue_close (queue);
  g_assert_true (ta_queue_get_closed (queue));
  g_object_get (queue, "closed", &closed, NULL);
  g_assert_true (closed);

  /* To close it twice does nothing; whether there is space or not, nothing goes in. */
  for (gint64 number = 1; number <= 3; number++)
    {
      ta_queue_close (queue);
      g_assert_false (ta_queue_try_put (queue, TA_VALUE_INT (5), &error));
      g_assert_error (error, TA_ERROR, TA_ERROR_CLOSED);
      test_assert_message_has (error, "closing");
      g_clear_error (&error);
      error = put (queue, TA_VALUE_INT (5), TEST_LONG_US, NULL);
      g_assert_error (error, TA_ERROR, TA_ERROR_CLOSED);
      test_assert_message_has (error, "closing");
      g_clear_error (&error);

      /* What is in there can be got. */
      if (number < 3)
        g_assert_cmpint (test_queue_get (queue), ==, number);
    }

  test_queue_check_empty (queue);
  error = fail_to_get (queue, TEST_LONG_US, NULL);
  g_assert_error (error, TA_ERROR, TA_ERROR_CLOSED);
  test_assert_message_has (error, "closing");
}

/* A wrong argument is wrong, whether it would have been needed or not. */
static void
test_invalid_timeouts (void)
{
  static const gint64 timeouts[] = { TA_TIMEOUT_DEFAULT, -3, G_MININT32, G_MININT64 };
  g_autoptr (TaQueue) queue = ta_queue_new (2);

  test_queue_put (queue, 1);
  for (guint i = 0; i < G_N_ELEMENTS (timeouts); i++)
    {
      g_autoptr (GError) error = fail_to_get (queue, timeouts[i], NULL);

      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
      g_clear_error (&error);
      error = put (queue, TA_VALUE_INT (2), timeouts[i], NULL);
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
    }
  g_assert_cmpint (test_queue_get (queue), ==, 1);
  test_queue_check_empty (queue);
}

/* One that was cancelled before gets nothing and puts nothing, even where it need not wait. */
static void
test_cancelled_before (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (TaQueue)      queue = ta_queue_new (2);
  g_autoptr (GError)       error = NULL;

  g_cancellable_cancel (cancellable);
  test_queue_put (queue, 1);
  error = fail_to_get (queue, TA_TIMEOUT_INFINITE, cancellable);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  error = put (queue, TA_VALUE_INT (2), TA_TIMEOUT_INFINITE, cancellable);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_cmpint (test_queue_get (queue), ==, 1);
  test_queue_check_empty (queue);

  /* Nor where it is over already. */
  ta_queue_close (queue);
  error = fail_to_get (queue, TA_TIMEOUT_INFINITE, cancellable);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* The result of one call is that of no other, and an item can be had once. */
static void
test_foreign_results (void)
{
  g_autoptr (TaQueue) queue = ta_queue_new (0);
  g_autoptr (TaQueue) other = ta_queue_new (0);
  GValue              value = G_VALUE_INIT;
  TestResult          result;

  test_queue_put (queue, 1);
  test_result_init (&result, NULL);
  TEST_OUTSIDE (&result, ta_queue_get_async (queue, 0, NULL, test_result_cb, &result));
  TEST_TURN_UNTIL (NULL, result.calls == 1);

  test_expect_critical ("*");
  g_assert_false (ta_queue_get_finish (other, result.result, &value, NULL));
  test_assert_null_pointer (&value);
  test_expect_critical ("*");
  g_assert_false (ta_queue_put_finish (queue, result.result, NULL));

  g_assert_true (ta_queue_get_finish (queue, result.result, &value, NULL));
  g_assert_cmpint (test_take_number (&value), ==, 1);
  test_expect_critical ("*");
  g_assert_false (ta_queue_get_finish (queue, result.result, &value, NULL));
  test_assert_null_pointer (&value);
  g_test_assert_expected_messages ();
  test_result_clear (&result);
}

static void
test_no_queue (void)
{
  g_autoptr (GObject) object = g_object_new (G_TYPE_OBJECT, NULL);
  TaQueue            *none[] = { NULL, (TaQueue *) object };

  for (guint i = 0; i < G_N_ELEMENTS (none); i++)
    {
      GValue value = G_VALUE_INIT;

      for (guint n = 0; n < 8; n++)
        test_expect_critical ("*TA_IS_QUEUE*");
      g_assert_false (ta_queue_try_put (none[i], TA_VALUE_INT (1), NULL));
      g_assert_false (ta_queue_put_wait (none[i], TA_VALUE_INT (1), 0, NULL, NULL));
      ta_queue_put_async (none[i], TA_VALUE_INT (1), 0, NULL, NULL, NULL);
      g_assert_false (ta_queue_try_get (none[i], &value, NULL));
      test_assert_null_pointer (&value);
      g_assert_false (ta_queue_get_wait (none[i], NULL, 0, NULL, NULL));
      ta_queue_get_async (none[i], 0, NULL, NULL, NULL);
      ta_queue_close (none[i]);
      g_assert_false (ta_queue_get_closed (none[i]));
      g_test_assert_expected_messages ();
    }
}

int
main (int argc, char *argv[])
{
  test_init (&argc, &argv);

  test_add ("/queue/new", test_new);
  test_add ("/queue/properties", test_properties);
  test_add ("/queue/main-context", test_main_context);
  test_add ("/queue/in-order", test_in_order);
  test_add ("/queue/capacity", test_capacity);
  test_add ("/queue/no-capacity", test_no_capacity);
  test_add ("/queue/without-waiting", test_without_waiting);
  test_add ("/queue/item-type", test_item_type);
  test_add ("/queue/unset-value", test_unset_value);
  test_add ("/queue/close", test_close);
  test_add ("/queue/invalid-timeouts", test_invalid_timeouts);
  test_add ("/queue/cancelled-before", test_cancelled_before);
  test_add ("/queue/foreign-results", test_foreign_results);
  test_add ("/queue/no-queue", test_no_queue);

  return g_test_run ();
}
