# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""How a coroutine waits for an asynchronous call of the library, whatever loop it runs in."""

import asyncio
import functools
import os
import threading

from gi.repository import Gio, GLib

from . import callbacks, raw
from .backend import native
from .loop import Loop

_RawRunner = raw.ThreadedAsync.Runner

# What can be waited for, and how that is started.
GET = "g"
RESERVE = "r"
EVENT = "e"
FUTURE = "f"

_STARTS = {
    GET: callbacks.get_async,
    RESERVE: callbacks.reserve_async,
    EVENT: callbacks.event_wait_async,
    FUTURE: callbacks.future_wait_async,
}


def wait_for(kind, source, timeout_us):
    """A coroutine that returns the result of an asynchronous call, which has not been finished."""
    if native is not None and isinstance(asyncio.get_running_loop(), Loop):
        return _wait_native(kind, source, timeout_us)
    call = _STARTS[kind]
    return Wait(functools.partial(callbacks.start, call, source, timeout_us)).result()


async def _wait_native(kind, source, timeout_us):
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    operation = native.Operation(kind, source, timeout_us, future)
    try:
        await future
        return operation
    except BaseException:
        future = loop.create_future()
        if operation.cancel(future):
            # As below.
            await _surely(future)
        raise
    finally:
        operation = None


class _Helper:
    """The runner in whose thread calls are started for loops that turn no GLib.MainContext."""

    def __init__(self):
        self._lock = threading.Lock()
        self._runner = None
        self._pid = None

    def call(self, func):
        with self._lock:
            if self._runner is None or self._pid != os.getpid():
                self._runner = _RawRunner.new("asyncio")
                _RawRunner.start(self._runner)
                self._pid = os.getpid()

        def start(task):
            promise = task.take_promise()
            func()
            promise.return_value(None)

        callbacks.create_task(self._runner, start)


_helper = _Helper()


def _turns_its_context(loop):
    """Whether a callback of GIO comes to the loop by itself."""
    if isinstance(loop, Loop):
        return True
    context = getattr(loop, "_context", None)
    if not isinstance(context, GLib.MainContext):
        return False
    return context == (GLib.MainContext.get_thread_default() or GLib.MainContext.default())


class Wait:
    """One asynchronous call that a coroutine waits for.

    The outcome is the GAsyncResult, which nobody has finished: so what it holds, an item or a
    place, is given back when the coroutine is not there any more to take it.
    """

    __slots__ = ("_loop", "_future", "_result", "_is_over", "_cancellable", "_is_helped")

    def __init__(self, start):
        self._loop = loop = asyncio.get_running_loop()
        self._future = loop.create_future()
        self._result = None
        self._is_over = False
        self._cancellable = cancellable = Gio.Cancellable()
        self._is_helped = not _turns_its_context(loop)
        if self._is_helped:
            _helper.call(lambda: start(cancellable, self._send))
        else:
            start(cancellable, self._deliver)

    def _send(self, source, result):
        self._call_soon(self._deliver, source, result)

    def _call_soon(self, *call):
        try:
            self._loop.call_soon_threadsafe(*call)
        except RuntimeError:
            # The loop has been closed.
            pass

    def _deliver(self, _source, result):
        self._is_over = True
        if not self._future.done():
            self._result = result
            self._tell()

    def _tell(self):
        if not self._future.done():
            self._future.set_result(None)

    async def result(self):
        try:
            await self._future
            return self._result
        except BaseException:
            self._result = None
            # Only when everything is back in its place may the coroutine go on: what it gets next
            # would else come before what it has not got now.
            await self._come_back()
            raise
        finally:
            # A traceback would keep what is to be given back now.
            self._result = None

    async def _come_back(self):
        if not self._is_over:
            self._cancellable.cancel()
            self._future = self._loop.create_future()
            await _surely(self._future)
            self._result = None
        if self._is_helped:
            # The helper may still be in the callback, and has the result, too.
            self._future = self._loop.create_future()
            _helper.call(lambda: self._call_soon(self._tell))
            await _surely(self._future)


async def _surely(future):
    """Waits until a future is done, whatever is cancelled meanwhile."""
    while not future.done():
        try:
            await _until_done(future)
        except asyncio.CancelledError:
            pass


class _until_done:
    """Waits for a future that a cancel does not end."""

    __slots__ = ("_future",)

    def __init__(self, future):
        self._future = future

    def __await__(self):
        waiter = self._future.get_loop().create_future()

        def on_done(_future):
            if not waiter.done():
                waiter.set_result(None)

        self._future.add_done_callback(on_done)
        try:
            yield from waiter
        finally:
            self._future.remove_done_callback(on_done)
            self._future = None
