# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Exceptions that C would print, and which come out of the call that has led to them instead.

The handler of a signal may raise wherever Python begins to run a function, and also where C calls
one of ours, or PyGObject one of its own to make an exception. What comes out of that PyGObject can
only print. So a call that leads to such functions keeps what they raise, and raises it when C has
come back; unless it is an ordinary exception.
"""

import functools
import os
import signal
import sys
import threading


def _find_main_thread():
    """The thread in which Python runs the handlers of signals."""
    main = threading.main_thread()
    if main.native_id != os.getpid():
        # Before Python 3.13, whoever has imported threading first. The oldest comes last.
        *_, thread = main.ident, *sys._current_frames()
        return thread
    return main.ident


main_thread = _find_main_thread()
signal_fds = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)

# Whether a descriptor that was there before warns when it is full, nobody can ask: then none does.
set_wakeup_fd = functools.partial(signal.set_wakeup_fd, warn_on_full_buffer=False)


class _Call:
    """A call that runs handlers, and raises what they raise that is not for whoever asked."""

    __slots__ = ("previous", "cancellable", "error", "is_handling", "hooks", "previous_hooks")

    def __init__(self, previous=None, cancellable=None):
        self.previous = previous
        self.cancellable = cancellable
        self.error = None
        self.is_handling = False
        # What prints, meanwhile and before.
        self.hooks = self.print_error, self.print_unraisable
        self.previous_hooks = None

    def _keeps(self, error):
        if isinstance(error, Exception) or threading.get_ident() != main_thread:
            return False
        return keep(error)

    def print_error(self, kind, error, traceback):
        if not self._keeps(error):
            self.previous_hooks[0](kind, error, traceback)

    def print_unraisable(self, unraisable):
        if not self._keeps(unraisable.exc_value):
            self.previous_hooks[1](unraisable)


# By their threads: those that are running, and those of coroutines, which wait.
_calls = {}
_waiting = {}


def _find_call():
    """The call that has led to what the thread does, or None."""
    thread = threading.get_ident()
    call = _calls.get(thread)
    if call is None and (waiting := _waiting.get(thread)):
        # Of several nobody knows; and they are served in order.
        call = waiting[0]
    return call


def keep(error):
    """Keeps an exception that C would print, for the call that has led to the handler.

    It returns whether there is such a call. That does not wait any more then.
    """
    call = _find_call()
    if call is None:
        return False
    call.error = error
    if call.cancellable is not None:
        call.cancellable.cancel()
    elif call.previous_hooks is not None:
        os.write(signal_fds[1], b"\0")
    return True


def raising_kept(func, *args, cancellable=None):
    """Returns func(*args), and raises what was kept meanwhile."""
    thread = threading.get_ident()
    call = _Call(_calls.get(thread), cancellable)
    try:
        _calls[thread] = call
        if thread == main_thread:
            call.previous_hooks = sys.excepthook, sys.unraisablehook
            sys.excepthook, sys.unraisablehook = call.hooks
        return func(*args)
    finally:
        # No signal comes in between, for nothing is called.
        if call.previous is None:
            del _calls[thread]
        else:
            _calls[thread] = call.previous
        if call.previous_hooks is not None:
            if sys.excepthook is call.hooks[0]:
                sys.excepthook = call.previous_hooks[0]
            if sys.unraisablehook is call.hooks[1]:
                sys.unraisablehook = call.previous_hooks[1]
        call.hooks = None
        if call.error is not None:
            try:
                raise call.error
            finally:
                # Its traceback leads here.
                call = None


async def raising_kept_soon(awaitable):
    """Returns what an awaitable returns, and raises what handlers have raised in this thread."""
    call = _Call()
    waiting = _waiting.setdefault(threading.get_ident(), [])
    try:
        waiting.append(call)
        return await awaitable
    finally:
        if call in waiting:
            waiting.remove(call)
        call.hooks = None
        if call.error is not None:
            try:
                raise call.error
            finally:
                call = None


def keeping(func):
    """Makes a handler keep what it raises, unless that is an ordinary exception."""

    @functools.wraps(func)
    def handle(*args):
        call = _find_call()
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
