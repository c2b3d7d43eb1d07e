/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * What the machine may do: refuse threads and descriptors, interrupt calls, stop the process, have one
 * processor. It makes things fail or slow; nothing hangs, and nothing is lost.
 */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "test-child.h"
#include "test-util.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define N_ITEMS 2000
#define N_THREADS 200

typedef int (*CreateFunc) (pthread_t *, const pthread_attr_t *, void *(*) (void *), void *);

static gboolean refuses_threads;

/* In place of the one that GLib calls. */
__attribute__ ((visibility ("default"))) int
pthread_create (pthread_t            *thread,
                const pthread_attr_t *attributes,
                void *(*func) (void *),
                void *data)
{
  static CreateFunc next;

  if (next == NULL)
    next = (CreateFunc) dlsym (RTLD_NEXT, "pthread_create");
  if (refuses_threads)
    return EAGAIN;

  return next (thread, attributes, func, data);
}

/* Without a thread a runner does not start, and says so; later it does. */
static void
test_no_thread (void)
{
  g_autoptr (TaRunner) runner = ta_runner_new ("threadless");
  g_autoptr (GError)   error = NULL;

  refuses_threads = TRUE;
  g_assert_false (ta_runner_start (runner, &error));
  refuses_threads = FALSE;
  g_assert_nonnull (error);
  test_assert_message_has (error, "threadless");
  g_assert_false (ta_runner_get_running (runner));

  g_clear_object (&runner);
  runner = test_runner_new_started ("with a thread");
  test_runner_stop (runner);
}

/*
 * The library's own thread, which ends what is stuck, can't be made either. A stop takes the time that
 * it has, and says what it was.
 */
static void
test_no_watchdog (void)
{
  g_autoptr (TaRunner) runner = test_runner_new_started ("unwatched");
  g_autoptr (TaRunner) other = test_runner_new_started ("unwatched, too");
  g_autoptr (GError)   error = NULL;
  TestResult           result;
  TestGate             blocked, release, exited;

  test_gate_init (&blocked);
  test_gate_init (&release);
  test_gate_init (&exited);
  test_runner_watch_thread (runner, &exited);
  test_runner_watch_thread (other, &exited);
  test_runner_block (runner, &blocked, &release);
  test_gate_clear (&blocked);
  test_gate_init (&blocked);
  test_runner_block (other, &blocked, &release);

  refuses_threads = TRUE;
  g_assert_false (ta_runner_stop (runner, 50000, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_clear_error (&error);
  test_result_init (&result, NULL);
  ta_runner_stop_async (other, 50000, NULL, test_result_cb, &result);
  TEST_TURN_UNTIL (NULL, result.calls == 1);
  g_assert_false (ta_runner_stop_finish (other, result.result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  test_result_clear (&result);
  refuses_threads = FALSE;

  test_gate_open (&release);
  test_gate_await (&exited, 2);
  test_gate_clear (&blocked);
  test_gate_clear (&release);
  test_gate_clear (&exited);
}

/* Without a descriptor neither; GLib would abort the process. */
static void
test_no_descriptor (void)
{
  g_autoptr (TaRunner) runner = NULL;
  g_autoptr (GError)   error = NULL;
  g_autoptr (GArray)   taken = g_array_new (FALSE, FALSE, sizeof (int));
  struct rlimit        limit, low;
  int                  fd;

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  low = limit;
  low.rlim_cur = 64;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &low), ==, 0);
  while ((fd = dup (STDERR_FILENO)) != -1)
    g_array_append_val (taken, fd);

  runner = ta_runner_new ("descriptorless");
  g_assert_false (ta_runner_start (runner, &error));
  for (guint i = 0; i < taken->len; i++)
    close (g_array_index (taken, int, i));
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);

  g_assert_nonnull (error);
  test_assert_message_has (error, "descriptorless");
}

/* One thread that puts, one that gets, and a runner between them: what the tests below disturb. */

static void
echo_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  TaQueue *to = data;
  GValue   value = G_VALUE_INIT;

  if (!ta_queue_get_finish (TA_QUEUE (source), result, &value, NULL))
    {
      ta_queue_close (to);
      return;
    }

  g_assert_true (ta_queue_try_put (to, &value, NULL));
  g_value_unset (&value);
  ta_queue_get_async (TA_QUEUE (source), TA_TIMEOUT_INFINITE, NULL, echo_cb, to);
}

typedef struct
{
  TaQueue *from;
  TaQueue *to;
} Pair;

static void
echo (gpointer data)
{
  Pair *pair = data;

  ta_queue_get_async (pair->from, TA_TIMEOUT_INFINITE, NULL, echo_cb, pair->to);
}

static gpointer
put_thread (gpointer data)
{
  for (gint64 i = 0; i < N_ITEMS; i++)
    g_assert_true (ta_queue_put_wait (data, TA_VALUE_INT (i), TEST_DEADLINE_US, NULL, NULL));
  ta_queue_close (data);

  return NULL;
}

static void
move_items (void)
{
  g_autoptr (TaRunner) runner = test_runner_new_started ("disturbed");
  g_autoptr (TaQueue)  from = ta_queue_new (2);
  g_autoptr (TaQueue)  to = ta_queue_new (0);
  g_autoptr (GError)   error = NULL;
  Pair                 pair = { from, to };
  GThread             *putter;
  GValue               value = G_VALUE_INIT;
  gint64               number = -1;

  g_assert_true (ta_runner_call_in_loop (runner, echo, &pair, NULL, TEST_DEADLINE_US, NULL, NULL));
  putter = g_thread_new ("putter", put_thread, from);
  for (gint64 i = 0; i < N_ITEMS; i++)
    {
      g_assert_true (ta_queue_get_wait (to, &value, TEST_DEADLINE_US, NULL, NULL));
      g_assert_true (ta_value_take_int (&value, &number, NULL));
      g_assert_cmpint (number, ==, i);
    }
  g_assert_false (ta_queue_get_wait (to, NULL, TEST_DEADLINE_US, NULL, &error));
  g_assert_error (error, TA_ERROR, TA_ERROR_CLOSED);
  g_thread_join (putter);
  test_runner_stop (runner);
}

static int n_signals; /* atomic */

static void
count_signal (int signum)
{
  g_atomic_int_inc (&n_signals);
}

/* Signals interrupt every system call that can be: a wait goes on, and its time is not over early. */
static void
test_interrupted_calls (void)
{
  const struct sigaction action = { .sa_handler = count_signal };
  const struct itimerval often = { .it_interval = { 0, 500 }, .it_value = { 0, 500 } };
  const struct itimerval never = { { 0, 0 }, { 0, 0 } };
  g_autoptr (TaEvent)    event = ta_event_new ();
  g_autoptr (GError)     error = NULL;
  gint64                 begin;

  g_assert_cmpint (sigaction (SIGVTALRM, &action, NULL), ==, 0);
  g_assert_cmpint (sigaction (SIGUSR2, &action, NULL), ==, 0);
  g_assert_cmpint (setitimer (ITIMER_VIRTUAL, &often, NULL), ==, 0);
  move_items ();
  g_assert_cmpint (setitimer (ITIMER_VIRTUAL, &never, NULL), ==, 0);

  /* A blocked thread uses no time of its own; so somebody else signals it. */
  begin = g_get_monotonic_time ();
  if (fork () == 0)
    {
      for (int i = 0; i < 50; i++)
        {
          kill (getppid (), SIGUSR2);
          g_usleep (500);
        }
      test_child_leave ();
    }
  g_assert_false (ta_event_wait (event, 50000, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_assert_cmpint (g_get_monotonic_time () - begin, >=, 50000);
  while (wait (NULL) == -1 && errno == EINTR)
    ;
  g_assert_cmpint (g_atomic_int_get (&n_signals), >, 0);
}

static gpointer
wait_for_event (gpointer data)
{
  g_assert_true (ta_event_wait (data, TEST_DEADLINE_US, NULL, NULL));

  return NULL;
}

/*
 * A process that is stopped, for 5 s with -m slow, and goes on: in the middle of whatever, since things
 * go on until it has been. Who waits with a time that is over meanwhile is told so, and late.
 */
static void
test_stopped_process (void)
{
  const pid_t         parent = getpid ();
  const gint64        begun = g_get_monotonic_time ();
  const guint         duration_us = g_test_slow () ? 5 * G_USEC_PER_SEC : 300000;
  g_autoptr (TaEvent) event = ta_event_new ();
  g_autoptr (TaEvent) never = ta_event_new ();
  g_autoptr (GError)  error = NULL;
  TestResult          result;
  GThread            *waiting;
  int                 status = -1;
  pid_t               child = fork ();

  if (child == 0)
    {
      g_usleep (2000);
      kill (parent, SIGSTOP);
      g_usleep (duration_us);
      kill (parent, SIGCONT);
      test_child_leave ();
    }

  waiting = g_thread_new ("waiting", wait_for_event, event);
  test_result_init (&result, NULL);
  ta_event_wait_async (never, duration_us, NULL, test_result_cb, &result);
  while (waitpid (child, &status, WNOHANG) != child)
    move_items ();
  g_assert_true (test_child_has_left (status));
  g_assert_cmpint (g_get_monotonic_time () - begun, >=, duration_us);

  TEST_TURN_UNTIL (NULL, result.calls == 1);
  g_assert_false (ta_event_wait_finish (never, result.result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  test_result_clear (&result);
  ta_event_set (event);
  g_thread_join (waiting);
}

static void
test_one_processor (void)
{
  cpu_set_t all, one;

  g_assert_cmpint (sched_getaffinity (0, sizeof all, &all), ==, 0);
  CPU_ZERO (&one);
  for (int i = 0; i < CPU_SETSIZE && CPU_COUNT (&one) == 0; i++)
    {
      if (CPU_ISSET (i, &all))
        CPU_SET (i, &one);
    }

  g_assert_cmpint (sched_setaffinity (0, sizeof one, &one), ==, 0);
  move_items ();
  g_assert_cmpint (sched_setaffinity (0, sizeof all, &all), ==, 0);
}

static gpointer
get_thread (gpointer data)
{
  GValue value = G_VALUE_INIT;
  gint64 sum = 0, number;

  while (ta_queue_get_wait (data, &value, TEST_DEADLINE_US, NULL, NULL))
    {
      g_assert_true (ta_value_take_int (&value, &number, NULL));
      sum += number;
    }

  return GSIZE_TO_POINTER ((gsize) sum);
}

/* Many more threads than processors: nothing is lost among them. */
static void
test_many_threads (void)
{
  g_autoptr (TaQueue) queue = ta_queue_new (3);
  GThread            *threads[N_THREADS];
  gsize               sum = 0;

  for (guint i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new ("getter", get_thread, queue);
  put_thread (queue);
  for (guint i = 0; i < N_THREADS; i++)
    sum += GPOINTER_TO_SIZE (g_thread_join (threads[i]));

  g_assert_cmpuint (sum, ==, (gsize) N_ITEMS * (N_ITEMS - 1) / 2);
}

int
main (int argc, char *argv[])
{
  test_init (&argc, &argv);

  test_add ("/faults/no-thread", test_no_thread);
  test_add ("/faults/no-watchdog", test_no_watchdog);
  test_add ("/faults/no-descriptor", test_no_descriptor);
  test_add ("/faults/interrupted-calls", test_interrupted_calls);
  test_add ("/faults/stopped-process", test_stopped_process);
  test_add ("/faults/one-processor", test_one_processor);
  test_add ("/faults/many-threads", test_many_threads);

  return g_test_run ();
}
