/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-fork-private.h"
#include "ta-loop-internal.h"
#include "ta-task-list-private.h"

/*
 * The part of a loop that tells the lists of its tasks what comes and goes; see ta-task-list.c. What
 * stands for a call is not shown.
 *
 * A task is told of after the lock under which it came into the loop's own list, or left it. So a
 * feed that is added under this lock misses nothing: what came before is in the list of the loop.
 */

static gboolean
is_shown (TaTask *task)
{
  return (g_atomic_int_get (&task->flags) & (TA_TASK_CALL | TA_TASK_ITERATION)) == 0;
}

/* Adds a feed, and returns the tasks that it is not told of. */
GPtrArray *
ta_loop_add_feed (TaLoop *self, TaTaskFeed *feed)
{
  GPtrArray            *shown = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GPtrArray) pinned = g_ptr_array_new ();

  if (ta_has_forked)
    return shown;

  ta_task_feed_ref (feed);

  g_mutex_lock (&self->mutex);
  feed->next = self->feeds;
  if (self->feeds != NULL)
    self->feeds->previous = feed;
  g_atomic_pointer_set (&self->feeds, feed);
  for (TaTask *task = self->first_task; task != NULL; task = task->next)
    {
      task->n_pins++;
      g_ptr_array_add (pinned, task);
    }
  g_mutex_unlock (&self->mutex);

  for (guint i = 0; i < pinned->len; i++)
    {
      TaTask *task = g_ptr_array_index (pinned, i);

      if (is_shown (task) && !ta_task_is_internal (task))
        g_ptr_array_add (shown, g_object_ref (task));
      ta_loop_unpin_task (self, task);
    }

  return shown;
}

/* The feed is told of nothing that comes or goes from now on. */
void
ta_loop_remove_feed (TaLoop *self, TaTaskFeed *feed)
{
  if (ta_has_forked)
    return;

  g_mutex_lock (&self->mutex);
  if (feed->previous != NULL)
    feed->previous->next = feed->next;
  else
    g_atomic_pointer_set (&self->feeds, feed->next);
  if (feed->next != NULL)
    feed->next->previous = feed->previous;
  g_mutex_unlock (&self->mutex);

  ta_task_feed_unref (feed);
}

/* Called when a task has come, or gone; from any thread, without a lock. */
void
ta_loop_tell_feeds (TaLoop *self, TaTask *task, gboolean is_new)
{
  g_autoptr (GPtrArray) feeds = NULL;

  if (G_LIKELY (g_atomic_pointer_get (&self->feeds) == NULL) || !is_shown (task))
    return;

  feeds = g_ptr_array_new_with_free_func ((GDestroyNotify) ta_task_feed_unref);
  g_mutex_lock (&self->mutex);
  for (TaTaskFeed *feed = self->feeds; feed != NULL; feed = feed->next)
    g_ptr_array_add (feeds, ta_task_feed_ref (feed));
  g_mutex_unlock (&self->mutex);

  for (guint i = 0; i < feeds->len; i++)
    ta_task_feed_tell (g_ptr_array_index (feeds, i), task, is_new);
}
