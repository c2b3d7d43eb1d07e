/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * event: a worker starts in the background, and waits there until the main program has prepared
 * what it needs.
 *
 * The worker waits without blocking its thread. What was written before the event was set can be
 * read by whoever has waited for it: the two threads need no lock.
 */

#include <stdlib.h>

#include <threaded-async.h>

typedef struct
{
  TaEvent   *ready;
  char      *greeting; /* the main program's until the event is set, then the worker's */
  TaPromise *promise;  /* the worker's */
} Shared;

static void
shared_clear (gpointer data)
{
  Shared *self = data;

  g_clear_object (&self->ready);
  g_clear_pointer (&self->greeting, g_free);
  g_clear_pointer (&self->promise, ta_promise_unref);
}

static void
shared_unref (gpointer data)
{
  g_atomic_rc_box_release_full (data, shared_clear);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Shared, shared_unref)

static void
ready_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Shared) self = user_data;
  GError            *error = NULL;

  if (ta_event_wait_finish (self->ready, result, &error))
    {
      g_print ("The worker goes on: %s\n", self->greeting);
      ta_promise_return_boolean (self->promise, TRUE);
    }
  else
    {
      ta_promise_return_error (self->promise, error);
    }
}

/* The task's function. */
static void
work (TaTask *task, gpointer user_data)
{
  Shared *self = g_atomic_rc_box_acquire (user_data);

  self->promise = ta_task_take_promise (task);
  ta_event_wait_async (self->ready, TA_TIMEOUT_INFINITE, ta_promise_get_cancellable (self->promise),
                       ready_cb, self);
}

static gboolean
run (TaRunner *runner, GError **error)
{
  g_autoptr (Shared) shared = g_atomic_rc_box_new0 (Shared);
  g_autoptr (TaTask) worker = NULL;

  shared->ready = ta_event_new ();
  worker = ta_runner_create_task (runner, work, g_atomic_rc_box_acquire (shared), shared_unref);

  g_print ("The main program prepares a greeting\n");
  g_usleep (G_USEC_PER_SEC / 10); /* it takes its time */
  shared->greeting = g_strdup ("Hello from the background");
  ta_event_set (shared->ready);

  return ta_future_wait (TA_FUTURE (worker), NULL, TA_TIMEOUT_INFINITE, NULL, error);
}

int
main (void)
{
  g_autoptr (TaRunner) runner = ta_runner_new ("event");
  g_autoptr (GError)   error = NULL;

  if (!ta_runner_start (runner, &error) || !run (runner, &error) ||
      !ta_runner_stop (runner, TA_TIMEOUT_DEFAULT, NULL, &error))
    {
      g_printerr ("event: %s\n", error->message);
      return EXIT_FAILURE;
    }

  return EXIT_SUCCESS;
}
