/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench-gtk.h"

/*
 * A window animates while threads send as much as they can to the main loop: two put numbers into a
 * queue, one makes futures done, 100,000 a second, and one sets the progress of a task all the time.
 * What counts is how regularly the window draws: the time between two frames, of which a display with
 * 60 Hz lets 16.7 ms pass. That the rest of the machine has less to give, because threads use it, is
 * no fault of who sends: therefore the same threads also use as much CPU without sending anything.
 *
 * How the inbox came by its budgets (ta-inbox-turns.c): with 1, 2, 4 and 8 ms for every turn the 99th
 * percentile was 1.0, 1.1 to 1.8, 1.2 to 1.8 and 1.5 times that of the same load without messages,
 * depending on how much of the CPU others left. Nearly all of it came from turns in which the inbox
 * went on at the priority of idle sources, because there was nothing else to do at that moment: a frame
 * that becomes due has to wait for their end. So these take 1 ms, which costs nothing, as there is
 * another one right away: 1.0 to 1.1 times. The others, which hold up drawing, keep 4 ms, a quarter of a
 * frame: it is the share of the main loop that messages are sure of when something else uses all the
 * rest.
 *
 * Run it on a display that nobody sees: tests/gtk/display bench-gtk. The pass on one CPU is there for
 * comparison: all threads share this CPU, and how they do is for the scheduler to decide.
 */

GtkBench gtk_bench;

static gboolean
low_cb (gpointer data)
{
  gtk_bench.n_low++;

  return G_SOURCE_CONTINUE;
}

static void
draw_cb (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
  const double x = (double) (gtk_bench.n_frames % 100) / 100;

  cairo_set_source_rgb (cr, 0.2, 0.4, 0.8);
  cairo_rectangle (cr, x * (width - 40), height / 2.0 - 20, 40, 40);
  cairo_fill (cr);
}

static gboolean
tick_cb (GtkWidget *area, GdkFrameClock *clock, gpointer data)
{
  const gint64 now = g_get_monotonic_time ();

  if (gtk_bench.last_frame_us != 0)
    {
      double interval = (double) (now - gtk_bench.last_frame_us) / 1000;

      g_array_append_val (gtk_bench.intervals, interval);
    }
  gtk_bench.last_frame_us = now;
  gtk_bench.n_frames++;
  gtk_widget_queue_draw (area);

  return G_SOURCE_CONTINUE;
}

/* The turns of the loop, to tell which callbacks came in one. */
static int
poll_cb (GPollFD *fds, guint n_fds, int timeout)
{
  gtk_bench.turn++;

  return g_poll (fds, n_fds, timeout);
}

/* From the first message in a turn to the last is one turn of the inbox. */
void
gtk_bench_enter (void)
{
  if (gtk_bench.message_turn == gtk_bench.turn)
    return;

  gtk_bench.message_turn = gtk_bench.turn;
  gtk_bench.message_turn_cpu_ns = bench_thread_cpu_ns ();
}

void
gtk_bench_leave (guint n_items)
{
  gint64 turn_ns = bench_thread_cpu_ns () - gtk_bench.message_turn_cpu_ns;

  gtk_bench.longest_turn_ns = MAX (gtk_bench.longest_turn_ns, turn_ns);
  gtk_bench.n_items += n_items;
}

static void
open_window (void)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  gtk_bench.intervals = g_array_new (FALSE, FALSE, sizeof (double));
  gtk_bench.area = gtk_drawing_area_new ();
  gtk_bench.bar = gtk_progress_bar_new ();
  gtk_bench.label = gtk_label_new (NULL);
  gtk_bench.window = gtk_window_new ();
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (gtk_bench.area), draw_cb, NULL, NULL);
  gtk_widget_set_vexpand (gtk_bench.area, TRUE);
  gtk_box_append (GTK_BOX (box), gtk_bench.area);
  gtk_box_append (GTK_BOX (box), gtk_bench.bar);
  gtk_box_append (GTK_BOX (box), gtk_bench.label);
  gtk_window_set_default_size (GTK_WINDOW (gtk_bench.window), 400, 300);
  gtk_window_set_child (GTK_WINDOW (gtk_bench.window), box);
  gtk_widget_add_tick_callback (gtk_bench.area, tick_cb, NULL, NULL);
  gtk_window_present (GTK_WINDOW (gtk_bench.window));
  g_timeout_add_full (G_PRIORITY_DEFAULT_IDLE, 5, low_cb, NULL, NULL);
  g_main_context_set_poll_func (NULL, poll_cb);
}

static int
compare_doubles_cb (gconstpointer a, gconstpointer b)
{
  const double first = *(const double *) a;
  const double second = *(const double *) b;

  return (first > second) - (first < second);
}

static double
get_percentile (guint percent)
{
  return g_array_index (gtk_bench.intervals, double,
                        (gtk_bench.intervals->len - 1) * percent / 100);
}

/* Lets the main loop run for a while. */
static void
run_for (gint64 duration_us)
{
  gint64 end = g_get_monotonic_time () + duration_us;

  while (g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, TRUE);
}

static void
take_turn_cb (gconstpointer data, double *values)
{
  const GtkBenchCase *kind = data;
  const gint64        duration_us = (bench_is_quick () ? 500 : 2000) * 1000;
  gpointer            load = kind != NULL ? kind->start () : NULL;
  const gboolean      sends = kind != NULL && kind->sends;

  /* Not what comes with the start. */
  run_for (200000);
  g_array_set_size (gtk_bench.intervals, 0);
  gtk_bench.n_low = 0;
  gtk_bench.n_items = 0;
  gtk_bench.longest_turn_ns = 0;
  run_for (duration_us);

  bench_check (gtk_bench.intervals->len > 2);
  g_array_sort (gtk_bench.intervals, compare_doubles_cb);
  values[0] = get_percentile (99);
  values[1] = get_percentile (50);
  values[2] = sends ? (double) gtk_bench.longest_turn_ns / BENCH_NS_PER_MS : NAN;
  values[3] = gtk_bench.n_low / ((double) duration_us / G_USEC_PER_SEC);
  values[4] = sends ? gtk_bench.n_items / ((double) duration_us / 1000) : NAN;

  if (kind != NULL)
    kind->stop (load);
}

static void
run_frames (void)
{
  static const char *const columns[] = { "p99 ms", "p50 ms", "turn ms", "idle/s", "msg/ms", NULL };
  BenchTable              *table = bench_table_new ("Between two frames", columns);
  gpointer                 load;

  bench_cpu_place_client ();
  gtk_init ();
  open_window ();

  bench_table_add (table, "no load", FALSE, take_turn_cb, NULL);
  bench_table_add (table, gtk_bench_burn.name, FALSE, take_turn_cb, &gtk_bench_burn);
  bench_table_add (table, gtk_bench_ours.name, TRUE, take_turn_cb, &gtk_bench_ours);
  bench_table_add (table, gtk_bench_idle.name, FALSE, take_turn_cb, &gtk_bench_idle);
  bench_table_add_goal (table, 0, gtk_bench_ours.name, 1.25, gtk_bench_burn.name);

  /* The budget, and one item that began just before its end. */
  bench_table_add_goal (table, 2, gtk_bench_ours.name, 5, NULL);

  /* How much CPU there is to burn. */
  load = gtk_bench_ours.start ();
  run_for (300000);
  gtk_bench_ours.stop (load);

  bench_table_run_and_free (table);
  gtk_window_destroy (GTK_WINDOW (gtk_bench.window));
}

static const BenchPass passes[] = {
  { "one-cpu", BENCH_ONE_CPU, FALSE, run_frames },
  { "two-cpus", BENCH_TWO_CPUS, FALSE, run_frames },
};

int
main (int argc, char **argv)
{
  return bench_main (argc, argv, "gtk", passes, G_N_ELEMENTS (passes));
}
