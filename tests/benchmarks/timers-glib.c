/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "timers.h"

/* A GSource for each timer. */

static gpointer
timeout_start (void)
{
  return NULL;
}

static gboolean
timeout_cb (gpointer timer)
{
  timers_fired (timer);
  return G_SOURCE_REMOVE;
}

static void
timeout_add (gpointer data, gint64 duration_us, TimersTimer *timer)
{
  g_autoptr (GSource) source = g_timeout_source_new ((guint) (duration_us / 1000));

  g_source_set_callback (source, timeout_cb, timer, NULL);
  g_source_attach (source, NULL);
}

static void
timeout_stop (gpointer data)
{
}

const TimersPeer timers_timeout = {
  .name = "g_timeout_source_new",
  .start = timeout_start,
  .add = timeout_add,
  .stop = timeout_stop,
};
