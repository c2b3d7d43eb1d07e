/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What a signal of the operating system does to a thread that is blocked in a wait. */

#include "test-party.h"

#include <pthread.h>
#include <signal.h>

static int n_handled; /* atomic */

static void
handle (int number)
{
  g_atomic_int_inc (&n_handled);
}

static void
catch_signals (void)
{
  struct sigaction action = { .sa_handler = handle };

  sigemptyset (&action.sa_mask);
  g_assert_cmpint (sigaction (SIGUSR1, &action, NULL), ==, 0);
}

typedef struct
{
  TaQueue  *queue;
  gboolean  is_interruptible;
  pthread_t id;
  TestGate  begun;
  int       has_ended; /* atomic */
  gboolean  succeeded;
  GError   *error;
} Sleeper;

static gpointer
sleeper_thread (gpointer data)
{
  Sleeper *self = data;
  GValue   value = G_VALUE_INIT;

  self->id = pthread_self ();
  test_gate_open (&self->begun);
  ta_set_interruptible (self->is_interruptible);
  self->succeeded = ta_queue_get_wait (self->queue, &value, TEST_DEADLINE_US, NULL, &self->error);
  if (self->succeeded)
    g_assert_cmpint (test_take_number (&value), ==, 1);
  g_atomic_int_set (&self->has_ended, TRUE);

  return NULL;
}

static GThread *
begin (Sleeper *self, TaQueue *queue, gboolean is_interruptible)
{
  GThread *thread;

  *self = (Sleeper){ .queue = queue, .is_interruptible = is_interruptible };
  test_gate_init (&self->begun);
  thread = g_thread_new ("sleeper", sleeper_thread, self);
  test_gate_await (&self->begun, 1);

  return thread;
}

/* The wait ends, and takes nothing with it. */
static void
test_interruptible (void)
{
  g_autoptr (TaQueue) queue = ta_queue_new (0);
  Sleeper             sleeper;
  GThread            *thread;

  catch_signals ();
  thread = begin (&sleeper, queue, TRUE);
  while (!g_atomic_int_get (&sleeper.has_ended))
    {
      pthread_kill (sleeper.id, SIGUSR1);
      g_thread_yield ();
    }
  g_thread_join (thread);

  g_assert_false (sleeper.succeeded);
  g_assert_no_error (sleeper.error);
  test_gate_clear (&sleeper.begun);

  test_queue_put (queue, 1);
  g_assert_cmpint (test_queue_get (queue), ==, 1);
}

/* Unless the thread has asked for it, nothing happens. */
static void
test_not_interruptible (void)
{
  g_autoptr (TaQueue) queue = ta_queue_new (0);
  Sleeper             sleeper;
  GThread            *thread;

  catch_signals ();
  g_atomic_int_set (&n_handled, 0);
  thread = begin (&sleeper, queue, FALSE);
  while (g_atomic_int_get (&n_handled) < 100)
    {
      pthread_kill (sleeper.id, SIGUSR1);
      g_thread_yield ();
    }
  g_assert_false (g_atomic_int_get (&sleeper.has_ended));
  test_queue_put (queue, 1);
  g_thread_join (thread);

  g_assert_true (sleeper.succeeded);
  test_gate_clear (&sleeper.begun);
}

/* Whether the signal or the item is quicker, the item is in one place. */
static void
test_races (void)
{
  catch_signals ();

  for (guint i = 0; i < test_repeats (200); i++)
    {
      g_autoptr (TaQueue) queue = ta_queue_new (0);
      Sleeper             sleeper;
      GThread            *thread = begin (&sleeper, queue, TRUE);

      pthread_kill (sleeper.id, SIGUSR1);
      test_queue_put (queue, 1);
      g_thread_join (thread);

      if (!sleeper.succeeded)
        g_assert_cmpint (test_queue_get (queue), ==, 1);
      test_queue_check_empty (queue);
      g_assert_no_error (sleeper.error);
      test_gate_clear (&sleeper.begun);
    }
}

int
main (int argc, char *argv[])
{
  test_init (&argc, &argv);

  test_add ("/signal/interruptible", test_interruptible);
  test_add ("/signal/not-interruptible", test_not_interruptible);
  test_add ("/signal/races", test_races);

  return g_test_run ();
}
