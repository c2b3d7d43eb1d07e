/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench-runner.h"
#include "operations.h"

static void
promise_and_future (guint64 n)
{
  for (guint64 i = 0; i < n; i++)
    {
      TaPromise *promise = ta_promise_new ();
      TaFuture  *future = ta_promise_get_future (promise);
      GValue     value = G_VALUE_INIT;
      gint64     result;

      ta_promise_return_int (promise, (gint64) i);
      ta_promise_unref (promise);
      bench_check (ta_future_try_wait (future, &value, NULL));
      bench_check (ta_value_take_int (&value, &result, NULL) && result == (gint64) i);
      g_object_unref (future);
    }
}

static TaFuture *
make_done_future (void)
{
  TaPromise *promise = ta_promise_new ();
  TaFuture  *future = ta_promise_get_future (promise);

  ta_promise_return_int (promise, 7);
  ta_promise_unref (promise);

  return future;
}

static void
wait_when_done (guint64 n)
{
  g_autoptr (TaFuture) future = make_done_future ();

  for (guint64 i = 0; i < n; i++)
    {
      GValue value = G_VALUE_INIT;
      gint64 result;

      bench_check (ta_future_wait (future, &value, TA_TIMEOUT_INFINITE, NULL, NULL));
      bench_check (ta_value_take_int (&value, &result, NULL) && result == 7);
    }
}

static void
waited_cb (GObject *source_object, GAsyncResult *result, gpointer n_left)
{
  bench_check (ta_future_wait_finish (TA_FUTURE (source_object), result, NULL, NULL));
  --*(guint64 *) n_left;
}

static void
wait_async_when_done (guint64 n)
{
  g_autoptr (TaFuture) future = make_done_future ();
  guint64              n_left = n;

  for (guint64 i = 0; i < n; i++)
    ta_future_wait_async (future, TA_TIMEOUT_INFINITE, NULL, waited_cb, &n_left);
  while (n_left > 0)
    g_main_context_iteration (NULL, TRUE);
}

static void
put_and_get (guint64 n)
{
  g_autoptr (TaQueue) queue = ta_queue_new (0);

  for (guint64 i = 0; i < n; i++)
    {
      GValue value = G_VALUE_INIT;
      gint64 result;

      bench_check (ta_queue_try_put (queue, TA_VALUE_INT ((gint64) i), NULL));
      bench_check (ta_queue_try_get (queue, &value, NULL));
      bench_check (ta_value_take_int (&value, &result, NULL) && result == (gint64) i);
    }
}

static void
sleep_cb (GObject *source_object, GAsyncResult *result, gpointer n_left)
{
  bench_check (ta_sleep_finish (result, NULL));
  --*(guint64 *) n_left;
}

static void
sleep_for_nothing (guint64 n)
{
  guint64 n_left = n;

  for (guint64 i = 0; i < n; i++)
    ta_sleep_async (0, NULL, sleep_cb, &n_left);
  while (n_left > 0)
    g_main_context_iteration (NULL, TRUE);
}

typedef struct
{
  guint64  n_left;
  TaEvent *done;
} LoopSleeps;

static void
loop_sleep_cb (GObject *source_object, GAsyncResult *result, gpointer data)
{
  LoopSleeps *sleeps = data;

  bench_check (ta_sleep_finish (result, NULL));
  if (--sleeps->n_left == 0)
    ta_event_set (sleeps->done);
}

static void
sleep_in_loop_cb (gpointer data)
{
  LoopSleeps *sleeps = data;

  for (guint64 i = sleeps->n_left; i > 0; i--)
    ta_sleep_async (0, NULL, loop_sleep_cb, sleeps);
}

static void
sleep_in_loop (guint64 n)
{
  TaRunner           *runner = bench_runner_new ();
  g_autoptr (TaEvent) done = ta_event_new ();
  LoopSleeps          sleeps = { .n_left = n, .done = done };

  bench_check (ta_runner_call_in_loop (runner, sleep_in_loop_cb, &sleeps, NULL, TA_TIMEOUT_INFINITE,
                                       NULL, NULL));
  bench_check (ta_event_wait (done, TA_TIMEOUT_INFINITE, NULL, NULL));

  bench_runner_free (runner);
}

static void
nothing_cb (gpointer n_calls)
{
  ++*(guint64 *) n_calls;
}

typedef struct
{
  TaRunner *runner;
  guint64   n;
  guint64   n_calls;
} InlineCalls;

static void
call_inline_cb (gpointer data)
{
  InlineCalls *calls = data;

  for (guint64 i = 0; i < calls->n; i++)
    ta_runner_call_in_loop (calls->runner, nothing_cb, &calls->n_calls, NULL, TA_TIMEOUT_INFINITE,
                            NULL, NULL);
}

static void
call_inline (guint64 n)
{
  InlineCalls calls = { .runner = bench_runner_new (), .n = n };

  bench_check (ta_runner_call_in_loop (calls.runner, call_inline_cb, &calls, NULL,
                                       TA_TIMEOUT_INFINITE, NULL, NULL));
  bench_check (calls.n_calls == n);

  bench_runner_free (calls.runner);
}

static void
start_and_stop (guint64 n)
{
  for (guint64 i = 0; i < n; i++)
    bench_runner_free (bench_runner_new ());
}

const Operation operations_ours[] = {
  { "promise, future, return, try_wait, free", promise_and_future, 1000 },
  { "ta_future_wait, done already", wait_when_done, 1000 },
  { "ta_future_wait_async, done already", wait_async_when_done, 1000 },
  { "ta_queue_try_put + ta_queue_try_get", put_and_get, 1000 },
  { "ta_sleep_async, 0", sleep_for_nothing, 1000 },
  { "ta_sleep_async, 0, in a runner's loop", sleep_in_loop, 10000 },
  { "ta_runner_call_in_loop, in the loop", call_inline, 100000 },
  { "a runner: start, call, stop", start_and_stop, 20 },
};

const gsize n_operations_ours = G_N_ELEMENTS (operations_ours);
