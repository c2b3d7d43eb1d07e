/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "native.h"

#undef NO_IMPORT_PYGOBJECT
struct _PyGObject_Functions *_PyGObject_API;

PyObject     *native_make_error;
PyObject     *native_box;
PyObject     *native_start;
PyObject     *native_fail;
PyObject     *native_fail_with;
PyObject     *native_empty;
PyTypeObject *native_foreign;
GType         native_pyobject;
unsigned long native_main_thread;
int           native_signal_fds[2];
PyObject     *native_set_wakeup_fd;
PyObject     *native_keep;

struct NativeStrings native_strings;

/* setup(make_error, box, start, fail, fail_with, Foreign, EMPTY, keep, set_wakeup_fd,
 * main_thread, signal_fds): what this needs of the Python side */
static PyObject *
setup (PyObject *module, PyObject *args)
{
  PyObject *make_error, *make_box, *start, *fail, *fail_with, *foreign, *empty, *keep,
      *set_wakeup_fd;

  if (!PyArg_ParseTuple (args, "OOOOOO!OOOk(ii)", &make_error, &make_box, &start, &fail, &fail_with,
                         &PyType_Type, &foreign, &empty, &keep, &set_wakeup_fd, &native_main_thread,
                         &native_signal_fds[0], &native_signal_fds[1]))
    return NULL;

  Py_XSETREF (native_make_error, Py_NewRef (make_error));
  Py_XSETREF (native_box, Py_NewRef (make_box));
  Py_XSETREF (native_start, Py_NewRef (start));
  Py_XSETREF (native_fail, Py_NewRef (fail));
  Py_XSETREF (native_fail_with, Py_NewRef (fail_with));
  Py_XSETREF (native_empty, Py_NewRef (empty));
  Py_XSETREF (native_keep, Py_NewRef (keep));
  Py_XSETREF (native_set_wakeup_fd, Py_NewRef (set_wakeup_fd));
  native_foreign = (PyTypeObject *) Py_NewRef (foreign);

  Py_RETURN_NONE;
}

#define FAST(func) ((PyCFunction) (void (*) (void)) (func))

static PyMethodDef methods[] = {
  { "setup", setup, METH_VARARGS, NULL },
  { "take", FAST (native_take), METH_FASTCALL, NULL },
  { "try_take", native_try_take, METH_O, NULL },
  { "put", FAST (native_put), METH_FASTCALL, NULL },
  { "try_put", FAST (native_try_put), METH_FASTCALL, NULL },
  { "put_reserved", FAST (native_put_reserved), METH_FASTCALL, NULL },
  { "return_value", FAST (native_return_value), METH_FASTCALL, NULL },
  { "unboxed", native_unboxed, METH_O, NULL },
  { "is_done", native_is_done, METH_O, NULL },
  { "send", FAST (native_send), METH_FASTCALL, NULL },
  { "handle", FAST (native_handle), METH_FASTCALL, NULL },
  { "look_around", native_look_around, METH_O, NULL },
  { "process", FAST (native_process), METH_FASTCALL, NULL },
  { "create_task", FAST (native_create_task), METH_FASTCALL, NULL },
  { NULL, NULL, 0, NULL },
};

static struct PyModuleDef definition = {
  PyModuleDef_HEAD_INIT,
  .m_name = "_threadedasync_native",
  .m_doc = "The fast path of the override of ThreadedAsync.",
  .m_size = -1,
  .m_methods = methods,
};

PyMODINIT_FUNC PyInit__threadedasync_native (void);

PyMODINIT_FUNC
PyInit__threadedasync_native (void)
{
  PyTypeObject *types[] = { &native_operation_type, &native_poller_type, &native_work_type,
                            &native_hold_type };
  PyObject     *module;

  if (pygobject_init (3, 42, 0) == NULL)
    return NULL;

  native_pyobject = g_type_from_name ("PyObject");
  native_strings.done = PyUnicode_InternFromString ("done");
  native_strings.set_result = PyUnicode_InternFromString ("set_result");
  native_strings.result = PyUnicode_InternFromString ("result");
  module = PyModule_Create (&definition);
  for (guint i = 0; module != NULL && i < G_N_ELEMENTS (types); i++)
    {
      if (PyModule_AddType (module, types[i]) != 0)
        Py_CLEAR (module);
    }

  return module;
}
