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

_library = ctypes.CDLL("libthreaded-async-1.so.0")
_gobject = ctypes.CDLL("libgobject-2.0.so.0")

iterate = _library.ta_runner_iterate
iterate.argtypes = ctypes.c_void_p, ctypes.c_int64
iterate.restype = ctypes.c_int

wake_up = _library.ta_runner_wake_up
wake_up.argtypes = (ctypes.c_void_p,)
wake_up.restype = None

stop_async = _library.ta_runner_stop_async
stop_async.argtypes = ctypes.c_void_p, ctypes.c_int64, *[ctypes.c_void_p] * 3
stop_async.restype = None

await_rest = _library.ta_server_await_rest
await_rest.argtypes = ctypes.c_void_p, ctypes.c_int64
await_rest.restype = None

# A function that a thread calls while it waits; and how to set it, which nobody need wait for.
INTERRUPT_FUNC = ctypes.CFUNCTYPE(ctypes.c_int)
_quick = ctypes.PyDLL("libthreaded-async-1.so.0")

set_interrupt_func = _quick.ta_set_interrupt_func
set_interrupt_func.argtypes = (ctypes.c_void_p,)
set_interrupt_func.restype = ctypes.c_void_p

was_interrupted = _quick.ta_was_interrupted
was_interrupted.restype = ctypes.c_int

# What handles a request: the server, the request, and nothing.
HANDLER = ctypes.CFUNCTYPE(ctypes.c_int, *[ctypes.c_void_p] * 3)

_connect = _gobject.g_signal_connect_data
_connect.argtypes = ctypes.c_void_p, ctypes.c_char_p, *[ctypes.c_void_p] * 3, ctypes.c_int
_connect.restype = ctypes.c_ulong

_class_ref = _gobject.g_type_class_ref
_class_ref.argtypes = (ctypes.c_size_t,)
_class_ref.restype = ctypes.c_void_p

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
