/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-fork-private.h"
#include "ta-task-private.h"

/* What a task says of itself: its name, and how far the work is. */

/**
 * ta_task_dup_name: (get-property name)
 * @self: a task
 *
 * Returns the name of the task; from any thread.
 *
 * Returns: (transfer full) (nullable): the name, or %NULL
 *
 * Since: 1.0
 */
char *
ta_task_dup_name (TaTask *self)
{
  char *name;

  g_return_val_if_fail (TA_IS_TASK (self), NULL);

  if (ta_has_forked)
    return NULL;

  g_mutex_lock (&self->parent_instance.mutex);
  name = self->report != NULL ? g_strdup (self->report->name) : NULL;
  g_mutex_unlock (&self->parent_instance.mutex);

  return name;
}

/* Whether it is one of a binding's own, of which a person need not know: their names tell. */
gboolean
ta_task_is_internal (TaTask *self)
{
  gboolean is_internal;

  g_mutex_lock (&self->parent_instance.mutex);
  is_internal = self->report != NULL && self->report->name != NULL &&
                g_str_has_prefix (self->report->name, "[threaded-async]");
  g_mutex_unlock (&self->parent_instance.mutex);

  return is_internal;
}

static TaTaskReport *
ta_task_ensure_report_locked (TaTask *self)
{
  if (self->report == NULL)
    self->report = g_new0 (TaTaskReport, 1);

  return self->report;
}

/* Sets one of the strings of the report, and tells the listeners. */
static void
ta_task_set_string (TaTask *self, const char *new_string, guint property_id)
{
  g_autofree char *other_string = g_strdup (new_string);
  TaTaskReport    *report;
  char           **string;
  gboolean         changed;

  if (ta_has_forked)
    return;

  g_mutex_lock (&self->parent_instance.mutex);
  report = ta_task_ensure_report_locked (self);
  string = property_id == TA_TASK_PROP_NAME ? &report->name : &report->status;
  changed = g_strcmp0 (*string, other_string) != 0;
  if (changed)
    {
      char *old_string = *string;

      *string = other_string;
      other_string = old_string;
    }
  g_mutex_unlock (&self->parent_instance.mutex);

  if (changed)
    ta_notifier_notify (&self->parent_instance.notifier, self, property_id);
}

/**
 * ta_task_set_name: (set-property name)
 * @self: a task
 * @name: (nullable): the name
 *
 * Names the task in messages; from any thread.
 *
 * Since: 1.0
 */
void
ta_task_set_name (TaTask *self, const char *name)
{
  g_return_if_fail (TA_IS_TASK (self));

  ta_task_set_string (self, name, TA_TASK_PROP_NAME);
}

/**
 * ta_task_get_progress: (get-property progress)
 * @self: a task
 *
 * Returns how far the work is; from any thread.
 *
 * Returns: the progress, from 0 to 1
 *
 * Since: 1.0
 */
double
ta_task_get_progress (TaTask *self)
{
  double progress;

  g_return_val_if_fail (TA_IS_TASK (self), 0);

  if (ta_has_forked)
    return 0;

  g_mutex_lock (&self->parent_instance.mutex);
  progress = self->report != NULL ? self->report->progress : 0;
  g_mutex_unlock (&self->parent_instance.mutex);

  return progress;
}

void
ta_task_set_progress (TaTask *self, double progress)
{
  TaTaskReport *report;
  gboolean      changed;

  if (ta_has_forked)
    return;

  /* Not a number compares false, and becomes 0. */
  progress = progress > 0 ? MIN (progress, 1) : 0;

  g_mutex_lock (&self->parent_instance.mutex);
  report = ta_task_ensure_report_locked (self);
  changed = report->progress != progress;
  report->progress = progress;
  g_mutex_unlock (&self->parent_instance.mutex);

  if (changed)
    ta_notifier_notify (&self->parent_instance.notifier, self, TA_TASK_PROP_PROGRESS);
}

/**
 * ta_task_dup_status: (get-property status)
 * @self: a task
 *
 * Returns what the work is doing; from any thread.
 *
 * Returns: (transfer full) (nullable): the status, or %NULL
 *
 * Since: 1.0
 */
char *
ta_task_dup_status (TaTask *self)
{
  char *status;

  g_return_val_if_fail (TA_IS_TASK (self), NULL);

  if (ta_has_forked)
    return NULL;

  g_mutex_lock (&self->parent_instance.mutex);
  status = self->report != NULL ? g_strdup (self->report->status) : NULL;
  g_mutex_unlock (&self->parent_instance.mutex);

  return status;
}

void
ta_task_set_status (TaTask *self, const char *status)
{
  ta_task_set_string (self, status, TA_TASK_PROP_STATUS);
}

void
ta_task_copy_report (TaTask *self, TaTaskReport *report)
{
  g_mutex_lock (&self->parent_instance.mutex);
  if (self->report != NULL)
    *report = (TaTaskReport){ .name = g_strdup (self->report->name),
                              .status = g_strdup (self->report->status),
                              .progress = self->report->progress,
                              .created = self->report->created,
                              .site = g_strdup (self->report->site) };
  else
    *report = (TaTaskReport){ 0 };
  g_mutex_unlock (&self->parent_instance.mutex);
}

void
ta_task_report_clear (TaTaskReport *report)
{
  g_free (report->name);
  g_free (report->status);
  g_free (report->site);
}
