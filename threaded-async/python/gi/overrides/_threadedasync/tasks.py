# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""How coroutines become tasks of a runner."""

import asyncio
import contextvars
import weakref

from gi.repository import GLib, GObject

from . import callbacks, errors
from .backend import EMPTY, native, return_value
from .kept import keep, main_thread, set_wakeup_fd, signal_fds
from .loop import Loop
from .values import Foreign, boxed


def _end(promise, work):
    """Ends a promise as the asyncio task ended."""
    try:
        if work.cancelled():
            errors.fail(promise, asyncio.CancelledError())
        elif work.exception() is not None:
            errors.fail(promise, work.exception())
        else:
            return_value(promise, work.result())
    except BaseException as error:
        errors.fail(promise, error)


# Of the task whose coroutine is running: the promise, or what has it.
_current = contextvars.ContextVar("promise", default=None)


def current_promise():
    found = _current.get()
    return found and found.get_promise()


def is_current(future):
    """Whether a future is that of the task whose own coroutine is running."""
    found = _current.get()
    if found is None or found.get_task() is not asyncio.current_task():
        return False
    promise = found.get_promise()
    return promise is not None and promise.get_future() is future


class _Work:
    """A promise and the asyncio task that ends it, until that is done."""

    __slots__ = ("_promise", "task")

    def __init__(self, promise):
        self._promise = promise
        self.task = None

    def get_promise(self):
        return self._promise

    def get_task(self):
        return self.task


_tasks = weakref.WeakKeyDictionary()  # of each loop, which itself does not keep them


class _Start:
    """What starts a coroutine as a task, in the loop of the runner."""

    __slots__ = ("_coroutine", "_context", "_name")

    def __init__(self, coroutine, name):
        self._coroutine = coroutine
        self._context = contextvars.copy_context()
        self._name = name

    def __del__(self):
        # Whoever never starts it does not await it either, and need not be told.
        if self._coroutine is not None:
            self._coroutine.close()

    def __call__(self, task):
        if isinstance(self._name, str):
            # It has it before it can fail.
            task.set_name(self._name)
        promise = task.take_promise()
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            name = task.get_runner().get_name()
            error = RuntimeError(
                f"no asyncio event loop runs in the context of runner “{name}”: send coroutines to "
                "a Runner() with a thread of its own"
            )
            errors.fail(promise, error)
            return
        coroutine, self._coroutine = self._coroutine, None
        current = _Work(promise)
        self._context.run(_current.set, current)
        current.task = work = loop.create_task(coroutine, name=self._name, context=self._context)
        loop_tasks = _tasks.setdefault(loop, set())
        loop_tasks.add(work)

        def on_done(work):
            loop_tasks.discard(work)
            current.task = None
            _end(promise, work)

        work.add_done_callback(on_done)
        _cancel_with(promise.get_cancellable(), loop, work)


def _cancel_with(cancellable, loop, work):
    """Cancels the asyncio task when the library's own task is cancelled, by whatever language."""
    work = weakref.ref(work)

    def on_cancelled(_cancellable):
        task = work()
        if task is not None:
            try:
                if isinstance(loop, Loop):
                    loop.call_soon_threadsafe(loop.cancel_for_library, task)
                else:
                    loop.call_soon_threadsafe(task.cancel)
            except RuntimeError:
                # The loop has been closed.
                pass

    GObject.Object.connect(cancellable, "cancelled", on_cancelled)
    if cancellable.is_cancelled():
        # Before it has begun, so that it never does.
        work().cancel()


def _start_native(end, coroutine, context, name):
    loop = asyncio.get_running_loop()
    context.run(_current.set, end)
    work = loop.create_task(coroutine, name=name, context=context)
    work.add_done_callback(end)
    return work


def create_task(runner, coroutine, name):
    """A task of the library for a coroutine."""
    if native is not None and runner._has_asyncio:
        return native.create_task(runner, coroutine, contextvars.copy_context(), name)
    return callbacks.create_task(runner, _Start(coroutine, name))


if native is not None:
    native.setup(
        lambda domain, code, message: GLib.Error(message, domain, code),
        boxed,
        _start_native,
        _end,
        errors.fail,
        Foreign,
        EMPTY,
        keep,
        set_wakeup_fd,
        main_thread,
        signal_fds,
    )
