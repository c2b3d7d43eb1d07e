# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Functions of Python that C calls once, without a function in C for each of them.

PyGObject makes one for each callable that it passes on, and before 3.50 it never frees it wholly.
Here all that are called alike share one, which is told by a number whom it is for.
"""

import ctypes
import itertools
import sys

from gi import _gobject

from . import addresses
from .addresses import declare

_glib = ctypes.CDLL("libglib-2.0.so.0")

# By their numbers, those that have not been called yet. A pointer of 0 would be None.
_functions = {}
_numbers = itertools.count(1)


def _find_wrap():
    """What PyGObject makes wrappers with: the fourth of its functions for extensions."""
    get_pointer = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.py_object, ctypes.c_char_p)(
        ("PyCapsule_GetPointer", ctypes.pythonapi)
    )
    address = get_pointer(_gobject._PyGObject_API, b"gobject._PyGObject_API")
    functions = ctypes.cast(address, ctypes.POINTER(ctypes.c_void_p))
    return ctypes.PYFUNCTYPE(ctypes.py_object, ctypes.c_void_p)(functions[3])


_wrap = _find_wrap()


def _shared(result, *arguments):
    """Makes a function of C, which is there for ever: threads may be in it when Python ends."""

    def make(func):
        made = ctypes.CFUNCTYPE(result, *arguments)(func)
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(made))
        return made

    return make


def _tell():
    """Tells of an exception that came out of a function, as PyGObject does."""
    sys.excepthook(*sys.exc_info())


@_shared(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)
def _on_result(_source, result, number):
    try:
        _functions.pop(number)(None, _wrap(result))
    except BaseException:
        _tell()


@_shared(None, ctypes.c_void_p, ctypes.c_void_p)
def _on_task(task, number):
    try:
        _functions[number](_wrap(task))
    except BaseException:
        _tell()


@_shared(None, ctypes.c_void_p)
def _on_destroy(number):
    _functions.pop(number, None)


def _on_readable(_fd, _condition, number):
    func = _functions.pop(number, None)
    if func is not None:
        func()
    return 0


_on_readable_func = _shared(ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_void_p)(_on_readable)

# Where a thread is that is about to say that a descriptor is readable.
PASSAGE = _on_readable.__code__


def _find_start(name):
    pointer = ctypes.c_void_p
    return declare(
        addresses.library, name, None, pointer, ctypes.c_int64, pointer, pointer, pointer
    )


get_async = _find_start("ta_queue_get_async")
reserve_async = _find_start("ta_queue_reserve_async")
event_wait_async = _find_start("ta_event_wait_async")
future_wait_async = _find_start("ta_future_wait_async")
process_async = _find_start("ta_server_process_async")

_create_task = declare(addresses.library, "ta_runner_create_task", *[ctypes.c_void_p] * 5)
_unref = declare(addresses.gobject, "g_object_unref", None, ctypes.c_void_p)


def start(call, source, timeout_us, cancellable, done):
    """Starts one of these calls, which ends with done(None, result)."""
    number = next(_numbers)
    arguments = addresses.get(source), timeout_us, addresses.get(cancellable), _on_result, number
    # The handler of a signal, which may raise, can't come between the two: no function begins.
    _functions[number] = done
    call(*arguments)


def create_task(runner, func):
    """Makes a task of a runner, in whose thread the function is called with the task."""
    address = addresses.get(runner)
    if not address:
        raise TypeError(f"{type(runner).__name__}.__init__() has not called the inherited one")
    number = next(_numbers)
    # As in start().
    _functions[number] = func
    task = _create_task(address, _on_task, number, _on_destroy)
    try:
        return _wrap(task)
    finally:
        _unref(task)


_new_source = declare(_glib, "g_unix_fd_source_new", ctypes.c_void_p, ctypes.c_int, ctypes.c_int)
_set_callback = declare(_glib, "g_source_set_callback", None, *[ctypes.c_void_p] * 4)
_get_context = declare(_glib, "g_main_context_get_thread_default", ctypes.c_void_p)
_attach = declare(_glib, "g_source_attach", ctypes.c_uint, ctypes.c_void_p, ctypes.c_void_p)
_destroy_source = declare(_glib, "g_source_destroy", None, ctypes.c_void_p)
_unref_source = declare(_glib, "g_source_unref", None, ctypes.c_void_p)

_IN = 1  # G_IO_IN


class Watch:
    """Has the thread's own context call a function when a descriptor is readable, once."""

    __slots__ = ("_source", "_number")

    def __init__(self, fd, func):
        self._number = number = next(_numbers)
        _functions[number] = func
        self._source = source = _new_source(fd, _IN)
        _set_callback(source, _on_readable_func, number, None)
        _attach(source, _get_context())

    def end(self):
        """Lets go of it, whether the function has been called or not."""
        _functions.pop(self._number, None)
        source, self._source = self._source, None
        if source is not None:
            _destroy_source(source)
            _unref_source(source)
