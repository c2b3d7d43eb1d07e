/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-debug-private.h"
#include "ta-fork-private.h"
#include "ta-loop-internal.h"

/* All loops that there are, so that they can be described. */

static GMutex lock;
static TaLoop
    *loops; /* lock: the latest first; a loop that is listed has references, or is about to go */
static GQueue
    unstarted; /* lock: of TaTask, the oldest first, until their functions have returned */

void
ta_loop_list (TaLoop *self)
{
  if (ta_has_forked)
    return;

  g_mutex_lock (&lock);
  self->next_loop = loops;
  if (loops != NULL)
    loops->previous_loop = self;
  loops = self;
  g_mutex_unlock (&lock);
}

/* Called when the last reference has gone. */
void
ta_loop_unlist (TaLoop *self)
{
  if (ta_has_forked)
    return;

  g_mutex_lock (&lock);
  if (self->previous_loop != NULL)
    self->previous_loop->next_loop = self->next_loop;
  else
    loops = self->next_loop;
  if (self->next_loop != NULL)
    self->next_loop->previous_loop = self->previous_loop;
  g_mutex_unlock (&lock);
}

/*
 * A threaded loop knows only of the tasks that have been started, see ta-loop-tasks.c. With TA_DEBUG
 * account is kept of the others.
 */
void
ta_loops_add_unstarted (TaTask *task)
{
  g_mutex_lock (&lock);
  g_queue_push_tail (&unstarted, task);
  task->report->unstarted = unstarted.tail;
  g_mutex_unlock (&lock);
}

/* When the loop has known of it, or never will, and before its inbox drops its reference. */
void
ta_loops_remove_unstarted (TaTask *task)
{
  if (ta_has_forked)
    return;

  g_mutex_lock (&lock);
  g_queue_delete_link (&unstarted, g_steal_pointer (&task->report->unstarted));
  g_mutex_unlock (&lock);
}

/* Adds a reference, unless the last one has gone. */
static gboolean
try_ref (TaLoop *self)
{
  int ref_count = g_atomic_int_get (&self->ref_count);

  while (ref_count > 0)
    {
      if (g_atomic_int_compare_and_exchange_full (&self->ref_count, ref_count, ref_count + 1,
                                                  &ref_count))
        return TRUE;
    }

  return FALSE;
}

static const char *
get_state_name (TaLoop *self)
{
  switch ((TaLoopState) g_atomic_int_get (&self->state))
    {
    case TA_LOOP_NEW:
      return "not started";
    case TA_LOOP_STARTING:
      return "starting";
    case TA_LOOP_RUNNING:
      return "running";
    case TA_LOOP_STOPPING:
      return "stopping";
    case TA_LOOP_ENDED:
      return "ended";
    case TA_LOOP_ABANDONED:
    default:
      return "abandoned";
    }
}

/* Returns the unfinished tasks that are known, pinned. */
static GPtrArray *
pin_tasks (TaLoop *self)
{
  GPtrArray *tasks = g_ptr_array_new ();

  g_mutex_lock (&self->mutex);
  for (TaTask *task = self->first_task; task != NULL; task = task->next)
    {
      task->n_pins++;
      g_ptr_array_add (tasks, task);
    }
  g_mutex_unlock (&self->mutex);

  return tasks;
}

static void
describe_task (TaLoop *self, TaTask *task, GString *text)
{
  g_autofree char *work = ta_task_describe_work (task);
  GCancellable    *cancellable = g_atomic_pointer_get (&task->cancellable);
  TaTaskReport     report;

  ta_task_copy_report (task, &report);

  g_string_append_printf (text, "  %s", work);
  if ((g_atomic_int_get (&task->flags) & TA_TASK_CLAIMED) == 0)
    g_string_append (text, ", not started");
  if (report.created != 0)
    g_string_append_printf (text, ", %.3f s old",
                            (double) (g_get_monotonic_time () - report.created) / G_USEC_PER_SEC);
  if ((g_atomic_int_get (&task->flags) & TA_TASK_CANCELLED) != 0)
    g_string_append (text, ", cancelled");
  if (report.status != NULL)
    g_string_append_printf (text, ", “%s”", report.status);
  if (report.site != NULL)
    g_string_append_printf (text, ", made at %s", report.site);
  g_string_append_c (text, '\n');
  ta_debug_append_waits (text, self->inbox, cancellable, &task->start, "    ");

  ta_task_report_clear (&report);
}

/*
 * Describes the tasks that are in the inbox of a threaded loop, and adds them to @tasks, to be compared
 * only: one that is started is known of twice.
 */
static void
describe_unstarted (TaLoop *self, GPtrArray *tasks, GString *text)
{
  g_mutex_lock (&lock);
  for (GList *link = unstarted.head; link != NULL; link = link->next)
    {
      TaTask *task = link->data;

      if (task->loop != self || self->is_attached || ta_task_is_internal (task) ||
          ta_future_is_done (&task->parent_instance))
        continue;
      g_ptr_array_add (tasks, task);
      describe_task (self, task, text);
    }
  g_mutex_unlock (&lock);
}

/* Describes the tasks that are known and not among @others; returns how many. */
static guint
describe_tasks (TaLoop *self, GPtrArray *others, GString *text)
{
  g_autoptr (GPtrArray) tasks = pin_tasks (self);
  guint                 n_tasks = 0;

  for (guint i = 0; i < tasks->len; i++)
    {
      TaTask *task = g_ptr_array_index (tasks, i);

      if (!g_ptr_array_find (others, task, NULL) && !ta_task_is_internal (task))
        {
          describe_task (self, task, text);
          n_tasks++;
        }
      ta_loop_unpin_task (self, task);
    }

  return n_tasks;
}

static void
describe_loop (TaLoop *self, GString *text)
{
  const gboolean        has_context = g_atomic_int_get (&self->state) >= TA_LOOP_RUNNING;
  g_autoptr (GPtrArray) others = g_ptr_array_new ();
  g_autoptr (GString)   others_text = g_string_new (NULL);
  g_autoptr (GString)   tasks_text = g_string_new (NULL);
  guint                 n_tasks;
  g_autofree char      *delay = NULL;
  g_autofree char      *nesting = NULL;

  if (has_context)
    {
      delay = ta_loop_describe_delay (self, 0, "; its loop");
      /* It may have fallen asleep meanwhile: only one of the two is said. */
      if (delay[0] == '\0')
        nesting = ta_loop_describe_nesting (self, "; its loop");
    }

  describe_unstarted (self, others, others_text);
  n_tasks = describe_tasks (self, others, tasks_text) + others->len;

  g_string_append_printf (text, "runner “%s”%s: %s, %u tasks%s%s\n%s%s", self->name,
                          self->is_attached ? ", attached" : "", get_state_name (self), n_tasks,
                          delay != NULL ? delay : "", nesting != NULL ? nesting : "",
                          tasks_text->str, others_text->str);
  if (has_context)
    ta_debug_append_waits (text, self->inbox, NULL, NULL, "  ");
}

void
ta_loops_describe (GString *text)
{
  g_autoptr (GPtrArray) array = g_ptr_array_new_with_free_func ((GDestroyNotify) ta_loop_unref);

  g_mutex_lock (&lock);
  for (TaLoop *loop = loops; loop != NULL; loop = loop->next_loop)
    {
      if (try_ref (loop))
        g_ptr_array_add (array, loop);
    }
  g_mutex_unlock (&lock);

  /* In the order in which they were made. */
  for (guint i = array->len; i > 0; i--)
    describe_loop (g_ptr_array_index (array, i - 1), text);
}
