/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "bench-table.h"

G_BEGIN_DECLS

/* What is printed, and what goes into the JSON file: one object a line. */

gboolean bench_report_open_json (const char *path, gboolean anew);
void     bench_report_close_json (void);

/* A line that says what was measured where; needs no pass. */
void bench_report_json_machine (const char *benchmark, const char *kernel, const char *cpus);

void bench_report_set_pass (const char *benchmark, const char *pass);
void bench_report_table (BenchTable *table);

/* How many CPUs the other processes on the machine have kept busy during the pass. */
void bench_report_others (double n_cpus);

G_END_DECLS
