/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench-runner.h"
#include "queue.h"

/* A TaQueue. Whoever consumes in a loop waits for one item, and then takes all that there are. */

typedef struct
{
  QueueSink   *sink;
  QueueSource *source;
  TaQueue     *queue;
  TaRunner    *runner;
  GThread     *thread;
} QueuePair;

static QueuePair *
pair_new (QueueSink *sink, guint capacity)
{
  QueuePair *self = g_new0 (QueuePair, 1);

  self->sink = sink;
  self->queue = ta_queue_new (capacity);

  return self;
}

static void
pair_free (QueuePair *self)
{
  g_object_unref (self->queue);
  g_free (self);
}

static void
take (QueuePair *self, GValue *value)
{
  gint64 item;

  bench_check (ta_value_take_int (value, &item, NULL));
  queue_sink_take (self->sink, (guint64) item);
}

static void
get_cb (GObject *source_object, GAsyncResult *result, gpointer data)
{
  QueuePair         *self = data;
  g_autoptr (GError) error = NULL;
  g_auto (GValue)    value = G_VALUE_INIT;

  if (!ta_queue_get_finish (self->queue, result, &value, &error))
    {
      bench_check (g_error_matches (error, TA_ERROR, TA_ERROR_CLOSED));
      return;
    }

  do
    take (self, &value);
  while (ta_queue_try_get (self->queue, &value, NULL));

  ta_queue_get_async (self->queue, TA_TIMEOUT_INFINITE, NULL, get_cb, self);
}

static void
get_first_cb (gpointer data)
{
  QueuePair *self = data;

  ta_queue_get_async (self->queue, TA_TIMEOUT_INFINITE, NULL, get_cb, self);
}

static void
produce (gpointer data, QueueSource *source)
{
  QueuePair *self = data;
  guint64    item;

  while (queue_source_next (source, &item))
    bench_check (ta_queue_put_wait (self->queue, TA_VALUE_INT ((gint64) item), TA_TIMEOUT_INFINITE,
                                    NULL, NULL));
}

/* To a runner's loop. */

static gpointer
to_loop_start (QueueSink *sink, guint capacity)
{
  QueuePair *self = pair_new (sink, capacity);

  self->runner = bench_runner_new ();
  bench_check (ta_runner_call_in_loop (self->runner, get_first_cb, self, NULL, TA_TIMEOUT_INFINITE,
                                       NULL, NULL));

  return self;
}

static void
to_loop_stop (gpointer data)
{
  QueuePair *self = data;

  ta_queue_close (self->queue);
  bench_runner_free (self->runner);
  pair_free (self);
}

const QueuePeer queue_to_loop = {
  .name = "TaQueue, to a runner's loop",
  .ours = TRUE,
  .start = to_loop_start,
  .produce = produce,
  .stop = to_loop_stop,
};

/* To a main context that somebody else iterates: the main thread's. */

typedef struct
{
  void (*func) (gpointer data);
  gpointer   data;
  GMainLoop *main_loop;
} Client;

static gpointer
client_thread_cb (gpointer data)
{
  Client *self = data;

  bench_cpu_run_client (self->func, self->data);
  g_main_loop_quit (self->main_loop);

  return NULL;
}

static void
run_client_in_thread (void (*func) (gpointer data), gpointer data)
{
  g_autoptr (GMainLoop) main_loop = g_main_loop_new (NULL, FALSE);
  Client                client = { .func = func, .data = data, .main_loop = main_loop };
  GThread              *thread = g_thread_new ("client", client_thread_cb, &client);

  bench_cpu_place_loop ();
  g_main_loop_run (main_loop);
  bench_cpu_unplace ();

  g_thread_join (thread);
}

static gpointer
to_main_context_start (QueueSink *sink, guint capacity)
{
  QueuePair *self = pair_new (sink, capacity);

  get_first_cb (self);

  return self;
}

static void
to_main_context_stop (gpointer data)
{
  QueuePair *self = data;

  ta_queue_close (self->queue);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  pair_free (self);
}

const QueuePeer queue_to_main_context = {
  .name = "TaQueue, to the main context",
  .ours = TRUE,
  .run_client = run_client_in_thread,
  .start = to_main_context_start,
  .produce = produce,
  .stop = to_main_context_stop,
};

/* To a thread that blocks. */

static gpointer
get_thread_cb (gpointer data)
{
  QueuePair         *self = data;
  g_autoptr (GError) error = NULL;
  g_auto (GValue)    value = G_VALUE_INIT;

  /* The producer has the other place. */
  if (self->runner != NULL)
    bench_cpu_place_client ();
  else
    bench_cpu_place_loop ();

  while (ta_queue_get_wait (self->queue, &value, TA_TIMEOUT_INFINITE, NULL, &error))
    take (self, &value);
  bench_check (g_error_matches (error, TA_ERROR, TA_ERROR_CLOSED));

  return NULL;
}

static gpointer
to_thread_start (QueueSink *sink, guint capacity)
{
  QueuePair *self = pair_new (sink, capacity);

  self->thread = g_thread_new ("consumer", get_thread_cb, self);

  return self;
}

static void
to_thread_stop (gpointer data)
{
  QueuePair *self = data;

  ta_queue_close (self->queue);
  g_thread_join (self->thread);
  pair_free (self);
}

const QueuePeer queue_to_thread = {
  .name = "TaQueue, to a blocked thread",
  .ours = TRUE,
  .start = to_thread_start,
  .produce = produce,
  .stop = to_thread_stop,
};

/* From a runner's loop, to a thread that blocks. */

static void put_more (QueuePair *self);

static void
put_cb (GObject *source_object, GAsyncResult *result, gpointer data)
{
  QueuePair *self = data;

  bench_check (ta_queue_put_finish (self->queue, result, NULL));
  put_more (self);
}

/* As many as there is space for; but the loop is to turn now and then. */
static void
put_more (QueuePair *self)
{
  guint64 item;

  for (guint n = 1; queue_source_next (self->source, &item); n++)
    {
      const GValue *value = TA_VALUE_INT ((gint64) item);
      gboolean      is_last = queue_item_is_last (item);

      if (n == QUEUE_BATCH || !ta_queue_try_put (self->queue, value, NULL))
        {
          ta_queue_put_async (self->queue, value, TA_TIMEOUT_INFINITE, NULL,
                              is_last ? NULL : put_cb, self);
          break;
        }
      if (is_last)
        break;
    }
}

static void
put_first_cb (gpointer data)
{
  put_more (data);
}

static gpointer
from_loop_start (QueueSink *sink, guint capacity)
{
  QueuePair *self = pair_new (sink, capacity);

  self->runner = bench_runner_new ();
  self->thread = g_thread_new ("consumer", get_thread_cb, self);

  return self;
}

static void
from_loop_produce (gpointer data, QueueSource *source)
{
  QueuePair *self = data;

  self->source = source;
  bench_check (ta_runner_call_in_loop (self->runner, put_first_cb, self, NULL, TA_TIMEOUT_INFINITE,
                                       NULL, NULL));
}

static void
from_loop_stop (gpointer data)
{
  QueuePair *self = data;

  ta_queue_close (self->queue);
  g_thread_join (self->thread);
  bench_runner_free (self->runner);
  pair_free (self);
}

const QueuePeer queue_from_loop = {
  .name = "TaQueue, from a runner's loop",
  .ours = TRUE,
  .start = from_loop_start,
  .produce = from_loop_produce,
  .stop = from_loop_stop,
};
