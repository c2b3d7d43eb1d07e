/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "growth.h"

#include <gio/gio.h>
#include <string.h>

/*
 * What the machine and GLib cost while more and more are pending. Memory that was not used for a
 * while is no longer in a cache, whoever comes back to it.
 */

/* As many bytes as a pending wait has. */
#define BLOCK_SIZE 248

typedef struct
{
  GQueue pending; /* oldest first */
  guint  n_returned;
} Pile;

static gpointer
start (void)
{
  Pile *self = g_new0 (Pile, 1);

  g_queue_init (&self->pending);

  return self;
}

static void
stop (gpointer data)
{
  Pile *self = data;

  bench_check (g_queue_is_empty (&self->pending));
  g_free (self);
}

static void
add_blocks (gpointer data, guint n)
{
  Pile *self = data;

  for (guint i = 0; i < n; i++)
    g_queue_push_tail (&self->pending, memset (g_malloc (BLOCK_SIZE), 1, BLOCK_SIZE));
}

static void
end_blocks (gpointer data, guint n)
{
  Pile *self = data;

  for (guint i = 0; i < n; i++)
    {
      char *block = g_queue_pop_head (&self->pending);

      for (guint j = 0; j < BLOCK_SIZE; j += 8)
        bench_check (block[j] == 1);
      g_free (block);
    }
}

const Growing growing_blocks = {
  .name = "limit: 248 bytes of memory",
  .batch = 10,
  .start = start,
  .add = add_blocks,
  .end = end_blocks,
  .stop = stop,
};

static void
returned_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  Pile *self = data;

  bench_check (g_task_propagate_boolean (G_TASK (result), NULL));
  self->n_returned++;
}

static void
add_gtasks (gpointer data, guint n)
{
  Pile *self = data;

  for (guint i = 0; i < n; i++)
    g_queue_push_tail (&self->pending, g_task_new (NULL, NULL, returned_cb, self));
}

static void
end_gtasks (gpointer data, guint n)
{
  Pile *self = data;

  self->n_returned = 0;
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GTask) task = g_queue_pop_head (&self->pending);

      g_task_return_boolean (task, TRUE);
    }
  while (self->n_returned < n)
    g_main_context_iteration (NULL, TRUE);
}

const Growing growing_gtasks = {
  .name = "GTask, returned",
  .batch = 10,
  .start = start,
  .add = add_gtasks,
  .end = end_gtasks,
  .stop = stop,
};

static gboolean
never_cb (gpointer data)
{
  bench_check (FALSE);

  return G_SOURCE_REMOVE;
}

static void
add_timeouts (gpointer data, guint n)
{
  Pile *self = data;

  for (guint i = 0; i < n; i++)
    {
      GSource *source = g_timeout_source_new_seconds (3600);

      g_source_set_callback (source, never_cb, NULL, NULL);
      g_source_attach (source, NULL);
      g_queue_push_tail (&self->pending, source);
    }
}

/* Without a turn of the loop, which would look at each of them. */
static void
end_timeouts (gpointer data, guint n)
{
  Pile *self = data;

  for (guint i = 0; i < n; i++)
    {
      GSource *source = g_queue_pop_head (&self->pending);

      g_source_destroy (source);
      g_source_unref (source);
    }
}

const Growing growing_timeouts = {
  .name = "g_timeout_source_new, no turn",
  .batch = 10,
  .start = start,
  .add = add_timeouts,
  .end = end_timeouts,
  .stop = stop,
};
