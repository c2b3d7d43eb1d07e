/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * What becomes of reservations when their runner ends, and when many come, go, and are used at once
 * (promises 1 to 3).
 */

#include "test-party.h"

typedef struct
{
  TaRunner  *runner;
  TaQueue   *queue;
  TestResult result;
} OnRunner;

static void
begin_on_runner (gpointer data)
{
  OnRunner *self = data;

  test_result_init (&self->result, ta_runner_get_context (self->runner));
  ta_queue_reserve_async (self->queue, TA_TIMEOUT_INFINITE, NULL, test_result_cb, &self->result);
}

static void
on_runner_begin (OnRunner *self, TaQueue *queue)
{
  g_autoptr (GError) error = NULL;

  self->runner = test_runner_new_started ("reserves");
  self->queue = queue;
  ta_runner_call_in_loop (self->runner, begin_on_runner, self, NULL, TEST_DEADLINE_US, NULL,
                          &error);
  g_assert_no_error (error);
}

/* A wait ends with the runner on which it was started; what it was given by then it may keep. */
static void
test_stop (void)
{
  g_autoptr (TaQueue) queue = ta_queue_new (1);
  g_autoptr (GError)  error = NULL;
  OnRunner            given, waiting;
  TestParty           putter;

  on_runner_begin (&given, queue);
  on_runner_begin (&waiting, queue);
  test_party_begin (&putter, queue, TEST_PUT, TEST_IN_THREAD, NULL, 2);

  test_runner_stop (waiting.runner);
  g_assert_cmpuint (waiting.result.calls, ==, 1);
  g_assert_null (ta_queue_reserve_finish (queue, waiting.result.result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  test_result_clear (&waiting.result);

  test_runner_stop (given.runner);
  g_assert_false (test_party_has_ended (&putter));
  g_assert_true (ta_queue_put_reserved (queue, given.result.result, TA_VALUE_INT (1), &error));
  g_assert_no_error (error);
  test_result_clear (&given.result);
  g_assert_cmpint (test_queue_get (queue), ==, 1);
  test_party_check (&putter, 2);

  g_object_unref (given.runner);
  g_object_unref (waiting.runner);
}

static void
begin_and_block (gpointer data)
{
  OnRunner *self = data;
  TestGate *gates = (TestGate *) self->result.source;

  ta_queue_reserve_async (self->queue, TA_TIMEOUT_INFINITE, NULL, test_result_cb, &self->result);
  test_gate_open (&gates[0]);
  test_gate_await (&gates[1], 1);
}

/* What was given to a loop that is stuck, and cannot hear of it, goes to the next. */
static void
test_abandoned (void)
{
  g_autoptr (TaQueue) queue = ta_queue_new (1);
  g_autoptr (GError)  error = NULL;
  OnRunner            stuck = { .runner = test_runner_new_started ("stuck"), .queue = queue };
  TestGate            gates[3];
  TestParty           putter;

  for (guint i = 0; i < G_N_ELEMENTS (gates); i++)
    test_gate_init (&gates[i]);
  stuck.result.source = (GObject *) gates;
  test_runner_watch_thread (stuck.runner, &gates[2]);
  ta_runner_call_in_loop_async (stuck.runner, begin_and_block, &stuck, NULL, TEST_LONG_US, NULL,
                                NULL, NULL);
  test_gate_await (&gates[0], 1);
  test_party_begin (&putter, queue, TEST_PUT, TEST_IN_THREAD, NULL, 1);
  g_assert_false (test_party_has_ended (&putter));

  g_assert_false (ta_runner_stop (stuck.runner, 20000, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  test_party_check (&putter, 1);
  test_gate_open (&gates[1]);
  test_gate_await (&gates[2], 1);
  g_assert_cmpuint (stuck.result.calls, ==, 0);
  g_object_unref (stuck.runner);
  for (guint i = 0; i < G_N_ELEMENTS (gates); i++)
    test_gate_clear (&gates[i]);
}

#define CAPACITY 3
#define N_PUTTERS 5

typedef struct _Race Race;

/* One who puts numbered items, one after the other; half of them by reservations. */
typedef struct
{
  Race   *race;
  guint   id;
  guint32 seed;
  gint64  n_put; /* of those that went in; read when the thread has ended */
} Putter;

struct _Race
{
  TaQueue *queue;
  guint    n_rounds;
  Putter   putters[N_PUTTERS];
  int      n_putting; /* atomic */
};

static void
keep_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  GAsyncResult **slot = data;

  *slot = g_object_ref (result);
}

/* Reserves, and then puts, or lets go in one way or the other. */
static void
put_by_reservation (Putter *self, GRand *rand, GMainContext *context)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  TaQueue                 *queue = self->race->queue;

  ta_queue_reserve_async (queue, g_rand_int_range (rand, 0, 300), cancellable, keep_cb, &result);
  if (g_rand_int_range (rand, 0, 4) == 0)
    g_cancellable_cancel (cancellable);
  TEST_TURN_UNTIL (context, result != NULL);

  switch (g_rand_int_range (rand, 0, 4))
    {
    case 0:
      ta_queue_release_reserved (queue, result);
      break;
    case 1:
      break;
    default:
      if (ta_queue_put_reserved (queue, result,
                                 TA_VALUE_INT ((gint64) self->id << 32 | self->n_put), NULL))
        self->n_put++;
    }
}

static gpointer
put_thread (gpointer data)
{
  Putter                  *self = data;
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GRand)        rand = g_rand_new_with_seed (self->seed);

  g_main_context_push_thread_default (context);
  for (guint i = 0; i < self->race->n_rounds; i++)
    {
      if (self->id % 2 == 0)
        put_by_reservation (self, rand, context);
      else if (ta_queue_put_wait (self->race->queue,
                                  TA_VALUE_INT ((gint64) self->id << 32 | self->n_put),
                                  g_rand_int_range (rand, 0, 300), NULL, NULL))
        self->n_put++;
    }
  g_main_context_pop_thread_default (context);
  g_atomic_int_add (&self->race->n_putting, -1);

  return NULL;
}

static void
test_races (void)
{
  g_autoptr (TaQueue) queue = ta_queue_new (CAPACITY);
  Race     race = { .queue = queue, .n_rounds = test_repeats (1000), .n_putting = N_PUTTERS };
  GThread *threads[N_PUTTERS];
  gint64   n_got[N_PUTTERS] = { 0 };

  for (guint i = 0; i < N_PUTTERS; i++)
    {
      race.putters[i] = (Putter){ .race = &race, .id = i, .seed = g_test_rand_int () };
      threads[i] = g_thread_new ("puts", put_thread, &race.putters[i]);
    }

  for (gboolean is_over = FALSE; !is_over;)
    {
      GValue value = G_VALUE_INIT;

      is_over = g_atomic_int_get (&race.n_putting) == 0;
      while (ta_queue_get_wait (queue, &value, is_over ? 0 : 1000, NULL, NULL))
        {
          gint64 number = test_take_number (&value);

          /* Each one's items come in order. */
          g_assert_cmpint (number & G_MAXUINT32, ==, n_got[number >> 32]);
          n_got[number >> 32]++;
          g_assert_cmpuint (ta_queue_get_length (queue), <=, CAPACITY);
        }
    }

  for (guint i = 0; i < N_PUTTERS; i++)
    {
      g_thread_join (threads[i]);
      g_assert_cmpint (n_got[i], ==, race.putters[i].n_put);
      g_assert_cmpint (n_got[i], >, 0);
    }

  /* No place was lost, or came twice. */
  for (guint i = 0; i < CAPACITY; i++)
    test_queue_put (queue, i);
  g_assert_false (ta_queue_try_put (queue, TA_VALUE_INT (1), NULL));
}

int
main (int argc, char *argv[])
{
  test_init (&argc, &argv);

  test_add ("/queue/reserve/stop", test_stop);
  test_add ("/queue/reserve/abandoned", test_abandoned);
  test_add ("/queue/reserve/races", test_races);

  return g_test_run ();
}
