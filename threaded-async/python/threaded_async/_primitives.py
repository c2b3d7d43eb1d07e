# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Events, futures and queues between threads and the coroutines of a runner."""

import asyncio
import threading
from asyncio import _get_running_loop
from typing import Any, Callable, Coroutine, Generic, List, Optional, TypeVar

from threaded_async import _loop
from threaded_async._errors import (
    USE_DEFAULT_TIMEOUT,
    EventLoopTimeoutError,
    InvalidStateError,
)
from threaded_async._outcome import Outcome, Waiter
from threaded_async._runner import AsyncRunner

# What a wait for a queue fails with.
Failures = (TimeoutError, _loop.QueueClosed, *_loop.WouldBlock)

R = TypeVar("R")
R2 = TypeVar("R2")
ValueT = TypeVar("ValueT")


class AsyncEvent(asyncio.Event):
    """An event of asyncio that threads can wait for, too."""

    def __init__(self) -> None:
        super().__init__()
        self.waiters: List[Waiter] = []

    def set(self) -> None:
        super().set()
        for waiter in tuple(self.waiters):
            waiter.wake()


class Event:
    """A flag that threads and the coroutines of a runner set and wait for."""

    def __init__(self, runner: AsyncRunner, timeout: Optional[float] = USE_DEFAULT_TIMEOUT) -> None:
        """Makes an event that is not set, for the loop of a runner, which has to run."""
        runner._assert_running()
        runner._get_timeout_or_default(timeout)
        self._runner = runner
        self._event = AsyncEvent()

    def set(self, timeout: Optional[float] = USE_DEFAULT_TIMEOUT) -> None:
        """Sets the event, in the loop; one that is stuck raises EventLoopTimeoutError."""
        self._runner.call_in_loop(self._event.set, timeout=timeout)

    def is_set(self, timeout: Optional[float] = USE_DEFAULT_TIMEOUT) -> bool:
        """Whether the event is set, when the loop has done all that was ready."""
        runner = self._runner
        runner._assert_running()
        timeout = runner._get_timeout_or_default(timeout)
        if not runner.in_runner_loop:
            runner._wait_for_rest(timeout)
        return self._event.is_set()

    def wait(self, timeout: Optional[float] = USE_DEFAULT_TIMEOUT) -> None:
        """Blocks until the event is set; EventLoopTimeoutError if that takes too long."""
        runner = self._runner
        runner._assert_running()
        timeout = runner._get_timeout_or_default(timeout)
        if runner.in_runner_loop:
            raise RuntimeError(
                "Cannot wait for an event in the event loop: await as_async_event().wait()."
            )
        runner._block(self._event.waiters, self._event.is_set, self.wait, timeout)

    def as_async_event(self) -> asyncio.Event:
        """The event for the coroutines of the runner."""
        return self._event


class Future(Generic[ValueT]):
    """A result that is set once, and which threads and the coroutines of a runner wait for."""

    def __init__(self, runner: AsyncRunner) -> None:
        """Makes a future for the loop of a runner, which has to run."""
        runner._assert_running()
        self._runner = runner
        self._outcome: Outcome[ValueT] = Outcome(None)
        # What the coroutines wait for; changed in the loop only.
        self._waiters: "List[asyncio.Future[None]]" = []

    def set_result(self, result: ValueT) -> None:
        """Sets the result. InvalidStateError: the future has a result or an exception already."""
        self._settle(result, None)

    def set_exception(self, exception: BaseException) -> None:
        """Sets the exception that is raised instead of a result."""
        self._settle(None, exception)

    def _settle(self, result: Optional[ValueT], error: Optional[BaseException]) -> None:
        runner = self._runner
        runner._assert_running()
        if not self._outcome.claim():
            raise InvalidStateError("The future has a result or an exception already.")
        self._outcome.settle(result, error)
        # result() enters the list first and looks for an outcome then.
        if not self._waiters:
            pass
        elif runner.in_runner_loop:
            self._wake()
        else:
            runner._post(self._wake)

    def _wake(self) -> None:
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)

    def done(self) -> bool:
        """Whether the future has a result or an exception."""
        return self._outcome.settled

    async def result(self) -> ValueT:
        """Waits in a coroutine of the runner, and returns the result or raises the exception."""
        if not self._outcome.settled:
            waiter = check_loop(self._runner, self).create_future()
            self._waiters.append(waiter)
            try:
                if not self._outcome.settled:
                    await waiter
            finally:
                self._waiters.remove(waiter)
        return self._outcome.get()

    def result_wait(self, timeout: Optional[float] = USE_DEFAULT_TIMEOUT) -> ValueT:
        """Blocks until the future is done, and returns the result or raises the exception."""
        runner = self._runner
        runner._assert_running()
        timeout = runner._get_timeout_or_default(timeout)
        if runner.in_runner_loop:
            raise RuntimeError("Cannot wait for a future in the event loop: await result().")
        outcome = self._outcome
        runner._block(outcome.waiters, outcome.is_settled, self.result, timeout)
        return outcome.get()


class Queue(Generic[R]):
    """A queue between threads and the coroutines of a runner."""

    def __init__(self, runner: AsyncRunner, maxsize: int = 0) -> None:
        """Makes a queue for a runner, which need not have been started.

        maxsize: how many items there is room for; 0 or less: any number.
        """
        self._runner = runner
        self._maxsize = maxsize
        self._queue: "_loop.BlockingQueue[R]" = _loop.BlockingQueue(max(maxsize, 0))
        runner._add_closable(self)

    def _close(self) -> None:
        self._queue.close()

    def _catch_up(self, timeout: Optional[float]) -> None:
        """Lets the loop do all that is ready, unless it has not been started, or is this one."""
        runner = self._runner
        timeout = runner._get_timeout_or_default(timeout)
        if not (runner._is_new or runner.in_runner_loop):
            runner._wait_for_rest(timeout)

    def empty(self, timeout: Optional[float] = USE_DEFAULT_TIMEOUT) -> bool:
        """Whether there is no item, when the loop has done all that was ready."""
        return self.qsize(timeout) == 0

    def full(self, timeout: Optional[float] = USE_DEFAULT_TIMEOUT) -> bool:
        """Whether there is no room, when the loop has done all that was ready."""
        return self.qsize(timeout) >= self._maxsize > 0

    def qsize(self, timeout: Optional[float] = USE_DEFAULT_TIMEOUT) -> int:
        """How many items there are, when the loop has done all that was ready."""
        self._catch_up(timeout)
        return self._queue.get_length()

    def get(self) -> Coroutine[Any, Any, R]:
        """Takes an item, in a coroutine of the runner: await get()."""
        if _get_running_loop() is self._runner._loop:
            return self._queue.get()
        return self._get_elsewhere()

    def put(self, item: R) -> Coroutine[Any, Any, None]:
        """Puts an item, when there is room, in a coroutine of the runner: await put(item)."""
        if _get_running_loop() is self._runner._loop:
            return self._queue.put(item)
        return self._put_elsewhere(item)

    # Called in another thread they may yet be awaited in the right loop.

    async def _get_elsewhere(self) -> R:
        if self._runner.in_runner_loop:
            return await self._queue.get()
        return self._in_other_loop(self._queue.try_get)

    async def _put_elsewhere(self, item: R) -> None:
        if self._runner.in_runner_loop:
            return await self._queue.put(item)
        return self._in_other_loop(lambda: self._queue.try_put(item))

    def get_wait(self, timeout: Optional[float] = USE_DEFAULT_TIMEOUT) -> R:
        """Takes an item; blocks until there is one. A get that timed out takes none."""
        runner = self._runner
        timeout = runner._get_timeout_or_default(timeout)
        try:
            if runner._is_running and _get_running_loop() is None:
                return self._queue.get_wait(timeout)
            return self._in_loop(self._queue.try_get, lambda: self._queue.get_wait(timeout))
        except Failures as error:
            raise self._failed(error, self.get_wait, timeout) from None

    def put_wait(self, item: R, timeout: Optional[float] = USE_DEFAULT_TIMEOUT) -> None:
        """Puts an item; blocks until there is room for it. A put that timed out puts nothing."""
        runner = self._runner
        timeout = runner._get_timeout_or_default(timeout)
        try:
            if runner._is_running and _get_running_loop() is None:
                return self._queue.put_wait(item, timeout)
            return self._in_loop(
                lambda: self._queue.try_put(item), lambda: self._queue.put_wait(item, timeout)
            )
        except Failures as error:
            raise self._failed(error, self.put_wait, timeout) from None

    def _in_other_loop(self, attempt: Callable[[], R2]) -> R2:
        """What a coroutine of another loop may do, as with a queue of asyncio."""
        try:
            return attempt()
        except _loop.WouldBlock:
            raise RuntimeError(
                f"{self!r} belongs to the event loop of its runner. Elsewhere use get_wait() and "
                "put_wait()."
            ) from None

    def _in_loop(self, attempt: Callable[[], R2], operation: Callable[[], R2]) -> R2:
        """What blocks, where it must not, and on a runner that does not run."""
        runner = self._runner
        if runner._is_new or runner.in_runner_loop:
            return attempt()
        runner._assert_running()
        return outside_loops(operation)

    def _failed(
        self, error: BaseException, subject: object, timeout: Optional[float]
    ) -> BaseException:
        if isinstance(error, TimeoutError):
            return EventLoopTimeoutError(subject, timeout)
        if isinstance(error, _loop.QueueClosed):
            # By the runner when it ended, perhaps while this was waiting.
            return asyncio.CancelledError()
        # Nobody would end the wait, if the runner is never started, or it is the loop's own.
        self._runner._assert_running()
        return RuntimeError(
            "Cannot wait for a queue in the event loop of its runner: await get() or put()."
        )


def outside_loops(fun: Callable[[], R2]) -> R2:
    """Calls a function that blocks, in a thread of its own if it would block a loop.

    A loop must not block, and the library would refuse it. But this package always let one runner
    wait for another.
    """
    if asyncio._get_running_loop() is None:
        return fun()
    outcome: Outcome[R2] = Outcome(fun)

    def call() -> None:
        try:
            result = fun()
        except BaseException as error:
            outcome.settle(None, error)
        else:
            outcome.settle(result, None)

    threading.Thread(target=call, daemon=True).start()
    return outcome.block(None)


def check_loop(runner: AsyncRunner, subject: object) -> asyncio.AbstractEventLoop:
    """The loop of a runner, in a coroutine of it."""
    loop = _get_running_loop()
    if loop is None or loop is not runner._loop:
        raise RuntimeError(f"{subject!r} belongs to the event loop of its runner.")
    return loop
