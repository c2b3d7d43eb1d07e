/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * Widgets that plain property bindings join to a task. What the work says in its thread, as often as
 * it likes, reaches them in the main loop, at most once per turn, and ends with the last value.
 */

#include "gtk-util.h"

#define N_STEPS 20000

typedef struct
{
  GtkUtilTask     work;
  GtkWindow      *window;
  GtkProgressBar *bar;
  GtkLabel       *status;
  GtkLabel       *error;
  GtkButton      *cancel;

  TestWitness seen; /* each change of the bar */
  guint       turn;
  guint       last_turn;
  double      last;
} View;

static void
fraction_cb (GObject *bar, GParamSpec *pspec, gpointer data)
{
  View *self = data;

  test_witness_notify_cb (bar, pspec, &self->seen);
  g_assert_cmpuint (self->turn, !=, self->last_turn);
  self->last_turn = self->turn;
  g_assert_cmpfloat (gtk_progress_bar_get_fraction (self->bar), >=, self->last);
  self->last = gtk_progress_bar_get_fraction (self->bar);
}

static void
view_init (View *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  *self = (View){ .turn = 1 };
  gtk_util_task_init (&self->work);

  self->bar = GTK_PROGRESS_BAR (gtk_progress_bar_new ());
  self->status = GTK_LABEL (gtk_label_new ("before"));
  self->error = GTK_LABEL (gtk_label_new ("before"));
  self->cancel = GTK_BUTTON (gtk_button_new_with_label ("Cancel"));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->bar));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->status));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->error));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->cancel));

  g_object_bind_property (self->work.task, "progress", self->bar, "fraction",
                          G_BINDING_SYNC_CREATE);
  g_object_bind_property (self->work.task, "status", self->status, "label", G_BINDING_SYNC_CREATE);
  g_object_bind_property (self->work.task, "error-message", self->error, "label",
                          G_BINDING_SYNC_CREATE);
  g_object_bind_property (self->work.task, "done", self->cancel, "sensitive",
                          G_BINDING_SYNC_CREATE | G_BINDING_INVERT_BOOLEAN);
  test_witness_init (&self->seen, NULL);
  g_signal_connect (self->bar, "notify::fraction", G_CALLBACK (fraction_cb), self);

  self->window = gtk_util_window_new (box);
  g_assert_cmpstr (gtk_label_get_label (self->status), ==, "");
  g_assert_cmpstr (gtk_label_get_label (self->error), ==, "");
  g_assert_true (gtk_widget_is_sensitive (GTK_WIDGET (self->cancel)));
}

static void
view_clear (View *self)
{
  gtk_util_window_free (self->window);
  gtk_util_task_clear (&self->work);
}

/* Turns the main loop until the work is done, and counts the turns. */
static void
view_turn_until_done (View *self)
{
  gint64 end = g_get_monotonic_time () + TEST_DEADLINE_US;

  while (gtk_widget_is_sensitive (GTK_WIDGET (self->cancel)))
    {
      self->turn++;
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_main_context_iteration (NULL, FALSE);
    }
}

static gpointer
work_thread (gpointer data)
{
  View *self = data;

  for (guint i = 1; i <= N_STEPS; i++)
    {
      g_autofree char *status = g_strdup_printf ("Step %u", i);

      ta_promise_set_progress (self->work.promise, (double) i / N_STEPS);
      ta_promise_set_status (self->work.promise, status);
    }
  ta_promise_return_int (self->work.promise, N_STEPS);

  return NULL;
}

/* While the main loop runs. */
static void
test_follows (void)
{
  View     view;
  GThread *thread;

  view_init (&view);
  thread = g_thread_new ("work", work_thread, &view);
  view_turn_until_done (&view);
  g_thread_join (thread);
  g_assert_cmpfloat (gtk_progress_bar_get_fraction (view.bar), ==, 1.0);
  g_assert_cmpstr (gtk_label_get_label (view.status), ==, "Step 20000");
  g_assert_cmpstr (gtk_label_get_label (view.error), ==, "");
  g_assert_cmpuint (view.seen.count, >=, 1);
  g_assert_cmpuint (view.seen.count, <=, view.turn);
  view_clear (&view);
}

/* When it does not run until all has been said: then the last value comes, and nothing else. */
static void
test_last_value (void)
{
  View view;

  view_init (&view);
  g_thread_join (g_thread_new ("work", work_thread, &view));
  g_assert_cmpuint (view.seen.count, ==, 0);
  g_assert_cmpfloat (gtk_progress_bar_get_fraction (view.bar), ==, 0.0);
  view_turn_until_done (&view);
  g_assert_cmpuint (view.seen.count, ==, 1);
  g_assert_cmpfloat (gtk_progress_bar_get_fraction (view.bar), ==, 1.0);
  g_assert_cmpstr (gtk_label_get_label (view.status), ==, "Step 20000");
  view_clear (&view);
}

static gpointer
fail_thread (gpointer data)
{
  View *self = data;

  ta_promise_set_progress (self->work.promise, 0.5);
  ta_promise_return_new_error (self->work.promise, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
                               "The disk is full");

  return NULL;
}

/* What went wrong is for the user to read, without a line of code. */
static void
test_error (void)
{
  View view;

  view_init (&view);
  g_thread_join (g_thread_new ("work", fail_thread, &view));
  view_turn_until_done (&view);
  g_assert_cmpstr (gtk_label_get_label (view.error), ==, "The disk is full");
  g_assert_cmpfloat (gtk_progress_bar_get_fraction (view.bar), ==, 0.5);
  view_clear (&view);
}

static gboolean
hide_cancelled (GBinding *binding, const GValue *from, GValue *to, gpointer data)
{
  const GError *error = g_value_get_boxed (from);

  g_value_set_boolean (to,
                       error != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));

  return TRUE;
}

/* Who wants to tell one error from another binds the error itself, through a function. */
static void
test_error_through_function (void)
{
  for (guint i = 0; i < 2; i++)
    {
      View view;

      view_init (&view);
      g_object_bind_property_full (view.work.task, "error", view.error, "visible",
                                   G_BINDING_SYNC_CREATE, hide_cancelled, NULL, NULL, NULL);
      g_assert_false (gtk_widget_get_visible (GTK_WIDGET (view.error)));
      if (i == 0)
        {
          g_signal_connect_swapped (view.cancel, "clicked", G_CALLBACK (ta_task_cancel),
                                    view.work.task);
          gtk_util_click (view.cancel);
          g_assert_true (ta_promise_return_error_if_cancelled (view.work.promise));
        }
      else
        {
          g_thread_join (g_thread_new ("work", fail_thread, &view));
        }
      view_turn_until_done (&view);
      g_assert_cmpint (gtk_widget_get_visible (GTK_WIDGET (view.error)), ==, i == 1);
      view_clear (&view);
    }
}

int
main (int argc, char *argv[])
{
  gtk_util_init (&argc, &argv);

  test_add ("/gtk/progress/follows", test_follows);
  test_add ("/gtk/progress/last-value", test_last_value);
  test_add ("/gtk/progress/error", test_error);
  test_add ("/gtk/progress/error-through-function", test_error_through_function);

  return g_test_run ();
}
