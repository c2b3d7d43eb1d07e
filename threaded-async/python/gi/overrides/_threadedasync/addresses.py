# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Functions that PyGObject can't call, most of all those of runners that must not be kept.

PyGObject gives a method the runner itself. A thread that is in one would have its runner for all
its life, and the runner would never lose its last reference, and never stop by itself. By its
address the thread may use it all the same: the library sees to it that the object is there for as
long as its thread is.
"""

import ctypes

from gi.repository import GObject

from . import raw

library = ctypes.CDLL("libthreaded-async-1.so.0")
gobject = ctypes.CDLL("libgobject-2.0.so.0")

_POINTER = ctypes.c_void_p


def declare(where, name, result, *arguments):
    """A function of a library of C, with the types of what it returns and takes."""
    function = getattr(where, name)
    function.argtypes = arguments
    function.restype = result
    return function


iterate = declare(library, "ta_runner_iterate", ctypes.c_int, _POINTER, ctypes.c_int64)
wake_up = declare(library, "ta_runner_wake_up", None, _POINTER)
stop_async = declare(
    library, "ta_runner_stop_async", None, _POINTER, ctypes.c_int64, *[_POINTER] * 3
)
await_rest = declare(library, "ta_server_await_rest", None, _POINTER, ctypes.c_int64)

# A function that a thread calls while it waits; and how to set it, which nobody need wait for.
INTERRUPT_FUNC = ctypes.CFUNCTYPE(ctypes.c_int)
_quick = ctypes.PyDLL("libthreaded-async-1.so.0")

set_interrupt_func = declare(_quick, "ta_set_interrupt_func", _POINTER, _POINTER)
was_interrupted = declare(_quick, "ta_was_interrupted", ctypes.c_int)

# What handles a request: the server, the request, and nothing.
HANDLER = ctypes.CFUNCTYPE(ctypes.c_int, *[ctypes.c_void_p] * 3)

_connect = declare(
    gobject,
    "g_signal_connect_data",
    ctypes.c_ulong,
    _POINTER,
    ctypes.c_char_p,
    *[_POINTER] * 3,
    ctypes.c_int,
)
_class_ref = declare(gobject, "g_type_class_ref", _POINTER, ctypes.c_size_t)

# Where the class structure has the function that is called in the thread.
_RUN = next(
    field.get_offset()
    for field in raw.ThreadedAsync.Runner.__info__.get_class_struct().get_fields()
    if field.get_name() == "run"
)


def get(wrapper):
    """The address of the object behind a wrapper."""
    return GObject.Object.__hash__(wrapper)


def connect(wrapper, signal, func):
    """Has C call a function, which has to be there for ever."""
    _connect(get(wrapper), signal, ctypes.cast(func, ctypes.c_void_p), None, None, 0)


def make_run(func):
    """What a class calls in the thread, for a function that is given the address of the runner."""
    return ctypes.CFUNCTYPE(None, ctypes.c_void_p)(func)


def set_run(cls, run):
    """Has the class of GObject's call a function, which has to be there for ever."""
    where = _class_ref(hash(cls.__gtype__)) + _RUN
    ctypes.c_void_p.from_address(where).value = ctypes.cast(run, ctypes.c_void_p).value
