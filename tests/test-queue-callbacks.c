/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * Foreign code that a queue calls: where and when (promise 4), that it may use the queue (6), and
 * that it may let go of it (7). Values that call back are in test-queue-values.c.
 */

#include "test-party.h"

#define CHAIN 1000
#define NESTED 20

typedef struct
{
  TaQueue *queue;
  guint    turn;
  guint    last_turn;
  guint    length;
} Chain;

static void
chain_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Chain *self = data;
  GValue value = G_VALUE_INIT;

  g_assert_true (ta_queue_get_finish (self->queue, result, &value, NULL));
  g_assert_cmpint (test_take_number (&value), ==, self->length++);
  g_assert_cmpuint (self->turn, >, self->last_turn);
  self->last_turn = self->turn;
  if (self->length < CHAIN)
    ta_queue_get_async (self->queue, TEST_LONG_US, NULL, chain_cb, self);
}

/* A get that is started again in its own callback takes a turn each time, items or not. */
static void
test_next_turn (void)
{
  g_autoptr (TaQueue) queue = ta_queue_new (0);
  Chain               chain = { queue, 0, 0, 0 };

  for (gint64 number = 0; number < CHAIN; number++)
    test_queue_put (queue, number);
  ta_queue_get_async (queue, TEST_LONG_US, NULL, chain_cb, &chain);
  while (chain.length < CHAIN)
    {
      chain.turn++;
      g_assert_true (g_main_context_iteration (NULL, FALSE));
    }
  test_queue_check_empty (queue);
}

typedef struct
{
  TaQueue *queue;
  gint64   expected;
  gboolean has_ended;
} Nested;

static void
nested_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Nested *self = data;
  GValue  value = G_VALUE_INIT;

  g_assert_true (ta_queue_get_finish (self->queue, result, &value, NULL));
  g_assert_cmpint (test_take_number (&value), ==, self->expected++);
  if (self->expected != 6)
    return;

  /* The rest of the turn goes on in here, and so does what is new. */
  ta_queue_get_async (self->queue, TEST_LONG_US, NULL, nested_cb, self);
  test_queue_put (self->queue, NESTED);
  TEST_TURN_UNTIL (NULL, self->expected == NESTED + 1);
  self->has_ended = TRUE;
}

static void
put_nested (gpointer queue)
{
  for (gint64 number = 0; number < NESTED; number++)
    test_queue_put (queue, number);
}

static void
test_nested_loop (void)
{
  g_autoptr (TaQueue) queue = ta_queue_new (0);
  Nested              nested = { .queue = queue };

  for (guint i = 0; i < NESTED; i++)
    ta_queue_get_async (queue, TEST_LONG_US, NULL, nested_cb, &nested);
  test_thread_call (put_nested, queue);
  TEST_TURN_UNTIL (NULL, nested.has_ended);
  g_assert_cmpint (nested.expected, ==, NESTED + 1);
  test_queue_check_empty (queue);
}

typedef struct
{
  TaQueue   *queue;
  TestResult get;
  TestResult put;
} Calls;

static void
begin_calls (gpointer data)
{
  Calls *self = data;

  TEST_OUTSIDE (&self->get,
                ta_queue_get_async (self->queue, TEST_LONG_US, NULL, test_result_cb, &self->get));
  TEST_OUTSIDE (&self->put, ta_queue_put_async (self->queue, TA_VALUE_INT (1), TEST_LONG_US, NULL,
                                                test_result_cb, &self->put));
}

static void
begin_calls_in_loop (gpointer data)
{
  Calls *self = data;

  test_result_init (&self->get, g_main_context_get_thread_default ());
  test_result_init (&self->put, g_main_context_get_thread_default ());
  begin_calls (self);
}

static void
check_calls (Calls *self)
{
  GValue value = G_VALUE_INIT;

  g_assert_cmpuint (self->get.calls, ==, 1);
  g_assert_cmpuint (self->put.calls, ==, 1);
  g_assert_true (ta_queue_get_finish (self->queue, self->get.result, &value, NULL));
  g_assert_cmpint (test_take_number (&value), ==, 1);
  g_assert_true (ta_queue_put_finish (self->queue, self->put.result, NULL));
  test_result_clear (&self->get);
  test_result_clear (&self->put);
}

/* Of a plain thread in the main context, of a runner in its own; each call says for itself. */
static void
test_callers_context (void)
{
  g_autoptr (TaRunner) runner = test_runner_new_started ("calling");
  g_autoptr (TaQueue)  queue = ta_queue_new (0);
  Calls                calls = { .queue = queue };

  test_result_init (&calls.get, NULL);
  test_result_init (&calls.put, NULL);
  test_thread_call (begin_calls, &calls);
  g_assert_cmpuint (calls.get.calls + calls.put.calls, ==, 0);
  TEST_TURN_UNTIL (NULL, calls.get.calls == 1 && calls.put.calls == 1);
  check_calls (&calls);

  g_assert_true (ta_runner_call_in_loop (runner, begin_calls_in_loop, &calls, NULL,
                                         TEST_DEADLINE_US, NULL, NULL));
  test_runner_stop (runner);
  check_calls (&calls);
}

/* What foreign code does with the queue: everything that takes its lock, and nothing that waits. */
typedef struct
{
  TaQueue *queue;
  int      calls;
} Foreign;

static void
use_queue (gpointer data)
{
  Foreign                 *self = data;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  /* Calls may lead to calls of their own. */
  if (g_atomic_int_add (&self->calls, 1) >= 100)
    return;

  ta_queue_try_get (self->queue, NULL, NULL);
  ta_queue_try_put (self->queue, TA_VALUE_INT (self->calls), NULL);
  ta_queue_get_wait (self->queue, NULL, 0, NULL, NULL);
  ta_queue_put_wait (self->queue, TA_VALUE_INT (self->calls), 0, NULL, NULL);
  ta_queue_get_async (self->queue, TEST_LONG_US, cancellable, NULL, NULL);
  ta_queue_put_async (self->queue, TA_VALUE_INT (self->calls), TEST_LONG_US, cancellable, NULL,
                      NULL);
  g_cancellable_cancel (cancellable);
  g_assert_cmpuint (ta_queue_get_length (self->queue), <=, 2);
  ta_queue_get_closed (self->queue);
}

static void
use_queue_cb (GObject *object, gpointer data)
{
  use_queue (data);
}

static void
drain (TaQueue *queue)
{
  while (ta_queue_try_get (queue, NULL, NULL))
    ;
}

/* Handlers of the queue's own signals. */
static void
test_handlers (void)
{
  g_autoptr (TaQueue) queue = ta_queue_new (2);
  Foreign             foreign = { queue, 0 };

  g_signal_connect (queue, "items-available", G_CALLBACK (use_queue_cb), &foreign);
  g_signal_connect (queue, "space-available", G_CALLBACK (use_queue_cb), &foreign);
  g_signal_connect_swapped (queue, "notify::closed", G_CALLBACK (use_queue), &foreign);
  test_queue_put (queue, 1);
  test_turn_all (NULL);
  g_assert_cmpint (foreign.calls, >=, 2);
  ta_queue_close (queue);
  drain (queue);
  test_turn_all (NULL);
}

/* Handlers of a cancellable, before and after those of the waits that it ends. */
static void
test_cancellables (void)
{
  for (guint i = 0; i < test_repeats (100); i++)
    {
      g_autoptr (TaQueue) queue = ta_queue_new (2);
      Foreign             foreign = { queue, 0 };
      TestParty           parties[2];

      if (i % 2)
        for (gint64 number = 0; number < 2; number++)
          test_queue_put (queue, number);

      for (guint j = 0; j < 2; j++)
        {
          test_party_begin (&parties[j], queue, i % 2 ? TEST_PUT : TEST_GET,
                            j == 0 ? TEST_IN_THREAD : TEST_IN_MAIN, NULL, 5);
          g_signal_connect (parties[j].cancellable, "cancelled", G_CALLBACK (use_queue_cb),
                            &foreign);
        }
      for (guint j = 0; j < 2; j++)
        {
          /* The handler for the first may serve the second. */
          test_party_cancel (&parties[j]);
          test_party_end (&parties[j]);
        }
      g_assert_cmpint (foreign.calls, ==, 2);
      test_turn_all (NULL);
    }
}

static void
toggle_cb (gpointer data, GObject *object, gboolean is_last_ref)
{
  test_hooks_run (data);
}

static void
put_object (TaQueue *queue, GObject *object)
{
  g_assert_true (ta_queue_try_put (queue, TA_VALUE_OBJECT (object), NULL));
}

/* The queue and its items have the toggle references of a binding. */
static void
test_toggle_references (void)
{
  g_autoptr (TestWorker) worker = test_worker_new ();

  for (guint i = 0; i < test_repeats (50); i++)
    {
      TaQueue  *queue = ta_queue_new (2);
      GObject  *object = g_object_new (G_TYPE_OBJECT, NULL);
      Foreign   foreign = { queue, 0 };
      TestHooks hooks = { use_queue, &foreign, 0, 0, 0 };
      TestParty party;

      g_object_add_toggle_ref (object, toggle_cb, &hooks);
      g_object_unref (object);
      g_object_add_toggle_ref (G_OBJECT (queue), toggle_cb, &hooks);
      g_object_unref (queue);

      /* In and out, refused and freed, with a wait that begins and one that ends. */
      put_object (queue, object);
      drain (queue);
      test_party_begin (&party, queue, TEST_GET, (TestPlace) (i % TEST_N_PLACES), worker, 0);
      test_party_cancel (&party);
      test_party_check_error (&party, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      ta_queue_close (queue);
      g_assert_false (ta_queue_try_put (queue, TA_VALUE_OBJECT (object), NULL));
      drain (queue);
      test_worker_call (worker, NULL, NULL);
      test_turn_all (NULL);
      g_assert_cmpint (foreign.calls, >=, 3);

      hooks.hook = NULL;
      g_object_remove_toggle_ref (G_OBJECT (queue), toggle_cb, &hooks);
      g_object_remove_toggle_ref (object, toggle_cb, &hooks);
    }
}

/* A queue whose last reference somebody drops, with an item that tells when and where it goes. */
typedef struct
{
  TaQueue  *queue;
  TestHooks hooks;
  GThread  *thread;
} Dropped;

static void
freed_cb (gpointer data)
{
  Dropped *self = data;

  self->thread = g_thread_self ();
}

static void
dropped_init (Dropped *self)
{
  GValue value = G_VALUE_INIT;

  *self = (Dropped){ .queue = ta_queue_new (0) };
  test_hooked_value_init (&value, &self->hooks, 1);
  g_assert_true (ta_queue_try_put (self->queue, &value, NULL));
  g_value_unset (&value);
  self->hooks.hook = freed_cb;
  self->hooks.hook_data = self;
  g_object_add_weak_pointer (G_OBJECT (self->queue), (gpointer *) &self->queue);
}

static void
dropped_check (Dropped *self)
{
  g_assert_null (self->queue);
  g_assert_cmpint (g_atomic_int_get (&self->hooks.live), ==, 0);
}

static void
drop (gpointer data)
{
  Dropped *self = data;

  g_object_unref (self->queue);
}

static void
drop_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  drop (data);
}

static void
drop_in_handler_cb (TaQueue *queue, gpointer data)
{
  drop (data);
}

/* In any thread, the runner's own included; what is left in it goes there and then. */
static void
test_unref_in_thread (void)
{
  g_autoptr (TaRunner) runner = test_runner_new_started ("dropping");
  Dropped              dropped;

  dropped_init (&dropped);
  drop (&dropped);
  dropped_check (&dropped);
  g_assert_true (dropped.thread == g_thread_self ());

  dropped_init (&dropped);
  test_thread_call (drop, &dropped);
  dropped_check (&dropped);
  g_assert_true (dropped.thread != g_thread_self ());

  dropped_init (&dropped);
  g_assert_true (
      ta_runner_call_in_loop (runner, drop, &dropped, NULL, TEST_DEADLINE_US, NULL, NULL));
  dropped_check (&dropped);
  test_runner_stop (runner);
}

/* In the callback of a wait, with others pending, and in a handler. */
static void
test_unref_in_callback (void)
{
  Dropped   dropped;
  TestParty party;

  dropped_init (&dropped);
  ta_queue_put_async (dropped.queue, NULL, TEST_LONG_US, NULL, drop_cb, &dropped);
  TEST_TURN_UNTIL (NULL, dropped.queue == NULL);
  dropped_check (&dropped);

  dropped_init (&dropped);
  g_signal_connect (dropped.queue, "items-available", G_CALLBACK (drop_in_handler_cb), &dropped);
  drain (dropped.queue);
  test_queue_put (dropped.queue, 1);
  TEST_TURN_UNTIL (NULL, dropped.queue == NULL);
  dropped_check (&dropped);

  /* The pending wait keeps it until that is over. */
  dropped_init (&dropped);
  drain (dropped.queue);
  test_party_begin (&party, dropped.queue, TEST_GET, TEST_IN_MAIN, NULL, 0);
  g_signal_connect_swapped (party.cancellable, "cancelled", G_CALLBACK (drop), &dropped);
  test_party_cancel (&party);
  g_assert_nonnull (dropped.queue);
  test_party_check_error (&party, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  test_turn_all (NULL);
  dropped_check (&dropped);
}

static void
drop_other (gpointer data)
{
  Dropped *other = data;

  if (other->queue != NULL)
    drop (other);
}

/* By an item of another queue that is just being freed. */
static void
test_unref_in_free (void)
{
  Dropped outer;
  Dropped inner;

  dropped_init (&outer);
  dropped_init (&inner);
  outer.hooks.hook = drop_other;
  outer.hooks.hook_data = &inner;
  drain (outer.queue);
  dropped_check (&inner);
  drop (&outer);
  dropped_check (&outer);
}

int
main (int argc, char *argv[])
{
  test_init (&argc, &argv);

  test_add ("/promise-4/next-turn", test_next_turn);
  test_add ("/promise-4/nested-loop", test_nested_loop);
  test_add ("/promise-4/callers-context", test_callers_context);
  test_add ("/promise-6/handlers", test_handlers);
  test_add ("/promise-6/cancellables", test_cancellables);
  test_add ("/promise-6/toggle-references", test_toggle_references);
  test_add ("/promise-7/unref-in-thread", test_unref_in_thread);
  test_add ("/promise-7/unref-in-callback", test_unref_in_callback);
  test_add ("/promise-7/unref-in-free", test_unref_in_free);

  return g_test_run ();
}
