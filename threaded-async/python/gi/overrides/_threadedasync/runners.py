# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Runners: threads that run coroutines."""

import asyncio
import inspect

from gi.overrides import override
from gi.repository import GLib

from . import addresses, callbacks, errors, raw, threads
from .blocking import blocking
from .errors import raise_converted
from .futures import untaken
from .loop import Loop
from .raw import DEFAULT_TIMEOUT, MODULE, microseconds, seconds
from .tasks import create_task
from .waits import Wait

_raw = raw.ThreadedAsync

_MAX_SPIN_US = 1_000_000

# As good as never.
_MAX_STALL_US = 2**60


def _default(timeout_us, otherwise):
    return otherwise if timeout_us == _raw.TIMEOUT_DEFAULT else timeout_us


class _Call:
    """A function to be called in a loop, unless whoever wants it has gone."""

    def __init__(self, func, args):
        self._work = [(func, args)]

    def withdraw(self):
        self._work.clear()

    def __call__(self, task):
        promise = task.take_promise()
        try:
            func, args = self._work.pop()
        except IndexError:
            promise.return_error(asyncio.CancelledError())
            return
        try:
            promise.return_value(func(*args))
        except BaseException as error:
            promise.return_error(error)


def _sent(func, args, name):
    """The function of a task, which has its name before it can fail."""

    def call(task):
        if isinstance(name, str):
            task.set_name(name)
        address = addresses.get(task)
        untaken.add(address)
        try:
            func(task, *args)
        except (Exception, asyncio.CancelledError) as error:
            # Who has the promise says what came of the work.
            if address not in untaken:
                raise
            errors.fail(task.take_promise(), error)
        finally:
            untaken.discard(address)
            # The traceback of the error would keep it.
            task = None

    return call


async def _awaited(awaitable):
    return await awaitable


@override
class Runner(_raw.Runner):
    """A thread that runs coroutines, and a GLib.MainContext with the work of C beside them.

    As a context manager it starts, and stops at the end; it runs once. In a coroutine `async with`
    does the same, without blocking the loop that the coroutine runs in.
    """

    __module__ = MODULE

    # Whether its class runs coroutines: those that are attached, or made in C, do not.
    _has_asyncio = False

    # The loop that it will run, if that has been made already.
    _loop = None

    def __new__(cls, *args, context=None, **kwargs):
        # A runner that is made in C has the library's own loop, and goes on without Python.
        return _raw.Runner.__new__(_LoopRunner if cls is Runner and context is None else cls)

    def __init__(
        self,
        name=None,
        *,
        exit_timeout=1.0,
        default_timeout=None,
        max_spin=None,
        stall_threshold=None,
        **properties,
    ):
        """
        :param name: the name in messages, and of the thread
        :param exit_timeout: how long a stop takes at most, in seconds; None for ever
        :param default_timeout: how long calls wait that are given no timeout; None for ever
        :param max_spin: for how long an idle loop looks for work before it sleeps, in seconds, at
            most 1; 0 for never, None for about as long as it takes to wake it
        :param stall_threshold: how long the loop may be at one thing before the signal "stalled"
            tells of it, in seconds; None for ever
        """
        max_spin_us = microseconds(max_spin)
        if not -1 <= max_spin_us <= _MAX_SPIN_US:
            raise ValueError(f"max_spin is a number of seconds from 0 to 1, or None: {max_spin!r}")
        if stall_threshold is not None:
            properties["stall_threshold"] = min(microseconds(stall_threshold), _MAX_STALL_US)
        super().__init__(
            name=name,
            exit_timeout=microseconds(exit_timeout),
            default_timeout=microseconds(default_timeout),
            max_spin=max_spin_us,
            **properties,
        )
        if self.get_context() is not None:
            self._has_asyncio = False
        elif type(self).do_run is Runner.do_run:
            threads.adopt(self)

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        # PyGObject looks for them in the class itself.
        cls._has_asyncio = True
        if Runner in cls.__bases__:
            for name in "do_run", "do_interrupt":
                if name not in cls.__dict__:
                    setattr(cls, name, getattr(cls, name))

    @staticmethod
    def new(name=None):
        """Makes a runner."""
        return Runner(name)

    def start(self):
        """Starts the runner."""
        self._start()
        return True

    def _start(self):
        """Starts the runner, and returns its loop, which may be given work at once."""
        try:
            return threads.start(self)
        except GLib.Error:
            raise
        except BaseException:
            self._take_back()
            raise

    def _take_back(self):
        """Stops the runner, if it runs; nobody waits for that. For a start that was interrupted."""
        if self.get_running():
            addresses.stop_async(addresses.get(self), _raw.TIMEOUT_DEFAULT, None, None, None)

    def __enter__(self):
        try:
            self.start()
            return self
        except GLib.Error:
            raise
        except BaseException:
            self._take_back()
            raise

    def __exit__(self, _type, error, _traceback):
        try:
            self.stop()
        except GLib.Error as failure:
            # What went wrong before is more important, and this may be why.
            if error is None:
                raise
            errors.add_to(error, failure)

    async def __aenter__(self):
        return self.__enter__()

    async def __aexit__(self, _type, error, _traceback):
        timeout_us = self.get_exit_timeout()
        result = await Wait(
            lambda cancellable, done: _raw.Runner.stop_async(self, timeout_us, cancellable, done)
        ).result()
        try:
            _raw.Runner.stop_finish(self, result)
            return
        except GLib.Error as failure:
            failed = errors.stop_failed(self, failure)
        finally:
            result = None
        try:
            if error is None:
                raise failed
            errors.add_to(error, failed)
        finally:
            failed = None

    def stop(self, timeout=DEFAULT_TIMEOUT):
        """Stops the runner, and waits until it has ended.

        What is ready is done; then all tasks are cancelled, and get a chance to clean up.

        :param timeout: how long it may take, in seconds; by default the exit_timeout of the runner
        :raises TasksFailed: tasks failed for which nobody has waited
        :raises WaitTimeoutError: the thread did not end in time, and was abandoned
        :raises RuntimeError: in the runner's own thread, and for one that was never started
        """
        timeout_us = _default(microseconds(timeout), self.get_exit_timeout())
        try:
            blocking(lambda us: _raw.Runner.stop(self, us, None), timeout_us)
        except GLib.Error as error:
            raise errors.stop_failed(self, error) from None

    def _join(self, within):
        """Stops a runner of which its loop has said that nothing in Python is left.

        That takes so little time that Ctrl-C can wait, and nobody else's code runs meanwhile.
        """
        try:
            _raw.Runner.stop(self, microseconds(within), None)
        except GLib.Error as error:
            raise errors.stop_failed(self, error) from None

    def create_task(self, work, *args, name=None):
        """Starts work on the runner, and returns its Task; from any thread, without waiting.

        :param work: a coroutine or another awaitable; or a function, which is called in the
            runner's thread with the task and the args, and has to take the promise of the task;
            what it raises before that is the error of the task
        :param name: the name in messages
        """
        if asyncio.iscoroutine(work):
            task = create_task(self, work, name)
        elif inspect.isawaitable(work):
            task = create_task(self, _awaited(work), name)
        elif inspect.iscoroutinefunction(work):
            raise TypeError(f"a coroutine is needed, not a coroutine function: call {work!r}")
        elif callable(work):
            task = callbacks.create_task(self, _sent(work, args, name))
        else:
            raise TypeError(f"a coroutine, an awaitable or a function is needed, not {work!r}")
        if name is not None:
            task.set_name(name)
        return task

    def run(self, work, timeout=DEFAULT_TIMEOUT):
        """Runs a coroutine on the runner, and returns its result; from any thread but the runner's.

        :param timeout: how long to wait at most, in seconds; the work goes on after that
        """
        return self.create_task(work).wait(timeout)

    def call_in_loop(self, func, *args, timeout=DEFAULT_TIMEOUT):
        """Calls a function in the runner's thread, and returns what it returns, or raises.

        In the runner's own thread it is called at once. A coroutine is for run().

        :param timeout: how long to wait at most, in seconds; a function that has not begun by then
            will not be called
        """
        if inspect.iscoroutinefunction(func):
            raise TypeError(f"a function is needed, not a coroutine function: run() {func!r}")
        if not callable(func):
            raise TypeError(f"a function is needed, not {func!r}")
        if self.is_in_loop() and self.running:
            return func(*args)

        call = _Call(func, args)
        task = callbacks.create_task(self, call)
        try:
            return task.wait(timeout)
        except BaseException:
            # What has not begun will not be called any more.
            call.withdraw()
            raise

    def wait_for_next_iteration(self, timeout=DEFAULT_TIMEOUT):
        """Waits until the loop has done everything that is ready in it now."""
        timeout_us = _default(microseconds(timeout), self.get_default_timeout())
        try:
            blocking(lambda us: _raw.Runner.wait_for_next_iteration(self, us, None), timeout_us)
        except GLib.Error as error:
            raise_converted(error, timeout_us=timeout_us)

    def iterate(self, timeout_us):
        """For a subclass with another event loop; in a coroutine, lets the rest go on.

        Here the time is in microseconds, as in C; in a coroutine it has to be 0.
        """
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return _raw.Runner.iterate(self, timeout_us)
        if not isinstance(loop, Loop) or timeout_us != 0 or not self.is_in_loop():
            raise RuntimeError("a coroutine can only look around in its own loop, without waiting")
        return loop.look_around()

    @property
    def _thread(self):
        return threads.get_thread(self)

    @property
    def running(self) -> bool:
        """Whether it has been started and has not ended."""
        return self.get_running()

    @property
    def shutdown_type(self):
        """How it was shut down: a ShutdownType."""
        return self.get_shutdown_type()

    @property
    def exit_timeout(self):
        """How long a stop takes at most, in seconds, or None."""
        return seconds(self.get_exit_timeout())

    @property
    def default_timeout(self):
        """How long calls wait that are given no timeout, in seconds, or None."""
        return seconds(self.get_default_timeout())

    @property
    def max_spin(self):
        """For how long an idle loop looks for work before it sleeps, in seconds, or None."""
        return seconds(self.get_max_spin())

    @property
    def stall_threshold(self):
        """How long the loop may be at one thing before that is told, in seconds, or None."""
        return seconds(self.get_stall_threshold() or -1)


def _run(self):
    threads.run(addresses.get(self), self)


def _interrupt(self):
    self._is_interrupted = True
    threads.interrupt(addresses.get(self))
    _raw.Runner.do_interrupt(self)


# Not in the body of the class: there PyGObject would take them for those of every runner, also of
# the runners of other languages.
Runner.do_run = _run
Runner.do_interrupt = _interrupt


class _LoopRunner(Runner):
    # Only a class from elsewhere gets a type of its own.
    __module__ = "ThreadedAsync"
    __gtype_name__ = "TaPythonRunner"


_LoopRunner.__name__ = _LoopRunner.__qualname__ = "Runner"
