/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "growth.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <threaded-async.h>
#include <unistd.h>

/*
 * What an operation costs while more and more of its kind are pending: one is added and another ends,
 * the oldest where there is an order, so that their number stays the same.
 *
 * Each turn is a process of its own. The heap that a million of one kind leave is in disorder, and who
 * allocates next then finds its memory in places far apart, in no cache: that would be taken for growth.
 */

#define N_SIZES 4

typedef struct
{
  TaQueue  *queue;
  TaRunner *runner;
  GQueue    pending; /* of what ends them, oldest first */
  guint     n_pending;
} Pile;

static Pile *
pile_new (void)
{
  Pile *self = g_new0 (Pile, 1);

  self->queue = ta_queue_new (0);
  g_queue_init (&self->pending);

  return self;
}

static gpointer
start_pile (void)
{
  return pile_new ();
}

static void
pile_free (gpointer data)
{
  Pile *self = data;

  bench_check (self->n_pending == 0 && g_queue_is_empty (&self->pending));
  g_object_unref (self->queue);
  g_free (self);
}

static void
await (Pile *self, guint n_pending)
{
  while (self->n_pending > n_pending)
    g_main_context_iteration (NULL, TRUE);
}

static void
put_items (gpointer data, guint n)
{
  Pile *self = data;

  for (guint i = 0; i < n; i++)
    bench_check (ta_queue_try_put (self->queue, TA_VALUE_INT (i), NULL));
  self->n_pending += n;
}

static void
get_items (gpointer data, guint n)
{
  Pile           *self = data;
  g_auto (GValue) value = G_VALUE_INIT;

  for (guint i = 0; i < n; i++)
    bench_check (ta_queue_try_get (self->queue, &value, NULL));
  self->n_pending -= n;
}

static void
got_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  Pile           *self = data;
  g_auto (GValue) value = G_VALUE_INIT;

  bench_check (ta_queue_get_finish (self->queue, result, &value, NULL));
  self->n_pending--;
}

static void
add_waits (gpointer data, guint n)
{
  Pile *self = data;

  for (guint i = 0; i < n; i++)
    ta_queue_get_async (self->queue, TA_TIMEOUT_INFINITE, NULL, got_cb, self);
  self->n_pending += n;
}

static void
end_waits (gpointer data, guint n)
{
  Pile *self = data;
  for (guint i = 0; i < n; i++)
    bench_check (ta_queue_try_put (self->queue, TA_VALUE_INT (i), NULL));
  await (self, self->n_pending - n);
}

static gpointer
start_tasks (void)
{
  Pile *self = pile_new ();

  self->runner = ta_runner_new_for_context (g_main_context_default (), "growing");
  bench_check (ta_runner_start (self->runner, NULL));

  return self;
}

static void
task_cb (TaTask *task, gpointer data)
{
  Pile *self = data;

  g_queue_push_tail (&self->pending, ta_task_take_promise (task));
}

static void
add_tasks (gpointer data, guint n)
{
  Pile *self = data;

  self->n_pending += n;
  for (guint i = 0; i < n; i++)
    g_object_unref (ta_runner_create_task (self->runner, task_cb, self, NULL));
  while (g_queue_get_length (&self->pending) < self->n_pending)
    g_main_context_iteration (NULL, TRUE);
}

static void
end_tasks (gpointer data, guint n)
{
  Pile *self = data;
  for (guint i = 0; i < n; i++)
    {
      TaPromise *promise = g_queue_pop_head (&self->pending);

      ta_promise_return_boolean (promise, TRUE);
      ta_promise_unref (promise);
    }
  self->n_pending -= n;
}

static void
stopped_cb (GObject *object, GAsyncResult *result, gpointer is_stopped)
{
  bench_check (ta_runner_stop_finish (TA_RUNNER (object), result, NULL));
  *(gboolean *) is_stopped = TRUE;
}

static void
stop_tasks (gpointer data)
{
  Pile    *self = data;
  gboolean is_stopped = FALSE;

  ta_runner_stop_async (self->runner, TA_TIMEOUT_INFINITE, NULL, stopped_cb, &is_stopped);
  while (!is_stopped)
    g_main_context_iteration (NULL, TRUE);
  g_object_unref (self->runner);
  pile_free (self);
}

/* Their timers are taken out of the heap before their time, the next one first. */
static void
add_timed_waits (gpointer data, guint n)
{
  Pile *self = data;

  for (guint i = 0; i < n; i++)
    ta_queue_get_async (self->queue, G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC, NULL, got_cb, self);
  self->n_pending += n;
}

static const Growing growing_items = {
  .name = "items in a queue",
  .ours = TRUE,
  .batch = 1,
  .start = start_pile,
  .add = put_items,
  .end = get_items,
  .stop = pile_free,
};

static const Growing growing_waits = {
  .name = "waits for an item",
  .ours = TRUE,
  .batch = 10,
  .start = start_pile,
  .add = add_waits,
  .end = end_waits,
  .stop = pile_free,
};

static const Growing growing_tasks = {
  .name = "tasks of a runner",
  .ours = TRUE,
  .batch = 10,
  .start = start_tasks,
  .add = add_tasks,
  .end = end_tasks,
  .stop = stop_tasks,
};

static const Growing growing_timed_waits = {
  .name = "timed waits for an item",
  .ours = TRUE,
  .batch = 10,
  .start = start_pile,
  .add = add_timed_waits,
  .end = end_waits,
  .stop = pile_free,
};

static const Growing *const growing[] = {
  &growing_items,  &growing_waits,  &growing_tasks,    &growing_timed_waits,
  &growing_blocks, &growing_gtasks, &growing_timeouts,
};

/* Adds and ends as many, so that their number stays the same. */
static void
exchange (const Growing *kind, gpointer self, guint n)
{
  for (guint i = 0; i < n; i += kind->batch)
    {
      kind->add (self, kind->batch);
      kind->end (self, kind->batch);
    }
}

static void
measure (const Growing *kind, double *values)
{
  const guint n = bench_is_quick () ? 5000 : 20000;
  gpointer    self = kind->start ();
  guint       size = bench_is_quick () ? 100 : 1000, n_added = 0;

  for (guint i = 0; i < N_SIZES; i++)
    {
      gint64 started;

      kind->add (self, size - n_added);
      n_added = size;
      exchange (kind, self, n / 10);

      started = bench_now_ns ();
      exchange (kind, self, n);
      values[1 + i] = (double) (bench_now_ns () - started) / n;
      size *= 10;
    }
  values[0] = values[N_SIZES] / values[1];

  kind->end (self, n_added);
  kind->stop (self);
}

/* This process has not used the library, nor begun a thread, so its child may do both. */
static void
growth_cb (gconstpointer data, double *values)
{
  const gsize size = (1 + N_SIZES) * sizeof (double);
  int         ends[2], status;
  pid_t       child;

  bench_check (pipe (ends) == 0);
  child = fork ();
  bench_check (child >= 0);

  if (child == 0)
    {
      /* Not to be left behind by a parent that gives up. */
      prctl (PR_SET_PDEATHSIG, SIGKILL);
      measure (data, values);
      bench_check (write (ends[1], values, size) == (gssize) size);
      _exit (EXIT_SUCCESS);
    }

  while (waitpid (child, &status, 0) < 0)
    bench_check (errno == EINTR);
  bench_check (WIFEXITED (status) && WEXITSTATUS (status) == EXIT_SUCCESS);
  bench_check (read (ends[0], values, size) == (gssize) size);
  close (ends[0]);
  close (ends[1]);
}

static void
run (void)
{
  static const char *const columns[] = {
    "growth", "1,000 ns", "10,000 ns", "100,000 ns", "1,000,000 ns", NULL,
  };
  static const char *const quick_columns[] = {
    "growth", "100 ns", "1,000 ns", "10,000 ns", "100,000 ns", NULL,
  };
  BenchTable *table = bench_table_new ("One more and one less, while so many are pending",
                                       bench_is_quick () ? quick_columns : columns);

  for (guint i = 0; i < G_N_ELEMENTS (growing); i++)
    {
      bench_table_add (table, growing[i]->name, FALSE, growth_cb, growing[i]);
      if (growing[i]->ours)
        bench_table_add_goal (table, 0, growing[i]->name, 1.3, NULL);
    }
  bench_table_run_and_free (table);
}

int
main (int argc, char **argv)
{
  static const BenchPass passes[] = {
    { "one-cpu", BENCH_ONE_CPU, FALSE, run },
  };

  return bench_main (argc, argv, "growth", passes, G_N_ELEMENTS (passes));
}
