/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-fork-private.h"
#include "ta-loop-internal.h"
#include "ta-runner-private.h"
#include "ta-stall-private.h"

/*
 * The watchdog over one loop.
 *
 * The loop says when it comes round and when it goes to sleep, and the inbox which item it is at. The
 * watchdog's thread looks at that when the loop might have been at one thing for too long; if it has,
 * it says so, and again whenever that time has doubled. That the loop goes on the loop says itself. One
 * that sleeps is not looked at: it arms the watch again when it wakes up.
 */

struct _TaStall
{
  int ref_count; /* atomic */

  /* Const. */
  TaLoop *loop; /* owned */
  gint64  threshold;

  TaWatch watch;      /* the watchdog's, with a reference while it is queued */
  int     is_armed;   /* atomic */
  int     is_stalled; /* atomic; written under the mutex */

  GMutex   mutex; /* guards the rest */
  gboolean has_ended;
  gint64   stalled_since;
  gint64   report_at; /* how long it must have lasted to be told of again */
  gboolean has_stall; /* something to be told of `stalled`, and of `resumed` after that */
  gboolean has_resumed;
  char    *what;
  gint64   duration;
  gboolean is_queued; /* `item` is in the runner's main inbox, with a reference, as is `runner` */

  TaInboxItem item;   /* the inbox's */
  TaRunner   *runner; /* whoever queues the item, and then its function */
};

static void watch_cb (TaWatch *watch);

TaStall *
ta_stall_ref (TaStall *self)
{
  g_atomic_int_inc (&self->ref_count);

  return self;
}

void
ta_stall_unref (TaStall *self)
{
  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;

  ta_loop_unref (self->loop);
  ta_mutex_clear (&self->mutex);
  g_free (self->what);
  g_free (self);
}

static void
tell_cb (TaInboxItem *item, gboolean dropped)
{
  TaStall             *self = TA_CONTAINER (item, TaStall, item);
  g_autoptr (TaRunner) runner = g_steal_pointer (&self->runner);
  g_autofree char     *what = NULL;
  gboolean             has_stall, has_resumed;
  gint64               duration;

  g_mutex_lock (&self->mutex);
  self->is_queued = FALSE;
  has_stall = self->has_stall;
  has_resumed = self->has_resumed;
  self->has_stall = self->has_resumed = FALSE;
  what = g_steal_pointer (&self->what);
  duration = self->duration;
  g_mutex_unlock (&self->mutex);

  if (has_stall && !dropped)
    ta_runner_emit_stalled (runner, what, duration);
  if (has_resumed && !dropped)
    ta_runner_emit_resumed (runner);

  ta_stall_unref (self);
}

/* Has the listeners told; with the mutex held, which it releases. */
static void
queue_and_unlock (TaStall *self, TaRunner *runner)
{
  gboolean is_new = !self->is_queued;

  self->is_queued = TRUE;
  g_mutex_unlock (&self->mutex);

  if (!is_new)
    return;

  self->runner = g_object_ref (runner);
  ta_stall_ref (self);
  ta_inbox_push (ta_runner_get_main_inbox (runner), &self->item, tell_cb);
}

/* Has the watchdog look at the loop at some time. */
static void
look_at (TaStall *self, gint64 due)
{
  gboolean has_ended;

  if (!ta_watchdog_add (&ta_stall_ref (self)->watch, due, watch_cb))
    ta_stall_unref (self);

  /* Its end may have come first. */
  g_mutex_lock (&self->mutex);
  has_ended = self->has_ended;
  g_mutex_unlock (&self->mutex);

  if (has_ended && ta_watchdog_remove (&self->watch))
    ta_stall_unref (self);
}

/* Says that the loop is at @what since a time, if that is news; returns when to look again. */
static gint64
report_stall (TaStall *self, gint64 since, gint64 now)
{
  g_autoptr (TaRunner) runner = ta_loop_get_runner (self->loop);
  g_autofree char     *what = NULL;
  gint64               again;

  if (runner == NULL)
    return now + self->threshold;

  what = ta_loop_describe_busy (self->loop);

  g_mutex_lock (&self->mutex);
  if (self->has_ended || (self->stalled_since == since && now - since < self->report_at))
    {
      again = self->stalled_since + self->report_at;
      g_mutex_unlock (&self->mutex);
      return again;
    }

  if (self->stalled_since != since)
    self->report_at = self->threshold;
  self->stalled_since = since;
  while (self->report_at <= now - since)
    self->report_at *= 2;
  again = since + self->report_at;
  g_atomic_int_set (&self->is_stalled, TRUE);

  g_free (self->what);
  self->what = g_steal_pointer (&what);
  self->duration = now - since;
  self->has_stall = TRUE;
  self->has_resumed = FALSE;
  queue_and_unlock (self, runner);

  /* It may have gone on meanwhile, and not have known that somebody cares. */
  if (ta_inbox_get_busy (ta_loop_get_inbox (self->loop), NULL) != since)
    ta_stall_come_round (self);

  return again;
}

static void
report_resumption (TaStall *self)
{
  g_autoptr (TaRunner) runner = ta_loop_get_runner (self->loop);

  g_mutex_lock (&self->mutex);
  if (!self->is_stalled || runner == NULL)
    {
      g_mutex_unlock (&self->mutex);
      return;
    }

  g_atomic_int_set (&self->is_stalled, FALSE);
  self->stalled_since = 0;
  self->has_resumed = TRUE;
  queue_and_unlock (self, runner);
}

/* In the watchdog's thread. */
static void
watch_cb (TaWatch *watch)
{
  TaStall *self = TA_CONTAINER (watch, TaStall, watch);
  TaInbox *inbox = ta_loop_get_inbox (self->loop);
  gint64   now = g_get_monotonic_time ();
  gint64   since = ta_inbox_get_busy (inbox, NULL);

  if (since == 0)
    {
      /* The loop says first that it wakes up, and then looks whether it is watched. */
      g_atomic_int_set (&self->is_armed, FALSE);
      since = ta_inbox_get_busy (inbox, NULL);
      if (since != 0)
        ta_stall_come_round (self);
    }
  else if (now - since >= self->threshold)
    {
      look_at (self, report_stall (self, since, now));
    }
  else
    {
      look_at (self, since + self->threshold);
    }

  ta_stall_unref (self);
}

/* Whether the loop has to call ta_stall_come_round(). */
gboolean
ta_stall_is_awaited (TaStall *self)
{
  return !g_atomic_int_get (&self->is_armed) || g_atomic_int_get (&self->is_stalled);
}

/* The loop has come round: what it was at is over. Without a lock. */
void
ta_stall_come_round (TaStall *self)
{
  if (g_atomic_int_get (&self->is_stalled))
    report_resumption (self);

  if (!g_atomic_int_exchange (&self->is_armed, TRUE))
    look_at (self, g_get_monotonic_time () + self->threshold);
}

/* Watches over a loop that is being started. */
void
ta_stall_start (TaLoop *loop, gint64 threshold)
{
  TaStall *self = g_new0 (TaStall, 1);

  self->ref_count = 1;
  self->loop = ta_loop_ref (loop);
  self->threshold = threshold;
  g_mutex_init (&self->mutex);

  loop->stall = self;
  ta_watchdog_hold ();
  ta_inbox_add_stall (loop->inbox, self);
}

/* Watches no more; takes over the loop's reference. */
void
ta_stall_end (TaStall *self)
{
  ta_inbox_remove_stall (self->loop->inbox, self);

  g_mutex_lock (&self->mutex);
  self->has_ended = TRUE;
  g_mutex_unlock (&self->mutex);

  if (ta_watchdog_remove (&self->watch))
    ta_stall_unref (self);
  ta_watchdog_release ();
  ta_stall_unref (self);
}
