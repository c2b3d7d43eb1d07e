/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "native.h"

/* Calls of the library, whose exceptions are GLib.Errors: what they mean in Python is not known here. */

PyObject *
native_raise (GError *error)
{
  PyObject *exception = PyObject_CallFunction (
      native_make_error, "sis", g_quark_to_string (error->domain), error->code, error->message);

  g_error_free (error);
  if (exception != NULL)
    {
      PyErr_SetObject ((PyObject *) Py_TYPE (exception), exception);
      Py_DECREF (exception);
    }

  return NULL;
}

/* Returns the object behind a wrapper; NULL with an exception if it is of another type. */
gpointer
native_get_object (PyObject *wrapper, GType type)
{
  GObject *object = PyObject_TypeCheck (wrapper, &PyGObject_Type) ? pygobject_get (wrapper) : NULL;

  if (object != NULL && G_TYPE_CHECK_INSTANCE_TYPE (object, type))
    return object;

  PyErr_Format (PyExc_TypeError, "a %s is needed, not %R", g_type_name (type), wrapper);
  return NULL;
}

/* Returns the wrapper of an object, of which this takes the reference. Others may have it already, and
 * want its wrapper: they must not come in between, when PyGObject has found that there is none, as they
 * would while the garbage collector runs. Of two wrappers one would never be freed. */
PyObject *
native_wrap (gpointer object)
{
  const int was_enabled = PyGC_Disable ();
  PyObject *wrapper = pygobject_new (object);

  if (was_enabled)
    PyGC_Enable ();
  g_object_unref (object);

  return wrapper;
}

gboolean
native_check_count (const char *name, Py_ssize_t n_args, Py_ssize_t n_needed)
{
  if (n_args == n_needed)
    return TRUE;

  PyErr_Format (PyExc_TypeError, "%s() takes %zd arguments", name, n_needed);
  return FALSE;
}

/*
 * An asynchronous call that a coroutine waits for, in the loop of a runner. It is the result as well,
 * which nobody has finished: what it holds is given back when it goes.
 */
typedef struct
{
  PyObject_HEAD

      GObject  *source;      /* owned */
  GCancellable *cancellable; /* owned */
  GAsyncResult *result;      /* owned; NULL until it is there */
  PyObject     *future;      /* whom to tell; NULL once that has been done */
} NativeOperation;

static void
operation_dealloc (PyObject *object)
{
  NativeOperation *self = (NativeOperation *) object;

  g_clear_object (&self->result);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->source);
  Py_XDECREF (self->future);
  Py_TYPE (object)->tp_free (object);
}

/* With the interpreter's lock, in the thread of the loop. */
static void
operation_tell (gpointer data)
{
  NativeOperation *self = data;
  PyObject        *future = g_steal_pointer (&self->future);
  PyObject        *done = PyObject_CallMethodNoArgs (future, native_strings.done);

  if (done == Py_False)
    Py_XDECREF (PyObject_CallMethodOneArg (future, native_strings.set_result, Py_None));
  Py_XDECREF (done);
  if (PyErr_Occurred ())
    PyErr_WriteUnraisable (future);

  Py_DECREF (future);
  Py_DECREF (self);
}

static void
operation_drop (gpointer data)
{
  Py_DECREF ((PyObject *) data);
}

static void
operation_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  NativeOperation *self = data;

  self->result = g_object_ref (result);
  if (!native_loop_send (operation_tell, self))
    {
      /* The loop will not run any more. */
      PyGILState_STATE state = PyGILState_Ensure ();

      operation_drop (self);
      PyGILState_Release (state);
    }
}

/* Operation(kind, source, timeout_us, future): the kind is the first letter of the call. */
static PyObject *
operation_new (PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
  NativeOperation *self;
  PyObject        *source, *future;
  long long        timeout_us;
  int              kind;
  GObject         *object;

  if (!PyArg_ParseTuple (args, "COLO", &kind, &source, &timeout_us, &future))
    return NULL;

  object = native_get_object (source, kind == 'g' || kind == 'r' ? TA_TYPE_QUEUE
                                      : kind == 'e'              ? TA_TYPE_EVENT
                                                                 : TA_TYPE_FUTURE);
  if (object == NULL)
    return NULL;

  self = (NativeOperation *) type->tp_alloc (type, 0);
  if (self == NULL)
    return NULL;
  self->source = g_object_ref (object);
  self->cancellable = g_cancellable_new ();
  self->future = Py_NewRef (future);

  /* For the callback. */
  Py_INCREF (self);
  switch (kind)
    {
    case 'g':
      ta_queue_get_async (TA_QUEUE (object), timeout_us, self->cancellable, operation_cb, self);
      break;
    case 'r':
      ta_queue_reserve_async (TA_QUEUE (object), timeout_us, self->cancellable, operation_cb, self);
      break;
    case 'e':
      ta_event_wait_async (TA_EVENT (object), timeout_us, self->cancellable, operation_cb, self);
      break;
    default:
      ta_future_wait_async (TA_FUTURE (object), timeout_us, self->cancellable, operation_cb, self);
    }

  return (PyObject *) self;
}

/* Whether the call is still to come back; if so, it tells another future. */
static PyObject *
operation_cancel (PyObject *object, PyObject *future)
{
  NativeOperation *self = (NativeOperation *) object;

  if (self->future == NULL)
    Py_RETURN_FALSE;

  Py_SETREF (self->future, Py_NewRef (future));
  /* The handlers are the library's own, and need no lock of Python's. */
  g_cancellable_cancel (self->cancellable);

  Py_RETURN_TRUE;
}

/* What an event has to say. */
static PyObject *
operation_finish_event (PyObject *object, PyObject *unused)
{
  NativeOperation *self = (NativeOperation *) object;
  GError          *error = NULL;

  if (!ta_event_wait_finish (TA_EVENT (self->source), self->result, &error))
    return native_raise (error);

  Py_RETURN_TRUE;
}

static PyMethodDef operation_methods[] = {
  { "cancel", operation_cancel, METH_O, "Ends the wait early, if nothing has come yet." },
  { "finish_event", operation_finish_event, METH_NOARGS,
    "Gets the result of a wait for an event." },
  { NULL, NULL, 0, NULL },
};

PyTypeObject native_operation_type = {
  PyVarObject_HEAD_INIT (NULL, 0).tp_name = "_threadedasync_native.Operation",
  .tp_basicsize = sizeof (NativeOperation),
  .tp_dealloc = operation_dealloc,
  .tp_flags = Py_TPFLAGS_DEFAULT,
  .tp_methods = operation_methods,
  .tp_new = operation_new,
};

/* The result that a finish function takes: that of an operation, or a GAsyncResult of PyGObject's. */
static GAsyncResult *
get_result (PyObject *object)
{
  if (Py_IS_TYPE (object, &native_operation_type))
    return ((NativeOperation *) object)->result;

  return native_get_object (object, G_TYPE_ASYNC_RESULT);
}

static gboolean
finish (GObject *source, GAsyncResult *result, GValue *value, GError **error)
{
  return TA_IS_QUEUE (source) ? ta_queue_get_finish (TA_QUEUE (source), result, value, error)
                              : ta_future_wait_finish (TA_FUTURE (source), result, value, error);
}

static gboolean
try_get (GObject *source, GValue *value, GError **error)
{
  return TA_IS_QUEUE (source) ? ta_queue_try_get (TA_QUEUE (source), value, error)
                              : ta_future_try_wait (TA_FUTURE (source), value, error);
}

static gboolean
get_wait (GObject *source, GValue *value, gint64 timeout_us, GError **error)
{
  return TA_IS_QUEUE (source)
             ? ta_queue_get_wait (TA_QUEUE (source), value, timeout_us, NULL, error)
             : ta_future_wait (TA_FUTURE (source), value, timeout_us, NULL, error);
}

static void
ask_for_box (GValue *value)
{
  *value = (GValue){ .g_type = TA_TYPE_BOX };
}

/* take(source, result, timeout_us): what Box.take() does, but returns what is in the box. */
PyObject *
native_take (PyObject *module, PyObject *const *args, Py_ssize_t n_args)
{
  GValue        value = G_VALUE_INIT;
  GError       *error = NULL;
  GObject      *source;
  GAsyncResult *result = NULL;
  gboolean      taken;
  gint64        timeout_us;

  if (!native_check_count ("take", n_args, 3))
    return NULL;

  source = native_get_object (args[0], G_TYPE_OBJECT);
  timeout_us = PyLong_AsLongLong (args[2]);
  if (source == NULL || PyErr_Occurred ())
    return NULL;
  if (!TA_IS_QUEUE (source) && !TA_IS_FUTURE (source))
    return PyErr_Format (PyExc_TypeError, "a queue or a future is needed, not %R", args[0]);
  if (args[1] != Py_None)
    {
      result = get_result (args[1]);
      if (result == NULL)
        return NULL;
    }

  ask_for_box (&value);
  if (result != NULL)
    {
      taken = finish (source, result, &value, &error);
    }
  else if (timeout_us == 0)
    {
      taken = try_get (source, &value, &error);
    }
  else if (!(taken = try_get (source, &value, NULL)))
    {
      NativeWait wait;

      native_wait_init (&wait, source, timeout_us);
      while (!taken && error == NULL && native_wait_begin (&wait))
        {
          PyThreadState *state = native_gil_release ();

          ask_for_box (&value);
          taken = get_wait (source, &value, wait.timeout_us, &error);
          native_gil_take (state);
          native_wait_end (&wait);
        }
      native_wait_clear (&wait);
    }

  if (taken)
    return native_unbox (&value);

  return error != NULL ? native_raise (error) : NULL;
}

/* is_done(future) */
PyObject *
native_is_done (PyObject *module, PyObject *future)
{
  TaFuture *self = native_get_object (future, TA_TYPE_FUTURE);

  return self != NULL ? PyBool_FromLong (ta_future_get_done (self)) : NULL;
}

/* try_take(queue): an item, or EMPTY if there is none, or will be none. */
PyObject *
native_try_take (PyObject *module, PyObject *queue)
{
  GValue   value;
  TaQueue *self = native_get_object (queue, TA_TYPE_QUEUE);

  if (self == NULL)
    return NULL;

  ask_for_box (&value);
  if (!ta_queue_try_get (self, &value, NULL))
    return Py_NewRef (native_empty);

  return native_unbox (&value);
}

/* put(queue, item, timeout_us) */
PyObject *
native_put (PyObject *module, PyObject *const *args, Py_ssize_t n_args)
{
  GError     *error = NULL;
  NativeValue value;
  TaQueue    *queue;
  gboolean    put;
  gint64      timeout_us;

  if (!native_check_count ("put", n_args, 3))
    return NULL;

  queue = native_get_object (args[0], TA_TYPE_QUEUE);
  timeout_us = PyLong_AsLongLong (args[2]);
  if (queue == NULL || PyErr_Occurred () ||
      !native_value_init (&value, args[1], ta_queue_get_item_type (queue)))
    return NULL;

  put = ta_queue_try_put (queue, &value.value, NULL);
  if (!put)
    {
      NativeWait wait;

      native_wait_init (&wait, G_OBJECT (queue), timeout_us);
      while (!put && error == NULL && native_wait_begin (&wait))
        {
          PyThreadState *state = native_gil_release ();

          put = ta_queue_put_wait (queue, &value.value, wait.timeout_us, NULL, &error);
          native_gil_take (state);
          native_wait_end (&wait);
        }
      native_wait_clear (&wait);
    }
  native_value_clear (&value);

  if (put)
    Py_RETURN_NONE;

  return error != NULL ? native_raise (error) : NULL;
}

/* try_put(queue, item): whether there was space */
PyObject *
native_try_put (PyObject *module, PyObject *const *args, Py_ssize_t n_args)
{
  GError     *error = NULL;
  NativeValue value;
  TaQueue    *queue;
  gboolean    put;

  if (!native_check_count ("try_put", n_args, 2))
    return NULL;

  queue = native_get_object (args[0], TA_TYPE_QUEUE);
  if (queue == NULL || !native_value_init (&value, args[1], ta_queue_get_item_type (queue)))
    return NULL;

  put = ta_queue_try_put (queue, &value.value, &error);
  native_value_clear (&value);

  if (put)
    Py_RETURN_TRUE;
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return native_raise (error);

  g_error_free (error);
  Py_RETURN_FALSE;
}

/* put_reserved(queue, place, item) */
PyObject *
native_put_reserved (PyObject *module, PyObject *const *args, Py_ssize_t n_args)
{
  GError       *error = NULL;
  NativeValue   value;
  TaQueue      *queue;
  GAsyncResult *place;
  gboolean      put;

  if (!native_check_count ("put_reserved", n_args, 3))
    return NULL;

  queue = native_get_object (args[0], TA_TYPE_QUEUE);
  place = queue != NULL ? get_result (args[1]) : NULL;
  if (place == NULL || !native_value_init (&value, args[2], ta_queue_get_item_type (queue)))
    return NULL;

  put = ta_queue_put_reserved (queue, place, &value.value, &error);
  native_value_clear (&value);

  if (!put)
    return native_raise (error);

  Py_RETURN_NONE;
}

/* return_value(promise, value) */
PyObject *
native_return_value (PyObject *module, PyObject *const *args, Py_ssize_t n_args)
{
  GError     *error = NULL;
  NativeValue value;
  gboolean    returned;

  if (!native_check_count ("return_value", n_args, 2))
    return NULL;
  if (!pyg_boxed_check (args[0], TA_TYPE_PROMISE))
    return PyErr_Format (PyExc_TypeError, "a promise is needed, not %R", args[0]);
  if (!native_value_init (&value, args[1], 0))
    return NULL;

  returned = ta_promise_try_return_value (pyg_boxed_get (args[0], TaPromise), &value.value, &error);
  native_value_clear (&value);

  if (!returned)
    return native_raise (error);

  Py_RETURN_NONE;
}
