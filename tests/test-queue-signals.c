/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * Promise 5 of queues: items-available, space-available and notify::closed come in the context that
 * the queue belongs to, whoever caused them. Every handler asserts the thread and the context.
 */

#include "test-party.h"

typedef struct
{
  TestWitness items;
  TestWitness space;
  TestWitness closed;
} Signals;

static void
signal_cb (TaQueue *queue, gpointer witness)
{
  g_assert_true (TA_IS_QUEUE (queue));
  test_witness_see (witness);
}

static void
signals_init (Signals *self, TaQueue *queue, GMainContext *context)
{
  test_witness_init (&self->items, context);
  test_witness_init (&self->space, context);
  test_witness_init (&self->closed, context);
  g_signal_connect (queue, "items-available", G_CALLBACK (signal_cb), &self->items);
  g_signal_connect (queue, "space-available", G_CALLBACK (signal_cb), &self->space);
  g_signal_connect (queue, "notify", G_CALLBACK (test_witness_notify_cb), &self->closed);
}

/* Turns the main context, and checks how often each has come by now. */
#define check_signals(self, n_items, n_space, n_closed)                                            \
  G_STMT_START                                                                                     \
  {                                                                                                \
    test_turn_all (NULL);                                                                          \
    g_assert_cmpuint ((self)->items.count, ==, (n_items));                                         \
    g_assert_cmpuint ((self)->space.count, ==, (n_space));                                         \
    g_assert_cmpuint ((self)->closed.count, ==, (n_closed));                                       \
  }                                                                                                \
  G_STMT_END

static void
cause_all (gpointer queue)
{
  test_queue_put (queue, 1);
  test_queue_get (queue);
  ta_queue_close (queue);
}

/* Whoever causes them, this thread or another: they come in a later turn. */
static void
test_owner_context (void)
{
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (TaQueue) queue = ta_queue_new (1);
      Signals             signals;

      signals_init (&signals, queue, NULL);
      signals.items.inside_call = signals.space.inside_call = signals.closed.inside_call = TRUE;
      if (i == 0)
        cause_all (queue);
      else
        test_thread_call (cause_all, queue);
      signals.items.inside_call = signals.space.inside_call = signals.closed.inside_call = FALSE;
      check_signals (&signals, 1, 1, 1);
      g_signal_handlers_disconnect_matched (queue, G_SIGNAL_MATCH_FUNC, 0, 0, NULL,
                                            test_witness_notify_cb, NULL);
    }
}

typedef struct
{
  TaQueue *queue;
  Signals  signals;
  TestGate seen;
} Elsewhere;

static void
seen_cb (TaQueue *queue, gpointer data)
{
  Elsewhere *self = data;

  test_gate_open (&self->seen);
}

static void
make_elsewhere (gpointer data)
{
  Elsewhere *self = data;

  test_gate_init (&self->seen);
  self->queue = ta_queue_new (1);
  signals_init (&self->signals, self->queue, g_main_context_get_thread_default ());
  g_signal_connect (self->queue, "items-available", G_CALLBACK (seen_cb), self);
  g_signal_connect (self->queue, "space-available", G_CALLBACK (seen_cb), self);
  g_signal_connect_swapped (self->queue, "notify::closed", G_CALLBACK (test_gate_open_cb),
                            &self->seen);
}

static void
check_elsewhere (Elsewhere *self)
{
  test_queue_put (self->queue, 1);
  test_gate_await (&self->seen, 1);
  test_queue_get (self->queue);
  test_gate_await (&self->seen, 2);
  ta_queue_close (self->queue);
  test_gate_await (&self->seen, 3);
}

/* The context is that which was thread-default where the queue was made. */
static void
test_other_context (void)
{
  g_autoptr (TestWorker) worker = test_worker_new ();
  Elsewhere              elsewhere;

  test_worker_call (worker, make_elsewhere, &elsewhere);
  check_elsewhere (&elsewhere);
  test_worker_call (worker, g_object_unref, elsewhere.queue);
  g_assert_cmpuint (elsewhere.signals.items.count, ==, 1);
  g_assert_cmpuint (elsewhere.signals.space.count, ==, 1);
  g_assert_cmpuint (elsewhere.signals.closed.count, ==, 1);
  test_gate_clear (&elsewhere.seen);
}

/* That of a runner, too; once it has ended, nobody is told, and nothing is kept. */
static void
test_runner_context (void)
{
  TaRunner *runner = test_runner_new_started ("telling");
  Elsewhere first;
  Elsewhere second;

  g_assert_true (
      ta_runner_call_in_loop (runner, make_elsewhere, &first, NULL, TEST_DEADLINE_US, NULL, NULL));
  g_assert_true (
      ta_runner_call_in_loop (runner, make_elsewhere, &second, NULL, TEST_DEADLINE_US, NULL, NULL));
  check_elsewhere (&first);
  test_runner_stop (runner);
  g_object_unref (runner);

  g_object_add_weak_pointer (G_OBJECT (second.queue), (gpointer *) &second.queue);
  cause_all (second.queue);
  g_object_unref (first.queue);
  g_object_unref (second.queue);
  g_assert_null (second.queue);
  g_assert_cmpuint (test_gate_get_count (&second.seen), ==, 0);
  test_gate_clear (&first.seen);
  test_gate_clear (&second.seen);
}

/* They tell of a change from nothing to something, and not of each item. */
static void
test_items_available (void)
{
  g_autoptr (TaQueue) queue = ta_queue_new (0);
  TestParty           party;
  Signals             signals;

  signals_init (&signals, queue, NULL);
  test_queue_put (queue, 1);
  check_signals (&signals, 1, 0, 0);
  test_queue_put (queue, 2);
  test_queue_get (queue);
  test_queue_put (queue, 3);
  check_signals (&signals, 1, 0, 0);
  test_queue_get (queue);
  test_queue_get (queue);
  check_signals (&signals, 1, 0, 0);
  test_queue_put (queue, 4);
  check_signals (&signals, 2, 0, 0);
  test_queue_get (queue);

  /* An item that somebody waits for is not available. */
  test_party_begin (&party, queue, TEST_GET, TEST_IN_MAIN, NULL, 0);
  test_queue_put (queue, 5);
  check_signals (&signals, 2, 0, 0);
  test_party_check (&party, 5);

  /* One that gives up is no change. */
  test_party_begin (&party, queue, TEST_GET, TEST_IN_MAIN, NULL, 0);
  test_party_cancel (&party);
  test_party_check_error (&party, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  check_signals (&signals, 2, 0, 0);
  test_queue_put (queue, 6);
  check_signals (&signals, 3, 0, 0);
  g_signal_handlers_disconnect_by_data (queue, &signals.closed);
}

static void
test_space_available (void)
{
  g_autoptr (TaQueue) queue = ta_queue_new (2);
  TestParty           party;
  Signals             signals;

  signals_init (&signals, queue, NULL);
  test_queue_put (queue, 1);
  test_queue_get (queue);
  test_queue_put (queue, 2);
  test_queue_put (queue, 3);
  check_signals (&signals, 1, 0, 0);
  test_queue_get (queue);
  check_signals (&signals, 1, 1, 0);
  test_queue_get (queue);
  check_signals (&signals, 1, 1, 0);

  /* Space that somebody waits for is not available. */
  test_queue_put (queue, 4);
  test_queue_put (queue, 5);
  test_party_begin (&party, queue, TEST_PUT, TEST_IN_MAIN, NULL, 6);
  test_queue_get (queue);
  check_signals (&signals, 2, 1, 0);
  test_party_check (&party, 6);

  /* One that gives up makes no more space than there was. */
  test_party_begin (&party, queue, TEST_PUT, TEST_IN_MAIN, NULL, 7);
  test_party_cancel (&party);
  test_party_check_error (&party, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  check_signals (&signals, 2, 1, 0);
  test_queue_get (queue);
  check_signals (&signals, 2, 2, 0);
  g_signal_handlers_disconnect_by_data (queue, &signals.closed);
}

static void
test_closed (void)
{
  g_autoptr (TaQueue) queue = ta_queue_new (1);
  Signals             signals;

  signals_init (&signals, queue, NULL);
  ta_queue_close (queue);
  ta_queue_close (queue);
  check_signals (&signals, 0, 0, 1);
  ta_queue_close (queue);
  g_assert_false (ta_queue_try_put (queue, TA_VALUE_INT (1), NULL));
  check_signals (&signals, 0, 0, 1);
  g_signal_handlers_disconnect_by_data (queue, &signals.closed);
}

static void
wobble (gpointer queue)
{
  for (gint64 number = 0; number < 1000; number++)
    {
      test_queue_put (queue, number);
      g_assert_cmpint (test_queue_get (queue), ==, number);
    }
}

static gpointer
wobble_thread (gpointer queue)
{
  wobble (queue);
  ta_queue_close (queue);

  return NULL;
}

typedef struct
{
  TestWitness witness;
  guint       turn;
  guint       last_turn;
} Coalesced;

static void
coalesced_cb (TaQueue *queue, gpointer data)
{
  Coalesced *self = data;

  test_witness_see (&self->witness);
  g_assert_cmpuint (self->turn, !=, self->last_turn);
  self->last_turn = self->turn;
}

/* A thousand changes are one signal of each kind per turn at most. */
static void
test_coalesced (void)
{
  g_autoptr (TaQueue) queue = ta_queue_new (1);
  Coalesced           items = { .turn = 1 };
  Coalesced           space = { .turn = 1 };
  GThread            *thread;

  test_witness_init (&items.witness, NULL);
  test_witness_init (&space.witness, NULL);
  g_signal_connect (queue, "items-available", G_CALLBACK (coalesced_cb), &items);
  g_signal_connect (queue, "space-available", G_CALLBACK (coalesced_cb), &space);
  test_thread_call (wobble, queue);
  test_turn_all (NULL);
  g_assert_cmpuint (items.witness.count, ==, 1);
  g_assert_cmpuint (space.witness.count, ==, 1);

  thread = g_thread_new ("wobbler", wobble_thread, queue);
  while (!ta_queue_get_closed (queue) || g_main_context_pending (NULL))
    {
      space.turn = ++items.turn;
      g_main_context_iteration (NULL, FALSE);
    }
  g_thread_join (thread);
  g_assert_cmpuint (items.witness.count, >, 1);
  g_assert_cmpuint (space.witness.count, >, 1);
}

G_GNUC_NORETURN static void
forbidden_cb (TaQueue *queue, gpointer data)
{
  g_assert_not_reached ();
}

/* Who has disconnected hears nothing, even of what happened before. */
static void
test_disconnected (void)
{
  static const char *const signals[] = { "items-available", "space-available" };
  g_autoptr (TaQueue)      queue = ta_queue_new (1);
  gulong                   ids[G_N_ELEMENTS (signals)];

  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    ids[i] = g_signal_connect (queue, signals[i], G_CALLBACK (forbidden_cb), NULL);
  wobble (queue);
  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    g_signal_handler_disconnect (queue, ids[i]);
  test_turn_all (NULL);
}

/* What is on its way keeps the queue; where nobody listens, nothing is on its way. */
static void
test_keeps_queue (void)
{
  TaQueue *queue = ta_queue_new (1);
  TaQueue *unheard = ta_queue_new (1);
  Signals  signals;

  g_object_add_weak_pointer (G_OBJECT (queue), (gpointer *) &queue);
  signals_init (&signals, queue, NULL);
  cause_all (queue);
  g_object_unref (queue);
  g_assert_nonnull (queue);
  check_signals (&signals, 1, 1, 1);
  g_assert_null (queue);

  g_object_add_weak_pointer (G_OBJECT (unheard), (gpointer *) &unheard);
  cause_all (unheard);
  g_assert_false (g_main_context_iteration (NULL, FALSE));
  g_object_unref (unheard);
  g_assert_null (unheard);
}

/* One side that only acts when it is told, against threads that only try. */
#define THREADS 3

typedef struct
{
  TaQueue *queue;
  gint64   n_items;
  gint64   n_seen;
  gint64   sum;
} Told;

static gpointer
put_all_thread (gpointer data)
{
  Told *self = data;

  for (gint64 number = 1; number <= self->n_items; number++)
    {
      while (!ta_queue_try_put (self->queue, TA_VALUE_INT (number), NULL))
        g_thread_yield ();
    }

  return NULL;
}

static void
get_all_cb (TaQueue *queue, gpointer data)
{
  Told  *self = data;
  GValue value = G_VALUE_INIT;

  while (ta_queue_try_get (queue, &value, NULL))
    {
      self->sum += test_take_number (&value);
      self->n_seen++;
    }
  g_value_unset (&value);
}

/* Who takes all there is whenever told that there is something gets everything. */
static void
test_told_of_every_item (void)
{
  static const guint capacities[] = { 0, 1, 10 };
  const gint64       n = test_repeats (3000);

  for (guint i = 0; i < G_N_ELEMENTS (capacities); i++)
    {
      g_autoptr (TaQueue) queue = ta_queue_new (capacities[i]);
      Told                told = { .queue = queue, .n_items = n };
      GThread            *threads[THREADS];

      g_signal_connect (queue, "items-available", G_CALLBACK (get_all_cb), &told);
      for (guint j = 0; j < THREADS; j++)
        threads[j] = g_thread_new ("putter", put_all_thread, &told);
      TEST_TURN_UNTIL (NULL, told.n_seen == THREADS * n);
      for (guint j = 0; j < THREADS; j++)
        g_thread_join (threads[j]);
      g_assert_cmpint (told.sum, ==, THREADS * n * (n + 1) / 2);
      test_queue_check_empty (queue);
    }
}

static gpointer
get_all_thread (gpointer data)
{
  Told  *self = data;
  GValue value = G_VALUE_INIT;

  while (ta_queue_get_wait (self->queue, &value, TEST_DEADLINE_US, NULL, NULL))
    test_take_number (&value);

  return NULL;
}

static void
put_all_cb (TaQueue *queue, gpointer data)
{
  Told *self = data;

  while (self->n_seen < self->n_items &&
         ta_queue_try_put (queue, TA_VALUE_INT (self->n_seen + 1), NULL))
    self->n_seen++;
}

/* Who fills the queue whenever told that there is space gets rid of everything. */
static void
test_told_of_every_space (void)
{
  static const guint capacities[] = { 1, 2, 10 };
  const gint64       n = test_repeats (5000);

  for (guint i = 0; i < G_N_ELEMENTS (capacities); i++)
    {
      g_autoptr (TaQueue) queue = ta_queue_new (capacities[i]);
      Told                told = { .queue = queue, .n_items = n };
      GThread            *thread = g_thread_new ("getter", get_all_thread, &told);

      g_signal_connect (queue, "space-available", G_CALLBACK (put_all_cb), &told);
      put_all_cb (queue, &told);
      TEST_TURN_UNTIL (NULL, told.n_seen == n);
      ta_queue_close (queue);
      g_thread_join (thread);
      test_queue_check_empty (queue);
    }
}

int
main (int argc, char *argv[])
{
  test_init (&argc, &argv);

  test_add ("/promise-5/owner-context", test_owner_context);
  test_add ("/promise-5/other-context", test_other_context);
  test_add ("/promise-5/runner-context", test_runner_context);
  test_add ("/promise-5/items-available", test_items_available);
  test_add ("/promise-5/space-available", test_space_available);
  test_add ("/promise-5/closed", test_closed);
  test_add ("/promise-5/coalesced", test_coalesced);
  test_add ("/promise-5/none-after-disconnect", test_disconnected);
  test_add ("/promise-5/keeps-queue", test_keeps_queue);
  test_add ("/promise-5/told-of-every-item", test_told_of_every_item);
  test_add ("/promise-5/told-of-every-space", test_told_of_every_space);

  return g_test_run ();
}
