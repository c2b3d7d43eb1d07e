/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-loop-internal.h"
#include "ta-runner-private.h"

#include <errno.h>
#include <string.h>

#ifdef __linux__
#include <sys/eventfd.h>
#endif
#ifdef G_OS_UNIX
#include <unistd.h>
#endif

/* The thread of a threaded loop: how it begins, what it does at its end, and who waits for that. */

/* What the kernel allows for the name of a thread, without the end of the string. */
#define MAX_THREAD_NAME 15

/* How long a loop that ends goes on with callbacks that start new waits each time. */
#define CALL_BACK_US (100 * 1000)

/* How long a thread may take once its loop has ended, at least, and again when it has been interrupted. */
#define LEAVE_US (250 * 1000)

/* The threaded loop that this thread runs. */
static _Thread_local TaLoop *current;

/* The same, also once the loop has ended; to be compared only. */
static _Thread_local TaLoop *mine;

/* Returns the threaded loop that the calling thread runs, or NULL. */
TaLoop *
ta_loop_get_current (void)
{
  return current;
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

  ta_inbox_set_outside (self->inbox, FALSE);

  /* No more tasks, even if the class's run() came back without having been asked to. */
  g_mutex_lock (&self->mutex);
  was_asked = self->state > TA_LOOP_RUNNING;
  if (!was_asked)
    g_atomic_int_set (&self->state, TA_LOOP_STOPPING);
  is_forced = self->is_forced || self->is_interrupted || self->n_tasks > 0;
  g_mutex_unlock (&self->mutex);

  /* Whatever it was stuck in is over. */
  if (ta_inbox_has_stalls (self->inbox))
    ta_inbox_come_round (self->inbox);

  self->phase = TA_STOP_QUIT;
  ta_loop_end_tasks_by_force (self);
  ta_loop_end_gtasks (self);
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

static gpointer
ta_loop_thread (gpointer data)
{
  TaLoop   *self = data;
  TaRunner *revived;

  if (!g_main_context_acquire (self->context))
    g_assert_not_reached ();
  g_main_context_push_thread_default (self->context);
  ta_inbox_enter (self->inbox);
  current = mine = self;
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
  g_cond_broadcast (&self->left);
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

gboolean
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

  /* Somebody may stop it before this function returns: to join it he needs to know the thread. */
  g_mutex_lock (&self->join_mutex);
  thread = g_thread_try_new (thread_name, ta_loop_thread, ta_loop_ref (self), error);
  self->thread = thread;
  g_mutex_unlock (&self->join_mutex);

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

  return TRUE;
}

/* Waits until the thread runs nobody's code any more; FALSE if it still does at some time. */
static gboolean
ta_loop_await_thread (TaLoop *self, gint64 deadline)
{
  gboolean has_left;

  g_mutex_lock (&self->mutex);
  while (self->has_thread && g_cond_wait_until (&self->left, &self->mutex, deadline))
    ;
  has_left = !self->has_thread;
  g_mutex_unlock (&self->mutex);

  return has_left;
}

/*
 * Joins the thread of a loop that has ended. FALSE if it is stuck in what it does after that, which is to
 * call those back who waited for the end from the inside, and to drop what never had its turn.
 */
gboolean
ta_loop_join (TaLoop *self, gint64 timeout_us)
{
  /* From the inside, as such a callback or when the last reference goes, there is nothing to wait for. */
  if (mine == self)
    return TRUE;

  /* Should it be stuck, a part of the time is for interrupting it. */
  if (timeout_us != TA_TIMEOUT_INFINITE)
    timeout_us = MAX (timeout_us - LEAVE_US, LEAVE_US);
  if (!ta_loop_await_thread (self, ta_timeout_get_deadline (timeout_us)))
    {
      ta_loop_interrupt_once (self, TRUE);
      if (!ta_loop_await_thread (self, ta_timeout_get_deadline (LEAVE_US)))
        return FALSE;
    }

  /* Whoever comes second waits for the first. */
  g_mutex_lock (&self->join_mutex);
  g_clear_pointer (&self->thread, g_thread_join);
  g_mutex_unlock (&self->join_mutex);

  return TRUE;
}
