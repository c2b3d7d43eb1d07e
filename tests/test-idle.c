/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * What has nothing to do sleeps: an idle process with ten runners makes no wake-up in ten seconds.
 *
 * The kernel counts how often each thread has gone to sleep by itself. One that was woken for nothing
 * goes to sleep again, and has one more. This does not depend on how busy the machine is.
 */

#define _GNU_SOURCE /* for RUSAGE_THREAD */

#include "test-util.h"

#include <string.h>
#include <sys/resource.h>

#define N_RUNNERS 10
#define IDLE_US (G_GINT64_CONSTANT (10) * G_USEC_PER_SEC)
#define TRIES 3
#define DISTURBED_TRIES 12 /* these do not count */

typedef struct
{
  gboolean is_asleep;
  guint64  n_sleeps;
} ThreadState;

static gboolean
read_thread (const char *id, ThreadState *state)
{
  static const char key[] = "\nvoluntary_ctxt_switches:";
  g_autofree char  *path = g_build_filename ("/proc/self/task", id, "status", NULL);
  g_autofree char  *text = NULL;
  const char       *count, *letter;

  /* A thread may have ended meanwhile. */
  if (!g_file_get_contents (path, &text, NULL, NULL))
    return FALSE;

  letter = strstr (text, "\nState:");
  count = strstr (text, key);
  g_assert_nonnull (letter);
  g_assert_nonnull (count);
  state->is_asleep = letter[strlen ("\nState:\t")] == 'S';
  state->n_sleeps = g_ascii_strtoull (count + strlen (key), NULL, 10);

  return TRUE;
}

/* Returns how often the other threads have gone to sleep, by their ids; NULL if one is awake. */
static GHashTable *
read_others (void)
{
  g_autoptr (GHashTable) others = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GDir)       folder = g_dir_open ("/proc/self/task", 0, NULL);
  g_autofree char       *self = g_file_read_link ("/proc/thread-self", NULL);
  const char            *id;

  g_assert_nonnull (folder);
  g_assert_nonnull (self);

  while ((id = g_dir_read_name (folder)) != NULL)
    {
      ThreadState state;

      if (g_str_equal (id, strrchr (self, '/') + 1) || !read_thread (id, &state))
        continue;
      if (!state.is_asleep)
        return NULL;
      g_hash_table_insert (others, g_strdup (id), g_memdup2 (&state.n_sleeps, sizeof (guint64)));
    }

  return g_steal_pointer (&others);
}

static guint
count_wakeups (GHashTable *before, GHashTable *after)
{
  GHashTableIter iter;
  gpointer       id, n_sleeps;
  guint          n = 0;

  g_hash_table_iter_init (&iter, after);
  while (g_hash_table_iter_next (&iter, &id, &n_sleeps))
    {
      guint64 *n_before = g_hash_table_lookup (before, id);

      n += n_before == NULL ? 1 : (guint) (*(guint64 *) n_sleeps - *n_before);
    }

  return n;
}

/*
 * Waits until everybody sleeps. Whoever was asleep twice, and has not gone to sleep in between, was
 * asleep all the time; then there was a moment in which all were, and nobody was left to wake them.
 */
static GHashTable *
await_sleep (void)
{
  const gint64 end = g_get_monotonic_time () + TEST_DEADLINE_US;

  while (g_get_monotonic_time () < end)
    {
      g_autoptr (GHashTable) first = read_others ();
      g_autoptr (GHashTable) second = first != NULL ? read_others () : NULL;

      if (second != NULL && g_hash_table_size (first) == g_hash_table_size (second) &&
          count_wakeups (first, second) == 0)
        return g_steal_pointer (&second);
      g_usleep (1000);
    }

  g_error ("There is always somebody awake");
}

static void
task_cb (TaTask *task, gpointer data)
{
  g_autoptr (TaPromise) promise = ta_task_take_promise (task);

  ta_promise_return_boolean (promise, TRUE);
}

static void
never_cb (GObject *object, GAsyncResult *result, gpointer data)
{
}

/* Tasks that will not end, waits that go on, and timers that are not due. */
static void
begin_waits_cb (gpointer queue)
{
  ta_queue_get_async (queue, TA_TIMEOUT_INFINITE, NULL, never_cb, NULL);
  ta_queue_get_async (queue, TEST_LONG_US, NULL, never_cb, NULL);
  ta_sleep_async (TEST_LONG_US, NULL, never_cb, NULL);
}

static TaRunner *
start_busy_runner (TaQueue *queue)
{
  TaRunner *runner = ta_runner_new (NULL);

  g_assert_true (ta_runner_start (runner, NULL));
  for (guint i = 0; i < 100; i++)
    {
      g_autoptr (TaTask) task = ta_runner_create_task (runner, task_cb, NULL, NULL);

      g_assert_true (ta_future_wait (TA_FUTURE (task), NULL, TEST_DEADLINE_US, NULL, NULL));
    }
  g_assert_true (
      ta_runner_call_in_loop (runner, begin_waits_cb, queue, NULL, TEST_DEADLINE_US, NULL, NULL));

  return runner;
}

static void
attach_cb (gpointer runner)
{
  TaRunner *attached = ta_runner_new_for_context (g_main_context_get_thread_default (), "attached");

  g_assert_true (ta_runner_start (attached, NULL));
  *(TaRunner **) runner = attached;
}

static void
detach_cb (gpointer runner)
{
  g_assert_true (ta_runner_stop (runner, TA_TIMEOUT_DEFAULT, NULL, NULL));
}

/* How often the calling thread has gone to sleep. */
static glong
count_own_sleeps (void)
{
  struct rusage usage;

  g_assert_no_errno (getrusage (RUSAGE_THREAD, &usage));

  return usage.ru_nvcsw;
}

/*
 * How often others have woken in ten seconds. Who stops the whole process for a while, as a machine
 * that is moved does, wakes everybody: also this thread, which only sleeps once otherwise.
 */
static guint
count_idle_wakeups (GHashTable *before, gboolean *is_disturbed)
{
  g_autoptr (GHashTable) after = NULL;
  const glong            n_sleeps = count_own_sleeps ();

  g_usleep (IDLE_US);
  *is_disturbed = count_own_sleeps () - n_sleeps > 1;
  after = read_others ();

  return after != NULL ? count_wakeups (before, after) : G_MAXUINT;
}

static void
test_no_wakeups (void)
{
  g_autoptr (TaQueue)    queue = ta_queue_new (0);
  g_autoptr (TestWorker) worker = test_worker_new ();
  g_autoptr (TaRunner)   attached = NULL;
  TaRunner              *runners[N_RUNNERS];
  g_autoptr (GHashTable) before = NULL;
  g_autoptr (GHashTable) after = NULL;
  guint                  n_wakeups = G_MAXUINT, n_tries = 0, n_disturbed = 0;

  if (!g_file_test ("/proc/thread-self", G_FILE_TEST_EXISTS))
    {
      g_test_skip ("the kernel does not say how often a thread has slept");
      return;
    }

#if defined(__SANITIZE_THREAD__)
  g_test_skip ("the thread sanitizer has a thread of its own, which wakes up");
  return;
#endif

  for (guint i = 0; i < N_RUNNERS; i++)
    runners[i] = start_busy_runner (queue);
  test_worker_call (worker, attach_cb, &attached);

  while (n_wakeups > 0 && n_tries < TRIES && n_disturbed < DISTURBED_TRIES)
    {
      gboolean is_disturbed;

      g_clear_pointer (&before, g_hash_table_unref);
      before = await_sleep ();
      g_assert_cmpuint (g_hash_table_size (before), >=, N_RUNNERS + 1);
      n_wakeups = count_idle_wakeups (before, &is_disturbed);
      if (is_disturbed)
        n_disturbed++;
      else
        n_tries++;
    }
  g_assert_cmpuint (n_wakeups, ==, 0);

  /* And that it is no wonder: one call wakes one thread. */
  g_assert_true (ta_runner_wait_for_next_iteration (runners[0], TEST_DEADLINE_US, NULL, NULL));
  after = await_sleep ();
  g_assert_cmpuint (count_wakeups (before, after), >=, 1);

  test_worker_call (worker, detach_cb, attached);
  for (guint i = 0; i < N_RUNNERS; i++)
    {
      g_assert_true (ta_runner_stop (runners[i], TEST_DEADLINE_US, NULL, NULL));
      g_object_unref (runners[i]);
    }
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv);

  test_add ("/idle/no-wakeups", test_no_wakeups);

  return g_test_run ();
}
