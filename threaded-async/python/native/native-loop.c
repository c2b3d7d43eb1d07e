/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "native.h"

/* Where the asyncio loop of a runner waits. */

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
  GSource      *source; /* owned: looks at the descriptors of asyncio; NULL while there are none */
  gpointer      tag;    /* of the descriptor in the source */
  int           fd;     /* that for the source, or -1 */
  gboolean      is_entered;
  gboolean      is_armed;
  gboolean      is_readable;
  GArray       *items;  /* of NativeItem */
  guint         n_done; /* how many of them have been called */
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
  /* There may come more while they are done, and they may turn the loop themselves. */
  while (self->n_done < self->items->len)
    {
      NativeItem item = g_array_index (self->items, NativeItem, self->n_done++);

      item.func (item.data);
    }
  g_array_set_size (self->items, 0);
  self->n_done = 0;
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

/* Poller(address): in any thread, and before the runner is started; it must not keep the runner. */
static PyObject *
poller_new (PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
  NativePoller *self;
  Py_ssize_t    address;

  if (!PyArg_ParseTuple (args, "n", &address))
    return NULL;

  self = (NativePoller *) type->tp_alloc (type, 0);
  if (self == NULL)
    return NULL;

  self->runner = (TaRunner *) address;
  self->items = g_array_new (FALSE, FALSE, sizeof (NativeItem));
  self->fd = -1;

  return (PyObject *) self;
}

/* In the thread of the runner. */
static void
poller_attach (NativePoller *self)
{
  self->source = g_source_new (&descriptor_funcs, sizeof (GSource));
  g_source_set_static_name (self->source, "[threaded-async] asyncio");
  g_source_set_can_recurse (self->source, TRUE);
  g_source_set_callback (self->source, unused_cb, self, NULL);
  self->tag = g_source_add_unix_fd (self->source, self->fd, G_IO_IN);
  self->is_armed = TRUE;
  g_source_attach (self->source, ta_runner_get_context (self->runner));
}

/* enter(): in the thread of the runner, before anything else. */
static PyObject *
poller_enter (PyObject *object, PyObject *unused)
{
  NativePoller *self = (NativePoller *) object;

  if (self->runner != NULL && !self->is_entered)
    {
      self->is_entered = TRUE;
      current = self;
      if (self->fd != -1)
        poller_attach (self);
    }

  Py_RETURN_NONE;
}

/* watch(fd): from now on; once, in the thread of the runner, or before that runs. */
static PyObject *
poller_watch (PyObject *object, PyObject *argument)
{
  NativePoller *self = (NativePoller *) object;
  int           fd = PyObject_AsFileDescriptor (argument);

  if (fd == -1)
    return NULL;

  if (self->runner != NULL && self->fd == -1)
    {
      self->fd = fd;
      if (self->is_entered)
        poller_attach (self);
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
  if (self->runner == NULL || !self->is_entered)
    {
      PyErr_SetString (PyExc_RuntimeError, "the loop has been closed, or not entered");
      return NULL;
    }

  if (self->source != NULL && !self->is_armed)
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

  if (self->runner != NULL)
    {
      do_items (self);
      if (current == self)
        {
          current = NULL;
          native_gil_forget ();
        }
      self->runner = NULL;
      if (self->source != NULL)
        {
          g_source_destroy (self->source);
          g_clear_pointer (&self->source, g_source_unref);
        }
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
  { "watch", poller_watch, METH_O, "Has it look at a descriptor." },
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
