/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The headers, and what is in them for the length of a call, in C++. */

#include <string>

#include <threaded-async.h>

static const gint64 LIMIT_US = 60 * G_USEC_PER_SEC;

/* Puts a value, and returns what comes out, as text that is compared. */
static std::string
pass (const GValue *value)
{
  g_autoptr (TaQueue) queue = ta_queue_new (0);
  g_autoptr (GError)  error = nullptr;
  g_auto (GValue)     taken = G_VALUE_INIT;

  g_assert_true (ta_queue_try_put (queue, value, &error));
  g_assert_no_error (error);
  g_assert_true (ta_queue_try_get (queue, &taken, &error));
  g_assert_no_error (error);

  g_autofree char *contents = g_strdup_value_contents (&taken);
  return std::string (G_VALUE_TYPE_NAME (&taken)) + " " + contents;
}

static void
test_values ()
{
  g_autoptr (GCancellable) object = g_cancellable_new ();
  const std::string        text = "text";

  g_assert_true (pass (TA_VALUE_BOOLEAN (TRUE)) == "gboolean TRUE");
  g_assert_true (pass (TA_VALUE_BOOLEAN (2)) == "gboolean TRUE");
  g_assert_true (pass (TA_VALUE_INT (-5)) == "gint64 -5");
  g_assert_true (pass (TA_VALUE_INT (G_MAXINT64)) == "gint64 9223372036854775807");
  g_assert_true (pass (TA_VALUE_DOUBLE (0.5)) == "gdouble 0.500000");
  g_assert_true (pass (TA_VALUE_STRING (text.c_str ())) == "gchararray \"text\"");
  g_assert_true (pass (TA_VALUE_STRING (std::string (1000, 'x').c_str ())).length () == 1013);
  g_assert_true (pass (TA_VALUE_STRING (nullptr)) == "gchararray NULL");
  g_assert_true (pass (TA_VALUE_OBJECT (object)).find ("GCancellable ") == 0);
  g_assert_true (pass (TA_VALUE_OBJECT (nullptr)) == "GObject NULL");

  /* Only the queue had a reference, for as long as the object was in it. */
  g_assert_cmpuint (G_OBJECT (object)->ref_count, ==, 1);
}

/* Several in one expression are values of their own. */
static void
test_one_expression ()
{
  const auto sum = [] (const GValue *a, const GValue *b) {
    return g_value_get_int64 (a) * 10 + g_value_get_int64 (b);
  };

  g_assert_cmpint (sum (TA_VALUE_INT (1), TA_VALUE_INT (2)), ==, 12);
}

static void
answer (TaTask *task, gpointer data)
{
  g_autoptr (TaPromise) promise = ta_task_take_promise (task);

  ta_promise_return_value (promise, TA_VALUE_INT (*static_cast<int *> (data)));
}

static void
test_task ()
{
  g_autoptr (TaRunner) runner = ta_runner_new ("c++");
  g_autoptr (GError)   error = nullptr;
  g_auto (GValue)      value = G_VALUE_INIT;
  int                  number = 42;
  gint64               result = 0;

  g_assert_true (ta_runner_start (runner, &error));
  g_assert_no_error (error);

  g_autoptr (TaTask) task = ta_runner_create_task (runner, answer, &number, nullptr);
  g_assert_true (ta_future_wait (TA_FUTURE (task), &value, LIMIT_US, nullptr, &error));
  g_assert_no_error (error);
  g_assert_true (ta_value_take_int (&value, &result, &error));
  g_assert_no_error (error);
  g_assert_cmpint (result, ==, 42);

  g_assert_true (ta_runner_stop (runner, LIMIT_US, nullptr, &error));
  g_assert_no_error (error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, nullptr);

  g_test_add_func ("/c++/values", test_values);
  g_test_add_func ("/c++/one-expression", test_one_expression);
  g_test_add_func ("/c++/task", test_task);

  return g_test_run ();
}
