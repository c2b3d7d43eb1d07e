/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench-gtk.h"

#include <threaded-async.h>

/* How many items the main loop takes at once: a label is set for each batch. */
#define BATCH 100

/* How many futures the main loop waits for. */
#define N_FUTURES 5000

typedef struct
{
  GtkBenchThreads *threads;
  TaQueue         *queue;
  GCancellable    *cancellable;
  TaPromise       *progress;
  GBinding        *binding;
  gint64           next_us; /* the resolver's */
  GAsyncQueue     *promises;

  /* The main thread's. */
  guint    n_waits;
  gboolean is_stopping;
} Ours;

static void drain (Ours *self);

static void
got_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Ours  *self = data;
  GValue value = G_VALUE_INIT;
  guint  n = 0;
  char   text[32];

  if (!ta_queue_get_finish (self->queue, result, &value, NULL))
    {
      /* Closed. */
      self->n_waits--;
      return;
    }

  gtk_bench_enter ();
  do
    {
      g_value_unset (&value);
      n++;
    }
  while (n < BATCH && ta_queue_try_get (self->queue, &value, NULL));
  g_snprintf (text, sizeof text, "%u", gtk_bench.n_items);
  gtk_label_set_label (GTK_LABEL (gtk_bench.label), text);
  drain (self);
  gtk_bench_leave (n);
}

static void
drain (Ours *self)
{
  ta_queue_get_async (self->queue, TA_TIMEOUT_INFINITE, NULL, got_cb, self);
}

static void wait_for_future (Ours *self);

static void
resolved_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Ours *self = data;

  gtk_bench_enter ();
  bench_check (ta_future_wait_finish (TA_FUTURE (source), result, NULL, NULL));
  self->n_waits--;
  if (!self->is_stopping)
    wait_for_future (self);
  gtk_bench_leave (1);
}

static void
wait_for_future (Ours *self)
{
  TaPromise           *promise = ta_promise_new ();
  g_autoptr (TaFuture) future = ta_promise_get_future (promise);

  self->n_waits++;
  ta_future_wait_async (future, TA_TIMEOUT_INFINITE, NULL, resolved_cb, self);
  g_async_queue_push (self->promises, promise);
}

static void
resolve (Ours *self, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      TaPromise *promise = g_async_queue_try_pop (self->promises);

      if (promise == NULL)
        return;
      ta_promise_return_int (promise, 1);
      ta_promise_unref (promise);
    }
}

static void
step (gpointer data, guint thread)
{
  Ours  *self = data;
  GValue value = G_VALUE_INIT;

  if (thread < GTK_BENCH_RESOLVER)
    {
      g_value_init (&value, G_TYPE_INT);
      g_value_set_int (&value, 1);
      ta_queue_put_wait (self->queue, &value, TA_TIMEOUT_INFINITE, NULL, NULL);
    }
  else if (thread == GTK_BENCH_RESOLVER)
    {
      gtk_bench_pace (&self->next_us);
      resolve (self, GTK_BENCH_RESOLVED_PER_MS);
    }
  else
    {
      for (guint i = 0; i <= 1000; i++)
        ta_promise_set_progress (self->progress, i / 1000.0);
    }
}

static void
progress_func (TaTask *task, gpointer data)
{
  Ours *self = data;

  self->progress = ta_task_take_promise (task);
}

static gpointer
ours_start (void)
{
  Ours              *self = g_new0 (Ours, 1);
  g_autoptr (TaTask) task =
      ta_runner_create_task (ta_runner_get_default (), progress_func, self, NULL);

  self->queue = ta_queue_new (GTK_BENCH_IN_FLIGHT);
  self->promises = g_async_queue_new ();
  self->binding =
      g_object_bind_property (task, "progress", gtk_bench.bar, "fraction", G_BINDING_SYNC_CREATE);
  while (self->progress == NULL)
    g_main_context_iteration (NULL, TRUE);

  self->n_waits++;
  drain (self);
  for (guint i = 0; i < N_FUTURES; i++)
    wait_for_future (self);
  self->threads = gtk_bench_threads_start (step, self);

  return self;
}

static void
ours_stop (gpointer load)
{
  Ours *self = load;

  self->is_stopping = TRUE;
  gtk_bench_threads_ask_to_stop (self->threads);
  ta_queue_close (self->queue);
  gtk_bench_threads_join (self->threads);
  ta_promise_return_boolean (self->progress, TRUE);

  resolve (self, G_MAXUINT);
  while (self->n_waits > 0)
    g_main_context_iteration (NULL, TRUE);

  ta_promise_unref (self->progress);
  g_async_queue_unref (self->promises);
  g_object_unref (self->queue);
  g_free (self);
}

const GtkBenchCase gtk_bench_ours = {
  .name = "threaded-async",
  .ours = TRUE,
  .sends = TRUE,
  .start = ours_start,
  .stop = ours_stop,
};
