/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-fork-private.h"
#include "ta-loop-internal.h"

/*
 * The GTasks that were given to a loop. The library can't return one that has been started, since
 * its function may do so too: when the loop stops, it cancels their cancellables.
 */

struct _TaGTaskEntry
{
  int ref_count; /* atomic: one for the list, or who takes it out of it, and one for the item */

  /* Const. */
  TaLoop         *loop; /* owned */
  GTaskThreadFunc func;
  TaWeak         *weak_task; /* owned; for when the work owns the GTask */

  int    is_claimed; /* atomic: it has been started, or called off */
  GTask *task;       /* owned, for who claims it */

  TaInboxItem start; /* the inbox's */

  /* The loop's lock. */
  TaGTaskEntry *previous;
  TaGTaskEntry *next;
  gboolean      is_listed;
};

static void
unref_entry (TaGTaskEntry *entry)
{
  if (!g_atomic_int_dec_and_test (&entry->ref_count))
    return;

  ta_weak_unref (entry->weak_task);
  ta_loop_unref (entry->loop);
  g_free (entry);
}

static gboolean
claim (TaGTaskEntry *entry)
{
  return !g_atomic_int_exchange (&entry->is_claimed, TRUE);
}

static void
unlist_locked (TaLoop *self, TaGTaskEntry *entry)
{
  if (entry->previous != NULL)
    entry->previous->next = entry->next;
  else
    self->gtasks = entry->next;
  if (entry->next != NULL)
    entry->next->previous = entry->previous;
  entry->is_listed = FALSE;
}

/* Takes an entry out of the list, if it is in. */
static void
unlist (TaGTaskEntry *entry)
{
  TaLoop  *loop = entry->loop;
  gboolean was_listed;

  g_mutex_lock (&loop->mutex);
  was_listed = entry->is_listed;
  if (was_listed)
    unlist_locked (loop, entry);
  g_mutex_unlock (&loop->mutex);

  if (was_listed)
    unref_entry (entry);
}

/* The GTask goes, and with it whatever was to be cancelled; in its dispose(), from any thread. */
static void
task_gone_cb (gpointer data, GObject *where_the_task_was)
{
  TaGTaskEntry *entry = data;

  ta_weak_lose (entry->weak_task);
  unlist (entry);
  unref_entry (entry);
}

/* Returns one that has not been started, and won't be. */
static void
call_off (TaGTaskEntry *entry)
{
  g_autoptr (GTask) task = g_steal_pointer (&entry->task);

  /* Nobody is told when it goes. */
  ta_weak_lose (entry->weak_task);
  g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED,
                           "Runner “%s” stopped before it started the task",
                           ta_loop_get_name (entry->loop));
}

static void
start_cb (TaInboxItem *item, gboolean dropped)
{
  TaGTaskEntry *entry = TA_CONTAINER (item, TaGTaskEntry, start);

  if (!claim (entry))
    {
      /* It was called off. */
    }
  else if (dropped)
    {
      unlist (entry);
      call_off (entry);
    }
  else
    {
      g_autoptr (GTask) task = g_steal_pointer (&entry->task);

      g_atomic_int_inc (&entry->ref_count);
      g_object_weak_ref (G_OBJECT (task), task_gone_cb, entry);

      entry->func (task, g_task_get_source_object (task), g_task_get_task_data (task),
                   g_task_get_cancellable (task));
    }

  unref_entry (entry);
}

/* Has @func called with the GTask in the loop; from any thread. */
void
ta_loop_run_gtask (TaLoop *self, GTask *task, GTaskThreadFunc func)
{
  TaGTaskEntry *entry;
  GError       *error = NULL;
  gboolean      is_running;

  if (!ta_fork_check (&error))
    {
      g_task_return_error (task, error);
      return;
    }

  entry = g_new0 (TaGTaskEntry, 1);
  entry->ref_count = 2;
  entry->loop = ta_loop_ref (self);
  entry->func = func;
  entry->task = g_object_ref (task);
  entry->weak_task = ta_weak_new (task);

  g_mutex_lock (&self->mutex);
  is_running = self->state == TA_LOOP_RUNNING;
  if (is_running)
    {
      entry->next = self->gtasks;
      if (entry->next != NULL)
        entry->next->previous = entry;
      self->gtasks = entry;
      entry->is_listed = TRUE;
    }
  g_mutex_unlock (&self->mutex);

  if (is_running)
    {
      ta_inbox_push (self->inbox, &entry->start, start_cb);
      return;
    }

  ta_loop_check_running (self, &error);
  g_task_return_error (task, error);
  g_object_unref (g_steal_pointer (&entry->task));
  unref_entry (entry);
  unref_entry (entry);
}

/*
 * Calls those off that have not been started, and cancels the cancellables of those that have been
 * and have not been returned; from any thread.
 */
void
ta_loop_end_gtasks (TaLoop *self)
{
  TaGTaskEntry *entry;

  do
    {
      g_mutex_lock (&self->mutex);
      entry = self->gtasks;
      if (entry != NULL)
        unlist_locked (self, entry);
      g_mutex_unlock (&self->mutex);

      if (entry != NULL)
        {
          if (claim (entry))
            {
              call_off (entry);
            }
          else
            {
              g_autoptr (GTask) task = ta_weak_get (entry->weak_task);

              if (task != NULL && !g_task_get_completed (task))
                g_cancellable_cancel (g_task_get_cancellable (task));
            }
          unref_entry (entry);
        }
    }
  while (entry != NULL);
}
