/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * From the background into the thread of the user interface, by the calls of the runner that is
 * attached to the main context.
 */

#include "gtk-util.h"

typedef struct
{
  GtkWindow *window;
  GtkLabel  *label;
  GtkButton *button;
  GThread   *ui_thread;
  int        calls;
  gboolean   timed_out; /* atomic: the thread has waited in vain once */
  gboolean   ended;     /* atomic: it is through */
} View;

static void
view_init (View *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  *self = (View){ .ui_thread = g_thread_self () };
  self->label = GTK_LABEL (gtk_label_new ("nothing"));
  self->button = GTK_BUTTON (gtk_button_new_with_label ("Answer"));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->label));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->button));
  self->window = gtk_util_window_new (box);
}

static void
view_end (View *self)
{
  g_atomic_int_set (&self->ended, TRUE);
  g_main_context_wakeup (NULL);
}

static void
say_called (gpointer data)
{
  View *self = data;

  g_assert_true (g_thread_self () == self->ui_thread);
  self->calls++;
  gtk_label_set_label (self->label, "called");
}

static gpointer
call_thread (gpointer data)
{
  View              *self = data;
  TaRunner          *ui = ta_runner_get_default ();
  g_autoptr (GError) error = NULL;

  g_assert_false (ta_runner_is_in_loop (ui));
  g_assert_true (
      ta_runner_call_in_loop (ui, say_called, self, NULL, TEST_DEADLINE_US, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (self->calls, ==, 1);
  view_end (self);

  return NULL;
}

/* A thread calls, and goes on once the call has been done. */
static void
test_call (void)
{
  View     view;
  GThread *thread;

  view_init (&view);
  thread = g_thread_new ("caller", call_thread, &view);
  TEST_TURN_UNTIL (NULL, g_atomic_int_get (&view.ended));
  g_thread_join (thread);
  g_assert_cmpstr (gtk_label_get_label (view.label), ==, "called");
  gtk_util_window_free (view.window);
}

static gpointer
impatient_thread (gpointer data)
{
  View              *self = data;
  g_autoptr (GError) error = NULL;

  g_assert_false (ta_runner_call_in_loop (ta_runner_get_default (), say_called, self, NULL,
                                          G_USEC_PER_SEC / 100, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  test_assert_message_has (error, "main");

  return NULL;
}

/* While the user interface is busy a call times out, and is not done when it is too late. */
static void
test_busy (void)
{
  View view;

  view_init (&view);
  g_thread_join (g_thread_new ("impatient", impatient_thread, &view));
  test_turn_all (NULL);
  g_assert_cmpint (view.calls, ==, 0);
  gtk_util_window_free (view.window);
}

static void
answered_cb (GtkButton *button, gpointer promise)
{
  ta_promise_return_string (promise, "yes");

  /* There is one answer, however often it is clicked. */
  g_signal_handlers_disconnect_by_data (button, promise);
}

/* A task on the main loop's runner that ends when the user has answered. */
static void
ask_func (TaTask *task, gpointer data)
{
  View      *self = data;
  TaPromise *promise = ta_task_take_promise (task);

  g_assert_true (g_thread_self () == self->ui_thread);
  gtk_label_set_label (self->label, "Really?");
  g_signal_connect_data (self->button, "clicked", G_CALLBACK (answered_cb), promise,
                         (GClosureNotify) (GCallback) ta_promise_unref, G_CONNECT_DEFAULT);
}

static gpointer
ask_thread (gpointer data)
{
  View              *self = data;
  g_autoptr (TaTask) question = NULL;
  g_auto (GValue)    value = G_VALUE_INIT;
  g_autoptr (GError) error = NULL;

  question = ta_runner_create_task (ta_runner_get_default (), ask_func, self, NULL);
  g_assert_false (
      ta_future_wait (TA_FUTURE (question), &value, G_USEC_PER_SEC / 100, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_clear_error (&error);
  g_atomic_int_set (&self->timed_out, TRUE);
  g_main_context_wakeup (NULL);

  g_assert_true (ta_future_wait (TA_FUTURE (question), &value, TEST_DEADLINE_US, NULL, &error));
  g_assert_cmpstr (g_value_get_string (&value), ==, "yes");
  view_end (self);

  return NULL;
}

/* A thread blocks until the user has answered; the window is alive meanwhile. */
static void
test_ask (void)
{
  View     view;
  GThread *thread;

  view_init (&view);
  thread = g_thread_new ("asking", ask_thread, &view);
  TEST_TURN_UNTIL (NULL, g_atomic_int_get (&view.timed_out) &&
                             g_str_equal (gtk_label_get_label (view.label), "Really?"));
  gtk_util_click (view.button);
  gtk_util_click (view.button);
  TEST_TURN_UNTIL (NULL, g_atomic_int_get (&view.ended));
  g_thread_join (thread);
  gtk_util_window_free (view.window);
}

static void
asked_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TaPromise) promise = data;
  g_auto (GValue)       value = G_VALUE_INIT;
  GError               *error = NULL;

  g_assert_false (ta_runner_is_in_loop (ta_runner_get_default ()));
  if (ta_future_wait_finish (TA_FUTURE (source), result, &value, &error))
    ta_promise_return_value (promise, &value);
  else
    ta_promise_return_error (promise, error);
}

static void
work_func (TaTask *task, gpointer data)
{
  TaPromise         *promise = ta_task_take_promise (task);
  g_autoptr (TaTask) question =
      ta_runner_create_task (ta_runner_get_default (), ask_func, data, NULL);

  ta_future_wait_async (TA_FUTURE (question), TA_TIMEOUT_INFINITE,
                        ta_promise_get_cancellable (promise), asked_cb, promise);
}

/* The same without blocking, from a task on a background runner. */
static void
test_await (void)
{
  View                 view;
  g_autoptr (TaRunner) runner = test_runner_new_started ("background");
  g_autoptr (TaTask)   task = NULL;
  g_auto (GValue)      value = G_VALUE_INIT;

  view_init (&view);
  task = ta_runner_create_task (runner, work_func, &view, NULL);
  TEST_TURN_UNTIL (NULL, g_str_equal (gtk_label_get_label (view.label), "Really?"));
  gtk_util_click (view.button);
  TEST_TURN_UNTIL (NULL, ta_future_get_done (TA_FUTURE (task)));
  g_assert_true (ta_future_try_wait (TA_FUTURE (task), &value, NULL));
  g_assert_cmpstr (g_value_get_string (&value), ==, "yes");
  test_runner_stop (runner);
  gtk_util_window_free (view.window);
}

static void
wait_for_oneself_cb (GtkButton *button, gpointer data)
{
  View              *self = data;
  TaRunner          *ui = ta_runner_get_default ();
  g_autoptr (TaTask) question = ta_runner_create_task (ui, ask_func, self, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (ta_runner_is_in_loop (ui));
  g_assert_false (ta_future_wait (TA_FUTURE (question), NULL, TEST_LONG_US, NULL, &error));
  g_assert_error (error, TA_ERROR, TA_ERROR_WOULD_DEADLOCK);
  g_clear_error (&error);
  g_assert_false (ta_runner_wait_for_next_iteration (ui, TEST_LONG_US, NULL, &error));
  g_assert_error (error, TA_ERROR, TA_ERROR_WOULD_DEADLOCK);
  g_clear_error (&error);

  /* A plain call is simply made. */
  g_assert_true (ta_runner_call_in_loop (ui, say_called, self, NULL, TEST_LONG_US, NULL, &error));
  g_assert_no_error (error);
}

/* The user interface cannot wait for itself. */
static void
test_not_itself (void)
{
  View   view;
  gulong id;

  view_init (&view);
  id = g_signal_connect (view.button, "clicked", G_CALLBACK (wait_for_oneself_cb), &view);
  gtk_util_click (view.button);
  g_assert_cmpint (view.calls, ==, 1);

  /* The question is still asked, and can be answered. */
  g_signal_handler_disconnect (view.button, id);
  TEST_TURN_UNTIL (NULL, g_str_equal (gtk_label_get_label (view.label), "Really?"));
  gtk_util_click (view.button);
  gtk_util_window_free (view.window);
}

int
main (int argc, char *argv[])
{
  gtk_util_init (&argc, &argv);

  test_add ("/gtk/main-loop/call", test_call);
  test_add ("/gtk/main-loop/busy", test_busy);
  test_add ("/gtk/main-loop/ask", test_ask);
  test_add ("/gtk/main-loop/await", test_await);
  test_add ("/gtk/main-loop/not-itself", test_not_itself);

  return g_test_run ();
}
