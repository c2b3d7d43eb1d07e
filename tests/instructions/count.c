/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "operations.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Does each of the operations many times, for callgrind to count: see the script `check`. It prints
 * their names in the order in which callgrind, told to write a part after each call of
 * count_instructions(), writes its parts, with how many times each was done.
 */

#define N_TIMES 1000

static const Operation *const tables[] = { operations_queue, operations_waits, operations_work };

void count_instructions (const Operation *operation, guint n);

/* Callgrind looks for this name, so it has to be a function of its own. */
__attribute__ ((noinline, noclone)) void
count_instructions (const Operation *operation, guint n)
{
  operation->run (n);
  /* And that call must not be the last thing it does, or it would be a jump. */
  __asm__ volatile("" ::: "memory");
}

static void
usage (const char *program)
{
  fprintf (stderr, "usage: %s [--only NAME] [--piles] [TIMES]\n", program);
  exit (2);
}

int
main (int argc, char **argv)
{
  const char *only = NULL;
  gboolean    only_piles = FALSE;
  guint       n = N_TIMES;

  for (int i = 1; i < argc; i++)
    {
      if (g_str_equal (argv[i], "--only") && i + 1 < argc)
        only = argv[++i];
      else if (g_str_equal (argv[i], "--piles"))
        only_piles = TRUE;
      else if (atoi (argv[i]) > 0)
        n = (guint) atoi (argv[i]);
      else
        usage (argv[0]);
    }

  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING);

  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    {
      for (const Operation *operation = tables[i]; operation->name != NULL; operation++)
        {
          if ((only != NULL && strstr (operation->name, only) == NULL) ||
              (only_piles && !operation->is_pile))
            continue;

          /* What is made at the first use, and what is bound at the first call, does not count. */
          operation->run (10);
          count_instructions (operation, n);
          printf ("%u %s\n", n, operation->name);
        }
    }

  return 0;
}
