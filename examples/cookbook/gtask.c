/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * gtask: an asynchronous function of one's own, whose work is done on a runner.
 */

#include <stdlib.h>

#include <threaded-async.h>

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autofree char  *contents = NULL;
  gsize             length;
  GError           *error = NULL;

  if (g_file_load_contents_finish (G_FILE (source), result, &contents, &length, NULL, &error))
    g_task_return_int (task, (gssize) length);
  else
    g_task_return_error (task, error);
}

/* With g_task_run_in_thread() it would have to load the contents here, and block. */
static void
load_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  g_file_load_contents_async (task_data, cancellable, loaded_cb, g_object_ref (task));
}

static void
load_length_async (TaRunner           *runner,
                   GFile              *file,
                   GCancellable       *cancellable,
                   GAsyncReadyCallback callback,
                   gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_task_data (task, g_object_ref (file), g_object_unref);
  ta_runner_run_gtask (runner, task, load_thread);
}

static gssize
load_length_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_int (G_TASK (result), error);
}

static void
length_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GMainLoop         *loop = user_data;
  g_autoptr (GError) error = NULL;
  gssize             length = load_length_finish (result, &error);

  if (length >= 0)
    g_print ("The file has %" G_GSSIZE_FORMAT " bytes\n", length);
  else
    g_printerr ("%s\n", error->message);

  g_main_loop_quit (loop);
}

int
main (int argc, char *argv[])
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (TaRunner)  runner = ta_runner_new ("gtask");
  g_autoptr (GFile)     file = g_file_new_for_commandline_arg (argc > 1 ? argv[1] : argv[0]);
  g_autoptr (GError)    error = NULL;

  if (!ta_runner_start (runner, &error))
    g_error ("%s", error->message);

  load_length_async (runner, file, NULL, length_cb, loop);
  g_main_loop_run (loop);

  return ta_runner_stop (runner, TA_TIMEOUT_DEFAULT, NULL, NULL) ? EXIT_SUCCESS : EXIT_FAILURE;
}
