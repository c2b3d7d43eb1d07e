# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Exceptions, and how they become errors of the library and come back.

An exception that ends a task or a promise is kept by the Python wrapper of the future, which lives
as long as the future does: its traceback most often leads back to the wrapper, and there the
garbage collector sees the whole circle. The error in the library only has domain, code and message,
for everybody else, and an origin, for errors that were passed on, by which the exception is found.

When a task is gone whose error nobody has taken, the library keeps the error, for the stop, and the
wrapper of the runner keeps the exception, for as long as there is the origin.
"""

import asyncio
import queue
import re
import traceback
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
    """Tasks failed, and nobody waited for them: an ExceptionGroup.

    It has the exceptions of the tasks of get_failed_tasks(), in their order. One that is no
    Exception, such as SystemExit, is the cause of the GLib.Error that stands for it.
    """

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
ALREADY_DONE = (_TA, int(_Code.ALREADY_DONE))


def kind(error):
    return error.domain, error.code


def converted(error, would_block=None):
    """The exception to raise for an error that a call of the library has failed with."""
    key = kind(error)
    if key == CANCELLED:
        return asyncio.CancelledError(error.message)
    cls = would_block if key == WOULD_BLOCK and would_block else _CLASSES.get(key)
    return cls(error.message, error.domain, error.code) if cls else error


def tell_time(error, timeout_us):
    """Has the error of a wait tell for how long it was to wait.

    In the main thread a wait is begun anew when a signal has come, with what is left of the time.
    """
    if kind(error) == TIMED_OUT and timeout_us > 0:
        after = f"Timed out after {timeout_us / 1_000_000:g} s "
        error.message = re.sub(r"^Timed out after \S+ s ", after, error.message)


def raise_converted(error, would_block=None, timeout_us=0):
    """Raises what converted() makes of an error."""
    tell_time(error, timeout_us)
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
    code = _io_code(error)
    origin = text = None
    if isinstance(error, GLib.Error):
        text = _text(error)
    elif code != Gio.IOErrorEnum.FAILED or future is None:
        text = _IO, code, _message(error)
    else:
        origin = _Origin()
    if future is not None:
        future._exception = _Kept(future, error, origin, text)

    if text is not None:
        domain, code, message = text
        promise.return_new_error_literal(GLib.quark_from_string(domain), code, message)
    else:
        box = raw.ThreadedAsync.Box.new(Foreign(origin), None, None)
        promise.return_foreign_error(_Code.FAILED, _message(error), box)


class _Origin:
    """What an error of the library has of the exception that it was: where to find it."""

    __slots__ = ("kept", "__weakref__")

    def __init__(self):
        self.kept = _nothing


def _nothing():
    return None


class _Lost:
    """The exceptions of tasks of a runner that are gone, and whose errors nobody has taken.

    Errors of GIO have no place for an origin. They are told apart by what they say, and it is not
    known here when they have been reported.
    """

    def __init__(self):
        self.by_origin = weakref.WeakKeyDictionary()
        self.by_text = []

    def add(self, kept, origin, n_failed):
        if kept.text is None:
            if origin is not None and len(self.by_origin) < _MAX_LOST:
                self.by_origin[origin] = kept
                # Who collects garbage has cleared the one that was there.
                origin.kept = weakref.ref(kept)
        else:
            self.by_text.append(kept)
            # Those of which there are more than failures have been reported.
            del self.by_text[: max(len(self.by_text) - min(n_failed, _MAX_LOST), 0)]

    def take(self, text):
        for kept in self.by_text:
            if kept.text == text:
                self.by_text.remove(kept)
                return kept
        return None


_MAX_LOST = 1000


def _text(error):
    return error.domain, error.code, error.message


class _Kept:
    """The exception of a future, with its traceback."""

    __slots__ = ("error", "traceback", "text", "_origin", "_runner", "__weakref__")

    def __init__(self, future, error, origin, text):
        """With an origin, or a text."""
        self.error = error
        self.traceback = error.__traceback__
        self.text = text
        self._origin = self._runner = _nothing
        if origin is not None:
            self._origin = weakref.ref(origin)
            origin.kept = weakref.ref(self)
        runner = future.get_runner() if isinstance(future, raw.ThreadedAsync.Task) else None
        if runner is not None:
            # What the wrapper has been given it has for as long as there is the runner.
            runner.__dict__.setdefault("_lost", _Lost())
            self._runner = weakref.ref(runner)

    def was_taken(self):
        self._runner = _nothing

    def __del__(self):
        # The future is gone. If its error is not, nobody has taken that yet.
        runner = self._runner()
        lost = getattr(runner, "_lost", None)
        if lost is not None:
            lost.add(self, self._origin(), runner.get_n_failed_tasks())


def _find_lost(future, error):
    """The exception of a task that stands for one that is gone."""
    runner = future.get_runner() if isinstance(future, raw.ThreadedAsync.Task) else None
    lost = getattr(runner, "_lost", None)
    return None if lost is None else lost.take(_text(error))


def _passed_on(future):
    """The exception of another future from which the error of this one comes."""
    box = raw.ThreadedAsync.Future.take_foreign_error(future, Foreign.__gtype__)
    if box is None:
        return None
    return box.get_foreign()[1].value.kept()


def _find_kept(future, error):
    """The exception that a future has failed with, if it comes from Python."""
    kept = getattr(future, "_exception", None)
    if kept is None and error.domain == _TA and error.code == _Code.FAILED:
        kept = _passed_on(future)
    elif kept is None and future.get_done():
        kept = _find_lost(future, error)
    return kept


def raise_for(future, error):
    """Raises what a wait for a future has failed with."""
    kept = _find_kept(future, error)
    try:
        if kept is None:
            raise converted(error) from None
        future._exception = kept
        kept.was_taken()
        raise kept.error.with_traceback(kept.traceback)
    finally:
        # The exception has this frame, which must not have the exception.
        kept = error = None


def _failure(task):
    """What a task has failed with that nobody has waited for, as an Exception."""
    error = raw.ThreadedAsync.Future.dup_error(task)
    kept = _find_kept(task, error)
    if kept is not None:
        kept.was_taken()
        kept.error.__traceback__ = kept.traceback
        if isinstance(kept.error, Exception):
            return kept.error
    found = converted(error)
    if not isinstance(found, Exception):
        found = error
    if kept is not None:
        found.__cause__ = kept.error
    return found


def stop_failed(runner, error):
    """The exception to raise for what a stop has failed with."""
    if kind(error) != (_TA, int(_Code.TASKS_FAILED)):
        return converted(error)
    failures = [_failure(task) for task in runner.get_failed_tasks()]
    runner.__dict__.pop("_lost", None)
    return TasksFailed(error.message, error.domain, error.code, failures or [error])


_N_SHOWN = 3


def describe(error):
    """What a stop has failed with, and where the first of its tasks have, for a person."""
    lines = [str(error)]
    if isinstance(error, TasksFailed):
        for failure in error.exceptions[:_N_SHOWN]:
            lines += ["".join(traceback.format_exception(failure)).rstrip()]
        if len(error.exceptions) > _N_SHOWN:
            lines += [f"(and the tracebacks of {len(error.exceptions) - _N_SHOWN} more)"]
    return "\n".join(lines)


def is_of_the_end(error):
    """Whether tasks have only failed because Python, which ends, has no more threads for them."""
    return all(
        isinstance(failure, RuntimeError) and "shutdown" in str(failure)
        for failure in error.exceptions
    )


def log(error):
    """Tells of what a stop has failed with where nobody can catch it."""
    fields = {"MESSAGE": GLib.Variant("s", describe(error))}
    message = GLib.Variant("a{sv}", fields)
    GLib.log_variant("ThreadedAsync", GLib.LogLevelFlags.LEVEL_MESSAGE, message)


def add_to(error, failure):
    """Has the exception that ends a context tell what the stop has failed with."""
    error.add_note(f"When the runner was stopped: {describe(failure)}")
    if isinstance(error, SystemExit):
        # Nobody prints its notes.
        log(failure)
