/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * For a program that includes sources of the library: from here on their locks and atomic
 * operations are steps of explore.h. What they include themselves comes first, and stays as it is.
 */

#pragma once

#include "explore.h"

#include <errno.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#undef g_atomic_int_get
#undef g_atomic_int_set
#undef g_atomic_int_inc
#undef g_atomic_int_dec_and_test
#undef g_atomic_int_add
#undef g_atomic_int_or
#undef g_atomic_int_and
#undef g_atomic_int_exchange
#undef g_atomic_int_compare_and_exchange
#undef g_atomic_int_compare_and_exchange_full
#undef g_atomic_pointer_get
#undef g_atomic_pointer_set
#undef g_atomic_pointer_exchange
#undef g_atomic_pointer_compare_and_exchange
#undef g_atomic_pointer_compare_and_exchange_full

/* A step that reads *p and perhaps writes there, of which explore.c can say what else it would do. */
#define EXPLORE_OPERATE(operation, p, a, b, what)                                                  \
  ({                                                                                               \
    (__typeof__ (*(p))) (guintptr) explore_operate ((operation), (p), sizeof *(p),                 \
                                                    (guint64) (guintptr) (a),                      \
                                                    (guint64) (guintptr) (b), (what));             \
  })

#define EXPLORE_COMPARE(operation, p, old, new, found)                                             \
  ({                                                                                               \
    __typeof__ (*(p)) old__ = (old);                                                               \
    *(found) = EXPLORE_OPERATE ((operation), (p), old__, (new), #new " to " #p " if " #old);       \
    *(found) == old__;                                                                             \
  })

#define g_atomic_int_get(p) EXPLORE_OPERATE (OPERATION_READ, (p), 0, 0, "read " #p)
#define g_atomic_int_set(p, v) ((void) EXPLORE_OPERATE (OPERATION_SET, (p), (v), 0, #v " to " #p))
#define g_atomic_int_inc(p) ((void) EXPLORE_OPERATE (OPERATION_INCREASE, (p), 0, 0, "increase " #p))
#define g_atomic_int_dec_and_test(p)                                                               \
  (EXPLORE_OPERATE (OPERATION_DECREASE, (p), 0, 0, "decrease " #p) == 1)
#define g_atomic_int_add(p, v)                                                                     \
  EXPLORE_OPERATE (OPERATION_ADD, (p), (gint64) (v), 0, "add " #v " to " #p)
#define g_atomic_int_or(p, v) EXPLORE_OPERATE (OPERATION_OR, (p), (v), 0, "or " #v " to " #p)
#define g_atomic_int_and(p, v) EXPLORE_OPERATE (OPERATION_AND, (p), (v), 0, "and " #v " to " #p)
#define g_atomic_int_exchange(p, v)                                                                \
  EXPLORE_OPERATE (OPERATION_EXCHANGE, (p), (v), 0, "exchange " #p " for " #v)
#define g_atomic_int_compare_and_exchange_full(p, old, new, found)                                 \
  EXPLORE_COMPARE (OPERATION_COMPARE_FULL, p, old, new, found)
#define g_atomic_int_compare_and_exchange(p, old, new)                                             \
  ({                                                                                               \
    __typeof__ (*(p)) found__;                                                                     \
    EXPLORE_COMPARE (OPERATION_COMPARE, p, old, new, &found__);                                    \
  })
#define g_atomic_pointer_get(p) g_atomic_int_get (p)
#define g_atomic_pointer_set(p, v) g_atomic_int_set (p, v)
#define g_atomic_pointer_exchange(p, v) g_atomic_int_exchange (p, v)
#define g_atomic_pointer_compare_and_exchange(p, old, new)                                         \
  g_atomic_int_compare_and_exchange (p, old, new)
#define g_atomic_pointer_compare_and_exchange_full(p, old, new, found)                             \
  g_atomic_int_compare_and_exchange_full (p, old, new, found)

#define g_mutex_lock explore_lock
#define g_mutex_trylock explore_trylock
#define g_mutex_unlock explore_unlock
#define g_mutex_init(mutex) ((void) (mutex))
#define g_mutex_clear(mutex) explore_step (STEP_WRITE, (mutex), "clear a lock")

#define syscall explore_futex
#define g_free explore_free
#define g_get_monotonic_time() G_USEC_PER_SEC
#define g_main_context_wakeup explore_wake_up
#define g_cancellable_connect(cancellable, handler, data, destroy)                                 \
  explore_cancellable_connect ((cancellable), (handler), (data))
#define g_cancellable_is_cancelled explore_cancellable_is_cancelled
#define g_cancellable_disconnect(cancellable, id)                                                  \
  explore_cancellable_disconnect ((cancellable), (id))
