/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench-dex.h"

#include "bench-cpu.h"

#define STACK_SIZE (256 * 1024)

typedef struct
{
  void (*func) (gpointer data);
  gpointer data;
} Client;

void
bench_dex_init (void)
{
  dex_init ();
}

static DexFuture *
client_cb (gpointer data)
{
  Client *self = data;

  bench_cpu_run_client (self->func, self->data);

  return dex_future_new_for_boolean (TRUE);
}

static DexFuture *
quit_cb (DexFuture *future, gpointer main_loop)
{
  g_main_loop_quit (main_loop);
  return NULL;
}

void
bench_dex_run_client (void (*func) (gpointer data), gpointer data)
{
  Client     client = { .func = func, .data = data };
  GMainLoop *main_loop = g_main_loop_new (NULL, FALSE);
  DexFuture *future;

  future = dex_scheduler_spawn (dex_thread_pool_scheduler_get_default (), STACK_SIZE, client_cb,
                                &client, NULL);
  future = dex_future_finally (future, quit_cb, main_loop, NULL);

  bench_cpu_place_loop ();
  g_main_loop_run (main_loop);
  bench_cpu_unplace ();

  dex_unref (future);
  g_main_loop_unref (main_loop);
}
