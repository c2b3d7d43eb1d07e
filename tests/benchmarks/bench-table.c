/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench-table.h"

#include "bench-report.h"

#include <stdlib.h>
#include <string.h>

static guint       default_rounds = 1;
static const char *only_these;

void
bench_table_set_defaults (int n_rounds, const char *only)
{
  default_rounds = (guint) n_rounds;
  only_these = only;
}

BenchTable *
bench_table_new (const char *title, const char *const *columns)
{
  BenchTable *self = g_new0 (BenchTable, 1);

  self->title = title;
  self->columns = columns;
  self->n_columns = g_strv_length ((char **) columns);
  self->n_rounds = default_rounds;
  self->rows = g_array_new (FALSE, TRUE, sizeof (BenchRow));
  self->goals = g_array_new (FALSE, TRUE, sizeof (BenchGoal));

  g_assert (self->n_columns > 0 && self->n_columns <= BENCH_MAX_COLUMNS);

  return self;
}

void
bench_table_add (BenchTable   *self,
                 const char   *name,
                 gboolean      ours,
                 BenchTurnFunc take_turn,
                 gconstpointer user_data)
{
  BenchRow row = {
    .name = name,
    .ours = ours,
    .take_turn = take_turn,
    .user_data = user_data,
  };

  if (only_these != NULL && strstr (name, only_these) == NULL)
    return;

  row.samples = g_new (double, (gsize) self->n_columns * self->n_rounds);
  g_array_append_val (self->rows, row);
}

void
bench_table_add_goal (BenchTable *self,
                      guint       column,
                      const char *row,
                      double      factor,
                      const char *peer)
{
  BenchGoal goal = { .row = row, .peer = peer, .column = column, .factor = factor };

  g_array_append_val (self->goals, goal);
}

BenchRow *
bench_table_find_row (BenchTable *self, const char *name)
{
  for (guint i = 0; i < self->rows->len; i++)
    {
      BenchRow *row = &g_array_index (self->rows, BenchRow, i);

      if (g_str_equal (row->name, name))
        return row;
    }

  return NULL;
}

static void
take_turn (BenchTable *self, BenchRow *row, guint round)
{
  double values[BENCH_MAX_COLUMNS];

  for (guint column = 0; column < BENCH_MAX_COLUMNS; column++)
    values[column] = NAN;

  bench_watchdog_enter (row->name);
  row->take_turn (row->user_data, values);

  for (guint column = 0; column < self->n_columns; column++)
    row->samples[column * self->n_rounds + round] = values[column];
}

static int
compare_doubles_cb (gconstpointer a, gconstpointer b)
{
  double first = *(const double *) a;
  double second = *(const double *) b;

  return (first > second) - (first < second);
}

static void
summarize (BenchTable *self, BenchRow *row)
{
  for (guint column = 0; column < self->n_columns; column++)
    {
      double       *samples = row->samples + column * self->n_rounds;
      BenchSummary *summary = &row->summaries[column];
      guint         middle = self->n_rounds / 2;

      /* A figure applies always or never. */
      if (isnan (samples[0]))
        {
          *summary = (BenchSummary){ NAN, NAN, NAN };
          continue;
        }

      qsort (samples, self->n_rounds, sizeof *samples, compare_doubles_cb);
      summary->min = samples[0];
      summary->max = samples[self->n_rounds - 1];
      summary->median =
          self->n_rounds % 2 == 1 ? samples[middle] : (samples[middle - 1] + samples[middle]) / 2;
    }
}

void
bench_table_run_and_free (BenchTable *self)
{
  for (guint round = 0; round < self->n_rounds; round++)
    {
      for (guint i = 0; i < self->rows->len; i++)
        take_turn (self, &g_array_index (self->rows, BenchRow, i), round);
    }

  for (guint i = 0; i < self->rows->len; i++)
    summarize (self, &g_array_index (self->rows, BenchRow, i));

  if (self->rows->len > 0)
    bench_report_table (self);

  for (guint i = 0; i < self->rows->len; i++)
    g_free (g_array_index (self->rows, BenchRow, i).samples);

  g_array_unref (self->rows);
  g_array_unref (self->goals);
  g_free (self);
}
