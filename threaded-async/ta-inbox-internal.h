/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "ta-inbox-private.h"
#include "ta-spin-private.h"

G_BEGIN_DECLS

/* What only the ta-inbox*.c files look at. */

/* After this many turns a loop that does not come to rest is taken for one that never will. */
#define TA_INBOX_REST_TURNS 64

/* How many descriptors a loop may sleep on whose rest others can see by themselves. */
#define TA_INBOX_MAX_SLEEP_FDS 4

/* What two processors fight for if they write to it. */
#define TA_INBOX_CACHE_LINE 64

/* The head of an inbox whose context will not run any more. */
extern TaInboxItem ta_inbox_closed;
#define TA_INBOX_CLOSED (&ta_inbox_closed)

/* Oldest first. */
typedef struct
{
  TaRest *first;
  TaRest *last;
} TaRestList;

struct _TaInbox
{
  GMainContext *context; /* const; owned while uses > 0 */
  int           uses;    /* atomic; goes from 1 to 0, and is looked up, under the table's lock */
  int           sources; /* atomic: GSources that may touch the memory, and 1 for the uses */

  TaInboxItem *head;     /* atomic: what was pushed, newest first */
  int          parked;   /* atomic: the loop sleeps, or is about to, and is to be woken */
  int          spinning; /* atomic: a loop of ours has found nothing ready, and looks at `head` */

  /* Atomic: what a loop of ours sleeps on, written while it does not, for those who look whether it
   * is at rest. */
  int      is_watched;   /* somebody does look */
  int      sleep_serial; /* odd while it writes the rest */
  int      n_sleep_fds;
  int      sleep_fds[TA_INBOX_MAX_SLEEP_FDS];
  int      sleep_events[TA_INBOX_MAX_SLEEP_FDS];
  gpointer sleep_until; /* monotonic, in microseconds, as far as it fits; NULL for ever */

  int awakened; /* atomic: a loop of another kind that turns this one has something to do */

  char    *owner; /* const once others know the inbox: the name of the loop that owns the context */
  int      wakeup_fd; /* likewise: the descriptor by which the context is woken, or -1 */
  TaTimers timers;    /* has its own lock */

  GMutex       turn_mutex; /* guards `taken`, for the case that the loop is abandoned */
  TaInboxItem *taken;      /* what is left of the turn, oldest first; written by the loop alone */

  /* Atomic; owned: the source that goes on when a turn used up its time. Made in a turn, which has a
   * use of the inbox; dropped by a later one, or by the last use. */
  GSource *relief;

  /* What the owner of the context lets other threads see of what he is at; relaxed atomics. */
  TaInboxItem *current; /* only its address counts: it may be gone */
  gint64       since;   /* when it began: written after it */
  TaInboxItem *root;    /* what began the chain whose callback it is, or NULL; likewise */
  gint64 round_since; /* when the loop last came round, or 0 while it sleeps; if there are stalls */
  GPtrArray *stalls;  /* turn_mutex; also read as an atomic: of TaStall, NULL if there are none */
  GSource   *lookout; /* turn_mutex; owned: while there are stalls, where the loop is not ours */
  gboolean   is_outside; /* a loop of another kind that turns this one is at something of its own */

  /* Whoever owns the context. */
  GSource   *source;     /* const */
  gint64     come_back;  /* when `source` may go on all the same; 0 while it is armed */
  gint64     busy_since; /* since when others may have had to wait for it; 0 while they have not */
  gint64     paused_at;  /* when the loop last found nothing in it; 0 if it did not sleep then */
  guint      yields;     /* counts down to 0 over the iteration that the inbox has to let go by */
  TaRestList rests;      /* what to do at rest */
  GSource   *rest;       /* the source that is ready when nothing else is */
  TaRestList watchers;   /* who is to be told of it by a loop of ours */
  gboolean   is_quiet;   /* nothing was ready when it was last polled */
  TaSpin     spin;       /* for a context whose loop is not ours */
  gboolean   is_busy; /* a loop of another kind has more to do, so that this one is not at rest */

  GObject *spare; /* owned: a result that serves again; see ta-operation-result.c */

  int turns; /* atomic, written by the loop alone: the iterations in which somebody waits for rest */

  /* How a thread that watches is told that the loop is at rest: see ta-inbox-rest.c. By themselves in
   * memory, for it looks at them all the time. */
  guint8 padding[TA_INBOX_CACHE_LINE];
  int    is_serving; /* atomic, written by the loop alone: it answers who asks */
  guint  asked;      /* atomic: how often somebody has asked */
  guint
      told; /* atomic, written by the loop alone: up to which of these it has been at rest since */
  guint8 more_padding[TA_INBOX_CACHE_LINE];

  /* The loop's. */
  guint    heard;        /* what it read in `asked` before it last looked for what is ready */
  gboolean is_answering; /* it looks because somebody has asked, and does not sleep */
};

/* What one thread writes for others to see. */
#define ta_publish(pointer, value) __atomic_store_n ((pointer), (value), __ATOMIC_RELEASE)
#define ta_peek(pointer) __atomic_load_n ((pointer), __ATOMIC_ACQUIRE)

/* In the thread that owns the context. */
TaInboxItem *ta_inbox_reverse (TaInboxItem *item);
GSource     *ta_inbox_create_source (TaInbox *self);
GSource *
ta_inbox_create_ready_source (TaInbox *self, GSourceFuncs *funcs, const char *name, int priority);
void ta_inbox_drop_relief (TaInbox *self);
void ta_inbox_rearm (TaInbox *self, gboolean is_spent);

/* How it comes to rest; see ta-inbox-rest.c. */
gboolean ta_inbox_count_turn (TaInbox *self);
gboolean ta_inbox_has_waited (TaInbox *self);
void     ta_inbox_come_to_rest (TaInbox *self, gboolean is_at_rest);

G_END_DECLS
