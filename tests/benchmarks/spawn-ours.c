/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench-runner.h"
#include "spawn.h"

/* Tasks of a runner, each of which has a result that is waited for. */

typedef struct
{
  TaRunner *runner;
  TaTask  **tasks;
} TaskPeer;

static void
task_cb (TaTask *task, gpointer data)
{
  g_autoptr (TaPromise) promise = ta_task_take_promise (task);

  spawn_pass_gate ();
  ta_promise_return_int (promise, GPOINTER_TO_UINT (data));
}

static gpointer
task_start (guint n)
{
  TaskPeer *self = g_new0 (TaskPeer, 1);

  self->runner = bench_runner_new ();
  self->tasks = g_new0 (TaTask *, n);

  return self;
}

static void
task_spawn (gpointer data, guint n)
{
  TaskPeer *self = data;

  for (guint i = 0; i < n; i++)
    self->tasks[i] = ta_runner_create_task (self->runner, task_cb, GUINT_TO_POINTER (i), NULL);
}

static guint64
task_wait (gpointer data, guint n)
{
  TaskPeer *self = data;
  guint64   sum = 0;

  for (guint i = 0; i < n; i++)
    {
      g_auto (GValue) value = G_VALUE_INIT;
      gint64          result;

      bench_check (
          ta_future_wait (TA_FUTURE (self->tasks[i]), &value, TA_TIMEOUT_INFINITE, NULL, NULL));
      bench_check (ta_value_take_int (&value, &result, NULL));
      sum += (guint64) result;
      g_object_unref (self->tasks[i]);
    }

  return sum;
}

static void
task_stop (gpointer data, guint n)
{
  TaskPeer *self = data;

  bench_runner_free (self->runner);
  g_free (self->tasks);
  g_free (self);
}

const SpawnPeer spawn_task = {
  .name = "ta_runner_create_task",
  .ours = TRUE,
  .start = task_start,
  .spawn = task_spawn,
  .wait = task_wait,
  .stop = task_stop,
};
