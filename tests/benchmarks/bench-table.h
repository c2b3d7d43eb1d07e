/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "bench-watchdog.h"

#include <math.h>

G_BEGIN_DECLS

#define BENCH_MAX_COLUMNS 5

/*
 * Takes one turn: measures, and sets the figure for each column of the table. What does not apply
 * stays NAN.
 */
typedef void (*BenchTurnFunc) (gconstpointer user_data, double *values);

typedef struct
{
  double median;
  double min;
  double max;
} BenchSummary;

/* A contestant. */
typedef struct
{
  const char   *name;
  gboolean      ours; /* the first such line is what others are compared with */
  BenchTurnFunc take_turn;
  gconstpointer user_data;
  double       *samples; /* by column, then by round */
  BenchSummary  summaries[BENCH_MAX_COLUMNS];
} BenchRow;

/* @row is to be at most @factor times @peer, or at most @factor when there is no peer. */
typedef struct
{
  const char *row;
  const char *peer;
  guint       column;
  double      factor;
} BenchGoal;

typedef struct
{
  const char        *title;
  const char *const *columns; /* the headings, which say the units */
  guint              n_columns;
  guint              n_rounds;
  GArray            *rows;  /* of BenchRow */
  GArray            *goals; /* of BenchGoal */
} BenchTable;

void bench_table_set_defaults (int n_rounds, const char *only);

/* All strings have to be static. */
BenchTable *bench_table_new (const char *title, const char *const *columns);

void bench_table_add (BenchTable   *self,
                      const char   *name,
                      gboolean      ours,
                      BenchTurnFunc take_turn,
                      gconstpointer user_data);

/* Goals about contestants that are not there are left out. */
void bench_table_add_goal (BenchTable *self,
                           guint       column,
                           const char *row,
                           double      factor,
                           const char *peer);

BenchRow *bench_table_find_row (BenchTable *self, const char *name);

/* Lets the contestants take turns, then prints the table. */
void bench_table_run_and_free (BenchTable *self);

G_END_DECLS
