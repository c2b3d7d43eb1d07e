/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "test-util.h"

/* A copy of a list that is kept up to date by what its signal says alone. */
typedef struct
{
  TestWitness witness;
  GListModel *model;
  GPtrArray  *copy;
  guint       turn;
  guint       most;
  gboolean    nests;
} Mirror;

static void
check_mirror (Mirror *self)
{
  g_assert_cmpuint (g_list_model_get_n_items (self->model), ==, self->copy->len);
  for (guint i = 0; i < self->copy->len; i++)
    {
      g_autoptr (TaTask) task = g_list_model_get_item (self->model, i);

      g_assert_true (task == g_ptr_array_index (self->copy, i));
    }
  g_assert_null (g_list_model_get_item (self->model, self->copy->len));
}

static void
items_changed_cb (GListModel *model, guint position, guint n_removed, guint n_added, gpointer data)
{
  Mirror *self = data;

  test_witness_see (&self->witness);
  g_assert_cmpuint (n_removed + n_added, >, 0);
  if (n_removed > 0)
    g_ptr_array_remove_range (self->copy, position, n_removed);
  for (guint i = 0; i < n_added; i++)
    g_ptr_array_insert (self->copy, (int) (position + i),
                        g_list_model_get_item (model, position + i));
  self->most = MAX (self->most, self->copy->len);
  check_mirror (self);

  if (self->nests)
    while (g_main_context_iteration (NULL, FALSE))
      check_mirror (self);
}

static void
mirror_init (Mirror *self, TaRunner *runner)
{
  *self = (Mirror){ .model = ta_runner_list_tasks (runner) };
  self->copy = g_ptr_array_new_with_free_func (g_object_unref);
  test_witness_init (&self->witness, NULL);
  g_assert_true (g_list_model_get_item_type (self->model) == TA_TYPE_TASK);
  for (guint i = 0; i < g_list_model_get_n_items (self->model); i++)
    g_ptr_array_add (self->copy, g_list_model_get_item (self->model, i));
  g_signal_connect (self->model, "items-changed", G_CALLBACK (items_changed_cb), self);
}

static void
mirror_clear (Mirror *self)
{
  g_signal_handlers_disconnect_by_data (self->model, self);
  g_object_unref (self->model);
  g_ptr_array_unref (self->copy);
}

static void
hold_func (TaTask *task, gpointer data)
{
  TaPromise **promise = data;

  g_atomic_pointer_set (promise, ta_task_take_promise (task));
}

static TaPromise *
hold (TaRunner *runner)
{
  TaPromise         *promise = NULL;
  g_autoptr (TaTask) task = ta_runner_create_task (runner, hold_func, &promise, NULL);

  g_assert_true (ta_runner_wait_for_next_iteration (runner, TEST_DEADLINE_US, NULL, NULL));
  g_assert_nonnull (promise);

  return promise;
}

static void
let_go (gpointer promise)
{
  ta_promise_return_boolean (promise, TRUE);
  ta_promise_unref (promise);
}

/* What was there before is there at once; what comes and goes does so in the main loop. */
static void
test_follows (void)
{
  g_autoptr (TaRunner) runner = test_runner_new_started ("shown");
  TaPromise           *promises[5];
  Mirror               mirror;

  promises[0] = hold (runner);
  promises[1] = hold (runner);
  mirror_init (&mirror, runner);
  g_assert_cmpuint (mirror.copy->len, ==, 2);

  for (guint i = 2; i < G_N_ELEMENTS (promises); i++)
    promises[i] = hold (runner);
  g_assert_cmpuint (g_list_model_get_n_items (mirror.model), ==, 2);
  test_turn_all (NULL);
  g_assert_cmpuint (mirror.copy->len, ==, 5);
  g_assert_cmpuint (mirror.witness.count, ==, 1);

  /* Two runs of them. */
  test_thread_call (let_go, promises[0]);
  test_thread_call (let_go, promises[2]);
  test_thread_call (let_go, promises[3]);
  g_assert_cmpuint (g_list_model_get_n_items (mirror.model), ==, 5);
  TEST_TURN_UNTIL (NULL, mirror.copy->len == 2);
  g_assert_cmpuint (mirror.witness.count, ==, 3);
  let_go (promises[4]);
  let_go (promises[1]);
  TEST_TURN_UNTIL (NULL, mirror.copy->len == 0);

  mirror_clear (&mirror);
  test_runner_stop (runner);
}

/* Calls into the loop are no tasks to be shown. */
static void
test_no_calls (void)
{
  g_autoptr (TaRunner) runner = test_runner_new_started ("called");
  Mirror               mirror;
  TestGate             called;

  test_gate_init (&called);
  mirror_init (&mirror, runner);
  g_assert_true (ta_runner_call_in_loop (runner, test_gate_open_cb, &called, NULL, TEST_DEADLINE_US,
                                         NULL, NULL));
  g_assert_true (ta_runner_wait_for_next_iteration (runner, TEST_DEADLINE_US, NULL, NULL));
  test_turn_all (NULL);
  g_assert_cmpuint (mirror.witness.count, ==, 0);
  mirror_clear (&mirror);
  test_runner_stop (runner);
  test_gate_clear (&called);
}

/* And neither is what a binding has made for itself, whether it comes first or later. */
static void
test_nothing_internal (void)
{
  g_autoptr (TaRunner) runner = test_runner_new_started ("internal");
  TaPromise           *promises[2] = { NULL, NULL };
  Mirror               mirror;

  for (guint i = 0; i < G_N_ELEMENTS (promises); i++)
    {
      g_autoptr (TaTask) task = ta_runner_create_task (runner, hold_func, &promises[i], NULL);

      ta_task_set_name (task, "[threaded-async] test");
      g_assert_true (ta_runner_wait_for_next_iteration (runner, TEST_DEADLINE_US, NULL, NULL));
      if (i == 0)
        mirror_init (&mirror, runner);
    }
  test_turn_all (NULL);
  let_go (promises[1]);
  let_go (promises[0]);
  g_assert_true (ta_runner_wait_for_next_iteration (runner, TEST_DEADLINE_US, NULL, NULL));
  test_turn_all (NULL);
  g_assert_cmpuint (mirror.witness.count, ==, 0);
  g_assert_cmpuint (g_list_model_get_n_items (mirror.model), ==, 0);
  mirror_clear (&mirror);
  test_runner_stop (runner);
}

static void
sleep_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TaPromise) promise = data;

  ta_sleep_finish (result, NULL);
  ta_promise_return_error_if_cancelled (promise);
}

static void
sleep_func (TaTask *task, gpointer data)
{
  TaPromise *promise = ta_task_take_promise (task);

  ta_sleep_async (TA_TIMEOUT_INFINITE, ta_promise_get_cancellable (promise), sleep_cb, promise);
}

/* An attached runner shows a task from when it is made; and a stop leaves nothing. */
static void
test_attached (void)
{
  g_autoptr (TaRunner) runner = ta_runner_new_for_context (g_main_context_default (), "attached");
  g_autoptr (TaTask)   task = NULL;
  Mirror               mirror;

  g_assert_true (ta_runner_start (runner, NULL));
  mirror_init (&mirror, runner);
  task = ta_runner_create_task (runner, sleep_func, NULL, NULL);
  TEST_TURN_UNTIL (NULL, mirror.copy->len == 1);
  test_runner_stop (runner);
  TEST_TURN_UNTIL (NULL, mirror.copy->len == 0);
  mirror_clear (&mirror);
}

/* A list that is dropped before it has heard of everything; and one that outlives its runner. */
static void
test_lifetime (void)
{
  TaRunner          *runner = test_runner_new_started ("gone");
  g_autoptr (TaTask) task = ta_runner_create_task (runner, sleep_func, NULL, NULL);
  GListModel        *dropped = ta_runner_list_tasks (runner);
  GListModel        *elsewhere = ta_runner_list_tasks (runner);
  g_autoptr (TaTask) another = NULL;
  Mirror             mirror;

  mirror_init (&mirror, runner);
  another = ta_runner_create_task (runner, sleep_func, NULL, NULL);
  TEST_TURN_UNTIL (NULL, mirror.copy->len == 2);
  g_object_unref (dropped);
  test_thread_call (g_object_unref, elsewhere);
  test_runner_stop (runner);
  g_object_add_weak_pointer (G_OBJECT (runner), (gpointer *) &runner);
  g_object_unref (runner);
  TEST_TURN_UNTIL (NULL, mirror.copy->len == 0);
  g_assert_null (runner);
  mirror_clear (&mirror);
}

#define BUSY_THREADS 3

typedef struct
{
  TaRunner *runner;
  guint     n_tasks;
  int       n_running; /* atomic */
} Busy;

static gpointer
busy_thread (gpointer data)
{
  Busy *self = data;

  for (guint i = 0; i < self->n_tasks; i++)
    {
      TaPromise         *promise = NULL;
      g_autoptr (TaTask) task = ta_runner_create_task (self->runner, hold_func, &promise, NULL);

      /* Some are shown for long, some for a moment, and some never. */
      if (i % 3 == 0)
        g_assert_true (
            ta_runner_wait_for_next_iteration (self->runner, TEST_DEADLINE_US, NULL, NULL));
      while (g_atomic_pointer_get (&promise) == NULL)
        g_thread_yield ();
      if (i % 2 == 0)
        g_main_context_wakeup (NULL);
      let_go (promise);
    }
  g_atomic_int_add (&self->n_running, -1);
  g_main_context_wakeup (NULL);

  return NULL;
}

static void
check_busy (gboolean nests)
{
  g_autoptr (TaRunner) runner = test_runner_new_started ("busy");
  Busy                 busy = { runner, test_repeats (1000), BUSY_THREADS };
  GThread             *threads[BUSY_THREADS];
  Mirror               mirror;

  mirror_init (&mirror, runner);
  mirror.nests = nests;
  for (guint i = 0; i < BUSY_THREADS; i++)
    threads[i] = g_thread_new ("busy", busy_thread, &busy);
  while (g_atomic_int_get (&busy.n_running) > 0)
    {
      /* Lists come and go, too. */
      Mirror another;

      mirror_init (&another, runner);
      g_main_context_iteration (NULL, TRUE);
      mirror_clear (&another);
    }
  for (guint i = 0; i < BUSY_THREADS; i++)
    g_thread_join (threads[i]);
  test_turn_all (NULL);
  g_assert_cmpuint (mirror.copy->len, ==, 0);
  mirror_clear (&mirror);
  test_runner_stop (runner);
}

/* At every moment the list is what its signals say, and in the end it is empty. */
static void
test_busy (void)
{
  check_busy (FALSE);
}

/* Main loops nested in its handlers see no change that is half done. */
static void
test_nested (void)
{
  check_busy (TRUE);
}

int
main (int argc, char *argv[])
{
  test_init (&argc, &argv);

  test_add ("/task-list/follows", test_follows);
  test_add ("/task-list/no-calls", test_no_calls);
  test_add ("/task-list/nothing-internal", test_nothing_internal);
  test_add ("/task-list/attached", test_attached);
  test_add ("/task-list/lifetime", test_lifetime);
  test_add ("/task-list/busy", test_busy);
  test_add ("/task-list/nested", test_nested);

  return g_test_run ();
}
