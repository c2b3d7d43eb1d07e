/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

/* What the parts of the tests share that are there for the thread sanitizer: see tsan.c. */

#include <dlfcn.h>
#include <gio/gio.h>

extern void __tsan_acquire (void *address);
extern void __tsan_release (void *address);
extern void
AnnotateBenignRaceSized (const char *file, int line, void *address, gsize size, const char *what);

#define NEXT(name)                                                                                 \
  static __typeof__ (&name) found;                                                                 \
  __typeof__ (&name)        next = g_atomic_pointer_get (&found);                                  \
  if (next == NULL)                                                                                \
    {                                                                                              \
      next = dlsym (RTLD_NEXT, #name);                                                             \
      g_atomic_pointer_set (&found, next);                                                         \
    }

/* What was done by those who were here before has been done. */
#define ORDER(address)                                                                             \
  G_STMT_START                                                                                     \
  {                                                                                                \
    __tsan_acquire (address);                                                                      \
    __tsan_release (address);                                                                      \
  }                                                                                                \
  G_STMT_END

/* The sanitizer must not see that what is GLib's is read: GLib may free it in another thread. */
#ifdef __clang__
#define UNSEEN __attribute__ ((noinline, no_sanitize ("thread")))
#else
#define UNSEEN __attribute__ ((noipa, no_sanitize ("thread")))
#endif

/* In the thread that iterates a context: what its lock has ordered until now. */
G_GNUC_INTERNAL void tsan_order_iterated (void);

static inline GMainContext *
tsan_get_context (GMainContext *context)
{
  return context != NULL ? context : g_main_context_default ();
}
