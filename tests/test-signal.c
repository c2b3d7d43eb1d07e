/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What ends the wait of a thread that is to hear of something else as well, such as a signal of the
 * operating system. */

#include "test-party.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

static int signal_fds[2] = { -1, -1 }; /* const while signals may come */
static int n_handled;                  /* atomic */
static int n_asked;                    /* atomic */

static void
handle (int number)
{
  const int before = errno;
  char      byte = (char) number;

  g_atomic_int_inc (&n_handled);
  if (signal_fds[1] >= 0 && write (signal_fds[1], &byte, 1) < 0)
    g_assert_cmpint (errno, ==, EAGAIN);
  errno = before;
}

static void
catch_signals (int flags)
{
  struct sigaction action = { .sa_handler = handle, .sa_flags = flags };

  sigemptyset (&action.sa_mask);
  g_assert_cmpint (sigaction (SIGUSR1, &action, NULL), ==, 0);
}

typedef struct
{
  TaQueue  *queue;
  gboolean  is_interruptible;
  gint64    timeout_us;
  pthread_t id;
  TestGate  begun;
  gboolean  succeeded;
  gboolean  was_interrupted;
  GError   *error;
  gboolean  is_over; /* atomic */
} Sleeper;

static int
get_fd (void)
{
  g_atomic_int_inc (&n_asked);

  return signal_fds[0];
}

static gpointer
sleeper_thread (gpointer data)
{
  Sleeper        *self = data;
  GValue          value = G_VALUE_INIT;
  TaInterruptFunc func = self->is_interruptible ? get_fd : NULL;

  self->id = pthread_self ();
  g_assert_true (ta_set_interrupt_func (func) == NULL);
  test_gate_open (&self->begun);
  self->succeeded = ta_queue_get_wait (self->queue, &value, self->timeout_us, NULL, &self->error);
  if (self->succeeded)
    g_assert_cmpint (test_take_number (&value), ==, 1);
  self->was_interrupted = ta_was_interrupted ();
  g_assert_true (ta_set_interrupt_func (NULL) == func);
  g_assert_false (ta_was_interrupted ());
  g_atomic_int_set (&self->is_over, TRUE);

  return NULL;
}

static void
sleeper_init (Sleeper *self, TaQueue *queue, gboolean is_interruptible)
{
  g_autoptr (GError) error = NULL;

  *self = (Sleeper){
    .queue = queue,
    .is_interruptible = is_interruptible,
    .timeout_us = TEST_DEADLINE_US,
  };
  g_assert_true (g_unix_open_pipe (signal_fds, FD_CLOEXEC, &error));
  g_assert_no_error (error);
  g_assert_true (g_unix_set_fd_nonblocking (signal_fds[1], TRUE, &error));
  g_assert_no_error (error);
  g_atomic_int_set (&n_asked, 0);
  test_gate_init (&self->begun);
}

static GThread *
begin (Sleeper *self)
{
  GThread *thread = g_thread_new ("sleeper", sleeper_thread, self);

  test_gate_await (&self->begun, 1);

  return thread;
}

static void
sleeper_clear (Sleeper *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (signal_fds); i++)
    {
      close (signal_fds[i]);
      signal_fds[i] = -1;
    }
  test_gate_clear (&self->begun);
}

static void
check_interrupted (Sleeper *self)
{
  g_assert_false (self->succeeded);
  g_assert_no_error (self->error);
  g_assert_true (self->was_interrupted);
  g_assert_cmpint (g_atomic_int_get (&n_asked), ==, 1);

  test_queue_put (self->queue, 1);
  g_assert_cmpint (test_queue_get (self->queue), ==, 1);
}

/* One signal, at whatever moment, ends the wait, which takes nothing with it. */
static void
check_one_signal (int flags)
{
  catch_signals (flags);

  for (guint i = 0; i < test_repeats (20); i++)
    {
      g_autoptr (TaQueue) queue = ta_queue_new (0);
      Sleeper             sleeper;
      GThread            *thread;

      sleeper_init (&sleeper, queue, TRUE);
      thread = begin (&sleeper);
      pthread_kill (sleeper.id, SIGUSR1);
      g_thread_join (thread);

      check_interrupted (&sleeper);
      sleeper_clear (&sleeper);
    }
}

static void
test_interruptible (void)
{
  check_one_signal (0);
}

/* Also one whose handler restarts what it interrupts. */
static void
test_restarting (void)
{
  check_one_signal (SA_RESTART);
}

/* Also one that comes to another thread. */
static void
test_other_thread (void)
{
  g_autoptr (TaQueue) queue = ta_queue_new (0);
  Sleeper             sleeper;
  GThread            *thread;

  catch_signals (0);
  sleeper_init (&sleeper, queue, TRUE);
  thread = begin (&sleeper);
  pthread_kill (pthread_self (), SIGUSR1);
  g_thread_join (thread);

  check_interrupted (&sleeper);
  sleeper_clear (&sleeper);
}

/* What came before the wait ends it, too. */
static void
test_before (void)
{
  g_autoptr (TaQueue) queue = ta_queue_new (0);
  Sleeper             sleeper;

  sleeper_init (&sleeper, queue, TRUE);
  g_assert_cmpint (write (signal_fds[1], "", 1), ==, 1);
  sleeper_thread (&sleeper);

  check_interrupted (&sleeper);
  sleeper_clear (&sleeper);
}

/* Unless the thread has asked for it, nothing happens. */
static void
test_not_interruptible (void)
{
  g_autoptr (TaQueue) queue = ta_queue_new (0);
  Sleeper             sleeper;
  GThread            *thread;

  catch_signals (0);
  g_atomic_int_set (&n_handled, 0);
  sleeper_init (&sleeper, queue, FALSE);
  thread = begin (&sleeper);
  while (g_atomic_int_get (&n_handled) < 100)
    {
      pthread_kill (sleeper.id, SIGUSR1);
      g_thread_yield ();
    }
  test_queue_put (queue, 1);
  g_thread_join (thread);

  g_assert_true (sleeper.succeeded);
  g_assert_false (sleeper.was_interrupted);
  sleeper_clear (&sleeper);
}

/* Puts an item while something else ends the wait: whichever is quicker, the item is in one place. */
static void
race_with_item (Sleeper *self, GThread *thread)
{
  test_queue_put (self->queue, 1);
  g_thread_join (thread);

  if (!self->succeeded)
    g_assert_cmpint (test_queue_get (self->queue), ==, 1);
  test_queue_check_empty (self->queue);
}

/* An item and a signal. */
static void
test_races (void)
{
  catch_signals (0);

  for (guint i = 0; i < test_repeats (20); i++)
    {
      g_autoptr (TaQueue) queue = ta_queue_new (0);
      Sleeper             sleeper;
      GThread            *thread;

      sleeper_init (&sleeper, queue, TRUE);
      thread = begin (&sleeper);
      pthread_kill (sleeper.id, SIGUSR1);
      race_with_item (&sleeper, thread);
      g_assert_no_error (sleeper.error);
      sleeper_clear (&sleeper);
    }
}

/* While nothing comes the wait is as any other: it takes an item, and ends in time. */
static void
test_uninterrupted (void)
{
  g_autoptr (TaQueue) queue = ta_queue_new (0);
  Sleeper             sleeper;
  GThread            *thread;
  gint64              begun;

  for (guint i = 0; i < test_repeats (20); i++)
    {
      sleeper_init (&sleeper, queue, TRUE);
      thread = begin (&sleeper);
      test_queue_put (queue, 1);
      g_thread_join (thread);
      g_assert_true (sleeper.succeeded);
      g_assert_false (sleeper.was_interrupted);
      sleeper_clear (&sleeper);
    }

  sleeper_init (&sleeper, queue, TRUE);
  sleeper.timeout_us = 2000;
  begun = g_get_monotonic_time ();
  sleeper_thread (&sleeper);
  g_assert_cmpint (g_get_monotonic_time () - begun, >=, 2000);
  g_assert_false (sleeper.succeeded);
  g_assert_error (sleeper.error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_clear_error (&sleeper.error);
  sleeper_clear (&sleeper);
}

/* Until the thread is about to listen, or its time was over before that. */
static void
await_asked (Sleeper *self)
{
  while (g_atomic_int_get (&n_asked) == 0 && !g_atomic_int_get (&self->is_over))
    g_thread_yield ();
}

/* A thread that listens is woken by an item, and by its time. */
static void
test_listening (void)
{
  for (guint i = 0; i < 5; i++)
    {
      g_autoptr (TaQueue) queue = ta_queue_new (0);
      Sleeper             sleeper;
      GThread            *thread;

      sleeper_init (&sleeper, queue, TRUE);
      if (i % 2 == 1)
        sleeper.timeout_us = 20000;
      thread = begin (&sleeper);
      await_asked (&sleeper);
      if (i % 2 == 0)
        test_queue_put (queue, 1);
      g_thread_join (thread);
      g_assert_cmpint (sleeper.succeeded, ==, i % 2 == 0);
      g_assert_false (sleeper.was_interrupted);
      g_clear_error (&sleeper.error);
      test_queue_check_empty (queue);
      sleeper_clear (&sleeper);
    }
}

/* As races, but the thread listens, or is about to. */
static void
test_listening_races (void)
{
  catch_signals (0);

  for (guint i = 0; i < test_repeats (100); i++)
    {
      g_autoptr (TaQueue) queue = ta_queue_new (0);
      Sleeper             sleeper;
      GThread            *thread;

      sleeper_init (&sleeper, queue, TRUE);
      thread = begin (&sleeper);
      await_asked (&sleeper);
      pthread_kill (i % 2 == 0 ? sleeper.id : pthread_self (), SIGUSR1);
      race_with_item (&sleeper, thread);
      g_assert_no_error (sleeper.error);
      sleeper_clear (&sleeper);
    }
}

/* Items and time-outs at the same moment: whoever wakes is not let go too early, or too late. */
static void
test_timeout_races (void)
{
  for (guint i = 0; i < test_repeats (500); i++)
    {
      g_autoptr (TaQueue) queue = ta_queue_new (0);
      Sleeper             sleeper;
      GThread            *thread;

      sleeper_init (&sleeper, queue, TRUE);
      sleeper.timeout_us = 1 + i % 100;
      thread = begin (&sleeper);
      race_with_item (&sleeper, thread);
      if (!sleeper.succeeded)
        g_assert_error (sleeper.error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
      g_clear_error (&sleeper.error);
      sleeper_clear (&sleeper);
    }
}

int
main (int argc, char *argv[])
{
  test_init (&argc, &argv);

  test_add ("/signal/interruptible", test_interruptible);
  test_add ("/signal/restarting", test_restarting);
  test_add ("/signal/other-thread", test_other_thread);
  test_add ("/signal/before", test_before);
  test_add ("/signal/not-interruptible", test_not_interruptible);
  test_add ("/signal/races", test_races);
  test_add ("/signal/uninterrupted", test_uninterrupted);
  test_add ("/signal/listening", test_listening);
  test_add ("/signal/listening-races", test_listening_races);
  test_add ("/signal/timeout-races", test_timeout_races);

  return g_test_run ();
}
