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

/* For how long the calling thread is held up each time after it has looked at the clock. */
static _Thread_local gulong hold_up_us;

/* This stands before that of GLib. */
gint64
g_get_monotonic_time (void)
{
  static gint64 (*next) (void);
  gint64 now;

  if (g_atomic_pointer_get (&next) == NULL)
    g_atomic_pointer_set (&next, dlsym (RTLD_NEXT, "g_get_monotonic_time"));

  now = next ();
  if (G_UNLIKELY (hold_up_us > 0))
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

int
main (int argc, char **argv)
{
  test_init (&argc, &argv);

  test_add ("/server-delays/stuck/part-of-the-time", test_stuck);
  test_add ("/server-delays/stuck/all-of-the-time", test_stuck_short);
  test_add ("/server-delays/stuck/async", test_stuck_async);

  return g_test_run ();
}
