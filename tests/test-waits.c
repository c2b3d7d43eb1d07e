/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * Many waits on one future, from everywhere: promise 4, as far as it says in which context a
 * callback runs, and promise 3 among those of one context.
 */

#include "test-util.h"

#define THREADS 100
#define WAITS 100

static TaFuture *
new_future (TaPromise **promise)
{
  *promise = ta_promise_new ();

  return ta_promise_get_future (*promise);
}

static gint64
finish (GObject *source, GAsyncResult *result)
{
  g_autoptr (GError) error = NULL;
  GValue             value = G_VALUE_INIT;
  gint64             number = -1;

  g_assert_true (ta_future_wait_finish (TA_FUTURE (source), result, &value, &error));
  g_assert_no_error (error);
  g_assert_true (ta_value_take_int (&value, &number, &error));
  g_assert_no_error (error);

  return number;
}

typedef struct
{
  TestWitness witness;
  TestGate    gate;
  TaFuture   *future;
  TestWorker *worker;
  int         order[WAITS];
  guint       n_order;
} Waits;

typedef struct
{
  Waits *waits;
  int    number;
} OneWait;

static void
waits_init (Waits *self, TaFuture *future)
{
  test_witness_init (&self->witness, NULL);
  test_gate_init (&self->gate);
  self->future = future;
  self->worker = NULL;
  self->n_order = 0;
}

static void
one_wait_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree OneWait *one = data;
  Waits              *waits = one->waits;

  g_assert_cmpint (finish (source, result), ==, 7);
  g_assert_cmpuint (waits->n_order, <, WAITS);
  waits->order[waits->n_order++] = one->number;
  test_witness_see (&waits->witness);
  test_gate_open (&waits->gate);
}

static void
start_wait (Waits *self, int number)
{
  OneWait *one = g_new (OneWait, 1);

  one->waits = self;
  one->number = number;
  self->witness.inside_call = TRUE;
  ta_future_wait_async (self->future, TEST_LONG_US, NULL, one_wait_cb, one);
  self->witness.inside_call = FALSE;
}

static void
check_order (Waits *self)
{
  g_assert_cmpuint (self->n_order, ==, WAITS);
  for (int i = 0; i < WAITS; i++)
    g_assert_cmpint (self->order[i], ==, i);
}

static gpointer
wait_thread (gpointer data)
{
  TaFuture          *future = data;
  g_autoptr (GError) error = NULL;
  GValue             value = G_VALUE_INIT;
  gint64             number = -1;

  g_assert_true (ta_future_wait (future, &value, TEST_DEADLINE_US, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (ta_value_take_int (&value, &number, &error));
  g_assert_cmpint (number, ==, 7);

  return NULL;
}

static void
start_in_worker (gpointer data)
{
  Waits *self = data;

  test_witness_init (&self->witness, test_worker_get_context (self->worker));
  for (int i = 0; i < WAITS; i++)
    start_wait (self, i);
}

/*
 * A hundred threads and two contexts wait for one future: each gets its value, and in each
 * context those who came first are served first.
 */
static void
test_fifo (void)
{
  g_autoptr (TaPromise)  promise = NULL;
  g_autoptr (TaFuture)   future = new_future (&promise);
  g_autoptr (TestWorker) worker = test_worker_new ();
  GThread               *threads[THREADS];
  Waits                  here;
  Waits                  there;

  waits_init (&here, future);
  waits_init (&there, future);
  there.worker = worker;

  for (guint i = 0; i < THREADS; i++)
    {
      threads[i] = g_thread_new ("waiter", wait_thread, future);
      start_wait (&here, (int) i);
    }
  test_worker_call (worker, start_in_worker, &there);
  g_assert_cmpuint (here.n_order, ==, 0);

  here.witness.inside_call = TRUE;
  ta_promise_return_int (promise, 7);
  here.witness.inside_call = FALSE;
  TEST_TURN_UNTIL (NULL, here.n_order == WAITS);
  check_order (&here);

  test_gate_await (&there.gate, WAITS);
  check_order (&there);

  for (guint i = 0; i < THREADS; i++)
    g_thread_join (threads[i]);
  test_gate_clear (&here.gate);
  test_gate_clear (&there.gate);
}

/* Waits that give up are passed over, and those that are left keep their order. */
static void
test_fifo_with_gaps (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (TaPromise)    promise = NULL;
  g_autoptr (TaFuture)     future = new_future (&promise);
  TestResult               results[WAITS];
  Waits                    waits;

  waits_init (&waits, future);
  for (int i = 0; i < WAITS; i++)
    {
      test_result_init (&results[i], NULL);
      TEST_OUTSIDE (&results[i], ta_future_wait_async (future, TEST_LONG_US, cancellable,
                                                       test_result_cb, &results[i]));
      start_wait (&waits, i);
    }

  TEST_OUTSIDE (&results[0], g_cancellable_cancel (cancellable));
  ta_promise_return_int (promise, 7);
  TEST_TURN_UNTIL (NULL, waits.n_order == WAITS);
  test_turn_all (NULL);
  check_order (&waits);

  for (int i = 0; i < WAITS; i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_cmpuint (results[i].calls, ==, 1);
      g_assert_false (ta_future_wait_finish (future, results[i].result, NULL, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      test_result_clear (&results[i]);
    }
  test_gate_clear (&waits.gate);
}

static void
start_all (gpointer data)
{
  Waits *self = data;

  for (int i = 0; i < WAITS; i++)
    start_wait (self, i);
}

/* A thread without a context of its own has its callbacks where GIO has them: in the default. */
static void
test_plain_thread (void)
{
  g_autoptr (TaPromise) promise = NULL;
  g_autoptr (TaFuture)  future = new_future (&promise);
  Waits                 waits;

  waits_init (&waits, future);
  test_thread_call (start_all, &waits);
  test_turn_all (NULL);
  g_assert_cmpuint (waits.n_order, ==, 0);
  ta_promise_return_int (promise, 7);
  TEST_TURN_UNTIL (NULL, waits.n_order == WAITS);
  check_order (&waits);

  /* Now that it's done, the wait still ends here, and not in the thread that asks. */
  waits.n_order = 0;
  test_thread_call (start_all, &waits);
  g_assert_cmpuint (waits.n_order, ==, 0);
  TEST_TURN_UNTIL (NULL, waits.n_order == WAITS);
  check_order (&waits);
  test_gate_clear (&waits.gate);
}

static void
wait_in_own_context (gpointer data)
{
  Waits                   *self = data;
  g_autoptr (GMainContext) context = g_main_context_new ();

  g_main_context_push_thread_default (context);
  test_witness_init (&self->witness, context);
  start_all (self);
  test_gate_open (&self->gate);
  TEST_TURN_UNTIL (context, self->n_order == WAITS);
  g_main_context_pop_thread_default (context);
}

static gpointer
own_context_thread (gpointer data)
{
  wait_in_own_context (data);

  return NULL;
}

static void
test_own_context (void)
{
  g_autoptr (TaPromise) promise = NULL;
  g_autoptr (TaFuture)  future = new_future (&promise);
  GThread              *thread;
  Waits                 waits;

  waits_init (&waits, future);
  thread = g_thread_new ("own-context", own_context_thread, &waits);
  test_gate_await (&waits.gate, 1);
  ta_promise_return_int (promise, 7);
  g_thread_join (thread);
  check_order (&waits);

  /* The same in the thread of the test, with a future that is done. */
  waits.n_order = 0;
  wait_in_own_context (&waits);
  check_order (&waits);
  test_gate_clear (&waits.gate);
}

/* A pending wait keeps the context that its callback is for; once it's over, nothing does. */
static void
test_context_kept (void)
{
  g_autoptr (TaPromise) promise = NULL;
  g_autoptr (TaFuture)  future = new_future (&promise);
  GMainContext         *context = g_main_context_new ();
  TestGate              gone;
  TestResult            result;

  test_gate_init (&gone);
  test_context_watch (context, &gone);

  g_main_context_push_thread_default (context);
  test_result_init (&result, context);
  TEST_OUTSIDE (&result,
                ta_future_wait_async (future, TEST_LONG_US, NULL, test_result_cb, &result));
  g_main_context_pop_thread_default (context);
  g_main_context_unref (context);
  g_assert_cmpuint (test_gate_get_count (&gone), ==, 0);

  g_main_context_ref (context);
  ta_promise_return_int (promise, 7);
  TEST_TURN_UNTIL (context, result.calls == 1);
  g_assert_cmpint (finish (result.source, result.result), ==, 7);
  test_result_clear (&result);
  test_turn_all (context);
  g_assert_cmpuint (test_gate_get_count (&gone), ==, 0);
  g_main_context_unref (context);
  g_assert_cmpuint (test_gate_get_count (&gone), ==, 1);
  test_gate_clear (&gone);
}

/* One end that is told in twenty contexts: each has its own. */
static void
test_many_contexts (void)
{
  g_autoptr (TaPromise) promise = NULL;
  g_autoptr (TaFuture)  future = new_future (&promise);
  GMainContext         *contexts[20];
  TestResult            results[20];

  for (guint i = 0; i < G_N_ELEMENTS (contexts); i++)
    {
      contexts[i] = g_main_context_new ();
      g_main_context_push_thread_default (contexts[i]);
      test_result_init (&results[i], contexts[i]);
      ta_future_wait_async (future, TEST_LONG_US, NULL, test_result_cb, &results[i]);
      g_main_context_pop_thread_default (contexts[i]);
    }

  test_thread_call ((TestFunc) ta_promise_unref, g_steal_pointer (&promise));

  for (guint i = 0; i < G_N_ELEMENTS (contexts); i++)
    {
      g_autoptr (GError) error = NULL;

      TEST_TURN_UNTIL (contexts[i], results[i].calls == 1);
      g_assert_false (ta_future_wait_finish (future, results[i].result, NULL, &error));
      g_assert_error (error, TA_ERROR, TA_ERROR_DROPPED);
      test_result_clear (&results[i]);
      g_main_context_unref (contexts[i]);
    }
}

int
main (int argc, char *argv[])
{
  test_init (&argc, &argv);

  test_add ("/promise-3/fifo", test_fifo);
  test_add ("/promise-3/fifo-with-gaps", test_fifo_with_gaps);
  test_add ("/promise-4/plain-thread", test_plain_thread);
  test_add ("/promise-4/own-context", test_own_context);
  test_add ("/promise-4/context-kept", test_context_kept);
  test_add ("/promise-4/many-contexts", test_many_contexts);

  return g_test_run ();
}
