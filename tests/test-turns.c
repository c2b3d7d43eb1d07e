/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * Promise 4, as far as it is about the turns of a loop: what is started in one turn completes in a
 * later one, in order, in nested loops too.
 */

#include "test-util.h"

static TaFuture *
new_done_future (void)
{
  g_autoptr (TaPromise) promise = ta_promise_new ();
  TaFuture             *future = ta_promise_get_future (promise);

  ta_promise_return_int (promise, 1);

  return future;
}

static void
finish (GObject *source, GAsyncResult *result)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (ta_future_wait_finish (TA_FUTURE (source), result, NULL, &error));
  g_assert_no_error (error);
}

#define CHAIN 1000

typedef struct
{
  TaFuture *future;
  guint     turn;
  guint     started;
  guint     length;
} Chain;

static void
chain_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Chain *chain = data;

  finish (source, result);
  g_assert_cmpuint (chain->turn, >, chain->started);
  chain->started = chain->turn;
  if (++chain->length < CHAIN)
    ta_future_wait_async (chain->future, TEST_LONG_US, NULL, chain_cb, chain);
}

/* A wait that is started again in its own callback takes a turn each time, ready or not. */
static void
test_next_turn (void)
{
  g_autoptr (TaFuture) future = new_done_future ();
  Chain                chain = { future, 0, 0, 0 };
  gint64               end = g_get_monotonic_time () + TEST_DEADLINE_US;

  ta_future_wait_async (future, TEST_LONG_US, NULL, chain_cb, &chain);
  while (chain.length < CHAIN)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      chain.turn++;
      g_main_context_iteration (NULL, TRUE);
    }
  g_assert_cmpuint (chain.turn, >=, CHAIN);
}

typedef struct
{
  TaRunner *runner;
  guint     turn;
  guint     started;
  guint     length;
} TaskChain;

static void
task_chain_func (TaTask *task, gpointer data)
{
  TaskChain            *chain = data;
  g_autoptr (TaPromise) promise = ta_task_take_promise (task);

  g_assert_cmpuint (chain->turn, >, chain->started);
  chain->started = chain->turn;
  if (++chain->length < CHAIN)
    g_object_unref (ta_runner_create_task (chain->runner, task_chain_func, chain, NULL));
  ta_promise_return_boolean (promise, TRUE);
}

/* A task that a task makes on its own runner is no different. */
static void
test_next_turn_for_tasks (void)
{
  TaskChain chain = { ta_runner_get_default (), 0, 0, 0 };
  gint64    end = g_get_monotonic_time () + TEST_DEADLINE_US;

  g_object_unref (ta_runner_create_task (chain.runner, task_chain_func, &chain, NULL));
  while (chain.length < CHAIN)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      chain.turn++;
      g_main_context_iteration (NULL, TRUE);
    }
}

#define NESTED 20

typedef struct
{
  TaFuture *future;
  int       order[3 * NESTED];
  guint     n_order;
  gboolean  inner_timer;
  gboolean  inner_ended;
} Nested;

typedef struct
{
  Nested *nested;
  int     number;
} NestedWait;

static void
note (Nested *self, int number)
{
  g_assert_cmpuint (self->n_order, <, G_N_ELEMENTS (self->order));
  self->order[self->n_order++] = number;
}

static void
inner_sleep_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Nested            *nested = data;
  g_autoptr (GError) error = NULL;

  g_assert_true (ta_sleep_finish (result, &error));
  g_assert_no_error (error);
  nested->inner_timer = TRUE;
}

static void nested_cb (GObject *source, GAsyncResult *result, gpointer data);

static void
start_nested (Nested *self, int number)
{
  NestedWait *wait = g_new (NestedWait, 1);

  wait->nested = self;
  wait->number = number;
  ta_future_wait_async (self->future, TEST_LONG_US, NULL, nested_cb, wait);
}

static void
nested_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree NestedWait *wait = data;
  Nested                *nested = wait->nested;

  finish (source, result);
  note (nested, wait->number);

  /* The sixth of the batch runs a loop: the rest of the batch and new waits go on in there. */
  if (wait->number == 5)
    {
      start_nested (nested, NESTED);
      ta_sleep_async (1000, NULL, inner_sleep_cb, nested);
      TEST_TURN_UNTIL (NULL, nested->n_order == NESTED + 1 && nested->inner_timer);
      nested->inner_ended = TRUE;
    }
}

static void
test_nested_in_callback (void)
{
  g_autoptr (TaPromise) promise = ta_promise_new ();
  Nested                nested = { ta_promise_get_future (promise) };

  for (int i = 0; i < NESTED; i++)
    start_nested (&nested, i);
  ta_promise_return_int (promise, 1);
  TEST_TURN_UNTIL (NULL, nested.inner_ended);

  g_assert_cmpuint (nested.n_order, ==, NESTED + 1);
  for (int i = 0; i <= NESTED; i++)
    g_assert_cmpint (nested.order[i], ==, i);
  g_object_unref (nested.future);
}

typedef struct
{
  Nested   *nested;
  TaRunner *runner;
  int       number;
} NestedTask;

static void
nested_func (TaTask *task, gpointer data)
{
  NestedTask           *self = data;
  g_autoptr (TaPromise) promise = ta_task_take_promise (task);

  note (self->nested, self->number);
  if (self->number == 5)
    {
      ta_sleep_async (1000, NULL, inner_sleep_cb, self->nested);
      TEST_TURN_UNTIL (ta_runner_get_context (self->runner),
                       self->nested->n_order == NESTED && self->nested->inner_timer);
      self->nested->inner_ended = TRUE;
    }
  ta_promise_return_int (promise, self->number);
}

static void
test_nested_in_task (void)
{
  g_autoptr (TaRunner) runner = test_runner_new_started ("nesting");
  Nested               nested = { NULL };
  TaTask              *tasks[NESTED];
  TestGate             blocked;
  TestGate             release;

  test_gate_init (&blocked);
  test_gate_init (&release);
  test_runner_block (runner, &blocked, &release);
  for (int i = 0; i < NESTED; i++)
    {
      NestedTask *task = g_new (NestedTask, 1);

      *task = (NestedTask){ &nested, runner, i };
      tasks[i] = ta_runner_create_task (runner, nested_func, task, g_free);
    }
  test_gate_open (&release);

  for (int i = 0; i < NESTED; i++)
    {
      g_autoptr (GError) error = NULL;

      ta_future_wait (TA_FUTURE (tasks[i]), NULL, TEST_DEADLINE_US, NULL, &error);
      g_assert_no_error (error);
      g_object_unref (tasks[i]);
    }
  test_runner_stop (runner);

  g_assert_true (nested.inner_ended);
  g_assert_cmpuint (nested.n_order, ==, NESTED);
  for (int i = 0; i < NESTED; i++)
    g_assert_cmpint (nested.order[i], ==, i);
  test_gate_clear (&blocked);
  test_gate_clear (&release);
}

int
main (int argc, char *argv[])
{
  test_init (&argc, &argv);

  test_add ("/promise-4/next-turn", test_next_turn);
  test_add ("/promise-4/next-turn-for-tasks", test_next_turn_for_tasks);
  test_add ("/promise-4/nested-in-callback", test_nested_in_callback);
  test_add ("/promise-4/nested-in-task", test_nested_in_task);

  return g_test_run ();
}
