/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What blocks the thread of a loop, and what is behind that: named from other threads. */

#include "test-debug-util.h"

static void
return_func (TaTask *task, gpointer data)
{
  g_autoptr (TaPromise) promise = ta_task_take_promise (task);

  ta_promise_return_boolean (promise, TRUE);
}

static void
keep_func (TaTask *task, gpointer data)
{
  ta_task_set_name (task, "work");
  g_atomic_pointer_set ((TaPromise **) data, ta_task_take_promise (task));
}

/* A loop that waits, and what it waits for. */
typedef struct
{
  TaRunner  *works;
  TaPromise *promise;
  TaTask    *work;
  TaRunner  *waits;
  TaQueue   *queue;
  GMainLoop *nested;
  gboolean   is_timed; /* gives up after a while */
} Blocked;

static void
blocked_init (Blocked *self, GMainContext *context, gint64 stall_threshold)
{
  *self = (Blocked){ .works = test_runner_new_started ("works") };
  self->work = ta_runner_create_task (self->works, keep_func, &self->promise, NULL);
  g_assert_true (ta_runner_wait_for_next_iteration (self->works, TEST_DEADLINE_US, NULL, NULL));
  self->waits = g_object_new (TA_TYPE_RUNNER, "name", "waits", "context", context,
                              "stall-threshold", stall_threshold, NULL);
  g_assert_true (ta_runner_start (self->waits, NULL));
  self->queue = g_object_new (TA_TYPE_QUEUE, "name", "jobs", NULL);
}

static void
blocked_clear (Blocked *self)
{
  test_runner_stop (self->waits);
  test_runner_stop (self->works);
  ta_promise_unref (self->promise);
  g_object_unref (self->work);
  g_object_unref (self->works);
  g_object_unref (self->waits);
  g_object_unref (self->queue);
}

static void
wait_for_work (Blocked *self)
{
  g_autoptr (GError) error = NULL;

  if (self->is_timed)
    {
      g_assert_false (ta_future_wait (TA_FUTURE (self->work), NULL, 1000, NULL, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
    }
  else
    {
      g_assert_true (ta_future_wait (TA_FUTURE (self->work), NULL, TEST_DEADLINE_US, NULL, &error));
      g_assert_no_error (error);
    }
}

static void
wait_func (TaTask *task, gpointer data)
{
  g_autoptr (TaPromise) promise = ta_task_take_promise (task);

  ta_task_set_name (task, "waiter");
  wait_for_work (data);
  ta_promise_return_boolean (promise, TRUE);
}

static gboolean
wait_cb (gpointer data)
{
  wait_for_work (data);

  return G_SOURCE_REMOVE;
}

static void
nest_func (TaTask *task, gpointer data)
{
  g_autoptr (TaPromise) promise = ta_task_take_promise (task);
  Blocked              *self = data;

  ta_task_set_name (task, "nest");
  g_main_loop_run (self->nested);
  ta_promise_return_boolean (promise, TRUE);
}

static void
get_func (TaTask *task, gpointer data)
{
  g_autoptr (TaPromise) promise = ta_task_take_promise (task);
  Blocked              *self = data;
  g_autoptr (GError)    error = NULL;

  ta_task_set_name (task, "getter");
  g_assert_true (ta_queue_get_wait (self->queue, NULL, TEST_DEADLINE_US, NULL, &error));
  g_assert_no_error (error);
  ta_promise_return_boolean (promise, TRUE);
}

/*
 * Describes everything until a thread has got to where it waits; and then once more, because what was
 * looked at before its wait was may be older.
 */
static char *
await_dump (const char *part)
{
  const gint64 end = g_get_monotonic_time () + TEST_DEADLINE_US;
  char        *dump = ta_debug_dup_tasks ();

  while (strstr (dump, part) == NULL)
    {
      if (g_get_monotonic_time () > end)
        g_error ("\"%s\" does not come to have \"%s\"", dump, part);
      g_free (dump);
      g_usleep (1000);
      dump = ta_debug_dup_tasks ();
    }
  g_free (dump);

  return ta_debug_dup_tasks ();
}

#define FOR_WORK ", and has waited there for task “work” on runner “works” for "

/* A task whose function blocks is named, and so is what it waits for, also where it holds others up. */
static void
test_blocked_task (void)
{
  g_autoptr (TaTask) task = NULL;
  g_autoptr (TaTask) other = NULL;
  g_autoptr (GError) error = NULL;
  const gboolean     is_debug = g_getenv ("TA_DEBUG") != NULL;
  g_autofree char   *dump = NULL;
  Blocked            blocked;

  blocked_init (&blocked, NULL, 0);
  task = ta_runner_create_task (blocked.waits, wait_func, &blocked, NULL);
  other = ta_runner_create_task (blocked.waits, return_func, NULL, NULL);
  ta_task_set_name (other, "behind it");
  dump = await_dump (FOR_WORK);
  test_check_has (dump, " tasks; its loop has been busy with task “waiter” for ");

  /* One that has not been started is known of where account is kept. */
  test_check_has (dump, is_debug ? "runner “waits”: running, 2 tasks"
                                 : "runner “waits”: running, 1 tasks");
  if (is_debug)
    test_check_has (dump, "  task “behind it”, not started, ");

  g_assert_false (ta_future_wait (TA_FUTURE (other), NULL, 1000, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  test_assert_message_has (error, "busy with task “waiter” for");
  test_assert_message_has (error, FOR_WORK);

  ta_promise_return_boolean (blocked.promise, TRUE);
  g_assert_true (ta_future_wait (TA_FUTURE (task), NULL, TEST_DEADLINE_US, NULL, NULL));
  g_assert_true (ta_future_wait (TA_FUTURE (other), NULL, TEST_DEADLINE_US, NULL, NULL));
  g_free (dump);
  dump = ta_debug_dup_tasks ();
  g_assert_null (strstr (dump, "has waited"));
  g_assert_null (strstr (dump, "not started,"));
  blocked_clear (&blocked);
}

static void
stalled_cb (TaRunner *runner, const char *what, gint64 duration, gpointer data)
{
  g_free (*(char **) data);
  *(char **) data = g_strdup (what);
}

/* The function of a source of GLib's, which only its own thread can name; and so does the watchdog. */
static void
check_blocked_source (gint64 stall_threshold)
{
  g_autoptr (GSource) source = g_idle_source_new ();
  g_autofree char    *dump = NULL;
  g_autofree char    *what = NULL;
  Blocked             blocked;

  blocked_init (&blocked, NULL, stall_threshold);
  g_signal_connect (blocked.waits, "stalled", G_CALLBACK (stalled_cb), &what);
  g_source_set_static_name (source, "lazy");
  g_source_set_callback (source, wait_cb, &blocked, NULL);
  g_source_attach (source, ta_runner_get_context (blocked.waits));
  dump = await_dump (FOR_WORK);
  test_check_has (dump,
                  "runner “waits”: running, 0 tasks; its loop has been busy with source “lazy” of "
                  "its context for ");
  if (stall_threshold != 0)
    TEST_TURN_UNTIL (NULL, g_strcmp0 (what, "source “lazy” of its context, which waits for task "
                                            "“work” on runner “works”") == 0);

  g_signal_handlers_disconnect_by_data (blocked.waits, &what);
  ta_promise_return_boolean (blocked.promise, TRUE);
  blocked_clear (&blocked);
}

static void
test_blocked_source (void)
{
  check_blocked_source (0);
  check_blocked_source (G_GINT64_CONSTANT (10) * 1000);
}

/* A task that runs a main loop of its own, which sleeps. */
static void
test_nested (void)
{
  g_autoptr (TaTask) task = NULL;
  g_autofree char   *dump = NULL;
  Blocked            blocked;

  blocked_init (&blocked, NULL, 0);
  blocked.nested = g_main_loop_new (ta_runner_get_context (blocked.waits), FALSE);
  task = ta_runner_create_task (blocked.waits, nest_func, &blocked, NULL);
  dump = await_dump (", and sleeps there in a nested loop\n");
  test_check_has (dump, "runner “waits”: running, 1 tasks; its loop has been in task “nest” for ");
  g_main_loop_quit (blocked.nested);
  g_assert_true (ta_future_wait (TA_FUTURE (task), NULL, TEST_DEADLINE_US, NULL, NULL));
  ta_promise_return_boolean (blocked.promise, TRUE);
  g_main_loop_unref (blocked.nested);
  blocked_clear (&blocked);
}

/* Where the loop is somebody else's it may block, and with the variable it is known on what. */
static void
test_blocked_attached (void)
{
  g_autoptr (TestWorker) worker = test_worker_new ();
  const gboolean         is_debug = g_getenv ("TA_DEBUG") != NULL;
  g_autoptr (TaTask)     task = NULL;
  g_autofree char       *dump = NULL;
  GValue                 value = G_VALUE_INIT;
  Blocked                blocked;

  blocked_init (&blocked, test_worker_get_context (worker), 0);
  task = ta_runner_create_task (blocked.waits, get_func, &blocked, NULL);
  dump = await_dump (is_debug ? "    waits for an item of queue “jobs” since " : "“getter” for ");
  test_check_has (dump,
                  "runner “waits”, attached: running, 1 tasks; its loop has been busy with task "
                  "“getter” for ");
  if (is_debug)
    test_check_has (dump, " s, and blocks the loop\n");

  g_value_init (&value, G_TYPE_INT);
  g_assert_true (ta_queue_try_put (blocked.queue, &value, NULL));
  g_assert_true (ta_future_wait (TA_FUTURE (task), NULL, TEST_DEADLINE_US, NULL, NULL));
  g_free (dump);
  dump = ta_debug_dup_tasks ();
  g_assert_null (strstr (dump, "blocks the loop"));
  ta_promise_return_boolean (blocked.promise, TRUE);
  blocked_clear (&blocked);
}

static gpointer
dump_thread (gpointer data)
{
  while (!g_atomic_int_get ((int *) data))
    g_free (ta_debug_dup_tasks ());

  return NULL;
}

/* Waits begin and end, and what they are for goes away, while somebody looks. */
static void
test_blocked_in_passing (void)
{
  int      is_over = FALSE;
  GThread *thread = g_thread_new ("dumps", dump_thread, &is_over);

  for (guint i = 0; i < test_repeats (5); i++)
    {
      Blocked blocked;

      blocked_init (&blocked, NULL, 0);
      blocked.is_timed = TRUE;
      for (guint j = 0; j < 10; j++)
        {
          g_autoptr (TaTask) task =
              ta_runner_create_task (blocked.waits, wait_func, &blocked, NULL);

          g_assert_true (ta_future_wait (TA_FUTURE (task), NULL, TEST_DEADLINE_US, NULL, NULL));
        }
      ta_promise_return_boolean (blocked.promise, TRUE);
      blocked_clear (&blocked);
    }

  g_atomic_int_set (&is_over, TRUE);
  g_thread_join (thread);
}

static void
test_with_account (void)
{
  g_free (test_run_with_debug ("tasks", "/blocked/by"));
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv);

  test_add ("/blocked/by/task", test_blocked_task);
  test_add ("/blocked/by/source", test_blocked_source);
  test_add ("/blocked/by/attached", test_blocked_attached);
  test_add ("/blocked/by/nested", test_nested);
  test_add ("/blocked/by/in-passing", test_blocked_in_passing);
  test_add ("/blocked/with-account", test_with_account);

  return g_test_run ();
}
