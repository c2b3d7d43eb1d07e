/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * thread: a thread of one's own, which may block, delivers its result to a main loop.
 */

#include <stdlib.h>

#include <threaded-async.h>

static gpointer
compute (gpointer user_data)
{
  g_autoptr (TaPromise) promise = user_data;
  gint64                sum = 0;

  for (gint64 i = 1; i <= 1000; i++)
    sum += i;

  ta_promise_return_int (promise, sum);

  return NULL;
}

static TaFuture *
compute_in_thread (void)
{
  g_autoptr (TaPromise) promise = ta_promise_new ();
  TaFuture             *future = ta_promise_get_future (promise);

  g_thread_unref (g_thread_new ("compute", compute, g_steal_pointer (&promise)));

  return future;
}

static void
computed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GMainLoop         *loop = user_data;
  g_auto (GValue)    value = G_VALUE_INIT;
  g_autoptr (GError) error = NULL;
  gint64             sum;

  if (ta_future_wait_finish (TA_FUTURE (source), result, &value, &error) &&
      ta_value_take_int (&value, &sum, &error))
    g_print ("The sum is %" G_GINT64_FORMAT "\n", sum);
  else
    g_printerr ("There is no sum: %s\n", error->message);

  g_main_loop_quit (loop);
}

int
main (void)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (TaFuture)  sum = compute_in_thread ();

  ta_future_wait_async (sum, TA_TIMEOUT_INFINITE, NULL, computed_cb, loop);
  g_main_loop_run (loop);

  return EXIT_SUCCESS;
}
