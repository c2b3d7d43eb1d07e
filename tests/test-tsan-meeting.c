/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "test-tsan-meeting.h"

static int n_races; /* atomic */

/* The meeting that the thread is on its way to. */
static _Thread_local Meeting *polling;

/* The sanitizer calls these. */
const char *__tsan_default_options (void);
void        __tsan_on_report (gpointer report);

const char *
__tsan_default_options (void)
{
  /* What it finds is what is asked for here, again and again. */
  return "exitcode=0:suppress_equal_stacks=0:suppress_equal_addresses=0";
}

void
__tsan_on_report (gpointer report)
{
  g_atomic_int_inc (&n_races);
}

/* What orders nothing. */
static void
await (int *flag)
{
  gint64 end = g_get_monotonic_time () + TEST_DEADLINE_US;

  while (!__atomic_load_n (flag, __ATOMIC_RELAXED))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_usleep (100);
    }
}

static void
tell (int *flag)
{
  __atomic_store_n (flag, 1, __ATOMIC_RELAXED);
}

/* In the other thread, at the moment at which it is to be sent. */
void
meeting_meet (Meeting *self)
{
  tell (&self->is_there);
  await (&self->is_sent);
}

void
meeting_received (gpointer data)
{
  Meeting *self = data;

  await (&self->is_written);
  g_assert_cmpint (self->written, ==, 1);
  tell (&self->is_read);
}

gboolean
meeting_received_cb (gpointer data)
{
  Meeting *self = data;

  meeting_received (self);
  if (self->loop != NULL)
    g_main_loop_quit (self->loop);

  return G_SOURCE_REMOVE;
}

gboolean
meeting_is_over (Meeting *self)
{
  return __atomic_load_n (&self->is_read, __ATOMIC_RELAXED);
}

void
meeting_await_end (Meeting *self)
{
  await (&self->is_read);
}

static gpointer
receive_thread (gpointer data)
{
  Meeting *self = data;

  self->way->receive (self);
  meeting_await_end (self);

  return NULL;
}

static void
check (gconstpointer data, gboolean is_late)
{
  /* The sanitizer reports only one race at the same place. */
  Meeting *self = g_new0 (Meeting, 1);
  int      n_before = g_atomic_int_get (&n_races);
  GThread *thread;

  self->way = data;
  self->context = g_main_context_new ();
  if (self->way->prepare != NULL)
    self->way->prepare (self);

  thread = g_thread_new ("receiver", receive_thread, self);
  await (&self->is_there);
  if (!is_late)
    {
      self->written = 1;
      tell (&self->is_written);
    }
  self->way->send (self);
  tell (&self->is_sent);
  if (is_late)
    {
      self->written = 1;
      tell (&self->is_written);
    }
  g_thread_join (thread);

  g_clear_pointer (&self->loop, g_main_loop_unref);
  g_main_context_unref (self->context);
  g_free (self);
  if (is_late)
    g_assert_cmpint (g_atomic_int_get (&n_races), >, n_before);
  else
    g_assert_cmpint (g_atomic_int_get (&n_races), ==, n_before);
}

static void
test_in_time (gconstpointer way)
{
  check (way, FALSE);
}

static void
test_late (gconstpointer way)
{
  check (way, TRUE);
}

/* The next poll of this thread is the moment. */
void
meeting_set_polling (Meeting *self)
{
  polling = self;
}

/* The moment is between the poll and the rest of an iteration. */
int
meeting_poll_with (GPollFunc func, GPollFD *fds, guint n_fds, int timeout)
{
  int n_ready = func (fds, n_fds, polling != NULL ? 0 : timeout);

  if (polling != NULL)
    meeting_meet (g_steal_pointer (&polling));

  return n_ready;
}

int
meeting_poll (GPollFD *fds, guint n_fds, int timeout)
{
  return meeting_poll_with (g_poll, fds, n_fds, timeout);
}

void
meeting_attach (gpointer data)
{
  Meeting            *self = data;
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_callback (source, meeting_received_cb, self, NULL);
  g_source_attach (source, self->context);
}

void
meeting_receive_in_iterations (gpointer data)
{
  Meeting *self = data;

  meeting_set_polling (self);
  g_main_context_set_poll_func (self->context, meeting_poll);
  while (!meeting_is_over (self))
    g_main_context_iteration (self->context, TRUE);
}

void
meeting_receive_in_loop (gpointer data)
{
  Meeting *self = data;

  meeting_set_polling (self);
  g_main_context_set_poll_func (self->context, meeting_poll);
  g_main_loop_run (self->loop);
}

int
meeting_main (int argc, char **argv, const char *name, const Way *ways, guint n_ways)
{
  TaRunner *runner;

  test_init (&argc, &argv);

  /* The poll function of the library's is the first that is set. */
  runner = test_runner_new_started ("first");
  test_runner_stop (runner);
  g_object_unref (runner);

  for (guint i = 0; i < n_ways; i++)
    {
      g_autofree char *in_time = g_strdup_printf ("/%s/%s/in-time", name, ways[i].name);
      g_autofree char *late = g_strdup_printf ("/%s/%s/late", name, ways[i].name);

      g_test_add_data_func (in_time, &ways[i], test_in_time);
      g_test_add_data_func (late, &ways[i], test_late);
    }

  return g_test_run ();
}
