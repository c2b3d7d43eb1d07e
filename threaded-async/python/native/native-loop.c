/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "native.h"

/* Where the asyncio loop of a runner waits; and how work gets there. */

/* What the callbacks of an iteration, which have no interpreter's lock, leave to be done with it. */
typedef struct
{
  NativeDone func;
  gpointer   data;
} NativeItem;

typedef struct
{
  PyObject_HEAD

      TaRunner *runner; /* unowned: it outlives its thread; NULL once it is closed */
  GSource      *source; /* owned; NULL once it is closed: looks at the descriptors of asyncio */
  gpointer      tag;    /* of the descriptor in the source */
  gboolean      is_entered;
  gboolean      is_armed;
  gboolean      is_readable;
  GArray       *items; /* of NativeItem */
} NativePoller;

/* That of the loop that this thread runs. */
static _Thread_local NativePoller *current;

/* Has a function called when the iteration is over; FALSE where there is none. */
gboolean
native_loop_send (NativeDone func, gpointer data)
{
  NativeItem item = { func, data };

  if (current == NULL)
    return FALSE;

  g_array_append_val (current->items, item);
  return TRUE;
}

static void
do_items (NativePoller *self)
{
  /* There may come more while they are done. */
  for (guint i = 0; i < self->items->len; i++)
    {
      NativeItem item = g_array_index (self->items, NativeItem, i);

      item.func (item.data);
    }
  g_array_set_size (self->items, 0);
}

static gboolean
descriptor_dispatch (GSource *source, GSourceFunc callback, gpointer data)
{
  NativePoller *self = data;

  /* Once only: a main loop that is nested in a callback would find it readable all the time. */
  self->is_readable = TRUE;
  self->is_armed = FALSE;
  g_source_modify_unix_fd (source, self->tag, 0);

  return G_SOURCE_CONTINUE;
}

static gboolean
unused_cb (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs descriptor_funcs = {
  .dispatch = descriptor_dispatch,
};

/* Poller(address, fd): in any thread, and before the runner is started; it must not keep the runner. */
static PyObject *
poller_new (PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
  NativePoller *self;
  Py_ssize_t    address;
  int           fd;

  if (!PyArg_ParseTuple (args, "ni", &address, &fd))
    return NULL;

  self = (NativePoller *) type->tp_alloc (type, 0);
  if (self == NULL)
    return NULL;

  self->runner = (TaRunner *) address;
  self->items = g_array_new (FALSE, FALSE, sizeof (NativeItem));
  self->source = g_source_new (&descriptor_funcs, sizeof (GSource));
  g_source_set_static_name (self->source, "[threaded-async] asyncio");
  g_source_set_can_recurse (self->source, TRUE);
  g_source_set_callback (self->source, unused_cb, self, NULL);
  self->tag = g_source_add_unix_fd (self->source, fd, G_IO_IN);
  self->is_armed = TRUE;

  return (PyObject *) self;
}

/* enter(): in the thread of the runner, before anything else. */
static PyObject *
poller_enter (PyObject *object, PyObject *unused)
{
  NativePoller *self = (NativePoller *) object;

  if (self->source != NULL && !self->is_entered)
    {
      self->is_entered = TRUE;
      g_source_attach (self->source, ta_runner_get_context (self->runner));
      current = self;
    }

  Py_RETURN_NONE;
}

/* select(timeout_us): 1 if the loop is to go on, and 2 if a descriptor is ready. */
static PyObject *
poller_select (PyObject *object, PyObject *argument)
{
  NativePoller  *self = (NativePoller *) object;
  gint64         timeout_us = PyLong_AsLongLong (argument);
  PyThreadState *state;
  gboolean       goes_on;
  long           flags;

  if (timeout_us == -1 && PyErr_Occurred ())
    return NULL;
  if (self->source == NULL || !self->is_entered)
    {
      PyErr_SetString (PyExc_RuntimeError, "the loop has been closed, or not entered");
      return NULL;
    }

  if (!self->is_armed)
    {
      self->is_armed = TRUE;
      g_source_modify_unix_fd (self->source, self->tag, G_IO_IN);
    }

  /* What a nested main loop has left here. */
  if (self->items->len > 0)
    {
      do_items (self);
      timeout_us = 0;
    }

  state = native_gil_release ();
  goes_on = ta_runner_iterate (self->runner, timeout_us);
  native_gil_take (state);
  do_items (self);

  flags = (goes_on ? 1 : 0) | (self->is_readable ? 2 : 0);
  self->is_readable = FALSE;

  return PyLong_FromLong (flags);
}

/* Does what an iteration that somebody else has made has left to be done. */
static PyObject *
poller_catch_up (PyObject *object, PyObject *unused)
{
  do_items ((NativePoller *) object);

  Py_RETURN_NONE;
}

static PyObject *
poller_wake_up (PyObject *object, PyObject *unused)
{
  NativePoller *self = (NativePoller *) object;

  /* With the interpreter's lock: so it is not closed meanwhile. */
  if (self->runner != NULL)
    ta_runner_wake_up (self->runner);

  Py_RETURN_NONE;
}

static PyObject *
poller_close (PyObject *object, PyObject *unused)
{
  NativePoller *self = (NativePoller *) object;

  if (self->source != NULL)
    {
      do_items (self);
      if (current == self)
        {
          current = NULL;
          native_gil_forget ();
        }
      self->runner = NULL;
      g_source_destroy (self->source);
      g_clear_pointer (&self->source, g_source_unref);
    }

  Py_RETURN_NONE;
}

static void
poller_dealloc (PyObject *object)
{
  NativePoller *self = (NativePoller *) object;

  Py_XDECREF (poller_close (object, NULL));
  g_array_unref (self->items);
  Py_TYPE (object)->tp_free (object);
}

static PyMethodDef poller_methods[] = {
  { "enter", poller_enter, METH_NOARGS, "Begins to look at the descriptor." },
  { "select", poller_select, METH_O, "Does an iteration of the runner's context." },
  { "wake_up", poller_wake_up, METH_NOARGS, "Wakes the loop, if it sleeps; from any thread." },
  { "catch_up", poller_catch_up, METH_NOARGS, "Does what another iteration has left." },
  { "close", poller_close, METH_NOARGS, "Lets go of the context." },
  { NULL, NULL, 0, NULL },
};

PyTypeObject native_poller_type = {
  PyVarObject_HEAD_INIT (NULL, 0).tp_name = "_threadedasync_native.Poller",
  .tp_basicsize = sizeof (NativePoller),
  .tp_dealloc = poller_dealloc,
  .tp_flags = Py_TPFLAGS_DEFAULT,
  .tp_methods = poller_methods,
  .tp_new = poller_new,
};

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

static void
work_unref (gpointer data)
{
  PyGILState_STATE state;

  /* At the exit of the interpreter it may be gone before its objects. */
  if (!Py_IsInitialized ())
    return;

  state = PyGILState_Ensure ();
  Py_DECREF ((PyObject *) data);
  PyGILState_Release (state);
}

static void
closure_unref (gpointer data, GClosure *closure)
{
  work_unref (data);
}

/* From whatever thread cancels. */
static void
work_cancelled_cb (GCancellable *cancellable, NativeWork *self)
{
  PyGILState_STATE state = PyGILState_Ensure ();

  if (self->task != NULL)
    {
      PyObject *loop = PyObject_CallMethod (self->task, "get_loop", NULL);
      PyObject *cancel = loop != NULL ? PyObject_GetAttrString (self->task, "cancel") : NULL;

      if (cancel != NULL)
        Py_XDECREF (PyObject_CallMethod (loop, "call_soon_threadsafe", "O", cancel));
      Py_XDECREF (cancel);
      Py_XDECREF (loop);
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
                             Py_NewRef (self), closure_unref, 0);
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
    work_unref (self);
}

/* When the task is not started, the data is still to be let go of. */
typedef struct
{
  NativeWork *work;
} NativeStart;

static void
start_data_cb (TaTask *task, gpointer data)
{
  NativeStart *start = data;

  start_cb (task, g_steal_pointer (&start->work));
}

static void
start_data_free (gpointer data)
{
  NativeStart *start = data;

  if (start->work != NULL)
    work_unref (start->work);
  g_free (start);
}

/* create_task(runner, coroutine, context, name): a task of the library */
PyObject *
native_create_task (PyObject *module, PyObject *const *args, Py_ssize_t n_args)
{
  TaRunner    *runner;
  NativeWork  *work;
  NativeStart *start;
  TaTask      *task;
  PyObject    *wrapper;

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
  /* With the interpreter's lock: nobody holds a lock of the library while they wait for that one, and
   * the loop would else take it from here for each task. */
  task = ta_runner_create_task (runner, start_data_cb, start, start_data_free);
  wrapper = pygobject_new (G_OBJECT (task));
  g_object_unref (task);

  return wrapper;
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

static PyMethodDef work_methods[] = {
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
