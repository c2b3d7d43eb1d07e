/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "bench.h"

#include <pthread.h>

G_BEGIN_DECLS

/* What is asked: the answer can only be right when the other thread has worked it out. */
typedef struct
{
  guint32   question;
  guint32   answer;
  pthread_t answered_by;
} RoundTripRequest;

/* For the thread that answers. */
static inline void
round_trip_answer (RoundTripRequest *request)
{
  request->answer = request->question * 2654435761u + 1;
  request->answered_by = pthread_self ();
}

/* A way to ask a loop in another thread, and wait. */
typedef struct
{
  const char *name;
  gboolean    ours;
  gboolean    spins; /* makes no sense on one CPU */

  /* Where @func, which asks, is called from; NULL is bench_cpu_run_client. */
  void (*run_client) (void (*func) (gpointer data), gpointer data);

  gpointer (*start) (void);
  void (*ask) (gpointer self, RoundTripRequest *request);
  void (*stop) (gpointer self);
} RoundTripPeer;

extern const RoundTripPeer round_trip_eventfd;
extern const RoundTripPeer round_trip_spin;
extern const RoundTripPeer round_trip_async_queue;
extern const RoundTripPeer round_trip_invoke;
extern const RoundTripPeer round_trip_invoke_late;
extern const RoundTripPeer round_trip_gtask;
extern const RoundTripPeer round_trip_call;
extern const RoundTripPeer round_trip_task;
extern const RoundTripPeer round_trip_queue_loop;
extern const RoundTripPeer round_trip_queue_threads;
extern const RoundTripPeer round_trip_event;
#ifdef HAVE_LIBDEX
extern const RoundTripPeer round_trip_dex_channel;
extern const RoundTripPeer round_trip_dex_fiber;
#endif

G_END_DECLS
