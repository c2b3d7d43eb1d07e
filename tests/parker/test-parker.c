/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * How one thread sleeps until another wakes it. The sources are included, and built a second time for
 * systems without a futex, which the library is rarely built for.
 */

#include "ta-parker.c"
#include "ta-spin.c"

#include "test-util.h"

#define SHORT_SLEEP_US (G_GINT64_CONSTANT (20) * 1000)

static gint64
get_deadline (void)
{
  return g_get_monotonic_time () + TEST_DEADLINE_US;
}

/* Who is woken before it sleeps does not sleep. */
static void
test_woken_before (void)
{
  TaParker parker;

  ta_parker_init (&parker);
  ta_parker_unpark (&parker);
  g_assert_cmpint (ta_parker_park (&parker, G_MAXINT64), ==, TA_PARK_WOKEN);
  ta_parker_clear (&parker);

  /* Not even where the time is over. */
  ta_parker_init (&parker);
  ta_parker_unpark (&parker);
  g_assert_cmpint (ta_parker_park (&parker, 0), ==, TA_PARK_WOKEN);
  ta_parker_clear (&parker);
}

/* Nobody comes: the sleep ends, and not too early. */
static void
test_timed_out (void)
{
  for (gint64 time_us = 0; time_us <= SHORT_SLEEP_US; time_us = 1 + 5 * time_us)
    {
      const gint64 deadline = g_get_monotonic_time () + time_us;
      TaParker     parker;

      ta_parker_init (&parker);
      g_assert_cmpint (ta_parker_park (&parker, deadline), ==, TA_PARK_TIMED_OUT);
      g_assert_cmpint (g_get_monotonic_time (), >=, deadline);
      ta_parker_clear (&parker);
    }
}

/* One thread wakes the other in each round, as soon as it sees where that sleeps. */
typedef struct
{
  TaParker *parker;  /* atomic */
  gint      is_over; /* atomic */
} Rounds;

static gpointer
wake_thread (gpointer data)
{
  Rounds *self = data;

  while (!g_atomic_int_get (&self->is_over))
    {
      TaParker *parker = g_atomic_pointer_exchange (&self->parker, NULL);

      if (parker != NULL)
        ta_parker_unpark (parker);
      else
        g_thread_yield ();
    }

  return NULL;
}

/* On a stack that holds something else at once when the sleep is over. */
static G_GNUC_NO_INLINE TaParkResult
sleep_once (Rounds *rounds, gint64 deadline)
{
  TaParker     parker;
  TaParkResult result;

  ta_parker_init (&parker);
  g_atomic_pointer_set (&rounds->parker, &parker);
  result = ta_parker_park (&parker, deadline);

  /* Whoever has taken hold of it already wakes it: then it is to be waited for. */
  if (result == TA_PARK_TIMED_OUT &&
      !g_atomic_pointer_compare_and_exchange (&rounds->parker, &parker, NULL))
    result = ta_parker_park (&parker, G_MAXINT64);
  ta_parker_clear (&parker);
  memset (&parker, 0x55, sizeof parker);

  return result;
}

static void
test_woken (void)
{
  Rounds   rounds = { NULL, FALSE };
  GThread *thread = g_thread_new ("waking", wake_thread, &rounds);

  for (guint i = 0; i < test_repeats (20000); i++)
    g_assert_cmpint (sleep_once (&rounds, i % 2 ? get_deadline () : G_MAXINT64), ==, TA_PARK_WOKEN);

  /* Also just when the time is over. */
  for (guint i = 0; i < test_repeats (5000); i++)
    sleep_once (&rounds, g_get_monotonic_time () + i % 50);

  g_atomic_int_set (&rounds.is_over, TRUE);
  g_thread_join (thread);
}

static gpointer
wake_late_thread (gpointer data)
{
  g_usleep (SHORT_SLEEP_US);
  ta_parker_unpark (data);

  return NULL;
}

/* One that has fallen asleep. */
static void
test_woken_late (void)
{
  for (guint i = 0; i < 2; i++)
    {
      TaParker parker;
      GThread *thread;

      ta_parker_init (&parker);
      thread = g_thread_new ("waking", wake_late_thread, &parker);
      g_assert_cmpint (ta_parker_park (&parker, i == 0 ? get_deadline () : G_MAXINT64), ==,
                       TA_PARK_WOKEN);
      g_thread_join (thread);
      ta_parker_clear (&parker);
    }
}

int
main (int argc, char *argv[])
{
  test_init (&argc, &argv);

  test_add ("/parker/woken-before", test_woken_before);
  test_add ("/parker/timed-out", test_timed_out);
  test_add ("/parker/woken", test_woken);
  test_add ("/parker/woken-late", test_woken_late);

  return g_test_run ();
}
