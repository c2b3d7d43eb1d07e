/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "native.h"

#include <unistd.h>

/*
 * Calls that block the thread, and let Ctrl-C through: as in blocking.py.
 *
 * Python's handlers run in the main thread, between two of its own instructions. When that has waited in
 * the library for a while, the wait is broken off once: from then on Python writes to a pipe when a signal
 * has come, the handlers run of those that have come before, and the wait begins anew, which what is
 * written to the pipe ends in the same way. No handler runs while the thread waits: it may wait itself,
 * or raise, or do what ends the wait.
 */

/* That of the main thread, which waits. */
static _Thread_local NativeWait *current;

/* Has Python write somewhere when a signal has come; there is no function in C for that in 3.11. */
static gboolean
set_wakeup_fd (int fd, int *previous)
{
  PyObject *result = PyObject_CallFunction (native_set_wakeup_fd, "i", fd);

  if (result == NULL)
    return FALSE;

  *previous = (int) PyLong_AsLong (result);
  Py_DECREF (result);

  return TRUE;
}

/* A wait takes long: a TaInterruptFunc. It must not run a handler. */
static int
interrupt_func (void)
{
  NativeWait *self = current;
  NativeGil   gil;

  if (self->is_heard)
    return native_signal_fds[0];

  native_gil_enter (&gil);
  self->is_heard = set_wakeup_fd (native_signal_fds[1], &self->previous_wakeup_fd);
  /* Where Python does not let this thread listen, the wait is broken off again and again. */
  if (!self->is_heard)
    PyErr_Clear ();
  native_gil_leave (&gil);

  return -1;
}

/* What TA_TIMEOUT_DEFAULT stands for, since a wait that goes on must not have it anew. */
static gint64
resolve_default (GObject *source)
{
  g_autoptr (TaRunner) runner = NULL;

  if (TA_IS_TASK (source))
    runner = ta_task_get_runner (TA_TASK (source));
  else if (TA_IS_REQUEST (source))
    runner = ta_client_get_runner (ta_request_get_client (TA_REQUEST (source)));

  return runner != NULL ? ta_runner_get_default_timeout (runner) : TA_TIMEOUT_DEFAULT;
}

/* A wait for @source. */
void
native_wait_init (NativeWait *self, GObject *source, gint64 timeout_us)
{
  gint64 now;

  *self = (NativeWait){
    .source = g_object_ref (source),
    .timeout_us = timeout_us,
    .deadline = G_MAXINT64,
    .is_main = PyThread_get_thread_ident () == native_main_thread,
  };
  if (!self->is_main)
    return;

  if (timeout_us == TA_TIMEOUT_DEFAULT)
    self->timeout_us = timeout_us = resolve_default (source);
  now = g_get_monotonic_time ();
  if (timeout_us > 0 && timeout_us < G_MAXINT64 - now)
    self->deadline = now + timeout_us;
}

/* Runs the handlers of the signals that have come; FALSE with what one of them has raised. */
gboolean
native_wait_begin (NativeWait *self)
{
  if (!self->is_main)
    return TRUE;

  if (PyErr_CheckSignals () != 0)
    return FALSE;
  if (self->is_begun && self->deadline != G_MAXINT64)
    self->timeout_us = MAX (self->deadline - g_get_monotonic_time (), 1);
  self->is_begun = TRUE;
  self->previous = current;
  current = self;
  self->previous_func = ta_set_interrupt_func (interrupt_func);

  return TRUE;
}

/* Empties the pipe, and lets those hear of the signals who were listening before. */
static void
forward_signals (NativeWait *self)
{
  char    numbers[64];
  ssize_t n_read = read (native_signal_fds[0], numbers, sizeof numbers);

  if (n_read > 0 && self->previous_wakeup_fd >= 0 &&
      write (self->previous_wakeup_fd, numbers, (gsize) n_read) < 0)
    /* It is full, and they will hear of something. */
    return;
}

void
native_wait_end (NativeWait *self)
{
  if (!self->is_main)
    return;

  self->was_interrupted = ta_was_interrupted ();
  ta_set_interrupt_func (self->previous_func);
  current = self->previous;
  if (self->is_heard)
    forward_signals (self);
}

/* It is over, with or without an exception. */
void
native_wait_clear (NativeWait *self)
{
  if (self->is_heard)
    {
      PyObject *type, *value, *traceback;
      int       unused;

      PyErr_Fetch (&type, &value, &traceback);
      if (!set_wakeup_fd (self->previous_wakeup_fd, &unused))
        PyErr_WriteUnraisable (native_set_wakeup_fd);
      PyErr_Restore (type, value, traceback);
      forward_signals (self);
    }
  g_object_unref (self->source);
}
