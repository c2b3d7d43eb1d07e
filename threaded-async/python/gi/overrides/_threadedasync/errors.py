# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Exceptions, and how they become errors of the library and come back.

An exception that ends a task or a promise is kept by the Python wrapper of the future, which lives
as long as the future does: its traceback most often leads back to the wrapper, and there the
garbage collector sees the whole circle. The error in the library only has domain, code and message,
for everybody else, and a weak reference, for errors that were passed on.
"""

import asyncio
import queue
import weakref

from gi.repository import Gio, GLib

from . import raw
from .values import Foreign

_IO = GLib.quark_to_string(Gio.io_error_quark())
_TA = GLib.quark_to_string(raw.ThreadedAsync.error_quark())
_Code = raw.ThreadedAsync.Error


class _Error(GLib.Error):
    __slots__ = ()

    def __str__(self):
        return self.message

    def __repr__(self):
        return f"{type(self).__name__}({self.message!r})"


class WaitTimeoutError(_Error, TimeoutError):
    """A wait took too long. It names what was waited for."""


class QueueClosed(_Error):
    """The queue was closed."""


class QueueEmpty(_Error, asyncio.QueueEmpty, queue.Empty):
    """There is no item in the queue at the moment."""


class QueueFull(_Error, asyncio.QueueFull, queue.Full):
    """There is no space in the queue at the moment."""


class TasksFailed(_Error, ExceptionGroup):
    """Tasks failed, and nobody waited for them: an ExceptionGroup, of the last 100 at most."""

    __slots__ = ()

    def __new__(cls, message, _domain, _code, exceptions):
        return ExceptionGroup.__new__(cls, message, exceptions)

    def __init__(self, _message, domain, code, _exceptions):
        # The message is that of the group.
        self.domain = domain
        self.code = code

    def derive(self, exceptions):
        return ExceptionGroup(self.message, exceptions)


class ForcedStop(KeyboardInterrupt):
    """Stops a coroutine that is stuck when its runner stops.

    It is a KeyboardInterrupt because those get through `except Exception` and through asyncio.
    """


_CLASSES = {
    (_IO, int(Gio.IOErrorEnum.TIMED_OUT)): WaitTimeoutError,
    (_TA, int(_Code.CLOSED)): QueueClosed,
}

CANCELLED = (_IO, int(Gio.IOErrorEnum.CANCELLED))
WOULD_BLOCK = raw.WOULD_BLOCK
TIMED_OUT = (_IO, int(Gio.IOErrorEnum.TIMED_OUT))


def kind(error):
    return error.domain, error.code


def converted(error, would_block=None):
    """The exception to raise for an error that a call of the library has failed with."""
    key = kind(error)
    if key == CANCELLED:
        return asyncio.CancelledError(error.message)
    cls = would_block if key == WOULD_BLOCK and would_block else _CLASSES.get(key)
    return cls(error.message, error.domain, error.code) if cls else error


def raise_converted(error, would_block=None):
    """Raises what converted() makes of an error."""
    raise converted(error, would_block) from None


def _io_code(error):
    if isinstance(error, TimeoutError):
        return int(Gio.IOErrorEnum.TIMED_OUT)
    if isinstance(error, OSError) and error.errno:
        return int(Gio.io_error_from_errno(error.errno))
    return int(Gio.IOErrorEnum.FAILED)


def _message(error):
    try:
        text = str(error)
    except Exception:
        text = ""
    name = type(error).__name__
    text = f"{name}: {text}" if text else name
    return text.encode(errors="replace").decode().replace("\0", "\ufffd")


def _was_forced(promise, error):
    """PyGObject loses an exception that comes while it makes one for an error of the library."""
    if type(error) is not RuntimeError or "Converting the GError" not in str(error):
        return False
    future = promise.get_future()
    runner = future.get_runner() if isinstance(future, raw.ThreadedAsync.Task) else None
    return getattr(runner, "_is_interrupted", False)


def fail(promise, error):
    """Ends a promise with an exception."""
    if isinstance(error, (asyncio.CancelledError, ForcedStop)) or _was_forced(promise, error):
        message = str(error) or "The work was cancelled"
        promise.return_new_error_literal(Gio.io_error_quark(), CANCELLED[1], message)
        return

    future = promise.get_future()
    if future is not None:
        future._exception = error, error.__traceback__
        _keep(future, error)

    if isinstance(error, GLib.Error):
        domain = GLib.quark_from_string(error.domain)
        promise.return_new_error_literal(domain, error.code, error.message)
        return

    code = _io_code(error)
    if code != Gio.IOErrorEnum.FAILED or future is None:
        promise.return_new_error_literal(Gio.io_error_quark(), code, _message(error))
        return

    box = raw.ThreadedAsync.Box.new(Foreign(weakref.ref(future)), None, None)
    promise.return_foreign_error(_Code.FAILED, _message(error), box)


_MAX_KEPT = 100


def _keep(future, error):
    """Keeps the exception of a task until somebody has taken it, or the runner has ended."""
    runner = future.get_runner() if isinstance(future, raw.ThreadedAsync.Task) else None
    if runner is None:
        return
    failures = runner.__dict__.setdefault("_failures", {})
    failures[id(error)] = error
    while len(failures) > _MAX_KEPT:
        failures.pop(next(iter(failures)), None)


def _forget(future, error):
    runner = future.get_runner() if isinstance(future, raw.ThreadedAsync.Task) else None
    failures = getattr(runner, "_failures", None)
    if failures:
        failures.pop(id(error), None)


def stop_failed(runner, error):
    """The exception to raise for what a stop has failed with."""
    if kind(error) != (_TA, int(_Code.TASKS_FAILED)):
        return converted(error)
    failures = runner.__dict__.pop("_failures", {}).values()
    # Those of other languages are not among them, and a group of exceptions takes no others.
    failures = [failure for failure in failures if isinstance(failure, Exception)] or [error]
    return TasksFailed(error.message, error.domain, error.code, failures)


def _passed_on(future):
    """The exception of another future from which the error of this one comes."""
    box = raw.ThreadedAsync.Future.take_foreign_error(future, Foreign.__gtype__)
    if box is None:
        return None
    origin = box.get_foreign()[1].value()
    return getattr(origin, "_exception", None)


def raise_for(future, error):
    """Raises what a wait for a future has failed with."""
    kept = getattr(future, "_exception", None)
    if kept is None and error.domain == _TA and error.code == _Code.FAILED:
        kept = _passed_on(future)
        if kept is not None:
            future._exception = kept
    try:
        if kept is None:
            raise converted(error) from None
        _forget(future, kept[0])
        raise kept[0].with_traceback(kept[1])
    finally:
        # The exception has this frame, which must not have the exception.
        kept = error = None
