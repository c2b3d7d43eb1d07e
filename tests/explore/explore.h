/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>
#include <time.h>

G_BEGIN_DECLS

/*
 * Runs a few parties in every order in which their steps can come, in one thread: see explore.c.
 * A step is whatever others can see: to take or leave a lock, an atomic operation, to fall asleep,
 * to wake somebody. explore-hooks.h makes these calls out of what the library's sources do.
 */
typedef enum
{
  STEP_START,
  STEP_LOCK,
  STEP_UNLOCK,
  STEP_READ,
  STEP_WRITE, /* or read and write */
  STEP_WAKE,
  STEP_SLEEP, /* comes when somebody has woken it, or when its time is up */
  STEP_AWAIT, /* comes when no handler of a canceller is running */
  STEP_END,
} Step;

/* What an atomic operation does. */
typedef enum
{
  OPERATION_NONE,
  OPERATION_READ,
  OPERATION_SET,
  OPERATION_INCREASE, /* nobody looks at what was there */
  OPERATION_DECREASE, /* somebody looks whether it was 1 */
  OPERATION_ADD,
  OPERATION_OR,
  OPERATION_AND,
  OPERATION_EXCHANGE,
  OPERATION_COMPARE, /* somebody looks whether it was what was expected */
  OPERATION_COMPARE_FULL,
  OPERATION_WAKE, /* a context */
} Operation;

#define MAX_PARTIES 4

typedef struct
{
  const char *name;
  void (*begin) (void);
  void (*parties[MAX_PARTIES]) (void);
  void (*end) (void); /* checks what came of it */
  /* How often somebody is interrupted at most when it is to be quick, and when it is to be thorough;
   * 0: as often as there is. */
  guint max_interrupted;
  guint max_thorough;
  gboolean
      are_alike; /* those that run the same function: it does not matter which of them begins */
} Exploration;

typedef struct
{
  guint n_orders; /* that differ in more than what nobody can tell */
  guint n_steps;  /* of the longest */
  char *fault;    /* what went wrong in one of them, or NULL */
} Findings;

Findings explore (const Exploration *exploration, gboolean is_thorough);

/* For the parties, and the hooks. */
void    explore_step (Step step, gconstpointer address, const char *what);
guint64 explore_operate (Operation     operation,
                         gconstpointer address,
                         gsize         size,
                         guint64       a,
                         guint64       b,
                         const char   *what);
void    explore_fail (const char *format, ...) G_GNUC_PRINTF (1, 2) G_GNUC_NORETURN;
guint   explore_get_party (void);

#define explore_assert(condition)                                                                  \
  G_STMT_START                                                                                     \
  {                                                                                                \
    if (!(condition))                                                                              \
      explore_fail ("%s: not so: %s", G_STRLOC, #condition);                                       \
  }                                                                                                \
  G_STMT_END

/* A variable of which each party has its own: _Thread_local does not know about them. */
void explore_add_local (gpointer variable, gsize size);

/* Memory that must not be used any more, until the end. */
void     explore_bury (gpointer memory, gsize size);
void     explore_free (gpointer memory);
gboolean explore_is_freed (gconstpointer memory);

/* Locks. */
void     explore_lock (GMutex *mutex);
gboolean explore_trylock (GMutex *mutex);
void     explore_unlock (GMutex *mutex);

/* Sleep. */
long explore_futex (long                   number,
                    int                   *address,
                    int                    operation,
                    int                    value,
                    const struct timespec *until,
                    ...);
void explore_wake_up (GMainContext *context);
void explore_sleep (GMainContext *context, gboolean is_timed);

/* A cancellable, which calls one handler. */
typedef struct
{
  GMutex   mutex; /* the first: its address is the canceller's */
  gboolean is_cancelled;
  gboolean is_running;
  void (*handler) (gpointer self, gpointer data);
  gpointer data;
} Canceller;

void     explore_cancel (Canceller *self);
gulong   explore_cancellable_connect (gpointer self, GCallback handler, gpointer data);
void     explore_cancellable_disconnect (gpointer self, gulong id);
gboolean explore_cancellable_is_cancelled (gpointer self);

G_END_DECLS
