/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "native.h"

/* How a thread and the coroutines that ask it take turns. */

/* process(server, timeout_us): whether there was a request. */
PyObject *
native_process (PyObject *module, PyObject *const *args, Py_ssize_t n_args)
{
  GError        *error = NULL;
  TaServer      *server;
  PyThreadState *state;
  gboolean       handled;
  gint64         timeout_us;

  if (!native_check_count ("process", n_args, 2))
    return NULL;

  server = native_get_object (args[0], TA_TYPE_SERVER);
  timeout_us = PyLong_AsLongLong (args[1]);
  if (server == NULL || PyErr_Occurred ())
    return NULL;

  /* The loops of the clients go on meanwhile, and need the interpreter's lock at once. */
  g_object_ref (server);
  state = native_gil_release ();
  handled = ta_server_process (server, timeout_us, NULL, &error);
  native_gil_take (state);
  g_object_unref (server);

  if (error != NULL)
    return native_raise (error);

  return PyBool_FromLong (handled);
}
