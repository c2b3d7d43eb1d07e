/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * checksum FOLDER: prints the SHA-256 of every regular file in a folder and in the folders below
 * it, as sha256sum does. Symbolic links are not followed.
 *
 * The work is one task in the background, which consists of several asynchronous chains: a walk
 * puts the files that it finds into a queue, hashers get them there, and put their results into
 * another queue, from which the main loop prints them. Both queues are bounded, so that nothing
 * piles up, however large the folder is.
 */

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <glib-unix.h>
#include <threaded-async.h>

#define BATCH 64
#define CHUNK (256 * 1024)
#define N_HASHERS 4
#define N_WAITING 64

/* For the end of the task: a few milliseconds will do, unless the machine is very busy. */
#define STOP_US (10 * G_USEC_PER_SEC)

#define CLEAR_LINE "\r\033[K"
#define STATUS_INTERRUPTED 130

/* What the chains share. They take turns in the runner's thread, and so need no lock. */
typedef struct
{
  char         *name;
  GFile        *root;
  TaQueue      *files;   /* GFile: what the walk has found */
  TaQueue      *results; /* string: a line to be printed; GError: what went wrong with a file */
  TaPromise    *promise;
  GCancellable *cancellable; /* the promise's */

  GQueue           folders; /* GFile: where the walk still has to go */
  GFileEnumerator *children;
  GList           *infos; /* GFileInfo: what is left of the batch that was listed last */

  guint64 n_files;
  guint64 n_bytes;
  gint64  next_report;
} Job;

typedef struct
{
  Job          *job;
  GFile        *file;
  GInputStream *stream;
  GChecksum    *checksum;
} Hasher;

static Job *
job_new (const char *name, TaQueue *results)
{
  Job *self = g_atomic_rc_box_new0 (Job);

  self->name = g_strdup (name);
  self->root = g_file_new_for_path (name);
  self->files = ta_queue_new (N_WAITING);
  self->results = g_object_ref (results);
  g_queue_push_head (&self->folders, g_object_ref (self->root));

  return self;
}

/* Each chain has a reference on the job: so this is the end of the last one. */
static void
job_end (gpointer data)
{
  Job *self = data;

  ta_queue_close (self->results);
  if (self->promise != NULL && !ta_promise_return_error_if_cancelled (self->promise))
    ta_promise_return_boolean (self->promise, TRUE);

  g_list_free_full (self->infos, g_object_unref);
  g_clear_object (&self->children);
  g_queue_clear_full (&self->folders, g_object_unref);
  g_clear_pointer (&self->promise, ta_promise_unref);
  g_object_unref (self->results);
  g_object_unref (self->files);
  g_object_unref (self->root);
  g_free (self->name);
}

static void
job_unref (gpointer data)
{
  g_atomic_rc_box_release_full (data, job_end);
}

/* Puts the error (which it takes over) where the results go. */
static void
job_put_error (Job *self, GError *error, GAsyncReadyCallback callback, gpointer user_data)
{
  g_auto (GValue) value = G_VALUE_INIT;

  g_value_take_boxed (g_value_init (&value, G_TYPE_ERROR), error);
  ta_queue_put_async (self->results, &value, TA_TIMEOUT_INFINITE, self->cancellable, callback,
                      user_data);
}

static void
job_report (Job *self)
{
  g_autofree char *size = NULL;
  g_autofree char *status = NULL;
  gint64           now = g_get_monotonic_time ();

  /* Ten times a second is enough for a person. */
  if (now < self->next_report)
    return;

  self->next_report = now + G_USEC_PER_SEC / 10;
  size = g_format_size (self->n_bytes);
  status = g_strdup_printf ("%" G_GUINT64_FORMAT " files, %s", self->n_files, size);
  ta_promise_set_status (self->promise, status);
}

/* The hashers. Whatever fails in one because the task is cancelled, the put of the error fails for
 * the same reason, and ends the chain. */

static void hasher_get_file (Hasher *self);
static void hasher_read (Hasher *self);

static void
hasher_clear (Hasher *self)
{
  g_clear_pointer (&self->checksum, g_checksum_free);
  g_clear_object (&self->stream);
  g_clear_object (&self->file);
}

static void
hasher_free (Hasher *self)
{
  hasher_clear (self);
  job_unref (self->job);
  g_free (self);
}

static void
result_put_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Hasher *self = user_data;

  if (ta_queue_put_finish (TA_QUEUE (source), result, NULL))
    {
      hasher_clear (self);
      hasher_get_file (self);
    }
  else
    {
      hasher_free (self);
    }
}

/* In a name that would break the line, sha256sum writes some characters as two, and says so by a
 * backslash at the start of the line. */
static void
hasher_put_line (Hasher *self)
{
  g_autofree char    *path = g_file_get_relative_path (self->job->root, self->file);
  g_autofree char    *name = g_build_filename (self->job->name, path, NULL);
  g_autoptr (GString) escaped = g_string_new (name);
  g_autofree char    *line = NULL;

  g_string_replace (escaped, "\\", "\\\\", 0);
  g_string_replace (escaped, "\n", "\\n", 0);
  g_string_replace (escaped, "\r", "\\r", 0);
  line = g_strdup_printf ("%s%s  %s\n", g_str_equal (name, escaped->str) ? "" : "\\",
                          g_checksum_get_string (self->checksum), escaped->str);

  ta_queue_put_async (self->job->results, TA_VALUE_STRING (line), TA_TIMEOUT_INFINITE,
                      self->job->cancellable, result_put_cb, self);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Hasher            *self = user_data;
  GError            *error = NULL;
  g_autoptr (GBytes) bytes = g_input_stream_read_bytes_finish (self->stream, result, &error);

  if (bytes == NULL)
    {
      g_autofree char *name = g_file_get_parse_name (self->file);

      g_prefix_error (&error, "%s: ", name);
      job_put_error (self->job, error, result_put_cb, self);
    }
  else if (g_bytes_get_size (bytes) > 0)
    {
      g_checksum_update (self->checksum, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
      self->job->n_bytes += g_bytes_get_size (bytes);
      job_report (self->job);
      hasher_read (self);
    }
  else
    {
      self->job->n_files++;
      job_report (self->job);
      hasher_put_line (self);
    }
}

static void
hasher_read (Hasher *self)
{
  g_input_stream_read_bytes_async (self->stream, CHUNK, G_PRIORITY_DEFAULT, self->job->cancellable,
                                   read_cb, self);
}

static void
file_opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Hasher *self = user_data;
  GError *error = NULL;

  self->stream = (GInputStream *) g_file_read_finish (self->file, result, &error);
  self->checksum = g_checksum_new (G_CHECKSUM_SHA256);

  if (self->stream != NULL)
    hasher_read (self);
  else
    job_put_error (self->job, error, result_put_cb, self);
}

static void
file_got_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Hasher         *self = user_data;
  g_auto (GValue) value = G_VALUE_INIT;

  /* No more files, or cancelled. */
  if (!ta_queue_get_finish (TA_QUEUE (source), result, &value, NULL))
    {
      hasher_free (self);
      return;
    }

  self->file = g_value_dup_object (&value);
  g_file_read_async (self->file, G_PRIORITY_DEFAULT, self->job->cancellable, file_opened_cb, self);
}

static void
hasher_get_file (Hasher *self)
{
  ta_queue_get_async (self->job->files, TA_TIMEOUT_INFINITE, self->job->cancellable, file_got_cb,
                      self);
}

static void
hasher_start (Job *job)
{
  Hasher *self = g_new0 (Hasher, 1);

  self->job = g_atomic_rc_box_acquire (job);
  hasher_get_file (self);
}

/* The walk. */

static void walk_on (Job *self);

static void
walk_end (Job *self)
{
  ta_queue_close (self->files);
  job_unref (self);
}

static void
walk_put_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  if (ta_queue_put_finish (TA_QUEUE (source), result, NULL))
    walk_on (user_data);
  else
    walk_end (user_data);
}

static void
listed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Job    *self = user_data;
  GError *error = NULL;

  self->infos = g_file_enumerator_next_files_finish (self->children, result, &error);
  if (self->infos == NULL)
    g_clear_object (&self->children);

  if (error != NULL)
    job_put_error (self, error, walk_put_cb, self);
  else
    walk_on (self);
}

static void
folder_opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Job    *self = user_data;
  GError *error = NULL;

  self->children = g_file_enumerate_children_finish (G_FILE (source), result, &error);

  if (error != NULL)
    job_put_error (self, error, walk_put_cb, self);
  else
    walk_on (self);
}

/* Goes on with the next file of the batch, the next batch, or the next folder. */
static void
walk_on (Job *self)
{
  g_autoptr (GFile) folder = NULL;

  while (self->infos != NULL)
    {
      g_autoptr (GFileInfo) info = self->infos->data;
      g_autoptr (GFile)     child = g_file_enumerator_get_child (self->children, info);

      self->infos = g_list_delete_link (self->infos, self->infos);

      if (g_file_info_get_file_type (info) == G_FILE_TYPE_DIRECTORY)
        {
          g_queue_push_head (&self->folders, g_steal_pointer (&child));
        }
      else if (g_file_info_get_file_type (info) == G_FILE_TYPE_REGULAR)
        {
          ta_queue_put_async (self->files, TA_VALUE_OBJECT (child), TA_TIMEOUT_INFINITE,
                              self->cancellable, walk_put_cb, self);
          return;
        }
    }

  if (self->children != NULL)
    g_file_enumerator_next_files_async (self->children, BATCH, G_PRIORITY_DEFAULT,
                                        self->cancellable, listed_cb, self);
  else if ((folder = g_queue_pop_head (&self->folders)) != NULL)
    g_file_enumerate_children_async (folder, "standard::name,standard::type",
                                     G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, G_PRIORITY_DEFAULT,
                                     self->cancellable, folder_opened_cb, self);
  else
    walk_end (self);
}

/* The task's function. */
static void
start_job (TaTask *task, gpointer user_data)
{
  Job *self = user_data;

  self->promise = ta_task_take_promise (task);
  self->cancellable = ta_promise_get_cancellable (self->promise);

  walk_on (g_atomic_rc_box_acquire (self));
  for (int i = 0; i < N_HASHERS; i++)
    hasher_start (self);
}

/* The main program, in its main loop. */

typedef struct
{
  GMainLoop *loop;
  gboolean   shows_status;
  gboolean   is_interrupted;
  int        status;
} Program;

static void
got_result_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Program        *self = user_data;
  g_auto (GValue) value = G_VALUE_INIT;

  /* The queue is closed: that was all. */
  if (!ta_queue_get_finish (TA_QUEUE (source), result, &value, NULL))
    {
      g_main_loop_quit (self->loop);
      return;
    }

  if (self->shows_status)
    g_printerr (CLEAR_LINE);

  if (G_VALUE_HOLDS_STRING (&value))
    {
      fputs (g_value_get_string (&value), stdout);
    }
  else
    {
      GError *error = g_value_get_boxed (&value);

      g_printerr ("checksum: %s\n", error->message);
      self->status = EXIT_FAILURE;
    }

  ta_queue_get_async (TA_QUEUE (source), TA_TIMEOUT_INFINITE, NULL, got_result_cb, self);
}

static void
status_cb (TaTask *task, GParamSpec *pspec, gpointer user_data)
{
  g_autofree char *status = ta_task_dup_status (task);

  g_printerr (CLEAR_LINE "%s", status);
}

static gboolean
interrupted_cb (gpointer user_data)
{
  Program *self = user_data;

  self->is_interrupted = TRUE;
  g_main_loop_quit (self->loop);

  /* From now on, another one ends the program there and then. */
  return G_SOURCE_REMOVE;
}

int
main (int argc, char *argv[])
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (TaRunner)  runner = ta_runner_new ("checksum");
  g_autoptr (TaQueue)   results = ta_queue_new (N_WAITING);
  g_autoptr (TaTask)    task = NULL;
  g_autoptr (GError)    error = NULL;
  Program               self = { .loop = loop, .shows_status = isatty (STDERR_FILENO) };

  setlocale (LC_ALL, "");
  setvbuf (stdout, NULL, _IOLBF, 0);

  if (argc != 2)
    {
      g_printerr ("Usage: checksum FOLDER\n");
      return EXIT_FAILURE;
    }

  if (!ta_runner_start (runner, &error))
    {
      g_printerr ("checksum: %s\n", error->message);
      return EXIT_FAILURE;
    }

  g_unix_signal_add (SIGINT, interrupted_cb, &self);

  task = ta_runner_create_task (runner, start_job, job_new (argv[1], results), job_unref);
  if (self.shows_status)
    g_signal_connect (task, "notify::status", G_CALLBACK (status_cb), NULL);
  ta_queue_get_async (results, TA_TIMEOUT_INFINITE, NULL, got_result_cb, &self);

  g_main_loop_run (loop);

  if (self.shows_status)
    g_printerr (CLEAR_LINE);

  if (ferror (stdout))
    {
      g_printerr ("checksum: Not everything could be written\n");
      self.status = EXIT_FAILURE;
    }

  /* This cancels the task, if it has not ended. */
  if (!ta_runner_stop (runner, STOP_US, NULL, &error))
    {
      g_printerr ("checksum: %s\n", error->message);
      self.status = EXIT_FAILURE;
    }

  return self.is_interrupted ? STATUS_INTERRUPTED : self.status;
}
