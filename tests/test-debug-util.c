/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "test-debug-util.h"

void
test_check_has (const char *text, const char *part)
{
  if (strstr (text, part) == NULL)
    g_error ("\"%s\" does not have \"%s\"", text, part);
}

/*
 * Runs the tests of this program that are below @path once more, in a process whose TA_DEBUG has a value.
 * They must pass; returns what it said on its standard error, or NULL, with the test skipped, where a
 * process does not know its program.
 */
char *
test_run_with_debug (const char *value, const char *path)
{
  g_autofree char   *program = g_file_read_link ("/proc/self/exe", NULL);
  const char        *argv[] = { program, "-p", path, NULL };
  g_auto (GStrv)     env = g_environ_setenv (g_get_environ (), "TA_DEBUG", value, TRUE);
  g_autofree char   *errors = NULL;
  g_autofree char   *output = NULL;
  g_autoptr (GError) error = NULL;
  int                status;

  if (program == NULL)
    {
      g_test_skip ("There is no /proc here");
      return NULL;
    }

  g_assert_true (
      g_spawn_sync (NULL, (char **) argv, env, 0, NULL, NULL, &output, &errors, &status, &error));
  g_assert_no_error (error);
  if (!g_spawn_check_wait_status (status, &error))
    g_error ("%s: %s%s", error->message, output, errors);
  test_check_has (output, "ok 1 /");

  return g_steal_pointer (&errors);
}
