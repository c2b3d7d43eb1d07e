/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "native.h"

/* How requests of coroutines are sent, processed, and answered by functions: as in servers.py. */

/* Puts objects into values, up to the one that can't be; FALSE with an exception then. */
static gboolean
put_objects (NativeValue *values, gsize *n_values, PyObject *const *objects, Py_ssize_t n_objects)
{
  for (Py_ssize_t i = 0; i < n_objects; i++)
    {
      if (!native_value_init (&values[*n_values], objects[i], 0))
        return FALSE;
      (*n_values)++;
    }

  return TRUE;
}

static gboolean
put_named (NativeValue *values, gsize *n_values, const char **names, PyObject *kwargs)
{
  PyObject  *name, *object;
  Py_ssize_t position = 0;

  for (gsize i = 0; PyDict_Next (kwargs, &position, &name, &object); i++)
    {
      names[i] = PyUnicode_AsUTF8 (name);
      if (names[i] == NULL || !put_objects (values, n_values, &object, 1))
        return FALSE;
    }

  return TRUE;
}

/* send(client, method, args, kwargs): the request */
PyObject *
native_send (PyObject *module, PyObject *const *args, Py_ssize_t n_args)
{
  g_autofree NativeValue *values = NULL;
  g_autofree GValue      *plain = NULL;
  g_autofree const char **names = NULL;
  const char             *method;
  TaClient               *client;
  TaRequest              *request = NULL;
  gsize                   n_values = 0, n_wanted;

  if (!native_check_count ("send", n_args, 4))
    return NULL;

  client = native_get_object (args[0], TA_TYPE_CLIENT);
  method = client != NULL ? PyUnicode_AsUTF8 (args[1]) : NULL;
  if (method == NULL)
    return NULL;

  n_wanted = (gsize) (PyTuple_GET_SIZE (args[2]) + PyDict_GET_SIZE (args[3]));
  values = g_new (NativeValue, n_wanted);
  names = g_new0 (const char *, (gsize) PyDict_GET_SIZE (args[3]) + 1);

  if (put_objects (values, &n_values, &PyTuple_GET_ITEM (args[2], 0), PyTuple_GET_SIZE (args[2])) &&
      put_named (values, &n_values, names, args[3]))
    {
      plain = g_new (GValue, n_wanted);
      for (gsize i = 0; i < n_wanted; i++)
        plain[i] = values[i].value;
      request = ta_client_execute (client, method, plain, n_wanted, names);
    }

  while (n_values > 0)
    native_value_clear (&values[--n_values]);

  if (request == NULL)
    {
      if (!PyErr_Occurred ())
        PyErr_SetString (PyExc_RuntimeError, "the request can't be sent");
      return NULL;
    }

  return native_wrap (request);
}

/* The argument at a place. */
static PyObject *
get_argument (TaRequest *request, guint index)
{
  GValue value = { .g_type = TA_TYPE_BOX };

  g_value_take_boxed (&value, ta_request_dup_box (request, index));

  return native_unbox (&value);
}

/* Calls a function with the arguments of a request. */
static PyObject *
call_with_arguments (PyObject *function, TaRequest *request)
{
  const guint        n_args = ta_request_get_n_args (request);
  const char *const *names = ta_request_get_names (request);
  PyObject          *args = PyTuple_New (n_args);
  PyObject          *kwargs = NULL;
  PyObject          *result = NULL;
  gboolean           are_there = args != NULL;

  for (guint i = 0; are_there && i < n_args; i++)
    {
      PyObject *argument = get_argument (request, i);

      are_there = argument != NULL;
      if (are_there)
        PyTuple_SET_ITEM (args, i, argument);
    }

  if (are_there && names != NULL && names[0] != NULL)
    {
      kwargs = PyDict_New ();
      are_there = kwargs != NULL;
      for (guint i = 0; are_there && names[i] != NULL; i++)
        {
          PyObject *argument = get_argument (request, n_args + i);

          are_there = argument != NULL && PyDict_SetItemString (kwargs, names[i], argument) == 0;
          Py_XDECREF (argument);
        }
    }

  if (are_there)
    result = PyObject_Call (function, args, kwargs);
  Py_XDECREF (kwargs);
  Py_XDECREF (args);

  return result;
}

/* Returns the exception that is being raised, and forgets that. */
static PyObject *
fetch (void)
{
  PyObject *type, *exception, *traceback;

  PyErr_Fetch (&type, &exception, &traceback);
  PyErr_NormalizeException (&type, &exception, &traceback);
  if (traceback != NULL)
    PyException_SetTraceback (exception, traceback);
  Py_XDECREF (type);
  Py_XDECREF (traceback);

  return exception;
}

/* Ends a promise with the exception that is being raised. */
static void
fail (TaPromise *promise)
{
  PyObject *exception = fetch ();
  PyObject *failed = PyObject_CallFunction (
      native_fail_with, "NO", pyg_boxed_new (TA_TYPE_PROMISE, promise, TRUE, TRUE), exception);

  if (failed == NULL)
    PyErr_WriteUnraisable (exception);
  Py_XDECREF (failed);
  Py_DECREF (exception);
}

/* Has whoever processes raise what is being raised and is nobody's answer, such as KeyboardInterrupt. */
static void
pass_on (void)
{
  PyObject *exception = fetch ();
  PyObject *is_kept = PyObject_CallOneArg (native_keep, exception);

  if (is_kept == Py_False)
    {
      PyErr_SetObject ((PyObject *) Py_TYPE (exception), exception);
      PyErr_Print ();
    }
  else if (is_kept == NULL)
    {
      PyErr_WriteUnraisable (exception);
    }
  Py_XDECREF (is_kept);
  Py_DECREF (exception);
}

/* A coroutine is no answer, and nobody would run it. */
static PyObject *
refuse_coroutine (PyObject *result)
{
  PyObject *closed;

  if (result == NULL || !PyCoro_CheckExact (result))
    return result;

  closed = PyObject_CallMethod (result, "close", NULL);
  if (closed != NULL)
    PyErr_Format (PyExc_TypeError, "the handler answers at once, and not with %R", result);
  Py_XDECREF (closed);
  Py_DECREF (result);

  return NULL;
}

static void
answer (PyObject *function, TaRequest *request)
{
  g_autoptr (TaPromise) promise = ta_request_take_promise (request);
  NativeValue           value;
  PyObject             *result;

  if (promise == NULL)
    return;

  result = refuse_coroutine (call_with_arguments (function, request));
  if (result != NULL && native_value_init (&value, result, 0))
    {
      ta_promise_return_value (promise, &value.value);
      native_value_clear (&value);
    }
  else if (PyErr_ExceptionMatches (PyExc_Exception))
    {
      fail (promise);
    }
  else
    {
      pass_on ();
    }
  Py_XDECREF (result);
}

/* Before any handler of PyGObject's: it would print what the handlers of signals raise when it begins. */
static gboolean
look_around_cb (TaServer *server, TaRequest *request, gpointer data)
{
  NativeGil gil;

  native_gil_enter (&gil);
  if (PyErr_CheckSignals () != 0)
    pass_on ();
  native_gil_leave (&gil);

  return FALSE;
}

/* look_around(server): has it do so when it handles requests */
PyObject *
native_look_around (PyObject *module, PyObject *server)
{
  TaServer *self = native_get_object (server, TA_TYPE_SERVER);

  if (self == NULL)
    return NULL;

  g_signal_connect (self, "handle-request", G_CALLBACK (look_around_cb), NULL);

  Py_RETURN_NONE;
}

/* In the thread that processes, whether that has the interpreter's lock or not. */
static void
handle_marshal (GClosure     *closure,
                GValue       *return_value,
                guint         n_params,
                const GValue *params,
                gpointer      hint,
                gpointer      data)
{
  NativeGil gil;

  native_gil_enter (&gil);
  answer (((PyGClosure *) closure)->callback, g_value_get_object (&params[1]));
  native_gil_leave (&gil);

  g_value_set_boolean (return_value, TRUE);
}

/* handle(server, method, function): has a function answer the requests for a method */
PyObject *
native_handle (PyObject *module, PyObject *const *args, Py_ssize_t n_args)
{
  TaServer   *server;
  const char *method;
  GClosure   *closure;

  if (!native_check_count ("handle", n_args, 3))
    return NULL;

  server = native_get_object (args[0], TA_TYPE_SERVER);
  method = server != NULL ? PyUnicode_AsUTF8 (args[1]) : NULL;
  if (method == NULL)
    return NULL;

  /* One of PyGObject's, which the garbage collector knows, but for what it does. */
  closure = pyg_closure_new (args[2], NULL, NULL);
  closure->marshal = handle_marshal;
  pygobject_watch_closure (args[0], closure);
  g_signal_connect_closure_by_id (server, g_signal_lookup ("handle-request", TA_TYPE_SERVER),
                                  g_quark_from_string (method), closure, FALSE);

  Py_RETURN_NONE;
}

/* process(server, timeout_us): whether there was a request. */
PyObject *
native_process (PyObject *module, PyObject *const *args, Py_ssize_t n_args)
{
  GError    *error = NULL;
  TaServer  *server;
  NativeWait wait;
  gboolean   handled = FALSE;
  gint64     timeout_us;

  if (!native_check_count ("process", n_args, 2))
    return NULL;

  server = native_get_object (args[0], TA_TYPE_SERVER);
  timeout_us = PyLong_AsLongLong (args[1]);
  if (server == NULL || PyErr_Occurred ())
    return NULL;

  native_wait_init (&wait, G_OBJECT (server), timeout_us);
  do
    {
      PyThreadState *before;

      if (!native_wait_begin (&wait))
        break;
      /* The loops of the clients go on meanwhile, and need the interpreter's lock at once. For one that
       * does not turn the library counts the time, and again from when it was asked first. */
      before = native_gil_begin_outside ();
      handled = ta_server_process (server, timeout_us, NULL, &error);
      native_gil_end_outside (before);
      native_wait_end (&wait);
    }
  while (!handled && error == NULL && wait.was_interrupted);

  /* What the clients do with the answer takes long. */
  while (handled && wait.was_interrupted && native_wait_begin (&wait))
    {
      PyThreadState *before = native_gil_begin_outside ();

      ta_server_await_rest (server, wait.timeout_us);
      native_gil_end_outside (before);
      native_wait_end (&wait);
    }
  native_wait_clear (&wait);

  if (PyErr_Occurred ())
    {
      g_clear_error (&error);
      return NULL;
    }
  if (error != NULL)
    return native_raise (error);

  return PyBool_FromLong (handled);
}
