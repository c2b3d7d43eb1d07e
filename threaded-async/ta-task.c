/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-debug-private.h"
#include "ta-error.h"
#include "ta-fork-private.h"
#include "ta-promise-private.h"
#include "ta-runner.h"
#include "ta-task-private.h"

/**
 * TaTask:
 *
 * Work on a [class@Runner], and the future of its result.
 *
 * A task is made with [method@Runner.create_task]. Its function is called once in the runner's
 * thread; whoever wants the result waits for it with [method@Future.wait] or
 * [method@Future.wait_async].
 *
 * To cancel a task only asks for its end: its promise's cancellable is cancelled, and what the work
 * then returns is the result, a value included.
 *
 * The work tells how it comes on with [method@Promise.set_progress] and
 * [method@Promise.set_status], from any thread. `notify::progress`, `notify::status`,
 * `notify::done` and `notify::error-message` are emitted in [property@Future:main-context], that of
 * whoever made the task, at most once per turn of its loop, and always end with the last state: in
 * an application, [method@GObject.Object.bind_property] from the task to a widget is all that it
 * takes.
 *
 * Since: 1.0
 */

static GParamSpec           *props[TA_TASK_N_PROPS];
static const TaNotifierClass notifications = { .pspecs = props };

G_DEFINE_FINAL_TYPE (TaTask, ta_task, TA_TYPE_FUTURE)

static char *
ta_task_describe (TaFuture *future)
{
  TaTask          *self = TA_TASK (future);
  const char      *runner = ta_loop_get_name (self->loop);
  const guint      flags = g_atomic_int_get (&self->flags);
  g_autofree char *name = NULL;

  if ((flags & TA_TASK_CALL) != 0)
    return g_strdup_printf ("a call in the loop of runner “%s”", runner);
  if ((flags & TA_TASK_ITERATION) != 0)
    return g_strdup_printf ("the next iteration of runner “%s”", runner);

  name = ta_task_dup_name (self);
  if (name == NULL)
    return g_strdup_printf ("a task on runner “%s”", runner);

  return g_strdup_printf ("task “%s” on runner “%s”", name, runner);
}

/* Describes it to those who know the runner; transfer full. */
char *
ta_task_describe_work (TaTask *self)
{
  const guint      flags = g_atomic_int_get (&self->flags);
  g_autofree char *name = NULL;

  if ((flags & TA_TASK_CALL) != 0)
    return g_strdup ("a call");

  name = ta_task_dup_name (self);
  if (name == NULL)
    return g_strdup ("a task without a name");

  return g_strdup_printf ("task “%s”", name);
}

static char *
ta_task_describe_delay (TaFuture *future, gint64 timeout_us)
{
  return ta_loop_describe_delay (TA_TASK (future)->loop, timeout_us, ", whose loop");
}

static gint64
ta_task_get_default_timeout (TaFuture *future)
{
  return ta_loop_get_default_timeout (TA_TASK (future)->loop);
}

static gboolean
ta_task_check_may_block (TaFuture *future, GError **error)
{
  TaTask          *self = TA_TASK (future);
  g_autofree char *description = NULL;

  if (!ta_loop_is_current (self->loop))
    return TRUE;

  description = ta_future_describe (future);
  g_set_error (error, TA_ERROR, TA_ERROR_WOULD_DEADLOCK,
               "Waiting for %s would block the thread that runs it: use the asynchronous call",
               description);
  return FALSE;
}

static void
ta_task_ended (TaFuture *future)
{
  ta_loop_remove_task (TA_TASK (future)->loop, TA_TASK (future));
}

static void
ta_task_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  TaTask *self = TA_TASK (object);

  switch (property_id)
    {
    case TA_TASK_PROP_NAME:
      g_value_take_string (value, ta_task_dup_name (self));
      break;
    case TA_TASK_PROP_PROGRESS:
      g_value_set_double (value, ta_task_get_progress (self));
      break;
    case TA_TASK_PROP_STATUS:
      g_value_take_string (value, ta_task_dup_status (self));
      break;
    case TA_TASK_PROP_RUNNER:
      g_value_take_object (value, ta_task_get_runner (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
ta_task_error_taken (TaFuture *future)
{
  TaTask *self = TA_TASK (future);

  if (ta_task_set_flag (self, TA_TASK_ERROR_TAKEN))
    ta_loop_forget_failed (self->loop, self);
}

/* Whether a failed task is what one has to expect of a cancelled one: it may just drop everything. */
static gboolean
is_cancellation (TaTask *self)
{
  const GError *error = self->parent_instance.result.error;

  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ||
         (g_error_matches (error, TA_ERROR, TA_ERROR_DROPPED) &&
          (g_atomic_int_get (&self->flags) & TA_TASK_CANCELLED) != 0);
}

/* Whether the task has failed, and nobody has taken its error; once it has ended. */
gboolean
ta_task_is_failed (TaTask *self)
{
  const guint excluded = TA_TASK_CALL | TA_TASK_ITERATION | TA_TASK_ERROR_TAKEN;

  return g_atomic_int_get (&self->parent_instance.state) == TA_FUTURE_FAILED &&
         (g_atomic_int_get (&self->flags) & excluded) == 0 && !is_cancellation (self);
}

static void
ta_task_dispose (GObject *object)
{
  TaTask *self = TA_TASK (object);

  if (G_UNLIKELY (g_atomic_int_get (&self->parent_instance.state) == TA_FUTURE_FAILED))
    ta_loop_lose_failed (self->loop, self);

  G_OBJECT_CLASS (ta_task_parent_class)->dispose (object);
}

static void
ta_task_finalize (GObject *object)
{
  TaTask *self = TA_TASK (object);

  g_clear_object (&self->cancellable);
  if (self->report != NULL)
    {
      ta_task_report_clear (self->report);
      g_free (self->report);
    }
  ta_loop_unref (self->loop);

  G_OBJECT_CLASS (ta_task_parent_class)->finalize (object);
}

static void
ta_task_class_init (TaTaskClass *klass)
{
  GObjectClass  *object_class = G_OBJECT_CLASS (klass);
  TaFutureClass *future_class = (TaFutureClass *) klass;

  object_class->get_property = ta_task_get_property;
  object_class->dispose = ta_task_dispose;
  object_class->finalize = ta_task_finalize;

  future_class->describe = ta_task_describe;
  future_class->describe_delay = ta_task_describe_delay;
  future_class->get_default_timeout = ta_task_get_default_timeout;
  future_class->check_may_block = ta_task_check_may_block;
  future_class->ended = ta_task_ended;
  future_class->error_taken = ta_task_error_taken;

  /**
   * TaTask:name: (getter dup_name) (setter set_name)
   *
   * The name of the task in messages, if it has been given one.
   *
   * Since: 1.0
   */
  props[TA_TASK_PROP_NAME] =
      g_param_spec_string ("name", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * TaTask:progress: (getter get_progress)
   *
   * How far the work is, from 0 to 1, as far as it says.
   *
   * Since: 1.0
   */
  props[TA_TASK_PROP_PROGRESS] = g_param_spec_double ("progress", NULL, NULL, 0, 1, 0,
                                                      G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * TaTask:status: (getter dup_status)
   *
   * What the work is doing, for a person to read, if it says so.
   *
   * Since: 1.0
   */
  props[TA_TASK_PROP_STATUS] =
      g_param_spec_string ("status", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * TaTask:runner: (getter get_runner)
   *
   * The runner on which the work is done, while somebody refers to it.
   *
   * Since: 1.0
   */
  props[TA_TASK_PROP_RUNNER] = g_param_spec_object ("runner", NULL, NULL, TA_TYPE_RUNNER,
                                                    G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  for (guint id = TA_TASK_PROP_NAME; id < TA_TASK_N_PROPS; id++)
    g_object_class_install_property (object_class, id, props[id]);

  /* Those of the parent that are notified. */
  props[TA_FUTURE_PROP_DONE] = g_object_class_find_property (object_class, "done");
  props[TA_FUTURE_PROP_ERROR] = g_object_class_find_property (object_class, "error");
  props[TA_FUTURE_PROP_ERROR_MESSAGE] =
      g_object_class_find_property (object_class, "error-message");
}

static void
ta_task_init (TaTask *self)
{
  self->parent_instance.notifier.klass = &notifications;
}

TaTask *
ta_task_new (TaLoop        *loop,
             TaTaskFlags    kind,
             TaTaskFunc     func,
             gpointer       func_data,
             GDestroyNotify func_destroy)
{
  TaTask *self = g_object_new (TA_TYPE_TASK, NULL);

  self->loop = ta_loop_ref (loop);
  self->flags = kind;
  self->func = func;
  self->func_data = func_data;
  self->func_destroy = func_destroy;

  if (ta_debug_is_on ())
    {
      self->report = g_new0 (TaTaskReport, 1);
      self->report->created = g_get_monotonic_time ();
      if ((ta_debug_flags & TA_DEBUG_SITES) != 0)
        self->report->site = ta_debug_dup_site ();
    }

  return self;
}

/* Makes a task that has failed with a copy of @error, and stands for one that is gone. */
TaTask *
ta_task_new_failed (TaLoop *loop, TaInbox *inbox, const TaTaskReport *report, const GError *error)
{
  TaTask     *self = ta_task_new (loop, 0, NULL, NULL, NULL);
  TaNotifier *notifier = &self->parent_instance.notifier;

  ta_inbox_unref (notifier->inbox);
  notifier->inbox = ta_inbox_ref (inbox);
  self->flags = TA_TASK_CLAIMED | TA_TASK_PROMISE_TAKEN;
  if (self->report == NULL)
    self->report = g_new (TaTaskReport, 1);
  else
    ta_task_report_clear (self->report);
  *self->report = (TaTaskReport){ .name = g_strdup (report->name),
                                  .status = g_strdup (report->status),
                                  .progress = report->progress };
  self->parent_instance.result.error = g_error_copy (error);
  g_atomic_int_set (&self->parent_instance.state, TA_FUTURE_FAILED);

  return self;
}

/* Returns what cancels the work, which stays as long as the task. */
GCancellable *
ta_task_ensure_cancellable (TaTask *self)
{
  GCancellable *cancellable = g_atomic_pointer_get (&self->cancellable);

  if (cancellable != NULL)
    return cancellable;

  cancellable = g_cancellable_new ();
  if (!g_atomic_pointer_compare_and_exchange (&self->cancellable, NULL, cancellable))
    {
      g_object_unref (cancellable);
      return g_atomic_pointer_get (&self->cancellable);
    }

  /* Whoever cancelled before did not see it. */
  if ((g_atomic_int_get (&self->flags) & TA_TASK_CANCELLED) != 0)
    g_cancellable_cancel (cancellable);

  return cancellable;
}

/**
 * ta_task_take_promise:
 * @self: a task
 *
 * Takes the writing side, with which the work delivers its result.
 *
 * It is called once, by the task's function, which may keep the promise, pass it on, and return it
 * from any thread.
 *
 * Returns: (transfer full): the promise; %NULL, with a critical, when it has been taken before or
 *   the task's function has returned without it
 *
 * Since: 1.0
 */
TaPromise *
ta_task_take_promise (TaTask *self)
{
  g_return_val_if_fail (TA_IS_TASK (self), NULL);

  if (!ta_task_set_flag (self, TA_TASK_PROMISE_TAKEN))
    {
      g_critical ("The promise of a task can be taken only once, by its function");
      return NULL;
    }

  return ta_promise_new_for_future (TA_FUTURE (g_object_ref (self)));
}

/**
 * ta_task_cancel:
 * @self: a task
 *
 * Asks the work to end early; from any thread.
 *
 * The cancellable of the task's promise is cancelled. What the work then returns is the result of
 * the task. A function that has not been called yet is called all the same. It does nothing when
 * the task is done.
 *
 * The handlers of the cancellable run in the calling thread.
 *
 * Since: 1.0
 */
void
ta_task_cancel (TaTask *self)
{
  GCancellable *cancellable;

  g_return_if_fail (TA_IS_TASK (self));

  if (ta_has_forked || ta_future_is_done (&self->parent_instance))
    return;

  ta_task_set_flag (self, TA_TASK_CANCELLED);
  cancellable = g_atomic_pointer_get (&self->cancellable);
  if (cancellable != NULL)
    g_cancellable_cancel (cancellable);
}

/**
 * ta_task_get_runner: (get-property runner)
 * @self: a task
 *
 * Returns the runner on which the work is done; from any thread.
 *
 * A task does not keep its runner alive.
 *
 * Returns: (transfer full) (nullable): the runner, or %NULL when nobody refers to it any more
 *
 * Since: 1.0
 */
TaRunner *
ta_task_get_runner (TaTask *self)
{
  g_return_val_if_fail (TA_IS_TASK (self), NULL);

  return ta_loop_get_runner (self->loop);
}
