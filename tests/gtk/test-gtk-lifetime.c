/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * What an application does with windows, tasks and queues whose lives end in any order: the patterns
 * that the guide shows. Every warning ends the tests.
 */

#include "gtk-util.h"

/* A window that starts work, shows how far it is, and can cancel it. */
typedef struct
{
  TaRunner      *runner;
  TaTask        *task; /* the last that was started */
  GBindingGroup *bindings;
  GtkWidget     *window;
  GtkWidget     *bar;
  GtkWidget     *result;
  GtkWidget     *start;
  GtkWidget     *cancel;

  GPtrArray *promises; /* what the work has, in the order of the tasks */
  guint      n_shown;
} View;

static void
work_func (TaTask *task, gpointer data)
{
  View *self = data;

  g_ptr_array_add (self->promises, ta_task_take_promise (task));
}

static void
done_cb (GtkLabel *result, GParamSpec *pspec, TaTask *task)
{
  g_autoptr (GError) error = NULL;
  g_auto (GValue)    value = G_VALUE_INIT;

  if (ta_future_try_wait (TA_FUTURE (task), &value, &error))
    gtk_label_set_label (result, g_value_get_string (&value));
  else
    gtk_label_set_label (result, error->message);
}

static void
count_cb (View *self)
{
  self->n_shown++;
}

static void
start_clicked_cb (View *self)
{
  /* Nobody waits for the last one any more. */
  if (self->task != NULL)
    ta_task_cancel (self->task);
  g_clear_object (&self->task);

  self->task = ta_runner_create_task (self->runner, work_func, self, NULL);
  g_binding_group_set_source (self->bindings, self->task);
  g_signal_connect_object (self->task, "notify::done", G_CALLBACK (done_cb), self->result,
                           G_CONNECT_SWAPPED);
}

static void
cancel_clicked_cb (View *self)
{
  ta_task_cancel (self->task);
}

static void
view_init (View *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  *self = (View){ .runner = test_runner_new_started ("behind the window") };
  self->promises = g_ptr_array_new_with_free_func ((GDestroyNotify) ta_promise_unref);
  self->bar = gtk_progress_bar_new ();
  self->result = gtk_label_new (NULL);
  self->start = gtk_button_new_with_label ("Start");
  self->cancel = gtk_button_new_with_label ("Cancel");
  gtk_box_append (GTK_BOX (box), self->bar);
  gtk_box_append (GTK_BOX (box), self->result);
  gtk_box_append (GTK_BOX (box), self->start);
  gtk_box_append (GTK_BOX (box), self->cancel);

  self->bindings = g_binding_group_new ();
  g_binding_group_bind (self->bindings, "progress", self->bar, "fraction", G_BINDING_SYNC_CREATE);
  g_binding_group_bind (self->bindings, "done", self->cancel, "sensitive",
                        G_BINDING_SYNC_CREATE | G_BINDING_INVERT_BOOLEAN);
  g_signal_connect_swapped (self->start, "clicked", G_CALLBACK (start_clicked_cb), self);
  g_signal_connect_swapped (self->cancel, "clicked", G_CALLBACK (cancel_clicked_cb), self);
  g_signal_connect_swapped (self->result, "notify::label", G_CALLBACK (count_cb), self);
  self->window = GTK_WIDGET (gtk_util_window_new (box));
}

/* Clicks on Start, and returns the promise of the work. */
static TaPromise *
view_start (View *self)
{
  guint n = self->promises->len;

  gtk_util_click (self->start);
  g_assert_true (ta_runner_wait_for_next_iteration (self->runner, TEST_DEADLINE_US, NULL, NULL));
  g_assert_cmpuint (self->promises->len, ==, n + 1);

  return g_ptr_array_index (self->promises, n);
}

static void
view_close (View *self)
{
  gtk_util_window_free (GTK_WINDOW (g_steal_pointer (&self->window)));
}

static void
view_clear (View *self)
{
  g_clear_object (&self->bindings);
  g_clear_object (&self->task);
  g_ptr_array_unref (self->promises);
  test_runner_stop (self->runner);
  g_clear_object (&self->runner);
}

static gpointer
go_on_thread (gpointer promise)
{
  ta_promise_set_progress (promise, 0.5);
  ta_promise_set_status (promise, "half");
  ta_promise_return_string (promise, "late");

  return NULL;
}

/* The window goes, and the work goes on and ends. */
static void
test_close_while_work_runs (void)
{
  View       view;
  TaPromise *promise;

  view_init (&view);
  promise = view_start (&view);
  view_close (&view);
  g_thread_join (g_thread_new ("work", go_on_thread, promise));
  test_turn_all (NULL);
  g_assert_cmpuint (view.n_shown, ==, 0);
  g_assert_true (ta_future_get_done (TA_FUTURE (view.task)));
  view_clear (&view);
}

/* The work has ended, and what it says is on its way, when the window goes. */
static void
test_close_before_the_news (void)
{
  View       view;
  TaPromise *promise;

  view_init (&view);
  promise = view_start (&view);
  g_thread_join (g_thread_new ("work", go_on_thread, promise));
  gtk_window_destroy (GTK_WINDOW (g_steal_pointer (&view.window)));
  g_assert_cmpuint (view.n_shown, ==, 0);
  test_turn_all (NULL);
  g_assert_cmpuint (view.n_shown, ==, 0);
  view_clear (&view);
}

/* A single widget goes that running work is bound to; the others stay up to date. */
static void
test_widget_goes (void)
{
  View       view;
  TaPromise *promise;

  view_init (&view);
  promise = view_start (&view);
  gtk_box_remove (GTK_BOX (gtk_widget_get_parent (view.bar)), view.bar);
  g_thread_join (g_thread_new ("work", go_on_thread, promise));
  TEST_TURN_UNTIL (NULL, !gtk_widget_is_sensitive (view.cancel));
  g_assert_cmpstr (gtk_label_get_label (GTK_LABEL (view.result)), ==, "late");
  view_close (&view);
  view_clear (&view);
}

/* The button asks; the work ends when it likes, and can be started again. */
static void
test_cancel_from_button (void)
{
  View       view;
  TaPromise *promise;

  view_init (&view);
  promise = view_start (&view);
  gtk_util_click (view.cancel);
  test_turn_all (NULL);
  g_assert_true (gtk_widget_is_sensitive (view.cancel));
  g_assert_true (ta_promise_return_error_if_cancelled (promise));
  TEST_TURN_UNTIL (NULL, !gtk_widget_is_sensitive (view.cancel));
  g_assert_cmpuint (view.n_shown, ==, 1);

  promise = view_start (&view);
  g_assert_true (gtk_widget_is_sensitive (view.cancel));
  ta_promise_return_string (promise, "again");
  TEST_TURN_UNTIL (NULL, !gtk_widget_is_sensitive (view.cancel));
  g_assert_cmpstr (gtk_label_get_label (GTK_LABEL (view.result)), ==, "again");
  view_close (&view);
  view_clear (&view);
}

/* The second start cancels the first, whose progress does not show any more. */
static void
test_start_twice (void)
{
  View       view;
  TaPromise *first, *second;

  view_init (&view);
  first = view_start (&view);
  second = view_start (&view);
  g_assert_true (g_cancellable_is_cancelled (ta_promise_get_cancellable (first)));
  g_assert_false (g_cancellable_is_cancelled (ta_promise_get_cancellable (second)));

  ta_promise_set_progress (first, 0.9);
  ta_promise_set_progress (second, 0.25);
  test_turn_all (NULL);
  g_assert_cmpfloat (gtk_progress_bar_get_fraction (GTK_PROGRESS_BAR (view.bar)), ==, 0.25);
  ta_promise_return_error_if_cancelled (first);
  test_turn_all (NULL);
  g_assert_true (gtk_widget_is_sensitive (view.cancel));
  ta_promise_return_string (second, "second");
  TEST_TURN_UNTIL (NULL, !gtk_widget_is_sensitive (view.cancel));
  g_assert_cmpstr (gtk_label_get_label (GTK_LABEL (view.result)), ==, "second");
  view_close (&view);
  view_clear (&view);
}

static void
slept_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TaPromise) promise = data;
  GError               *error = NULL;

  if (ta_sleep_finish (result, &error))
    ta_promise_return_boolean (promise, TRUE);
  else
    ta_promise_return_error (promise, error);
}

static void
sleep_func (TaTask *task, gpointer data)
{
  TaPromise *promise = ta_task_take_promise (task);

  ta_sleep_async (TEST_LONG_US, ta_promise_get_cancellable (promise), slept_cb, promise);
}

static void
activate_cb (GtkApplication *app, TaRunner *runner)
{
  GtkWidget         *window = gtk_application_window_new (app);
  g_autoptr (TaTask) task = ta_runner_create_task (runner, sleep_func, NULL, NULL);

  g_object_bind_property (task, "error-message", window, "title", G_BINDING_DEFAULT);
  gtk_window_present (GTK_WINDOW (window));
  g_application_quit (G_APPLICATION (app));
}

/* An application quits while work runs, and its runner stops after it. */
static void
test_quit_while_work_runs (void)
{
  g_autoptr (GtkApplication) app =
      gtk_application_new ("org.example.Quit", G_APPLICATION_NON_UNIQUE);
  g_autoptr (TaRunner) runner = test_runner_new_started ("quitting");

  g_signal_connect (app, "activate", G_CALLBACK (activate_cb), runner);
  g_assert_cmpint (g_application_run (G_APPLICATION (app), 0, NULL), ==, 0);
  test_runner_stop (runner);
  g_assert_cmpint (ta_runner_get_shutdown_type (runner), ==, TA_SHUTDOWN_TYPE_STOPPED);
}

int
main (int argc, char *argv[])
{
  gtk_util_init (&argc, &argv);

  test_add ("/gtk/lifetime/close-while-work-runs", test_close_while_work_runs);
  test_add ("/gtk/lifetime/close-before-the-news", test_close_before_the_news);
  test_add ("/gtk/lifetime/widget-goes", test_widget_goes);
  test_add ("/gtk/lifetime/cancel-from-button", test_cancel_from_button);
  test_add ("/gtk/lifetime/start-twice", test_start_twice);
  test_add ("/gtk/lifetime/quit-while-work-runs", test_quit_while_work_runs);

  return g_test_run ();
}
