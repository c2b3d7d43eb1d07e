/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "native.h"

/* How coroutines become tasks of a runner: as in tasks.py. */

/*
 * A coroutine on its way to its loop, and the promise of its task. Called with the asyncio task when
 * that is done, it ends the promise.
 */
typedef struct
{
  PyObject_HEAD

      TaPromise *promise; /* owned; NULL before the start */
  PyObject      *task;    /* the asyncio task, from the start until it is done */
  PyObject      *coroutine;
  PyObject      *context;
  PyObject      *name;
} NativeWork;

static void
work_forget (NativeWork *self)
{
  /* Whoever never starts it does not await it either, and need not be told. */
  if (self->coroutine != NULL)
    {
      PyObject *type, *value, *traceback;

      PyErr_Fetch (&type, &value, &traceback);
      Py_XDECREF (PyObject_CallMethod (self->coroutine, "close", NULL));
      if (PyErr_Occurred ())
        PyErr_WriteUnraisable (self->coroutine);
      PyErr_Restore (type, value, traceback);
    }
  Py_CLEAR (self->coroutine);
  Py_CLEAR (self->context);
  Py_CLEAR (self->name);
  Py_CLEAR (self->task);
}

static void
work_dealloc (PyObject *object)
{
  NativeWork *self = (NativeWork *) object;

  PyObject_GC_UnTrack (object);
  work_forget (self);
  g_clear_pointer (&self->promise, ta_promise_unref);
  Py_TYPE (object)->tp_free (object);
}

static int
work_traverse (PyObject *object, visitproc visit, void *arg)
{
  NativeWork *self = (NativeWork *) object;

  Py_VISIT (self->task);
  Py_VISIT (self->coroutine);
  Py_VISIT (self->context);
  return 0;
}

static int
work_clear (PyObject *object)
{
  Py_CLEAR (((NativeWork *) object)->task);
  return 0;
}

/* From whatever thread cancels. */
static void
work_cancelled_cb (GCancellable *cancellable, NativeWork *self)
{
  PyGILState_STATE state = PyGILState_Ensure ();

  if (self->task != NULL)
    {
      /* While the garbage collector runs, the loop may go on, and let go of it. */
      PyObject *task = Py_NewRef (self->task);
      PyObject *loop = PyObject_CallMethod (task, "get_loop", NULL);
      PyObject *cancel = loop != NULL ? PyObject_GetAttrString (loop, "cancel_for_library") : NULL;

      if (cancel != NULL)
        Py_XDECREF (PyObject_CallMethod (loop, "call_soon_threadsafe", "OO", cancel, task));
      Py_XDECREF (cancel);
      Py_XDECREF (loop);
      Py_DECREF (task);
      /* The loop may have been closed. */
      PyErr_Clear ();
    }
  PyGILState_Release (state);
}

/* Starts the coroutine; with the interpreter's lock, in the thread of the loop. */
static void
work_start (gpointer data)
{
  NativeWork   *self = data;
  GCancellable *cancellable = ta_promise_get_cancellable (self->promise);
  PyObject     *coroutine = g_steal_pointer (&self->coroutine);

  self->task =
      PyObject_CallFunctionObjArgs (native_start, self, coroutine, self->context, self->name, NULL);
  Py_DECREF (coroutine);
  Py_CLEAR (self->context);
  Py_CLEAR (self->name);

  if (self->task == NULL)
    {
      PyErr_WriteUnraisable ((PyObject *) self);
      /* Its future fails. */
      g_clear_pointer (&self->promise, ta_promise_unref);
    }
  else if (cancellable != NULL)
    {
      /* Not by g_cancellable_connect(), whose handler must not wait for a lock while others wait to
       * disconnect it. It goes with the cancellable, and that with the task. */
      g_signal_connect_data (cancellable, "cancelled", G_CALLBACK (work_cancelled_cb),
                             Py_NewRef (self), native_closure_unref, 0);
      if (g_cancellable_is_cancelled (cancellable))
        /* Before it has begun, so that it never does. */
        Py_XDECREF (PyObject_CallMethod (self->task, "cancel", NULL));
    }
  Py_DECREF (self);
}

static void
start_cb (TaTask *task, gpointer data)
{
  NativeWork *self = data;

  self->promise = ta_task_take_promise (task);

  /* The reference of the callback's data goes on its way. */
  if (!native_loop_send (work_start, self))
    native_unref (self);
}

/* When the task is not started, the data is still to be let go of. */
typedef struct
{
  NativeWork *work;
  char       *name; /* of the task, which has it before it can fail; or NULL */
} NativeStart;

static void
start_data_cb (TaTask *task, gpointer data)
{
  NativeStart *start = data;

  if (start->name != NULL)
    ta_task_set_name (task, start->name);
  start_cb (task, g_steal_pointer (&start->work));
}

static void
start_data_free (gpointer data)
{
  NativeStart *start = data;

  if (start->work != NULL)
    native_unref (start->work);
  g_free (start->name);
  g_free (start);
}

/* create_task(runner, coroutine, context, name): a task of the library */
PyObject *
native_create_task (PyObject *module, PyObject *const *args, Py_ssize_t n_args)
{
  TaRunner    *runner;
  NativeWork  *work;
  NativeStart *start;

  if (n_args != 4)
    {
      PyErr_SetString (PyExc_TypeError, "create_task() takes 4 arguments");
      return NULL;
    }
  runner = native_get_object (args[0], TA_TYPE_RUNNER);
  if (runner == NULL)
    return NULL;

  work = (NativeWork *) native_work_type.tp_alloc (&native_work_type, 0);
  if (work == NULL)
    return NULL;
  work->coroutine = Py_NewRef (args[1]);
  work->context = Py_NewRef (args[2]);
  work->name = Py_NewRef (args[3]);

  start = g_new (NativeStart, 1);
  start->work = work;
  start->name = PyUnicode_Check (args[3]) ? g_strdup (PyUnicode_AsUTF8 (args[3])) : NULL;
  /* What is no name the caller hears of when it sets it. */
  PyErr_Clear ();
  /* With the interpreter's lock: nobody holds a lock of the library while they wait for that one, and
   * the loop would else take it from here for each task. */
  return native_wrap (ta_runner_create_task (runner, start_data_cb, start, start_data_free));
}

/* The asyncio task is done. */
static PyObject *
work_call (PyObject *object, PyObject *args, PyObject *kwargs)
{
  NativeWork *self = (NativeWork *) object;
  TaPromise  *promise = g_steal_pointer (&self->promise);
  PyObject   *task, *result, *failed;
  NativeValue value;

  if (!PyArg_ParseTuple (args, "O", &task))
    return NULL;
  if (promise == NULL)
    Py_RETURN_NONE;

  Py_CLEAR (self->task);
  result = PyObject_CallMethodNoArgs (task, native_strings.result);
  if (result != NULL && native_value_init (&value, result, 0))
    {
      ta_promise_return_value (promise, &value.value);
      native_value_clear (&value);
      Py_DECREF (result);
      ta_promise_unref (promise);
      Py_RETURN_NONE;
    }
  Py_XDECREF (result);

  /* What went wrong is for the Python side to tell. */
  PyErr_Clear ();
  failed = PyObject_CallFunction (native_fail, "NO",
                                  pyg_boxed_new (TA_TYPE_PROMISE, promise, FALSE, TRUE), task);

  return failed;
}

/* The promise, until it has returned. */
static PyObject *
work_get_promise (PyObject *object, PyObject *unused)
{
  NativeWork *self = (NativeWork *) object;

  if (self->promise == NULL)
    Py_RETURN_NONE;

  return pyg_boxed_new (TA_TYPE_PROMISE, self->promise, TRUE, TRUE);
}

/* The asyncio task, until it is done. */
static PyObject *
work_get_task (PyObject *object, PyObject *unused)
{
  NativeWork *self = (NativeWork *) object;

  return Py_NewRef (self->task != NULL ? self->task : Py_None);
}

static PyMethodDef work_methods[] = {
  { "get_task", work_get_task, METH_NOARGS, "The asyncio task, until it is done." },
  { "get_promise", work_get_promise, METH_NOARGS, "The promise, until it has returned." },
  { NULL, NULL, 0, NULL },
};

PyTypeObject native_work_type = {
  PyVarObject_HEAD_INIT (NULL, 0).tp_name = "_threadedasync_native.Work",
  .tp_basicsize = sizeof (NativeWork),
  .tp_dealloc = work_dealloc,
  .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
  .tp_traverse = work_traverse,
  .tp_clear = work_clear,
  .tp_call = work_call,
  .tp_methods = work_methods,
  .tp_free = PyObject_GC_Del,
};
