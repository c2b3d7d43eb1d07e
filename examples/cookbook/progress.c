/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * progress: a task that shows how far it is, and can be cancelled. A small object stands for the
 * progress bar of a window.
 */

#include <stdlib.h>

#include <threaded-async.h>

#define N_STEPS 10

/* The work, in the runner's thread. */

typedef struct
{
  TaPromise *promise;
  int        n_done;
} Work;

static void work_step (Work *self);

static void
work_free (Work *self)
{
  ta_promise_unref (self->promise);
  g_free (self);
}

static void
step_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Work            *self = user_data;
  GError          *error = NULL;
  g_autofree char *status = NULL;

  if (!ta_sleep_finish (result, &error))
    {
      ta_promise_return_error (self->promise, error);
      work_free (self);
      return;
    }

  self->n_done++;
  status = g_strdup_printf ("Step %d of %d", self->n_done, N_STEPS);
  ta_promise_set_progress (self->promise, (double) self->n_done / N_STEPS);
  ta_promise_set_status (self->promise, status);

  if (self->n_done < N_STEPS)
    {
      work_step (self);
    }
  else
    {
      ta_promise_return_int (self->promise, self->n_done);
      work_free (self);
    }
}

static void
work_step (Work *self)
{
  ta_sleep_async (G_USEC_PER_SEC / 100, ta_promise_get_cancellable (self->promise), step_cb, self);
}

static void
start_work (TaTask *task, gpointer user_data)
{
  Work *self = g_new0 (Work, 1);

  self->promise = ta_task_take_promise (task);
  work_step (self);
}

/* What stands for a progress bar. */

#define TYPE_BAR (bar_get_type ())
G_DECLARE_FINAL_TYPE (Bar, bar, EXAMPLE, BAR, GObject)

struct _Bar
{
  GObject parent_instance;
  double  fraction;
};

G_DEFINE_FINAL_TYPE (Bar, bar, G_TYPE_OBJECT)

static void
bar_set_property (GObject *object, guint property_id, const GValue *value, GParamSpec *pspec)
{
  EXAMPLE_BAR (object)->fraction = g_value_get_double (value);
}

static void
bar_class_init (BarClass *klass)
{
  G_OBJECT_CLASS (klass)->set_property = bar_set_property;
  g_object_class_install_property (G_OBJECT_CLASS (klass), 1,
                                   g_param_spec_double ("fraction", NULL, NULL, 0, 1, 0,
                                                        G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS));
}

static void
bar_init (Bar *self)
{
}

/* The window, in the main thread. */

typedef struct
{
  GMainLoop *loop;
  TaRunner  *runner;
  TaTask    *task;
  Bar       *bar;
} Window;

static void
window_ended_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Window            *self = user_data;
  g_auto (GValue)    value = G_VALUE_INIT;
  g_autoptr (GError) error = NULL;
  gint64             n_steps;

  if (ta_future_wait_finish (TA_FUTURE (source), result, &value, &error) &&
      ta_value_take_int (&value, &n_steps, &error))
    g_print ("Done after %" G_GINT64_FORMAT " steps\n", n_steps);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_print ("Cancelled\n");
  else
    g_printerr ("It did not work: %s\n", error->message);

  g_main_loop_quit (self->loop);
}

static void
window_start_clicked_cb (Window *self)
{
  g_clear_object (&self->task);
  self->task = ta_runner_create_task (self->runner, start_work, NULL, NULL);

  g_object_bind_property (self->task, "progress", self->bar, "fraction", G_BINDING_SYNC_CREATE);
  ta_future_wait_async (TA_FUTURE (self->task), TA_TIMEOUT_INFINITE, NULL, window_ended_cb, self);
}

static void
window_cancel_clicked_cb (Window *self)
{
  ta_task_cancel (self->task);
}

int
main (void)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (TaRunner)  runner = ta_runner_new ("progress");
  g_autoptr (Bar)       bar = g_object_new (TYPE_BAR, NULL);
  g_autoptr (GError)    error = NULL;
  Window                window = { loop, runner, NULL, bar };

  if (!ta_runner_start (runner, &error))
    g_error ("%s", error->message);

  window_start_clicked_cb (&window);
  g_main_loop_run (loop);
  g_print ("The bar is at %g %%\n", 100 * bar->fraction);

  window_start_clicked_cb (&window);
  window_cancel_clicked_cb (&window);
  g_main_loop_run (loop);

  g_clear_object (&window.task);
  return ta_runner_stop (runner, TA_TIMEOUT_DEFAULT, NULL, NULL) ? EXIT_SUCCESS : EXIT_FAILURE;
}
