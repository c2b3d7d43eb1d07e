/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench-loop.h"

#include "bench-cpu.h"

struct _BenchLoop
{
  GMutex   mutex;
  GCond    cond;
  gboolean is_running; /* mutex */

  GThread      *thread;
  GMainContext *context;
  GMainLoop    *loop;
};

static gpointer
thread_cb (gpointer data)
{
  BenchLoop *self = data;

  bench_cpu_place_loop ();

  g_main_context_push_thread_default (self->context);
  g_main_loop_run (self->loop);
  g_main_context_pop_thread_default (self->context);

  return NULL;
}

static gboolean
quit_cb (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

static gboolean
running_cb (gpointer data)
{
  BenchLoop *self = data;

  g_mutex_lock (&self->mutex);
  self->is_running = TRUE;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->mutex);

  return G_SOURCE_REMOVE;
}

BenchLoop *
bench_loop_new (void)
{
  BenchLoop          *self = g_new0 (BenchLoop, 1);
  g_autoptr (GSource) source = g_idle_source_new ();

  g_mutex_init (&self->mutex);
  g_cond_init (&self->cond);
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);

  g_source_set_callback (source, running_cb, self, NULL);
  g_source_attach (source, self->context);
  self->thread = g_thread_new ("loop", thread_cb, self);

  /* Until it owns its context, g_main_context_invoke() would run functions in the caller. */
  g_mutex_lock (&self->mutex);
  while (!self->is_running)
    g_cond_wait (&self->cond, &self->mutex);
  g_mutex_unlock (&self->mutex);

  return self;
}

void
bench_loop_free (BenchLoop *self)
{
  g_main_context_invoke_full (self->context, G_PRIORITY_DEFAULT, quit_cb, self->loop, NULL);
  g_thread_join (self->thread);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->cond);
  g_free (self);
}

GMainContext *
bench_loop_get_context (BenchLoop *self)
{
  return self->context;
}
