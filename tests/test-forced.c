/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What a forced stop comes to, on a machine that may be busy. */

#include "test-forced.h"

/* On a machine that is too busy the time of a stop may be over before the interrupted thread has got
 * its turn: then it is abandoned, as it should be, and the test tries again. */
#define TRIES 20

/* What an error of stop says about it; TRUE if it was in time. */
gboolean
test_check_forced (TaRunner *runner, gboolean stopped, GError **error)
{
  if (stopped)
    {
      g_assert_no_error (*error);
      g_assert_cmpint (ta_runner_get_shutdown_type (runner), ==, TA_SHUTDOWN_TYPE_FORCE_STOPPED);
    }
  else
    {
      g_assert_error (*error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
      g_assert_cmpint (ta_runner_get_shutdown_type (runner), ==,
                       TA_SHUTDOWN_TYPE_FAILED_FORCE_STOPPED);
    }

  return stopped;
}

/* Tries again until @func has been in time. */
void
test_until_in_time (gboolean (*func) (void))
{
  gboolean in_time = FALSE;

  for (guint i = 0; i < TRIES && !in_time; i++)
    in_time = func ();

  g_assert_true (in_time);
}
