/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

#include <stdlib.h>
#include <string.h>

G_BEGIN_DECLS

/*
 * What tests draw with g_test_rand_int() and its like is the same in every run, unless TA_TEST_SEED
 * is another number than 1, or "random", or GLib's own --seed is given: what fails now and then is
 * looked for on purpose, and does not fail the tests of somebody who changed something else.
 */
static inline void
test_init_with_seed (int *argc, char ***argv)
{
  static char  seed[64];
  static char *with_seed[64];
  const char  *wanted = g_getenv ("TA_TEST_SEED");
  gboolean     has_seed = g_strcmp0 (wanted, "random") == 0;

  for (int i = 1; i < *argc; i++)
    has_seed = has_seed || g_str_has_prefix ((*argv)[i], "--seed");

  if (!has_seed)
    {
      g_snprintf (seed, sizeof seed, "--seed=R02S%032x", wanted != NULL ? atoi (wanted) : 1);
      g_assert ((gsize) *argc + 2 <= G_N_ELEMENTS (with_seed));
      memcpy (with_seed, *argv, (gsize) *argc * sizeof (char *));
      with_seed[*argc] = seed;
      *argv = with_seed;
      *argc += 1;
    }

  g_test_init (argc, argv, NULL);
}

G_END_DECLS
