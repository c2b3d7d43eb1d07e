/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>
#include <time.h>

G_BEGIN_DECLS

#define BENCH_NS_PER_US (G_GINT64_CONSTANT (1000))
#define BENCH_NS_PER_MS (G_GINT64_CONSTANT (1000000))
#define BENCH_NS_PER_S (G_GINT64_CONSTANT (1000000000))

/* Where the threads of a pass run. */
typedef enum
{
  BENCH_ONE_CPU,
  BENCH_TWO_CPUS,
} BenchPlacement;

guint    bench_cpu_count (void);
void     bench_cpu_place_process (BenchPlacement placement);
gboolean bench_cpu_has_two (void);

/* For the thread that asks. */
void bench_cpu_place_client (void);
/* For the thread that answers; cheap when it has been placed before. */
void bench_cpu_place_loop (void);
/* Calls @func bound as such. */
void bench_cpu_run_client (void (*func) (gpointer data), gpointer data);
/* For a thread that is going to start others, which inherit its place. */
void bench_cpu_unplace (void);

static inline gint64
bench_clock_ns (clockid_t clock)
{
  struct timespec time;

  clock_gettime (clock, &time);
  return time.tv_sec * BENCH_NS_PER_S + time.tv_nsec;
}

/* Monotonic time. */
static inline gint64
bench_now_ns (void)
{
  return bench_clock_ns (CLOCK_MONOTONIC);
}

/* CPU time of all threads. getrusage() gives the same, in microseconds. */
static inline gint64
bench_process_cpu_ns (void)
{
  return bench_clock_ns (CLOCK_PROCESS_CPUTIME_ID);
}

/* CPU time of this thread. */
static inline gint64
bench_thread_cpu_ns (void)
{
  return bench_clock_ns (CLOCK_THREAD_CPUTIME_ID);
}

/* CPU time of everybody on the machine, in steps of some milliseconds; 0 where nobody knows. */
gint64 bench_machine_cpu_ns (void);

/* How often threads of the process have gone to sleep or been preempted. */
gint64 bench_context_switches (void);

/* The bytes that are allocated now. */
gint64 bench_heap_bytes (void);

/* Tells the CPU that this is a spinning loop. */
static inline void
bench_cpu_relax (void)
{
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause ();
#elif defined(__aarch64__)
  __asm__ volatile("isb" ::: "memory");
#else
  __asm__ volatile("" ::: "memory");
#endif
}

G_END_DECLS
