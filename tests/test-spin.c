/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * For how long somebody looks for work before going to sleep. What nobody can see from outside is
 * tested in a copy of the source; what a runner makes of it shows in how often its thread looks at the
 * clock.
 */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "../threaded-async/ta-spin.c"
#include "test-child.h"
#include "test-util.h"

#include <time.h>

/* How often the thread that a runner's loop runs in has looked at the clock. */
static int               n_looks; /* atomic */
static __thread gboolean is_counted;

/* When the clock of that thread began to go on with each look, or 0. Set while there is none. */
static gint64 clock_start;

/* Stands in front of GLib's, for the library too. */
gint64
g_get_monotonic_time (void)
{
  struct timespec now;

  if (is_counted)
    {
      int looks = g_atomic_int_add (&n_looks, 1);

      if (clock_start != 0)
        return clock_start + looks;
    }
  clock_gettime (CLOCK_MONOTONIC, &now);

  return (gint64) now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static gint64
spin_length (TaSpin *spin)
{
  TaSpinWait wait = { 0 };

  g_assert_true (ta_spin_start (spin, &wait));

  return wait.budget;
}

static void
test_limit (void)
{
  TaSpin     chosen = { 0 }, limited = { .limit = 7 }, off = { .limit = TA_SPIN_OFF };
  TaSpinWait wait;

  g_assert_cmpint (spin_length (&chosen), >=, MIN_SPIN_US);
  g_assert_cmpint (spin_length (&limited), ==, 7);
  g_assert_false (ta_spin_start (&off, &wait));
}

static void
test_calibration (void)
{
  TaSpin spin = { 0 };

  /* As many as it takes, and then they change nothing any more. */
  for (guint i = 0; i < 1000; i++)
    ta_spin_calibrate (32);
  g_assert_cmpint (spin_length (&spin), >=, 35);
  g_assert_cmpint (spin_length (&spin), <=, 45);

  /* A machine that is busy now and then is none that always takes so long. */
  for (guint i = 0; i < 1000; i++)
    ta_spin_calibrate (i % 3 == 0 ? 5000 : 32);
  g_assert_cmpint (spin_length (&spin), <=, 55);

  for (guint i = 0; i < 1000; i++)
    ta_spin_calibrate (5000);
  g_assert_cmpint (spin_length (&spin), ==, MAX_SPIN_US);
  for (guint i = 0; i < 1000; i++)
    ta_spin_calibrate (0);
  g_assert_cmpint (spin_length (&spin), ==, MIN_SPIN_US);
}

static void
bind_to (int cpu)
{
  cpu_set_t cpus;

  CPU_ZERO (&cpus);
  CPU_SET ((gsize) cpu, &cpus);
  g_assert_cmpint (sched_setaffinity (0, sizeof cpus, &cpus), ==, 0);
}

static gpointer
count_bound_cb (gpointer cpu)
{
  bind_to (GPOINTER_TO_INT (cpu));

  return GUINT_TO_POINTER (count_processors ());
}

/* What counts is where the threads of the process may run, not where the one does that asks first. */
static void
test_bound (void)
{
  cpu_set_t cpus;
  int first = 0, second, status G_GNUC_UNUSED;
  pid_t child G_GNUC_UNUSED;
  GThread    *thread;

  g_assert_cmpint (sched_getaffinity (0, sizeof cpus, &cpus), ==, 0);
  if (CPU_COUNT (&cpus) < 2)
    {
      g_test_skip ("there is only one processor");
      return;
    }
  while (!CPU_ISSET ((gsize) first, &cpus))
    first++;
  for (second = first + 1; !CPU_ISSET ((gsize) second, &cpus);)
    second++;

  thread = g_thread_new ("bound", count_bound_cb, GINT_TO_POINTER (first));
  g_assert_cmpint (GPOINTER_TO_INT (g_thread_join (thread)), >=, CPU_COUNT (&cpus));

  bind_to (second);
  thread = g_thread_new ("bound", count_bound_cb, GINT_TO_POINTER (first));
  g_assert_cmpint (GPOINTER_TO_INT (g_thread_join (thread)), >=, 2);

  /* The library counts at a fork, if it has not yet. */
  g_assert_cmpint (sched_setaffinity (0, sizeof cpus, &cpus), ==, 0);

#ifndef __SANITIZE_THREAD__ /* It has a thread of its own, which is bound to nothing. */
  /* A child has one thread. */
  child = fork ();
  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    {
      bind_to (second);
      g_assert_cmpuint (count_processors (), ==, 1);
      test_child_leave ();
    }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (test_child_has_left (status));
#endif
}

/* Every look in vain doubles the number of waits that go by without one. */
static void
test_history (void)
{
  TaSpin     spin = { 0 };
  TaSpinWait wait;
  guint      n_skipped = 0;

  for (guint n_looks_in_vain = 0; n_looks_in_vain < 5; n_looks_in_vain++)
    {
      g_assert_true (ta_spin_start (&spin, &wait));
      ta_spin_note (&spin, &wait, FALSE);
      for (n_skipped = 0; spin.skip > 0; n_skipped++)
        g_assert_false (ta_spin_start (&spin, &wait));
      g_assert_cmpuint (n_skipped, ==, (2u << n_looks_in_vain) - 1);
    }

  g_assert_true (ta_spin_start (&spin, &wait));
  ta_spin_note (&spin, &wait, TRUE);
  g_assert_true (ta_spin_start (&spin, &wait));
}

static void
count_looks_cb (gpointer data)
{
  is_counted = TRUE;
}

static void
nothing_cb (gpointer data)
{
}

static TaRunner *
start_runner (gint64 max_spin)
{
  TaRunner *runner = g_object_new (TA_TYPE_RUNNER, "name", "spinner", "max-spin", max_spin, NULL);

  g_assert_true (ta_runner_start (runner, NULL));
  g_assert_true (
      ta_runner_call_in_loop (runner, count_looks_cb, NULL, NULL, TEST_DEADLINE_US, NULL, NULL));

  return runner;
}

static void
stop_runner (TaRunner *runner)
{
  g_assert_true (ta_runner_stop (runner, TEST_DEADLINE_US, NULL, NULL));
  g_object_unref (runner);
}

/* One that may look for a second looks at the clock again and again in that time. */
static void
test_runner_that_spins (void)
{
  TaRunner *runner;

  if (ta_spin_is_shared ())
    {
      g_test_skip ("there is one processor, so nobody spins");
      return;
    }

  runner = start_runner (G_USEC_PER_SEC);
  for (int tries = 0; tries < 100; tries++)
    {
      int before;

      g_assert_true (
          ta_runner_call_in_loop (runner, nothing_cb, NULL, NULL, TEST_DEADLINE_US, NULL, NULL));
      before = g_atomic_int_get (&n_looks);
      for (int i = 0; i < 20 && g_atomic_int_get (&n_looks) < before + 1000; i++)
        g_usleep (50 * 1000);
      if (g_atomic_int_get (&n_looks) >= before + 1000)
        {
          stop_runner (runner);
          return;
        }
    }
  g_assert_not_reached ();
}

/* One that may not has no reason to look at the clock. */
static void
test_runner_that_does_not (void)
{
  TaRunner *runner = start_runner (0);
  int       before = g_atomic_int_get (&n_looks);
  const int n = 200;

  for (int i = 0; i < n; i++)
    g_assert_true (
        ta_runner_call_in_loop (runner, nothing_cb, NULL, NULL, TEST_DEADLINE_US, NULL, NULL));

  /* A turn takes a few looks, for the sake of others; looking for work takes many more. */
  g_assert_cmpint (g_atomic_int_get (&n_looks) - before, <=, n * 8);
  stop_runner (runner);
}

static gboolean
heard_cb (gpointer promise)
{
  ta_promise_return_int (promise, g_atomic_int_get (&n_looks));

  return G_SOURCE_REMOVE;
}

/*
 * One that may look for a second lets the rest of its context have its turn in the meantime. Its clock
 * goes on by a microsecond at each look, so that how often it looks before says how long that took.
 */
static void
test_runner_that_spins_for_long (void)
{
  TaRunner *runner;

  if (ta_spin_is_shared ())
    {
      g_test_skip ("there is one processor, so nobody spins");
      return;
    }

  clock_start = g_get_monotonic_time ();
  runner = start_runner (G_USEC_PER_SEC);

  for (guint i = 0; i < 100; i++)
    {
      TaPromise           *promise = ta_promise_new ();
      g_autoptr (TaFuture) future = ta_promise_get_future (promise);
      g_autoptr (GSource)  source = g_idle_source_new ();
      GValue               value = G_VALUE_INIT;
      int                  before;

      /* From now on it is likely to look for work, and does not see what comes in other ways. */
      g_assert_true (
          ta_runner_call_in_loop (runner, nothing_cb, NULL, NULL, TEST_DEADLINE_US, NULL, NULL));
      g_source_set_callback (source, heard_cb, promise, (GDestroyNotify) ta_promise_unref);
      g_source_attach (source, ta_runner_get_context (runner));
      before = g_atomic_int_get (&n_looks);

      g_assert_true (ta_future_wait (future, &value, TEST_DEADLINE_US, NULL, NULL));
      g_assert_cmpint (g_value_get_int64 (&value) - before, <, 10000);
    }

  stop_runner (runner);
  clock_start = 0;
}

static void
test_property (void)
{
  g_autoptr (TaRunner) usual = ta_runner_new (NULL);
  g_autoptr (TaRunner) saving =
      g_object_new (TA_TYPE_RUNNER, "max-spin", G_GINT64_CONSTANT (0), NULL);
  g_autoptr (TaRunner) eager =
      g_object_new (TA_TYPE_RUNNER, "max-spin", G_GINT64_CONSTANT (200), NULL);
  gint64 max_spin;

  g_assert_cmpint (ta_runner_get_max_spin (usual), ==, -1);
  g_assert_cmpint (ta_runner_get_max_spin (saving), ==, 0);
  g_assert_cmpint (ta_runner_get_max_spin (eager), ==, 200);
  g_object_get (eager, "max-spin", &max_spin, NULL);
  g_assert_cmpint (max_spin, ==, 200);
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv);

  test_add ("/spin/limit", test_limit);
  test_add ("/spin/calibration", test_calibration);
  test_add ("/spin/bound", test_bound);
  test_add ("/spin/history", test_history);
  test_add ("/spin/runner/property", test_property);
  test_add ("/spin/runner/spins", test_runner_that_spins);
  test_add ("/spin/runner/spins-for-long", test_runner_that_spins_for_long);
  test_add ("/spin/runner/does-not", test_runner_that_does_not);

  return g_test_run ();
}
