/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "options.h"
#include "stress.h"

#include <stdlib.h>
#include <string.h>

/*
 * Random operations from threads and runners, checked against models: see round.c for what goes on,
 * history.c for how it is judged. A round that fails prints all that was done, and the seed that
 * makes the same choices again.
 *
 *   stress [--seed=N|random] [--seconds=N] [--patience=SECONDS] [-p /stress/…]
 *
 * The seed is TA_TEST_SEED, or 1.
 */

static guint32 seed = 1;
static double  seconds = 1;
static double  patience = 40; /* how long nothing may happen at all in a round, before it hangs */
static guint   n_scenarios;

guint32
options_get_seed (void)
{
  return seed;
}

gint64
options_get_time_us (void)
{
  return (gint64) (seconds * G_USEC_PER_SEC / MAX (n_scenarios, 1));
}

guint
options_get_slowness (void)
{
  const char *slowness = g_getenv ("TA_TEST_SLOWNESS");

  return slowness != NULL ? (guint) CLAMP (atoi (slowness), 1, 1000) : 1;
}

gint64
options_get_patience_us (void)
{
  return (gint64) (patience * G_USEC_PER_SEC) * options_get_slowness ();
}

static guint32
read_seed (const char *text)
{
  return g_str_equal (text, "random") ? g_random_int () : (guint32) strtoul (text, NULL, 10);
}

/* Takes its own options out, so that GLib sees only those that it knows. */
static void
parse (int *argc, char *argv[])
{
  int n_left = 1;

  if (g_getenv ("TA_TEST_SEED") != NULL)
    seed = read_seed (g_getenv ("TA_TEST_SEED"));
  for (int i = 1; i < *argc; i++)
    {
      if (g_str_has_prefix (argv[i], "--seed="))
        seed = read_seed (argv[i] + strlen ("--seed="));
      else if (g_str_has_prefix (argv[i], "--seconds="))
        seconds = g_ascii_strtod (argv[i] + strlen ("--seconds="), NULL);
      else if (g_str_has_prefix (argv[i], "--patience="))
        patience = g_ascii_strtod (argv[i] + strlen ("--patience="), NULL);
      else
        argv[n_left++] = argv[i];
    }
  argv[n_left] = NULL;
  *argc = n_left;

  /* The faults that are planted happen at random, too. */
  g_random_set_seed (seed);
}

static void
run_scenario (gconstpointer scenario)
{
  stress_run (scenario);
}

static void
add (const Scenario *scenario)
{
  n_scenarios++;
  g_test_add_data_func (scenario->path, scenario, run_scenario);
}

int
main (int argc, char *argv[])
{
  parse (&argc, argv);
  g_test_init (&argc, &argv, NULL);

  add (&queue_small);
  add (&queue_small_stopped);
  add (&queue_long);
  add (&queue_stopped);
  add (&event_small);
  add (&future_small);
  add (&task_rounds);
  add (&server_requests);

  return g_test_run ();
}
