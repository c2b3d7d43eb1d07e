/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "operations.h"

#include <gio/gio.h>

static void
value_int (guint64 n)
{
  for (guint64 i = 0; i < n; i++)
    {
      GValue value = G_VALUE_INIT;
      GValue copy = G_VALUE_INIT;

      g_value_init (&value, G_TYPE_INT64);
      g_value_set_int64 (&value, (gint64) i);
      g_value_init (&copy, G_TYPE_INT64);
      g_value_copy (&value, &copy);
      bench_check (g_value_get_int64 (&copy) == (gint64) i);
      g_value_unset (&copy);
      g_value_unset (&value);
    }
}

static void
value_string (guint64 n)
{
  for (guint64 i = 0; i < n; i++)
    {
      GValue value = G_VALUE_INIT;
      GValue copy = G_VALUE_INIT;

      g_value_init (&value, G_TYPE_STRING);
      g_value_set_string (&value, "0123456789abcde");
      g_value_init (&copy, G_TYPE_STRING);
      g_value_copy (&value, &copy);
      bench_check (g_value_get_string (&copy)[14] == 'e');
      g_value_unset (&copy);
      g_value_unset (&value);
    }
}

static void
value_object (guint64 n)
{
  g_autoptr (GObject) object = g_object_new (G_TYPE_OBJECT, NULL);

  for (guint64 i = 0; i < n; i++)
    {
      GValue value = G_VALUE_INIT;
      GValue copy = G_VALUE_INIT;

      g_value_init (&value, G_TYPE_OBJECT);
      g_value_set_object (&value, object);
      g_value_init (&copy, G_TYPE_OBJECT);
      g_value_copy (&value, &copy);
      bench_check (g_value_get_object (&copy) == object);
      g_value_unset (&copy);
      g_value_unset (&value);
    }
}

static void
mutex_pair (guint64 n)
{
  static GMutex mutex;

  for (guint64 i = 0; i < n; i++)
    {
      g_mutex_lock (&mutex);
      g_mutex_unlock (&mutex);
    }
}

static void
cond_signal (guint64 n)
{
  static GCond cond;

  for (guint64 i = 0; i < n; i++)
    g_cond_signal (&cond);
}

static void
signal_unheard (guint64 n)
{
  g_autoptr (GCancellable) object = g_cancellable_new ();
  guint                    id = g_signal_lookup ("cancelled", G_TYPE_CANCELLABLE);

  for (guint64 i = 0; i < n; i++)
    g_signal_emit (object, id, 0);
}

static void
handler_cb (GCancellable *object, gpointer n)
{
  ++*(guint64 *) n;
}

static void
signal_heard (guint64 n)
{
  g_autoptr (GCancellable) object = g_cancellable_new ();
  guint                    id = g_signal_lookup ("cancelled", G_TYPE_CANCELLABLE);
  guint64                  heard = 0;

  g_signal_connect (object, "cancelled", G_CALLBACK (handler_cb), &heard);
  for (guint64 i = 0; i < n; i++)
    g_signal_emit (object, id, 0);

  bench_check (heard == n);
}

static void
object_new (guint64 n)
{
  for (guint64 i = 0; i < n; i++)
    g_object_unref (g_object_new (G_TYPE_OBJECT, NULL));
}

static void
context_wakeup (guint64 n)
{
  g_autoptr (GMainContext) context = g_main_context_new ();

  for (guint64 i = 0; i < n; i++)
    g_main_context_wakeup (context);
}

static void
context_iteration (guint64 n)
{
  g_autoptr (GMainContext) context = g_main_context_new ();

  for (guint64 i = 0; i < n; i++)
    bench_check (!g_main_context_iteration (context, FALSE));
}

static void
returned_cb (GObject *object, GAsyncResult *result, gpointer n_returned)
{
  bench_check (g_task_propagate_boolean (G_TASK (result), NULL));
  ++*(guint64 *) n_returned;
}

/* Returned where it was made, it waits for its idle source. */
static void
gtask_idle (guint64 n)
{
  guint64 n_returned = 0;

  for (guint64 i = 0; i < n; i++)
    {
      g_autoptr (GTask) task = g_task_new (NULL, NULL, returned_cb, &n_returned);

      g_task_return_boolean (task, TRUE);
    }
  bench_check (n_returned == 0);
  while (n_returned < n)
    g_main_context_iteration (NULL, FALSE);
}

typedef struct
{
  GPtrArray *tasks;
  guint64    n_returned;
} InlineTasks;

static gboolean
make_tasks_cb (gpointer data)
{
  InlineTasks *self = data;

  for (guint i = 0; i < self->tasks->len; i++)
    self->tasks->pdata[i] = g_task_new (NULL, NULL, returned_cb, &self->n_returned);

  return G_SOURCE_REMOVE;
}

static gboolean
return_tasks_cb (gpointer data)
{
  InlineTasks *self = data;

  for (guint i = 0; i < self->tasks->len; i++)
    g_task_return_boolean (self->tasks->pdata[i], TRUE);
  bench_check (self->n_returned == self->tasks->len);

  return G_SOURCE_REMOVE;
}

/* Returned in a later turn, it calls back there and then. */
static void
gtask_inline (guint64 n)
{
  InlineTasks self = { .tasks = g_ptr_array_new_with_free_func (g_object_unref) };

  g_ptr_array_set_size (self.tasks, (int) n);
  g_idle_add (make_tasks_cb, &self);
  g_main_context_iteration (NULL, FALSE);
  g_idle_add (return_tasks_cb, &self);
  g_main_context_iteration (NULL, FALSE);
  bench_check (self.n_returned == n);
  g_ptr_array_unref (self.tasks);
}

static gpointer
free_thread_cb (gpointer data)
{
  GPtrArray *blocks = data;

  g_ptr_array_set_size (blocks, 0);

  return NULL;
}

/* The threads take turns on the one CPU, so that both sides are counted. */
static void
malloc_and_free (guint64 n)
{
  g_autoptr (GPtrArray) blocks = g_ptr_array_new_full ((guint) n, g_free);

  for (guint64 i = 0; i < n; i++)
    g_ptr_array_add (blocks, g_malloc (48));

  g_thread_join (g_thread_new ("free", free_thread_cb, blocks));
}

static void
pause_once (guint64 n)
{
  for (guint64 i = 0; i < n; i++)
    bench_cpu_relax ();
}

const Operation operations_glib[] = {
  { "GValue int: set, copy, get, unset", value_int, 1000 },
  { "GValue string: set, copy, get, unset", value_string, 1000 },
  { "GValue object: set, copy, get, unset", value_object, 1000 },
  { "g_mutex_lock, g_mutex_unlock", mutex_pair, 1000 },
  { "g_cond_signal, nobody waits", cond_signal, 1000 },
  { "g_signal_emit, no handler", signal_unheard, 1000 },
  { "g_signal_emit, one handler", signal_heard, 1000 },
  { "g_object_new, g_object_unref", object_new, 1000 },
  { "g_main_context_wakeup", context_wakeup, 1000 },
  { "g_main_context_iteration, nothing to do", context_iteration, 1000 },
  { "GTask, returned inline", gtask_inline, 1000 },
  { "GTask, returned through its idle source", gtask_idle, 1000 },
  { "malloc, and free in another thread", malloc_and_free, 100000 },
  { "pause", pause_once, 1000 },
};

const gsize n_operations_glib = G_N_ELEMENTS (operations_glib);
