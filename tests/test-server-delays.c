/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * A server and the loops of its clients, where a thread is held up, or another gets in between, at the
 * worst moment. The functions of GLib's in which that happens have something before them here.
 */

/* For RTLD_NEXT. */
#define _GNU_SOURCE

#include "test-asker.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <unistd.h>

/* For how long the calling thread is held up each time after it has looked at the clock, but for the first
 * few times. */
static _Thread_local gulong hold_up_us;
static _Thread_local guint  n_free_looks;

/* The time of the calling thread where it goes on with each look at it, or 0. */
static _Thread_local gint64 counted_time;

/* This stands before that of GLib. */
gint64
g_get_monotonic_time (void)
{
  static gint64 (*next) (void);
  gint64 now;

  if (g_atomic_pointer_get (&next) == NULL)
    g_atomic_pointer_set (&next, dlsym (RTLD_NEXT, "g_get_monotonic_time"));

  now = counted_time != 0 ? counted_time++ : next ();
  if (n_free_looks > 0)
    n_free_looks--;
  else if (G_UNLIKELY (hold_up_us > 0))
    g_usleep (hold_up_us);

  return now;
}

static gboolean
process_held_up (TaServer *server, gint64 timeout_us, GError **error)
{
  gboolean is_handled;

  hold_up_us = 1000;
  is_handled = ta_server_process (server, timeout_us, NULL, error);
  hold_up_us = 0;

  return is_handled;
}

/* The result of process_async(), whose caller is held up before it comes back to its loop. */
static gboolean
process_async_held_up (TaServer *server, gint64 timeout_us, GError **error)
{
  TestResult result;
  gboolean   is_handled;

  test_result_init (&result, g_main_context_default ());
  hold_up_us = 20000;
  TEST_OUTSIDE (&result,
                ta_server_process_async (server, timeout_us, NULL, test_result_cb, &result));
  hold_up_us = 0;
  TEST_TURN_UNTIL (g_main_context_default (), result.calls == 1);
  is_handled = ta_server_process_finish (server, result.result, error);
  test_result_clear (&result);

  return is_handled;
}

/* A loop that is stuck is told, also where what came before the wait has taken some of the time. */
static void
check_stuck (gboolean (*process) (TaServer *, gint64, GError **), gint64 timeout_us)
{
  g_autoptr (TaServer) server = ta_server_new ("held up");
  g_autoptr (TaRunner) runner = test_runner_new_started ("stuck one");
  g_autoptr (TaClient) client = ta_client_new (server, runner);
  g_autoptr (GError)   error = NULL;
  TestBlock            block;

  test_block_start (&block, runner);

  g_assert_false (process (server, timeout_us, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  test_assert_message_has (error, "stuck one");

  test_block_stop (&block, runner);
}

static void
test_stuck (void)
{
  check_stuck (process_held_up, 20000);
}

/* All of it. */
static void
test_stuck_short (void)
{
  check_stuck (process_held_up, 500);
  check_stuck (process_held_up, 1);
}

static void
test_stuck_async (void)
{
  check_stuck (process_async_held_up, 100000);
  check_stuck (process_async_held_up, 500);
}

/* A runner that turns its loop from one of another kind, which never has anything to do. */
#define OTHER_TYPE_RUNNER (other_runner_get_type ())
G_DECLARE_FINAL_TYPE (OtherRunner, other_runner, OTHER, RUNNER, TaRunner)

struct _OtherRunner
{
  TaRunner parent_instance;
};

G_DEFINE_FINAL_TYPE (OtherRunner, other_runner, TA_TYPE_RUNNER)

static void
other_runner_run (TaRunner *runner)
{
  while (ta_runner_iterate (runner, TA_TIMEOUT_INFINITE))
    continue;
}

static void
other_runner_class_init (OtherRunnerClass *klass)
{
  TA_RUNNER_CLASS (klass)->run = other_runner_run;
}

static void
other_runner_init (OtherRunner *self)
{
}

/* What is changed once, after a loop that only looks has asked its sources, and before it has polled for
 * them: a descriptor comes, and goes again. What is ready then is left to the next iteration. */
static GMainContext *changed_context; /* atomic; NULL when it is done */

/* What stands before that of GLib when the thread sanitizer is there: see tsan-contexts.c. */
extern __attribute__ ((weak)) gboolean
tsan_main_context_check (GMainContext *, int, GPollFD *, int);

/* This stands before both. */
gboolean
g_main_context_check (GMainContext *context, int max_priority, GPollFD *fds, int n_fds)
{
  static gboolean (*next) (GMainContext *, int, GPollFD *, int);

  if (g_atomic_pointer_get (&next) == NULL)
    g_atomic_pointer_set (&next, tsan_main_context_check != NULL
                                     ? (gpointer) tsan_main_context_check
                                     : dlsym (RTLD_NEXT, "g_main_context_check"));

  if (g_atomic_pointer_compare_and_exchange (&changed_context, context, NULL))
    {
      GPollFD fd = { 0, G_IO_IN, 0 };

      g_main_context_add_poll (context, &fd, G_PRIORITY_DEFAULT);
      g_main_context_remove_poll (context, &fd);
    }

  return next (context, max_priority, fds, n_fds);
}

/* The function with which a loop polls, and what somebody has put before it. */
static GPollFunc usual_poll;
static guint     n_polls, n_polls_before; /* the loop's */

static int
own_poll (GPollFD *fds, guint n_fds, int timeout)
{
  n_polls++;

  return usual_poll (fds, n_fds, timeout);
}

static void
set_own_poll_cb (gpointer context)
{
  usual_poll = g_main_context_get_poll_func (context);
  g_main_context_set_poll_func (context, own_poll);
}

static void
nothing_cb (gpointer data)
{
}

/* Asks a loop the same again and again, until it looks for what comes instead of sleeping. */
static void
keep_awake (TaRunner *runner)
{
  for (guint i = 0; i < 40; i++)
    g_assert_true (
        ta_runner_call_in_loop (runner, nothing_cb, NULL, NULL, TEST_DEADLINE_US, NULL, NULL));
}

static gboolean
ask_once_cb (gpointer asker)
{
  g_assert_cmpuint (n_polls, >, n_polls_before);
  test_asker_start_cb (asker);

  return G_SOURCE_REMOVE;
}

/* Gets something ready in the loop, and has it changed when it looks for that. */
static void
ask_soon_cb (gpointer data)
{
  TestAsker           *asker = data;
  g_autoptr (GSource)  source = g_idle_source_new ();
  g_autoptr (TaRunner) runner = ta_client_get_runner (asker->client);
  GMainContext        *context = ta_runner_get_context (runner);

  g_source_set_callback (source, ask_once_cb, asker, NULL);
  g_source_attach (source, context);
  n_polls_before = n_polls;
  g_atomic_pointer_set (&changed_context, context);
}

/*
 * A loop in which something is ready is not at rest, whatever happens while it looks; and it looks with the
 * function that it was given for that.
 */
static void
check_changed (GType type, guint n_fds)
{
  g_autoptr (TaServer) server = g_object_new (TA_TYPE_SERVER, "rest-turns", 1000, NULL);
  g_autoptr (TaRunner) runner =
      g_object_new (type, "name", "changing", "max-spin", (gint64) 100000, NULL);
  g_autoptr (GPtrArray) sources = g_ptr_array_new_with_free_func ((GDestroyNotify) g_source_unref);
  g_autoptr (GArray)    fds = g_array_new (FALSE, FALSE, sizeof (int));
  g_autoptr (GError)    error = NULL;
  GMainContext         *context;
  int                   ends[2];

  g_assert_true (ta_runner_start (runner, &error));
  g_assert_no_error (error);
  context = ta_runner_get_context (runner);
  g_assert_true (ta_runner_call_in_loop (runner, set_own_poll_cb, context, NULL, TEST_DEADLINE_US,
                                         NULL, NULL));

  g_assert_true (g_unix_open_pipe (ends, FD_CLOEXEC, NULL));
  g_array_append_vals (fds, ends, 2);
  for (guint i = 0; i < n_fds; i++)
    {
      int fd = fcntl (ends[0], F_DUPFD_CLOEXEC, 0);

      g_array_append_val (fds, fd);
      g_ptr_array_add (sources, g_unix_fd_source_new (fd, G_IO_IN));
      g_source_attach (g_ptr_array_index (sources, i), context);
    }
  g_signal_connect (server, "handle-request", G_CALLBACK (test_increment_cb), NULL);

  for (guint n = test_repeats (20); n > 0; n--)
    {
      g_autoptr (TestAsker) asker = test_asker_new (server, runner, "increment", 1);
      TestBlock             block;
      TestResult            result;

      keep_awake (runner);
      test_block_start (&block, runner);

      test_result_init (&result, g_main_context_default ());
      TEST_OUTSIDE (&result, ta_server_process_async (server, TEST_DEADLINE_US, NULL,
                                                      test_result_cb, &result));
      ta_runner_call_in_loop_async (runner, ask_soon_cb, asker, NULL, TA_TIMEOUT_INFINITE, NULL,
                                    NULL, NULL);
      test_block_end (&block);
      TEST_TURN_UNTIL (g_main_context_default (), result.calls == 1);
      g_assert_true (ta_server_process_finish (server, result.result, &error));
      g_assert_no_error (error);
      g_assert_cmpint (g_atomic_int_get (&asker->n_answered), ==, 1);

      test_result_clear (&result);
      g_assert_false (test_server_process (server));
      test_block_clear (&block);
    }

  test_runner_stop (runner);
  g_atomic_pointer_set (&changed_context, NULL);
  g_clear_pointer (&sources, g_ptr_array_unref);
  for (guint i = 0; i < fds->len; i++)
    close (g_array_index (fds, int, i));
}

static void
test_changed (void)
{
  check_changed (TA_TYPE_RUNNER, 0);
}

static void
test_changed_many (void)
{
  check_changed (TA_TYPE_RUNNER, 20);
}

static void
test_changed_other (void)
{
  check_changed (OTHER_TYPE_RUNNER, 0);
}

/* A loop whose time hardly goes on but while it sleeps: for much more than a turn may take. */
#define SLEEP_US 10000

typedef enum
{
  SLEEPER_WAITS,
  SLEEPER_BEGINS,
  SLEEPER_LOOKS,
  SLEEPER_ANSWERS,
  SLEEPER_FINDS,
  SLEEPER_SLEPT,
} SleeperState;

typedef struct
{
  TaRunner *runner;
  int       state;       /* atomic */
  int       n_postponed; /* the loop's */
} Sleeper;

static Sleeper *sleeper;

static gboolean
sleeper_goes_on (SleeperState from)
{
  return g_atomic_int_compare_and_exchange (&sleeper->state, from, from + 1);
}

static void
note_postponed_cb (gpointer data)
{
  GSource *source = g_main_current_source ();

  if (source != NULL && g_source_get_priority (source) > G_PRIORITY_DEFAULT)
    sleeper->n_postponed++;
}

static void
push_meanwhile (TestFunc func)
{
  ta_runner_call_in_loop_async (sleeper->runner, func, NULL, NULL, TA_TIMEOUT_INFINITE, NULL, NULL,
                                NULL);
}

/*
 * While the loop looks by itself, as it does now and then, somebody asks whether it is at rest. When it
 * looks for him something comes, so that he gets no answer. And when it has slept, two things come.
 */
static int
sleeper_poll (GPollFD *fds, guint n_fds, int timeout)
{
  int n_ready = usual_poll (fds, n_fds, timeout);

  if (timeout == 0 && sleeper_goes_on (SLEEPER_BEGINS))
    return n_ready;

  if (timeout == 0 && sleeper_goes_on (SLEEPER_LOOKS))
    {
      g_usleep (2000);
    }
  else if (timeout == 0 && sleeper_goes_on (SLEEPER_ANSWERS))
    {
      push_meanwhile (nothing_cb);
    }
  else if (timeout != 0)
    {
      counted_time += SLEEP_US;
      if (sleeper_goes_on (SLEEPER_FINDS))
        {
          push_meanwhile (nothing_cb);
          push_meanwhile (note_postponed_cb);
        }
    }

  return n_ready;
}

/* After this the loop looks anew for something to do. */
static gboolean
sleeper_begin_cb (gpointer data)
{
  sleeper_goes_on (SLEEPER_WAITS);

  return G_SOURCE_REMOVE;
}

static void
count_time_cb (gpointer context)
{
  counted_time = g_get_monotonic_time ();
  usual_poll = g_main_context_get_poll_func (context);
  g_main_context_set_poll_func (context, sleeper_poll);
}

static void
go_on_cb (gpointer context)
{
  counted_time = 0;
  g_main_context_set_poll_func (context, usual_poll);
}

/* That a loop could not answer yet is no reason to take it for busy while it sleeps: what comes then does
 * not have to let others go first. */
static void
test_sleeps (void)
{
  g_autoptr (TaRunner) runner = g_object_new (TA_TYPE_RUNNER, "name", "sleeper", "max-spin",
                                              G_GINT64_CONSTANT (100000), NULL);
  Sleeper              state = { .runner = runner, .state = SLEEPER_WAITS };
  GMainContext        *context;

  g_assert_true (ta_runner_start (runner, NULL));
  context = ta_runner_get_context (runner);
  sleeper = &state;
  g_assert_true (
      ta_runner_call_in_loop (runner, count_time_cb, context, NULL, TEST_DEADLINE_US, NULL, NULL));

  for (guint n = test_repeats (20); n > 0; n--)
    {
      g_autoptr (TaServer) server = ta_server_new ("curious");
      g_autoptr (TaClient) client = ta_client_new (server, runner);
      g_autoptr (GSource)  source = g_idle_source_new ();

      keep_awake (runner);
      g_source_set_callback (source, sleeper_begin_cb, NULL, NULL);
      g_source_attach (source, context);
      for (guint i = 0; i < 100 && g_atomic_int_get (&state.state) <= SLEEPER_LOOKS; i++)
        g_usleep (100);
      n_free_looks = 2;
      hold_up_us = 10000;
      g_assert_false (test_server_process (server));
      hold_up_us = 0;
      keep_awake (runner);
      g_atomic_int_set (&state.state, SLEEPER_WAITS);
    }

  g_assert_true (
      ta_runner_call_in_loop (runner, go_on_cb, context, NULL, TEST_DEADLINE_US, NULL, NULL));
  g_assert_cmpint (state.n_postponed, ==, 0);
  test_runner_stop (runner);
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv);

  test_add ("/server-delays/stuck/part-of-the-time", test_stuck);
  test_add ("/server-delays/stuck/all-of-the-time", test_stuck_short);
  test_add ("/server-delays/stuck/async", test_stuck_async);
  test_add ("/server-delays/changed-while-it-looks/few-descriptors", test_changed);
  test_add ("/server-delays/changed-while-it-looks/many-descriptors", test_changed_many);
  test_add ("/server-delays/changed-while-it-looks/other-loop", test_changed_other);
  test_add ("/server-delays/asleep-is-not-busy", test_sleeps);

  return g_test_run ();
}
