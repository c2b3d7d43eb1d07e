/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "test-util.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/*
 * What the tests with GTK share. They run on a display that nobody sees, see the script `display`
 * beside this file, and every warning ends them.
 */

void gtk_util_init (int *argc, char ***argv);

GtkWindow *gtk_util_window_new (GtkWidget *child);
void       gtk_util_window_free (GtkWindow *window);

/* A button that is clicked as its user does: with what belongs to it disabled, nothing happens. */
void gtk_util_click (gpointer button);

/* A task whose promise the test has; it is returned from a thread of the test's own. */
typedef struct
{
  TaRunner  *runner;
  TaTask    *task;
  TaPromise *promise;
} GtkUtilTask;

void gtk_util_task_init (GtkUtilTask *self);
void gtk_util_task_clear (GtkUtilTask *self);

G_END_DECLS
