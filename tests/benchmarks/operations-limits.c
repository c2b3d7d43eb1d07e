/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "operations.h"

#include <glib-object.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

/*
 * What some operations of this library cannot do without, whatever else they do: the clock, locks, and
 * memory that was not in use before, since 100,000 of them are pending at once.
 */

#define N_PENDING 100000

/* A GObject of @SIZE bytes that has and does nothing. */
#define DEFINE_NOTHING(Name, name, SIZE)                                                           \
  typedef struct                                                                                   \
  {                                                                                                \
    GObject parent_instance;                                                                       \
    guint8  rest[(SIZE) - sizeof (GObject)];                                                       \
  } Name;                                                                                          \
  typedef struct                                                                                   \
  {                                                                                                \
    GObjectClass parent_class;                                                                     \
  } Name##Class;                                                                                   \
  GType name##_get_type (void);                                                                    \
  G_DEFINE_FINAL_TYPE (Name, name, G_TYPE_OBJECT)                                                  \
  static void name##_class_init (Name##Class *klass) {}                                            \
  static void name##_init (Name *self) {}

DEFINE_NOTHING (LimitFuture, limit_future, 120)
DEFINE_NOTHING (LimitTask, limit_task, 208)

static void
clock_once (guint64 n)
{
  gint64 last = 0;

  for (guint64 i = 0; i < n; i++)
    {
      gint64 now = g_get_monotonic_time ();

      bench_check (now >= last);
      last = now;
    }
}

static void
atomic_exchange (guint64 n)
{
  static guint64 place;

  for (guint64 i = 1; i <= n; i++)
    bench_check (__atomic_exchange_n (&place, i, __ATOMIC_SEQ_CST) == i - 1);
  place = 0;
}

static void
poll_once (guint64 n)
{
  struct pollfd fd = { .fd = eventfd (0, EFD_CLOEXEC), .events = POLLIN };

  for (guint64 i = 0; i < n; i++)
    bench_check (poll (&fd, 1, 0) == 0);
  close (fd.fd);
}

static gpointer pending[N_PENDING];

static void
allocate_blocks (gconstpointer size)
{
  for (guint i = 0; i < N_PENDING; i++)
    pending[i] = memset (malloc (GPOINTER_TO_SIZE (size)), 1, GPOINTER_TO_SIZE (size));
}

static gpointer
free_blocks (gpointer nothing)
{
  for (guint i = 0; i < N_PENDING; i++)
    free (pending[i]);

  return NULL;
}

static void
create_objects (gconstpointer type)
{
  for (guint i = 0; i < N_PENDING; i++)
    pending[i] = g_object_new (GPOINTER_TO_SIZE (type), NULL);
}

static gpointer
unref_objects (gpointer nothing)
{
  for (guint i = 0; i < N_PENDING; i++)
    g_object_unref (pending[i]);

  return NULL;
}

static void
measure_pile (void (*create) (gconstpointer), gconstpointer what, GThreadFunc end, double *values)
{
  gint64 started = bench_now_ns (), created;

  create (what);
  created = bench_now_ns ();
  g_thread_join (g_thread_new ("limit", end, NULL));

  values[0] = (double) (created - started) / N_PENDING;
  values[1] = (double) (bench_now_ns () - created) / N_PENDING;
}

static void
wait_cb (gconstpointer nothing, double *values)
{
  measure_pile (allocate_blocks, GSIZE_TO_POINTER (248), free_blocks, values);
}

static void
promise_cb (gconstpointer nothing, double *values)
{
  measure_pile (allocate_blocks, GSIZE_TO_POINTER (24), free_blocks, values);
}

static void
future_cb (gconstpointer nothing, double *values)
{
  measure_pile (create_objects, GSIZE_TO_POINTER (limit_future_get_type ()), unref_objects, values);
}

static void
task_cb (gconstpointer nothing, double *values)
{
  measure_pile (create_objects, GSIZE_TO_POINTER (limit_task_get_type ()), unref_objects, values);
}

void
operations_run_pending_limits (void)
{
  static const char *const columns[] = { "create ns", "end ns", NULL };
  BenchTable              *table = bench_table_new (
                   "Memory and objects alone, 100,000 at once, ended by another thread", columns);

  bench_table_add (table, "248 bytes, as a pending wait has", FALSE, wait_cb, NULL);
  bench_table_add (table, "24 bytes, as a promise has", FALSE, promise_cb, NULL);
  bench_table_add (table, "a GObject of 120 bytes, as a future", FALSE, future_cb, NULL);
  bench_table_add (table, "a GObject of 208 bytes, as a task", FALSE, task_cb, NULL);
  bench_table_run_and_free (table);
}

const Operation operations_limits[] = {
  { "g_get_monotonic_time", clock_once, 1000 },
  { "an atomic exchange", atomic_exchange, 1000 },
  { "poll, nothing to read", poll_once, 1000 },
};

const gsize n_operations_limits = G_N_ELEMENTS (operations_limits);
