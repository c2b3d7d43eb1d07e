/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * chain [FOLDER]: reads every regular file of a folder in the background, and prints how many
 * there were and how many bytes they had.
 *
 * The task is a chain of GIO's asynchronous calls, each started in the callback of the one before.
 * All of them run in the runner's thread and none of them blocks it, so that a runner can carry
 * many such chains at once.
 */

#include <locale.h>
#include <stdlib.h>

#include <threaded-async.h>

#define BATCH 64

/* What a chain carries from one callback to the next. Only the runner's thread touches it. */
typedef struct
{
  TaPromise       *promise;
  GFileEnumerator *children;
  GList  *infos; /* (element-type GFileInfo): what is left of the batch that was listed last */
  guint64 n_files;
  guint64 n_bytes;
} Chain;

static void chain_read_next (Chain *self);

static void
chain_free (Chain *self)
{
  g_list_free_full (self->infos, g_object_unref);
  g_clear_object (&self->children);
  ta_promise_unref (self->promise);
  g_free (self);
}

static void
chain_return (Chain *self)
{
  g_autofree char *summary = g_strdup_printf (
      "%" G_GUINT64_FORMAT " files, %" G_GUINT64_FORMAT " bytes", self->n_files, self->n_bytes);

  ta_promise_return_string (self->promise, summary);
  chain_free (self);
}

static void
chain_return_error (Chain *self, GError *error)
{
  ta_promise_return_error (self->promise, error);
  chain_free (self);
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Chain           *self = user_data;
  GError          *error = NULL;
  g_autofree char *contents = NULL;
  gsize            length;

  if (!g_file_load_contents_finish (G_FILE (source), result, &contents, &length, NULL, &error))
    {
      chain_return_error (self, error);
      return;
    }

  self->n_files++;
  self->n_bytes += length;
  chain_read_next (self);
}

static void
listed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Chain  *self = user_data;
  GError *error = NULL;

  self->infos = g_file_enumerator_next_files_finish (self->children, result, &error);

  if (error != NULL)
    chain_return_error (self, error);
  else if (self->infos == NULL)
    chain_return (self);
  else
    chain_read_next (self);
}

/* Goes on with the next regular file of the batch, or with the next batch. */
static void
chain_read_next (Chain *self)
{
  GCancellable *cancellable = ta_promise_get_cancellable (self->promise);

  while (self->infos != NULL)
    {
      g_autoptr (GFileInfo) info = self->infos->data;

      self->infos = g_list_delete_link (self->infos, self->infos);

      if (g_file_info_get_file_type (info) == G_FILE_TYPE_REGULAR)
        {
          g_autoptr (GFile) file = g_file_enumerator_get_child (self->children, info);

          g_file_load_contents_async (file, cancellable, loaded_cb, self);
          return;
        }
    }

  g_file_enumerator_next_files_async (self->children, BATCH, G_PRIORITY_DEFAULT, cancellable,
                                      listed_cb, self);
}

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Chain  *self = user_data;
  GError *error = NULL;

  self->children = g_file_enumerate_children_finish (G_FILE (source), result, &error);

  if (self->children == NULL)
    chain_return_error (self, error);
  else
    chain_read_next (self);
}

/* The task's function: starts the chain. */
static void
sum_files (TaTask *task, gpointer user_data)
{
  GFile *folder = user_data;
  Chain *self = g_new0 (Chain, 1);

  self->promise = ta_task_take_promise (task);

  g_file_enumerate_children_async (folder, "standard::name,standard::type",
                                   G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, G_PRIORITY_DEFAULT,
                                   ta_promise_get_cancellable (self->promise), opened_cb, self);
}

static gboolean
summarize (TaRunner *runner, GFile *folder, char **summary, GError **error)
{
  g_autoptr (TaTask) task =
      ta_runner_create_task (runner, sum_files, g_object_ref (folder), g_object_unref);
  g_auto (GValue) value = G_VALUE_INIT;

  return ta_future_wait (TA_FUTURE (task), &value, TA_TIMEOUT_INFINITE, NULL, error) &&
         ta_value_take_string (&value, summary, error);
}

int
main (int argc, char *argv[])
{
  g_autoptr (TaRunner) runner = ta_runner_new ("chain");
  g_autoptr (GFile)    folder = g_file_new_for_commandline_arg (argc > 1 ? argv[1] : ".");
  g_autofree char     *summary = NULL;
  g_autoptr (GError)   error = NULL;

  setlocale (LC_ALL, "");

  if (!ta_runner_start (runner, &error) || !summarize (runner, folder, &summary, &error) ||
      !ta_runner_stop (runner, TA_TIMEOUT_DEFAULT, NULL, &error))
    {
      g_printerr ("chain: %s\n", error->message);
      return EXIT_FAILURE;
    }

  g_print ("%s\n", summary);
  return EXIT_SUCCESS;
}
