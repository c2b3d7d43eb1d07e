/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench-report.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define NAME_WIDTH 40
#define FIGURE_WIDTH 10
#define RANGE_WIDTH 16
#define RATIO_WIDTH 9

static FILE       *json_file;
static const char *benchmark_name;
static const char *pass_name;

gboolean
bench_report_open_json (const char *path, gboolean anew)
{
  if (path == NULL)
    return TRUE;

  json_file = fopen (path, anew ? "we" : "ae");
  if (json_file == NULL)
    g_printerr ("%s: %s\n", path, g_strerror (errno));

  return json_file != NULL;
}

void
bench_report_close_json (void)
{
  if (json_file == NULL)
    return;

  if (fclose (json_file) != 0)
    g_error ("Writing JSON: %s", g_strerror (errno));
  json_file = NULL;
}

/* The texts are ours and the kernel's: there is nothing in them but what is escaped here. */
static void
write_json_string (const char *key, const char *value)
{
  fprintf (json_file, "\"%s\": \"", key);
  for (const char *c = value; *c != '\0'; c++)
    {
      if (*c == '"' || *c == '\\')
        fputc ('\\', json_file);
      fputc (*c, json_file);
    }
  fputc ('"', json_file);
}

static void
write_json_number (const char *key, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  fprintf (json_file, ", \"%s\": %s", key,
           isfinite (value) ? g_ascii_formatd (text, sizeof text, "%.6g", value) : "null");
}

void
bench_report_json_machine (const char *benchmark, const char *kernel, const char *cpus)
{
  if (json_file == NULL)
    return;

  fputc ('{', json_file);
  write_json_string ("benchmark", benchmark);
  fputs (", ", json_file);
  write_json_string ("kernel", kernel);
  fprintf (json_file, ", \"cpus\": %s, \"glib\": \"%u.%u.%u\"}\n", cpus, glib_major_version,
           glib_minor_version, glib_micro_version);

  /* The passes, which are other processes, go on in the same file. */
  fflush (json_file);
}

void
bench_report_set_pass (const char *benchmark, const char *pass)
{
  benchmark_name = benchmark;
  pass_name = pass;
}

static const BenchRow *
find_own_row (const BenchTable *table)
{
  for (guint i = 0; i < table->rows->len; i++)
    {
      const BenchRow *row = &g_array_index (table->rows, BenchRow, i);

      if (row->ours)
        return row;
    }

  return NULL;
}

static double
compare_with (const BenchRow *own_row, const BenchRow *row, guint column)
{
  if (own_row == NULL)
    return NAN;

  return row->summaries[column].median / own_row->summaries[column].median;
}

/* Begins a line with what it is about. */
static void
begin_json_line (const BenchTable *table, const BenchRow *row, guint column)
{
  fputc ('{', json_file);
  write_json_string ("benchmark", benchmark_name);
  fputs (", ", json_file);
  write_json_string ("pass", pass_name);
  fputs (", ", json_file);
  write_json_string ("table", table->title);
  fputs (", ", json_file);
  write_json_string ("contestant", row->name);
  fputs (", ", json_file);
  write_json_string ("figure", table->columns[column]);
}

static void
write_json_row (const BenchTable *table, const BenchRow *own_row, const BenchRow *row)
{
  for (guint column = 0; column < table->n_columns; column++)
    {
      const BenchSummary *summary = &row->summaries[column];

      if (isnan (summary->median))
        continue;

      begin_json_line (table, row, column);
      fprintf (json_file, ", \"ours\": %s, \"rounds\": %u", row->ours ? "true" : "false",
               table->n_rounds);
      write_json_number ("median", summary->median);
      write_json_number ("min", summary->min);
      write_json_number ("max", summary->max);
      write_json_number ("ratio", compare_with (own_row, row, column));
      fputs ("}\n", json_file);
    }
}

/* printf() counts bytes, and there are "µ" and "–". */
static void
print_padded (const char *text, int width, gboolean right)
{
  int spaces = MAX (width - (int) g_utf8_strlen (text, -1), 0);

  if (right)
    printf ("%*s%s", spaces, "", text);
  else
    printf ("%s%*s", text, spaces, "");
}

/* Three digits that count, never an exponent. */
static void
format_figure (char *text, gsize size, double value)
{
  double absolute = fabs (value);

  if (isnan (value))
    g_strlcpy (text, "", size);
  else if (value == 0 || absolute >= 99.95)
    g_snprintf (text, (gulong) size, "%.0f", value);
  else if (absolute >= 9.995)
    g_snprintf (text, (gulong) size, "%.1f", value);
  else if (absolute >= 0.0995)
    g_snprintf (text, (gulong) size, "%.2f", value);
  else
    g_snprintf (text, (gulong) size, "%.4f", value);
}

static void
print_row (const BenchTable *table, const BenchRow *own_row, const BenchRow *row)
{
  const BenchSummary *first = &row->summaries[0];
  char                text[64];
  char                min[24];
  char                max[24];

  print_padded (row->name, NAME_WIDTH, FALSE);

  format_figure (text, sizeof text, first->median);
  print_padded (text, FIGURE_WIDTH, TRUE);

  format_figure (min, sizeof min, first->min);
  format_figure (max, sizeof max, first->max);
  g_snprintf (text, sizeof text, "%s–%s", min, max);
  print_padded (isnan (first->median) ? "" : text, RANGE_WIDTH, TRUE);

  format_figure (text, sizeof text, compare_with (own_row, row, 0));
  print_padded (row == own_row ? "1" : text, RATIO_WIDTH, TRUE);

  for (guint column = 1; column < table->n_columns; column++)
    {
      format_figure (text, sizeof text, row->summaries[column].median);
      print_padded (text, MAX (FIGURE_WIDTH, (int) strlen (table->columns[column]) + 2), TRUE);
    }

  printf ("\n");
}

static void
write_json_goal (const BenchTable *table,
                 const BenchRow   *row,
                 const BenchGoal  *goal,
                 const char       *text,
                 const char       *reached,
                 gboolean          is_met)
{
  begin_json_line (table, row, goal->column);
  fputs (", ", json_file);
  write_json_string ("goal", text);
  fputs (", ", json_file);
  write_json_string ("reached", reached);
  fprintf (json_file, ", \"met\": %s}\n", is_met ? "true" : "false");
}

static void
report_goal (BenchTable *table, const BenchGoal *goal)
{
  const BenchRow  *row = bench_table_find_row (table, goal->row);
  const BenchRow  *peer = NULL;
  g_autofree char *text = NULL;
  g_autofree char *reached = NULL;
  double           value;
  gboolean         is_met;

  if (row == NULL)
    return;

  value = row->summaries[goal->column].median;
  if (goal->peer != NULL)
    {
      peer = bench_table_find_row (table, goal->peer);
      if (peer == NULL)
        return;
      value /= peer->summaries[goal->column].median;
    }

  is_met = value <= goal->factor;
  if (peer == NULL)
    {
      text = g_strdup_printf ("at most %g", goal->factor);
      reached = g_strdup_printf ("%.3g", value);
    }
  else if (goal->factor < 1)
    {
      text = g_strdup_printf ("at least %.3g x better than %s", 1 / goal->factor, peer->name);
      reached = g_strdup_printf ("%.3g x", 1 / value);
    }
  else
    {
      text = g_strdup_printf ("at most %.3g x that of %s", goal->factor, peer->name);
      reached = g_strdup_printf ("%.3g x", value);
    }

  printf ("  goal: %s: %s %s: %s, %s\n", row->name, table->columns[goal->column], text, reached,
          is_met ? "met" : "NOT MET");
  if (json_file != NULL)
    write_json_goal (table, row, goal, text, reached, is_met);
}

void
bench_report_table (BenchTable *table)
{
  const BenchRow *own_row = find_own_row (table);

  printf ("\n%s (%s, %u rounds)\n", table->title, pass_name, table->n_rounds);

  print_padded ("", NAME_WIDTH, FALSE);
  print_padded (table->columns[0], FIGURE_WIDTH, TRUE);
  print_padded ("least–most", RANGE_WIDTH, TRUE);
  print_padded (own_row != NULL ? "x ours" : "", RATIO_WIDTH, TRUE);
  for (guint column = 1; column < table->n_columns; column++)
    print_padded (table->columns[column],
                  MAX (FIGURE_WIDTH, (int) strlen (table->columns[column]) + 2), TRUE);
  printf ("\n");

  for (guint i = 0; i < table->rows->len; i++)
    {
      const BenchRow *row = &g_array_index (table->rows, BenchRow, i);

      print_row (table, own_row, row);
      if (json_file != NULL)
        write_json_row (table, own_row, row);
    }

  for (guint i = 0; i < table->goals->len; i++)
    report_goal (table, &g_array_index (table->goals, BenchGoal, i));

  fflush (stdout);
  if (json_file != NULL)
    fflush (json_file);
}

void
bench_report_others (double n_cpus)
{
  if (n_cpus > 0.1)
    printf (
        "  Other processes used %.0f %% of a CPU meanwhile: measure again on an idle machine.\n",
        n_cpus * 100);
  fflush (stdout);

  if (json_file == NULL)
    return;

  fputc ('{', json_file);
  write_json_string ("benchmark", benchmark_name);
  fputs (", ", json_file);
  write_json_string ("pass", pass_name);
  write_json_number ("busy_cpus_of_others", n_cpus);
  fputs ("}\n", json_file);
  fflush (json_file);
}
