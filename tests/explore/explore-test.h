/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "explore.h"

#include <stdlib.h>

/*
 * The program that runs explorations: each is a test. With PLANTED_FAULT, the text of a fault that
 * was planted in the sources, there is one test, that some exploration finds it.
 */

static void (*prepare_func) (void);

static void
run_exploration (gconstpointer data)
{
  const Exploration *exploration = data;
  Findings           found;

  prepare_func ();
  found = explore (exploration, g_test_slow ());
  if (found.fault != NULL)
    g_error ("%s: %s", exploration->name, found.fault);
  g_test_message ("%s: %u orders, of up to %u steps", exploration->name, found.n_orders,
                  found.n_steps);
}

static int
explore_main (int argc, char *argv[], const Exploration *explorations, guint n_explorations)
{
#if defined(PLANTED_FAULT) && defined(PLANT_IS_GONE)
  g_print ("1..1\nnot ok 1 /explore/planted-fault: %s: %s\n", PLANTED_FAULT, PLANT_IS_GONE);

  return EXIT_FAILURE;
#elif defined(PLANTED_FAULT)
  gboolean is_found = FALSE;

  for (guint i = 0; i < n_explorations && !is_found; i++)
    {
      Findings found;

      prepare_func ();
      found = explore (&explorations[i], FALSE);
      is_found = found.fault != NULL;
      if (is_found)
        g_print ("# %s found that %s: %.*s\n", explorations[i].name, PLANTED_FAULT,
                 (int) strcspn (found.fault, "\n"), found.fault);
    }
  g_print ("1..1\n%s 1 /explore/planted-fault: %s\n", is_found ? "ok" : "not ok", PLANTED_FAULT);

  return is_found ? EXIT_SUCCESS : EXIT_FAILURE;
#else
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < n_explorations; i++)
    g_test_add_data_func (explorations[i].name, &explorations[i], run_exploration);

  return g_test_run ();
#endif
}

#define EXPLORE_MAIN(explorations, prepare)                                                        \
  int main (int argc, char *argv[])                                                                \
  {                                                                                                \
    prepare_func = (prepare);                                                                      \
    return explore_main (argc, argv, (explorations), G_N_ELEMENTS (explorations));                 \
  }
