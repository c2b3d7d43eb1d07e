/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * What other languages get in place of the calls that take functions. What only functions of theirs
 * can show is in gjs/raw.js.
 */

#include "test-util.h"

typedef struct
{
  GThread *thread; /* where it was called */
  int      calls;
  int      destroys;
} Call;

static void
call_func (gpointer data)
{
  Call *call = data;

  call->thread = g_thread_self ();
  g_atomic_int_inc (&call->calls);
}

static void
call_destroy (gpointer data)
{
  Call *call = data;

  g_atomic_int_inc (&call->destroys);
}

static void
task_func (TaTask *task, gpointer data)
{
  g_autoptr (TaPromise) promise = ta_task_take_promise (task);

  call_func (data);
  ta_promise_return_int (promise, 5);
}

static void
called_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static void
assert_refused (GError **error, const char *call)
{
  g_assert_error (*error, TA_ERROR, TA_ERROR_WRONG_THREAD);
  g_assert_true (g_str_has_prefix ((*error)->message, call));
  g_assert_nonnull (strstr ((*error)->message, "runner “threaded” runs in another thread"));
  g_clear_error (error);
}

/* Nothing is called, and the data is let go of here. */
static void
test_refused (void)
{
  g_autoptr (TaRunner) runner = test_runner_new_started ("threaded");
  g_autoptr (TaTask)   task = NULL;
  Call                 call = { 0 };
  GError              *error = NULL;

  task = ta_runner_create_task_checked (runner, task_func, &call, call_destroy, &error);
  g_assert_null (task);
  assert_refused (&error, "create_task(): ");
  g_assert_cmpint (call.destroys, ==, 1);

  g_assert_false (ta_runner_call_in_loop_checked (runner, call_func, &call, call_destroy,
                                                  TEST_DEADLINE_US, NULL, &error));
  assert_refused (&error, "call_in_loop(): ");
  g_assert_cmpint (call.destroys, ==, 2);

  /* None of them counts as a task that failed. */
  g_assert_true (ta_runner_stop (runner, TEST_DEADLINE_US, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (call.calls, ==, 0);
}

/* What cannot leave its thread need not. */
static void
test_own_loop (void)
{
  g_autoptr (TaRunner)     runner = ta_runner_get_default ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (TaTask)       task = NULL;
  Call                     call = { 0 };
  GError                  *error = NULL;

  task = ta_runner_create_task_checked (runner, task_func, &call, call_destroy, &error);
  g_assert_no_error (error);
  g_assert_nonnull (task);
  TEST_TURN_UNTIL (NULL, ta_future_get_done (TA_FUTURE (task)));

  g_assert_true (ta_runner_call_in_loop_checked (runner, call_func, &call, call_destroy,
                                                 TEST_DEADLINE_US, NULL, &error));
  ta_runner_call_in_loop_async (runner, call_func, &call, call_destroy, TEST_DEADLINE_US, NULL,
                                called_cb, &result);
  TEST_TURN_UNTIL (NULL, result != NULL);
  g_assert_true (ta_runner_call_in_loop_finish (runner, result, &error));
  g_assert_no_error (error);
  g_assert_cmpint (call.calls, ==, 3);
  g_assert_cmpint (call.destroys, ==, 3);
  g_assert_true (call.thread == g_thread_self ());
}

/* Once a language has said that it can, it may. */
static void
assert_allowed (void)
{
  g_autoptr (TaRunner)     runner = test_runner_new_started ("threaded");
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (TaTask)       task = NULL;
  Call                     call = { 0 };
  GError                  *error = NULL;

  task = ta_runner_create_task_checked (runner, task_func, &call, call_destroy, &error);
  g_assert_no_error (error);
  g_assert_true (ta_future_wait (TA_FUTURE (task), NULL, TEST_DEADLINE_US, NULL, &error));
  g_assert_true (ta_runner_call_in_loop_checked (runner, call_func, &call, call_destroy,
                                                 TEST_DEADLINE_US, NULL, &error));
  ta_runner_call_in_loop_async (runner, call_func, &call, call_destroy, TEST_DEADLINE_US, NULL,
                                called_cb, &result);
  TEST_TURN_UNTIL (NULL, result != NULL);
  g_assert_true (ta_runner_call_in_loop_finish (runner, result, &error));
  g_assert_true (ta_runner_stop (runner, TEST_DEADLINE_US, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (call.calls, ==, 3);
  g_assert_cmpint (call.destroys, ==, 3);
  g_assert_true (call.thread != g_thread_self ());
}

/* It holds for the whole process, so each has one of its own. */
static void
test_allowed (void)
{
  if (g_test_subprocess ())
    {
      ta_allow_functions_in_threads ();
      assert_allowed ();
      return;
    }

  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_test_trap_assert_passed ();
}

static gpointer
copy (gpointer boxed)
{
  return boxed;
}

static void
forget (gpointer boxed)
{
}

/* PyGObject is known by the type that it registers. */
static void
test_python (void)
{
  if (g_test_subprocess ())
    {
      g_boxed_type_register_static ("PyObject", copy, forget);
      assert_allowed ();
      return;
    }

  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_test_trap_assert_passed ();
}

#define COMPILED_TYPE (compiled_get_type ())
G_DECLARE_FINAL_TYPE (Compiled, compiled, TEST, COMPILED, TaRunner)

struct _Compiled
{
  TaRunner parent_instance;

  int runs; /* atomic */
};

G_DEFINE_FINAL_TYPE (Compiled, compiled, TA_TYPE_RUNNER)

static void
compiled_run (TaRunner *runner)
{
  Compiled *self = (Compiled *) runner;

  g_atomic_int_inc (&self->runs);
  TA_RUNNER_CLASS (compiled_parent_class)->run (runner);
}

static void
compiled_init (Compiled *self)
{
}

static void
compiled_class_init (CompiledClass *klass)
{
  TA_RUNNER_CLASS (klass)->run = compiled_run;
}

/* A class that is written in C runs where it likes. That others do not is tested in JavaScript. */
static void
test_compiled_class (void)
{
  g_autoptr (Compiled) runner = g_object_new (COMPILED_TYPE, "name", "compiled", NULL);
  g_autoptr (GError)   error = NULL;

  g_assert_true (ta_runner_start (TA_RUNNER (runner), &error));
  g_assert_true (ta_runner_stop (TA_RUNNER (runner), TEST_DEADLINE_US, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (runner->runs, ==, 1);
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv);

  test_add ("/binding/refused", test_refused);
  test_add ("/binding/own-loop", test_own_loop);
  test_add ("/binding/allowed", test_allowed);
  test_add ("/binding/python", test_python);
  test_add ("/binding/compiled-class", test_compiled_class);

  return g_test_run ();
}
