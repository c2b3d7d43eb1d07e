/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * gtk-progress [FOLDER]: shows the SHA-256 of every file in a folder.
 *
 * Each file is a task in the background, which tells how far it is. All that the window does is to
 * bind the properties of the tasks to its widgets.
 */

#include <gtk/gtk.h>
#include <threaded-async.h>

#define CHUNK (256 * 1024)

static TaRunner *runner; /* const once the application runs */

/* The work. These functions run in the runner's thread. */

typedef struct
{
  TaPromise        *promise;
  GFileInputStream *stream;
  GChecksum        *checksum;
  goffset           size;
  goffset           n_read;
} Job;

static void
job_end (Job *self, GError *error)
{
  if (error != NULL)
    {
      ta_promise_return_error (self->promise, error);
    }
  else
    {
      ta_promise_set_progress (self->promise, 1);
      ta_promise_set_status (self->promise, g_checksum_get_string (self->checksum));
      ta_promise_return_string (self->promise, g_checksum_get_string (self->checksum));
    }

  ta_promise_unref (self->promise);
  g_clear_object (&self->stream);
  g_checksum_free (self->checksum);
  g_free (self);
}

static void job_read (Job *self);

static void
read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Job               *self = data;
  GError            *error = NULL;
  g_autoptr (GBytes) bytes =
      g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &error);
  const gsize n = bytes != NULL ? g_bytes_get_size (bytes) : 0;

  if (n == 0)
    {
      job_end (self, error);
      return;
    }

  g_checksum_update (self->checksum, g_bytes_get_data (bytes, NULL), (gssize) n);
  self->n_read += (goffset) n;
  ta_promise_set_progress (self->promise, (double) self->n_read / (double) MAX (self->size, 1));
  job_read (self);
}

static void
job_read (Job *self)
{
  g_input_stream_read_bytes_async (G_INPUT_STREAM (self->stream), CHUNK, G_PRIORITY_DEFAULT,
                                   ta_promise_get_cancellable (self->promise), read_cb, self);
}

static void
size_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Job                  *self = data;
  GError               *error = NULL;
  g_autoptr (GFileInfo) info =
      g_file_input_stream_query_info_finish (G_FILE_INPUT_STREAM (source), result, &error);

  if (info == NULL)
    {
      job_end (self, error);
      return;
    }

  self->size = g_file_info_get_size (info);
  job_read (self);
}

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Job    *self = data;
  GError *error = NULL;

  self->stream = g_file_read_finish (G_FILE (source), result, &error);
  if (self->stream != NULL)
    g_file_input_stream_query_info_async (
        self->stream, G_FILE_ATTRIBUTE_STANDARD_SIZE, G_PRIORITY_DEFAULT,
        ta_promise_get_cancellable (self->promise), size_cb, self);
  else
    job_end (self, error);
}

static void
checksum_func (TaTask *task, gpointer file)
{
  Job *self = g_new0 (Job, 1);

  self->promise = ta_task_take_promise (task);
  self->checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_file_read_async (file, G_PRIORITY_DEFAULT, ta_promise_get_cancellable (self->promise),
                     opened_cb, self);
}

/* The window. From here on everything runs in the main thread. */

static void
bind (TaTask       *task,
      const char   *property,
      GtkWidget    *widget,
      const char   *target,
      GBindingFlags flags)
{
  g_object_bind_property (task, property, widget, target, G_BINDING_SYNC_CREATE | flags);
}

static GtkWidget *
create_row (gpointer info, gpointer user_data)
{
  GObject           *file = g_file_info_get_attribute_object (info, "standard::file");
  g_autoptr (TaTask) task =
      ta_runner_create_task (runner, checksum_func, g_object_ref (file), g_object_unref);
  GtkWidget *name = gtk_label_new (g_file_info_get_display_name (info));
  GtkWidget *bar = gtk_progress_bar_new ();
  GtkWidget *cancel = gtk_button_new_with_label ("Cancel");
  GtkWidget *status = gtk_label_new (NULL);
  GtkWidget *error = gtk_label_new (NULL);
  GtkWidget *row = gtk_grid_new ();

  gtk_label_set_xalign (GTK_LABEL (name), 0);
  gtk_label_set_width_chars (GTK_LABEL (name), 20);
  gtk_widget_set_hexpand (bar, TRUE);
  gtk_widget_set_valign (bar, GTK_ALIGN_CENTER);
  gtk_widget_set_halign (status, GTK_ALIGN_START);
  gtk_widget_set_halign (error, GTK_ALIGN_START);
  gtk_widget_add_css_class (status, "monospace");
  gtk_widget_add_css_class (error, "error");
  gtk_grid_set_column_spacing (GTK_GRID (row), 12);
  gtk_grid_attach (GTK_GRID (row), name, 0, 0, 1, 1);
  gtk_grid_attach (GTK_GRID (row), bar, 1, 0, 1, 1);
  gtk_grid_attach (GTK_GRID (row), cancel, 2, 0, 1, 1);
  /* One of them is always empty. */
  gtk_grid_attach (GTK_GRID (row), status, 0, 1, 3, 1);
  gtk_grid_attach (GTK_GRID (row), error, 0, 1, 3, 1);

  bind (task, "progress", bar, "fraction", 0);
  bind (task, "status", status, "label", 0);
  bind (task, "error-message", error, "label", 0);
  bind (task, "done", cancel, "sensitive", G_BINDING_INVERT_BOOLEAN);
  /* The work ends with the row, such as when another folder is opened. */
  g_signal_connect_object (cancel, "clicked", G_CALLBACK (ta_task_cancel), task, G_CONNECT_SWAPPED);
  g_signal_connect_object (row, "destroy", G_CALLBACK (ta_task_cancel), task, G_CONNECT_SWAPPED);

  return row;
}

static void
show_folder (GtkListBox *list, GFile *folder)
{
  g_autoptr (GtkDirectoryList) files =
      gtk_directory_list_new ("standard::name,standard::display-name", NULL);

  gtk_directory_list_set_monitored (files, FALSE);
  gtk_directory_list_set_file (files, folder);
  gtk_list_box_bind_model (list, G_LIST_MODEL (files), create_row, NULL, NULL);
}

static void
response_cb (GtkFileChooserNative *dialog, int response, GtkListBox *list)
{
  g_autoptr (GFile) folder = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));

  if (response == GTK_RESPONSE_ACCEPT)
    show_folder (list, folder);
  g_object_unref (dialog);
}

static void
open_clicked_cb (GtkWidget *list)
{
  GtkFileChooserNative *dialog =
      gtk_file_chooser_native_new ("Open a Folder", GTK_WINDOW (gtk_widget_get_root (list)),
                                   GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, NULL, NULL);

  g_signal_connect_object (dialog, "response", G_CALLBACK (response_cb), list, G_CONNECT_DEFAULT);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static GtkListBox *
open_window (GtkApplication *app)
{
  GtkWidget *window = gtk_application_window_new (app);
  GtkWidget *header = gtk_header_bar_new ();
  GtkWidget *open = gtk_button_new_with_label ("Open…");
  GtkWidget *scroller = gtk_scrolled_window_new ();
  GtkWidget *list = gtk_list_box_new ();

  g_signal_connect_swapped (open, "clicked", G_CALLBACK (open_clicked_cb), list);
  gtk_header_bar_pack_start (GTK_HEADER_BAR (header), open);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), list);
  gtk_window_set_title (GTK_WINDOW (window), "Checksums");
  gtk_window_set_default_size (GTK_WINDOW (window), 640, 400);
  gtk_window_set_titlebar (GTK_WINDOW (window), header);
  gtk_window_set_child (GTK_WINDOW (window), scroller);
  gtk_window_present (GTK_WINDOW (window));

  return GTK_LIST_BOX (list);
}

static void
activate_cb (GtkApplication *app)
{
  open_window (app);
}

static void
open_cb (GtkApplication *app, GFile **files, int n_files)
{
  show_folder (open_window (app), files[0]);
}

int
main (int argc, char **argv)
{
  g_autoptr (GtkApplication) app = gtk_application_new (
      "org.example.GtkProgress", G_APPLICATION_HANDLES_OPEN | G_APPLICATION_NON_UNIQUE);
  g_autoptr (GError) error = NULL;
  int                status;

  runner = ta_runner_new ("checksums");
  if (!ta_runner_start (runner, &error))
    g_error ("%s", error->message);

  g_signal_connect (app, "activate", G_CALLBACK (activate_cb), NULL);
  g_signal_connect (app, "open", G_CALLBACK (open_cb), NULL);
  status = g_application_run (G_APPLICATION (app), argc, argv);

  /* Cancels what is left, and waits for its end. */
  if (!ta_runner_stop (runner, TA_TIMEOUT_DEFAULT, NULL, &error))
    g_warning ("%s", error->message);
  g_object_unref (runner);

  return status;
}
