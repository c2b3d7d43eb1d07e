/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * Waiting for an event: every wait ends, once (promise 2), all who wait are let through in the order
 * in which they came (3), and what is called may do as it likes (4, 6, 7). What is refused is in
 * test-event.c.
 */

#include "test-party.h"

#define PARTIES 100
#define SHORT_US 2000

static void
set_and_clear (gpointer event)
{
  ta_event_set (event);
  ta_event_clear (event);
}

/* Whoever waits at that moment is let through, be it ever so short; who comes later is not. */
static void
test_pulse (void)
{
  g_autoptr (TestWorker) worker = test_worker_new ();
  g_autoptr (TaEvent)    event = ta_event_new ();
  TestParty              parties[PARTIES];
  TestParty              late;

  for (guint i = 0; i < PARTIES; i++)
    test_party_begin (&parties[i], event, TEST_WAIT, (TestPlace) (i % TEST_N_PLACES), worker, i);
  set_and_clear (event);
  test_party_begin (&late, event, TEST_WAIT, TEST_IN_MAIN, NULL, 0);
  for (guint i = 0; i < PARTIES; i++)
    test_party_check (&parties[i], i);

  test_turn_all (NULL);
  g_assert_false (test_party_has_ended (&late));
  g_assert_false (ta_event_get_is_set (event));
  test_thread_call (set_and_clear, event);
  test_party_check (&late, 0);
}

typedef struct
{
  TestWitness witness;
  TaEvent    *event;
  guint       next;
} Order;

typedef struct
{
  Order *order;
  guint  number;
} Ordered;

static void
ordered_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Ordered *self = data;

  test_witness_see (&self->order->witness);
  g_assert_true (ta_event_wait_finish (self->order->event, result, NULL));
  g_assert_cmpuint (self->order->next, ==, self->number);
  self->order->next++;
}

/* In each context those who came first are called back first. */
static void
test_in_order (void)
{
  g_autoptr (TaEvent) event = ta_event_new ();
  Order               order = { .event = event };
  Ordered             waits[PARTIES];

  test_witness_init (&order.witness, NULL);
  for (guint i = 0; i < PARTIES; i++)
    {
      waits[i] = (Ordered){ &order, i };
      ta_event_wait_async (event, TEST_LONG_US, NULL, ordered_cb, &waits[i]);
    }
  test_turn_all (NULL);
  g_assert_cmpuint (order.next, ==, 0);
  test_thread_call (set_and_clear, event);
  TEST_TURN_UNTIL (NULL, order.next == PARTIES);
}

/* A wait that gives up leaves the line, and nothing of it stays behind. */
static void
test_given_up (void)
{
  g_autoptr (TestWorker) worker = test_worker_new ();
  g_autoptr (TaEvent)    event = ta_event_new ();
  TestParty              parties[4 * TEST_N_PLACES];

  for (guint i = 0; i < G_N_ELEMENTS (parties); i++)
    test_party_begin_timed (&parties[i], event, TEST_WAIT, (TestPlace) (i % TEST_N_PLACES), worker,
                            i, i / TEST_N_PLACES == 1 ? SHORT_US : TEST_LONG_US);
  for (guint i = 0; i < TEST_N_PLACES; i++)
    {
      test_party_check_error (&parties[TEST_N_PLACES + i], G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
      test_party_cancel (&parties[2 * TEST_N_PLACES + i]);
      test_party_check_error (&parties[2 * TEST_N_PLACES + i], G_IO_ERROR, G_IO_ERROR_CANCELLED);
    }
  set_and_clear (event);
  for (guint i = 0; i < TEST_N_PLACES; i++)
    {
      test_party_check (&parties[i], i);
      test_party_check (&parties[3 * TEST_N_PLACES + i], 3 * TEST_N_PLACES + i);
    }
}

static gpointer
pulse_thread (gpointer data)
{
  gpointer *event_and_end = data;

  while (!g_atomic_int_get ((int *) event_and_end[1]))
    {
      set_and_clear (event_and_end[0]);
      g_thread_yield ();
    }

  return NULL;
}

/* However close a pulse, a cancel and a timeout come: each wait ends, once, and as it may. */
static void
test_races (void)
{
  g_autoptr (TestWorker) worker = test_worker_new ();
  g_autoptr (TaEvent)    event = ta_event_new ();
  int                    is_over = FALSE;
  gpointer               event_and_end[2] = { event, &is_over };
  GThread               *thread = g_thread_new ("pulse", pulse_thread, event_and_end);

  for (guint i = 0; i < test_repeats (1000); i++)
    {
      TestParty party;
      gboolean  cancels = g_test_rand_bit ();

      test_party_begin_timed (&party, event, TEST_WAIT, (TestPlace) (i % TEST_N_PLACES), worker, 0,
                              g_test_rand_bit () ? g_test_rand_int_range (0, 50) : TEST_LONG_US);
      if (cancels)
        test_party_cancel (&party);
      test_party_end (&party);
    }
  g_atomic_int_set (&is_over, TRUE);
  g_thread_join (thread);
}

/* An asynchronous wait keeps its event, and so does a thread that is blocked. */
static void
test_kept_alive (void)
{
  TaEvent  *event = ta_event_new ();
  TestParty party;

  g_object_add_weak_pointer (G_OBJECT (event), (gpointer *) &event);
  test_party_begin (&party, event, TEST_WAIT, TEST_IN_MAIN, NULL, 0);
  g_object_unref (event);
  g_assert_nonnull (event);
  ta_event_set (event);
  g_assert_nonnull (event);
  test_party_check (&party, 0);
  test_turn_all (NULL);
  g_assert_null (event);

  for (guint i = 0; i < test_repeats (200); i++)
    {
      event = ta_event_new ();
      test_party_begin (&party, event, TEST_WAIT, TEST_IN_THREAD, NULL, 0);
      ta_event_set (event);
      g_object_unref (event);
      test_party_check (&party, 0);
    }
}

/* What foreign code does with the event: everything that takes its lock, and nothing that waits. */
typedef struct
{
  TaEvent *event;
  int      calls;
} Foreign;

static void
use_event (gpointer data)
{
  Foreign                 *self = data;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  if (g_atomic_int_add (&self->calls, 1) >= 100)
    return;

  ta_event_wait_async (self->event, TEST_LONG_US, cancellable, NULL, NULL);
  g_cancellable_cancel (cancellable);
  ta_event_wait (self->event, 0, NULL, NULL);
  set_and_clear (self->event);
}

static void
toggle_cb (gpointer data, GObject *object, gboolean is_last_ref)
{
  test_hooks_run (data);
}

/* Its handlers, those of a cancellable, and the toggle references of a binding use the event. */
static void
test_call_back (void)
{
  g_autoptr (TestWorker) worker = test_worker_new ();

  for (guint i = 0; i < test_repeats (100); i++)
    {
      TaEvent  *event = ta_event_new ();
      Foreign   foreign = { event, 0 };
      TestHooks hooks = { use_event, &foreign, 0, 0, 0 };
      TestParty cancelled;
      TestParty served;

      g_signal_connect_swapped (event, "notify::is-set", G_CALLBACK (use_event), &foreign);
      g_object_add_toggle_ref (G_OBJECT (event), toggle_cb, &hooks);
      g_object_unref (event);

      test_party_begin (&cancelled, event, TEST_WAIT, (TestPlace) (i % TEST_N_PLACES), worker, 0);
      g_signal_connect_swapped (cancelled.cancellable, "cancelled", G_CALLBACK (use_event),
                                &foreign);
      test_party_cancel (&cancelled);
      test_party_end (&cancelled);
      test_party_begin (&served, event, TEST_WAIT, (TestPlace) (i % TEST_N_PLACES), worker, 0);
      set_and_clear (event);
      test_party_check (&served, 0);
      test_worker_call (worker, NULL, NULL);
      test_turn_all (NULL);
      g_assert_cmpint (foreign.calls, >=, 3);

      hooks.hook = NULL;
      g_object_remove_toggle_ref (G_OBJECT (event), toggle_cb, &hooks);
    }
}

typedef struct
{
  TaEvent *event;
  guint    turn;
  guint    last_turn;
  guint    length;
} Chain;

static void
chain_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Chain *self = data;

  g_assert_true (ta_event_wait_finish (self->event, result, NULL));
  g_assert_cmpuint (self->turn, >, self->last_turn);
  self->last_turn = self->turn;
  if (++self->length < 100)
    ta_event_wait_async (self->event, TEST_LONG_US, NULL, chain_cb, self);
}

/* A wait that is started again in its own callback takes a turn each time. */
static void
test_next_turn (void)
{
  g_autoptr (TaEvent) event = ta_event_new ();
  Chain               chain = { event, 0, 0, 0 };

  ta_event_set (event);
  ta_event_wait_async (event, TEST_LONG_US, NULL, chain_cb, &chain);
  while (chain.length < 100)
    {
      chain.turn++;
      g_assert_true (g_main_context_iteration (NULL, FALSE));
    }
}

static void
drop_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_object_unref (source);
}

/* The last reference may go in a callback, a handler, a thread and a runner. */
static void
test_unref (void)
{
  g_autoptr (TaRunner) runner = test_runner_new_started ("dropping");

  for (guint i = 0; i < 4; i++)
    {
      TaEvent *event = ta_event_new ();

      g_object_add_weak_pointer (G_OBJECT (event), (gpointer *) &event);
      if (i == 0)
        ta_event_wait_async (event, TEST_LONG_US, NULL, drop_cb, NULL);
      else if (i == 1)
        g_signal_connect (event, "notify::is-set", G_CALLBACK (g_object_unref), NULL);
      ta_event_set (event);
      if (i == 2)
        test_thread_call (g_object_unref, event);
      else if (i == 3)
        g_assert_true (ta_runner_call_in_loop (runner, g_object_unref, event, NULL,
                                               TEST_DEADLINE_US, NULL, NULL));
      TEST_TURN_UNTIL (NULL, event == NULL);
    }
  test_runner_stop (runner);
}

int
main (int argc, char *argv[])
{
  test_init (&argc, &argv);

  test_add ("/promise-2/kept-alive", test_kept_alive);
  test_add ("/promise-2/races", test_races);
  test_add ("/promise-2/given-up", test_given_up);
  test_add ("/promise-3/pulse", test_pulse);
  test_add ("/promise-3/in-order", test_in_order);
  test_add ("/promise-4/next-turn", test_next_turn);
  test_add ("/promise-6/call-back", test_call_back);
  test_add ("/promise-7/unref", test_unref);

  return g_test_run ();
}
