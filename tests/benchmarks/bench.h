/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "bench-cpu.h"
#include "bench-table.h"

G_BEGIN_DECLS

/*
 * # The benchmarks
 *
 * Each benchmark is a program that measures this library beside its peers: what GLib offers for
 * the same job, libdex where it is installed, and the limit that the kernel sets. Run them all with
 *
 *     meson test --benchmark -C _build --verbose
 *
 * `tests/benchmarks/run` runs them too, and gathers their figures in one file, of which `page.py`
 * makes a page of the documentation; or run one of them by hand, which is the way to repeat a measurement:
 *
 *     _build/tests/benchmarks/bench-round-trip --rounds=15 --json=round-trip.json
 *
 * ## How to read the tables
 *
 * A table has a line for each contestant. The first column is the figure that counts: its median
 * over the rounds, the least and the most of them, and `x ours`, the median divided by that of the
 * library's own line (2.00 means: takes twice as long). The columns after it give medians only.
 * Below the table stand the goals, and whether they are met.
 *
 * Only ratios within one table mean anything. How long a sleeping CPU takes to wake decides most of
 * these figures, and that differs between machines, and on a virtual machine from one hour to
 * the next. This is why the contestants take turns (A B C A B C …) in one process, and why a median
 * is taken. When the least and the most are far apart, or a line says that other processes were busy,
 * measure again.
 *
 * Every contestant's answers are checked. One that answers wrongly, or not in time, ends the
 * program with an error that names it, so nothing can be fast because it does nothing.
 *
 * ## Where the threads run
 *
 * A program consists of passes; each is a process of its own, because a process has to be bound to
 * its CPUs before anything looks at how many there are. The names of the passes say where the
 * threads are: on one CPU (`one-cpu`), or bound to two CPUs, the one that asks to the first, the
 * loop that answers to the second (`two-cpus`). Threads that the scheduler moves about give
 * figures with two humps, therefore nothing is measured so. `--pin=one` and `--pin=two` run only
 * the passes of that kind. Passes for two CPUs are left out where there is only one.
 *
 * The pass `heap` counts bytes rather than time: it runs with `G_SLICE=always-malloc`, so that
 * mallinfo2() sees what GLib allocates as well (GLib 2.76 and later never use slices).
 *
 * ## Options
 *
 * `--quick` takes fewer and shorter turns: enough to see that everything works. `--rounds=N`
 * takes more turns, for steadier medians. `--json=FILE` also writes each line of each table as a
 * JSON object on a line of its own, and each goal. `--pass=NAME --only=TEXT` runs one pass in this very process,
 * with only those contestants whose names contain the text: for a profiler. `--timeout=SECONDS` is
 * how long a pass may take before it is ended; raise it under valgrind.
 */

/* A part of a benchmark, which runs in a process of its own. */
typedef struct
{
  const char    *name;
  BenchPlacement placement;
  gboolean       counts_heap; /* needs G_SLICE=always-malloc */
  void (*run) (void);
} BenchPass;

int bench_main (int argc, char **argv, const char *name, const BenchPass *passes, gsize n_passes);

gboolean bench_is_quick (void);

/* How long a contestant measures in one turn, when it can measure for as long as it likes. */
gint64 bench_get_turn_ns (void);

G_END_DECLS
