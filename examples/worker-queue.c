/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * worker-queue: the main program puts the numbers 0 to 9 into one queue, a worker in the background
 * adds one to each, and the main program prints what comes out of the other queue.
 *
 * The worker is asynchronous: while it waits for a queue, its thread is free for other work. The
 * main program is not: it blocks. To the queues both are the same.
 */

#include <stdlib.h>

#include <threaded-async.h>

/* What the worker carries from one callback to the next. */
typedef struct
{
  TaQueue   *in_queue;
  TaQueue   *out_queue;
  TaPromise *promise;
} Worker;

static Worker *
worker_new (TaQueue *in_queue, TaQueue *out_queue)
{
  Worker *self = g_atomic_rc_box_new0 (Worker);

  self->in_queue = g_object_ref (in_queue);
  self->out_queue = g_object_ref (out_queue);

  return self;
}

static void
worker_clear (gpointer data)
{
  Worker *self = data;

  g_clear_object (&self->in_queue);
  g_clear_object (&self->out_queue);
  g_clear_pointer (&self->promise, ta_promise_unref);
}

static void
worker_unref (gpointer data)
{
  g_atomic_rc_box_release_full (data, worker_clear);
}

static void worker_get_next (Worker *self);

/* The worker has done its work when there is nothing more to come. */
static void
worker_end (Worker *self, GError *error)
{
  ta_queue_close (self->out_queue);

  if (g_error_matches (error, TA_ERROR, TA_ERROR_CLOSED))
    {
      ta_promise_return_boolean (self->promise, TRUE);
      g_error_free (error);
    }
  else
    {
      ta_promise_return_error (self->promise, error);
    }

  worker_unref (self);
}

static void
put_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Worker *self = user_data;
  GError *error = NULL;

  if (ta_queue_put_finish (self->out_queue, result, &error))
    worker_get_next (self);
  else
    worker_end (self, error);
}

static void
got_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Worker         *self = user_data;
  g_auto (GValue) value = G_VALUE_INIT;
  gint64          number;
  GError         *error = NULL;

  if (ta_queue_get_finish (self->in_queue, result, &value, &error) &&
      ta_value_take_int (&value, &number, &error))
    ta_queue_put_async (self->out_queue, TA_VALUE_INT (number + 1), TA_TIMEOUT_INFINITE,
                        ta_promise_get_cancellable (self->promise), put_cb, self);
  else
    worker_end (self, error);
}

static void
worker_get_next (Worker *self)
{
  ta_queue_get_async (self->in_queue, TA_TIMEOUT_INFINITE,
                      ta_promise_get_cancellable (self->promise), got_cb, self);
}

/* The task's function. */
static void
work (TaTask *task, gpointer user_data)
{
  Worker *self = g_atomic_rc_box_acquire (user_data);

  self->promise = ta_task_take_promise (task);
  worker_get_next (self);
}

static gboolean
feed (TaQueue *in_queue, GError **error)
{
  for (gint64 i = 0; i < 10; i++)
    if (!ta_queue_put_wait (in_queue, TA_VALUE_INT (i), TA_TIMEOUT_INFINITE, NULL, error))
      return FALSE;

  ta_queue_close (in_queue);

  return TRUE;
}

/* Prints what comes, until the queue is closed. */
static void
print_all (TaQueue *out_queue)
{
  g_auto (GValue) value = G_VALUE_INIT;
  gint64          number;

  while (ta_queue_get_wait (out_queue, &value, TA_TIMEOUT_INFINITE, NULL, NULL) &&
         ta_value_take_int (&value, &number, NULL))
    g_print ("%" G_GINT64_FORMAT "\n", number);
}

static gboolean
run (TaRunner *runner, GError **error)
{
  g_autoptr (TaQueue) in_queue = ta_queue_new (0);
  g_autoptr (TaQueue) out_queue = ta_queue_new (0);
  g_autoptr (TaTask)  worker =
      ta_runner_create_task (runner, work, worker_new (in_queue, out_queue), worker_unref);

  if (!feed (in_queue, error))
    return FALSE;

  print_all (out_queue);

  /* The worker has closed its queue; whether because it was done, it says itself. */
  return ta_future_wait (TA_FUTURE (worker), NULL, TA_TIMEOUT_INFINITE, NULL, error);
}

int
main (void)
{
  g_autoptr (TaRunner) runner = ta_runner_new ("worker-queue");
  g_autoptr (GError)   error = NULL;

  if (!ta_runner_start (runner, &error) || !run (runner, &error) ||
      !ta_runner_stop (runner, TA_TIMEOUT_DEFAULT, NULL, &error))
    {
      g_printerr ("worker-queue: %s\n", error->message);
      return EXIT_FAILURE;
    }

  return EXIT_SUCCESS;
}
