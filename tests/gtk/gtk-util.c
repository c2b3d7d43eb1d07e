/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "gtk-util.h"

void
gtk_util_init (int *argc, char ***argv)
{
  /* Also where the program is run by hand. */
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING);
  test_init (argc, argv);
  gtk_init ();
}

/* Shows a window with a child, and waits until it is there. */
GtkWindow *
gtk_util_window_new (GtkWidget *child)
{
  GtkWindow *window = GTK_WINDOW (gtk_window_new ());

  gtk_window_set_child (window, child);
  gtk_window_present (window);
  TEST_TURN_UNTIL (NULL, gtk_widget_get_mapped (GTK_WIDGET (window)));

  return window;
}

/* Closes a window, and waits until it is gone. */
void
gtk_util_window_free (GtkWindow *window)
{
  g_object_add_weak_pointer (G_OBJECT (window), (gpointer *) &window);
  gtk_window_destroy (window);
  TEST_TURN_UNTIL (NULL, window == NULL);
}

void
gtk_util_click (gpointer button)
{
  g_assert_true (GTK_IS_BUTTON (button));
  g_assert_true (gtk_widget_is_sensitive (button));
  g_signal_emit_by_name (button, "clicked");
}

static void
hand_over_func (TaTask *task, gpointer data)
{
  GtkUtilTask *self = data;

  self->promise = ta_task_take_promise (task);
}

void
gtk_util_task_init (GtkUtilTask *self)
{
  self->runner = test_runner_new_started ("behind the window");
  self->task = ta_runner_create_task (self->runner, hand_over_func, self, NULL);
  g_assert_true (ta_runner_wait_for_next_iteration (self->runner, TEST_DEADLINE_US, NULL, NULL));
  g_assert_nonnull (self->promise);
}

void
gtk_util_task_clear (GtkUtilTask *self)
{
  g_clear_pointer (&self->promise, ta_promise_unref);
  test_runner_stop (self->runner);
  g_clear_object (&self->task);
  g_clear_object (&self->runner);
}
