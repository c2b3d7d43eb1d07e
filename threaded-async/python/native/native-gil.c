/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "native.h"

#ifdef __linux__
#include <sched.h>
#endif

/*
 * Taking the interpreter's lock while the other side of an exchange still has it puts the thread to
 * sleep, and to wake it takes longer than all the rest. In a back-to-back exchange the other side is
 * about to let go: so a thread that comes out of the library waits for a moment until whoever took the
 * lock in this module has given it up. It only knows of the threads that go through here, and only
 * guesses: in vain too often, it gives up guessing for a while.
 */

/* About what it takes to wake a thread. */
#define WAIT_US 20

#define MAX_BACKOFF 1023

/* Stands for a thread. */
static _Thread_local char me;

static gpointer owner; /* atomic: who has come through here and has the lock */

static _Thread_local guint skip;
static _Thread_local guint backoff;

static gboolean
is_alone (void)
{
  static gsize n_processors;

  if (g_once_init_enter (&n_processors))
    {
      gsize n = g_get_num_processors ();
#ifdef __linux__
      cpu_set_t cpus;

      if (sched_getaffinity (0, sizeof cpus, &cpus) == 0)
        n = (gsize) CPU_COUNT (&cpus);
#endif
      g_once_init_leave (&n_processors, n);
    }

  return n_processors == 1;
}

static void
wait_for_release (void)
{
  gint64   end;
  gboolean is_free;

  if (g_atomic_pointer_get (&owner) == NULL || is_alone ())
    return;
  if (skip > 0)
    {
      skip--;
      return;
    }

  end = g_get_monotonic_time () + WAIT_US;
  do
    {
      for (guint i = 0; i < 8; i++)
        {
#if defined(__x86_64__) || defined(__i386__)
          __builtin_ia32_pause ();
#elif defined(__aarch64__) || defined(__arm__)
          __asm__ __volatile__("yield");
#endif
        }
      is_free = g_atomic_pointer_get (&owner) == NULL;
    }
  while (!is_free && g_get_monotonic_time () < end);

  backoff = is_free ? 0 : MIN (backoff * 2 + 1, MAX_BACKOFF);
  skip = backoff;
}

PyThreadState *
native_gil_release (void)
{
  PyThreadState *state = PyEval_SaveThread ();

  /* Not before: whoever comes now is to find the lock free. */
  g_atomic_pointer_compare_and_exchange (&owner, &me, NULL);

  return state;
}

void
native_gil_take (PyThreadState *state)
{
  wait_for_release ();
  PyEval_RestoreThread (state);
  g_atomic_pointer_set (&owner, &me);
}

/* Called by a thread that lets go of the lock in another way from now on. */
void
native_gil_forget (void)
{
  g_atomic_pointer_compare_and_exchange (&owner, &me, NULL);
}

/* Drops a reference to an object of Python's, in any thread, with the interpreter's lock or without. */
void
native_unref (gpointer object)
{
  PyGILState_STATE state;

  /* At the exit of the interpreter it may be gone before its objects. */
  if (!Py_IsInitialized ())
    return;

  state = PyGILState_Ensure ();
  Py_DECREF ((PyObject *) object);
  PyGILState_Release (state);
}

void
native_closure_unref (gpointer object, GClosure *closure)
{
  native_unref (object);
}

/* What a call has let go of in which others call back. */
static _Thread_local PyThreadState *outside;

/* Lets go of the lock for a call that may call back. Returns what such a call has let go of in which
 * this one is made, by somebody who has the lock in another way. */
PyThreadState *
native_gil_begin_outside (void)
{
  PyThreadState *before = outside;

  outside = native_gil_release ();

  return before;
}

void
native_gil_end_outside (PyThreadState *before)
{
  PyThreadState *state = outside;

  outside = before;
  native_gil_take (state);
}

/* Takes the lock in a callback, of such a call or of whatever else there is. */
void
native_gil_enter (NativeGil *self)
{
  self->is_outside = outside != NULL;
  if (self->is_outside)
    native_gil_take (g_steal_pointer (&outside));
  else
    self->state = PyGILState_Ensure ();
}

void
native_gil_leave (NativeGil *self)
{
  if (self->is_outside)
    outside = native_gil_release ();
  else
    PyGILState_Release (self->state);
}
