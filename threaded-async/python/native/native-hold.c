/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "native.h"

/* The task that keeps a runner from ending before its asyncio loop has: as in holds.py. */

typedef struct
{
  PyObject_HEAD

      PyObject *on_cancelled; /* NULL once it has been cleared */
  TaPromise
        *promise; /* owned, of the loop's thread: NULL before it has begun and when it is over */
  gulong handler; /* of the loop's thread: that of the promise's cancellable */
} NativeHold;

/* A reference on its way to the loop, which takes it without the interpreter's lock. */
typedef struct
{
  NativeHold *hold; /* owned; NULL once it has been taken */
} NativeHolding;

/* From whatever thread cancels. */
static void
cancelled_cb (GCancellable *cancellable, NativeHold *self)
{
  PyGILState_STATE state = PyGILState_Ensure ();
  PyObject        *on_cancelled = Py_XNewRef (self->on_cancelled);

  if (on_cancelled != NULL)
    {
      PyObject *result = PyObject_CallNoArgs (on_cancelled);

      if (result == NULL)
        PyErr_WriteUnraisable (on_cancelled);
      Py_XDECREF (result);
      Py_DECREF (on_cancelled);
    }
  PyGILState_Release (state);
}

static void
return_nothing (TaPromise *promise)
{
  GValue value = G_VALUE_INIT;

  g_value_init (&value, G_TYPE_BOOLEAN);
  ta_promise_return_value (promise, &value);
  ta_promise_unref (promise);
}

/* In the loop's thread, without the interpreter's lock. */
static void
begin_cb (TaTask *task, gpointer data)
{
  NativeHolding *holding = data;
  NativeHold    *self = holding->hold;
  TaPromise     *promise = ta_task_take_promise (task);

  if (self->promise != NULL)
    {
      /* Somebody was interrupted who had sent it already. */
      return_nothing (promise);
      return;
    }

  self->promise = promise;
  holding->hold = NULL;
  self->handler = g_signal_connect_data (ta_promise_get_cancellable (promise), "cancelled",
                                         G_CALLBACK (cancelled_cb), self, native_closure_unref, 0);
}

static void
holding_free (gpointer data)
{
  NativeHolding *holding = data;

  if (holding->hold != NULL)
    native_unref (holding->hold);
  g_free (holding);
}

/* hold(runner): has it wait, from any thread; only the first of several counts. */
static PyObject *
hold_hold (PyObject *object, PyObject *runner)
{
  TaRunner          *self = native_get_object (runner, TA_TYPE_RUNNER);
  NativeHolding     *holding;
  g_autoptr (TaTask) task = NULL;

  if (self == NULL)
    return NULL;

  holding = g_new (NativeHolding, 1);
  holding->hold = (NativeHold *) Py_NewRef (object);
  task = ta_runner_create_task (self, begin_cb, holding, holding_free);
  ta_task_set_name (task, "[threaded-async] asyncio");

  Py_RETURN_NONE;
}

/* let_go(): the runner need not wait any more; in the loop's thread. */
static PyObject *
hold_let_go (PyObject *object, PyObject *unused)
{
  NativeHold *self = (NativeHold *) object;
  TaPromise  *promise = g_steal_pointer (&self->promise);

  if (promise != NULL)
    {
      /* Now, and not in the loop, which would have to take the interpreter's lock for that. */
      g_signal_handler_disconnect (ta_promise_get_cancellable (promise), self->handler);
      return_nothing (promise);
    }

  Py_RETURN_NONE;
}

static int
hold_traverse (PyObject *object, visitproc visit, void *arg)
{
  Py_VISIT (((NativeHold *) object)->on_cancelled);
  return 0;
}

static int
hold_clear (PyObject *object)
{
  Py_CLEAR (((NativeHold *) object)->on_cancelled);
  return 0;
}

static void
hold_dealloc (PyObject *object)
{
  NativeHold *self = (NativeHold *) object;

  PyObject_GC_UnTrack (object);
  hold_clear (object);
  g_clear_pointer (&self->promise, ta_promise_unref);
  Py_TYPE (object)->tp_free (object);
}

/* Hold(on_cancelled): calls that when the runner stops. */
static PyObject *
hold_new (PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
  NativeHold *self;
  PyObject   *on_cancelled;

  if (!PyArg_ParseTuple (args, "O", &on_cancelled))
    return NULL;

  self = (NativeHold *) type->tp_alloc (type, 0);
  if (self != NULL)
    self->on_cancelled = Py_NewRef (on_cancelled);

  return (PyObject *) self;
}

static PyMethodDef hold_methods[] = {
  { "hold", hold_hold, METH_O, "Has a runner wait." },
  { "let_go", hold_let_go, METH_NOARGS, "Has it wait no more." },
  { NULL, NULL, 0, NULL },
};

PyTypeObject native_hold_type = {
  PyVarObject_HEAD_INIT (NULL, 0).tp_name = "_threadedasync_native.Hold",
  .tp_basicsize = sizeof (NativeHold),
  .tp_dealloc = hold_dealloc,
  .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
  .tp_traverse = hold_traverse,
  .tp_clear = hold_clear,
  .tp_methods = hold_methods,
  .tp_new = hold_new,
  .tp_free = PyObject_GC_Del,
};
