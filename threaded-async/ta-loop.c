/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-error.h"
#include "ta-fork-private.h"
#include "ta-loop-internal.h"
#include "ta-runner-private.h"

#ifdef __linux__
#include <sys/syscall.h>
#endif
#ifdef G_OS_UNIX
#include <unistd.h>
#endif

TaLoop *
ta_loop_new (TaRunner     *runner,
             const char   *name,
             GMainContext *context,
             gint64        exit_timeout,
             gint64        default_timeout,
             gint64        stall_threshold)
{
  TaLoop *self = g_new0 (TaLoop, 1);

  self->ref_count = 1;
  self->name = g_strdup (name);
  self->is_attached = context != NULL;
  self->context = context != NULL ? g_main_context_ref (context) : NULL;
  self->exit_timeout = exit_timeout;
  self->default_timeout = default_timeout;
  self->stall_threshold = stall_threshold;
  self->runner = ta_weak_new (runner);
  g_mutex_init (&self->mutex);
  g_mutex_init (&self->join_mutex);
  g_cond_init (&self->left);
  ta_wait_guard_init (&self->guard, self->name);
  ta_loop_list (self);

  return self;
}

TaLoop *
ta_loop_ref (TaLoop *self)
{
  g_atomic_int_inc (&self->ref_count);

  return self;
}

void
ta_loop_unref (TaLoop *self)
{
  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;

  ta_loop_unlist (self);
  g_clear_pointer (&self->thread, g_thread_unref);
  g_clear_pointer (&self->inbox, ta_inbox_unref);
  g_clear_pointer (&self->context, g_main_context_unref);
  ta_weak_unref (self->runner);
  ta_mutex_clear (&self->mutex);
  ta_mutex_clear (&self->join_mutex);
  if (!ta_has_forked)
    g_cond_clear (&self->left);
  ta_wait_guard_clear (&self->guard);
  g_free (self->stuck_in);
  g_free (self->name);
  g_free (self);
}

const char *
ta_loop_get_name (TaLoop *self)
{
  return self->name;
}

/* Returns NULL for a threaded loop that has not been started. */
GMainContext *
ta_loop_get_context (TaLoop *self)
{
  if (!self->is_attached && g_atomic_int_get (&self->state) < TA_LOOP_RUNNING)
    return NULL;

  return self->context;
}

/* Returns the inbox of a loop that has been started. */
TaInbox *
ta_loop_get_inbox (TaLoop *self)
{
  return self->inbox;
}

gint64
ta_loop_get_exit_timeout (TaLoop *self)
{
  return self->exit_timeout;
}

/* Says that it is the loop of the default runner; called before it is started. */
void
ta_loop_set_default (TaLoop *self)
{
  self->is_default = TRUE;
}

gint64
ta_loop_get_default_timeout (TaLoop *self)
{
  return self->default_timeout;
}

gint64
ta_loop_get_stall_threshold (TaLoop *self)
{
  return self->stall_threshold;
}

gboolean
ta_loop_get_started (TaLoop *self)
{
  return g_atomic_int_get (&self->state) >= TA_LOOP_RUNNING;
}

gboolean
ta_loop_get_running (TaLoop *self)
{
  int state = g_atomic_int_get (&self->state);

  if (ta_has_forked)
    return FALSE;

  return state == TA_LOOP_RUNNING || state == TA_LOOP_STOPPING;
}

TaShutdownType
ta_loop_get_shutdown_type (TaLoop *self)
{
  TaShutdownType type;

  if (ta_has_forked)
    return TA_SHUTDOWN_TYPE_NOT_SHUT_DOWN;

  g_mutex_lock (&self->mutex);
  type = self->shutdown_type;
  g_mutex_unlock (&self->mutex);

  return type;
}

TaRunner *
ta_loop_get_runner (TaLoop *self)
{
  return ta_weak_get (self->runner);
}

/* Called in the runner's dispose(). */
void
ta_loop_lose_runner (TaLoop *self)
{
  ta_weak_lose (self->runner);
}

static gboolean
is_main_thread (void)
{
#ifdef __linux__
  static _Thread_local int is_main = -1;

  if (is_main == -1)
    is_main = syscall (SYS_gettid) == getpid ();

  return is_main;
#else
  return FALSE;
#endif
}

/* Whether the calling thread is the one that iterates a context, as far as it shows. */
gboolean
ta_context_is_current (GMainContext *context)
{
  /* The main thread is meant to iterate the main context even while it does not yet. */
  return g_main_context_is_owner (context) || g_main_context_get_thread_default () == context ||
         (context == g_main_context_default () && is_main_thread ());
}

/* Whether the calling thread is the one that runs the loop, so that to wait for it would hang. */
gboolean
ta_loop_is_current (TaLoop *self)
{
  return self->is_attached ? ta_context_is_current (self->context) : ta_loop_get_current () == self;
}

/* Notifies that the loop has ended or been abandoned; without a lock. */
void
ta_loop_notify_end (TaLoop *self)
{
  g_autoptr (TaRunner) runner = ta_loop_get_runner (self);

  if (runner == NULL)
    return;

  ta_runner_notify_running (runner);
  ta_runner_notify_shutdown_type (runner);
}

/* Says once that the loop is over, and lets those go who wait for it; FALSE if that has been said. */
gboolean
ta_loop_set_ended (TaLoop *self, TaLoopState state, TaShutdownType type)
{
  TaWaiter *waiters = NULL;
  TaStall  *stall = NULL;
  gboolean  is_first;

  g_mutex_lock (&self->mutex);
  is_first = self->state < TA_LOOP_ENDED;
  if (is_first)
    {
      self->shutdown_type = type;
      stall = g_steal_pointer (&self->stall);
      g_atomic_int_set (&self->state, state);
      waiters = ta_waiter_list_end_all_locked (&self->enders, TA_OUTCOME_DONE);
    }
  g_mutex_unlock (&self->mutex);

  if (is_first)
    {
      ta_loop_unwatch (self);
      g_clear_pointer (&stall, ta_stall_end);
      ta_loop_notify_end (self);
      ta_waiter_complete_all (waiters);
    }

  return is_first;
}

/* The thread may be quicker than whoever started it, or the other way round. */
void
ta_loop_set_running (TaLoop *self)
{
  g_mutex_lock (&self->mutex);
  if (self->state == TA_LOOP_STARTING)
    g_atomic_int_set (&self->state, TA_LOOP_RUNNING);
  g_mutex_unlock (&self->mutex);
}

static gboolean
ta_loop_attach (TaLoop *self, GError **error)
{
  const char *owner;

  self->inbox = ta_inbox_ref_for_context (self->context);
  owner = ta_inbox_get_owner (self->inbox);
  if (owner == NULL)
    {
      if (self->stall_threshold > 0)
        ta_stall_start (self, self->stall_threshold);
      return TRUE;
    }

  g_set_error (error, TA_ERROR, TA_ERROR_FAILED,
               "Can't attach runner “%s”: its context is run by runner “%s” already", self->name,
               owner);
  g_clear_pointer (&self->inbox, ta_inbox_unref);

  return FALSE;
}

gboolean
ta_loop_start (TaLoop *self, TaRunner *runner, GError **error)
{
  gboolean is_new, started;

  g_mutex_lock (&self->mutex);
  is_new = self->state == TA_LOOP_NEW;
  if (is_new)
    g_atomic_int_set (&self->state, TA_LOOP_STARTING);
  g_mutex_unlock (&self->mutex);

  if (!is_new)
    {
      g_set_error (error, TA_ERROR, TA_ERROR_ALREADY_DONE,
                   "Runner “%s” has been started before: a runner runs once", self->name);
      return FALSE;
    }

  started =
      self->is_attached ? ta_loop_attach (self, error) : ta_loop_start_thread (self, runner, error);

  if (started)
    {
      ta_loop_set_running (self);
      ta_runner_notify_running (runner);
    }
  else
    {
      g_atomic_int_set (&self->state, TA_LOOP_NEW);
    }

  return started;
}

/*
 * Called when the last reference on the runner object goes. TRUE says that the thread, or whoever
 * interrupts it, may still use the object, and has taken over a reference that the caller has for it.
 */
gboolean
ta_loop_revive_runner (TaLoop *self, TaRunner *runner)
{
  gboolean revived;

  if (ta_has_forked)
    return FALSE;

  g_mutex_lock (&self->mutex);
  revived = (self->has_thread || self->is_interrupting) && self->revived == NULL;
  if (revived)
    self->revived = runner;
  g_mutex_unlock (&self->mutex);

  return revived;
}

/* Sets the error of a call on a loop that does not run. */
gboolean
ta_loop_check_running (TaLoop *self, GError **error)
{
  int state = g_atomic_int_get (&self->state);

  if (state == TA_LOOP_RUNNING)
    return TRUE;

  g_set_error (error, TA_ERROR, TA_ERROR_NOT_RUNNING, "Runner “%s” %s", self->name,
               state < TA_LOOP_RUNNING ? "has not been started"
               : state < TA_LOOP_ENDED ? "is being stopped"
                                       : "has been stopped");
  return FALSE;
}
