# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Calls that block the thread, and let Ctrl-C through.

Python runs the handlers of signals in the main thread, between two of its own instructions. While
that waits in the library, Python writes to a pipe when a signal has come, and that ends the wait;
the handler runs, and unless it raises the wait goes on.
"""

import ctypes
import functools
import itertools
import operator
import os
import threading
import time

from . import addresses
from .addresses import was_interrupted
from .errors import ForcedStop
from .kept import main_thread, raising_kept, set_wakeup_fd, signal_fds

# Called by C while the thread waits. It must not run any code of Python, which would run handlers
# and could not raise what they raise.
_get_fd = addresses.INTERRUPT_FUNC(itertools.repeat(signal_fds[0]).__next__)
_interrupt_func = ctypes.cast(_get_fd, ctypes.c_void_p).value

# The threads that are to raise ForcedStop when their wait ends, and no sooner: PyGObject prints an
# exception that comes while it makes the one for the error of the wait.
told_to_stop = set()


def _obey():
    try:
        told_to_stop.remove(threading.get_ident())
    except KeyError:
        return
    raise ForcedStop


def _forward(previous_fd):
    """Empties the pipe, and lets those hear of the signals who were listening before."""
    try:
        numbers = os.read(signal_fds[0], 64)
        if previous_fd >= 0:
            os.write(previous_fd, numbers)
    except BlockingIOError:
        pass


def ended(call, *args):
    """Returns what a call returns, in a tuple with whether a signal has ended it.

    The handler has not run yet, which may wait itself.
    """
    result, is_interrupted = map(operator.call, (functools.partial(call, *args), was_interrupted))
    return result, is_interrupted


def _interruptible(call, *args, cancellable=None):
    """Returns what a call returns, which signals may end."""
    previous_fds, previous_funcs = [], []
    try:
        # Each in one instruction, after which a signal may raise.
        try:
            previous_fds.extend(map(set_wakeup_fd, signal_fds[1:]))
        except ValueError:
            # Python does not let this thread listen.
            return call(*args)
        previous_funcs.extend(map(addresses.set_interrupt_func, (_interrupt_func,)))
        return raising_kept(call, *args, cancellable=cancellable)
    finally:
        try:
            for func in previous_funcs:
                addresses.set_interrupt_func(func)
        finally:
            for fd in previous_fds:
                set_wakeup_fd(fd)
                _forward(fd)


def blocking(call, timeout_us, *args, is_whole=False, cancellable=None):
    """Returns call(timeout_us, *args), which is made again when a signal has ended it.

    Then it returns nothing, or what is false.

    :param is_whole: the time is the same each time, and not what is left of it
    :param cancellable: what ends the call when a handler has raised
    """
    if threading.get_ident() != main_thread:
        try:
            return call(timeout_us, *args)
        finally:
            if told_to_stop:
                _obey()

    deadline = 0
    if timeout_us > 0 and not is_whole:
        deadline = time.monotonic_ns() // 1000 + timeout_us
    while True:
        if result := _interruptible(call, timeout_us, *args, cancellable=cancellable):
            return result
        if deadline:
            timeout_us = max(deadline - time.monotonic_ns() // 1000, 1)
