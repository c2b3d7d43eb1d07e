/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * Waiting for a queue, step by step: promises 1 to 3 of threads and asynchronous waits, which stand
 * in one line. Each party has its place in it before the next one comes, so that there is one right
 * answer. What chance can do is in test-queue-races.c.
 */

#include "test-party.h"

#define PARTIES 100

/* A time that passes, where a wait is to time out. */
#define SHORT_US 2000

/* Parties of all kinds in turn; the puts with @first, @first + 1 and so on. */
static void
begin_all (TestParty  *parties,
           guint       n_parties,
           TaQueue    *queue,
           TestJob     job,
           TestWorker *worker,
           gint64      first)
{
  for (guint i = 0; i < n_parties; i++)
    test_party_begin (&parties[i], queue, job, (TestPlace) (i % TEST_N_PLACES), worker, first + i);
}

/* Nothing comes too late or is taken by who has given up. */
static void
check_gets_nothing (TestPlace place, TestWorker *worker, gboolean cancels)
{
  const int           code = cancels ? G_IO_ERROR_CANCELLED : G_IO_ERROR_TIMED_OUT;
  g_autoptr (TaQueue) queue = g_object_new (TA_TYPE_QUEUE, "name", "nothing yet", NULL);
  gint64              start = g_get_monotonic_time ();
  TestParty           party;

  test_party_begin_timed (&party, queue, TEST_GET, place, worker, 0,
                          cancels ? G_MAXINT64 : SHORT_US);
  if (cancels)
    test_party_cancel (&party);
  if (place == TEST_IN_MAIN)
    TEST_TURN_UNTIL (NULL, test_party_has_ended (&party));
  test_gate_await (&party.ended, 1);
  g_assert_error (party.error, G_IO_ERROR, code);
  test_assert_message_has (party.error, "nothing yet");
  if (!cancels)
    {
      test_assert_message_has (party.error, "0.002");
      g_assert_cmpint (g_get_monotonic_time () - start, >=, SHORT_US);
    }
  test_party_check_error (&party, G_IO_ERROR, code);

  test_queue_put (queue, 1);
  test_queue_put (queue, 2);
  g_assert_cmpuint (ta_queue_get_length (queue), ==, 2);
  g_assert_cmpint (test_queue_get (queue), ==, 1);
  g_assert_cmpint (test_queue_get (queue), ==, 2);
  test_queue_check_empty (queue);
}

static void
test_timed_out_get (void)
{
  g_autoptr (TestWorker) worker = test_worker_new ();

  for (TestPlace place = 0; place < TEST_N_PLACES; place++)
    check_gets_nothing (place, worker, FALSE);
}

static void
test_cancelled_get (void)
{
  g_autoptr (TestWorker) worker = test_worker_new ();

  for (TestPlace place = 0; place < TEST_N_PLACES; place++)
    check_gets_nothing (place, worker, TRUE);
}

/* The item of who has given up to put it never goes in. */
static void
check_puts_nothing (TestPlace place, TestWorker *worker, gboolean cancels)
{
  g_autoptr (TaQueue) queue = ta_queue_new (1);
  gint64              start = g_get_monotonic_time ();
  TestParty           party;

  test_queue_put (queue, 1);
  test_party_begin_timed (&party, queue, TEST_PUT, place, worker, 2,
                          cancels ? G_MAXINT64 : SHORT_US);
  g_assert_cmpuint (ta_queue_get_length (queue), ==, 1);
  if (cancels)
    test_party_cancel (&party);
  test_party_check_error (&party, G_IO_ERROR,
                          cancels ? G_IO_ERROR_CANCELLED : G_IO_ERROR_TIMED_OUT);
  g_assert_true (cancels || g_get_monotonic_time () - start >= SHORT_US);

  g_assert_cmpuint (ta_queue_get_length (queue), ==, 1);
  g_assert_cmpint (test_queue_get (queue), ==, 1);
  test_queue_check_empty (queue);
  test_queue_put (queue, 3);
  g_assert_cmpint (test_queue_get (queue), ==, 3);
}

static void
test_timed_out_put (void)
{
  g_autoptr (TestWorker) worker = test_worker_new ();

  for (TestPlace place = 0; place < TEST_N_PLACES; place++)
    check_puts_nothing (place, worker, FALSE);
}

static void
test_cancelled_put (void)
{
  g_autoptr (TestWorker) worker = test_worker_new ();

  for (TestPlace place = 0; place < TEST_N_PLACES; place++)
    check_puts_nothing (place, worker, TRUE);
}

#define LINE 5

/*
 * Whoever leaves the line, from whichever place, and in whichever company, the others keep theirs.
 */
static void
check_left (TestJob job, TestWorker *worker, guint leavers)
{
  g_autoptr (TaQueue) queue = ta_queue_new (1);
  TestParty           parties[LINE];
  gint64              number = 1;

  if (job == TEST_PUT)
    test_queue_put (queue, 0);
  begin_all (parties, LINE, queue, job, worker, 1);

  for (guint n = 0; n < LINE; n++)
    {
      /* Half of the companies leave from behind. */
      guint i = leavers % 2 ? n : LINE - 1 - n;

      if (leavers & (1u << i))
        {
          test_party_cancel (&parties[i]);
          test_party_check_error (&parties[i], G_IO_ERROR, G_IO_ERROR_CANCELLED);
        }
    }

  if (job == TEST_PUT)
    g_assert_cmpint (test_queue_get (queue), ==, 0);
  for (guint i = 0; i < LINE; i++)
    {
      if (leavers & (1u << i))
        continue;

      /* The item that is got is that of the first in the line; the first gets the item. */
      if (job == TEST_PUT)
        g_assert_cmpint (test_queue_get (queue), ==, i + 1);
      else
        test_queue_put (queue, number);
      test_party_check (&parties[i], job == TEST_PUT ? i + 1 : number++);
    }
  test_queue_check_empty (queue);
}

static void
test_left_gets (void)
{
  g_autoptr (TestWorker) worker = test_worker_new ();

  for (guint leavers = 0; leavers < 1u << LINE; leavers++)
    check_left (TEST_GET, worker, leavers);
}

static void
test_withdrawn_puts (void)
{
  g_autoptr (TestWorker) worker = test_worker_new ();

  for (guint leavers = 0; leavers < 1u << LINE; leavers++)
    check_left (TEST_PUT, worker, leavers);
}

/* Many of very many, in any order: more than any block of memory holds. */
static void
test_withdrawn_among_many (void)
{
  const guint         n_parties = 1000;
  g_autoptr (TaQueue) queue = ta_queue_new (10);
  g_autofree guint   *order = g_new (guint, n_parties);
  TestParty          *parties = g_new (TestParty, n_parties);
  guint               n_left = g_test_rand_int_range (0, (int) n_parties + 1);

  for (gint64 number = 0; number < 10; number++)
    test_queue_put (queue, -1);
  for (guint i = 0; i < n_parties; i++)
    {
      guint other = g_test_rand_int_range (0, (int) i + 1);

      test_party_begin (&parties[i], queue, TEST_PUT, TEST_IN_MAIN, NULL, i);
      order[i] = order[other];
      order[other] = i;
    }

  for (guint n = 0; n < n_left; n++)
    test_party_cancel (&parties[order[n]]);
  g_assert_cmpuint (ta_queue_get_length (queue), ==, 10);
  for (gint64 number = 0; number < 10; number++)
    g_assert_cmpint (test_queue_get (queue), ==, -1);

  for (guint i = 0; i < n_parties; i++)
    {
      if (g_cancellable_is_cancelled (parties[i].cancellable))
        {
          test_party_check_error (&parties[i], G_IO_ERROR, G_IO_ERROR_CANCELLED);
          continue;
        }
      g_assert_cmpint (test_queue_get (queue), ==, i);
      test_party_check (&parties[i], i);
    }
  test_queue_check_empty (queue);
  g_free (parties);
}

/* Once the item has been handed over, or let in, a cancel comes too late. */
static void
test_cancel_too_late (void)
{
  g_autoptr (TaQueue) queue = ta_queue_new (1);
  TestParty           get;
  TestParty           put;

  test_party_begin (&get, queue, TEST_GET, TEST_IN_MAIN, NULL, 0);
  test_queue_put (queue, 1);
  test_party_cancel (&get);
  test_party_check (&get, 1);

  test_queue_put (queue, 2);
  test_party_begin (&put, queue, TEST_PUT, TEST_IN_MAIN, NULL, 3);
  g_assert_cmpint (test_queue_get (queue), ==, 2);
  test_party_cancel (&put);
  test_party_check (&put, 3);
  g_assert_cmpint (test_queue_get (queue), ==, 3);
  test_queue_check_empty (queue);

  /* The same for one that did not have to wait. */
  test_queue_put (queue, 4);
  test_party_begin (&get, queue, TEST_GET, TEST_IN_MAIN, NULL, 0);
  test_party_cancel (&get);
  test_queue_check_empty (queue);
  test_party_check (&get, 4);
}

/* Threads and asynchronous waits of two contexts, in one line. */
static void
test_fifo_gets (void)
{
  g_autoptr (TestWorker) worker = test_worker_new ();
  g_autoptr (TaQueue)    queue = ta_queue_new (0);
  TestParty              parties[PARTIES];

  begin_all (parties, PARTIES, queue, TEST_GET, worker, 0);
  for (guint i = 0; i < PARTIES; i++)
    test_queue_put (queue, i);
  for (guint i = 0; i < PARTIES; i++)
    test_party_check (&parties[i], i);
  test_queue_check_empty (queue);
}

static void
test_fifo_puts (void)
{
  g_autoptr (TestWorker) worker = test_worker_new ();
  g_autoptr (TaQueue)    queue = ta_queue_new (2);
  TestParty              parties[PARTIES];

  test_queue_put (queue, -2);
  test_queue_put (queue, -1);
  begin_all (parties, PARTIES, queue, TEST_PUT, worker, 0);

  /* With each item that goes the first in the line is let in, and nobody else. */
  for (gint64 number = -2; number < PARTIES; number++)
    {
      g_assert_cmpint (test_queue_get (queue), ==, number);
      if (number + 2 < PARTIES)
        test_party_check (&parties[number + 2], number + 2);
      if (number + 3 < PARTIES)
        g_assert_false (test_party_has_ended (&parties[number + 3]));
    }
  test_queue_check_empty (queue);
}

/* An item goes to who waits for it without a detour, past whoever comes and looks. */
static void
test_handed_over (void)
{
  g_autoptr (TestWorker) worker = test_worker_new ();

  for (TestPlace place = 0; place < TEST_N_PLACES; place++)
    {
      g_autoptr (TaQueue) queue = ta_queue_new (1);
      TestParty           first;
      TestParty           second;

      test_party_begin (&first, queue, TEST_GET, place, worker, 0);
      test_party_begin (&second, queue, TEST_GET, TEST_IN_MAIN, NULL, 0);
      test_queue_put (queue, 1);
      test_queue_check_empty (queue);
      g_assert_false (ta_queue_get_wait (queue, NULL, 0, NULL, NULL));

      /* So there is always space as long as somebody waits for items. */
      test_queue_put (queue, 2);
      test_queue_check_empty (queue);
      test_party_check (&first, 1);
      test_party_check (&second, 2);
    }
}

/* So does space, and it is taken at once: nobody slips in between. */
static void
test_let_in (void)
{
  g_autoptr (TestWorker) worker = test_worker_new ();

  for (TestPlace place = 0; place < TEST_N_PLACES; place++)
    {
      g_autoptr (TaQueue) queue = ta_queue_new (1);
      TestParty           party;

      test_queue_put (queue, 1);
      test_party_begin (&party, queue, TEST_PUT, place, worker, 2);
      g_assert_cmpint (test_queue_get (queue), ==, 1);
      g_assert_true (ta_queue_get_is_full (queue));
      g_assert_false (ta_queue_try_put (queue, TA_VALUE_INT (3), NULL));
      g_assert_cmpint (test_queue_get (queue), ==, 2);
      test_queue_check_empty (queue);
      test_party_check (&party, 2);
    }
}

static void
test_close_with_gets (void)
{
  g_autoptr (TestWorker) worker = test_worker_new ();
  g_autoptr (TaQueue)    queue = ta_queue_new (1);
  TestParty              parties[9];

  begin_all (parties, G_N_ELEMENTS (parties), queue, TEST_GET, worker, 0);
  test_queue_put (queue, 1);
  ta_queue_close (queue);

  /* The first had its item already. */
  test_party_check (&parties[0], 1);
  for (guint i = 1; i < G_N_ELEMENTS (parties); i++)
    test_party_check_error (&parties[i], TA_ERROR, TA_ERROR_CLOSED);
  test_queue_check_empty (queue);
}

static void
test_close_with_puts (void)
{
  g_autoptr (TestWorker) worker = test_worker_new ();
  g_autoptr (TaQueue)    queue = ta_queue_new (2);
  TestParty              parties[9];

  test_queue_put (queue, 1);
  test_queue_put (queue, 2);
  begin_all (parties, G_N_ELEMENTS (parties), queue, TEST_PUT, worker, 3);
  g_assert_cmpint (test_queue_get (queue), ==, 1);
  ta_queue_close (queue);

  /* The first was in already; the items of the others stay with them. */
  test_party_check (&parties[0], 3);
  for (guint i = 1; i < G_N_ELEMENTS (parties); i++)
    test_party_check_error (&parties[i], TA_ERROR, TA_ERROR_CLOSED);
  g_assert_cmpuint (ta_queue_get_length (queue), ==, 2);
  g_assert_cmpint (test_queue_get (queue), ==, 2);
  g_assert_cmpint (test_queue_get (queue), ==, 3);
  test_queue_check_empty (queue);
}

/* An asynchronous wait keeps its queue, and lets go of it when it is over. */
static void
test_kept_alive (void)
{
  TaQueue  *queue = ta_queue_new (0);
  TestParty parties[3];

  g_object_add_weak_pointer (G_OBJECT (queue), (gpointer *) &queue);
  test_party_begin_timed (&parties[0], queue, TEST_GET, TEST_IN_MAIN, NULL, 0, SHORT_US);
  test_party_begin (&parties[1], queue, TEST_GET, TEST_IN_MAIN, NULL, 0);
  test_party_begin (&parties[2], queue, TEST_GET, TEST_IN_MAIN, NULL, 0);
  g_object_unref (queue);
  g_assert_nonnull (queue);

  test_party_check_error (&parties[0], G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  test_party_cancel (&parties[1]);
  test_party_check_error (&parties[1], G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_nonnull (queue);
  ta_queue_close (queue);
  g_assert_nonnull (queue);
  test_party_check_error (&parties[2], TA_ERROR, TA_ERROR_CLOSED);
  test_turn_all (NULL);
  g_assert_null (queue);
}

static void
unref_after_close (gpointer queue)
{
  ta_queue_close (queue);
  g_object_unref (queue);
}

static void
unref_after_put (gpointer queue)
{
  test_queue_put (queue, 1);
  g_object_unref (queue);
}

static void
unref_after_get (gpointer queue)
{
  g_assert_cmpint (test_queue_get (queue), ==, 1);
  g_object_unref (queue);
}

/* So does a thread that is blocked: whoever ends its wait may let go of the queue. */
static void
test_kept_alive_by_thread (void)
{
  for (guint i = 0; i < test_repeats (200); i++)
    {
      TaQueue  *queue = g_object_new (TA_TYPE_QUEUE, "name", "short-lived", "capacity", 1u, NULL);
      TestParty party;

      if (i % 4 < 2)
        test_queue_put (queue, 1);
      test_party_begin (&party, queue, i % 4 < 2 ? TEST_PUT : TEST_GET, TEST_IN_THREAD, NULL, 2);
      switch (i % 4)
        {
        case 0:
          unref_after_get (queue);
          test_party_check (&party, 2);
          break;
        case 1:
        case 3:
          unref_after_close (queue);
          test_gate_await (&party.ended, 1);
          test_assert_message_has (party.error, "short-lived");
          test_party_check_error (&party, TA_ERROR, TA_ERROR_CLOSED);
          break;
        default:
          unref_after_put (queue);
          test_party_check (&party, 1);
        }
    }
}

int
main (int argc, char *argv[])
{
  test_init (&argc, &argv);

  test_add ("/promise-1/timed-out-get", test_timed_out_get);
  test_add ("/promise-1/timed-out-put", test_timed_out_put);
  test_add ("/promise-1/cancelled-get", test_cancelled_get);
  test_add ("/promise-1/cancelled-put", test_cancelled_put);
  test_add ("/promise-1/cancel-too-late", test_cancel_too_late);
  test_add ("/promise-1/close-with-gets", test_close_with_gets);
  test_add ("/promise-1/close-with-puts", test_close_with_puts);
  test_add ("/promise-2/kept-alive", test_kept_alive);
  test_add ("/promise-2/kept-alive-by-thread", test_kept_alive_by_thread);
  test_add ("/promise-3/left-gets", test_left_gets);
  test_add ("/promise-3/withdrawn-puts", test_withdrawn_puts);
  test_add ("/promise-3/withdrawn-among-many", test_withdrawn_among_many);
  test_add ("/promise-3/fifo-gets", test_fifo_gets);
  test_add ("/promise-3/fifo-puts", test_fifo_puts);
  test_add ("/promise-3/handed-over", test_handed_over);
  test_add ("/promise-3/let-in", test_let_in);

  return g_test_run ();
}
