/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * ta_runner_run_gtask(), which takes the place of g_task_run_in_thread().
 */

#include "test-util.h"

typedef struct
{
  TaRunner *runner;
  GObject  *source;
  GThread  *thread;
  GTask    *kept;
  int       calls;
  TestGate  gate;
} Work;

static void
work_init (Work *self, TaRunner *runner)
{
  *self = (Work){ .runner = runner, .thread = g_thread_self () };
  test_gate_init (&self->gate);
}

static void
look (Work *work, GTask *task, gpointer source, GCancellable *cancellable)
{
  g_assert_true (g_thread_self () != work->thread);
  g_assert_true (ta_runner_is_in_loop (work->runner));
  g_assert_true (g_main_context_get_thread_default () == ta_runner_get_context (work->runner));
  g_assert_true (source == work->source);
  g_assert_true (cancellable == g_task_get_cancellable (task));
  work->calls++;
}

static void
return_func (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  look (task_data, task, source, cancellable);
  g_task_return_int (task, 42);
}

static void
keep_func (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Work *work = task_data;

  look (work, task, source, cancellable);
  work->kept = g_object_ref (task);
  test_gate_open (&work->gate);
}

static GTask *
new_task (Work *work, GCancellable *cancellable, TestResult *result)
{
  GTask *task;

  test_result_init (result, NULL);
  task = g_task_new (work->source, cancellable, test_result_cb, result);
  g_task_set_task_data (task, work, NULL);

  return task;
}

/* Runs the task, lets go of it, and waits for nothing. */
static void
run (Work *work, GCancellable *cancellable, TestResult *result, GTaskThreadFunc func)
{
  GTask *task = new_task (work, cancellable, result);

  TEST_OUTSIDE (result, ta_runner_run_gtask (work->runner, task, func));
  g_object_unref (task);
}

static void
check_int (TestResult *result, gssize expected)
{
  g_autoptr (GError) error = NULL;

  TEST_TURN_UNTIL (NULL, result->calls == 1);
  g_assert_cmpint (g_task_propagate_int (G_TASK (result->result), &error), ==, expected);
  g_assert_no_error (error);
  test_result_clear (result);
}

static void
check_error (TestResult *result, GQuark domain, int code)
{
  g_autoptr (GError) error = NULL;

  TEST_TURN_UNTIL (NULL, result->calls == 1);
  g_assert_cmpint (g_task_propagate_int (G_TASK (result->result), &error), ==, -1);
  g_assert_error (error, domain, code);
  test_result_clear (result);
}

static void
test_run (void)
{
  g_autoptr (TaRunner)     runner = test_runner_new_started ("doing tasks");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Work                     work;
  TestResult               result;

  work_init (&work, runner);
  run (&work, NULL, &result, return_func);
  check_int (&result, 42);
  g_assert_cmpint (work.calls, ==, 1);

  work.source = G_OBJECT (runner);
  run (&work, cancellable, &result, return_func);
  check_int (&result, 42);
  g_assert_cmpint (work.calls, ==, 2);

  test_runner_stop (runner);
  test_gate_clear (&work.gate);
}

static void
return_later (gpointer task)
{
  g_task_return_int (task, 43);
  g_object_unref (task);
}

/* The function may return without an answer; that can come later, from anywhere. */
static void
test_later (void)
{
  g_autoptr (TaRunner) runner = test_runner_new_started ("doing tasks");
  Work                 work;
  TestResult           result;

  work_init (&work, runner);
  run (&work, NULL, &result, keep_func);
  test_gate_await (&work.gate, 1);
  test_turn_all (NULL);
  g_assert_cmpuint (result.calls, ==, 0);
  test_thread_call (return_later, work.kept);
  check_int (&result, 43);
  test_runner_stop (runner);
  test_gate_clear (&work.gate);
}

static void
attached_func (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Work *work = task_data;

  g_assert_true (ta_runner_is_in_loop (work->runner));
  work->kept = g_object_ref (task);
  work->calls++;
}

static void
info_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask)     task = data;
  Work                 *work = g_task_get_task_data (task);
  GError               *error = NULL;
  g_autoptr (GFileInfo) info = g_file_query_info_finish (G_FILE (source), result, &error);

  g_assert_true (ta_runner_is_in_loop (work->runner));
  g_assert_no_error (error);
  g_task_return_int (task, g_file_info_get_file_type (info) == G_FILE_TYPE_DIRECTORY ? 44 : -2);
}

static void
gio_func (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  g_autoptr (GFile) file = g_file_new_for_path ("/");

  look (task_data, task, source, cancellable);
  g_file_query_info_async (file, G_FILE_ATTRIBUTE_STANDARD_TYPE, G_FILE_QUERY_INFO_NONE,
                           G_PRIORITY_DEFAULT, cancellable, info_cb, g_object_ref (task));
}

/* Asynchronous calls of GIO in the function come back to the runner's loop. */
static void
test_gio (void)
{
  g_autoptr (TaRunner) runner = test_runner_new_started ("doing tasks");
  Work                 work;
  TestResult           result;

  work_init (&work, runner);
  run (&work, NULL, &result, gio_func);
  check_int (&result, 44);
  test_runner_stop (runner);
  test_gate_clear (&work.gate);
}

static void
test_not_running (void)
{
  g_autoptr (TaRunner) runner = ta_runner_new ("resting");
  Work                 work;
  TestResult           result;

  work_init (&work, runner);
  run (&work, NULL, &result, return_func);
  check_error (&result, TA_ERROR, TA_ERROR_NOT_RUNNING);

  g_assert_true (ta_runner_start (runner, NULL));
  test_runner_stop (runner);
  run (&work, NULL, &result, return_func);
  check_error (&result, TA_ERROR, TA_ERROR_NOT_RUNNING);
  g_assert_cmpint (work.calls, ==, 0);
  test_gate_clear (&work.gate);
}

/* Of a task that was started, stop cancels the cancellable and no more: it's returned once. */
static void
test_stop_started (void)
{
  g_autoptr (TaRunner)     runner = test_runner_new_started ("doing tasks");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError)       error = NULL;
  Work                     work;
  TestResult               result;

  work_init (&work, runner);
  run (&work, cancellable, &result, keep_func);
  test_gate_await (&work.gate, 1);
  g_assert_false (g_cancellable_is_cancelled (cancellable));

  g_assert_true (ta_runner_stop (runner, TEST_DEADLINE_US, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (g_cancellable_is_cancelled (cancellable));
  test_turn_all (NULL);
  g_assert_cmpuint (result.calls, ==, 0);

  g_task_set_check_cancellable (work.kept, FALSE);
  return_later (work.kept);
  check_int (&result, 43);
  test_gate_clear (&work.gate);
}

/* One that a stuck loop never came to is returned cancelled, and its function is not called. */
static void
test_stop_unstarted (void)
{
  g_autoptr (TaRunner)     runner = test_runner_new_started ("stuck");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError)       error = NULL;
  Work                     work;
  TestResult               results[100];
  TestStuck                stuck;

  test_stuck_init (&stuck, runner);

  work_init (&work, runner);
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    run (&work, i % 2 ? cancellable : NULL, &results[i], return_func);

  g_assert_false (ta_runner_stop (runner, 50000, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    check_error (&results[i], G_IO_ERROR, G_IO_ERROR_CANCELLED);

  test_stuck_release (&stuck);
  test_turn_all (NULL);
  g_assert_cmpint (work.calls, ==, 0);
  test_gate_clear (&work.gate);
  test_stuck_clear (&stuck);
}

/* The same where the runner is attached, and its context goes on after it. */
static void
test_stop_attached (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (TaRunner)     runner = ta_runner_new_for_context (context, "attached");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Work                     work;
  TestResult               started;
  TestResult               unstarted;

  work_init (&work, runner);
  g_assert_true (ta_runner_start (runner, NULL));
  run (&work, cancellable, &started, attached_func);
  TEST_TURN_UNTIL (context, work.calls == 1);
  run (&work, NULL, &unstarted, attached_func);
  test_runner_stop (runner);
  g_assert_true (g_cancellable_is_cancelled (cancellable));
  g_assert_cmpuint (started.calls, ==, 0);

  test_turn_all (context);
  g_assert_cmpint (work.calls, ==, 1);
  check_error (&unstarted, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_task_return_error_if_cancelled (work.kept);
  g_object_unref (work.kept);
  check_error (&started, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  test_gate_clear (&work.gate);
}

/* Tasks that are returned and freed in a thread of their own while the runner stops. */
static gpointer
return_all_thread (gpointer data)
{
  GAsyncQueue *queue = data;
  GTask       *task;

  while (g_object_get_data (G_OBJECT (task = g_async_queue_pop (queue)), "last") == NULL)
    {
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
    }
  g_object_unref (task);

  return NULL;
}

static void
queue_func (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  g_async_queue_push (task_data, g_object_ref (task));
}

static void
test_stop_races_end (void)
{
  for (guint i = 0; i < test_repeats (200); i++)
    {
      g_autoptr (TaRunner)    runner = test_runner_new_started ("racing");
      g_autoptr (GAsyncQueue) queue = g_async_queue_new ();
      g_autoptr (GTask)       last = g_task_new (NULL, NULL, NULL, NULL);
      GThread                *thread = g_thread_new ("returner", return_all_thread, queue);

      for (guint j = 0; j < 50; j++)
        {
          g_autoptr (GTask) task = g_task_new (NULL, NULL, NULL, NULL);

          g_task_set_task_data (task, queue, NULL);
          ta_runner_run_gtask (runner, task, queue_func);
        }
      test_runner_stop (runner);

      g_object_set_data (G_OBJECT (last), "last", queue);
      g_async_queue_push (queue, g_object_ref (last));
      g_thread_join (thread);
      g_task_return_boolean (last, TRUE);
      test_turn_all (NULL);
    }
}

/* A task whose cancellable is cancelled before its turn is run all the same, as GTask's are. */
static void
test_cancelled_before (void)
{
  g_autoptr (TaRunner)     runner = test_runner_new_started ("doing tasks");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Work                     work;
  TestResult               result;

  g_cancellable_cancel (cancellable);
  work_init (&work, runner);
  run (&work, cancellable, &result, return_func);
  check_error (&result, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (work.calls, ==, 1);
  test_runner_stop (runner);
  test_gate_clear (&work.gate);
}

/* Many at a time, each with its own answer. */
static void
test_many (void)
{
  g_autoptr (TaRunner)   runner = test_runner_new_started ("doing tasks");
  const guint            n = test_repeats (2000);
  g_autofree TestResult *results = g_new0 (TestResult, n);
  Work                   work;

  work_init (&work, runner);
  for (guint i = 0; i < n; i++)
    run (&work, NULL, &results[i], return_func);
  for (guint i = 0; i < n; i++)
    check_int (&results[i], 42);
  g_assert_cmpint (work.calls, ==, (int) n);
  test_runner_stop (runner);
  test_gate_clear (&work.gate);
}

static void
test_bad_input (void)
{
  g_autoptr (TaRunner) runner = test_runner_new_started ("given nonsense");
  g_autoptr (GTask)    task = g_task_new (NULL, NULL, NULL, NULL);
  g_autoptr (GObject)  object = g_object_new (G_TYPE_OBJECT, NULL);

  test_expect_critical ("*func*");
  ta_runner_run_gtask (runner, task, NULL);
  test_expect_critical ("*G_IS_TASK*");
  ta_runner_run_gtask (runner, NULL, return_func);
  test_expect_critical ("*G_IS_TASK*");
  ta_runner_run_gtask (runner, (GTask *) object, return_func);
  g_test_assert_expected_messages ();
  g_task_return_boolean (task, TRUE);
  test_runner_stop (runner);
}

int
main (int argc, char *argv[])
{
  test_init (&argc, &argv);

  test_add ("/gtask/run", test_run);
  test_add ("/gtask/later", test_later);
  test_add ("/gtask/gio", test_gio);
  test_add ("/gtask/not-running", test_not_running);
  test_add ("/gtask/stop-started", test_stop_started);
  test_add ("/gtask/stop-unstarted", test_stop_unstarted);
  test_add ("/gtask/stop-attached", test_stop_attached);
  test_add ("/gtask/stop-races-end", test_stop_races_end);
  test_add ("/gtask/cancelled-before", test_cancelled_before);
  test_add ("/gtask/many", test_many);
  test_add ("/gtask/bad-input", test_bad_input);

  return g_test_run ();
}
