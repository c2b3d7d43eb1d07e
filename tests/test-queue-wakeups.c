/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * Promise 2 at its narrowest: somebody looks into the queue in vain, and before he stands in the line
 * the item, or the space, comes. Two threads meet at that point again and again, a little sooner or
 * later each time. A wake-up that is lost leaves one of them waiting for ever.
 */

#include "test-party.h"

#define ROUNDS 200000

/* However slow the machine is, no more than this for each test; most need much less. */
#define MAX_US G_USEC_PER_SEC

/* The loop in the pause takes about a nanosecond: with this it covers what the other side does. */
#define MAX_PAUSE 200

typedef struct
{
  TaQueue *queue;
  gint64   n_rounds;
  gint64   start;
  int      seen;    /* atomic: how many rounds the thread is through */
  int      is_over; /* atomic */
  int      ended;   /* atomic: the thread is through with everything */
  gboolean is_async;
} Meeting;

static void
pause_for (int rounds)
{
  volatile int count = 0;

  while (count < rounds)
    count++;
}

/* Whether there is to be another round. */
static gboolean
goes_on (Meeting *self, gint64 round)
{
  return round < self->n_rounds &&
         (round % 16 != 0 || g_get_monotonic_time () < self->start + MAX_US);
}

static void
keep_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  GAsyncResult **slot = data;

  *slot = g_object_ref (result);
}

static gboolean
get_async (Meeting *self, GMainContext *context, GValue *value, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  ta_queue_get_async (self->queue, TEST_DEADLINE_US, NULL, keep_cb, &result);
  TEST_TURN_UNTIL (context, result != NULL);

  return ta_queue_get_finish (self->queue, result, value, error);
}

static gpointer
get_thread (gpointer data)
{
  Meeting                 *self = data;
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GError)       error = NULL;
  GValue                   value = G_VALUE_INIT;
  gboolean                 got;

  g_main_context_push_thread_default (context);
  do
    {
      got = self->is_async
                ? get_async (self, context, &value, &error)
                : ta_queue_get_wait (self->queue, &value, TEST_DEADLINE_US, NULL, &error);
      if (got)
        g_assert_cmpint (test_take_number (&value), ==, g_atomic_int_add (&self->seen, 1));
    }
  while (got);
  g_assert_error (error, TA_ERROR, TA_ERROR_CLOSED);
  g_main_context_pop_thread_default (context);

  return NULL;
}

static void
check_gets (gboolean is_async)
{
  g_autoptr (TaQueue) queue = ta_queue_new (0);
  g_autoptr (GRand)   rand = g_rand_new_with_seed (g_test_rand_int ());
  Meeting             self = { .queue = queue, .is_async = is_async };
  GThread            *thread = g_thread_new ("gets", get_thread, &self);

  self.n_rounds = test_repeats (ROUNDS);
  self.start = g_get_monotonic_time ();
  for (gint64 i = 0; goes_on (&self, i); i++)
    {
      /* The other one is about to look for this item. */
      pause_for (g_rand_int_range (rand, 0, MAX_PAUSE));
      test_queue_put (queue, i);

      /* Its own wait is the one that has a limit. */
      for (guint n = 0; g_atomic_int_get (&self.seen) == i; n++)
        {
          if (n > 1000)
            g_thread_yield ();
        }
    }

  ta_queue_close (queue);
  g_thread_join (thread);
}

static void
test_gets (void)
{
  check_gets (FALSE);
}

static void
test_async_gets (void)
{
  check_gets (TRUE);
}

static gpointer
put_thread (gpointer data)
{
  Meeting           *self = data;
  g_autoptr (GError) error = NULL;
  gint64             i = 0;

  do
    {
      ta_queue_put_wait (self->queue, TA_VALUE_INT (i++), TEST_DEADLINE_US, NULL, &error);
      g_assert_no_error (error);
    }
  while (!g_atomic_int_get (&self->is_over));
  g_atomic_int_set (&self->ended, TRUE);

  return NULL;
}

/* The same at the other end: space comes as somebody is about to wait for it. */
static void
test_puts (void)
{
  g_autoptr (TaQueue) queue = ta_queue_new (1);
  g_autoptr (GRand)   rand = g_rand_new_with_seed (g_test_rand_int ());
  Meeting             self = { .queue = queue };
  GThread            *thread = g_thread_new ("puts", put_thread, &self);
  GValue              value = G_VALUE_INIT;
  gint64              expected = 0;

  self.n_rounds = test_repeats (ROUNDS);
  self.start = g_get_monotonic_time ();
  while (goes_on (&self, expected))
    {
      pause_for (g_rand_int_range (rand, 0, MAX_PAUSE));
      for (guint n = 0; !ta_queue_try_get (queue, &value, NULL); n++)
        {
          if (n > 1000)
            g_thread_yield ();
        }
      g_assert_cmpint (test_take_number (&value), ==, expected++);
    }

  g_atomic_int_set (&self.is_over, TRUE);
  while (!g_atomic_int_get (&self.ended))
    ta_queue_get_wait (queue, NULL, 1000, NULL, NULL);
  g_thread_join (thread);
}

int
main (int argc, char *argv[])
{
  test_init (&argc, &argv);

  test_add ("/queue/wakeups/gets", test_gets);
  test_add ("/queue/wakeups/async-gets", test_async_gets);
  test_add ("/queue/wakeups/puts", test_puts);

  return g_test_run ();
}
