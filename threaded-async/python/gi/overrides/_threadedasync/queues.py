# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Queues between threads and coroutines."""

from gi.overrides import override
from gi.repository import GLib, GObject

from . import backend, errors, raw
from .backend import EMPTY
from .errors import QueueClosed, QueueEmpty, QueueFull, WaitTimeoutError, raise_converted
from .raw import MODULE, microseconds
from .waits import GET, RESERVE, wait_for

_raw = raw.ThreadedAsync
_take = backend.take
_try_take = backend.try_take
_try_put = backend.try_put


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

    __module__ = MODULE

    def __init__(self, capacity=0, item_type=None, name=None, **properties):
        """
        :param capacity: how many items it holds at most, or 0 for as many as there is memory for
        :param item_type: the only type of items that it takes, such as str, a GObject
            class, or int, which has 64 bits
        :param name: the name in messages
        """
        if item_type is not None:
            properties["item_type"] = GObject.TYPE_INT64 if item_type is int else item_type
        super().__init__(capacity=capacity, name=name, **properties)

    def try_get(self):
        """Returns an item, or raises QueueEmpty or QueueClosed; never waits."""
        item = _try_take(self)
        if item is not EMPTY:
            return item
        try:
            return _take(self, None, 0)
        except GLib.Error as error:
            raise_converted(error, QueueEmpty)

    def try_put(self, item):
        """Puts an item, or raises QueueFull or QueueClosed; never waits."""
        try:
            done = _try_put(self, item)
        except GLib.Error as error:
            raise_converted(error)
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
        timeout_us = -1 if timeout is None else microseconds(timeout)
        try:
            return _take(self, None, timeout_us)
        except GLib.Error as error:
            raise_converted(error, WaitTimeoutError, timeout_us)

    def put_wait(self, item, timeout=None):
        """Blocks the thread until there is space, and puts the item.

        :param timeout: how long to wait at most, in seconds; None for ever
        :raises WaitTimeoutError: (a TimeoutError) the time is up
        :raises QueueClosed: the queue is closed
        :raises RuntimeError: waiting here would block the loop of a runner: await put() there
        """
        timeout_us = -1 if timeout is None else microseconds(timeout)
        try:
            backend.put(self, item, timeout_us)
        except GLib.Error as error:
            raise_converted(error, timeout_us=timeout_us)

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
            raise_converted(error, WaitTimeoutError)
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
            raise_converted(error)
        finally:
            place = None
        message = f"there is no space in {self._describe()}"
        raise WaitTimeoutError(message, *errors.TIMED_OUT)

    def __aiter__(self):
        return _Items(self)
