/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * Whatever other threads do, everything that belongs to the main loop comes there. Other languages
 * have the same test.
 */

#include "bindings/ta-probe.h"
#include "test-util.h"

#define MANY 100000
#define N_RUNS 10

/* What has come; only the main thread may get here. */
typedef struct
{
  TaQueue *queue;
  TaEvent *event;
  TaTask  *task;
  guint    n, n_calls; /* how many there are to come */
  guint    n_got, n_called, n_freed, n_signals, n_closed, n_done, n_elsewhere;
  gint64   sum;
  gboolean is_closed;
  gboolean was_set;
  double   progress;
} Witness;

static void
see (Witness *self, guint *count)
{
  ++*count;
  if (!ta_probe_is_marked_thread ())
    self->n_elsewhere++;
}

static void
got_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Witness           *self = data;
  g_auto (GValue)    value = G_VALUE_INIT;
  g_autoptr (GError) error = NULL;

  if (!ta_queue_get_finish (self->queue, result, &value, &error))
    {
      g_assert_error (error, TA_ERROR, TA_ERROR_CLOSED);
      self->is_closed = TRUE;
      return;
    }

  see (self, &self->n_got);
  self->sum += g_value_get_int64 (&value);
  ta_queue_get_async (self->queue, TA_TIMEOUT_INFINITE, NULL, got_cb, self);
}

static void
called_cb (gpointer data)
{
  Witness *self = data;

  see (self, &self->n_called);
}

static void
freed_cb (gpointer data)
{
  Witness *self = data;

  see (self, &self->n_freed);
}

static void
signal_cb (Witness *self)
{
  see (self, &self->n_signals);
}

static void
is_set_cb (Witness *self)
{
  see (self, &self->n_signals);
  self->was_set = ta_event_get_is_set (self->event);
}

static void
progress_cb (Witness *self)
{
  see (self, &self->n_signals);
  self->progress = ta_task_get_progress (self->task);
}

static void
closed_cb (Witness *self)
{
  see (self, &self->n_closed);
}

static void
done_cb (Witness *self)
{
  see (self, &self->n_done);
}

static void
start (TaTask *task, gpointer data)
{
  Witness              *self = data;
  g_autoptr (TaPromise) promise = ta_task_take_promise (task);

  ta_probe_flood (self->queue, self->event, promise, self->n);
}

static gboolean
has_status (TaTask *task, const char *wanted)
{
  g_autofree char *status = ta_task_dup_status (task);

  return g_strcmp0 (status, wanted) == 0;
}

static void
test_flood_from_four_threads (void)
{
  g_autoptr (TaQueue) queue = ta_queue_new (256);
  g_autoptr (TaEvent) event = ta_event_new ();
  g_autoptr (TaTask)  task = NULL;
  Witness             witness = { .queue = queue, .event = event, .n = test_repeats (MANY) };
  const guint         n_called = ta_probe_get_n_called ();
  guint               n_flooded;

  witness.n_calls = witness.n / 11;
  for (guint i = 0; i < witness.n_calls; i++)
    ta_probe_add_call (called_cb, &witness, freed_cb);
  witness.task = task = ta_runner_create_task (ta_runner_get_default (), start, &witness, NULL);

  g_signal_connect_swapped (event, "notify::is-set", G_CALLBACK (is_set_cb), &witness);
  g_signal_connect_swapped (queue, "items-available", G_CALLBACK (signal_cb), &witness);
  g_signal_connect_swapped (queue, "space-available", G_CALLBACK (signal_cb), &witness);
  g_signal_connect_swapped (queue, "notify::closed", G_CALLBACK (closed_cb), &witness);
  g_signal_connect_swapped (task, "notify::progress", G_CALLBACK (progress_cb), &witness);
  g_signal_connect_swapped (task, "notify::status", G_CALLBACK (signal_cb), &witness);
  g_signal_connect_swapped (task, "notify::done", G_CALLBACK (done_cb), &witness);
  ta_queue_get_async (queue, TA_TIMEOUT_INFINITE, NULL, got_cb, &witness);

  TEST_TURN_UNTIL (NULL, witness.is_closed && witness.n_closed > 0 && witness.n_done > 0);
  TEST_TURN_UNTIL (NULL, witness.was_set && witness.progress >= 1 && has_status (task, "over"));
  test_turn_all (NULL);

  g_assert_cmpuint (witness.n_elsewhere, ==, 0);
  /* Fewer than there could be where the machine is slow. */
  n_flooded = ta_probe_get_n_flooded ();
  g_assert_cmpuint (n_flooded, >, 0);
  g_assert_cmpuint (n_flooded, <=, witness.n);
  g_assert_cmpuint (witness.n_got, ==, n_flooded);
  g_assert_cmpint (witness.sum, ==, (gint64) n_flooded * (n_flooded - 1) / 2);
  g_assert_cmpuint (witness.n_called, ==, ta_probe_get_n_called () - n_called);
  g_assert_cmpuint (witness.n_called, >=, witness.n_calls * 2 / 3);
  g_assert_cmpuint (witness.n_freed, ==, witness.n_calls);
  g_assert_cmpuint (ta_probe_get_n_destroyed_elsewhere (), ==, 0);
  g_assert_cmpuint (witness.n_signals, >, 0);
  g_assert_cmpuint (witness.n_closed, ==, 1);
  g_assert_cmpuint (witness.n_done, ==, 1);

  g_signal_handlers_disconnect_by_data (event, &witness);
  g_signal_handlers_disconnect_by_data (queue, &witness);
  g_signal_handlers_disconnect_by_data (task, &witness);
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv);
  ta_probe_mark_thread ();

  /* Several times, for what goes wrong once in a while. */
  for (guint i = 1; i <= N_RUNS; i++)
    {
      g_autofree char *path = g_strdup_printf ("/foreign/flood-from-four-threads/%u", i);

      test_add (g_intern_string (path), test_flood_from_four_threads);
    }

  return g_test_run ();
}
