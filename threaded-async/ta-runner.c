/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-enum-types.h"
#include "ta-error.h"
#include "ta-notifier-private.h"
#include "ta-runner-private.h"
#include "ta-task-private.h"
#include "ta-timeout.h"

/**
 * TaRunner:
 *
 * A loop that runs asynchronous code, most often in a background thread of its own.
 *
 * There are two forms. A *threaded* runner, made with [ctor@Runner.new], is a thread that owns a
 * [struct@GLib.MainContext]. An *attached* one, made with [ctor@Runner.new_for_context], stands for
 * a context that somebody else iterates, such as the main context of an application; the same calls
 * then send work into that context. [func@Runner.get_default] is attached to the main context.
 *
 * Both run from [method@Runner.start] to [method@Runner.stop], once. Work is sent from any thread,
 * with [method@Runner.create_task], and done in the runner's thread, where it uses asynchronous
 * calls such as those of GIO, whose callbacks come back to the same thread.
 *
 * ```c
 * g_autoptr (TaRunner) runner = ta_runner_new ("worker");
 * g_autoptr (GError) error = NULL;
 *
 * if (!ta_runner_start (runner, &error))
 *   g_error ("%s", error->message);
 *
 * g_autoptr (TaTask) task = ta_runner_create_task (runner, start_work, NULL, NULL);
 * ```
 *
 * If the last reference on a runner that runs is dropped, it stops in the background.
 *
 * A task that fails and whose error nobody takes does not go unnoticed: see
 * [signal@Runner::task-failed].
 *
 * `notify::running` and `notify::shutdown-type` are emitted in [property@Runner:main-context].
 *
 * Since: 1.0
 */

typedef struct
{
  TaLoop    *loop;     /* const, owned */
  TaNotifier notifier; /* has its own rules */

  /* Const; they are only kept until the loop is made. */
  char         *name;
  GMainContext *context;
  GMainContext *main_context;
  gint64        exit_timeout;
  gint64        default_timeout;
  gint64        stall_threshold;
  gint64        max_spin;
} TaRunnerPrivate;

enum
{
  PROP_NAME = 1,
  PROP_CONTEXT,
  PROP_MAIN_CONTEXT,
  PROP_RUNNING,
  PROP_SHUTDOWN_TYPE,
  PROP_EXIT_TIMEOUT,
  PROP_DEFAULT_TIMEOUT,
  PROP_STALL_THRESHOLD,
  PROP_MAX_SPIN,
  N_PROPS,
};

enum
{
  TASK_FAILED,
  STALLED,
  RESUMED,
  N_SIGNALS,
};

static GParamSpec           *props[N_PROPS];
static GParamSpec           *thawed; /* see ta_runner_drop_revived() */
static guint                 signals[N_SIGNALS];
static const TaNotifierClass notifications = { .pspecs = props };

static int n_unnamed; /* atomic: how many runners had to be named here */

G_DEFINE_TYPE_WITH_PRIVATE (TaRunner, ta_runner, G_TYPE_OBJECT)

static inline TaRunnerPrivate *
ta_runner_get_private (TaRunner *self)
{
  return ta_runner_get_instance_private (self);
}

TaLoop *
ta_runner_get_loop (TaRunner *self)
{
  return ta_runner_get_private (self)->loop;
}

TaInbox *
ta_runner_get_main_inbox (TaRunner *self)
{
  return ta_runner_get_private (self)->notifier.inbox;
}

static void
ta_runner_real_run (TaRunner *self)
{
  ta_loop_run (ta_runner_get_loop (self));
}

static void
ta_runner_real_interrupt (TaRunner *self)
{
  ta_loop_interrupt (ta_runner_get_loop (self));
}

static void
ta_runner_constructed (GObject *object)
{
  TaRunner        *self = TA_RUNNER (object);
  TaRunnerPrivate *priv = ta_runner_get_private (self);

  G_OBJECT_CLASS (ta_runner_parent_class)->constructed (object);

  /* Messages have to tell one from the other. */
  if (priv->name == NULL)
    priv->name = g_strdup_printf ("runner-%d", g_atomic_int_add (&n_unnamed, 1) + 1);

  priv->loop = ta_loop_new (self, priv->name, priv->context, priv->exit_timeout,
                            priv->default_timeout, priv->stall_threshold);
  ta_loop_set_max_spin (priv->loop, priv->max_spin);
  ta_notifier_init (&priv->notifier, self, ta_inbox_ref_or_thread_default (priv->main_context),
                    &notifications);
}

static void
ta_runner_dispose (GObject *object)
{
  TaRunner *self = TA_RUNNER (object);
  TaLoop   *loop = ta_runner_get_loop (self);

  ta_loop_lose_runner (loop);

  /* The thread uses the object, until its loop has ended: it gets this reference for that time. */
  g_object_ref (self);
  if (!ta_loop_revive_runner (loop, self))
    g_object_unref (self);

  ta_loop_stop_in_background (loop);

  G_OBJECT_CLASS (ta_runner_parent_class)->dispose (object);
}

/*
 * Drops the reference that dispose() has handed on.
 *
 * The g_object_unref() that has called dispose() still uses the object after that, to thaw its
 * notifications, so that another thread must not drop the reference before it is through. It is through
 * once it dispatches a notification: at once if it has been, or else it does so itself. What is notified
 * here is no property, and nobody hears of it.
 */
void
ta_runner_drop_revived (TaRunner *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), thawed);
}

static void
ta_runner_dispatch_properties_changed (GObject *object, guint n_pspecs, GParamSpec **pspecs)
{
  GObjectClass *parent_class = G_OBJECT_CLASS (ta_runner_parent_class);
  gboolean      is_thawed = FALSE;

  for (guint i = 0; i < n_pspecs; i++)
    {
      if (pspecs[i] == thawed)
        is_thawed = TRUE;
      else
        parent_class->dispatch_properties_changed (object, 1, &pspecs[i]);
    }

  if (is_thawed)
    g_object_unref (object);
}

static void
ta_runner_finalize (GObject *object)
{
  TaRunnerPrivate *priv = ta_runner_get_private (TA_RUNNER (object));

  ta_loop_disown_failed (priv->loop);
  ta_notifier_clear (&priv->notifier);
  ta_loop_unref (priv->loop);
  g_free (priv->name);
  g_clear_pointer (&priv->context, g_main_context_unref);
  g_clear_pointer (&priv->main_context, g_main_context_unref);

  G_OBJECT_CLASS (ta_runner_parent_class)->finalize (object);
}

static void
ta_runner_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  TaRunner *self = TA_RUNNER (object);

  switch (property_id)
    {
    case PROP_NAME:
      g_value_set_string (value, ta_runner_get_name (self));
      break;
    case PROP_CONTEXT:
      g_value_set_boxed (value, ta_runner_get_context (self));
      break;
    case PROP_MAIN_CONTEXT:
      g_value_set_boxed (value, ta_runner_get_main_context (self));
      break;
    case PROP_RUNNING:
      g_value_set_boolean (value, ta_runner_get_running (self));
      break;
    case PROP_SHUTDOWN_TYPE:
      g_value_set_enum (value, ta_runner_get_shutdown_type (self));
      break;
    case PROP_EXIT_TIMEOUT:
      g_value_set_int64 (value, ta_runner_get_exit_timeout (self));
      break;
    case PROP_STALL_THRESHOLD:
      g_value_set_int64 (value, ta_runner_get_stall_threshold (self));
      break;
    case PROP_MAX_SPIN:
      g_value_set_int64 (value, ta_runner_get_max_spin (self));
      break;
    case PROP_DEFAULT_TIMEOUT:
      g_value_set_int64 (value, ta_runner_get_default_timeout (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
ta_runner_set_property (GObject *object, guint property_id, const GValue *value, GParamSpec *pspec)
{
  TaRunnerPrivate *priv = ta_runner_get_private (TA_RUNNER (object));

  switch (property_id)
    {
    case PROP_NAME:
      priv->name = g_value_dup_string (value);
      break;
    case PROP_CONTEXT:
      priv->context = g_value_dup_boxed (value);
      break;
    case PROP_MAIN_CONTEXT:
      priv->main_context = g_value_dup_boxed (value);
      break;
    case PROP_EXIT_TIMEOUT:
      priv->exit_timeout = g_value_get_int64 (value);
      break;
    case PROP_STALL_THRESHOLD:
      priv->stall_threshold = g_value_get_int64 (value);
      break;
    case PROP_MAX_SPIN:
      priv->max_spin = g_value_get_int64 (value);
      break;
    case PROP_DEFAULT_TIMEOUT:
      priv->default_timeout = g_value_get_int64 (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
ta_runner_class_init (TaRunnerClass *klass)
{
  GObjectClass     *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  const GParamFlags construct_only =
      G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;

  object_class->constructed = ta_runner_constructed;
  object_class->dispatch_properties_changed = ta_runner_dispatch_properties_changed;
  object_class->dispose = ta_runner_dispose;
  object_class->finalize = ta_runner_finalize;
  object_class->get_property = ta_runner_get_property;
  object_class->set_property = ta_runner_set_property;

  klass->run = ta_runner_real_run;
  klass->interrupt = ta_runner_real_interrupt;

  /**
   * TaRunner:name: (getter get_name)
   *
   * The name of the runner in messages, and of its thread as far as the kernel allows.
   *
   * A runner that is not given one gets a name like “runner-1”.
   *
   * Since: 1.0
   */
  props[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, construct_only);

  /**
   * TaRunner:context: (getter get_context)
   *
   * The context in which the work is done.
   *
   * A runner that is made with one is attached to it. A threaded runner makes its own when it is
   * started.
   *
   * Since: 1.0
   */
  props[PROP_CONTEXT] =
      g_param_spec_boxed ("context", NULL, NULL, G_TYPE_MAIN_CONTEXT, construct_only);

  /**
   * TaRunner:main-context: (getter get_main_context)
   *
   * The context in which the signals of the runner are emitted: by default the one that was
   * thread-default where the runner was made.
   *
   * Since: 1.0
   */
  props[PROP_MAIN_CONTEXT] =
      g_param_spec_boxed ("main-context", NULL, NULL, G_TYPE_MAIN_CONTEXT, construct_only);

  /**
   * TaRunner:running: (getter get_running)
   *
   * Whether the runner has been started and has not ended.
   *
   * Since: 1.0
   */
  props[PROP_RUNNING] = g_param_spec_boolean ("running", NULL, NULL, FALSE, readable);

  /**
   * TaRunner:shutdown-type: (getter get_shutdown_type)
   *
   * How the runner was shut down.
   *
   * Since: 1.0
   */
  props[PROP_SHUTDOWN_TYPE] = g_param_spec_enum ("shutdown-type", NULL, NULL, TA_TYPE_SHUTDOWN_TYPE,
                                                 TA_SHUTDOWN_TYPE_NOT_SHUT_DOWN, readable);

  /**
   * TaRunner:exit-timeout: (getter get_exit_timeout)
   *
   * How long a stop takes at most, in microseconds, if it is not given a time of its own.
   *
   * Since: 1.0
   */
  props[PROP_EXIT_TIMEOUT] = g_param_spec_int64 ("exit-timeout", NULL, NULL, TA_TIMEOUT_INFINITE,
                                                 G_MAXINT64, G_USEC_PER_SEC, construct_only);

  /**
   * TaRunner:default-timeout: (getter get_default_timeout)
   *
   * What `TA_TIMEOUT_DEFAULT` stands for in waits for the runner and its tasks, in microseconds.
   *
   * Since: 1.0
   */
  props[PROP_DEFAULT_TIMEOUT] =
      g_param_spec_int64 ("default-timeout", NULL, NULL, TA_TIMEOUT_INFINITE, G_MAXINT64,
                          TA_TIMEOUT_INFINITE, construct_only);

  /**
   * TaRunner:stall-threshold: (getter get_stall_threshold)
   *
   * How long the loop may be at one thing before [signal@Runner::stalled] is emitted, in microseconds,
   * or 0 for as long as it takes.
   *
   * Since: 1.0
   */
  props[PROP_STALL_THRESHOLD] =
      g_param_spec_int64 ("stall-threshold", NULL, NULL, 0, G_MAXINT64 / 4, 0, construct_only);

  /**
   * TaRunner:max-spin: (getter get_max_spin)
   *
   * For how long a loop that has nothing to do looks for more before it goes to sleep, in
   * microseconds, up to a second; 0 for not at all, or -1 for about as long as it takes to wake a
   * processor that sleeps, which the library measures.
   *
   * To wake a thread that sleeps on another processor can take longer than all else that happens in
   * an exchange with it. So a loop that has lately been given work right after it had finished keeps
   * its processor for that while. It stops doing so when nothing comes, and it never does where the
   * process has a single processor, nor when the runner is attached to a context.
   *
   * What it costs is processor time: up to this much for a piece of work. Set it to 0 where that is
   * dearer than time.
   *
   * Since: 1.0
   */
  props[PROP_MAX_SPIN] =
      g_param_spec_int64 ("max-spin", NULL, NULL, -1, G_USEC_PER_SEC, -1, construct_only);

  g_object_class_install_properties (object_class, N_PROPS, props);
  thawed = g_param_spec_ref_sink (g_param_spec_boolean ("thawed", NULL, NULL, FALSE, readable));

  /**
   * TaRunner::task-failed:
   * @self: the runner
   * @task: the task
   *
   * Emitted when a task has failed and the last reference on it has gone, without anybody having taken
   * the error.
   *
   * It comes once for each such task, in [property@Runner:main-context]; @task stands for the one that
   * is gone, and has its name and its error.
   * Errors with the code `G_IO_ERROR_CANCELLED` don't count, and neither do tasks that the runner did
   * not take because it was not running. A failed task for which this is not emitted, because somebody
   * still refers to it or nobody is connected, is reported by [method@Runner.stop].
   *
   * Since: 1.0
   */
  signals[TASK_FAILED] = g_signal_new ("task-failed", TA_TYPE_RUNNER, G_SIGNAL_RUN_LAST, 0, NULL,
                                       NULL, NULL, G_TYPE_NONE, 1, TA_TYPE_TASK);

  /**
   * TaRunner::stalled:
   * @self: the runner
   * @what: what the loop is at
   * @duration_us: for how long, in microseconds
   *
   * Emitted when the loop has been at one thing for longer than [property@Runner:stall-threshold], and
   * again whenever that time has doubled.
   *
   * It comes in [property@Runner:main-context], which should be another one than that of the loop. @what
   * names the task whose function or callback it is, and what that waits for, if a wait of this library
   * blocks it. A source of GLib's own, such as a timeout or the end of a call of GIO, is `a source of its
   * context`: it has a name here only while such a wait blocks it, because GLib tells no other thread
   * which source a loop is at.
   *
   * On an attached runner all sources of the context are watched too, whatever their priority.
   *
   * Since: 1.0
   */
  signals[STALLED] = g_signal_new ("stalled", TA_TYPE_RUNNER, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_INT64);

  /**
   * TaRunner::resumed:
   * @self: the runner
   *
   * Emitted when the loop has come round again after [signal@Runner::stalled]; in
   * [property@Runner:main-context].
   *
   * Since: 1.0
   */
  signals[RESUMED] = g_signal_new ("resumed", TA_TYPE_RUNNER, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
}

static void
ta_runner_init (TaRunner *self)
{
}

void
ta_runner_notify_running (TaRunner *self)
{
  ta_notifier_notify (&ta_runner_get_private (self)->notifier, self, PROP_RUNNING);
}

void
ta_runner_notify_shutdown_type (TaRunner *self)
{
  ta_notifier_notify (&ta_runner_get_private (self)->notifier, self, PROP_SHUTDOWN_TYPE);
}

gboolean
ta_runner_has_task_failed_handler (TaRunner *self)
{
  return g_signal_has_handler_pending (self, signals[TASK_FAILED], 0, FALSE);
}

/* This and the following: in the thread of the main context. */
void
ta_runner_emit_stalled (TaRunner *self, const char *what, gint64 duration_us)
{
  g_signal_emit (self, signals[STALLED], 0, what, duration_us);
}

void
ta_runner_emit_resumed (TaRunner *self)
{
  g_signal_emit (self, signals[RESUMED], 0);
}

void
ta_runner_emit_task_failed (TaRunner *self, TaTask *task)
{
  g_signal_emit (self, signals[TASK_FAILED], 0, task);
}
