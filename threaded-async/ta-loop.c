/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-error.h"
#include "ta-fork-private.h"
#include "ta-loop-internal.h"
#include "ta-runner-private.h"

#include <errno.h>
#include <string.h>

#ifdef __linux__
#include <sys/eventfd.h>
#include <sys/syscall.h>
#endif
#ifdef G_OS_UNIX
#include <unistd.h>
#endif

/* What the kernel allows for the name of a thread, without the end of the string. */
#define MAX_THREAD_NAME 15

/* How long a loop that ends goes on with callbacks that start new waits each time. */
#define CALL_BACK_US (100 * 1000)

/* The threaded loop that this thread runs. */
static _Thread_local TaLoop *current;

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
  return self->is_attached ? ta_context_is_current (self->context) : current == self;
}

/* Notifies that the loop has ended or been abandoned; without a lock. */
static void
ta_loop_notify_end (TaLoop *self)
{
  g_autoptr (TaRunner) runner = ta_loop_get_runner (self);

  if (runner == NULL)
    return;

  ta_runner_notify_running (runner);
  ta_runner_notify_shutdown_type (runner);
}

/* Says once that the loop is over, and lets those go who wait for it. */
void
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
}

/*
 * Calls those back who waited on the loop. A wait that somebody else has ended at this very moment may
 * still be on its way to the inbox, and a callback may start another, which ends at once.
 */
static void
ta_loop_call_back (TaLoop *self)
{
  const gint64 end = g_get_monotonic_time () + CALL_BACK_US;

  ta_inbox_drain (self->inbox);
  while (ta_operations_are_left () && g_get_monotonic_time () < end)
    {
      g_thread_yield ();
      ta_inbox_drain (self->inbox);
    }
}

static void
ta_loop_end_thread (TaLoop *self)
{
  gboolean was_asked;
  gboolean is_forced;

  /* No more tasks, even if the class's run() came back without having been asked to. */
  g_mutex_lock (&self->mutex);
  was_asked = self->state > TA_LOOP_RUNNING;
  if (!was_asked)
    g_atomic_int_set (&self->state, TA_LOOP_STOPPING);
  is_forced = self->is_forced || self->is_interrupted || self->n_tasks > 0;
  g_mutex_unlock (&self->mutex);

  self->phase = TA_STOP_QUIT;
  ta_loop_end_tasks_by_force (self);
  ta_loop_tell_listeners (self);
  ta_operations_end ();
  ta_loop_call_back (self);

  ta_loop_set_ended (self, TA_LOOP_ENDED,
                     !was_asked  ? TA_SHUTDOWN_TYPE_UNKNOWN
                     : is_forced ? TA_SHUTDOWN_TYPE_FORCE_STOPPED
                                 : TA_SHUTDOWN_TYPE_STOPPED);

  /* Once more, for those who waited for the end from inside the loop. */
  ta_inbox_drain (self->inbox);
  if (self->has_deadline)
    ta_timers_remove (ta_inbox_get_timers (self->inbox), &self->deadline);
  ta_inbox_close (self->inbox, TRUE);
  ta_operations_drop ();
}

/* The thread may be quicker than whoever started it, or the other way round. */
static void
ta_loop_set_running (TaLoop *self)
{
  g_mutex_lock (&self->mutex);
  if (self->state == TA_LOOP_STARTING)
    g_atomic_int_set (&self->state, TA_LOOP_RUNNING);
  g_mutex_unlock (&self->mutex);
}

static gpointer
ta_loop_thread (gpointer data)
{
  TaLoop   *self = data;
  TaRunner *revived;

  if (!g_main_context_acquire (self->context))
    g_assert_not_reached ();
  g_main_context_push_thread_default (self->context);
  ta_inbox_enter (self->inbox);
  current = self;
  ta_wait_guard_enter (&self->guard);
  g_main_context_set_poll_func (self->context, ta_loop_poll);
  ta_loop_set_running (self);

  /* The object may have lost its last reference; but while has_thread is set it stays. */
  ta_runner_run (self->runner_object);
  ta_loop_end_thread (self);

  g_main_context_set_poll_func (self->context, NULL);
  current = NULL;
  ta_wait_guard_enter (NULL);
  ta_inbox_leave (self->inbox);
  g_main_context_pop_thread_default (self->context);
  g_main_context_release (self->context);

  g_mutex_lock (&self->mutex);
  self->has_thread = FALSE;
  revived = self->is_interrupting ? NULL : g_steal_pointer (&self->revived);
  g_mutex_unlock (&self->mutex);

  g_clear_pointer (&revived, ta_runner_drop_revived);
  ta_loop_unref (self);

  return NULL;
}

/* Checks that a context can be made: GLib aborts the process when it runs out of descriptors. */
static gboolean
check_descriptors (const char *name, GError **error)
{
#ifdef __linux__
  int fd = eventfd (0, EFD_CLOEXEC);
  int saved_errno = errno;

  if (fd == -1)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (saved_errno),
                   "Can't make a context for runner “%s”: %s", name, g_strerror (saved_errno));
      return FALSE;
    }

  close (fd);
#endif

  return TRUE;
}

static char *
make_thread_name (const char *name)
{
  const char *end = name + MIN (strlen (name), MAX_THREAD_NAME);

  /* Not in the middle of a character. */
  while (end > name && (*end & 0xc0) == 0x80)
    end--;

  return g_strndup (name, (gsize) (end - name));
}

static gboolean
ta_loop_start_thread (TaLoop *self, TaRunner *runner, GError **error)
{
  g_autofree char *thread_name = make_thread_name (self->name);
  GThread         *thread;

  if (!check_descriptors (self->name, error))
    return FALSE;

  self->context = g_main_context_new ();
  self->inbox = ta_inbox_ref_for_context (self->context);
  ta_inbox_adopt (self->inbox, self->name);
  self->runner_object = runner;
  self->has_thread = TRUE;
  if (self->stall_threshold > 0)
    ta_stall_start (self, self->stall_threshold);

  thread = g_thread_try_new (thread_name, ta_loop_thread, ta_loop_ref (self), error);
  if (thread == NULL)
    {
      g_prefix_error (error, "Can't make a thread for runner “%s”: ", self->name);
      self->has_thread = FALSE;
      g_clear_pointer (&self->stall, ta_stall_end);
      g_clear_pointer (&self->inbox, ta_inbox_unref);
      g_clear_pointer (&self->context, g_main_context_unref);
      ta_loop_unref (self);
      return FALSE;
    }

  g_mutex_lock (&self->join_mutex);
  self->thread = thread;
  g_mutex_unlock (&self->join_mutex);

  return TRUE;
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
