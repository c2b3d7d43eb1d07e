/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "test-method-util.h"

#include "bindings/ta-probe.h"

Caller *
caller_new (void)
{
  Caller *self = g_new0 (Caller, 1);

  self->runner = test_runner_new_started ("method");
  self->cancellable = g_cancellable_new ();
  self->timeout_us = TEST_DEADLINE_US;
  test_result_init (&self->result, NULL);
  test_result_init (&self->second, NULL);

  return self;
}

void
caller_free (Caller *self)
{
  test_result_clear (&self->result);
  test_result_clear (&self->second);
  test_runner_stop (self->runner);
  g_object_unref (self->runner);
  g_object_unref (self->cancellable);
  g_free (self);
}

void
caller_start (Caller       *self,
              const GValue *target,
              const char   *method,
              const GValue *arguments,
              guint         n_arguments)
{
  test_result_clear (&self->result);
  test_result_init (&self->result, NULL);
  TEST_OUTSIDE (&self->result,
                ta_runner_call_method_async (self->runner, target, method, arguments, n_arguments,
                                             self->timeout_us, self->cancellable, test_result_cb,
                                             &self->result));
}

void
caller_wait (Caller *self)
{
  TEST_TURN_UNTIL (NULL, self->result.calls == 1);
}

/* Waits until so many of the runners' threads are blocked in ta_probe_wait(). */
void
caller_await_waiting (Caller *self, guint n)
{
  const gint64 deadline = g_get_monotonic_time () + TEST_DEADLINE_US;

  while (ta_probe_get_n_waiting () < n)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_thread_yield ();
    }
}

void
caller_call (Caller       *self,
             const GValue *target,
             const char   *method,
             const GValue *arguments,
             guint         n_arguments,
             GValue       *value)
{
  g_autoptr (GError) error = NULL;
  gboolean           called;

  caller_start (self, target, method, arguments, n_arguments);
  caller_wait (self);
  called = ta_runner_call_method_finish (self->runner, self->result.result, value, &error);
  g_assert_no_error (error);
  g_assert_true (called);
}

void
caller_expect_result (Caller *self, TestResult *result, GQuark domain, int code, const char *text)
{
  g_autoptr (GError) error = NULL;
  GValue             value = G_VALUE_INIT;

  g_assert_false (ta_runner_call_method_finish (self->runner, result->result, &value, &error));
  test_assert_null_pointer (&value);
  g_assert_error (error, domain, code);
  test_assert_message_has (error, text);
}

void
caller_expect (Caller *self, GQuark domain, int code, const char *text)
{
  caller_wait (self);
  caller_expect_result (self, &self->result, domain, code, text);
}

void
caller_refuse (Caller       *self,
               const GValue *target,
               const char   *method,
               const GValue *arguments,
               guint         n_arguments,
               GQuark        domain,
               int           code,
               const char   *text)
{
  caller_start (self, target, method, arguments, n_arguments);
  caller_expect (self, domain, code, text);
}

G_GNUC_BEGIN_IGNORE_DEPRECATIONS

guint
caller_count (const GValue *value)
{
  g_assert_true (G_VALUE_HOLDS (value, g_value_array_get_type ()));

  return ((GValueArray *) g_value_get_boxed (value))->n_values;
}

const GValue *
caller_nth (const GValue *value, guint i)
{
  return g_value_array_get_nth (g_value_get_boxed (value), i);
}

G_GNUC_END_IGNORE_DEPRECATIONS
