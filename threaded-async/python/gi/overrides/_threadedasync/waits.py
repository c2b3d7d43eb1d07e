# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""How a coroutine waits for an asynchronous call of the library, whatever loop it runs in."""

import asyncio
import os
import threading

from gi.repository import Gio, GLib

from . import raw
from .loop import Loop

_RawRunner = raw.ThreadedAsync.Runner


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

        _RawRunner.create_task(self._runner, start)


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

    __slots__ = ("_future", "_loop", "_cancellable", "_is_local", "_is_helped")

    def __init__(self, start):
        self._loop = loop = asyncio.get_running_loop()
        self._future = loop.create_future()
        self._cancellable = cancellable = Gio.Cancellable()
        self._is_local = isinstance(loop, Loop)
        self._is_helped = not self._is_local and not _turns_its_context(loop)
        if self._is_helped:
            _helper.call(lambda: start(cancellable, self._done))
        else:
            start(cancellable, self._done)

    def _done(self, _source, result):
        if self._is_local:
            _deliver(self._future, result)
        else:
            _send(self._loop, self._future, result)

    async def result(self):
        future = self._future
        try:
            # A cancel must not cancel the future: what has been handed over may be on its way.
            await _until_done(future)
            return future.result()
        except BaseException:
            self._cancellable.cancel()
            # Only when everything is back in its place may the coroutine go on: what it gets next
            # would else come before what it has not got now.
            await _surely(future)
            if self._is_helped:
                # The helper may still be in the callback, and has the result, too.
                future = self._future = self._loop.create_future()
                _helper.call(lambda: _send(self._loop, future, None))
                await _surely(future)
            raise
        finally:
            # A traceback would keep what is to be given back now.
            future = self._future = None


def _deliver(future, result):
    if not future.done():
        future.set_result(result)


def _send(loop, future, result):
    try:
        loop.call_soon_threadsafe(_deliver, future, result)
    except RuntimeError:
        # The loop has been closed.
        pass


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
