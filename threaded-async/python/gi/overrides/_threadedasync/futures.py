# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Values that will be there later, and those who see to that: futures, tasks and promises."""

import asyncio

from gi.overrides import override
from gi.repository import GLib

from . import addresses, backend, errors, raw
from .errors import WaitTimeoutError, raise_converted
from .delays import add_delay
from .pure import resolve_default
from .raw import DEFAULT_TIMEOUT, MODULE, microseconds
from .tasks import current_promise, is_current
from .waits import FUTURE, wait_for

_raw = raw.ThreadedAsync
_is_done = backend.is_done
_take = backend.take


@override
class Future(_raw.Future):
    """One value or exception that will be there later, for any number of waiters."""

    __module__ = MODULE

    @property
    def done(self) -> bool:
        """Whether there is a value or an exception."""
        return _is_done(self)

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
            raise_converted(error, WaitTimeoutError)
        if errors.kind(error) == errors.TIMED_OUT and not _is_done(self):
            if timeout_us == _raw.TIMEOUT_DEFAULT:
                timeout_us = resolve_default(self)
            errors.tell_time(error, timeout_us)
            add_delay(self, error, timeout_us)
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
        if not _is_done(self):
            if is_current(self):
                raise RuntimeError(f"A task cannot await itself: {self!r}")
            result = await wait_for(FUTURE, self, raw.INFINITE)
        try:
            return _take(self, result, 0)
        except GLib.Error as failure:
            error = failure
        finally:
            # The traceback of the exception, which this future keeps, keeps this frame; and the
            # result keeps this future, in a way that no garbage collector sees.
            result = None
        try:
            errors.raise_for(self, error)
        finally:
            error = None

    def __await__(self):
        return self._wait().__await__()


# The addresses of the tasks whose functions are being called, and have not taken the promises yet.
untaken = set()


@override
class Task(_raw.Task, Future):
    """Work on a runner: a future that can be cancelled, and tells how far it is."""

    __module__ = MODULE

    def wait(self, timeout=DEFAULT_TIMEOUT):
        """Blocks the thread until the work has ended, and returns its result.

        As Future.wait(); the timeout is by default the default_timeout of the runner.
        """
        return Future.wait(self, timeout)

    def take_promise(self):
        """Takes what the result is returned with; once, in the function of the task."""
        untaken.discard(addresses.get(self))
        return _raw.Task.take_promise(self)

    @property
    def name(self):
        """The name in messages, or None."""
        return self.dup_name()

    @property
    def progress(self) -> float:
        """How far the work is, from 0 to 1."""
        return self.get_progress()

    @property
    def status(self):
        """What the work is doing, or None."""
        return self.dup_status()


@override
class Promise(_raw.Promise):
    """The writing side of a future: usable once, from any thread."""

    __module__ = MODULE

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
        """Ends the promise with any object.

        :raises asyncio.InvalidStateError: the promise has returned already
        """
        try:
            backend.return_value(self, value)
        except GLib.Error as error:
            if errors.kind(error) != errors.ALREADY_DONE:
                raise
            raise asyncio.InvalidStateError(error.message) from None

    def return_error(self, error):
        """Ends the promise with an exception.

        :raises asyncio.InvalidStateError: the promise has returned already
        """
        if not isinstance(error, BaseException):
            raise TypeError(f"an exception is needed, not {error!r}")
        if self.get_future() is None:
            raise asyncio.InvalidStateError("The promise has returned already")
        errors.fail(self, error)
