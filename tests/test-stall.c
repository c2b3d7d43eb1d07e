/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * Loops that are stuck: a runner that wants to know is told of it while it lasts.
 */

#include "test-forced.h"
#include "test-greedy.h"

#define THRESHOLD_US (G_GINT64_CONSTANT (20) * 1000)

/* One that a machine does not exceed by being busy. */
#define PATIENT_US (G_GINT64_CONSTANT (500) * 1000)

#define TRIES 10

static gboolean
block_source_cb (gpointer data)
{
  test_greedy_cb (data);

  return G_SOURCE_REMOVE;
}

static void
nothing_cb (gpointer data)
{
}

/* What stalled and resumed say. */
typedef struct
{
  TaRunner   *runner;
  TestWitness stalls;
  TestWitness resumptions;
  gboolean    is_stalled;
  char       *what;
  gint64      duration;
} Listener;

static void
stalled_cb (TaRunner *runner, const char *what, gint64 duration, gpointer data)
{
  Listener *self = data;

  g_assert_true (runner == self->runner);
  g_assert_cmpint (duration, >=, THRESHOLD_US);
  g_free (self->what);
  self->what = g_strdup (what);
  self->duration = duration;
  self->is_stalled = TRUE;
  test_witness_see (&self->stalls);
}

static void
resumed_cb (TaRunner *runner, gpointer data)
{
  Listener *self = data;

  g_assert_cmpuint (self->stalls.count, >, 0);
  self->is_stalled = FALSE;
  test_witness_see (&self->resumptions);
}

static void
listener_init (Listener *self, TaRunner *runner)
{
  *self = (Listener){ .runner = runner };
  test_witness_init (&self->stalls, NULL);
  test_witness_init (&self->resumptions, NULL);
  g_signal_connect (runner, "stalled", G_CALLBACK (stalled_cb), self);
  g_signal_connect (runner, "resumed", G_CALLBACK (resumed_cb), self);
}

static void
listener_clear (Listener *self)
{
  g_signal_handlers_disconnect_by_data (self->runner, self);
  g_free (self->what);
}

static TaRunner *
new_watched (GMainContext *context)
{
  TaRunner          *runner = g_object_new (TA_TYPE_RUNNER, "name", "watched", "context", context,
                                            "stall-threshold", THRESHOLD_US, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (ta_runner_start (runner, &error));
  g_assert_no_error (error);
  g_assert_cmpint (ta_runner_get_stall_threshold (runner), ==, THRESHOLD_US);

  return runner;
}

/* Told of while it lasts, less and less often, and when it is over. */
static void
check_stall (Listener *listener, TestGreedy *block, const char *what)
{
  guint  n_stalls, n_resumptions;
  gint64 first;

  test_gate_await (&block->blocked, 1);

  /* Where the machine is busy, the loop may have stood still before it was blocked, too. */
  test_turn_all (NULL);
  n_stalls = listener->stalls.count;
  TEST_TURN_UNTIL (NULL,
                   listener->stalls.count > n_stalls && g_strcmp0 (listener->what, what) == 0);
  n_resumptions = listener->resumptions.count;
  first = listener->duration;
  TEST_TURN_UNTIL (NULL, listener->duration >= 2 * first);
  g_assert_cmpstr (listener->what, ==, what);
  g_assert_cmpuint (listener->resumptions.count, ==, n_resumptions);

  /* And it may stand still again at once. */
  test_gate_open (&block->release);
  TEST_TURN_UNTIL (NULL, listener->resumptions.count > n_resumptions && !listener->is_stalled);
}

static void
test_task_stalls (void)
{
  g_autoptr (TaRunner) runner = new_watched (NULL);
  Listener             listener;

  listener_init (&listener, runner);
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (TaTask) task = NULL;
      TestGreedy         block;

      test_greedy_init (&block);
      task = ta_runner_create_task (runner, test_greedy_func, &block, NULL);
      check_stall (&listener, &block, "task “greedy”");
      test_greedy_clear (&block);
    }
  test_runner_stop (runner);
  listener_clear (&listener);
}

static void
test_source_stalls (void)
{
  g_autoptr (TaRunner) runner = new_watched (NULL);
  g_autoptr (GSource)  source = g_idle_source_new ();
  Listener             listener;
  TestGreedy           block;

  test_greedy_init (&block);
  listener_init (&listener, runner);
  g_source_set_callback (source, block_source_cb, &block, NULL);
  g_source_attach (source, ta_runner_get_context (runner));
  check_stall (&listener, &block, "a source of its context");
  test_runner_stop (runner);
  listener_clear (&listener);
  test_greedy_clear (&block);
}

static void
block_callback (GObject *source, GAsyncResult *result, gpointer data)
{
  block_source_cb (data);
}

/* The second step of a chain: what it waits for next began in its first. */
static void
step_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  ta_sleep_async (1, NULL, block_callback, data);
}

static void
chain_func (TaTask *task, gpointer data)
{
  ta_task_set_name (task, "chain");
  ((TestGreedy *) data)->promise = ta_task_take_promise (task);
  ta_sleep_async (1, NULL, step_cb, data);
}

/* A callback is that of the task whose function led to it. */
static void
test_callback_stalls (void)
{
  g_autoptr (TaRunner) runner = new_watched (NULL);
  g_autoptr (TaTask)   task = NULL;
  Listener             listener;
  TestGreedy           block;

  test_greedy_init (&block);
  listener_init (&listener, runner);
  task = ta_runner_create_task (runner, chain_func, &block, NULL);
  check_stall (&listener, &block, "a callback of task “chain”");
  ta_promise_return_boolean (block.promise, TRUE);
  ta_promise_unref (block.promise);
  test_runner_stop (runner);
  listener_clear (&listener);
  test_greedy_clear (&block);
}

/* What comes before everything else in a context that somebody else runs. */
static void
test_first_source_stalls (void)
{
  g_autoptr (TestWorker) worker = test_worker_new ();
  g_autoptr (TaRunner)   runner = new_watched (test_worker_get_context (worker));
  g_autoptr (GSource)    source = g_idle_source_new ();
  Listener               listener;
  TestGreedy             block;

  test_greedy_init (&block);
  listener_init (&listener, runner);
  g_source_set_priority (source, G_PRIORITY_HIGH);
  g_source_set_callback (source, block_source_cb, &block, NULL);
  g_source_attach (source, ta_runner_get_context (runner));
  check_stall (&listener, &block, "a source of its context");
  test_runner_stop (runner);
  listener_clear (&listener);
  test_greedy_clear (&block);
}

/* Two runners on one context, which somebody else runs: both are told. */
static void
test_attached_stalls (void)
{
  g_autoptr (TestWorker) worker = test_worker_new ();
  g_autoptr (TaRunner)   runner = new_watched (test_worker_get_context (worker));
  g_autoptr (TaRunner)   other = new_watched (test_worker_get_context (worker));
  g_autoptr (TaTask)     task = NULL;
  Listener               listener;
  Listener               other_listener;
  TestGreedy             block;

  test_greedy_init (&block);
  listener_init (&listener, runner);
  listener_init (&other_listener, other);
  task = ta_runner_create_task (runner, test_greedy_func, &block, NULL);
  test_gate_await (&block.blocked, 1);
  TEST_TURN_UNTIL (NULL, other_listener.stalls.count > 0);
  check_stall (&listener, &block, "task “greedy”");
  TEST_TURN_UNTIL (NULL, other_listener.resumptions.count > 0 && !other_listener.is_stalled);
  test_runner_stop (other);
  test_runner_stop (runner);
  listener_clear (&listener);
  listener_clear (&other_listener);
  test_greedy_clear (&block);
}

static gboolean
quit_cb (gpointer data)
{
  g_main_loop_quit (data);

  return G_SOURCE_REMOVE;
}

/* A loop that is nested in a task, and sleeps for long, is not stuck. */
static void
nest_cb (gpointer data)
{
  GMainContext         *context = g_main_context_get_thread_default ();
  g_autoptr (GMainLoop) loop = g_main_loop_new (context, FALSE);
  g_autoptr (GSource)   timeout = g_timeout_source_new (2 * PATIENT_US / 1000);

  g_source_set_callback (timeout, quit_cb, loop, NULL);
  g_source_attach (timeout, context);
  g_main_loop_run (loop);
}

/* FALSE if the runner was told of a stall. */
static gboolean
goes_on_without_stall (void)
{
  g_autoptr (TaRunner) runner = g_object_new (TA_TYPE_RUNNER, "stall-threshold", PATIENT_US, NULL);
  gint64               end = g_get_monotonic_time () + 2 * PATIENT_US;
  g_autoptr (GError)   error = NULL;
  Listener             listener;

  g_assert_true (ta_runner_start (runner, &error));
  listener_init (&listener, runner);
  while (g_get_monotonic_time () < end)
    g_assert_true (
        ta_runner_call_in_loop (runner, nothing_cb, NULL, NULL, TEST_DEADLINE_US, NULL, NULL));
  g_assert_true (
      ta_runner_call_in_loop (runner, nest_cb, NULL, NULL, TEST_DEADLINE_US, NULL, NULL));
  test_turn_all (NULL);
  test_runner_stop (runner);
  listener_clear (&listener);

  return listener.stalls.count == 0;
}

/*
 * One that sleeps, or does one thing after the other, is not stuck either. It may be if the machine
 * itself stands still for so long: then the test tries again, and sees the same each time if it is not
 * the machine.
 */
static void
test_no_stall (void)
{
  gboolean went_on = FALSE;

  for (guint i = 0; i < TRIES && !went_on; i++)
    went_on = goes_on_without_stall ();
  g_assert_true (went_on);
}

/* A runner may end while it is stalled. */
static void
test_ends_stalled (void)
{
  g_autoptr (TaRunner) runner = new_watched (NULL);
  g_autoptr (TaTask)   task = NULL;
  g_autoptr (GError)   error = NULL;
  Listener             listener;
  TestGate             exited;
  TestGreedy           block;

  test_greedy_init (&block);
  test_gate_init (&exited);
  test_runner_watch_thread (runner, &exited);
  listener_init (&listener, runner);
  task = ta_runner_create_task (runner, test_greedy_func, &block, NULL);
  test_gate_await (&block.blocked, 1);
  TEST_TURN_UNTIL (NULL, listener.stalls.count > 0);
  g_assert_false (ta_runner_stop (runner, 30000, NULL, &error));
  test_check_busy (error, "“watched”");
  test_turn_all (NULL);
  listener_clear (&listener);
  test_gate_open (&block.release);
  test_gate_await (&exited, 1);
  test_gate_clear (&exited);
  test_greedy_clear (&block);
}

static void
return_func (TaTask *task, gpointer data)
{
  g_autoptr (TaPromise) promise = ta_task_take_promise (task);

  ta_promise_return_boolean (promise, TRUE);
}

static void
wait_func (TaTask *task, gpointer data)
{
  g_autoptr (TaPromise) promise = ta_task_take_promise (task);

  ta_task_set_name (task, "patient");
  ta_future_wait (data, NULL, TEST_DEADLINE_US, NULL, NULL);
  ta_promise_return_boolean (promise, TRUE);
}

/* FALSE if the machine was too busy for the loop to end in time. */
static gboolean
end_interrupted (void)
{
  g_autoptr (TaRunner) other = test_runner_new_started ("other");
  g_autoptr (TaRunner) runner = new_watched (NULL);
  g_autoptr (TaTask)   never = NULL;
  g_autoptr (TaTask)   task = NULL;
  g_autoptr (GError)   error = NULL;
  Listener             listener;
  TestStuck            stuck;
  gboolean             in_time;
  guint                n_resumptions;

  test_stuck_init (&stuck, other);
  never = ta_runner_create_task (other, return_func, NULL, NULL);
  listener_init (&listener, runner);
  task = ta_runner_create_task (runner, wait_func, never, NULL);
  TEST_TURN_UNTIL (NULL, listener.is_stalled && strstr (listener.what, "“patient”") != NULL);
  n_resumptions = listener.resumptions.count;

  in_time = test_check_forced (runner, ta_runner_stop (runner, TEST_STUCK_TIMEOUT_US, NULL, &error),
                               &error);
  if (in_time)
    TEST_TURN_UNTIL (NULL, listener.resumptions.count > n_resumptions && !listener.is_stalled);
  test_turn_all (NULL);
  listener_clear (&listener);

  test_gate_open (&stuck.release);
  test_runner_stop (other);
  test_gate_await (&stuck.exited, 1);
  test_stuck_clear (&stuck);

  return in_time;
}

/* One that was got unstuck in order to end has gone on, if not for long. */
static void
test_ends_interrupted (void)
{
  test_until_in_time (end_interrupted);
}

#ifdef __linux__
/* How often the watchdog's thread has gone to sleep; 0 if there is none. */
static guint64
count_sleeps (void)
{
  g_autoptr (GDir) tasks = g_dir_open ("/proc/self/task", 0, NULL);
  const char      *id;
  guint64          n_sleeps = 0;

  g_assert_nonnull (tasks);
  while ((id = g_dir_read_name (tasks)) != NULL)
    {
      g_autofree char *path = g_strdup_printf ("/proc/self/task/%s/status", id);
      g_autofree char *status = NULL;
      const char      *line;

      if (!g_file_get_contents (path, &status, NULL, NULL) ||
          strstr (status, "Name:\tta-watchdog") == NULL)
        continue;
      line = strstr (status, "\nvoluntary_ctxt_switches:");
      g_assert_nonnull (line);
      n_sleeps += g_ascii_strtoull (strchr (line, '\t') + 1, NULL, 10);
    }

  return n_sleeps;
}

/* While its loop sleeps the watchdog does too; and it goes with the last runner that asked for it. */
static void
test_sleeps (void)
{
  g_autoptr (TaRunner) runner = new_watched (NULL);
  const gint64         end = g_get_monotonic_time () + TEST_DEADLINE_US;
  guint64              n_sleeps = 0, n_before;

  g_assert_true (
      ta_runner_call_in_loop (runner, nothing_cb, NULL, NULL, TEST_DEADLINE_US, NULL, NULL));
  do
    {
      n_before = n_sleeps;
      g_usleep (10 * THRESHOLD_US);
      n_sleeps = count_sleeps ();
      g_assert_cmpint (g_get_monotonic_time (), <, end);
    }
  while (n_sleeps != n_before || n_sleeps == 0);

  test_runner_stop (runner);
  while (count_sleeps () > 0)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_usleep (1000);
    }
}
#endif

int
main (int argc, char **argv)
{
  test_init (&argc, &argv);

  test_add ("/stall/task", test_task_stalls);
  test_add ("/stall/source", test_source_stalls);
  test_add ("/stall/callback", test_callback_stalls);
  test_add ("/stall/first-source", test_first_source_stalls);
  test_add ("/stall/attached", test_attached_stalls);
  test_add ("/stall/none", test_no_stall);
  test_add ("/stall/ends-stalled", test_ends_stalled);
  test_add ("/stall/ends-interrupted", test_ends_interrupted);
#ifdef __linux__
  test_add ("/stall/sleeps", test_sleeps);
#endif

  return g_test_run ();
}
