/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * Promise 1: a get or put that gives up loses and doubles nothing, however close it comes to the
 * put or get that would have served it. The tests don't try to hit one moment: ten thousand waits
 * run past a thread that serves them, and another that cancels them, at times drawn from the
 * program's seed (--seed repeats them). Then every item must be in one place, and all in order.
 */

#include "test-party.h"

#define RACES 10000
#define MAX_BATCH 200

/* Whatever chance does, there is some of both in every test. */
#define MIN_OUTCOMES 20

typedef struct
{
  TaQueue *queue;
  TestJob  job;
  gboolean cancels; /* or times out */
  gboolean is_async;
  guint32  seeds[2];
  int      is_over; /* atomic */

  /* The thread that serves: the next item to put, or those that it got. */
  gint64  next;
  GArray *got;

  /* What may be cancelled. */
  GMutex        mutex;
  GCancellable *cancellables[MAX_BATCH]; /* mutex */
  guint         n_cancellables;          /* mutex */

  /* The test: how many waits ended how, the item to get next, or those that went in. */
  guint   n_pending;
  guint   n_served;
  guint   n_given_up;
  gint64  expected;
  GArray *put;
} Race;

typedef struct
{
  Race         *race;
  gint64        number;
  GCancellable *cancellable;
} RaceWait;

/* Some time that depends on nobody's clock. */
static void
pause_for (int rounds)
{
  volatile int count = 0;

  while (count < rounds)
    count++;
}

/* About as long as it takes until a wait is served or gives up. */
static void
pause_somewhat (Race *self, GRand *rand)
{
  const int rounds = self->is_async ? 5000 : self->cancels ? 100000 : 300000;

  pause_for (g_rand_int_range (rand, 0, rounds));
}

/* Puts for those who get, and gets for those who put; without ever waiting. */
static gpointer
serve_thread (gpointer data)
{
  Race             *self = data;
  g_autoptr (GRand) rand = g_rand_new_with_seed (self->seeds[0]);
  GValue            value = G_VALUE_INIT;

  while (!g_atomic_int_get (&self->is_over))
    {
      gboolean served;

      pause_somewhat (self, rand);
      if (self->job == TEST_GET)
        {
          served = ta_queue_try_put (self->queue, TA_VALUE_INT (self->next), NULL);
          if (served)
            self->next++;
        }
      else
        {
          served = ta_queue_try_get (self->queue, &value, NULL);
          if (served)
            {
              gint64 number = test_take_number (&value);

              g_array_append_val (self->got, number);
            }
        }

      if (!served)
        g_thread_yield ();
    }

  return NULL;
}

static gpointer
cancel_thread (gpointer data)
{
  Race             *self = data;
  g_autoptr (GRand) rand = g_rand_new_with_seed (self->seeds[1]);

  while (!g_atomic_int_get (&self->is_over))
    {
      GCancellable *cancellable = NULL;

      pause_somewhat (self, rand);
      g_mutex_lock (&self->mutex);
      if (self->n_cancellables > 0)
        {
          guint i = (guint) g_rand_int_range (rand, 0, (int) self->n_cancellables);

          cancellable = self->cancellables[i];
          self->cancellables[i] = self->cancellables[--self->n_cancellables];
        }
      g_mutex_unlock (&self->mutex);

      if (cancellable != NULL)
        {
          g_cancellable_cancel (cancellable);
          g_object_unref (cancellable);
        }
      else
        {
          g_thread_yield ();
        }
    }

  return NULL;
}

static gint64
choose_timeout (Race *self)
{
  return self->cancels ? TEST_DEADLINE_US : g_test_rand_int_range (0, self->is_async ? 2000 : 50);
}

/* Returns a new cancellable that will be cancelled at some time, where that is the race. */
static GCancellable *
choose_cancellable (Race *self)
{
  GCancellable *cancellable = NULL;

  if (!self->cancels)
    return NULL;

  cancellable = g_cancellable_new ();
  g_mutex_lock (&self->mutex);
  self->cancellables[self->n_cancellables++] = g_object_ref (cancellable);
  g_mutex_unlock (&self->mutex);

  return cancellable;
}

static void
forget_cancellables (Race *self)
{
  g_mutex_lock (&self->mutex);
  while (self->n_cancellables > 0)
    g_object_unref (self->cancellables[--self->n_cancellables]);
  g_mutex_unlock (&self->mutex);
}

/* Counts the end of a wait; @value is what a get was given, and @number what a put was to put. */
static void
note_end (Race *self, gboolean succeeded, GValue *value, gint64 number, GError *error)
{
  const int code = self->cancels ? G_IO_ERROR_CANCELLED : G_IO_ERROR_TIMED_OUT;

  if (!succeeded)
    {
      g_assert_error (error, G_IO_ERROR, code);
      g_error_free (error);
      self->n_given_up++;
    }
  else
    {
      g_assert_no_error (error);
      self->n_served++;
      if (self->job == TEST_GET)
        g_assert_cmpint (test_take_number (value), ==, self->expected++);
      else
        g_array_append_val (self->put, number);
    }

  if (G_IS_VALUE (value))
    g_value_unset (value);
}

static void
wait_once (Race *self, gint64 number)
{
  g_autoptr (GCancellable) cancellable = choose_cancellable (self);
  GError                  *error = NULL;
  GValue                   value = G_VALUE_INIT;
  gboolean                 succeeded;

  if (self->job == TEST_GET)
    succeeded = ta_queue_get_wait (self->queue, &value, choose_timeout (self), cancellable, &error);
  else
    succeeded = ta_queue_put_wait (self->queue, TA_VALUE_INT (number), choose_timeout (self),
                                   cancellable, &error);
  note_end (self, succeeded, &value, number, error);
}

static void
wait_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  RaceWait *wait = data;
  Race     *self = wait->race;
  GError   *error = NULL;
  GValue    value = G_VALUE_INIT;
  gboolean  succeeded;

  if (self->job == TEST_GET)
    succeeded = ta_queue_get_finish (TA_QUEUE (source), result, &value, &error);
  else
    succeeded = ta_queue_put_finish (TA_QUEUE (source), result, &error);
  note_end (self, succeeded, &value, wait->number, error);

  /* While a turn takes its time, some that wait are served, and then are due. */
  pause_for (g_test_rand_int_range (0, 10000));
  self->n_pending--;
  g_clear_object (&wait->cancellable);
  g_free (wait);
}

/* Has a number of waits stand in line at once: the longer it is, the more race at once. */
static void
wait_async (Race *self, gint64 number, guint n_waits)
{
  self->n_pending = n_waits;
  for (guint i = 0; i < n_waits; i++)
    {
      RaceWait *wait = g_new (RaceWait, 1);

      wait->race = self;
      wait->number = number + i;
      wait->cancellable = choose_cancellable (self);
      if (self->job == TEST_GET)
        ta_queue_get_async (self->queue, choose_timeout (self), wait->cancellable, wait_cb, wait);
      else
        ta_queue_put_async (self->queue, TA_VALUE_INT (wait->number), choose_timeout (self),
                            wait->cancellable, wait_cb, wait);
    }

  TEST_TURN_UNTIL (NULL, self->n_pending == 0);
}

/* What is left in the queue when everything is over is what nobody got. */
static void
check_rest (Race *self)
{
  GValue value = G_VALUE_INIT;

  while (ta_queue_try_get (self->queue, &value, NULL))
    {
      gint64 number = test_take_number (&value);

      if (self->job == TEST_GET)
        g_assert_cmpint (number, ==, self->expected++);
      else
        g_array_append_val (self->got, number);
    }
  g_value_unset (&value);

  if (self->job == TEST_GET)
    {
      g_assert_cmpint (self->expected, ==, self->next);
      return;
    }

  /* Neither more nor less than was put, in the order in which it was. */
  for (guint i = 0; i < MIN (self->got->len, self->put->len); i++)
    g_assert_cmpint (g_array_index (self->got, gint64, i), ==,
                     g_array_index (self->put, gint64, i));
  g_assert_cmpuint (self->got->len, ==, self->put->len);
}

static void
race (TestJob job, gboolean cancels, gboolean is_async)
{
  Race     self = { .job = job, .cancels = cancels, .is_async = is_async };
  GThread *server, *canceller;
  gint64   number = 0;
  gint64   end = g_get_monotonic_time () + TEST_DEADLINE_US;

  self.queue = ta_queue_new (1);
  g_mutex_init (&self.mutex);
  self.seeds[0] = g_test_rand_int ();
  self.seeds[1] = g_test_rand_int ();
  self.got = g_array_new (FALSE, FALSE, sizeof (gint64));
  self.put = g_array_new (FALSE, FALSE, sizeof (gint64));
  server = g_thread_new ("server", serve_thread, &self);
  canceller = g_thread_new ("canceller", cancel_thread, &self);

  while (number < test_repeats (RACES) || self.n_served < MIN_OUTCOMES ||
         self.n_given_up < MIN_OUTCOMES)
    {
      guint n = is_async && g_test_rand_bit () ? g_test_rand_int_range (1, MAX_BATCH + 1) : 1;

      if (g_get_monotonic_time () >= end)
        g_error ("Only %u waits were served and %u gave up", self.n_served, self.n_given_up);
      if (is_async)
        wait_async (&self, number, n);
      else
        wait_once (&self, number);
      forget_cancellables (&self);
      number += n;
    }

  g_atomic_int_set (&self.is_over, TRUE);
  g_thread_join (server);
  g_thread_join (canceller);
  test_turn_all (NULL);
  check_rest (&self);
  g_assert_cmpint (self.n_served + self.n_given_up, ==, number);
  g_test_message ("%u served, %u gave up", self.n_served, self.n_given_up);

  g_array_unref (self.got);
  g_array_unref (self.put);
  g_mutex_clear (&self.mutex);
  g_object_unref (self.queue);
}

static void
test_get_timeout (void)
{
  race (TEST_GET, FALSE, FALSE);
}

static void
test_get_timeout_async (void)
{
  race (TEST_GET, FALSE, TRUE);
}

static void
test_get_cancel (void)
{
  race (TEST_GET, TRUE, FALSE);
}

static void
test_get_cancel_async (void)
{
  race (TEST_GET, TRUE, TRUE);
}

static void
test_put_timeout (void)
{
  race (TEST_PUT, FALSE, FALSE);
}

static void
test_put_timeout_async (void)
{
  race (TEST_PUT, FALSE, TRUE);
}

static void
test_put_cancel (void)
{
  race (TEST_PUT, TRUE, FALSE);
}

static void
test_put_cancel_async (void)
{
  race (TEST_PUT, TRUE, TRUE);
}

typedef struct
{
  TaQueue *queue;
  TestJob  job;
  guint    n_waits;
  guint    n_ended; /* the main context's */
} Ready;

static void
ready_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Ready             *self = data;
  g_autoptr (GError) error = NULL;

  if (self->job == TEST_GET)
    ta_queue_get_finish (TA_QUEUE (source), result, NULL, &error);
  else
    ta_queue_put_finish (TA_QUEUE (source), result, &error);
  g_assert_no_error (error);
  self->n_ended++;
}

static gpointer
ready_thread (gpointer data)
{
  Ready *self = data;

  for (guint i = 0; i < self->n_waits; i++)
    {
      if (self->job == TEST_GET)
        ta_queue_get_async (self->queue, 0, NULL, ready_cb, self);
      else
        ta_queue_put_async (self->queue, TA_VALUE_INT (i), 0, NULL, ready_cb, self);
    }

  return NULL;
}

/* Where there is no need to wait, no time to wait is no reason to fail, from whichever thread. */
static void
test_no_time (void)
{
  g_autoptr (TaQueue) queue = ta_queue_new (0);
  Ready               put = { queue, TEST_PUT, test_repeats (RACES), 0 };
  Ready               get = { queue, TEST_GET, test_repeats (RACES), 0 };
  GThread            *thread = g_thread_new ("no-time", ready_thread, &put);

  TEST_TURN_UNTIL (NULL, put.n_ended == put.n_waits);
  g_thread_join (thread);
  g_assert_cmpuint (ta_queue_get_length (queue), ==, put.n_waits);
  thread = g_thread_new ("no-time", ready_thread, &get);
  TEST_TURN_UNTIL (NULL, get.n_ended == get.n_waits);
  g_thread_join (thread);
  test_queue_check_empty (queue);
}

int
main (int argc, char *argv[])
{
  test_init (&argc, &argv);

  test_add ("/promise-1/lossless-timeout/get", test_get_timeout);
  test_add ("/promise-1/lossless-timeout/get-async", test_get_timeout_async);
  test_add ("/promise-1/lossless-timeout/put", test_put_timeout);
  test_add ("/promise-1/lossless-timeout/put-async", test_put_timeout_async);
  test_add ("/promise-1/lossless-cancel/get", test_get_cancel);
  test_add ("/promise-1/lossless-cancel/get-async", test_get_cancel_async);
  test_add ("/promise-1/lossless-cancel/put", test_put_cancel);
  test_add ("/promise-1/lossless-cancel/put-async", test_put_cancel_async);
  test_add ("/promise-1/no-time", test_no_time);

  return g_test_run ();
}
