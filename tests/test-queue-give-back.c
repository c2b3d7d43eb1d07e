/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * Promise 1 for those who lose interest: an item that was handed over and is not taken out of the
 * result goes back when the result is freed, in order, and from any thread.
 */

#include "test-party.h"

/* Has items handed over, and keeps the results. */
static void
get_results (TaQueue *queue, TestResult *results, guint n_results)
{
  for (guint i = 0; i < n_results; i++)
    {
      test_result_init (&results[i], NULL);
      TEST_OUTSIDE (&results[i], ta_queue_get_async (queue, TA_TIMEOUT_INFINITE, NULL,
                                                     test_result_cb, &results[i]));
    }
  for (guint i = 0; i < n_results; i++)
    TEST_TURN_UNTIL (NULL, results[i].calls == 1);
}

static void
put_numbers (TaQueue *queue, guint n_numbers)
{
  for (guint i = 1; i <= n_numbers; i++)
    test_queue_put (queue, i);
}

static void
check_numbers (TaQueue *queue, guint n_numbers)
{
  for (guint i = 1; i <= n_numbers; i++)
    g_assert_cmpint (test_queue_get (queue), ==, i);
  test_queue_check_empty (queue);
}

/* It goes back before everything that came after it. */
static void
test_in_order (void)
{
  static const guint orders[][4] = { { 0, 1, 2, 3 }, { 3, 2, 1, 0 }, { 1, 3, 0, 2 } };

  for (guint n = 0; n < G_N_ELEMENTS (orders); n++)
    {
      g_autoptr (TaQueue) queue = ta_queue_new (0);
      TestResult          results[4];

      put_numbers (queue, 6);
      get_results (queue, results, 4);
      g_assert_cmpuint (ta_queue_get_length (queue), ==, 2);
      for (guint i = 0; i < 4; i++)
        {
          test_result_clear (&results[orders[n][i]]);
          g_assert_cmpuint (ta_queue_get_length (queue), ==, 3 + i);
        }
      check_numbers (queue, 6);
    }
}

/* Some are taken, others go back, and some of those are handed over and go back again. */
static void
test_again (void)
{
  g_autoptr (TaQueue) queue = ta_queue_new (0);
  g_auto (GValue)     value = G_VALUE_INIT;
  g_autoptr (GError)  error = NULL;
  TestResult          results[4], others[2];

  put_numbers (queue, 5);
  get_results (queue, results, 4);

  g_assert_true (ta_queue_get_finish (queue, results[1].result, &value, &error));
  g_assert_no_error (error);
  g_assert_cmpint (test_take_number (&value), ==, 2);
  test_result_clear (&results[1]);
  g_assert_cmpuint (ta_queue_get_length (queue), ==, 1);

  test_result_clear (&results[2]);
  test_result_clear (&results[0]);
  get_results (queue, others, 2);
  test_result_clear (&others[1]);
  test_result_clear (&results[3]);
  test_result_clear (&others[0]);

  g_assert_cmpint (test_queue_get (queue), ==, 1);
  g_assert_cmpint (test_queue_get (queue), ==, 3);
  g_assert_cmpint (test_queue_get (queue), ==, 4);
  g_assert_cmpint (test_queue_get (queue), ==, 5);
  test_queue_check_empty (queue);
}

/* What was got, even if only to be thrown away, does not come back. */
static void
test_taken (void)
{
  g_autoptr (TaQueue) queue = ta_queue_new (0);
  g_autoptr (GError)  error = NULL;
  TestResult          result;

  put_numbers (queue, 1);
  get_results (queue, &result, 1);
  g_assert_true (ta_queue_get_finish (queue, result.result, NULL, &error));
  g_assert_no_error (error);
  test_result_clear (&result);
  test_queue_check_empty (queue);
}

/* Without a callback there is nobody to take it. */
static void
test_no_callback (void)
{
  g_autoptr (TaQueue) queue = ta_queue_new (0);

  ta_queue_get_async (queue, TA_TIMEOUT_INFINITE, NULL, NULL, NULL);
  put_numbers (queue, 2);
  ta_queue_get_async (queue, TA_TIMEOUT_INFINITE, NULL, NULL, NULL);
  test_turn_all (NULL);
  check_numbers (queue, 2);
}

/* Somebody who waits for an item gets it, in his place, and in the order of coming. */
static void
test_to_waiters (void)
{
  g_autoptr (TaQueue)    queue = ta_queue_new (0);
  g_autoptr (TestWorker) worker = test_worker_new ();
  TestParty              parties[TEST_N_PLACES];
  TestResult             results[TEST_N_PLACES];

  put_numbers (queue, TEST_N_PLACES);
  get_results (queue, results, TEST_N_PLACES);
  for (TestPlace place = 0; place < TEST_N_PLACES; place++)
    test_party_begin (&parties[place], queue, TEST_GET, place, worker, 0);

  test_result_clear (&results[1]);
  test_result_clear (&results[2]);
  test_result_clear (&results[0]);
  test_party_check (&parties[0], 2);
  test_party_check (&parties[1], 3);
  test_party_check (&parties[2], 1);
  test_queue_check_empty (queue);
}

typedef struct
{
  TaQueue   *queue;
  TestResult result;
} Dropped;

static void
drop_in_thread (gpointer data)
{
  Dropped *self = data;

  test_result_clear (&self->result);
}

/* The last unref may be anywhere, and calls nobody back there: TestParty checks where it comes. */
static void
test_from_threads (void)
{
  g_autoptr (TaQueue)    queue = ta_queue_new (0);
  g_autoptr (TestWorker) worker = test_worker_new ();
  TestParty              party;
  Dropped                dropped = { .queue = queue };

  put_numbers (queue, 1);
  get_results (queue, &dropped.result, 1);
  test_party_begin (&party, queue, TEST_GET, TEST_IN_MAIN, NULL, 0);
  test_thread_call (drop_in_thread, &dropped);
  g_assert_false (test_party_has_ended (&party));
  test_party_check (&party, 1);

  put_numbers (queue, 1);
  get_results (queue, &dropped.result, 1);
  test_party_begin (&party, queue, TEST_GET, TEST_IN_MAIN, NULL, 0);
  test_worker_call (worker, drop_in_thread, &dropped);
  g_assert_false (test_party_has_ended (&party));
  test_party_check (&party, 1);
  test_queue_check_empty (queue);
}

/* The value itself is moved: nothing of it is copied or freed. */
static void
test_nothing_foreign (void)
{
  g_autoptr (TaQueue) queue = ta_queue_new (0);
  g_auto (GValue)     value = G_VALUE_INIT;
  TestHooks           hooks = { 0 };
  TestResult          result;

  test_hooked_value_init (&value, &hooks, 7);
  g_assert_true (ta_queue_try_put (queue, &value, NULL));
  g_value_unset (&value);
  get_results (queue, &result, 1);
  hooks.copies = hooks.frees = 0;
  test_result_clear (&result);
  g_assert_cmpint (hooks.copies + hooks.frees, ==, 0);

  g_assert_true (ta_queue_try_get (queue, &value, NULL));
  g_assert_cmpint (hooks.copies + hooks.frees, ==, 0);
  g_assert_cmpint (test_hooked_value_get_number (&value), ==, 7);
}

/* A full queue takes it back all the same, and then lets nobody in until it is not too full. */
static void
test_full (void)
{
  g_autoptr (TaQueue) queue = ta_queue_new (2);
  TestResult          results[2];
  TestParty           putters[2];

  put_numbers (queue, 2);
  get_results (queue, results, 2);
  test_queue_put (queue, 3);
  test_queue_put (queue, 4);
  test_party_begin (&putters[0], queue, TEST_PUT, TEST_IN_THREAD, NULL, 5);
  test_party_begin (&putters[1], queue, TEST_PUT, TEST_IN_MAIN, NULL, 6);
  test_result_clear (&results[0]);
  test_result_clear (&results[1]);

  g_assert_true (ta_queue_get_is_full (queue));
  for (gint64 i = 1; i <= 2; i++)
    {
      g_assert_cmpint (test_queue_get (queue), ==, i);
      test_turn_all (NULL);
      g_assert_false (test_party_has_ended (&putters[0]));
      g_assert_false (test_party_has_ended (&putters[1]));
      g_assert_false (ta_queue_try_put (queue, TA_VALUE_INT (9), NULL));
    }
  g_assert_cmpint (test_queue_get (queue), ==, 3);
  test_party_check (&putters[0], 5);
  g_assert_cmpint (test_queue_get (queue), ==, 4);
  test_party_check (&putters[1], 6);
  g_assert_cmpint (test_queue_get (queue), ==, 5);
  g_assert_cmpint (test_queue_get (queue), ==, 6);
  test_queue_check_empty (queue);
}

/* One that came back counts, however long ago whoever puts has looked. */
static void
test_counts (void)
{
  g_autoptr (TaQueue) queue = ta_queue_new (4);
  TestResult          results[2];

  put_numbers (queue, 2);
  get_results (queue, results, 2);
  test_queue_put (queue, 3);
  test_queue_put (queue, 4);
  test_result_clear (&results[0]);
  test_result_clear (&results[1]);
  g_assert_true (ta_queue_get_is_full (queue));
  g_assert_false (ta_queue_try_put (queue, TA_VALUE_INT (5), NULL));
  check_numbers (queue, 4);
}

/* So does one that is closed. */
static void
test_closed (void)
{
  g_autoptr (TaQueue) queue = ta_queue_new (0);
  g_autoptr (GError)  error = NULL;
  TestResult          result;

  put_numbers (queue, 2);
  get_results (queue, &result, 1);
  ta_queue_close (queue);
  test_result_clear (&result);
  g_assert_cmpint (test_queue_get (queue), ==, 1);
  g_assert_cmpint (test_queue_get (queue), ==, 2);
  g_assert_false (ta_queue_try_get (queue, NULL, &error));
  g_assert_error (error, TA_ERROR, TA_ERROR_CLOSED);
}

/* The result may have the last reference on the queue. */
static void
test_last_reference (void)
{
  TaQueue   *queue = ta_queue_new (0);
  TestHooks  hooks = { 0 };
  GValue     value = G_VALUE_INIT;
  TestResult result;

  test_hooked_value_init (&value, &hooks, 7);
  g_assert_true (ta_queue_try_put (queue, &value, NULL));
  g_value_unset (&value);
  get_results (queue, &result, 1);
  g_clear_object (&result.source);
  g_object_add_weak_pointer (G_OBJECT (queue), (gpointer *) &queue);
  g_object_unref (queue);
  g_assert_nonnull (queue);
  test_result_clear (&result);
  g_assert_null (queue);
  g_assert_cmpint (hooks.live, ==, 0);
}

static void
signal_cb (TaQueue *queue, gpointer witness)
{
  test_witness_see (witness);
}

/* To an empty queue an item that comes back is one that comes. */
static void
test_signal (void)
{
  g_autoptr (TaQueue) queue = ta_queue_new (0);
  TestWitness         items;
  Dropped             dropped = { .queue = queue };

  put_numbers (queue, 1);
  get_results (queue, &dropped.result, 1);
  test_witness_init (&items, NULL);
  g_signal_connect (queue, "items-available", G_CALLBACK (signal_cb), &items);
  test_thread_call (drop_in_thread, &dropped);
  g_assert_cmpuint (items.count, ==, 0);
  test_turn_all (NULL);
  g_assert_cmpuint (items.count, ==, 1);
  check_numbers (queue, 1);
}

/* Threads drop what they are given at random, and everything arrives all the same, once. */
typedef struct
{
  TaQueue *queue;
  guint    n_items;
  guint32  seed;
  guint   *arrived; /* atomics */
  int      n_arrived;
} Race;

static void
race_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  GAsyncResult **slot = data;

  *slot = g_object_ref (result);
}

static gpointer
race_thread (gpointer data)
{
  Race                    *self = data;
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GRand)        rand = g_rand_new_with_seed (self->seed);

  g_main_context_push_thread_default (context);
  while (g_atomic_int_get (&self->n_arrived) < (int) self->n_items)
    {
      g_autoptr (GAsyncResult) result = NULL;
      g_auto (GValue)          value = G_VALUE_INIT;

      ta_queue_get_async (self->queue, 1000, NULL, race_cb, &result);
      TEST_TURN_UNTIL (context, result != NULL);
      if (g_rand_boolean (rand))
        continue;

      if (ta_queue_get_finish (self->queue, result, &value, NULL))
        {
          g_atomic_int_inc ((int *) &self->arrived[test_take_number (&value)]);
          g_atomic_int_inc (&self->n_arrived);
        }
    }
  g_main_context_pop_thread_default (context);

  return NULL;
}

static void
test_races (void)
{
  g_autoptr (TaQueue) queue = ta_queue_new (10);
  const guint         n_items = test_repeats (2000);
  g_autofree guint   *arrived = g_new0 (guint, n_items);
  Race                race = { .queue = queue, .n_items = n_items, .arrived = arrived };
  GThread            *threads[3];

  race.seed = (guint32) g_test_rand_int ();
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("race", race_thread, &race);
  for (guint i = 0; i < n_items; i++)
    {
      g_autoptr (GError) error = NULL;

      ta_queue_put_wait (queue, TA_VALUE_INT (i), TEST_DEADLINE_US, NULL, &error);
      g_assert_no_error (error);
    }
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);

  for (guint i = 0; i < n_items; i++)
    g_assert_cmpuint (arrived[i], ==, 1);
  test_queue_check_empty (queue);
}

int
main (int argc, char *argv[])
{
  test_init (&argc, &argv);

  test_add ("/queue/give-back/in-order", test_in_order);
  test_add ("/queue/give-back/again", test_again);
  test_add ("/queue/give-back/taken", test_taken);
  test_add ("/queue/give-back/no-callback", test_no_callback);
  test_add ("/queue/give-back/to-waiters", test_to_waiters);
  test_add ("/queue/give-back/from-threads", test_from_threads);
  test_add ("/queue/give-back/nothing-foreign", test_nothing_foreign);
  test_add ("/queue/give-back/full", test_full);
  test_add ("/queue/give-back/counts", test_counts);
  test_add ("/queue/give-back/closed", test_closed);
  test_add ("/queue/give-back/last-reference", test_last_reference);
  test_add ("/queue/give-back/signal", test_signal);
  test_add ("/queue/give-back/races", test_races);

  return g_test_run ();
}
