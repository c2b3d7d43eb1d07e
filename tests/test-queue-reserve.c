/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * Reserve and commit: a place in a queue is waited for in the line of those who put (promise 3), is
 * kept until an item comes for it or its owner lets go of it, and is never lost (1 and 2).
 */

#include "test-party.h"

static void
begin_reserve_timed (TestResult *self, TaQueue *queue, gint64 timeout_us, GCancellable *cancellable)
{
  test_result_init (self, NULL);
  TEST_OUTSIDE (self,
                ta_queue_reserve_async (queue, timeout_us, cancellable, test_result_cb, self));
}

static void
begin_reserve (TestResult *self, TaQueue *queue)
{
  begin_reserve_timed (self, queue, TA_TIMEOUT_INFINITE, NULL);
}

static void
reserve (TestResult *self, TaQueue *queue)
{
  g_autoptr (GAsyncResult) reservation = NULL;
  g_autoptr (GError)       error = NULL;

  begin_reserve (self, queue);
  TEST_TURN_UNTIL (NULL, self->calls == 1);
  reservation = ta_queue_reserve_finish (queue, self->result, &error);
  g_assert_no_error (error);
  g_assert_true (reservation == self->result);
}

static void
put_reserved (TestResult *self, TaQueue *queue, gint64 number)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (ta_queue_put_reserved (queue, self->result, TA_VALUE_INT (number), &error));
  g_assert_no_error (error);
}

/* How a wait for a place that ends with none says so, in both calls; @self is cleared. */
static void
check_failed (TestResult *self, TaQueue *queue, GQuark domain, int code)
{
  GError *error = NULL;

  TEST_TURN_UNTIL (NULL, self->calls == 1);
  g_assert_null (ta_queue_reserve_finish (queue, self->result, &error));
  g_assert_error (error, domain, code);
  g_clear_error (&error);
  g_assert_false (ta_queue_put_reserved (queue, self->result, TA_VALUE_INT (1), &error));
  g_assert_error (error, domain, code);
  g_clear_error (&error);
  ta_queue_release_reserved (queue, self->result);
  test_result_clear (self);
}

static void
check_not_reserved (TestResult *self, TaQueue *queue)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (ta_queue_put_reserved (queue, self->result, TA_VALUE_INT (1), &error));
  g_assert_error (error, TA_ERROR, TA_ERROR_ALREADY_DONE);
}

/* A place that is reserved counts like an item, but is none. */
static void
test_counts (void)
{
  g_autoptr (TaQueue) queue = ta_queue_new (2);
  g_autoptr (GError)  error = NULL;
  TestResult          first, second;

  reserve (&first, queue);
  g_assert_false (ta_queue_get_is_full (queue));
  reserve (&second, queue);
  g_assert_true (ta_queue_get_is_full (queue));
  g_assert_true (ta_queue_get_is_empty (queue));
  g_assert_false (ta_queue_try_put (queue, TA_VALUE_INT (1), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
  test_queue_check_empty (queue);

  put_reserved (&second, queue, 1);
  g_assert_true (ta_queue_get_is_full (queue));
  g_assert_cmpuint (ta_queue_get_length (queue), ==, 1);
  put_reserved (&first, queue, 2);
  g_assert_true (ta_queue_get_is_full (queue));
  check_not_reserved (&first, queue);

  /* A place that was used is not given back. */
  test_result_clear (&first);
  test_result_clear (&second);
  g_assert_true (ta_queue_get_is_full (queue));

  /* The order is that of the puts. */
  g_assert_cmpint (test_queue_get (queue), ==, 1);
  g_assert_cmpint (test_queue_get (queue), ==, 2);
  test_queue_check_empty (queue);
  g_assert_false (ta_queue_get_is_full (queue));
}

static void
test_unbounded (void)
{
  g_autoptr (TaQueue) queue = ta_queue_new (0);
  TestResult          results[3];

  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    reserve (&results[i], queue);
  g_assert_false (ta_queue_get_is_full (queue));
  test_queue_put (queue, 1);
  put_reserved (&results[1], queue, 2);
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    test_result_clear (&results[i]);
  g_assert_cmpint (test_queue_get (queue), ==, 1);
  g_assert_cmpint (test_queue_get (queue), ==, 2);
  test_queue_check_empty (queue);
}

/* In one line with threads and asynchronous code that put. */
static void
test_fifo (void)
{
  g_autoptr (TaQueue)    queue = ta_queue_new (1);
  g_autoptr (TestWorker) worker = test_worker_new ();
  TestParty              parties[3];
  TestResult             results[3];

  test_queue_put (queue, 0);
  begin_reserve (&results[0], queue);
  test_party_begin (&parties[0], queue, TEST_PUT, TEST_IN_THREAD, worker, 1);
  begin_reserve (&results[1], queue);
  test_party_begin (&parties[1], queue, TEST_PUT, TEST_IN_MAIN, worker, 2);
  test_party_begin (&parties[2], queue, TEST_PUT, TEST_IN_WORKER, worker, 3);
  begin_reserve (&results[2], queue);

  /* The first reservation, although the item would be there. */
  g_assert_cmpint (test_queue_get (queue), ==, 0);
  TEST_TURN_UNTIL (NULL, results[0].calls == 1);
  test_turn_all (NULL);
  test_queue_check_empty (queue);
  g_assert_true (ta_queue_get_is_full (queue));
  g_assert_false (test_party_has_ended (&parties[0]));
  put_reserved (&results[0], queue, 100);
  g_assert_false (test_party_has_ended (&parties[0]));

  g_assert_cmpint (test_queue_get (queue), ==, 100);
  test_party_check (&parties[0], 1);
  test_turn_all (NULL);
  g_assert_cmpuint (results[1].calls, ==, 0);

  /* The second lets go of its place, for the next two. */
  g_assert_cmpint (test_queue_get (queue), ==, 1);
  TEST_TURN_UNTIL (NULL, results[1].calls == 1);
  g_assert_false (test_party_has_ended (&parties[1]));
  test_result_clear (&results[1]);
  test_party_check (&parties[1], 2);
  g_assert_cmpint (test_queue_get (queue), ==, 2);
  test_party_check (&parties[2], 3);
  test_turn_all (NULL);
  g_assert_cmpuint (results[2].calls, ==, 0);

  g_assert_cmpint (test_queue_get (queue), ==, 3);
  TEST_TURN_UNTIL (NULL, results[2].calls == 1);
  test_result_clear (&results[0]);
  test_result_clear (&results[2]);
  test_queue_check_empty (queue);
  test_queue_put (queue, 4);
}

/* A plain put does not overtake a reservation, not even to somebody who waits for an item. */
static void
test_with_waiting_getters (void)
{
  g_autoptr (TaQueue) queue = ta_queue_new (1);
  TestParty           getters[2], putter;
  TestResult          first, second;

  reserve (&first, queue);
  test_party_begin (&getters[0], queue, TEST_GET, TEST_IN_THREAD, NULL, 0);
  test_party_begin (&getters[1], queue, TEST_GET, TEST_IN_MAIN, NULL, 0);
  test_party_begin (&putter, queue, TEST_PUT, TEST_IN_THREAD, NULL, 2);
  begin_reserve (&second, queue);
  test_turn_all (NULL);
  g_assert_false (test_party_has_ended (&getters[0]));
  g_assert_false (test_party_has_ended (&putter));

  /* One item passes, and so the place is free for the next; and for the one after that. */
  put_reserved (&first, queue, 1);
  test_party_check (&getters[0], 1);
  test_party_check (&putter, 2);
  test_party_check (&getters[1], 2);
  TEST_TURN_UNTIL (NULL, second.calls == 1);
  put_reserved (&second, queue, 3);
  g_assert_cmpint (test_queue_get (queue), ==, 3);
  test_result_clear (&first);
  test_result_clear (&second);
}

/* A wait that gives up has no place. */
static void
test_given_up (void)
{
  g_autoptr (TaQueue)      queue = ta_queue_new (1);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  TestParty                putter;
  TestResult               results[4];

  test_queue_put (queue, 0);
  begin_reserve_timed (&results[0], queue, TEST_LONG_US, cancellable);
  begin_reserve_timed (&results[1], queue, 1000, NULL);
  test_party_begin (&putter, queue, TEST_PUT, TEST_IN_THREAD, NULL, 1);
  g_cancellable_cancel (cancellable);
  check_failed (&results[0], queue, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  check_failed (&results[1], queue, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);

  begin_reserve_timed (&results[0], queue, 0, NULL);
  check_failed (&results[0], queue, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  begin_reserve_timed (&results[0], queue, -5, NULL);
  check_failed (&results[0], queue, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);

  g_assert_cmpint (test_queue_get (queue), ==, 0);
  test_party_check (&putter, 1);
  g_assert_cmpint (test_queue_get (queue), ==, 1);

  /* Cancelled before, where there is a place; and no time, where none is needed. */
  begin_reserve_timed (&results[2], queue, TEST_LONG_US, cancellable);
  check_failed (&results[2], queue, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  begin_reserve_timed (&results[3], queue, 0, NULL);
  TEST_TURN_UNTIL (NULL, results[3].calls == 1);
  put_reserved (&results[3], queue, 2);
  test_result_clear (&results[3]);
  g_assert_cmpint (test_queue_get (queue), ==, 2);
}

/* A cancel that comes after the place was given changes nothing: it goes when its owner goes. */
static void
test_cancelled_late (void)
{
  g_autoptr (TaQueue)      queue = ta_queue_new (1);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  TestParty                putter;
  TestResult               result;

  begin_reserve_timed (&result, queue, TEST_LONG_US, cancellable);
  g_cancellable_cancel (cancellable);
  TEST_TURN_UNTIL (NULL, result.calls == 1);
  test_party_begin (&putter, queue, TEST_PUT, TEST_IN_THREAD, NULL, 2);
  put_reserved (&result, queue, 1);
  test_result_clear (&result);
  g_assert_cmpint (test_queue_get (queue), ==, 1);
  test_party_check (&putter, 2);
  g_assert_cmpint (test_queue_get (queue), ==, 2);
}

static void
test_released (void)
{
  g_autoptr (TaQueue) queue = ta_queue_new (1);
  TestResult          first, second;

  reserve (&first, queue);
  begin_reserve (&second, queue);
  ta_queue_release_reserved (queue, first.result);
  TEST_TURN_UNTIL (NULL, second.calls == 1);
  check_not_reserved (&first, queue);

  /* It was given back once. */
  ta_queue_release_reserved (queue, first.result);
  test_result_clear (&first);
  g_assert_true (ta_queue_get_is_full (queue));
  put_reserved (&second, queue, 1);
  test_result_clear (&second);
  g_assert_true (ta_queue_get_is_full (queue));

  /* Nobody to call back is nobody to have it. */
  g_assert_cmpint (test_queue_get (queue), ==, 1);
  ta_queue_reserve_async (queue, TA_TIMEOUT_INFINITE, NULL, NULL, NULL);
  g_assert_true (ta_queue_get_is_full (queue));
  test_turn_all (NULL);
  g_assert_false (ta_queue_get_is_full (queue));
}

/* The wrong value changes nothing: the place waits for a better one. */
static void
test_wrong_type (void)
{
  g_autoptr (TaQueue) queue =
      g_object_new (TA_TYPE_QUEUE, "capacity", 1, "item-type", G_TYPE_INT64, "name", "ints", NULL);
  g_auto (GValue) unset = G_VALUE_INIT;
  GError         *error = NULL;
  TestResult      result;

  reserve (&result, queue);
  g_assert_false (ta_queue_put_reserved (queue, result.result, TA_VALUE_STRING ("one"), &error));
  g_assert_error (error, TA_ERROR, TA_ERROR_WRONG_TYPE);
  test_assert_message_has (error, "ints");
  g_clear_error (&error);
  g_assert_false (ta_queue_put_reserved (queue, result.result, &unset, &error));
  g_assert_error (error, TA_ERROR, TA_ERROR_WRONG_TYPE);
  g_clear_error (&error);
  g_assert_true (ta_queue_get_is_full (queue));
  put_reserved (&result, queue, 1);
  test_result_clear (&result);
  g_assert_cmpint (test_queue_get (queue), ==, 1);
}

/* Nothing goes into a closed queue, and who waits for a place learns of it. */
static void
test_closed (void)
{
  g_autoptr (TaQueue) queue = ta_queue_new (1);
  TestResult          given, waiting, late;
  TestParty           getter;

  reserve (&given, queue);
  begin_reserve (&waiting, queue);
  test_party_begin (&getter, queue, TEST_GET, TEST_IN_THREAD, NULL, 0);
  ta_queue_close (queue);
  test_party_check_error (&getter, TA_ERROR, TA_ERROR_CLOSED);
  check_failed (&waiting, queue, TA_ERROR, TA_ERROR_CLOSED);
  begin_reserve (&late, queue);
  check_failed (&late, queue, TA_ERROR, TA_ERROR_CLOSED);

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (ta_queue_put_reserved (queue, given.result, TA_VALUE_INT (1), &error));
      g_assert_error (error, TA_ERROR, TA_ERROR_CLOSED);
    }
  test_result_clear (&given);
  g_assert_true (ta_queue_get_is_empty (queue));
}

static void
signal_cb (TaQueue *queue, gpointer witness)
{
  test_witness_see (witness);
}

/* To let go of the last place makes space; and to use it brings an item. */
static void
test_signals (void)
{
  g_autoptr (TaQueue) queue = ta_queue_new (1);
  TestWitness         items, space;
  TestResult          result;

  test_witness_init (&items, NULL);
  test_witness_init (&space, NULL);
  g_signal_connect (queue, "items-available", G_CALLBACK (signal_cb), &items);
  g_signal_connect (queue, "space-available", G_CALLBACK (signal_cb), &space);

  reserve (&result, queue);
  test_result_clear (&result);
  test_turn_all (NULL);
  g_assert_cmpuint (space.count, ==, 1);
  g_assert_cmpuint (items.count, ==, 0);

  reserve (&result, queue);
  put_reserved (&result, queue, 1);
  test_result_clear (&result);
  test_turn_all (NULL);
  g_assert_cmpuint (space.count, ==, 1);
  g_assert_cmpuint (items.count, ==, 1);
  g_assert_cmpint (test_queue_get (queue), ==, 1);
  test_turn_all (NULL);
  g_assert_cmpuint (space.count, ==, 2);
}

/* What belongs to another queue or call is refused. */
static void
test_foreign_results (void)
{
  g_autoptr (TaQueue) queue = ta_queue_new (0);
  g_autoptr (TaQueue) other = ta_queue_new (0);
  TestResult          reserved, put;

  reserve (&reserved, queue);
  test_result_init (&put, NULL);
  ta_queue_put_async (queue, TA_VALUE_INT (1), 0, NULL, test_result_cb, &put);
  TEST_TURN_UNTIL (NULL, put.calls == 1);

  for (guint i = 0; i < 5; i++)
    test_expect_critical ("*operation != NULL*");
  g_assert_null (ta_queue_reserve_finish (other, reserved.result, NULL));
  g_assert_false (ta_queue_put_reserved (other, reserved.result, TA_VALUE_INT (1), NULL));
  ta_queue_release_reserved (other, reserved.result);
  g_assert_false (ta_queue_put_reserved (queue, put.result, TA_VALUE_INT (1), NULL));
  g_assert_false (ta_queue_put_finish (queue, reserved.result, NULL));
  g_test_assert_expected_messages ();

  put_reserved (&reserved, queue, 2);
  test_result_clear (&reserved);
  test_result_clear (&put);
}

int
main (int argc, char *argv[])
{
  test_init (&argc, &argv);

  test_add ("/queue/reserve/counts", test_counts);
  test_add ("/queue/reserve/unbounded", test_unbounded);
  test_add ("/queue/reserve/fifo", test_fifo);
  test_add ("/queue/reserve/with-waiting-getters", test_with_waiting_getters);
  test_add ("/queue/reserve/given-up", test_given_up);
  test_add ("/queue/reserve/cancelled-late", test_cancelled_late);
  test_add ("/queue/reserve/released", test_released);
  test_add ("/queue/reserve/wrong-type", test_wrong_type);
  test_add ("/queue/reserve/closed", test_closed);
  test_add ("/queue/reserve/signals", test_signals);
  test_add ("/queue/reserve/foreign-results", test_foreign_results);

  return g_test_run ();
}
