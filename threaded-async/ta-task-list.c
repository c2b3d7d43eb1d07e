/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-fork-private.h"
#include "ta-task-list-private.h"
#include "ta-task-private.h"

/*
 * A list model of the tasks of a loop, for whoever wants to show them. It lives in a context, and
 * changes only there, in its inbox: the loop feeds it with what has come and gone.
 *
 * The feed is told without the loop's lock, so that what it says of one task may come in any order.
 * That does no harm, since a task that is gone is done: one that is said to have come when it is done
 * already is not taken into the list.
 *
 * The loop has no reference on the list. While there is none it pays for a look at a pointer.
 */

typedef struct
{
  TaTask  *task; /* owned */
  gboolean is_new;
} TaTaskEvent;

#define TA_TYPE_TASK_LIST (ta_task_list_get_type ())

G_DECLARE_FINAL_TYPE (TaTaskList, ta_task_list, TA, TASK_LIST, GObject)

struct _TaTaskList
{
  GObject parent_instance;

  TaLoop     *loop; /* const, owned */
  TaTaskFeed *feed; /* const, owned */

  /* The context's thread. */
  GPtrArray  *tasks;   /* of TaTask */
  GHashTable *members; /* the same, to look them up; not owned */
  GArray     *events;  /* of TaTaskEvent, still to be done */
  gboolean    is_changing;
};

static void ta_task_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TaTaskList,
                               ta_task_list,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, ta_task_list_model_init))

static void
ta_task_event_clear (gpointer event)
{
  g_object_unref (((TaTaskEvent *) event)->task);
}

static GArray *
create_events (void)
{
  GArray *events = g_array_new (FALSE, FALSE, sizeof (TaTaskEvent));

  g_array_set_clear_func (events, ta_task_event_clear);

  return events;
}

static TaTaskFeed *
ta_task_feed_new (TaTaskList *list)
{
  TaTaskFeed *self = g_new0 (TaTaskFeed, 1);

  self->ref_count = 1;
  self->inbox = ta_inbox_ref_thread_default ();
  self->list = ta_weak_new (list);
  g_mutex_init (&self->mutex);
  self->events = create_events ();

  return self;
}

TaTaskFeed *
ta_task_feed_ref (TaTaskFeed *self)
{
  g_atomic_int_inc (&self->ref_count);

  return self;
}

void
ta_task_feed_unref (TaTaskFeed *self)
{
  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;

  g_array_unref (self->events);
  ta_mutex_clear (&self->mutex);
  ta_weak_unref (self->list);
  ta_inbox_unref (self->inbox);
  g_free (self);
}

/* Removes those tasks that are gone, run by run. */
static void
ta_task_list_remove (TaTaskList *self, GHashTable *gone)
{
  guint end = self->tasks->len;

  while (end > 0 && g_hash_table_size (gone) > 0)
    {
      guint start = end;

      while (start > 0 && g_hash_table_remove (gone, g_ptr_array_index (self->tasks, start - 1)))
        start--;

      if (start < end)
        {
          g_ptr_array_remove_range (self->tasks, start, end - start);
          g_list_model_items_changed (G_LIST_MODEL (self), start, end - start, 0);
        }

      end = start > 0 ? start - 1 : 0;
    }
}

static void
ta_task_list_append (TaTaskList *self, GPtrArray *tasks)
{
  const guint position = self->tasks->len;
  const guint n_added = tasks->len;

  if (n_added == 0)
    return;

  g_ptr_array_extend_and_steal (self->tasks, g_ptr_array_ref (tasks));
  g_list_model_items_changed (G_LIST_MODEL (self), position, 0, n_added);
}

static void
ta_task_list_change (TaTaskList *self, GArray *events)
{
  g_autoptr (GHashTable) gone = g_hash_table_new (NULL, NULL);
  g_autoptr (GPtrArray)  added = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < events->len; i++)
    {
      TaTaskEvent *event = &g_array_index (events, TaTaskEvent, i);

      if (!event->is_new && g_hash_table_remove (self->members, event->task))
        g_hash_table_add (gone, event->task);
      else if (event->is_new && !ta_future_get_done (TA_FUTURE (event->task)) &&
               !ta_task_is_internal (event->task) && g_hash_table_add (self->members, event->task))
        g_ptr_array_add (added, g_object_ref (event->task));
    }

  /* What has come and gone meanwhile is never shown. */
  for (guint i = added->len; i > 0; i--)
    if (g_hash_table_remove (gone, g_ptr_array_index (added, i - 1)))
      g_ptr_array_remove_index (added, i - 1);

  ta_task_list_remove (self, gone);
  ta_task_list_append (self, added);
}

/* Does what the events, which are taken over, say. */
static void
ta_task_list_take (TaTaskList *self, GArray *events)
{
  g_array_append_vals (self->events, events->data, events->len);
  g_array_set_clear_func (events, NULL);
  g_array_unref (events);

  /* Not in a main loop that is nested in a handler: it would change what is just being changed. */
  if (self->is_changing)
    return;

  self->is_changing = TRUE;
  while (self->events->len > 0)
    {
      g_autoptr (GArray) now = g_steal_pointer (&self->events);

      self->events = create_events ();
      ta_task_list_change (self, now);
    }
  self->is_changing = FALSE;
}

static void
ta_task_feed_item_cb (TaInboxItem *item, gboolean dropped)
{
  TaTaskFeed            *self = TA_CONTAINER (item, TaTaskFeed, item);
  g_autoptr (TaTaskList) list = NULL;
  GArray                *fresh = create_events ();
  GArray                *events;

  g_mutex_lock (&self->mutex);
  events = self->events;
  self->events = fresh;
  g_mutex_unlock (&self->mutex);

  if (!dropped)
    list = ta_weak_get (self->list);
  if (list != NULL)
    ta_task_list_take (list, events);
  else
    g_array_unref (events);

  ta_task_feed_unref (self);
}

/* Says that a task has come, or gone; from any thread, without a lock. */
void
ta_task_feed_tell (TaTaskFeed *self, TaTask *task, gboolean is_new)
{
  const TaTaskEvent event = { g_object_ref (task), is_new };
  gboolean          is_first;

  g_mutex_lock (&self->mutex);
  is_first = self->events->len == 0;
  g_array_append_val (self->events, event);
  g_mutex_unlock (&self->mutex);

  if (is_first)
    {
      ta_task_feed_ref (self);
      ta_inbox_push (self->inbox, &self->item, ta_task_feed_item_cb);
    }
}

static GType
ta_task_list_get_item_type (GListModel *model)
{
  return TA_TYPE_TASK;
}

static guint
ta_task_list_get_n_items (GListModel *model)
{
  return TA_TASK_LIST (model)->tasks->len;
}

static gpointer
ta_task_list_get_item (GListModel *model, guint position)
{
  TaTaskList *self = TA_TASK_LIST (model);

  if (position >= self->tasks->len)
    return NULL;

  return g_object_ref (g_ptr_array_index (self->tasks, position));
}

static void
ta_task_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = ta_task_list_get_item_type;
  iface->get_n_items = ta_task_list_get_n_items;
  iface->get_item = ta_task_list_get_item;
}

static void
ta_task_list_dispose (GObject *object)
{
  ta_weak_lose (TA_TASK_LIST (object)->feed->list);

  G_OBJECT_CLASS (ta_task_list_parent_class)->dispose (object);
}

static void
ta_task_list_finalize (GObject *object)
{
  TaTaskList *self = TA_TASK_LIST (object);

  ta_loop_remove_feed (self->loop, self->feed);
  ta_task_feed_unref (self->feed);
  g_hash_table_unref (self->members);
  g_ptr_array_unref (self->tasks);
  g_array_unref (self->events);
  ta_loop_unref (self->loop);

  G_OBJECT_CLASS (ta_task_list_parent_class)->finalize (object);
}

static void
ta_task_list_class_init (TaTaskListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = ta_task_list_dispose;
  object_class->finalize = ta_task_list_finalize;
}

static void
ta_task_list_init (TaTaskList *self)
{
  self->tasks = g_ptr_array_new_with_free_func (g_object_unref);
  self->members = g_hash_table_new (NULL, NULL);
  self->events = create_events ();
  self->feed = ta_task_feed_new (self);
}

/* Returns a list of the tasks of a loop, which lives in the thread-default context. */
GListModel *
ta_task_list_new (TaLoop *loop)
{
  TaTaskList           *self = g_object_new (TA_TYPE_TASK_LIST, NULL);
  g_autoptr (GPtrArray) tasks = NULL;

  self->loop = ta_loop_ref (loop);
  tasks = ta_loop_add_feed (loop, self->feed);
  for (guint i = 0; i < tasks->len; i++)
    {
      TaTask *task = g_ptr_array_index (tasks, i);

      g_hash_table_add (self->members, task);
      g_ptr_array_add (self->tasks, g_object_ref (task));
    }

  return G_LIST_MODEL (self);
}
