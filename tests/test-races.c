/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * Promise 2: every wait ends, and with exactly one outcome, whatever races with what. The tests
 * don't try to hit one moment: they let the sides run past each other ten thousand times, with
 * pauses drawn from the program's seed (--seed repeats them), and accept every outcome that makes
 * sense, but only one.
 */

#include "test-util.h"

#define RACES 10000
#define MAX_BATCH 200

typedef struct
{
  TaPromise    *promise;
  TaFuture     *future;
  GCancellable *cancellable;
  int           number;
  gint64        timeout_us;
  gboolean      drop;
  guint         return_pause;
  guint         cancel_pause;
  guint         outcomes;
} Race;

typedef struct
{
  Race     races[MAX_BATCH];
  guint    n_races;
  guint    n_left;
  gboolean cancels;
  gboolean drops;
} Batch;

/* What a whole test came to. */
typedef struct
{
  guint values;
  guint cancelled;
  guint timed_out;
  guint dropped;
} Tally;

/* Some time that depends on nobody's clock. */
static void
pause_for (guint rounds)
{
  volatile guint count = 0;

  while (count < rounds)
    count++;
}

static void
return_all (Batch *batch)
{
  for (guint i = 0; i < batch->n_races; i++)
    {
      Race *race = &batch->races[i];

      pause_for (race->return_pause);
      if (!race->drop)
        ta_promise_return_int (race->promise, race->number);
      g_clear_pointer (&race->promise, ta_promise_unref);
    }
}

static void
cancel_all (Batch *batch)
{
  for (guint i = 0; i < batch->n_races; i++)
    {
      pause_for (batch->races[i].cancel_pause);
      g_cancellable_cancel (batch->races[i].cancellable);
    }
}

/* A thread that goes through batches with a function of its own. */
typedef struct
{
  GThread     *thread;
  GAsyncQueue *batches;
  TestGate     done;
  guint        n_pushed;
  void (*func) (Batch *batch);
} Racer;

static Batch last_batch;

static gpointer
racer_thread (gpointer data)
{
  Racer *self = data;
  Batch *batch;

  while ((batch = g_async_queue_pop (self->batches)) != &last_batch)
    {
      self->func (batch);
      test_gate_open (&self->done);
    }

  return NULL;
}

static void
racer_init (Racer *self, void (*func) (Batch *batch))
{
  self->batches = g_async_queue_new ();
  self->func = func;
  self->n_pushed = 0;
  test_gate_init (&self->done);
  self->thread = g_thread_new ("racer", racer_thread, self);
}

static void
racer_push (Racer *self, Batch *batch)
{
  self->n_pushed++;
  g_async_queue_push (self->batches, batch);
}

static void
racer_clear (Racer *self)
{
  g_async_queue_push (self->batches, &last_batch);
  g_thread_join (self->thread);
  g_async_queue_unref (self->batches);
  test_gate_clear (&self->done);
}

static void
batch_init (Batch *self, guint n_races, gboolean cancels, gboolean drops, gboolean times_out)
{
  self->n_races = n_races;
  self->n_left = n_races;
  self->cancels = cancels;
  self->drops = drops;

  for (guint i = 0; i < n_races; i++)
    {
      Race *race = &self->races[i];

      race->promise = ta_promise_new ();
      race->future = ta_promise_get_future (race->promise);
      race->cancellable = cancels ? g_cancellable_new () : NULL;
      race->number = g_test_rand_int ();
      race->timeout_us = times_out ? g_test_rand_int_range (0, 100) : TEST_DEADLINE_US;
      race->drop = drops && g_test_rand_bit ();
      race->return_pause = (guint) g_test_rand_int_range (0, 1000);
      race->cancel_pause = (guint) g_test_rand_int_range (0, 1000);
      race->outcomes = 0;
    }
}

static void
count_outcome (Race *race, gboolean taken, GValue *value, GError *error, Tally *tally)
{
  g_assert_cmpuint (race->outcomes, ==, 0);
  race->outcomes++;

  if (taken)
    {
      g_assert_no_error (error);
      g_assert_false (race->drop);
      g_assert_cmpint (g_value_get_int64 (value), ==, race->number);
      tally->values++;
    }
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_assert_nonnull (race->cancellable);
      g_assert_true (g_cancellable_is_cancelled (race->cancellable));
      tally->cancelled++;
    }
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    {
      g_assert_cmpint (race->timeout_us, <, TEST_DEADLINE_US);
      tally->timed_out++;
    }
  else
    {
      g_assert_error (error, TA_ERROR, TA_ERROR_DROPPED);
      g_assert_true (race->drop);
      tally->dropped++;
    }

  g_value_unset (value);
  g_clear_error (&error);
}

/* Whoever gave up has swallowed nothing: the result is there for the next. */
static void
batch_finish (Batch *self)
{
  for (guint i = 0; i < self->n_races; i++)
    {
      Race              *race = &self->races[i];
      g_autoptr (GError) error = NULL;
      GValue             value = G_VALUE_INIT;

      g_assert_cmpuint (race->outcomes, ==, 1);
      g_assert_null (race->promise);
      if (ta_future_try_wait (race->future, &value, &error))
        g_assert_cmpint (g_value_get_int64 (&value), ==, race->number);
      else
        g_assert_error (error, TA_ERROR, TA_ERROR_DROPPED);

      g_value_unset (&value);
      g_object_add_weak_pointer (G_OBJECT (race->future), (gpointer *) &race->future);
      g_object_unref (race->future);
      g_assert_null (race->future);
      g_clear_object (&race->cancellable);
    }
}

static void
wait_for_all (Batch *batch, Tally *tally)
{
  for (guint i = 0; i < batch->n_races; i++)
    {
      Race    *race = &batch->races[i];
      GError  *error = NULL;
      GValue   value = G_VALUE_INIT;
      gboolean taken;

      taken = ta_future_wait (race->future, &value, race->timeout_us, race->cancellable, &error);
      count_outcome (race, taken, &value, error, tally);
    }
}

static Tally *current_tally;
static Batch *current_batch;

static void
wait_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Race    *race = data;
  GError  *error = NULL;
  GValue   value = G_VALUE_INIT;
  gboolean taken = ta_future_wait_finish (TA_FUTURE (source), result, &value, &error);

  g_assert_true (race->future == TA_FUTURE (source));
  count_outcome (race, taken, &value, error, current_tally);
  current_batch->n_left--;
}

static void
wait_for_all_async (Batch *batch, Tally *tally)
{
  current_tally = tally;
  current_batch = batch;

  for (guint i = 0; i < batch->n_races; i++)
    {
      Race *race = &batch->races[i];

      ta_future_wait_async (race->future, race->timeout_us, race->cancellable, wait_cb, race);
    }

  TEST_TURN_UNTIL (NULL, batch->n_left == 0);
}

static Tally
race (void (*wait) (Batch *batch, Tally *tally),
      gboolean cancels,
      gboolean drops,
      gboolean times_out)
{
  Batch *batch = g_new0 (Batch, 1);
  Tally  tally = { 0 };
  Racer  returner;
  Racer  canceller;
  guint  left = test_repeats (RACES);

  racer_init (&returner, return_all);
  racer_init (&canceller, cancel_all);

  while (left > 0)
    {
      /* One at a time is a closer race, many at a time are more of them. */
      guint n = g_test_rand_bit () ? 1 : (guint) g_test_rand_int_range (1, MAX_BATCH + 1);

      n = MIN (n, left);
      left -= n;
      batch_init (batch, n, cancels, drops, times_out);

      if (cancels && g_test_rand_bit ())
        racer_push (&canceller, batch);
      racer_push (&returner, batch);
      if (cancels && canceller.n_pushed < returner.n_pushed)
        racer_push (&canceller, batch);

      wait (batch, &tally);
      test_gate_await (&returner.done, returner.n_pushed);
      test_gate_await (&canceller.done, canceller.n_pushed);
      test_turn_all (NULL);
      batch_finish (batch);
    }

  racer_clear (&returner);
  racer_clear (&canceller);
  g_free (batch);

  g_test_message ("values %u, cancelled %u, timed out %u, dropped %u", tally.values,
                  tally.cancelled, tally.timed_out, tally.dropped);
  g_assert_cmpuint (tally.values + tally.cancelled + tally.timed_out + tally.dropped, ==,
                    test_repeats (RACES));

  return tally;
}

static void
test_cancel_races_return (void)
{
  Tally tally = race (wait_for_all, TRUE, FALSE, FALSE);

  g_assert_cmpuint (tally.timed_out + tally.dropped, ==, 0);
}

static void
test_cancel_races_return_async (void)
{
  Tally tally = race (wait_for_all_async, TRUE, FALSE, FALSE);

  g_assert_cmpuint (tally.timed_out + tally.dropped, ==, 0);
}

static void
test_timeout_races_return (void)
{
  Tally tally = race (wait_for_all, FALSE, FALSE, TRUE);

  g_assert_cmpuint (tally.cancelled + tally.dropped, ==, 0);
}

static void
test_timeout_races_return_async (void)
{
  Tally tally = race (wait_for_all_async, FALSE, FALSE, TRUE);

  g_assert_cmpuint (tally.cancelled + tally.dropped, ==, 0);
}

static void
test_everything_races (void)
{
  race (wait_for_all, TRUE, TRUE, TRUE);
}

static void
test_everything_races_async (void)
{
  race (wait_for_all_async, TRUE, TRUE, TRUE);
}

int
main (int argc, char *argv[])
{
  test_init (&argc, &argv);

  test_add ("/promise-2/cancel-races-return", test_cancel_races_return);
  test_add ("/promise-2/cancel-races-return-async", test_cancel_races_return_async);
  test_add ("/promise-2/timeout-races-return", test_timeout_races_return);
  test_add ("/promise-2/timeout-races-return-async", test_timeout_races_return_async);
  test_add ("/promise-2/everything-races", test_everything_races);
  test_add ("/promise-2/everything-races-async", test_everything_races_async);

  return g_test_run ();
}
