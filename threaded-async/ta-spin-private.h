/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Whether somebody who is about to sleep should look again for a while first.
 *
 * To wake a sleeping core of a virtual machine takes 30 to 50 µs, and a round trip between two
 * threads is hardly anything else. So in a back-to-back exchange the one who waits keeps its core
 * and looks again and again; it pays only if the other one answers within about that time, and only
 * on another core. Nobody can know, so the history of each who waits decides: every look in vain
 * doubles the number of waits before the next, up to a limit, and a look that found something sets
 * it back.
 *
 * How long a wake-up takes is measured wherever one happens: to look for less than that gains nothing,
 * and for more wastes the core.
 *
 * Where there is only one core, the one who waits lets the others run instead of sleeping. Then
 * nobody has to be woken, and, what counts for more, the kernel has nobody for whom to interrupt
 * the one who works: a taker that lets a putter go on would be interrupted after every item.
 */
typedef struct
{
  guint  skip;       /* the owner's thread: how many waits to go straight to sleep */
  guint  backoff;    /* likewise: how many it will be after the next look in vain */
  gint64 not_before; /* likewise: when it may give way to others again */
  gint64 limit;      /* const: for how many µs to look; 0: what was measured; TA_SPIN_OFF: never */
} TaSpin;

#define TA_SPIN_OFF (-1)

/* One look, on the stack of who looks. */
typedef struct
{
  gint64 budget;   /* for how long to look */
  gint64 begun;    /* when it last began */
  gint64 end;      /* when to give up */
  guint  n_pauses; /* where there is one core: how often others were let run */
  gint64 lost;     /* for how long others had the core, at most */
} TaSpinWait;

/* Lets the processor know that it waits for another one. */
static inline void
ta_spin_relax (void)
{
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause ();
#elif defined(__aarch64__) || defined(__arm__)
  __asm__ __volatile__("yield");
#endif
}

gboolean ta_spin_start (TaSpin *self, TaSpinWait *wait);
gint64   ta_spin_restart (TaSpinWait *wait);
gboolean ta_spin_pause (TaSpinWait *wait);
void     ta_spin_note (TaSpin *self, TaSpinWait *wait, gboolean found);
void     ta_spin_calibrate (gint64 wake_us);
gboolean ta_spin_is_shared (void);

G_END_DECLS
