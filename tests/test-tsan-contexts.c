/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What the thread sanitizer is told of main contexts, and of the library's loops. */

#include "test-tsan-meeting.h"

static void
prepare_loop (gpointer data)
{
  Meeting *self = data;

  self->loop = g_main_loop_new (self->context, FALSE);
}

static void
quit (gpointer data)
{
  g_main_loop_quit (((Meeting *) data)->loop);
}

static void
receive_by_hand (gpointer data)
{
  Meeting *self = data;
  GPollFD  fds[4];
  int      priority, timeout, n_fds;

  g_assert_true (g_main_context_acquire (self->context));
  g_main_context_prepare (self->context, &priority);
  n_fds = g_main_context_query (self->context, priority, &timeout, fds, G_N_ELEMENTS (fds));
  g_assert_cmpint (n_fds, <=, G_N_ELEMENTS (fds));
  meeting_meet (self);
  g_assert_true (g_main_context_check (self->context, priority, fds, n_fds));
  g_main_context_dispatch (self->context);
  g_main_context_release (self->context);
}

static void
receive_quit (gpointer data)
{
  meeting_receive_in_loop (data);
  meeting_received (data);
}

/* Owning a context. */

static void
acquire (gpointer data)
{
  g_assert_true (g_main_context_acquire (((Meeting *) data)->context));
}

static void
release (gpointer data)
{
  g_main_context_release (((Meeting *) data)->context);
}

static void
push (gpointer data)
{
  g_main_context_push_thread_default (((Meeting *) data)->context);
}

static void
pop (gpointer data)
{
  g_main_context_pop_thread_default (((Meeting *) data)->context);
}

static void
receive_acquired (gpointer data)
{
  meeting_meet (data);
  acquire (data);
  meeting_received (data);
  release (data);
}

static void
receive_pushed (gpointer data)
{
  meeting_meet (data);
  push (data);
  meeting_received (data);
  pop (data);
}

/* A runner's loop, which does by hand what an iteration does. */

static GPollFunc usual_poll; /* Set in the runner's thread, which alone uses it. */

static int
runner_poll (GPollFD *fds, guint n_fds, int timeout)
{
  return meeting_poll_with (usual_poll, fds, n_fds, timeout);
}

static void
begin_polling_cb (gpointer data)
{
  Meeting *self = data;

  meeting_set_polling (self);
  usual_poll = g_main_context_get_poll_func (self->context);
  g_main_context_set_poll_func (self->context, runner_poll);
}

static void
call_nothing_cb (gpointer data)
{
}

static void
call (Meeting *self, TestFunc func)
{
  g_assert_true (
      ta_runner_call_in_loop (self->thing, func, self, NULL, TEST_DEADLINE_US, NULL, NULL));
}

static void
prepare_runner (gpointer data)
{
  Meeting *self = data;

  self->thing =
      g_object_new (TA_TYPE_RUNNER, "name", "meeting", "max-spin", (gint64) G_USEC_PER_SEC, NULL);
  g_assert_true (ta_runner_start (self->thing, NULL));
  g_main_context_unref (self->context);
  self->context = g_main_context_ref (ta_runner_get_context (self->thing));
}

/* What is asked for again and again has it look for more, instead of iterating its context. */
static void
receive_in_runner (gpointer data)
{
  Meeting *self = data;

  for (guint i = 0; i < 40; i++)
    call (self, call_nothing_cb);
  call (self, begin_polling_cb);
  meeting_await_end (self);
  test_runner_stop (self->thing);
  g_object_unref (self->thing);
}

static const Way ways[] = {
  { NULL, meeting_attach, meeting_receive_in_iterations, "attach/iteration" },
  { prepare_loop, meeting_attach, meeting_receive_in_loop, "attach/loop" },
  { NULL, meeting_attach, receive_by_hand, "attach/by-hand" },
  { prepare_runner, meeting_attach, receive_in_runner, "attach/runner" },
  { prepare_loop, quit, receive_quit, "quit" },
  { acquire, release, receive_acquired, "acquire" },
  { push, pop, receive_pushed, "thread-default" },
};

int
main (int argc, char **argv)
{
  return meeting_main (argc, argv, "tsan-contexts", ways, G_N_ELEMENTS (ways));
}
