/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench-runner.h"
#include "round-trip.h"

/* Ping-pong through two TaQueues, one there and one back. */

typedef struct
{
  TaQueue  *questions;
  TaQueue  *answers;
  TaRunner *runner;
  GThread  *thread;
} QueuePair;

static QueuePair *
queue_pair_new (void)
{
  QueuePair *self = g_new0 (QueuePair, 1);

  self->questions = ta_queue_new (0);
  self->answers = ta_queue_new (0);

  return self;
}

static void
queue_pair_free (QueuePair *self)
{
  g_object_unref (self->questions);
  g_object_unref (self->answers);
  g_free (self);
}

/* A request is not a type that is copied: its address goes there and back as a number. */
static void
send_to (TaQueue *queue, RoundTripRequest *request)
{
  bench_check (ta_queue_put_wait (queue, TA_VALUE_INT ((gint64) GPOINTER_TO_SIZE (request)),
                                  TA_TIMEOUT_INFINITE, NULL, NULL));
}

static RoundTripRequest *
take (GValue *value)
{
  gint64 address;

  bench_check (ta_value_take_int (value, &address, NULL));

  return GSIZE_TO_POINTER ((gsize) address);
}

static void
queue_ask (gpointer data, RoundTripRequest *request)
{
  QueuePair      *self = data;
  g_auto (GValue) value = G_VALUE_INIT;

  send_to (self->questions, request);
  bench_check (ta_queue_get_wait (self->answers, &value, TA_TIMEOUT_INFINITE, NULL, NULL));
  bench_check (take (&value) == request);
}

static void
answer (QueuePair *self, GValue *value)
{
  RoundTripRequest *request = take (value);

  round_trip_answer (request);
  send_to (self->answers, request);
}

/* With a thread that blocks. */

static gpointer
queue_thread_cb (gpointer data)
{
  QueuePair         *self = data;
  g_autoptr (GError) error = NULL;
  g_auto (GValue)    value = G_VALUE_INIT;

  bench_cpu_place_loop ();

  while (ta_queue_get_wait (self->questions, &value, TA_TIMEOUT_INFINITE, NULL, &error))
    answer (self, &value);
  bench_check (g_error_matches (error, TA_ERROR, TA_ERROR_CLOSED));

  return NULL;
}

static gpointer
queue_threads_start (void)
{
  QueuePair *self = queue_pair_new ();

  self->thread = g_thread_new ("queue", queue_thread_cb, self);

  return self;
}

static void
queue_threads_stop (gpointer data)
{
  QueuePair *self = data;

  ta_queue_close (self->questions);
  g_thread_join (self->thread);
  queue_pair_free (self);
}

const RoundTripPeer round_trip_queue_threads = {
  .name = "TaQueue pair, to a thread",
  .ours = TRUE,
  .start = queue_threads_start,
  .ask = queue_ask,
  .stop = queue_threads_stop,
};

/* With a loop. */

static void
get_cb (GObject *source_object, GAsyncResult *result, gpointer data)
{
  QueuePair         *self = data;
  g_autoptr (GError) error = NULL;
  g_auto (GValue)    value = G_VALUE_INIT;

  if (!ta_queue_get_finish (self->questions, result, &value, &error))
    {
      bench_check (g_error_matches (error, TA_ERROR, TA_ERROR_CLOSED));
      return;
    }

  do
    answer (self, &value);
  while (ta_queue_try_get (self->questions, &value, NULL));

  ta_queue_get_async (self->questions, TA_TIMEOUT_INFINITE, NULL, get_cb, self);
}

static void
get_first_cb (gpointer data)
{
  QueuePair *self = data;

  ta_queue_get_async (self->questions, TA_TIMEOUT_INFINITE, NULL, get_cb, self);
}

static gpointer
queue_loop_start (void)
{
  QueuePair *self = queue_pair_new ();

  self->runner = bench_runner_new ();
  bench_check (ta_runner_call_in_loop (self->runner, get_first_cb, self, NULL, TA_TIMEOUT_INFINITE,
                                       NULL, NULL));

  return self;
}

static void
queue_loop_stop (gpointer data)
{
  QueuePair *self = data;

  ta_queue_close (self->questions);
  bench_runner_free (self->runner);
  queue_pair_free (self);
}

const RoundTripPeer round_trip_queue_loop = {
  .name = "TaQueue pair, to a runner's loop",
  .ours = TRUE,
  .start = queue_loop_start,
  .ask = queue_ask,
  .stop = queue_loop_stop,
};

/* Two events, with a thread: what is asked stands beside them. */

typedef struct
{
  TaEvent          *asked;
  TaEvent          *answered;
  RoundTripRequest *request; /* handed over by the events; NULL asks the thread to end */
  GThread          *thread;
} EventPair;

static void
wait_for (TaEvent *event)
{
  bench_check (ta_event_wait (event, TA_TIMEOUT_INFINITE, NULL, NULL));
  ta_event_clear (event);
}

static gpointer
event_thread_cb (gpointer data)
{
  EventPair *self = data;

  bench_cpu_place_loop ();

  for (wait_for (self->asked); self->request != NULL; wait_for (self->asked))
    {
      round_trip_answer (self->request);
      ta_event_set (self->answered);
    }

  return NULL;
}

static gpointer
event_start (void)
{
  EventPair *self = g_new0 (EventPair, 1);

  self->asked = ta_event_new ();
  self->answered = ta_event_new ();
  self->thread = g_thread_new ("event", event_thread_cb, self);

  return self;
}

static void
event_ask (gpointer data, RoundTripRequest *request)
{
  EventPair *self = data;

  self->request = request;
  ta_event_set (self->asked);
  wait_for (self->answered);
}

static void
event_stop (gpointer data)
{
  EventPair *self = data;

  self->request = NULL;
  ta_event_set (self->asked);
  g_thread_join (self->thread);
  g_object_unref (self->asked);
  g_object_unref (self->answered);
  g_free (self);
}

const RoundTripPeer round_trip_event = {
  .name = "TaEvent pair, to a thread",
  .ours = TRUE,
  .start = event_start,
  .ask = event_ask,
  .stop = event_stop,
};
