# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""The threads of runners, while they are in Python: how they begin, are interrupted, and end."""

import atexit
import ctypes
import os
import sys
import threading
import time
import weakref

from gi.repository import GLib

from . import addresses, errors, raw
from .blocking import blocking, told_to_stop
from .errors import ForcedStop
from .loop import PASSAGES, Loop

_Runner = raw.ThreadedAsync.Runner

# How long the end of the program waits for a runner that has no time limit of its own, or of which
# nobody knows it any more.
_EXIT_US = 1_000_000

# By the addresses of their runners: those that were told to start, those of them whose threads have
# not begun yet, and the loops whose threads run.
_runners = weakref.WeakValueDictionary()
_starting = {}
_loops = {}

# Protects _loops against being interrupted at the very end.
_lock = threading.Lock()


def run(address, runner=None):
    """Runs the asyncio event loop of a runner, in its thread, until it has been stopped.

    :param runner: the runner, of a class that runs its loop in a way of its own
    """
    loop = name = None
    # Such a class has not been sent what cleans up at the end, which start() sends to the others.
    is_own = runner is not None and address not in _starting
    if not is_own:
        runner = _starting.get(address)
    if runner is not None:
        loop, runner._loop = runner._loop, None
        name = runner.get_name()
    if loop is None:
        loop = Loop(address)
    loop.enter()
    thread = threading.current_thread()
    if name is not None:
        thread.name = name
    if is_own:
        loop.end_of_all.hold(runner)
    # From here on the thread does not keep it.
    runner = None
    with _lock:
        _loops[address] = loop
        _starting.pop(address, None)
    try:
        while loop.goes_on:
            try:
                loop.run_until_told()
            except BaseException as error:
                loop.report(error)
    finally:
        _let_go(address)
        at_end, loop.at_end = loop.at_end, None
        try:
            loop.end()
            _end_thread(thread)
        finally:
            if at_end is not None:
                at_end()


def _let_go(address):
    """Makes sure that the thread will not be interrupted any more."""
    while True:
        try:
            with _lock:
                _loops.pop(address, None)
            told_to_stop.discard(threading.get_ident())
            _raise_what_is_left()
            return
        except ForcedStop:
            pass


def _raise_what_is_left():
    """Python raises what another thread has set when a function begins, at the latest.

    To set None in its place would not do: Python 3.11 would look for an exception before each call
    from then on, in all threads, and never come to an end where a profiler or a debugger traces.
    """


def _end_thread(thread):
    """Has Python forget a thread that it has not started, which it would not before another one."""
    if isinstance(thread, threading._DummyThread):
        with threading._active_limbo_lock:
            if threading._active.get(thread.ident) is thread:
                del threading._active[thread.ident]


def get_loop(runner):
    """The loop that the thread of a runner runs, or None."""
    return _loops.get(addresses.get(runner))


def get_thread(runner):
    """The thread that runs the loop of a runner, or None."""
    loop = get_loop(runner)
    return None if loop is None else loop.thread


def interrupt(address):
    """Has the thread of a runner raise ForcedStop if it is stuck in Python; from another one."""
    with _lock:
        loop = _loops.get(address)
        if loop is None:
            return
        # Python would print an exception that comes in a callback of C.
        frame = sys._current_frames().get(loop.thread)
        codes = [] if frame is None else [frame.f_code, frame.f_back and frame.f_back.f_code]
        if codes and codes[0] in PASSAGES:
            loop.force()
        elif blocking.__code__ in codes:
            told_to_stop.add(loop.thread)
        else:
            ctypes.pythonapi.PyThreadState_SetAsyncExc(
                ctypes.c_ulong(loop.thread), ctypes.py_object(ForcedStop)
            )


_run = addresses.make_run(run)


def adopt(runner):
    """Has a runner run its loop here, which its class does not do in a way of its own."""
    cls = type(runner)
    if "_runs_here" not in cls.__dict__:
        addresses.set_run(cls, _run)
        cls._runs_here = True


def start(runner):
    """Starts a runner, and returns its loop, which may be given work at once; None if it has none.

    Who is interrupted meanwhile takes it back.
    """
    address = addresses.get(runner)
    has_thread = runner.get_context() is None
    if has_thread and runner._has_asyncio:
        _runners[address] = runner
    if not has_thread or "_runs_here" not in type(runner).__dict__:
        _Runner.start(runner)
        return None

    loop = made = None
    was_running = runner.get_running()
    was_starting = address in _starting
    try:
        loop = runner._loop
        if loop is None:
            loop = made = runner._loop = Loop(address)
        _starting[address] = runner
        _Runner.start(runner)
        # Before anybody can stop it, whatever is sent after that is cleaned up by it.
        loop.end_of_all.hold(runner)
    except BaseException:
        if runner.get_running() and not was_running:
            # Interrupted when it had been started: that is cleaned up, too.
            loop.end_of_all.hold(runner)
            raise
        if not was_starting:
            _starting.pop(address, None)
        if made is not None:
            runner._loop = None
            made.end()
        raise
    return loop


def _stop_all():
    """Stops the runners that are left when the program ends.

    Otherwise what Python destroys would wake their threads, beside an interpreter that is gone.
    """
    # The thread of one that has been started may not have begun yet.
    runners = [runner for runner in list(_runners.values()) if runner.get_running()]
    with _lock:
        left = set(_loops)
    times = [runner.get_exit_timeout() for runner in runners]
    times = [_EXIT_US if time_us < 0 else time_us for time_us in times]
    for runner, time_us in zip(runners, times):
        _Runner.stop_async(runner, time_us, None, lambda *_: None)
    for runner, time_us in zip(runners, times):
        try:
            blocking(lambda us, runner=runner: _Runner.stop(runner, us, None), time_us)
        except GLib.Error as error:
            # It is too late to raise it, and no use to tell that nobody waits any longer.
            failure = errors.stop_failed(runner, error)
            if isinstance(failure, errors.TasksFailed) and not errors.is_of_the_end(failure):
                errors.log(failure)

    # Those that stop in the background because nobody has them any more.
    end = time.monotonic_ns() // 1000 + _EXIT_US
    left -= {addresses.get(runner) for runner in runners}
    while left & _loops.keys():
        if time.monotonic_ns() // 1000 > end:
            break
        time.sleep(0.001)


atexit.register(_stop_all)


def _forget():
    """In a child process none of the threads is there."""
    global _lock
    _lock = threading.Lock()
    _starting.clear()
    _loops.clear()


os.register_at_fork(after_in_child=_forget)
