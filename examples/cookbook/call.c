/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * call: a thread that may block calls a function in the main loop, and waits for it to return.
 */

#include <stdlib.h>

#include <threaded-async.h>

static GThread *main_thread;

static void
show (gpointer user_data)
{
  g_print ("%s: %s\n", g_thread_self () == main_thread ? "main thread" : "another thread",
           (const char *) user_data);
}

static gboolean
show_in_main_loop (const char *text, GError **error)
{
  return ta_runner_call_in_loop (ta_runner_get_default (), show, g_strdup (text), g_free,
                                 TA_TIMEOUT_INFINITE, NULL, error);
}

static gpointer
work (gpointer user_data)
{
  GMainLoop         *loop = user_data;
  g_autoptr (GError) error = NULL;

  if (!show_in_main_loop ("half of it is done", &error) ||
      !show_in_main_loop ("all of it is done", &error))
    g_printerr ("%s\n", error->message);

  g_main_loop_quit (loop);

  return NULL;
}

int
main (void)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  GThread              *thread;

  main_thread = g_thread_self ();
  thread = g_thread_new ("work", work, loop);
  g_main_loop_run (loop);
  g_thread_join (thread);

  return EXIT_SUCCESS;
}
