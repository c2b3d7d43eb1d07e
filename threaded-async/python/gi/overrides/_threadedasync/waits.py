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


def _deliver(future, result):
    if not future.done():
        future.set_result(result)


class Wait:
    """One asynchronous call that a coroutine waits for.

    The outcome is the GAsyncResult, which nobody has finished: so what it holds, an item or a
    place, is given back when the coroutine is not there any more to take it.
    """

    __slots__ = ("_future", "_loop", "_cancellable", "_is_local")

    def __init__(self, start):
        self._loop = loop = asyncio.get_running_loop()
        self._future = loop.create_future()
        self._cancellable = cancellable = Gio.Cancellable()
        self._is_local = isinstance(loop, Loop)
        if self._is_local or _turns_its_context(loop):
            start(cancellable, self._done)
        else:
            _helper.call(lambda: start(cancellable, self._done))

    def _done(self, _source, result):
        future = self._future
        if future is None:
            return
        if self._is_local:
            _deliver(future, result)
            return
        try:
            self._loop.call_soon_threadsafe(_deliver, future, result)
        except RuntimeError:
            # The loop has been closed.
            pass

    async def result(self):
        try:
            return await self._future
        except BaseException:
            self._cancellable.cancel()
            raise
        finally:
            # A traceback would keep what is to be given back now.
            self._future = None
