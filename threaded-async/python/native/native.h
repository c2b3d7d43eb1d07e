/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#define NO_IMPORT_PYGOBJECT
#include <pygobject.h>

#include <threaded-async.h>

/*
 * The fast path of the override for Python: what the modules in _threadedasync do through PyGObject is
 * done here through the same exported functions of the library, and nothing else. It is optional.
 */

/* What the Python side has told. */
extern PyObject     *native_make_error; /* (domain, code, message) → a GLib.Error */
extern PyObject     *native_box;        /* (object, item_type) → what PyGObject puts for it */
extern PyObject     *native_start;      /* (work, coroutine, context, name) starts a task */
extern PyObject     *native_fail;       /* (promise, task) ends a promise as a task has ended */
extern PyObject     *native_fail_with;  /* (promise, exception) ends a promise */
extern PyObject     *native_empty;      /* what stands for no item */
extern PyTypeObject *native_foreign; /* the type of what holds an object in a box made in Python */
extern unsigned long native_main_thread;
extern int native_signal_fds[2]; /* a pipe for signals that come while the main thread waits */
extern PyObject *native_set_wakeup_fd;
extern PyObject *native_keep;     /* (exception): whether the call that led here will raise it */
extern GType     native_pyobject; /* the type of a GValue with a Python object */

/* The names of methods that are called often. */
extern struct NativeStrings
{
  PyObject *done;
  PyObject *set_result;
  PyObject *result;
} native_strings;

/* See native-gil.c. */
PyThreadState *native_gil_release (void);
void           native_gil_take (PyThreadState *state);
void           native_gil_forget (void);

typedef struct
{
  gboolean         is_outside; /* of a call that was made here */
  PyGILState_STATE state;
} NativeGil;

PyThreadState *native_gil_begin_outside (void);
void           native_gil_end_outside (PyThreadState *before);
void           native_gil_enter (NativeGil *self);
void           native_gil_leave (NativeGil *self);

void native_unref (gpointer object);
void native_closure_unref (gpointer object, GClosure *closure);

/* See native-wait.c. */
typedef struct _NativeWait NativeWait;

struct _NativeWait
{
  GObject        *source; /* owned: what is waited for */
  gint64          timeout_us;
  gint64          deadline;
  gboolean        is_main; /* in the thread of the handlers of signals: else the rest is not used */
  gboolean        is_begun;
  gboolean        was_interrupted; /* since it was begun last */
  gboolean        is_heard;        /* signals write to native_signal_fds */
  int             previous_wakeup_fd;
  TaInterruptFunc previous_func;
  NativeWait     *previous; /* unowned: that in which this one is made */
};

void     native_wait_init (NativeWait *self, GObject *source, gint64 timeout_us);
gboolean native_wait_begin (NativeWait *self);
void     native_wait_end (NativeWait *self);
void     native_wait_clear (NativeWait *self);

/* See native-values.c. */
typedef struct
{
  GValue   value;
  gboolean is_owned; /* it is to be unset */
} NativeValue;

gboolean  native_value_init (NativeValue *self, PyObject *object, GType item_type);
void      native_value_clear (NativeValue *self);
PyObject *native_unbox (GValue *value);

/* See native-loop.c. */
typedef void (*NativeDone) (gpointer data);
gboolean native_loop_send (NativeDone func, gpointer data);

/* Raises the exception for an error, which is freed; returns NULL. */
PyObject *native_raise (GError *error);

gpointer  native_get_object (PyObject *wrapper, GType type);
PyObject *native_wrap (gpointer object);
gboolean  native_check_count (const char *name, Py_ssize_t n_args, Py_ssize_t n_needed);
PyObject *native_take (PyObject *module, PyObject *const *args, Py_ssize_t n_args);
PyObject *native_try_take (PyObject *module, PyObject *queue);
PyObject *native_put (PyObject *module, PyObject *const *args, Py_ssize_t n_args);
PyObject *native_try_put (PyObject *module, PyObject *const *args, Py_ssize_t n_args);
PyObject *native_put_reserved (PyObject *module, PyObject *const *args, Py_ssize_t n_args);
PyObject *native_return_value (PyObject *module, PyObject *const *args, Py_ssize_t n_args);
PyObject *native_unboxed (PyObject *module, PyObject *box);
PyObject *native_is_done (PyObject *module, PyObject *future);
PyObject *native_send (PyObject *module, PyObject *const *args, Py_ssize_t n_args);
PyObject *native_handle (PyObject *module, PyObject *const *args, Py_ssize_t n_args);
PyObject *native_look_around (PyObject *module, PyObject *server);
PyObject *native_process (PyObject *module, PyObject *const *args, Py_ssize_t n_args);
PyObject *native_create_task (PyObject *module, PyObject *const *args, Py_ssize_t n_args);

extern PyTypeObject native_operation_type;
extern PyTypeObject native_poller_type;
extern PyTypeObject native_work_type;
extern PyTypeObject native_hold_type;
