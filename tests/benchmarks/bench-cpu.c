/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "bench-cpu.h"

#include <errno.h>
#include <malloc.h>
#include <sched.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

/* All const once the process has been placed. */
static cpu_set_t      process_cpus;
static cpu_set_t      client_cpu;
static cpu_set_t      loop_cpu;
static BenchPlacement process_placement;

static __thread gboolean thread_is_placed_as_loop;

static void
set_affinity (const cpu_set_t *cpus)
{
  /* 0 stands for the calling thread. */
  if (sched_setaffinity (0, sizeof *cpus, cpus) != 0)
    g_error ("sched_setaffinity: %s", g_strerror (errno));
}

/**
 * bench_cpu_count:
 *
 * Returns: how many CPUs the process may use
 */
guint
bench_cpu_count (void)
{
  cpu_set_t cpus;

  if (sched_getaffinity (0, sizeof cpus, &cpus) != 0)
    g_error ("sched_getaffinity: %s", g_strerror (errno));

  return (guint) CPU_COUNT (&cpus);
}

/**
 * bench_cpu_place_process:
 * @placement: on how many CPUs
 *
 * Binds a process that has one thread as yet to its CPUs: the first one or two that it may use.
 */
void
bench_cpu_place_process (BenchPlacement placement)
{
  cpu_set_t allowed;
  guint     wanted = placement == BENCH_TWO_CPUS ? 2 : 1;
  guint     found = 0;

  if (sched_getaffinity (0, sizeof allowed, &allowed) != 0)
    g_error ("sched_getaffinity: %s", g_strerror (errno));

  CPU_ZERO (&process_cpus);
  CPU_ZERO (&client_cpu);
  CPU_ZERO (&loop_cpu);

  for (guint cpu = 0; cpu < CPU_SETSIZE && found < wanted; cpu++)
    {
      if (!CPU_ISSET (cpu, &allowed))
        continue;

      CPU_SET (cpu, &process_cpus);
      if (found == 0)
        CPU_SET (cpu, &client_cpu);
      if (found == wanted - 1)
        CPU_SET (cpu, &loop_cpu);
      found++;
    }

  if (found < wanted)
    g_error ("This pass needs %u CPUs, and there are %u", wanted, found);

  process_placement = placement;
  set_affinity (&process_cpus);
}

gboolean
bench_cpu_has_two (void)
{
  return process_placement == BENCH_TWO_CPUS;
}

void
bench_cpu_place_client (void)
{
  if (bench_cpu_has_two ())
    set_affinity (&client_cpu);
}

void
bench_cpu_place_loop (void)
{
  if (thread_is_placed_as_loop || !bench_cpu_has_two ())
    return;

  set_affinity (&loop_cpu);
  thread_is_placed_as_loop = TRUE;
}

void
bench_cpu_unplace (void)
{
  if (!bench_cpu_has_two ())
    return;

  set_affinity (&process_cpus);
  thread_is_placed_as_loop = FALSE;
}

void
bench_cpu_run_client (void (*func) (gpointer data), gpointer data)
{
  bench_cpu_place_client ();
  func (data);
  bench_cpu_unplace ();
}

gint64
bench_machine_cpu_ns (void)
{
  FILE  *file = fopen ("/proc/stat", "re");
  gint64 user, nice, system, idle, iowait, irq, softirq, steal;
  int    n_read;

  if (file == NULL)
    return 0;

  n_read =
      fscanf (file,
              "cpu %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT
              " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT,
              &user, &nice, &system, &idle, &iowait, &irq, &softirq, &steal);
  fclose (file);
  if (n_read != 8)
    return 0;

  return (user + nice + system + irq + softirq + steal) * BENCH_NS_PER_S / sysconf (_SC_CLK_TCK);
}

gint64
bench_context_switches (void)
{
  struct rusage usage;

  if (getrusage (RUSAGE_SELF, &usage) != 0)
    g_error ("getrusage: %s", g_strerror (errno));

  return usage.ru_nvcsw + usage.ru_nivcsw;
}

gint64
bench_heap_bytes (void)
{
  struct mallinfo2 info = mallinfo2 ();

  return (gint64) (info.uordblks + info.hblkhd);
}
