/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench-runner.h"

#include "bench-cpu.h"
#include "bench-watchdog.h"

static void
place_cb (gpointer data)
{
  bench_cpu_place_loop ();
}

TaRunner *
bench_runner_new (void)
{
  TaRunner *self = ta_runner_new ("benchmark");

  bench_check (ta_runner_start (self, NULL));
  bench_check (
      ta_runner_call_in_loop (self, place_cb, NULL, NULL, TA_TIMEOUT_INFINITE, NULL, NULL));

  return self;
}

void
bench_runner_free (TaRunner *self)
{
  bench_check (ta_runner_stop (self, TA_TIMEOUT_INFINITE, NULL, NULL));
  bench_check (ta_runner_get_shutdown_type (self) == TA_SHUTDOWN_TYPE_STOPPED);
  g_object_unref (self);
}
