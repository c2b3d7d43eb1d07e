/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * Promise 6, weak references: a binding that is told of a reference, and waits for the lock of its
 * interpreter then, holds up nobody who has this lock and writes a weak reference. And promise 7: an
 * object may go while somebody asks for it.
 */

#include "test-util.h"

/* The holder of the interpreter's lock, to whom the binding has to wait. */
static gpointer
write_weak_thread (gpointer gate)
{
  g_autoptr (GObject) object = g_object_new (G_TYPE_OBJECT, NULL);
  GWeakRef            weak;

  g_weak_ref_init (&weak, object);
  g_weak_ref_set (&weak, NULL);
  g_weak_ref_clear (&weak);
  test_gate_open (gate);

  return NULL;
}

typedef struct
{
  GObject *object;
  guint    n_asked; /* atomic: how often the binding was told of a reference beside its own */
} Wrapper;

static void
toggle_cb (gpointer data, GObject *object, gboolean is_last_ref)
{
  Wrapper *self = data;
  TestGate written;
  GThread *thread;

  if (is_last_ref)
    return;

  test_gate_init (&written);
  thread = g_thread_new ("holder", write_weak_thread, &written);
  test_gate_await (&written, 1);
  g_thread_join (thread);
  test_gate_clear (&written);
  g_atomic_int_inc (&self->n_asked);
}

/* Has a binding be the only one that refers to an object, which is taken over. */
static void
wrap (Wrapper *self, gpointer object)
{
  *self = (Wrapper){ object, 0 };
  g_object_add_toggle_ref (object, toggle_cb, self);
  g_object_unref (object);
  g_assert_cmpuint (self->n_asked, ==, 0);
}

static void
unwrap (Wrapper *self)
{
  g_object_remove_toggle_ref (self->object, toggle_cb, self);
}

static void
check_asked (Wrapper *self)
{
  g_assert_cmpuint (g_atomic_int_get (&self->n_asked), >, 0);
}

static void
fail_func (TaTask *task, gpointer data)
{
  g_autoptr (TaPromise) promise = ta_task_take_promise (task);

  ta_promise_return_new_error (promise, G_IO_ERROR, G_IO_ERROR_FAILED, "as it should");
}

static void
settle (TaRunner *runner)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (ta_runner_wait_for_next_iteration (runner, TEST_DEADLINE_US, NULL, &error));
  g_assert_no_error (error);
}

static TaTask *
make_failed_task (TaRunner *runner)
{
  TaTask *task = ta_runner_create_task (runner, fail_func, NULL, NULL);

  settle (runner);
  g_assert_true (ta_future_get_done (TA_FUTURE (task)));

  return task;
}

/* A task gives its runner, and so does a client. */
static void
test_runner (void)
{
  TaRunner            *runner = test_runner_new_started ("wrapped");
  g_autoptr (TaServer) server = ta_server_new ("server");
  g_autoptr (TaClient) client = ta_client_new (server, runner);
  g_autoptr (TaTask)   task = make_failed_task (runner);
  Wrapper              wrapper;
  TaRunner            *same;

  wrap (&wrapper, runner);

  same = ta_task_get_runner (task);
  g_assert_true (same == runner);
  g_object_unref (same);
  check_asked (&wrapper);

  wrapper.n_asked = 0;
  same = ta_client_get_runner (client);
  g_assert_true (same == runner);
  g_object_unref (same);
  check_asked (&wrapper);

  g_assert_false (ta_runner_stop (runner, TEST_DEADLINE_US, NULL, NULL));
  unwrap (&wrapper);
  g_assert_null (ta_task_get_runner (task));
  g_assert_null (ta_client_get_runner (client));
}

/* Failed tasks are listed, and reported by a stop. */
static void
test_failed_tasks (void)
{
  g_autoptr (TaRunner) runner = test_runner_new_started ("failing");
  g_autoptr (GError)   error = NULL;
  Wrapper              listed, reported;
  GPtrArray           *tasks;

  wrap (&listed, make_failed_task (runner));
  tasks = ta_runner_get_failed_tasks (runner);
  g_assert_cmpuint (tasks->len, ==, 1);
  g_assert_true (g_ptr_array_index (tasks, 0) == listed.object);
  g_ptr_array_unref (tasks);
  check_asked (&listed);

  wrap (&reported, make_failed_task (runner));
  listed.n_asked = 0;
  g_assert_false (ta_runner_stop (runner, TEST_DEADLINE_US, NULL, &error));
  g_assert_error (error, TA_ERROR, TA_ERROR_TASKS_FAILED);
  check_asked (&listed);
  check_asked (&reported);

  unwrap (&listed);
  unwrap (&reported);
}

static void
keep_gtask_func (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  test_gate_open (data);
}

/* A stop looks at the GTasks that have been started. */
static void
test_gtask (void)
{
  g_autoptr (TaRunner)     runner = test_runner_new_started ("runs GTasks");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  GTask                   *task = g_task_new (NULL, cancellable, NULL, NULL);
  TestGate                 started;
  Wrapper                  wrapper;

  test_gate_init (&started);
  g_task_set_task_data (task, &started, NULL);
  ta_runner_run_gtask (runner, task, keep_gtask_func);
  test_gate_await (&started, 1);
  settle (runner);

  wrap (&wrapper, task);
  test_runner_stop (runner);
  check_asked (&wrapper);
  g_assert_true (g_cancellable_is_cancelled (cancellable));

  g_task_return_boolean (task, TRUE);
  unwrap (&wrapper);
  test_turn_all (NULL);
  test_gate_clear (&started);
}

/* A source has its server handle a request. */
static void
test_server_source (void)
{
  g_autoptr (TaRunner)  runner = test_runner_new_started ("asks");
  TaServer             *server = ta_server_new ("answers");
  g_autoptr (TaClient)  client = ta_client_new (server, runner);
  g_autoptr (GSource)   source = ta_server_create_source (server);
  g_autoptr (TaRequest) request = NULL;
  Wrapper               wrapper;

  wrap (&wrapper, server);
  g_source_attach (source, NULL);
  request = ta_client_execute (client, "nothing", NULL, 0, NULL);
  wrapper.n_asked = 0;
  TEST_TURN_UNTIL (NULL, ta_future_get_done (TA_FUTURE (request)));
  check_asked (&wrapper);

  g_source_destroy (source);
  unwrap (&wrapper);
  test_runner_stop (runner);
}

static void
return_func (TaTask *task, gpointer data)
{
  g_autoptr (TaPromise) promise = ta_task_take_promise (task);

  ta_promise_return_boolean (promise, TRUE);
}

/* A list of tasks hears of one. */
static void
test_task_list (void)
{
  g_autoptr (TaRunner) runner = test_runner_new_started ("listed");
  g_autoptr (TaTask)   task = NULL;
  Wrapper              wrapper;

  wrap (&wrapper, ta_runner_list_tasks (runner));
  task = ta_runner_create_task (runner, return_func, NULL, NULL);
  settle (runner);
  wrapper.n_asked = 0;
  test_turn_all (NULL);
  check_asked (&wrapper);

  unwrap (&wrapper);
  test_runner_stop (runner);
}

typedef struct
{
  TaRunner *runner; /* owned by the test */
  int       is_over;
} Asker;

static gpointer
ask_thread (gpointer data)
{
  Asker *self = data;

  while (!g_atomic_int_get (&self->is_over))
    {
      GPtrArray *tasks = ta_runner_get_failed_tasks (self->runner);

      for (guint i = 0; i < tasks->len; i++)
        g_assert_true (ta_future_get_done (g_ptr_array_index (tasks, i)));
      g_ptr_array_unref (tasks);
    }

  return NULL;
}

/* The last reference on a failed task goes while two threads ask for it, also on those they get. */
static void
test_task_goes (void)
{
  for (guint i = 0; i < test_repeats (4); i++)
    {
      g_autoptr (TaRunner) runner = test_runner_new_started ("asked");
      g_autoptr (GError)   error = NULL;
      Asker                asker = { runner, FALSE };
      GThread             *threads[2];
      const guint          n_tasks = 20;

      for (guint j = 0; j < G_N_ELEMENTS (threads); j++)
        threads[j] = g_thread_new ("asker", ask_thread, &asker);
      for (guint j = 0; j < n_tasks; j++)
        g_object_unref (make_failed_task (runner));

      g_atomic_int_set (&asker.is_over, TRUE);
      for (guint j = 0; j < G_N_ELEMENTS (threads); j++)
        g_thread_join (threads[j]);

      g_assert_false (ta_runner_stop (runner, TEST_DEADLINE_US, NULL, &error));
      g_assert_error (error, TA_ERROR, TA_ERROR_TASKS_FAILED);
      g_assert_cmpuint (ta_runner_get_n_failed_tasks (runner), ==, n_tasks);
    }
}

static gpointer
ask_task_thread (gpointer task)
{
  TaRunner *runner;

  while ((runner = ta_task_get_runner (task)) != NULL)
    {
      g_assert_cmpstr (ta_runner_get_name (runner), ==, "goes");
      g_object_unref (runner);
    }

  return NULL;
}

/* The last reference on a runner goes while two threads ask for it. */
static void
test_runner_goes (void)
{
  for (guint i = 0; i < test_repeats (40); i++)
    {
      TaRunner          *runner = ta_runner_new ("goes");
      g_autoptr (TaTask) task = NULL;
      GThread           *threads[2];

      if (i % 2)
        g_assert_true (ta_runner_start (runner, NULL));
      task = ta_runner_create_task (runner, return_func, NULL, NULL);
      for (guint j = 0; j < G_N_ELEMENTS (threads); j++)
        threads[j] = g_thread_new ("asker", ask_task_thread, task);
      g_thread_yield ();
      g_object_unref (runner);
      for (guint j = 0; j < G_N_ELEMENTS (threads); j++)
        g_thread_join (threads[j]);
    }
}

int
main (int argc, char *argv[])
{
  test_init (&argc, &argv);

  test_add ("/promise-6/weak-references/runner", test_runner);
  test_add ("/promise-6/weak-references/failed-tasks", test_failed_tasks);
  test_add ("/promise-6/weak-references/gtask", test_gtask);
  test_add ("/promise-6/weak-references/server-source", test_server_source);
  test_add ("/promise-6/weak-references/task-list", test_task_list);
  test_add ("/promise-7/asked-for/task", test_task_goes);
  test_add ("/promise-7/asked-for/runner", test_runner_goes);

  return g_test_run ();
}
