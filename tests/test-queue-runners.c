/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * Queues and runners: what becomes of waits and items when a runner ends (promises 1 and 2), where
 * callbacks run (4), who may drop the last reference (7), and what must not block (8).
 */

#include "test-party.h"

static void
in_loop (TaRunner *runner, TaCallFunc func, gpointer data)
{
  g_autoptr (GError) error = NULL;

  ta_runner_call_in_loop (runner, func, data, NULL, TEST_DEADLINE_US, NULL, &error);
  g_assert_no_error (error);
}

/* A runner whose loop the test can hold, with waits that were started on it. */
typedef struct
{
  TaRunner     *runner;
  TaQueue      *queue;
  TestJob       job;
  GCancellable *cancellable;
  guint         n_waits;
  TestGate      blocked;
  TestGate      release;
  TestGate      exited;

  /* The runner's thread, and whoever has waited for its end. */
  TestResult results[3];
} Held;

static void
held_init (Held *self, TaQueue *queue, TestJob job, guint n_waits)
{
  self->runner = test_runner_new_started ("held");
  self->queue = queue;
  self->job = job;
  self->n_waits = n_waits;
  self->cancellable = g_cancellable_new ();
  test_gate_init (&self->blocked);
  test_gate_init (&self->release);
  test_gate_init (&self->exited);
  test_runner_watch_thread (self->runner, &self->exited);
}

static void
begin_held (gpointer data)
{
  Held *self = data;

  for (guint i = 0; i < self->n_waits; i++)
    {
      TestResult *result = &self->results[i];

      test_result_init (result, ta_runner_get_context (self->runner));
      if (self->job == TEST_GET)
        TEST_OUTSIDE (result, ta_queue_get_async (self->queue, TEST_LONG_US, self->cancellable,
                                                  test_result_cb, result));
      else
        TEST_OUTSIDE (result, ta_queue_put_async (self->queue, TA_VALUE_INT (100 + i), TEST_LONG_US,
                                                  self->cancellable, test_result_cb, result));
    }
}

static void
held_begin (Held *self)
{
  in_loop (self->runner, begin_held, self);
}

static void
begin_and_block (gpointer data)
{
  Held *self = data;

  begin_held (self);
  test_gate_open (&self->blocked);
  test_gate_await (&self->release, 1);
}

/* The same, with the loop held in that very turn: no callback comes. */
static void
held_begin_and_block (Held *self)
{
  ta_runner_call_in_loop_async (self->runner, begin_and_block, self, NULL, TEST_LONG_US, NULL, NULL,
                                NULL);
  test_gate_await (&self->blocked, 1);
}

static void
held_abandon (Held *self)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (ta_runner_stop (self->runner, 20000, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
}

static void
held_clear (Held *self)
{
  if (test_gate_get_count (&self->blocked) > 0)
    test_gate_open (&self->release);
  test_gate_await (&self->exited, 1);
  g_object_unref (self->runner);
  g_object_unref (self->cancellable);
  test_gate_clear (&self->blocked);
  test_gate_clear (&self->release);
  test_gate_clear (&self->exited);
}

/* What a stop does to waits that were started on the runner. */
static void
check_stopped (TestJob job)
{
  g_autoptr (TaQueue) queue = ta_queue_new (1);
  Held                held;

  if (job == TEST_PUT)
    test_queue_put (queue, 1);
  held_init (&held, queue, job, 3);
  held_begin (&held);
  test_runner_stop (held.runner);

  for (guint i = 0; i < held.n_waits; i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_cmpuint (held.results[i].calls, ==, 1);
      if (job == TEST_GET)
        ta_queue_get_finish (queue, held.results[i].result, NULL, &error);
      else
        ta_queue_put_finish (queue, held.results[i].result, &error);
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      test_result_clear (&held.results[i]);
    }

  /* They have taken nothing and left nothing. */
  if (job == TEST_PUT)
    g_assert_cmpint (test_queue_get (queue), ==, 1);
  test_queue_check_empty (queue);
  test_queue_put (queue, 2);
  g_assert_cmpint (test_queue_get (queue), ==, 2);
  held_clear (&held);
}

static void
test_stopped (void)
{
  check_stopped (TEST_GET);
  check_stopped (TEST_PUT);
}

/* Items for callbacks that can't be called any more go back to where they were, in their order. */
static void
test_given_back (void)
{
  g_autoptr (TaQueue) queue = ta_queue_new (0);
  Held                first;
  Held                second;

  held_init (&first, queue, TEST_GET, 3);
  held_begin_and_block (&first);
  for (gint64 number = 1; number <= 5; number++)
    test_queue_put (queue, number);
  g_assert_cmpuint (ta_queue_get_length (queue), ==, 2);
  held_abandon (&first);
  g_assert_cmpuint (ta_queue_get_length (queue), ==, 5);

  /* So do those that have been given back before. */
  held_init (&second, queue, TEST_GET, 2);
  held_begin_and_block (&second);
  g_assert_cmpuint (ta_queue_get_length (queue), ==, 3);
  held_abandon (&second);

  for (gint64 number = 1; number <= 5; number++)
    g_assert_cmpint (test_queue_get (queue), ==, number);
  test_queue_check_empty (queue);
  held_clear (&first);
  held_clear (&second);
  g_assert_cmpuint (first.results[0].calls + first.results[1].calls + first.results[2].calls, ==,
                    0);
  g_assert_cmpuint (second.results[0].calls + second.results[1].calls, ==, 0);
}

/* Or to those who stand in line for them meanwhile, in theirs. */
static void
test_given_to_next (void)
{
  g_autoptr (TestWorker) worker = test_worker_new ();
  g_autoptr (TaQueue)    queue = ta_queue_new (0);
  TestParty              parties[3];
  Held                   held;

  held_init (&held, queue, TEST_GET, 3);
  held_begin_and_block (&held);
  for (guint i = 0; i < G_N_ELEMENTS (parties); i++)
    test_party_begin (&parties[i], queue, TEST_GET, (TestPlace) i, worker, 0);
  for (gint64 number = 1; number <= 3; number++)
    test_queue_put (queue, number);
  test_queue_check_empty (queue);

  held_abandon (&held);
  for (guint i = 0; i < G_N_ELEMENTS (parties); i++)
    test_party_check (&parties[i], i + 1);
  test_queue_check_empty (queue);
  held_clear (&held);
}

/* What comes only after the runner was abandoned is not for those who waited on it. */
static void
test_put_after_abandoned (void)
{
  g_autoptr (TaQueue) queue = ta_queue_new (0);
  Held                held;

  held_init (&held, queue, TEST_GET, 3);
  held_begin_and_block (&held);
  held_abandon (&held);
  for (gint64 number = 1; number <= 4; number++)
    test_queue_put (queue, number);
  g_assert_cmpuint (ta_queue_get_length (queue), ==, 4);
  for (gint64 number = 1; number <= 4; number++)
    g_assert_cmpint (test_queue_get (queue), ==, number);
  held_clear (&held);
}

/* Puts that waited on an abandoned runner: each item is in, or is not, but once. */
static void
test_puts_of_abandoned (void)
{
  g_autoptr (TaQueue) queue = ta_queue_new (1);
  Held                held;

  test_queue_put (queue, 1);
  held_init (&held, queue, TEST_PUT, 3);
  held_begin_and_block (&held);
  g_assert_cmpint (test_queue_get (queue), ==, 1);
  held_abandon (&held);

  /* The first had been let in. */
  g_assert_cmpint (test_queue_get (queue), ==, 100);
  held_clear (&held);

  /* By now the others have ended in one way or the other. */
  for (gint64 number = 101; number <= 102 && !ta_queue_get_is_empty (queue); number++)
    g_assert_cmpint (test_queue_get (queue), ==, number);
  test_queue_check_empty (queue);
}

static void
count_cb (TaQueue *queue, gpointer witness)
{
  test_witness_see (witness);
}

/* An item that comes back, or finds nobody there any more, is one that is available. */
static void
test_given_back_signal (void)
{
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (TaQueue) queue = ta_queue_new (0);
      TestWitness         items;
      Held                held;

      test_witness_init (&items, NULL);
      g_signal_connect (queue, "items-available", G_CALLBACK (count_cb), &items);
      held_init (&held, queue, TEST_GET, 1);
      held_begin_and_block (&held);
      if (i == 0)
        test_queue_put (queue, 1);
      test_turn_all (NULL);
      g_assert_cmpuint (items.count, ==, 0);

      held_abandon (&held);
      if (i == 1)
        test_queue_put (queue, 1);
      test_turn_all (NULL);
      g_assert_cmpuint (items.count, ==, 1);
      g_assert_cmpint (test_queue_get (queue), ==, 1);
      held_clear (&held);
    }
}

/* What an abandoned runner leaves behind is not in the way of whoever cancels or closes. */
static void
test_abandoned_then_ended (void)
{
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (TaQueue) queue = ta_queue_new (0);
      Held                held;

      held_init (&held, queue, TEST_GET, 3);
      held_begin_and_block (&held);
      held_abandon (&held);
      if (i == 0)
        g_cancellable_cancel (held.cancellable);
      else
        ta_queue_close (queue);
      held_clear (&held);
      test_queue_check_empty (queue);
    }
}

/* One that takes from a queue until it is told to stop. */
typedef struct
{
  TaQueue *queue;
  gint64   expected;
  gboolean is_cancelled;
} Taker;

static void
taken_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Taker             *self = data;
  g_autoptr (GError) error = NULL;
  GValue             value = G_VALUE_INIT;

  if (!ta_queue_get_finish (self->queue, result, &value, &error))
    {
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      self->is_cancelled = TRUE;
      return;
    }

  g_assert_cmpint (test_take_number (&value), ==, self->expected++);
  ta_queue_get_async (self->queue, TEST_LONG_US, NULL, taken_cb, self);
}

static void
take_call (gpointer data)
{
  Taker *self = data;

  ta_queue_get_async (self->queue, TEST_LONG_US, NULL, taken_cb, self);
}

static gpointer
feed_thread (gpointer queue)
{
  for (gint64 number = 0; number < 100; number++)
    test_queue_put (queue, number);

  return NULL;
}

/* Wherever the stop, or the end of patience, comes in: each item was taken or is there. */
static void
test_stop_races_put (void)
{
  for (guint i = 0; i < test_repeats (300); i++)
    {
      g_autoptr (TaQueue) queue = ta_queue_new (0);
      Taker               taker = { .queue = queue };
      g_autoptr (GError)  error = NULL;
      TestGate            exited;
      TaRunner           *runner = test_runner_new_started ("taking");
      GThread            *thread;

      test_gate_init (&exited);
      test_runner_watch_thread (runner, &exited);
      in_loop (runner, take_call, &taker);
      thread = g_thread_new ("feeder", feed_thread, queue);
      if (!ta_runner_stop (runner, i % 2 ? TEST_DEADLINE_US : g_test_rand_int_range (0, 200), NULL,
                           &error))
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
      g_thread_join (thread);
      test_gate_await (&exited, 1);
      g_object_unref (runner);
      test_gate_clear (&exited);

      g_assert_cmpint (taker.expected + ta_queue_get_length (queue), ==, 100);
      while (taker.expected < 100)
        g_assert_cmpint (test_queue_get (queue), ==, taker.expected++);
    }
}

/* In a runner's loop: refused at once, but only what would block. */
static void
check_refusals (gpointer data)
{
  TaQueue                 *queue = data;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError)       error = NULL;
  GValue                   value = G_VALUE_INIT;

  g_assert_false (ta_queue_get_wait (queue, &value, TEST_DEADLINE_US, cancellable, &error));
  g_assert_error (error, TA_ERROR, TA_ERROR_WOULD_DEADLOCK);
  test_assert_message_has (error, "held");
  test_assert_message_has (error, "no way");
  test_assert_null_pointer (&value);
  g_clear_error (&error);
  g_assert_false (ta_queue_get_wait (queue, &value, 0, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_clear_error (&error);
  g_assert_false (ta_queue_try_get (queue, &value, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
  g_clear_error (&error);

  g_assert_true (
      ta_queue_put_wait (queue, TA_VALUE_INT (1), TA_TIMEOUT_INFINITE, cancellable, &error));
  g_assert_no_error (error);
  g_assert_false (ta_queue_put_wait (queue, TA_VALUE_INT (2), TEST_DEADLINE_US, NULL, &error));
  g_assert_error (error, TA_ERROR, TA_ERROR_WOULD_DEADLOCK);
  test_assert_message_has (error, "held");
  test_assert_message_has (error, "no way");
  g_clear_error (&error);
  g_assert_false (ta_queue_put_wait (queue, TA_VALUE_INT (2), 0, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_clear_error (&error);

  g_assert_true (ta_queue_get_wait (queue, &value, TA_TIMEOUT_INFINITE, cancellable, &error));
  g_assert_no_error (error);
  g_assert_cmpint (test_take_number (&value), ==, 1);

  g_cancellable_cancel (cancellable);
  g_assert_false (ta_queue_get_wait (queue, NULL, TEST_DEADLINE_US, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  ta_queue_close (queue);
  g_assert_false (ta_queue_get_wait (queue, NULL, TEST_DEADLINE_US, NULL, &error));
  g_assert_error (error, TA_ERROR, TA_ERROR_CLOSED);
  g_clear_error (&error);
  g_assert_false (ta_queue_put_wait (queue, TA_VALUE_INT (2), TEST_DEADLINE_US, NULL, &error));
  g_assert_error (error, TA_ERROR, TA_ERROR_CLOSED);
}

static void
test_would_deadlock (void)
{
  g_autoptr (TaQueue)  queue = g_object_new (TA_TYPE_QUEUE, "name", "no way", "capacity", 1u, NULL);
  g_autoptr (TaRunner) runner = test_runner_new_started ("held");

  in_loop (runner, check_refusals, queue);
  test_runner_stop (runner);
}

static void
check_timed_out (gpointer data)
{
  TaQueue           *queue = data;
  g_autoptr (GError) error = NULL;

  g_assert_false (ta_queue_get_wait (queue, NULL, 1000, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
}

/* A loop that somebody else runs may have other things to do than to turn. */
static void
test_may_block (void)
{
  g_autoptr (TaQueue)    queue = ta_queue_new (1);
  g_autoptr (TestWorker) worker = test_worker_new ();

  in_loop (ta_runner_get_default (), check_timed_out, queue);
  test_worker_call (worker, check_timed_out, queue);
  check_timed_out (queue);
}

int
main (int argc, char *argv[])
{
  test_init (&argc, &argv);

  test_add ("/promise-1/given-back", test_given_back);
  test_add ("/promise-1/given-to-next", test_given_to_next);
  test_add ("/promise-1/put-after-abandoned", test_put_after_abandoned);
  test_add ("/promise-1/puts-of-abandoned", test_puts_of_abandoned);
  test_add ("/promise-1/stop-races-put", test_stop_races_put);
  test_add ("/promise-2/stopped", test_stopped);
  test_add ("/promise-2/abandoned-then-ended", test_abandoned_then_ended);
  test_add ("/promise-5/given-back", test_given_back_signal);
  test_add ("/promise-8/would-deadlock", test_would_deadlock);
  test_add ("/promise-8/may-block", test_may_block);

  return g_test_run ();
}
