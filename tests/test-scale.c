/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What becomes of very many: of runners, and of the memory of what was pending for a while. */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "test-util.h"

#include <sys/resource.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

#define N_RUNNERS 1000

/* So many are pending in a burst, and so much may be left for good when they have ended. */
#define N_BURST 50000
#define LEFT_BYTES (64 * 1024)

static gsize
count_heap (void)
{
#if defined(__GLIBC__) && (__GLIBC__ > 2 || __GLIBC_MINOR__ >= 33)
  struct mallinfo2 info = mallinfo2 ();

  return info.uordblks + info.hblkhd;
#else
  return 0;
#endif
}

typedef struct
{
  TaQueue  *queue;
  TaRunner *runner;
  GQueue    promises;
  guint     n_pending;
  gsize     most; /* how much was in use while all were pending */
} Burst;

static void
burst_await (Burst *self)
{
  self->most = count_heap ();
  TEST_TURN_UNTIL (NULL, self->n_pending == 0);
}

static void
items (Burst *self, guint n)
{
  g_auto (GValue) value = G_VALUE_INIT;

  for (guint i = 0; i < n; i++)
    g_assert_true (ta_queue_try_put (self->queue, TA_VALUE_INT (i), NULL));
  self->most = count_heap ();
  for (guint i = 0; i < n; i++)
    g_assert_true (ta_queue_try_get (self->queue, &value, NULL));
}

static void
got_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  Burst          *self = data;
  g_auto (GValue) value = G_VALUE_INIT;

  g_assert_true (ta_queue_get_finish (TA_QUEUE (object), result, &value, NULL));
  self->n_pending--;
}

static void
waits (Burst *self, guint n)
{
  self->n_pending = n;
  for (guint i = 0; i < n; i++)
    ta_queue_get_async (self->queue, TA_TIMEOUT_INFINITE, NULL, got_cb, self);
  self->most = count_heap ();
  for (guint i = 0; i < n; i++)
    g_assert_true (ta_queue_try_put (self->queue, TA_VALUE_INT (i), NULL));
  TEST_TURN_UNTIL (NULL, self->n_pending == 0);
}

static void
slept_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  Burst *self = data;

  g_assert_true (ta_sleep_finish (result, NULL));
  self->n_pending--;
}

static void
timers (Burst *self, guint n)
{
  self->n_pending = n;
  for (guint i = 0; i < n; i++)
    ta_sleep_async (1 + i % 1000, NULL, slept_cb, self);
  burst_await (self);
}

static void
task_cb (TaTask *task, gpointer data)
{
  Burst *self = data;

  g_queue_push_tail (&self->promises, ta_task_take_promise (task));
  self->n_pending--;
}

static void
tasks (Burst *self, guint n)
{
  TaPromise *promise;

  self->n_pending = n;
  for (guint i = 0; i < n; i++)
    g_object_unref (ta_runner_create_task (self->runner, task_cb, self, NULL));
  TEST_TURN_UNTIL (NULL, self->n_pending == 0);
  self->most = count_heap ();
  while ((promise = g_queue_pop_head (&self->promises)) != NULL)
    {
      ta_promise_return_int (promise, 7);
      ta_promise_unref (promise);
    }
}

static void
stopped_cb (GObject *object, GAsyncResult *result, gpointer is_stopped)
{
  g_assert_true (ta_runner_stop_finish (TA_RUNNER (object), result, NULL));
  *(gboolean *) is_stopped = TRUE;
}

static void
check_burst (void (*pile) (Burst *self, guint n))
{
  Burst    burst = { .queue = ta_queue_new (0) };
  gboolean is_stopped = FALSE;
  gsize    before, after;
  guint    n = test_repeats (N_BURST);

  g_queue_init (&burst.promises);
  burst.runner = ta_runner_new_for_context (g_main_context_default (), "burst");
  g_assert_true (ta_runner_start (burst.runner, NULL));

  /* What is made at the first use stays. */
  pile (&burst, 100);
  before = count_heap ();
  pile (&burst, n);
  after = count_heap ();

  if (burst.most < before + n * sizeof (GValue))
    g_test_skip ("malloc does not say how much memory is in use");
  else
    g_assert_cmpuint (after, <=, before + LEFT_BYTES);

  ta_runner_stop_async (burst.runner, TEST_DEADLINE_US, NULL, stopped_cb, &is_stopped);
  TEST_TURN_UNTIL (NULL, is_stopped);
  g_object_unref (burst.runner);
  g_object_unref (burst.queue);
}

static void
test_memory_items (void)
{
  check_burst (items);
}

static void
test_memory_waits (void)
{
  check_burst (waits);
}

static void
test_memory_timers (void)
{
  check_burst (timers);
}

static void
test_memory_tasks (void)
{
  check_burst (tasks);
}

/* Each runner's context has a descriptor of its own. FALSE if there may not be so many. */
static gboolean
allow_descriptors (rlim_t n)
{
  struct rlimit limit;

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  if (limit.rlim_cur >= n)
    return TRUE;
  if (limit.rlim_max < n)
    return FALSE;
  limit.rlim_cur = n;

  return setrlimit (RLIMIT_NOFILE, &limit) == 0;
}

static void
square_cb (TaTask *task, gpointer data)
{
  g_autoptr (TaPromise) promise = ta_task_take_promise (task);
  gint64                number = GPOINTER_TO_INT (data);

  ta_promise_return_int (promise, number * number);
}

static void
runner_stopped_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  guint *n_left = data;

  g_assert_true (ta_runner_stop_finish (TA_RUNNER (object), result, NULL));
  g_assert_cmpint (ta_runner_get_shutdown_type (TA_RUNNER (object)), ==, TA_SHUTDOWN_TYPE_STOPPED);
  --*n_left;
}

/* All of them run at once, and each does its work. */
static void
test_thousand_runners (void)
{
  const guint           n = test_repeats (N_RUNNERS);
  g_autoptr (GPtrArray) runners = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GPtrArray) tasks_of_all = g_ptr_array_new_with_free_func (g_object_unref);
  guint                 n_left = n;

  if (!allow_descriptors (n * 2 + 200))
    {
      g_test_skip ("the process may not have so many descriptors");
      return;
    }

  for (guint i = 0; i < n; i++)
    {
      TaRunner          *runner = ta_runner_new (NULL);
      g_autoptr (GError) error = NULL;

      g_ptr_array_add (runners, runner);
      ta_runner_start (runner, &error);
      g_assert_no_error (error);
    }

  for (guint round = 0; round < 3; round++)
    {
      g_ptr_array_set_size (tasks_of_all, 0);
      for (guint i = 0; i < n; i++)
        g_ptr_array_add (tasks_of_all, ta_runner_create_task (runners->pdata[i], square_cb,
                                                              GINT_TO_POINTER (i), NULL));
      for (guint i = 0; i < n; i++)
        {
          g_auto (GValue) value = G_VALUE_INIT;

          g_assert_true (
              ta_future_wait (tasks_of_all->pdata[i], &value, TEST_DEADLINE_US, NULL, NULL));
          g_assert_cmpint (g_value_get_int64 (&value), ==, (gint64) i * i);
        }
    }

  for (guint i = 0; i < n; i++)
    ta_runner_stop_async (runners->pdata[i], TA_TIMEOUT_INFINITE, NULL, runner_stopped_cb, &n_left);
  TEST_TURN_UNTIL (NULL, n_left == 0);
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv);

  test_add ("/scale/memory-goes-back/items", test_memory_items);
  test_add ("/scale/memory-goes-back/waits", test_memory_waits);
  test_add ("/scale/memory-goes-back/timers", test_memory_timers);
  test_add ("/scale/memory-goes-back/tasks", test_memory_tasks);
  test_add ("/scale/thousand-runners", test_thousand_runners);

  return g_test_run ();
}
