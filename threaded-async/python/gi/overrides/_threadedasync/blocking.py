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
import signal
import threading
import time

from . import addresses
from .addresses import was_interrupted
from .errors import ForcedStop

main_thread = threading.main_thread().ident
signal_fds = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)

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


def _interruptible(call, *args):
    """Returns what a call returns, which signals may end."""
    previous_fds, previous_funcs = [], []
    try:
        # Each in one instruction, after which a signal may raise.
        previous_fds.extend(map(signal.set_wakeup_fd, signal_fds[1:]))
        previous_funcs.extend(map(addresses.set_interrupt_func, (_interrupt_func,)))
        return call(*args)
    finally:
        try:
            for func in previous_funcs:
                addresses.set_interrupt_func(func)
        finally:
            for fd in previous_fds:
                signal.set_wakeup_fd(fd)
                _forward(fd)


def blocking(call, timeout_us, *args, is_whole=False):
    """Returns call(timeout_us, *args), which is made again when a signal has ended it.

    Then it returns nothing, or what is false.

    :param is_whole: the time is the same each time, and not what is left of it
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
        if result := _interruptible(call, timeout_us, *args):
            return result
        if deadline:
            timeout_us = max(deadline - time.monotonic_ns() // 1000, 1)


class _Call:
    """A call that runs handlers, and raises what they raise that is not for whoever asked."""

    __slots__ = ("previous", "cancellable", "error", "is_handling")

    def __init__(self, previous, cancellable):
        self.previous = previous
        self.cancellable = cancellable
        self.error = None
        self.is_handling = False


# By their threads, those that are running.
_calls = {}


def keep(error):
    """Keeps an exception that C would print, for the call that has led to the handler.

    It returns whether there is such a call. That does not wait any more then.
    """
    thread = threading.get_ident()
    call = _calls.get(thread)
    if call is None:
        return False
    call.error = error
    if call.cancellable is not None:
        call.cancellable.cancel()
    elif thread == main_thread:
        os.write(signal_fds[1], b"\0")
    return True


def raising_kept(func, *args, cancellable=None):
    """Returns func(*args), and raises what was kept meanwhile."""
    thread = threading.get_ident()
    call = _Call(_calls.get(thread), cancellable)
    try:
        _calls[thread] = call
        return func(*args)
    finally:
        if call.previous is None:
            del _calls[thread]
        else:
            _calls[thread] = call.previous
        if call.error is not None:
            try:
                raise call.error
            finally:
                # Its traceback leads here.
                call = None


def keeping(func):
    """Makes a handler keep what it raises, unless that is an ordinary exception."""

    @functools.wraps(func)
    def handle(*args):
        call = _calls.get(threading.get_ident())
        if call is None or call.is_handling:
            # What has called this one, such as a derived class, is to hear of it, too.
            return func(*args)
        call.is_handling = True
        try:
            return func(*args)
        except Exception:
            raise
        except BaseException as error:
            keep(error)
            return True
        finally:
            call.is_handling = False
            call = None

    return handle
