/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * Promise 4, where a context is flooded: everything is called back in order, and everybody else in
 * the context goes on, whatever their priority.
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

#define FLOODERS 2
#define MAX_OUTSTANDING 3000

/* A flood of the main context's inbox that never ebbs, by itself and from two threads. */
typedef struct
{
  TaRunner *runner;
  TaFuture *future;
  int       quit;
  int       outstanding[FLOODERS];
  int       expected[FLOODERS];
  guint     n_chained;
  guint     chains;
  guint     n_flooders;
} Flood;

typedef struct
{
  Flood *flood;
  int    flooder;
  int    number;
} Drop;

static void
drop_func (TaTask *task, gpointer data)
{
  Drop                 *drop = data;
  Flood                *flood = drop->flood;
  g_autoptr (TaPromise) promise = ta_task_take_promise (task);

  g_assert_cmpint (drop->number, ==, flood->expected[drop->flooder]);
  flood->expected[drop->flooder]++;
  g_atomic_int_add (&flood->outstanding[drop->flooder], -1);
  ta_promise_return_int (promise, 1);
}

typedef struct
{
  Flood *flood;
  int    flooder;
} Flooder;

static gpointer
flood_thread (gpointer data)
{
  Flooder *self = data;
  Flood   *flood = self->flood;
  int      number = 0;

  while (!g_atomic_int_get (&flood->quit))
    {
      Drop *drop;

      if (g_atomic_int_get (&flood->outstanding[self->flooder]) >= MAX_OUTSTANDING)
        {
          g_thread_yield ();
          continue;
        }
      drop = g_new (Drop, 1);
      *drop = (Drop){ flood, self->flooder, number++ };
      g_atomic_int_inc (&flood->outstanding[self->flooder]);
      g_object_unref (ta_runner_create_task (flood->runner, drop_func, drop, g_free));
    }

  return NULL;
}

static void
flood_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Flood *flood = data;

  finish (source, result);
  flood->n_chained++;
  if (g_atomic_int_get (&flood->quit))
    flood->chains--;
  else
    ta_future_wait_async (flood->future, TEST_LONG_US, NULL, flood_cb, flood);
}

static gboolean
count_cb (gpointer count)
{
  ++*(guint *) count;

  return G_SOURCE_CONTINUE;
}

static GSource *
attach_counter (GSource *source, int priority, guint *count)
{
  g_source_set_priority (source, priority);
  g_source_set_callback (source, count_cb, count, NULL);
  g_source_attach (source, NULL);

  return source;
}

static void
flood_start (Flood *self, Flooder *flooders, GThread **threads)
{
  self->future = new_done_future ();
  for (guint i = 0; i < self->chains; i++)
    ta_future_wait_async (self->future, TEST_LONG_US, NULL, flood_cb, self);

  for (guint i = 0; i < self->n_flooders; i++)
    {
      flooders[i] = (Flooder){ self, (int) i };
      threads[i] = g_thread_new ("flooder", flood_thread, &flooders[i]);
    }
}

static gboolean
flood_is_over (Flood *self)
{
  return self->chains == 0 && g_atomic_int_get (&self->outstanding[0]) == 0 &&
         g_atomic_int_get (&self->outstanding[1]) == 0;
}

static void
flood_stop (Flood *self, GThread **threads)
{
  g_atomic_int_set (&self->quit, TRUE);
  for (guint i = 0; i < self->n_flooders; i++)
    g_thread_join (threads[i]);
}

/* Runs the flood until other sources, which are let go of, and itself have come far enough. */
static void
run_flood (guint    chains,
           guint    n_flooders,
           GSource *first,
           guint   *first_count,
           GSource *second,
           guint   *second_count)
{
  Flood flood = { .runner = ta_runner_get_default (), .chains = chains, .n_flooders = n_flooders };
  Flooder  flooders[FLOODERS];
  GThread *threads[FLOODERS];

  flood_start (&flood, flooders, threads);

  /* Again and again: each goes on while the others do, and not only before they began. */
  for (guint round = 0; round < 3; round++)
    {
      guint first_goal = *first_count + 10;
      guint second_goal = *second_count + 10;
      guint chain_goal = flood.n_chained + 10 * chains;
      int   task_goals[FLOODERS];

      for (guint i = 0; i < FLOODERS; i++)
        task_goals[i] = i < n_flooders ? flood.expected[i] + 100 : 0;

      TEST_TURN_UNTIL (NULL, *first_count >= first_goal && *second_count >= second_goal &&
                                 flood.n_chained >= chain_goal &&
                                 flood.expected[0] >= task_goals[0] &&
                                 flood.expected[1] >= task_goals[1]);
    }

  g_source_destroy (first);
  g_source_unref (first);
  g_source_destroy (second);
  g_source_unref (second);

  flood_stop (&flood, threads);
  TEST_TURN_UNTIL (NULL, flood_is_over (&flood));
  g_object_unref (flood.future);
}

#define PRIORITY_PAINT (G_PRIORITY_HIGH_IDLE + 20)

/* A window that wants to paint all the time does, and the inbox goes on beside it. */
static void
check_painting (guint chains, guint n_flooders)
{
  guint painted = 0;
  guint timed = 0;

  run_flood (chains, n_flooders, attach_counter (g_idle_source_new (), PRIORITY_PAINT, &painted),
             &painted, attach_counter (g_timeout_source_new (1), G_PRIORITY_DEFAULT, &timed),
             &timed);
}

/* A window that paints its frames in time, and an idle source: both go on, too. */
static void
check_frames_and_idle (guint chains, guint n_flooders)
{
  guint painted = 0;
  guint idled = 0;

  run_flood (chains, n_flooders,
             attach_counter (g_timeout_source_new (5), PRIORITY_PAINT, &painted), &painted,
             attach_counter (g_idle_source_new (), G_PRIORITY_DEFAULT_IDLE, &idled), &idled);
}

static void
test_flood_with_painting (void)
{
  check_painting (64, FLOODERS);
}

static void
test_flood_with_frames_and_idle (void)
{
  check_frames_and_idle (64, FLOODERS);
}

/* One wait for what is there, again and again, is a flood as well: of very short turns. */
static void
test_chain_with_painting (void)
{
  check_painting (1, 0);
}

static void
test_chain_with_frames_and_idle (void)
{
  check_frames_and_idle (1, 0);
}

typedef struct
{
  GSource source;
  int     n_sent;
  int     n_done;
} Trickle;

static void
trickle_func (TaTask *task, gpointer data)
{
  Trickle              *trickle = data;
  g_autoptr (TaPromise) promise = ta_task_take_promise (task);

  trickle->n_done++;
  ta_promise_return_int (promise, 1);
}

/* One more, whenever the last one is done: just when the loop is about to look for what is ready. */
static gboolean
trickle_prepare (GSource *source, int *timeout)
{
  Trickle *trickle = (Trickle *) source;

  *timeout = -1;
  if (trickle->n_sent == trickle->n_done)
    {
      trickle->n_sent++;
      g_object_unref (
          ta_runner_create_task (ta_runner_get_default (), trickle_func, trickle, NULL));
    }

  return FALSE;
}

static GSourceFuncs trickle_funcs = { .prepare = trickle_prepare };

/* Whoever answers each item with the next, so fast that the loop never finds the inbox empty, leaves
 * it empty after each turn all the same. */
static void
test_trickle_with_painting (void)
{
  GSource *source = g_source_new (&trickle_funcs, sizeof (Trickle));
  Trickle *trickle = (Trickle *) source;
  guint    painted = 0;
  GSource *paint = attach_counter (g_idle_source_new (), PRIORITY_PAINT, &painted);

  /* Its prepare() comes before that of the inbox. */
  g_source_set_priority (source, G_PRIORITY_HIGH);
  g_source_attach (source, NULL);

  for (guint round = 0; round < 3; round++)
    {
      guint goal = painted + 10;
      int   trickle_goal = trickle->n_done + 100;

      TEST_TURN_UNTIL (NULL, painted >= goal && trickle->n_done >= trickle_goal);
    }

  g_source_destroy (paint);
  g_source_unref (paint);
  TEST_TURN_UNTIL (NULL, trickle->n_sent == trickle->n_done);
  g_source_destroy (source);
  g_source_unref (source);
}

static gboolean
count_gate_cb (gpointer data)
{
  test_gate_open (data);

  return G_SOURCE_CONTINUE;
}

/* The source goes with the runner's context. */
static void
attach_gate (TaRunner *runner, GSource *source, int priority, TestGate *gate)
{
  g_source_set_priority (source, priority);
  g_source_set_callback (source, count_gate_cb, gate, NULL);
  g_source_attach (source, ta_runner_get_context (runner));
  g_source_unref (source);
}

/* The same for other sources on a runner's own loop, which nobody paints in. */
static void
test_flood_of_runner (void)
{
  g_autoptr (TaRunner) runner = test_runner_new_started ("flooded");
  Flood                flood = { .runner = runner, .n_flooders = FLOODERS };
  Flooder              flooders[FLOODERS];
  GThread             *threads[FLOODERS];
  TestGate             timed;
  TestGate             idled;

  test_gate_init (&timed);
  test_gate_init (&idled);
  flood_start (&flood, flooders, threads);
  attach_gate (runner, g_timeout_source_new (5), PRIORITY_PAINT, &timed);
  attach_gate (runner, g_idle_source_new (), G_PRIORITY_DEFAULT_IDLE, &idled);
  test_gate_await (&timed, 20);
  test_gate_await (&idled, 20);

  flood_stop (&flood, threads);
  test_runner_stop (runner);
  g_assert_true (flood_is_over (&flood));
  g_object_unref (flood.future);
  test_gate_clear (&timed);
  test_gate_clear (&idled);
}

typedef struct
{
  TaFuture *future;
  int       quit;
} RunnerChain;

static void
runner_chain_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  RunnerChain *chain = data;

  finish (source, result);
  if (!g_atomic_int_get (&chain->quit))
    ta_future_wait_async (chain->future, TEST_LONG_US, NULL, runner_chain_cb, chain);
}

static void
start_runner_chain (gpointer data)
{
  RunnerChain *chain = data;

  ta_future_wait_async (chain->future, TEST_LONG_US, NULL, runner_chain_cb, chain);
}

/* The same with one wait for what is there, again and again. */
static void
test_chain_in_runner (void)
{
  g_autoptr (TaRunner) runner = test_runner_new_started ("chained");
  g_autoptr (TaFuture) future = new_done_future ();
  RunnerChain          chain = { future, FALSE };
  TestGate             idled;

  test_gate_init (&idled);
  g_assert_true (ta_runner_call_in_loop (runner, start_runner_chain, &chain, NULL, TEST_DEADLINE_US,
                                         NULL, NULL));
  attach_gate (runner, g_idle_source_new (), G_PRIORITY_DEFAULT_IDLE, &idled);
  test_gate_await (&idled, 20);
  g_atomic_int_set (&chain.quit, TRUE);
  test_runner_stop (runner);
  test_gate_clear (&idled);
}

static void
linger_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  guint *n_done = data;
  gint64 end = g_get_monotonic_time () + 20000;

  finish (source, result);
  ++*n_done;
  while (g_get_monotonic_time () < end)
    g_thread_yield ();
}

/* A turn that has taken too long, and was the last: nothing is left behind in the context. */
static void
test_long_turn_is_the_last (void)
{
  for (guint n_turns = 0; n_turns < 2; n_turns++)
    {
      GMainContext        *context = g_main_context_new ();
      g_autoptr (TaFuture) future = new_done_future ();
      TestGate             gone;
      guint                n_done = 0;

      test_gate_init (&gone);
      test_context_watch (context, &gone);
      g_main_context_push_thread_default (context);
      ta_future_wait_async (future, TEST_LONG_US, NULL, linger_cb, &n_done);
      TEST_TURN_UNTIL (context, n_done == 1);
      for (guint i = 0; i < n_turns; i++)
        g_main_context_iteration (context, FALSE);
      g_main_context_pop_thread_default (context);
      g_main_context_unref (context);
      g_assert_cmpuint (test_gate_get_count (&gone), ==, 1);
      test_gate_clear (&gone);
    }
}

/* After it there is one iteration for others, whether or not there is more, and then the loop can
 * sleep. */
static void
test_long_turn_then_rest (void)
{
  g_autoptr (TaFuture) future = new_done_future ();
  guint                n_done = 0;
  guint                painted = 0;
  GSource             *paint;

  ta_future_wait_async (future, TEST_LONG_US, NULL, linger_cb, &n_done);
  ta_future_wait_async (future, TEST_LONG_US, NULL, linger_cb, &n_done);
  TEST_TURN_UNTIL (NULL, n_done == 1);
  paint = attach_counter (g_idle_source_new (), PRIORITY_PAINT, &painted);
  g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (painted, ==, 1);
  g_assert_cmpuint (n_done, ==, 1);
  g_source_destroy (paint);
  g_source_unref (paint);
  TEST_TURN_UNTIL (NULL, n_done == 2);
  test_turn_all (NULL);
  g_assert_false (g_main_context_pending (NULL));
}

int
main (int argc, char *argv[])
{
  test_init (&argc, &argv);

  test_add ("/promise-4/flood-with-painting", test_flood_with_painting);
  test_add ("/promise-4/flood-with-frames-and-idle", test_flood_with_frames_and_idle);
  test_add ("/promise-4/chain-with-painting", test_chain_with_painting);
  test_add ("/promise-4/chain-with-frames-and-idle", test_chain_with_frames_and_idle);
  test_add ("/promise-4/trickle-with-painting", test_trickle_with_painting);
  test_add ("/promise-4/long-turn-is-the-last", test_long_turn_is_the_last);
  test_add ("/promise-4/long-turn-then-rest", test_long_turn_then_rest);
  test_add ("/promise-4/flood-of-runner", test_flood_of_runner);
  test_add ("/promise-4/chain-in-runner", test_chain_in_runner);

  return g_test_run ();
}
