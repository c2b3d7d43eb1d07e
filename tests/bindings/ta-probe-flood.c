/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-probe.h"

/*
 * Four runners that flood objects whose signals and completions belong to somebody else's main loop.
 */

#define N_THREADS 4

static GThread *main_thread; /* const once set */

/* Says that this is the thread in which everything has to come. */
void
ta_probe_mark_thread (void)
{
  main_thread = g_thread_self ();
}

gboolean
ta_probe_is_marked_thread (void)
{
  return g_thread_self () == main_thread;
}

/**
 * ta_probe_new_elsewhere:
 *
 * Returns: (transfer full):
 */
TaQueue *
ta_probe_new_elsewhere (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();

  return g_object_new (TA_TYPE_QUEUE, "main-context", context, NULL);
}

typedef struct
{
  int        ref_count; /* atomic: the threads that have not ended */
  TaQueue   *queue;
  TaEvent   *event;
  TaPromise *promise;
  guint      n;
  int        n_put; /* atomic */
} Flood;

typedef struct
{
  Flood    *flood;
  TaRunner *runner;
  guint     i;
  guint     end;
} Thread;

static void put_next (Thread *thread);

static gpointer
stop_runner (gpointer runner)
{
  ta_runner_stop (runner, TA_TIMEOUT_INFINITE, NULL, NULL);
  g_object_unref (runner);

  return NULL;
}

static void
thread_end (Thread *thread)
{
  Flood *flood = thread->flood;

  if (g_atomic_int_dec_and_test (&flood->ref_count))
    {
      ta_event_set (flood->event);
      ta_queue_close (flood->queue);
      ta_promise_set_progress (flood->promise, 1);
      ta_promise_set_status (flood->promise, "over");
      ta_promise_return_int (flood->promise, flood->n);
      ta_promise_unref (flood->promise);
      g_object_unref (flood->queue);
      g_object_unref (flood->event);
      g_free (flood);
    }

  /* A runner can't stop itself. */
  g_thread_unref (g_thread_new ("stop", stop_runner, thread->runner));
  g_free (thread);
}

static void
put_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Thread *thread = user_data;
  Flood  *flood = thread->flood;

  if (ta_queue_put_finish (flood->queue, result, NULL))
    {
      const guint n_put = (guint) g_atomic_int_add (&flood->n_put, 1);

      if (n_put % 2 == 0)
        ta_event_set (flood->event);
      else
        ta_event_clear (flood->event);
      ta_promise_set_progress (flood->promise, (double) n_put / flood->n);
      if (n_put % 16 == 0)
        {
          g_autofree char *status = g_strdup_printf ("%u", n_put);

          ta_promise_set_status (flood->promise, status);
        }
    }
  put_next (thread);
}

static void
put_next (Thread *thread)
{
  if (thread->i == thread->end)
    {
      thread_end (thread);
      return;
    }
  ta_queue_put_async (thread->flood->queue, TA_VALUE_INT (thread->i++), TA_TIMEOUT_INFINITE, NULL,
                      put_cb, thread);
}

static void
start (TaTask *task, gpointer data)
{
  g_autoptr (TaPromise) promise = ta_task_take_promise (task);

  put_next (data);
  ta_promise_return_value (promise, NULL);
}

/**
 * ta_probe_flood:
 *
 * Puts the numbers below @n into the queue, from four runners, and changes the event and the progress
 * of the promise all the time. In the end the event is set, the queue closed, and the promise returns
 * @n.
 */
void
ta_probe_flood (TaQueue *queue, TaEvent *event, TaPromise *promise, guint n)
{
  Flood *flood = g_new0 (Flood, 1);

  flood->ref_count = N_THREADS;
  flood->queue = g_object_ref (queue);
  flood->event = g_object_ref (event);
  flood->promise = ta_promise_ref (promise);
  flood->n = n;

  for (guint i = 0; i < N_THREADS; i++)
    {
      Thread            *thread = g_new0 (Thread, 1);
      g_autoptr (TaTask) task = NULL;

      thread->flood = flood;
      thread->runner = ta_runner_new ("flood");
      thread->i = n / N_THREADS * i;
      thread->end = i == N_THREADS - 1 ? n : n / N_THREADS * (i + 1);
      ta_runner_start (thread->runner, NULL);
      task = ta_runner_create_task (thread->runner, start, thread, NULL);
    }
}

static void
cancel (TaTask *task, gpointer data)
{
  g_autoptr (TaPromise) promise = ta_task_take_promise (task);

  g_cancellable_cancel (data);
  ta_promise_return_value (promise, NULL);
}

/* Cancels in another thread, and returns when it has been done. */
void
ta_probe_cancel_elsewhere (GCancellable *cancellable)
{
  g_autoptr (TaRunner) runner = ta_runner_new ("cancels");
  g_autoptr (TaTask)   task = NULL;

  ta_runner_start (runner, NULL);
  task = ta_runner_create_task (runner, cancel, cancellable, NULL);
  ta_future_wait (TA_FUTURE (task), NULL, TA_TIMEOUT_INFINITE, NULL, NULL);
  ta_runner_stop (runner, TA_TIMEOUT_INFINITE, NULL, NULL);
}
