/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench.h"

#include "bench-report.h"
#include "bench-watchdog.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <threaded-async.h>

static gboolean opt_quick;
static gboolean opt_list;
static int      opt_rounds;
static int      opt_timeout;
static char    *opt_json;
static char    *opt_pin;
static char    *opt_pass;
static char    *opt_only;

static const GOptionEntry entries[] = {
  { "quick", 'q', 0, G_OPTION_ARG_NONE, &opt_quick, "Take fewer and shorter turns", NULL },
  { "rounds", 'r', 0, G_OPTION_ARG_INT, &opt_rounds, "How many turns each contestant takes", "N" },
  { "json", 0, 0, G_OPTION_ARG_FILENAME, &opt_json, "Also write JSON, an object a line", "FILE" },
  { "pin", 0, 0, G_OPTION_ARG_STRING, &opt_pin, "Only passes on one CPU, or on two", "one|two" },
  { "pass", 0, 0, G_OPTION_ARG_STRING, &opt_pass, "Run this pass in this process", "NAME" },
  { "only", 0, 0, G_OPTION_ARG_STRING, &opt_only, "Only contestants with this in the name",
    "TEXT" },
  { "timeout", 0, 0, G_OPTION_ARG_INT, &opt_timeout, "How long a pass may take", "SECONDS" },
  { "list", 0, 0, G_OPTION_ARG_NONE, &opt_list, "List the passes", NULL },
  G_OPTION_ENTRY_NULL,
};

gboolean
bench_is_quick (void)
{
  return opt_quick;
}

gint64
bench_get_turn_ns (void)
{
  return (opt_quick ? 10 : 60) * BENCH_NS_PER_MS;
}

static void
print_heading (const char *name)
{
  struct utsname system;
  char           cpus[32];

  if (uname (&system) != 0)
    g_error ("uname: %s", g_strerror (errno));

  printf ("%s: threaded-async %d.%d.%d, GLib %u.%u.%u, %s %s, %u CPUs\n", name, TA_MAJOR_VERSION,
          TA_MINOR_VERSION, TA_MICRO_VERSION, glib_major_version, glib_minor_version,
          glib_micro_version, system.sysname, system.release, bench_cpu_count ());
  fflush (stdout);

  g_snprintf (cpus, sizeof cpus, "%u", bench_cpu_count ());
  bench_report_json_machine (name, system.release, cpus);
}

/* A pass has to be bound to its CPUs, and have its environment, from its first instruction on. */
static gboolean
run_pass_in_child (const BenchPass *pass, char **argv)
{
  g_autoptr (GPtrArray) child_argv = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError)    error = NULL;
  g_auto (GStrv)        envp = g_get_environ ();
  g_autofree char      *program = g_file_read_link ("/proc/self/exe", &error);
  int                   status = 0;

  if (program == NULL)
    {
      g_printerr ("%s\n", error->message);
      return FALSE;
    }

  g_ptr_array_add (child_argv, g_steal_pointer (&program));
  for (guint i = 1; argv[i] != NULL; i++)
    g_ptr_array_add (child_argv, g_strdup (argv[i]));
  g_ptr_array_add (child_argv, g_strdup_printf ("--pass=%s", pass->name));
  g_ptr_array_add (child_argv, NULL);

  if (pass->counts_heap)
    envp = g_environ_setenv (envp, "G_SLICE", "always-malloc", TRUE);

  if (!g_spawn_sync (NULL, (char **) child_argv->pdata, envp, G_SPAWN_CHILD_INHERITS_STDIN, NULL,
                     NULL, NULL, NULL, &status, &error) ||
      !g_spawn_check_wait_status (status, &error))
    {
      g_printerr ("%s: pass %s: %s\n", g_get_prgname (), pass->name, error->message);
      return FALSE;
    }

  return TRUE;
}

static void
run_pass_here (const char *name, const BenchPass *pass)
{
  gint64 started;
  gint64 others;

  /* Only now may anything look at how many CPUs there are. */
  bench_cpu_place_process (pass->placement);

  if (pass->counts_heap && g_strcmp0 (g_getenv ("G_SLICE"), "always-malloc") != 0)
    g_printerr ("%s: pass %s: without G_SLICE=always-malloc, GLib's slices are not counted\n", name,
                pass->name);

  /* What a contestant does wrong can't be allowed to make it fast. */
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING);
  bench_watchdog_start (opt_timeout);
  bench_report_set_pass (name, pass->name);
  bench_table_set_defaults (opt_rounds, opt_only);

  started = bench_now_ns ();
  others = bench_machine_cpu_ns () - bench_process_cpu_ns ();
  pass->run ();
  others = bench_machine_cpu_ns () - bench_process_cpu_ns () - others;
  bench_report_others ((double) others / (double) (bench_now_ns () - started));
}

static gboolean
pass_is_wanted (const BenchPass *pass)
{
  if (opt_pass != NULL)
    return g_str_equal (opt_pass, pass->name);

  if (pass->placement == BENCH_TWO_CPUS && bench_cpu_count () < 2)
    {
      printf ("\nPass %s is left out: it needs two CPUs.\n", pass->name);
      fflush (stdout);
      return FALSE;
    }

  if (g_strcmp0 (opt_pin, "one") == 0)
    return pass->placement == BENCH_ONE_CPU && !pass->counts_heap;
  if (g_strcmp0 (opt_pin, "two") == 0)
    return pass->placement == BENCH_TWO_CPUS;

  return TRUE;
}

static gboolean
parse_options (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError)         error = NULL;
  g_auto (GStrv)             arguments = g_strdupv (argv);

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse_strv (context, &arguments, &error))
    {
      g_printerr ("%s: %s\n", argv[0], error->message);
      return FALSE;
    }

  if (arguments[0] != NULL && arguments[1] != NULL)
    {
      g_printerr ("%s: unknown argument: %s\n", argv[0], arguments[1]);
      return FALSE;
    }

  if (opt_pin != NULL && !g_str_equal (opt_pin, "one") && !g_str_equal (opt_pin, "two"))
    {
      g_printerr ("%s: --pin takes one or two\n", argv[0]);
      return FALSE;
    }

  if (opt_rounds <= 0)
    opt_rounds = opt_quick ? 3 : 7;
  if (opt_timeout <= 0)
    opt_timeout = 120;

  return TRUE;
}

/**
 * bench_main:
 * @argc: the number of arguments
 * @argv: the arguments
 * @name: the name of the benchmark
 * @passes: (array length=n_passes): its passes
 * @n_passes: how many there are
 *
 * Runs a benchmark as its command line says.
 *
 * Returns: the program's exit status
 */
int
bench_main (int argc, char **argv, const char *name, const BenchPass *passes, gsize n_passes)
{
  gboolean success = TRUE;
  gboolean found = FALSE;

  if (!parse_options (argc, argv))
    return EXIT_FAILURE;

  if (opt_list)
    {
      for (gsize i = 0; i < n_passes; i++)
        printf ("%s\n", passes[i].name);
      return EXIT_SUCCESS;
    }

  /* A pass adds to the file that the program began. */
  if (!bench_report_open_json (opt_json, opt_pass == NULL))
    return EXIT_FAILURE;

  if (opt_pass == NULL)
    print_heading (name);

  for (gsize i = 0; i < n_passes; i++)
    {
      if (!pass_is_wanted (&passes[i]))
        continue;

      found = TRUE;
      if (opt_pass != NULL)
        run_pass_here (name, &passes[i]);
      else
        success = run_pass_in_child (&passes[i], argv) && success;
    }

  if (!found && opt_pass != NULL)
    {
      g_printerr ("%s: there is no pass %s\n", argv[0], opt_pass);
      success = FALSE;
    }

  bench_report_close_json ();

  return success ? EXIT_SUCCESS : EXIT_FAILURE;
}
