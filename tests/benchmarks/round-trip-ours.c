/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench-runner.h"
#include "round-trip.h"

/* A call in a runner's loop. */

static gpointer
runner_start (void)
{
  return bench_runner_new ();
}

static void
runner_stop (gpointer runner)
{
  bench_runner_free (runner);
}

static void
call_cb (gpointer request)
{
  round_trip_answer (request);
}

static void
call_ask (gpointer runner, RoundTripRequest *request)
{
  bench_check (
      ta_runner_call_in_loop (runner, call_cb, request, NULL, TA_TIMEOUT_INFINITE, NULL, NULL));
}

const RoundTripPeer round_trip_call = {
  .name = "ta_runner_call_in_loop",
  .ours = TRUE,
  .start = runner_start,
  .ask = call_ask,
  .stop = runner_stop,
};

/* A task that has a result, and a wait for it. */

static void
task_cb (TaTask *task, gpointer data)
{
  RoundTripRequest     *request = data;
  g_autoptr (TaPromise) promise = ta_task_take_promise (task);

  round_trip_answer (request);
  ta_promise_return_int (promise, request->answer);
}

static void
task_ask (gpointer runner, RoundTripRequest *request)
{
  g_autoptr (TaTask) task = ta_runner_create_task (runner, task_cb, request, NULL);
  g_auto (GValue)    value = G_VALUE_INIT;
  gint64             answer;

  bench_check (ta_future_wait (TA_FUTURE (task), &value, TA_TIMEOUT_INFINITE, NULL, NULL));
  bench_check (ta_value_take_int (&value, &answer, NULL));
  bench_check (answer == request->answer);
}

const RoundTripPeer round_trip_task = {
  .name = "ta_runner_create_task + ta_future_wait",
  .ours = TRUE,
  .start = runner_start,
  .ask = task_ask,
  .stop = runner_stop,
};
