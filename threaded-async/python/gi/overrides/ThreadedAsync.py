# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""The override of ThreadedAsync: the library as a Python programmer expects it.

Times are in seconds, None means for ever. A call returns what was asked for, any object comes back
as the same object, exceptions arrive with their traceback, and coroutines can await everything.
"""

import asyncio
import ctypes
import inspect
import threading

from gi.overrides import override
from gi.repository import Gio, GLib

from ._threadedasync import backend, errors, raw
from ._threadedasync.backend import EMPTY
from ._threadedasync.blocking import blocking
from ._threadedasync.calls import call
from ._threadedasync.errors import (
    ForcedStop,
    QueueClosed,
    QueueEmpty,
    QueueFull,
    TasksFailed,
    WaitTimeoutError,
)
from ._threadedasync.loop import End, Loop
from ._threadedasync.raw import DEFAULT_TIMEOUT, microseconds, seconds
from ._threadedasync.tasks import create_task, current_promise
from ._threadedasync.waits import EVENT, FUTURE, GET, RESERVE, wait_for

_raw = raw.ThreadedAsync
_take = backend.take
_try_take = backend.try_take
_try_put = backend.try_put


def _default(timeout_us, otherwise):
    return otherwise if timeout_us == _raw.TIMEOUT_DEFAULT else timeout_us


__all__ = [
    "Client",
    "DEFAULT_TIMEOUT",
    "Event",
    "ForcedStop",
    "Future",
    "Promise",
    "Queue",
    "QueueClosed",
    "QueueEmpty",
    "QueueFull",
    "Request",
    "Runner",
    "Server",
    "Task",
    "TasksFailed",
    "WaitTimeoutError",
    "call",
]


def _raise(error, would_block=None):
    raise errors.converted(error, would_block) from None


@override
class Future(_raw.Future):
    """One value or exception that will be there later, for any number of waiters."""

    @property
    def done(self) -> bool:
        """Whether there is a value or an exception."""
        return self.get_done()

    def wait(self, timeout=None):
        """Blocks the thread until the future is done, and returns the value.

        An exception that the work ended with is raised here, the same object each time.

        :param timeout: how long to wait at most, in seconds; None for ever
        :raises WaitTimeoutError: (a TimeoutError) the time is up; the work goes on
        :raises asyncio.CancelledError: the work was cancelled
        :raises RuntimeError: waiting here would block the very loop that has to do the work
        """
        timeout_us = microseconds(timeout)
        try:
            return _take(self, None, timeout_us)
        except GLib.Error as failure:
            error = failure
        if timeout_us == 0 and errors.kind(error) == errors.WOULD_BLOCK:
            _raise(error, WaitTimeoutError)
        errors.raise_for(self, error)

    def try_wait(self):
        """Returns the value, or raises the exception, if the future is done."""
        try:
            return _take(self, None, 0)
        except GLib.Error as failure:
            error = failure
        errors.raise_for(self, error)

    async def _wait(self):
        result = None
        if not self.get_done():
            result = await wait_for(FUTURE, self, raw.INFINITE)
        try:
            return _take(self, result, 0)
        except GLib.Error as failure:
            error = failure
        errors.raise_for(self, error)

    def __await__(self):
        return self._wait().__await__()


@override
class Task(_raw.Task, Future):
    """Work on a runner: a future that can be cancelled, and tells how far it is."""

    def wait(self, timeout=DEFAULT_TIMEOUT):
        """Blocks the thread until the work has ended, and returns its result.

        As Future.wait(); the timeout is by default the default_timeout of the runner.
        """
        return Future.wait(self, timeout)

    @property
    def name(self):
        """The name in messages, or None."""
        return self.dup_name()


@override
class Promise(_raw.Promise):
    """The writing side of a future: usable once, from any thread."""

    def __new__(cls):
        return _raw.Promise.new()

    def __init__(self):
        pass

    @staticmethod
    def get_current():
        """The promise of the task whose coroutine is running, to set its progress and status.

        It is None outside the coroutines of tasks.
        """
        return current_promise()

    @property
    def future(self):
        """The future, until the promise has returned."""
        return self.get_future()

    def return_value(self, value=None):
        """Ends the promise with any object."""
        backend.return_value(self, value)

    def return_error(self, error):
        """Ends the promise with an exception."""
        if not isinstance(error, BaseException):
            raise TypeError(f"an exception is needed, not {error!r}")
        errors.fail(self, error)


@override
class Event(_raw.Event):
    """A flag that threads and coroutines set, clear and wait for; `await event` waits, too."""

    def is_set(self) -> bool:
        """Whether the event is set."""
        return self.get_is_set()

    def wait(self, timeout=None):
        """Blocks the thread until the event is set, and returns True.

        :param timeout: how long to wait at most, in seconds; None for ever
        :raises WaitTimeoutError: the time is up
        """
        try:
            return blocking(lambda us: _raw.Event.wait(self, us, None), microseconds(timeout))
        except GLib.Error as error:
            _raise(error)

    async def _wait(self):
        if self.get_is_set():
            return True
        result = await wait_for(EVENT, self, raw.INFINITE)
        try:
            if isinstance(result, Gio.AsyncResult):
                return _raw.Event.wait_finish(self, result)
            return result.finish_event()
        except GLib.Error as error:
            _raise(error)

    def __await__(self):
        return self._wait().__await__()


class _Items:
    """What `async for` iterates over a queue with."""

    def __init__(self, queue):
        self._queue = queue

    def __aiter__(self):
        return self

    async def __anext__(self):
        try:
            return await self._queue.get()
        except QueueClosed:
            raise StopAsyncIteration from None


@override
class Queue(_raw.Queue):
    """A queue of any objects between threads and coroutines, in any direction.

    Nothing is lost: an item is in the queue, or has gone to one taker, or stays with the caller
    whose put failed. A get or a put that timed out or was cancelled has done nothing. `async for`
    takes items until the queue is closed and empty.
    """

    def __init__(self, capacity=0, item_type=None, name=None, **properties):
        """
        :param capacity: how many items it holds at most, or 0 for as many as there is memory for
        :param item_type: the only type of items that it takes, such as int, str or a GObject class
        :param name: the name in messages
        """
        if item_type is not None:
            properties["item_type"] = item_type
        super().__init__(capacity=capacity, name=name, **properties)

    def try_get(self):
        """Returns an item, or raises QueueEmpty or QueueClosed; never waits."""
        item = _try_take(self)
        if item is not EMPTY:
            return item
        try:
            return _take(self, None, 0)
        except GLib.Error as error:
            _raise(error, QueueEmpty)

    def try_put(self, item):
        """Puts an item, or raises QueueFull or QueueClosed; never waits."""
        try:
            done = _try_put(self, item)
        except GLib.Error as error:
            _raise(error)
        if not done:
            raise QueueFull(f"there is no space in {self._describe()}", *errors.WOULD_BLOCK)

    def _describe(self):
        name = self.get_name()
        return "a queue" if name is None else f"queue “{name}”"

    def get_wait(self, timeout=None):
        """Blocks the thread until there is an item, and returns it.

        :param timeout: how long to wait at most, in seconds; None for ever
        :raises WaitTimeoutError: (a TimeoutError) the time is up
        :raises QueueClosed: the queue is closed, and empty
        :raises RuntimeError: waiting here would block the loop of a runner: await get() there
        """
        try:
            return _take(self, None, -1 if timeout is None else microseconds(timeout))
        except GLib.Error as error:
            _raise(error, WaitTimeoutError)

    def put_wait(self, item, timeout=None):
        """Blocks the thread until there is space, and puts the item.

        :param timeout: how long to wait at most, in seconds; None for ever
        :raises WaitTimeoutError: (a TimeoutError) the time is up
        :raises QueueClosed: the queue is closed
        :raises RuntimeError: waiting here would block the loop of a runner: await put() there
        """
        try:
            backend.put(self, item, -1 if timeout is None else microseconds(timeout))
        except GLib.Error as error:
            _raise(error)

    async def get(self, timeout=None):
        """Waits until there is an item, and returns it; in a coroutine of any asyncio loop.

        :param timeout: how long to wait at most, in seconds; None for ever
        :raises WaitTimeoutError: (a TimeoutError) the time is up
        :raises QueueClosed: the queue is closed, and empty
        """
        timeout_us = -1 if timeout is None else microseconds(timeout)
        item = _try_take(self)
        if item is not EMPTY:
            return item

        result = await wait_for(GET, self, timeout_us) if timeout_us != 0 else None
        try:
            return _take(self, result, 0)
        except GLib.Error as error:
            _raise(error, WaitTimeoutError)
        finally:
            result = None

    async def put(self, item, timeout=None):
        """Waits until there is space, and puts the item; in a coroutine of any asyncio loop.

        :param timeout: how long to wait at most, in seconds; None for ever
        :raises WaitTimeoutError: (a TimeoutError) the time is up
        :raises QueueClosed: the queue is closed
        """
        timeout_us = -1 if timeout is None else microseconds(timeout)
        place = None
        try:
            if _try_put(self, item):
                return
            if timeout_us != 0:
                place = await wait_for(RESERVE, self, timeout_us)
                backend.put_reserved(self, place, item)
                return
        except GLib.Error as error:
            _raise(error)
        finally:
            place = None
        message = f"there is no space in {self._describe()}"
        raise WaitTimeoutError(message, *errors.TIMED_OUT)

    def __aiter__(self):
        return _Items(self)


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


async def _awaited(awaitable):
    return await awaitable


@override
class Runner(_raw.Runner):
    """A thread that runs coroutines, and a GLib.MainContext with the work of C beside them.

    As a context manager it starts, and stops at the end; it runs once.
    """

    # Whether its class runs coroutines: those that are attached, or made in C, do not.
    _has_asyncio = False

    def __new__(cls, *args, context=None, **kwargs):
        # A runner that is made in C has the library's own loop, and goes on without Python.
        return _raw.Runner.__new__(_LoopRunner if cls is Runner and context is None else cls)

    def __init__(self, name=None, *, exit_timeout=1.0, default_timeout=None, **properties):
        """
        :param name: the name in messages, and of the thread
        :param exit_timeout: how long a stop takes at most, in seconds; None for ever
        :param default_timeout: how long calls wait that are given no timeout; None for ever
        """
        super().__init__(
            name=name,
            exit_timeout=microseconds(exit_timeout),
            default_timeout=microseconds(default_timeout),
            **properties,
        )
        if self.get_context() is not None:
            self._has_asyncio = False

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        # PyGObject looks for them in the class itself.
        cls._has_asyncio = True
        if Runner in cls.__bases__:
            for name in "do_run", "do_interrupt":
                if name not in cls.__dict__:
                    setattr(cls, name, getattr(Runner, name))

    @staticmethod
    def new(name=None):
        """Makes a runner."""
        return Runner(name)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, _type, error, _traceback):
        try:
            self.stop()
        except GLib.Error:
            # What went wrong before is more important.
            if error is None:
                raise

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

    def create_task(self, work, *args, name=None):
        """Starts work on the runner, and returns its Task; from any thread, without waiting.

        :param work: a coroutine or another awaitable; or a function, which is called in the
            runner's thread with the task and the args, and has to take the promise of the task
        :param name: the name in messages
        """
        if asyncio.iscoroutine(work):
            task = create_task(self, work, name)
        elif inspect.isawaitable(work):
            task = create_task(self, _awaited(work), name)
        elif inspect.iscoroutinefunction(work):
            raise TypeError(f"a coroutine is needed, not a coroutine function: call {work!r}")
        elif callable(work):
            task = _raw.Runner.create_task(self, work, *args)
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

        In the runner's own thread it is called at once.

        :param timeout: how long to wait at most, in seconds; a function that has not begun by then
            will not be called
        """
        if self.is_in_loop() and self.running:
            return func(*args)

        call = _Call(func, args)
        task = _raw.Runner.create_task(self, call)
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
            _raise(error)

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


def _run(self):
    loop = Loop(self)
    self._thread = threading.get_ident()
    end = End(loop)
    _raw.Runner.create_task(self, end.keep)
    try:
        while loop.goes_on:
            try:
                loop.run_until_told()
            except BaseException as error:
                loop.report(error)
    finally:
        self._thread = None
        loop.end()
        end.end()


def _interrupt(self):
    thread = getattr(self, "_thread", None)
    if thread is not None:
        self._is_interrupted = True
        ctypes.pythonapi.PyThreadState_SetAsyncExc(
            ctypes.c_ulong(thread), ctypes.py_object(ForcedStop)
        )
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

from ._threadedasync.servers import Client, Request, Server  # noqa: E402 they need Future
