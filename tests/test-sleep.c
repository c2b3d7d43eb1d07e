/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "test-util.h"

static void
check_slept (TestResult *result)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (result->calls, ==, 1);
  g_assert_true (ta_sleep_finish (result->result, &error));
  g_assert_no_error (error);
  test_result_clear (result);
}

static void
check_failed (TestResult *result, int code)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (result->calls, ==, 1);
  g_assert_false (ta_sleep_finish (result->result, &error));
  g_assert_error (error, G_IO_ERROR, code);
  test_result_clear (result);
}

static void
test_short (void)
{
  TestResult result;
  gint64     start;

  for (gint64 duration = 0; duration < 10000; duration = duration * 2 + 1)
    {
      test_result_init (&result, NULL);
      start = g_get_monotonic_time ();
      TEST_OUTSIDE (&result, ta_sleep_async (duration, NULL, test_result_cb, &result));
      TEST_TURN_UNTIL (NULL, result.calls == 1);
      g_assert_cmpint (g_get_monotonic_time () - start, >=, duration);
      check_slept (&result);
    }
}

static void
test_invalid (void)
{
  static const gint64 durations[] = { TA_TIMEOUT_DEFAULT, -3, G_MININT64 };

  for (guint i = 0; i < G_N_ELEMENTS (durations); i++)
    {
      TestResult result;

      test_result_init (&result, NULL);
      TEST_OUTSIDE (&result, ta_sleep_async (durations[i], NULL, test_result_cb, &result));
      TEST_TURN_UNTIL (NULL, result.calls == 1);
      check_failed (&result, G_IO_ERROR_INVALID_ARGUMENT);
    }
}

/* A long sleep ends when it is cancelled, from wherever, and an endless one only then. */
static void
test_cancelled (void)
{
  static const gint64 durations[] = { 0, TEST_LONG_US, G_MAXINT64, TA_TIMEOUT_INFINITE };

  for (guint i = 0; i < G_N_ELEMENTS (durations); i++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      TestResult               result;

      if (durations[i] != 0)
        {
          test_result_init (&result, NULL);
          TEST_OUTSIDE (&result,
                        ta_sleep_async (durations[i], cancellable, test_result_cb, &result));
          test_turn_all (NULL);
          g_assert_cmpuint (result.calls, ==, 0);
          test_thread_call ((TestFunc) g_cancellable_cancel, cancellable);
          TEST_TURN_UNTIL (NULL, result.calls == 1);
          check_failed (&result, G_IO_ERROR_CANCELLED);
        }

      g_cancellable_cancel (cancellable);
      test_result_init (&result, NULL);
      TEST_OUTSIDE (&result, ta_sleep_async (durations[i], cancellable, test_result_cb, &result));
      TEST_TURN_UNTIL (NULL, result.calls == 1);
      check_failed (&result, G_IO_ERROR_CANCELLED);
    }
}

#define SLEEPS 10000
#define LONGEST_US 300000

typedef struct
{
  gint64 duration;
  gint64 before;
  gint64 after;
} Sleep;

typedef struct
{
  TestWitness witness;
  Sleep       sleeps[SLEEPS];
  guint       n_sleeps;
  guint       n_ended;
  gint64      last_earliest;
} Sleeps;

typedef struct
{
  Sleeps *sleeps;
  guint   number;
} OneSleep;

static void
one_sleep_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree OneSleep *one = data;
  Sleeps              *sleeps = one->sleeps;
  const Sleep         *sleep = &sleeps->sleeps[one->number];
  g_autoptr (GError)   error = NULL;

  g_assert_true (ta_sleep_finish (result, &error));
  g_assert_no_error (error);
  test_witness_see (&sleeps->witness);
  sleeps->n_ended++;

  /* Not early, and not after one that can only have been due later. */
  g_assert_cmpint (g_get_monotonic_time (), >=, sleep->before + sleep->duration);
  g_assert_cmpint (sleeps->last_earliest, <=, sleep->after + sleep->duration);
  sleeps->last_earliest = MAX (sleeps->last_earliest, sleep->before + sleep->duration);
}

static void
start_sleep (Sleeps *sleeps, guint number, GCancellable *cancellable)
{
  Sleep    *sleep = &sleeps->sleeps[number];
  OneSleep *one = g_new (OneSleep, 1);

  *one = (OneSleep){ sleeps, number };
  sleep->duration = g_test_rand_int_range (1, LONGEST_US);
  sleep->before = g_get_monotonic_time ();
  ta_sleep_async (sleep->duration, cancellable, one_sleep_cb, one);
  sleep->after = g_get_monotonic_time ();
}

/* Ten thousand in random order: each ends in its time, and they end in order. */
static void
test_order (void)
{
  Sleeps *sleeps = g_new0 (Sleeps, 1);

  test_witness_init (&sleeps->witness, NULL);
  sleeps->n_sleeps = test_repeats (SLEEPS);
  for (guint i = 0; i < sleeps->n_sleeps; i++)
    start_sleep (sleeps, i, NULL);
  g_assert_cmpuint (sleeps->n_ended, ==, 0);
  TEST_TURN_UNTIL (NULL, sleeps->n_ended == sleeps->n_sleeps);
  g_free (sleeps);
}

static void
cancelled_sleep_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  /* One that was due before it was cancelled has ended well. */
  if (!ta_sleep_finish (result, &error))
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  ++*(guint *) data;
}

/* Taking any out, in any order, leaves the others in order. */
static void
test_order_with_gaps (void)
{
  Sleeps               *sleeps = g_new0 (Sleeps, 1);
  g_autoptr (GPtrArray) cancellables = g_ptr_array_new_with_free_func (g_object_unref);
  guint                 n_cancelled = 0;

  test_witness_init (&sleeps->witness, NULL);
  sleeps->n_sleeps = test_repeats (SLEEPS / 2);
  for (guint i = 0; i < sleeps->n_sleeps; i++)
    {
      GCancellable *cancellable = g_cancellable_new ();

      start_sleep (sleeps, i, NULL);
      g_ptr_array_add (cancellables, cancellable);
      ta_sleep_async (g_test_rand_int_range (0, LONGEST_US), cancellable, cancelled_sleep_cb,
                      &n_cancelled);
    }

  while (cancellables->len > 0)
    {
      guint index = (guint) g_test_rand_int_range (0, (int) cancellables->len);

      g_cancellable_cancel (g_ptr_array_index (cancellables, index));
      g_ptr_array_remove_index_fast (cancellables, index);
    }

  TEST_TURN_UNTIL (NULL, n_cancelled == sleeps->n_sleeps);
  TEST_TURN_UNTIL (NULL, sleeps->n_ended == sleeps->n_sleeps);
  g_free (sleeps);
}

static gpointer
sleep_thread (gpointer result)
{
  ta_sleep_async (1000, NULL, test_result_cb, result);

  return NULL;
}

typedef struct
{
  TestResult result;
  GThread   *thread;
} SleepElsewhere;

static gboolean
start_thread_cb (gpointer data)
{
  SleepElsewhere *elsewhere = data;

  elsewhere->thread = g_thread_new ("sleeper", sleep_thread, &elsewhere->result);

  return G_SOURCE_REMOVE;
}

/* A sleep from a thread without a context wakes up the default context, whatever that waits for. */
static void
test_plain_thread (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  gint64                   start = g_get_monotonic_time ();
  SleepElsewhere           elsewhere;
  TestResult               endless;

  test_result_init (&endless, NULL);
  ta_sleep_async (TEST_LONG_US, cancellable, test_result_cb, &endless);

  /* The thread starts while the context is about to wait for an hour. */
  test_result_init (&elsewhere.result, NULL);
  g_idle_add (start_thread_cb, &elsewhere);
  TEST_TURN_UNTIL (NULL, elsewhere.result.calls == 1);
  g_assert_cmpint (g_get_monotonic_time () - start, >=, 1000);
  check_slept (&elsewhere.result);
  g_thread_join (elsewhere.thread);

  g_cancellable_cancel (cancellable);
  TEST_TURN_UNTIL (NULL, endless.calls == 1);
  check_failed (&endless, G_IO_ERROR_CANCELLED);
}

static void
nest_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  guint             *depth = data;
  g_autoptr (GError) error = NULL;

  g_assert_true (ta_sleep_finish (result, &error));
  if (++*depth < 5)
    {
      ta_sleep_async (1000, NULL, nest_cb, depth);
      TEST_TURN_UNTIL (NULL, *depth == 5);
    }
}

/* A loop inside the callback of a sleep has sleeps of its own. */
static void
test_nested (void)
{
  guint depth = 0;

  ta_sleep_async (1000, NULL, nest_cb, &depth);
  TEST_TURN_UNTIL (NULL, depth == 5);
}

static void
in_loop_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TaPromise) promise = data;
  g_autoptr (GError)    error = NULL;

  g_assert_true (ta_sleep_finish (result, &error));
  g_assert_no_error (error);
  ta_promise_return_int (promise, g_get_monotonic_time ());
}

static void
in_loop_func (TaTask *task, gpointer data)
{
  ta_sleep_async (GPOINTER_TO_INT (data), NULL, in_loop_cb, ta_task_take_promise (task));
}

/* In an idle runner's loop: the thread wakes up for it, and for an earlier one that comes later. */
static void
test_in_runner (void)
{
  g_autoptr (TaRunner) runner = test_runner_new_started ("sleeping");
  gint64               start = g_get_monotonic_time ();
  g_autoptr (TaTask)   late = NULL;
  g_autoptr (TaTask)   early = NULL;
  g_autoptr (GError)   error = NULL;
  GValue               value = G_VALUE_INIT;
  gint64               late_end = 0;
  gint64               early_end = 0;

  late = ta_runner_create_task (runner, in_loop_func, GINT_TO_POINTER (100000), NULL);
  early = ta_runner_create_task (runner, in_loop_func, GINT_TO_POINTER (1000), NULL);
  g_assert_true (ta_future_wait (TA_FUTURE (early), &value, TEST_DEADLINE_US, NULL, &error));
  g_assert_true (ta_value_take_int (&value, &early_end, &error));
  g_assert_true (ta_future_wait (TA_FUTURE (late), &value, TEST_DEADLINE_US, NULL, &error));
  g_assert_true (ta_value_take_int (&value, &late_end, &error));
  g_assert_cmpint (early_end - start, >=, 1000);
  g_assert_cmpint (late_end - start, >=, 100000);
  test_runner_stop (runner);
}

static void
test_bad_input (void)
{
  g_autoptr (GObject) object = g_object_new (G_TYPE_OBJECT, NULL);
  TestResult          result;

  test_expect_critical ("*");
  g_assert_false (ta_sleep_finish (NULL, NULL));
  test_expect_critical ("*cancellable*");
  ta_sleep_async (0, (GCancellable *) object, NULL, NULL);
  g_test_assert_expected_messages ();

  /* Without a callback nothing comes of it. */
  ta_sleep_async (0, NULL, NULL, NULL);
  test_result_init (&result, NULL);
  TEST_OUTSIDE (&result, ta_sleep_async (0, NULL, test_result_cb, &result));
  TEST_TURN_UNTIL (NULL, result.calls == 1);
  check_slept (&result);
}

int
main (int argc, char *argv[])
{
  test_init (&argc, &argv);

  test_add ("/sleep/short", test_short);
  test_add ("/sleep/invalid", test_invalid);
  test_add ("/sleep/cancelled", test_cancelled);
  test_add ("/sleep/order", test_order);
  test_add ("/sleep/order-with-gaps", test_order_with_gaps);
  test_add ("/sleep/plain-thread", test_plain_thread);
  test_add ("/sleep/nested", test_nested);
  test_add ("/sleep/in-runner", test_in_runner);
  test_add ("/sleep/bad-input", test_bad_input);

  return g_test_run ();
}
