/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "waiters.h"

/* GTasks that were made in this thread, and are returned in another. */

typedef struct
{
  WaitersCount *count;
  GTask       **tasks;
} GTaskPeer;

static void
done_cb (GObject *source_object, GAsyncResult *result, gpointer user_data)
{
  GTaskPeer *self = user_data;
  gssize     number = g_task_propagate_int (G_TASK (result), NULL);

  bench_check (number >= 0);
  waiters_count_add (self->count, (guint64) number);
}

static gpointer
gtask_start (WaitersCount *count, guint n)
{
  GTaskPeer *self = g_new0 (GTaskPeer, 1);

  self->count = count;
  self->tasks = g_new0 (GTask *, n);

  return self;
}

static void
gtask_create (gpointer data, guint n)
{
  GTaskPeer *self = data;

  for (guint i = 0; i < n; i++)
    self->tasks[i] = g_task_new (NULL, NULL, done_cb, self);
}

static void
gtask_resolve (gpointer data, guint n)
{
  GTaskPeer *self = data;

  for (guint i = 0; i < n; i++)
    {
      g_task_return_int (self->tasks[i], i);
      g_object_unref (self->tasks[i]);
    }
}

static void
gtask_stop (gpointer data, guint n)
{
  GTaskPeer *self = data;

  g_free (self->tasks);
  g_free (self);
}

const WaitersPeer waiters_gtask = {
  .name = "GTask, returned in another thread",
  .start = gtask_start,
  .create = gtask_create,
  .resolve = gtask_resolve,
  .stop = gtask_stop,
};
