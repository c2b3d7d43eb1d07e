/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * Promise 6: no foreign code under a lock. Values, errors, objects, destroy notifies and handlers
 * of cancellables call back into the library, and into the very objects that they are used with.
 * If a lock is held, the call never returns, and the watchdog ends the program.
 */

#include "test-util.h"

/* What the foreign code calls. */
typedef struct
{
  TaRunner     *runner;
  TaFuture     *future;
  TaTask       *task;
  TaPromise    *promise;
  GCancellable *cancellable;
  int           calls;
} Foreign;

static void
ignore_func (TaTask *task, gpointer data)
{
  g_autoptr (TaPromise) promise = ta_task_take_promise (task);

  ta_promise_return_boolean (promise, TRUE);
}

static void
ignore_call (gpointer data)
{
}

/* Calls may lead to calls of their own, in later turns, without an end. */
#define MAX_CALLS 200

/* Everything that takes a lock of the objects at hand; nothing of it waits. */
static void
call_back (gpointer data)
{
  Foreign *self = data;
  int      calls = g_atomic_int_add (&self->calls, 1);

  if (calls >= MAX_CALLS)
    return;

  if (self->future != NULL)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();

      ta_future_get_done (self->future);
      ta_future_try_wait (self->future, NULL, NULL);
      ta_future_wait (self->future, NULL, 0, NULL, NULL);
      ta_future_wait_async (self->future, 0, cancellable, NULL, NULL);
      g_cancellable_cancel (cancellable);
    }

  if (self->promise != NULL)
    {
      g_autoptr (TaFuture) future = ta_promise_get_future (self->promise);

      g_assert_true (future == NULL || TA_IS_FUTURE (future));
      ta_promise_set_progress (self->promise, calls % 100 / 100.0);
      ta_promise_set_status (self->promise, calls % 2 ? "odd" : "even");
      ta_promise_get_cancellable (self->promise);
    }

  if (self->task != NULL)
    {
      g_autofree char     *name = ta_task_dup_name (self->task);
      g_autofree char     *status = ta_task_dup_status (self->task);
      g_autoptr (TaRunner) runner = ta_task_get_runner (self->task);

      g_assert_true (name == NULL || g_str_equal (name, "odd") || g_str_equal (name, "even"));
      g_assert_true (status == NULL || g_str_equal (status, "odd") || g_str_equal (status, "even"));
      g_assert_true (runner == NULL || TA_IS_RUNNER (runner));
      ta_task_set_name (self->task, calls % 2 ? "odd" : "even");
      ta_task_cancel (self->task);
    }

  if (self->runner != NULL)
    {
      g_autoptr (TaTask) task = ta_runner_create_task (self->runner, ignore_func, NULL, NULL);

      g_assert_true (TA_IS_TASK (task));
      ta_runner_get_running (self->runner);
      ta_runner_get_shutdown_type (self->runner);
      ta_runner_call_in_loop (self->runner, ignore_call, NULL, NULL, 0, NULL, NULL);
      ta_runner_wait_for_next_iteration_async (self->runner, 0, NULL, NULL, NULL);
    }
}

static void
wait_once (TaFuture *future)
{
  g_autoptr (GError) error = NULL;
  GValue             value = G_VALUE_INIT;

  ta_future_wait (future, &value, TEST_DEADLINE_US, NULL, &error);
  g_value_unset (&value);
}

static gpointer
wait_thread (gpointer future)
{
  wait_once (future);

  return NULL;
}

static void
finish_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  GValue             value = G_VALUE_INIT;

  ta_future_wait_finish (TA_FUTURE (source), result, &value, &error);
  g_value_unset (&value);
  ++*(guint *) data;
}

/* Has threads and callbacks wait for the future while @end makes it done. */
static void
wait_around (TaFuture *future, TestFunc end, gpointer data)
{
  GThread *threads[4];
  guint    finished = 0;

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    {
      threads[i] = g_thread_new ("waiter", wait_thread, future);
      ta_future_wait_async (future, TEST_LONG_US, NULL, finish_cb, &finished);
    }

  end (data);
  TEST_TURN_UNTIL (NULL, finished == G_N_ELEMENTS (threads));
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

typedef struct
{
  TaPromise    *promise;
  const GValue *value;
} ReturnValue;

static void
return_value (gpointer data)
{
  ReturnValue *self = data;

  ta_promise_return_value (self->promise, self->value);
}

/* Copying and freeing values. */
static void
test_values (void)
{
  g_autoptr (TaRunner) runner = test_runner_new_started ("called back");
  TaPromise           *promise = ta_promise_new ();
  TaFuture            *future = ta_promise_get_future (promise);
  Foreign              foreign = { runner, future, NULL, promise, NULL, 0 };
  TestHooks            hooks = { call_back, &foreign, 0, 0, 0 };
  GValue               value = G_VALUE_INIT;
  ReturnValue          ret = { promise, &value };

  test_hooked_value_init (&value, &hooks, 1);
  wait_around (future, return_value, &ret);
  g_assert_cmpint (hooks.copies, >=, 9);

  /* A copy that is not wanted any more. */
  g_assert_false (ta_promise_try_return_value (promise, &value, NULL));
  g_assert_cmpint (hooks.frees, >=, 9);

  /* The last one goes with the future, which is no place to use it from. */
  foreign.future = NULL;
  foreign.promise = NULL;
  ta_promise_unref (promise);
  test_turn_all (NULL);
  g_object_unref (future);
  g_value_unset (&value);
  test_runner_stop (runner);
  test_turn_all (NULL);
  g_assert_cmpint (hooks.live, ==, 0);
  g_assert_cmpint (foreign.calls, ==, hooks.copies + hooks.frees);
}

typedef struct
{
  TestHooks *hooks;
} TestErrorPrivate;

static TestHooks *error_hooks;

static void
test_error_private_init (TestErrorPrivate *private)
{
  private->hooks = error_hooks;
  g_atomic_int_inc (&private->hooks->live);
}

static void
test_error_private_copy (const TestErrorPrivate *source, TestErrorPrivate *dest)
{
  g_atomic_int_inc (&source->hooks->copies);
  test_hooks_run (source->hooks);
}

static void
test_error_private_clear (TestErrorPrivate *private)
{
  test_hooks_run (private->hooks);
  g_atomic_int_inc (&private->hooks->frees);
  g_atomic_int_add (&private->hooks->live, -1);
}

GQuark test_error_quark (void);

G_DEFINE_EXTENDED_ERROR (TestError, test_error)

static void
return_error (gpointer promise)
{
  ta_promise_return_error (promise, g_error_new_literal (test_error_quark (), 1, "extended"));
}

/* Copying and freeing errors that have something private. */
static void
test_errors (void)
{
  g_autoptr (TaRunner) runner = test_runner_new_started ("called back");
  TaPromise           *promise = ta_promise_new ();
  TaFuture            *future = ta_promise_get_future (promise);
  Foreign              foreign = { runner, future, NULL, promise, NULL, 0 };
  TestHooks            hooks = { call_back, &foreign, 0, 0, 0 };

  error_hooks = &hooks;
  wait_around (future, return_error, promise);
  g_assert_cmpint (hooks.copies, >=, 8);
  foreign.future = NULL;
  foreign.promise = NULL;
  ta_promise_unref (promise);
  test_turn_all (NULL);
  g_object_unref (future);
  test_runner_stop (runner);
  g_assert_cmpint (hooks.live, ==, 0);
}

static void
toggle_cb (gpointer data, GObject *object, gboolean is_last_ref)
{
  test_hooks_run (data);
}

static void
return_object (gpointer data)
{
  ReturnValue *self = data;

  ta_promise_return_object (self->promise, g_value_get_object (self->value));
}

/* An object as a value, and the future itself, with the toggle references of a binding. */
static void
test_toggle_references (void)
{
  for (guint i = 0; i < test_repeats (200); i++)
    {
      TaPromise  *promise = ta_promise_new ();
      TaFuture   *future = ta_promise_get_future (promise);
      GObject    *object = g_object_new (G_TYPE_OBJECT, NULL);
      Foreign     foreign = { ta_runner_get_default (), future, NULL, promise, NULL, 0 };
      TestHooks   hooks = { call_back, &foreign, 0, 0, 0 };
      GValue      value = G_VALUE_INIT;
      ReturnValue ret = { promise, &value };

      g_object_add_toggle_ref (object, toggle_cb, &hooks);
      g_object_add_toggle_ref (G_OBJECT (future), toggle_cb, &hooks);
      g_value_init (&value, G_TYPE_OBJECT);
      g_value_take_object (&value, object);
      g_object_unref (future);

      wait_around (future, return_object, &ret);
      ta_promise_unref (promise);
      foreign.promise = NULL;
      test_turn_all (NULL);
      g_assert_cmpint (foreign.calls, >, 0);

      hooks.hook = NULL;
      g_value_unset (&value);
      g_object_remove_toggle_ref (G_OBJECT (future), toggle_cb, &hooks);
      g_object_remove_toggle_ref (object, toggle_cb, &hooks);
    }
}

static void
keep_func (TaTask *task, gpointer data)
{
  Foreign *foreign = data;

  foreign->promise = ta_task_take_promise (task);
}

static void
return_kept (gpointer data)
{
  Foreign *foreign = data;

  ta_promise_return_int (foreign->promise, 1);
}

/* A task and its runner that have toggle references, from the first step to the last. */
static void
test_toggle_references_of_tasks (void)
{
  for (guint i = 0; i < test_repeats (50); i++)
    {
      TaRunner *runner = test_runner_new_started ("toggled");
      Foreign   foreign = { .runner = runner };
      TestHooks hooks = { call_back, &foreign, 0, 0, 0 };
      TaTask   *task;

      g_object_add_toggle_ref (G_OBJECT (runner), toggle_cb, &hooks);
      g_object_unref (runner);
      task = ta_runner_create_task (runner, keep_func, &foreign, NULL);
      g_object_add_toggle_ref (G_OBJECT (task), toggle_cb, &hooks);
      g_object_unref (task);
      g_assert_true (ta_runner_wait_for_next_iteration (runner, TEST_DEADLINE_US, NULL, NULL));
      g_assert_nonnull (foreign.promise);
      foreign.task = task;
      foreign.future = TA_FUTURE (task);

      wait_around (TA_FUTURE (task), return_kept, &foreign);
      foreign.runner = NULL;
      test_runner_stop (runner);
      test_turn_all (NULL);
      g_assert_cmpint (foreign.calls, >, 0);

      hooks.hook = NULL;
      ta_promise_unref (foreign.promise);
      g_object_remove_toggle_ref (G_OBJECT (task), toggle_cb, &hooks);
      g_object_remove_toggle_ref (G_OBJECT (runner), toggle_cb, &hooks);
    }
}

static void
cancelled_cb (GCancellable *cancellable, gpointer data)
{
  call_back (data);
}

static gpointer
cancel_thread (gpointer cancellable)
{
  g_cancellable_cancel (cancellable);

  return NULL;
}

/* Handlers of a cancellable, before and after the library's own, and in the middle of a return. */
static void
test_cancellables (void)
{
  g_autoptr (TaRunner) runner = test_runner_new_started ("called back");

  for (guint i = 0; i < test_repeats (500); i++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (TaPromise)    promise = ta_promise_new ();
      g_autoptr (TaFuture)     future = ta_promise_get_future (promise);
      g_autoptr (GError)       error = NULL;
      Foreign                  foreign = { runner, future, NULL, promise, cancellable, 0 };
      guint                    finished = 0;
      GThread                 *thread;

      g_cancellable_connect (cancellable, G_CALLBACK (cancelled_cb), &foreign, NULL);
      ta_future_wait_async (future, TEST_LONG_US, cancellable, finish_cb, &finished);
      ta_sleep_async (TEST_LONG_US, cancellable, NULL, NULL);
      g_cancellable_connect (cancellable, G_CALLBACK (cancelled_cb), &foreign, NULL);

      thread = g_thread_new ("canceller", cancel_thread, cancellable);
      if (i % 2)
        ta_promise_return_int (promise, 1);
      if (!ta_future_wait (future, NULL, TEST_DEADLINE_US, cancellable, &error))
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      TEST_TURN_UNTIL (NULL, finished == 1);
      g_thread_join (thread);
      g_assert_cmpint (foreign.calls, ==, 2);
      test_turn_all (NULL);
    }

  test_runner_stop (runner);
}

static void
task_cancelled_cb (GCancellable *cancellable, gpointer data)
{
  Foreign *foreign = data;

  call_back (foreign);
  ta_promise_return_error_if_cancelled (foreign->promise);
}

static void
cancellable_func (TaTask *task, gpointer data)
{
  Foreign *foreign = data;

  foreign->promise = ta_task_take_promise (task);
  foreign->cancellable = ta_promise_get_cancellable (foreign->promise);
  g_signal_connect (foreign->cancellable, "cancelled", G_CALLBACK (task_cancelled_cb), foreign);
}

static void
destroy_cb (gpointer data)
{
  call_back (data);
}

/* Destroy notifies, and the handlers of a task's cancellable when its runner stops. */
static void
test_destroy_notifies (void)
{
  TaRunner          *runner = test_runner_new_started ("called back");
  Foreign            foreign = { .runner = runner };
  g_autoptr (TaTask) task = NULL;
  g_autoptr (TaTask) refused = NULL;
  g_autoptr (GError) error = NULL;

  task = ta_runner_create_task (runner, cancellable_func, &foreign, destroy_cb);
  g_assert_true (ta_runner_call_in_loop (runner, ignore_call, &foreign, destroy_cb,
                                         TEST_DEADLINE_US, NULL, &error));
  g_assert_true (ta_runner_wait_for_next_iteration (runner, TEST_DEADLINE_US, NULL, &error));
  g_assert_cmpint (foreign.calls, ==, 2);

  foreign.future = TA_FUTURE (task);
  foreign.task = task;
  test_runner_stop (runner);
  g_assert_cmpint (foreign.calls, ==, 3);
  g_assert_false (ta_future_try_wait (TA_FUTURE (task), NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  refused = ta_runner_create_task (runner, cancellable_func, &foreign, destroy_cb);
  g_assert_cmpint (foreign.calls, ==, 4);
  ta_promise_unref (foreign.promise);
  g_object_unref (runner);
}

int
main (int argc, char *argv[])
{
  test_init (&argc, &argv);

  test_add ("/promise-6/values", test_values);
  test_add ("/promise-6/errors", test_errors);
  test_add ("/promise-6/toggle-references", test_toggle_references);
  test_add ("/promise-6/toggle-references-of-tasks", test_toggle_references_of_tasks);
  test_add ("/promise-6/cancellables", test_cancellables);
  test_add ("/promise-6/destroy-notifies", test_destroy_notifies);

  return g_test_run ();
}
