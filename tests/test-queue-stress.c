/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * Promises 1 to 3 of a queue under random use: threads and asynchronous chains of several contexts
 * put and get in every form, give up, are cancelled, are stopped with their runner, and the queue is
 * closed under them. In the end each item must be where it belongs. Everybody's choices come from
 * the program's seed: --seed repeats them. With -m slow there are more rounds.
 */

#include "test-party.h"

#define N_ACTORS 18 /* one half puts, the other gets */
#define MAX_OPERATIONS 200

typedef enum
{
  REFUSED,
  ACCEPTED,
  UNKNOWN, /* its runner was stopped before it could be called back */
} Fate;

typedef struct _Round Round;

/* One who puts or gets, one thing after the other; everything belongs to its thread. */
typedef struct
{
  Round    *round;
  gint64    id;
  TestPlace place; /* here TEST_N_PLACES stands for the runner */
  GRand    *rand;
  guint     n_operations;
  guint     n_done;
  guint     closes_after;
  gint64    timeout_us;
  gboolean  is_over;
  GThread  *thread;

  guint8        fates[MAX_OPERATIONS]; /* of the items that it put */
  GArray       *got;                   /* the items that it got */
  GCancellable *cancellable;
} Actor;

struct _Round
{
  TaQueue    *queue;
  TestWorker *worker;
  TaRunner   *runner;
  gboolean    stops_runner;
  Actor       actors[N_ACTORS];
  int         n_putting; /* atomic */
  int         n_acting;  /* atomic */
  TestWitness items;
  guint32     seed;

  GMutex        mutex;
  GCancellable *cancellables[N_ACTORS]; /* mutex: of the operations under way */
};

static gboolean
is_putter (Actor *self)
{
  return self->id % 2 == 0;
}

static gint64
item_new (Actor *self)
{
  return self->id << 32 | self->n_done;
}

/* The last who puts closes the queue, so that those who get come to an end. */
static void
actor_end (Actor *self)
{
  Round *round = self->round;

  if (self->is_over)
    return;

  self->is_over = TRUE;
  if (is_putter (self) && g_atomic_int_dec_and_test (&round->n_putting))
    ta_queue_close (round->queue);
  g_atomic_int_add (&round->n_acting, -1);
  g_main_context_wakeup (NULL);
}

static void
actor_set_cancellable (Actor *self, GCancellable *cancellable)
{
  Round        *round = self->round;
  GCancellable *previous;

  g_mutex_lock (&round->mutex);
  previous = round->cancellables[self->id];
  round->cancellables[self->id] = cancellable != NULL ? g_object_ref (cancellable) : NULL;
  g_mutex_unlock (&round->mutex);

  g_clear_object (&previous);
  g_set_object (&self->cancellable, cancellable);
}

/* Chooses how long to wait, and whether somebody may cancel it. */
static void
actor_choose (Actor *self)
{
  g_autoptr (GCancellable) cancellable = NULL;

  switch (g_rand_int_range (self->rand, 0, 4))
    {
    case 0:
      self->timeout_us = 0;
      break;
    case 1:
      self->timeout_us = g_rand_int_range (self->rand, 0, 200);
      break;
    default:
      self->timeout_us = TEST_DEADLINE_US;
    }
  if (g_rand_boolean (self->rand))
    cancellable = g_cancellable_new ();
  actor_set_cancellable (self, cancellable);
}

/* Takes note of what an operation came to; FALSE if it was the last. */
static gboolean
actor_note (Actor *self, gboolean succeeded, GValue *value, GError *error)
{
  gboolean is_last = FALSE;

  if (is_putter (self))
    self->fates[self->n_done] = succeeded ? ACCEPTED : REFUSED;

  if (succeeded)
    {
      g_assert_no_error (error);
      if (!is_putter (self))
        {
          gint64 item = test_take_number (value);

          g_array_append_val (self->got, item);
        }
    }
  else if (g_error_matches (error, TA_ERROR, TA_ERROR_CLOSED))
    {
      g_assert_true (ta_queue_get_closed (self->round->queue));
      is_last = TRUE;
    }
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      is_last = !g_cancellable_is_cancelled (self->cancellable);
      if (is_last)
        g_assert_true (self->round->stops_runner && self->place == TEST_N_PLACES);
    }
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    {
      /* One that waited for as long as this was forgotten. */
      g_assert_cmpint (self->timeout_us, <, TEST_DEADLINE_US);
    }
  else
    {
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
    }

  if (G_IS_VALUE (value))
    g_value_unset (value);
  g_clear_error (&error);

  if (++self->n_done == self->closes_after)
    ta_queue_close (self->round->queue);

  /* Those who get go on until there is nothing more. */
  return !is_last && (!is_putter (self) || self->n_done < self->n_operations);
}

static gboolean
act_once (Actor *self)
{
  TaQueue *queue = self->round->queue;
  GValue   value = G_VALUE_INIT;
  GError  *error = NULL;
  gboolean succeeded;

  actor_choose (self);
  switch (g_rand_int_range (self->rand, 0, 3) == 0 ? 2 + is_putter (self) : is_putter (self))
    {
    case 0:
      succeeded = ta_queue_get_wait (queue, &value, self->timeout_us, self->cancellable, &error);
      break;
    case 1:
      succeeded = ta_queue_put_wait (queue, TA_VALUE_INT (item_new (self)), self->timeout_us,
                                     self->cancellable, &error);
      break;
    case 2:
      succeeded = ta_queue_try_get (queue, &value, &error);
      break;
    default:
      succeeded = ta_queue_try_put (queue, TA_VALUE_INT (item_new (self)), &error);
    }

  return actor_note (self, succeeded, &value, error);
}

static gpointer
act_thread (gpointer data)
{
  Actor *self = data;

  while (act_once (self))
    ;
  actor_end (self);

  return NULL;
}

static void act_cb (GObject *source, GAsyncResult *result, gpointer data);

static void
act_async (gpointer data)
{
  Actor *self = data;

  actor_choose (self);
  if (is_putter (self))
    {
      self->fates[self->n_done] = UNKNOWN;
      ta_queue_put_async (self->round->queue, TA_VALUE_INT (item_new (self)), self->timeout_us,
                          self->cancellable, act_cb, self);
    }
  else
    {
      ta_queue_get_async (self->round->queue, self->timeout_us, self->cancellable, act_cb, self);
    }
}

static void
act_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Actor   *self = data;
  GValue   value = G_VALUE_INIT;
  GError  *error = NULL;
  gboolean succeeded;

  if (is_putter (self))
    succeeded = ta_queue_put_finish (TA_QUEUE (source), result, &error);
  else
    succeeded = ta_queue_get_finish (TA_QUEUE (source), result, &value, &error);

  if (actor_note (self, succeeded, &value, error))
    act_async (self);
  else
    actor_end (self);
}

/* Cancels somebody, again and again, until everybody is through. */
static gpointer
cancel_thread (gpointer data)
{
  Round            *self = data;
  g_autoptr (GRand) rand = g_rand_new_with_seed (self->seed);

  while (g_atomic_int_get (&self->n_acting) > 0)
    {
      g_autoptr (GCancellable) cancellable = NULL;
      guint                    i = (guint) g_rand_int_range (rand, 0, N_ACTORS);

      g_mutex_lock (&self->mutex);
      cancellable = g_steal_pointer (&self->cancellables[i]);
      g_mutex_unlock (&self->mutex);
      if (cancellable != NULL)
        g_cancellable_cancel (cancellable);
      g_usleep (50);
    }

  return NULL;
}

/* Stops the runner under its actors, once somebody has done something. */
static gpointer
stop_thread (gpointer data)
{
  Round *self = data;

  g_usleep (self->seed % 3000);
  test_runner_stop (self->runner);

  /* Those who could not be called back any more. */
  for (guint i = 0; i < N_ACTORS; i++)
    {
      if (self->actors[i].place == TEST_N_PLACES)
        actor_end (&self->actors[i]);
    }

  return NULL;
}

static void
round_begin (Round *self, TestWorker *worker)
{
  static const guint capacities[] = { 0, 1, 1, 2, 3, 10, 100 };

  *self = (Round){ .worker = worker, .n_putting = N_ACTORS / 2, .n_acting = N_ACTORS };
  self->queue =
      ta_queue_new (capacities[g_test_rand_int_range (0, (int) G_N_ELEMENTS (capacities))]);
  self->runner = test_runner_new_started ("stressed");
  self->stops_runner = g_test_rand_bit ();
  self->seed = g_test_rand_int ();
  g_mutex_init (&self->mutex);
  test_witness_init (&self->items, NULL);

  for (guint i = 0; i < N_ACTORS; i++)
    {
      Actor *actor = &self->actors[i];

      actor->round = self;
      actor->id = i;
      actor->place = (TestPlace) (i / 2 % (TEST_N_PLACES + 1));
      actor->rand = g_rand_new_with_seed (g_test_rand_int ());
      actor->n_operations = (guint) g_test_rand_int_range (1, MAX_OPERATIONS);
      actor->closes_after = g_test_rand_int_range (0, 50) == 0 ? actor->n_operations / 2 : 0;
      actor->got = g_array_new (FALSE, FALSE, sizeof (gint64));
    }
}

static void
count_cb (TaQueue *queue, gpointer witness)
{
  test_witness_see (witness);
}

static void
round_run (Round *self)
{
  GThread *canceller, *stopper = NULL;

  g_signal_connect (self->queue, "items-available", G_CALLBACK (count_cb), &self->items);
  g_signal_connect (self->queue, "space-available", G_CALLBACK (count_cb), &self->items);
  for (guint i = 0; i < N_ACTORS; i++)
    {
      Actor *actor = &self->actors[i];

      switch (actor->place)
        {
        case TEST_IN_THREAD:
          actor->thread = g_thread_new ("actor", act_thread, actor);
          break;
        case TEST_IN_MAIN:
          act_async (actor);
          break;
        case TEST_IN_WORKER:
          test_worker_call (self->worker, act_async, actor);
          break;
        case TEST_N_PLACES:
        default:
          g_assert_true (ta_runner_call_in_loop (self->runner, act_async, actor, NULL,
                                                 TEST_DEADLINE_US, NULL, NULL));
        }
    }

  canceller = g_thread_new ("canceller", cancel_thread, self);
  if (self->stops_runner)
    stopper = g_thread_new ("stopper", stop_thread, self);
  TEST_TURN_UNTIL (NULL, g_atomic_int_get (&self->n_acting) == 0);

  for (guint i = 0; i < N_ACTORS; i++)
    g_clear_pointer (&self->actors[i].thread, g_thread_join);
  g_thread_join (canceller);
  g_clear_pointer (&stopper, g_thread_join);
  test_worker_call (self->worker, NULL, NULL);
  if (!self->stops_runner)
    test_runner_stop (self->runner);
  test_turn_all (NULL);
}

/* Counts the items of one who got some; each putter's must come in its order. */
static void
check_got (Round *self, const gint64 *items, guint n_items, guint8 counts[][MAX_OPERATIONS])
{
  gint64 last[N_ACTORS];

  for (guint i = 0; i < N_ACTORS; i++)
    last[i] = -1;

  for (guint i = 0; i < n_items; i++)
    {
      gint64 id = items[i] >> 32, number = items[i] & G_MAXUINT32;

      g_assert_cmpint (id, <, N_ACTORS);
      g_assert_cmpint (number, <, MAX_OPERATIONS);
      counts[id][number]++;

      /* What a runner that stopped gave back has been overtaken by what others got meanwhile. */
      if (!self->stops_runner && number <= last[id])
        g_error ("Item %d of %d came after %d", (int) number, (int) id, (int) last[id]);
      last[id] = number;
    }
}

static void
round_check (Round *self)
{
  guint8             counts[N_ACTORS][MAX_OPERATIONS] = { { 0 } };
  g_autoptr (GArray) rest = g_array_new (FALSE, FALSE, sizeof (gint64));
  GValue             value = G_VALUE_INIT;

  while (ta_queue_try_get (self->queue, &value, NULL))
    {
      gint64 item = test_take_number (&value);

      g_array_append_val (rest, item);
    }
  check_got (self, (const gint64 *) (gpointer) rest->data, rest->len, counts);
  for (guint i = 0; i < N_ACTORS; i++)
    check_got (self, (const gint64 *) (gpointer) self->actors[i].got->data,
               self->actors[i].got->len, counts);

  for (guint i = 0; i < N_ACTORS; i++)
    {
      Actor *actor = &self->actors[i];

      for (guint j = 0; j < MAX_OPERATIONS; j++)
        {
          if (actor->fates[j] == UNKNOWN)
            {
              g_assert_true (self->stops_runner && actor->place == TEST_N_PLACES);
              g_assert_cmpuint (counts[i][j], <=, 1);
            }
          else if (counts[i][j] != (actor->fates[j] == ACCEPTED))
            {
              g_error ("Item %u of %u, which %s, came %u times", j, i,
                       actor->fates[j] == ACCEPTED ? "went in" : "did not go in", counts[i][j]);
            }
        }
    }
}

static void
round_end (Round *self)
{
  for (guint i = 0; i < N_ACTORS; i++)
    {
      actor_set_cancellable (&self->actors[i], NULL);
      g_rand_free (self->actors[i].rand);
      g_array_unref (self->actors[i].got);
    }
  g_object_unref (self->runner);
  g_object_add_weak_pointer (G_OBJECT (self->queue), (gpointer *) &self->queue);
  g_object_unref (self->queue);
  g_assert_null (self->queue);
  g_mutex_clear (&self->mutex);
}

static void
test_random (void)
{
  g_autoptr (TestWorker) worker = test_worker_new ();
  const guint            n_rounds = test_repeats (g_test_slow () ? 5000 : 100);
  Round                 *round = g_new (Round, 1);

  for (guint i = 0; i < n_rounds; i++)
    {
      round_begin (round, worker);
      round_run (round);
      round_check (round);
      round_end (round);
    }
  g_free (round);
}

int
main (int argc, char *argv[])
{
  test_init (&argc, &argv);

  test_add ("/promise-1/random", test_random);

  return g_test_run ();
}
