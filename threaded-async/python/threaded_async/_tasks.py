# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Tasks in the background."""

import abc
import asyncio
from typing import TYPE_CHECKING, Any, Awaitable, Coroutine, Generic, Optional, TypeVar, cast

from threaded_async._errors import USE_DEFAULT_TIMEOUT, ExceptionGroup
from threaded_async._loop import ForcedThreadShutdown
from threaded_async._outcome import Outcome, Stack

if TYPE_CHECKING:
    from threaded_async._runner import AsyncRunner

R = TypeVar("R")


class BackgroundTask(Generic[R], abc.ABC):
    """A coroutine that runs in the event loop of a runner."""

    __slots__ = ()

    @abc.abstractmethod
    def wait(self, timeout: Optional[float] = USE_DEFAULT_TIMEOUT) -> R:
        """Blocks until the task has ended, and returns its result or raises its exception.

        It may be called again, and does the same again. A timeout does not cancel the task.
        timeout: in seconds; None: for ever; USE_DEFAULT_TIMEOUT: the runner's.

        Raises EventLoopTimeoutError if it took too long, asyncio.CancelledError if the task was
        cancelled, and RuntimeError in the thread of the loop, where it would wait for itself, and
        if the runner has been shut down before the task ended.
        """

    @abc.abstractmethod
    def done(self) -> bool:
        """Whether the task has ended."""

    @abc.abstractmethod
    def cancel(self) -> None:
        """Cancels the task, as asyncio.Task.cancel() does."""


class UnfinishedError(RuntimeError):
    """The runner has been shut down before the task ended."""


class RunnerTask(BackgroundTask[R]):
    """The tasks that a runner makes."""

    __slots__ = ("_awaitable", "_outcome", "_runner", "_task", "__weakref__")

    def __init__(self, awaitable: Awaitable[R], runner: "AsyncRunner", stack: Stack) -> None:
        self._awaitable: Optional[Awaitable[R]] = awaitable
        self._runner = runner
        self._task: Optional["asyncio.Task[None]"] = None
        self._outcome: Outcome[R] = Outcome(awaitable, stack)

    @property
    def outcome(self) -> Outcome[R]:
        return self._outcome

    # In the thread of the loop.

    def start(self) -> None:
        """Makes the asyncio task."""
        loop = self._runner._loop
        assert loop is not None
        self._task = task = loop.create_task(self._run())
        # A task that is cancelled before it has begun never runs at all.
        task.add_done_callback(self._on_never_begun)

    async def _run(self) -> None:
        awaitable = self._awaitable
        task = self._task
        assert awaitable is not None and task is not None
        task.remove_done_callback(self._on_never_begun)
        self._awaitable = None
        try:
            result = await awaitable
        except ForcedThreadShutdown:
            if not self._outcome.claim():
                # The runner has been left, and nobody hears of it any more.
                return
            self._outcome.settle(None, asyncio.CancelledError())
            raise
        except BaseException as error:
            # SystemExit and KeyboardInterrupt are failures of the task, and not of the loop.
            self._settle(None, error)
        else:
            self._settle(result, None)

    def _on_never_begun(self, task: "asyncio.Task[None]") -> None:
        self.drop()
        self._settle(None, asyncio.CancelledError())

    def _settle(self, result: Optional[R], error: Optional[BaseException]) -> None:
        if self._outcome.claim():
            self._outcome.settle(result, error)
            if error is None or isinstance(error, asyncio.CancelledError):
                self._runner._forget(self)

    def cancel_in_loop(self) -> None:
        if self._task is not None:
            self._task.cancel()

    # When the loop has ended, in the thread that has ended it.

    def drop(self) -> None:
        """Closes the coroutines of a task that never begins, so that none is said to be missed."""
        awaitable, self._awaitable = self._awaitable, None
        if isinstance(awaitable, Coroutine):
            awaitable.close()
            coroutine = None if self._task is None else self._task.get_coro()
            if isinstance(coroutine, Coroutine):
                coroutine.close()

    def is_run_by(self, task: "asyncio.Task[Any]") -> bool:
        return self._task is task

    def report(self, group: ExceptionGroup) -> None:
        """Adds why it failed, if it did."""
        error = self._outcome.error
        if error is not None and not isinstance(error, (asyncio.CancelledError, UnfinishedError)):
            # SystemExit and the like are no subclasses of Exception, and yet failures of a task.
            group.record_exception(cast(Exception, error))

    def abandon(self) -> None:
        """Ends the waits for a task that never ends, and keeps asyncio from talking about it."""
        if self._outcome.claim():
            message = f"The runner was shut down before {self._outcome.subject} ended."
            self._outcome.settle(None, UnfinishedError(message))
        self.drop()
        task = self._task
        if task is not None:
            # Asyncio would complain about both when it frees the task.
            if not task.done():
                task._log_destroy_pending = False  # type: ignore[attr-defined]
            elif not task.cancelled():
                task.exception()

    # In any thread.

    def wait(self, timeout: Optional[float] = USE_DEFAULT_TIMEOUT) -> R:
        """See BackgroundTask."""
        runner = self._runner
        timeout = runner._get_timeout_or_default(timeout)
        if runner.in_runner_loop:
            raise RuntimeError(
                f"Cannot wait for {self._outcome.subject} in the event loop that runs it: await it."
            )
        try:
            return self._outcome.block(timeout)
        finally:
            if self._outcome.settled:
                # Somebody knows how it ended.
                runner._forget(self)

    def done(self) -> bool:
        """See BackgroundTask."""
        return self._outcome.settled and not isinstance(self._outcome.error, UnfinishedError)

    def cancel(self, timeout: Optional[float] = USE_DEFAULT_TIMEOUT) -> None:
        """See BackgroundTask. The timeout is for the loop to hear of it."""
        self._runner.call_in_loop(self.cancel_in_loop, timeout=timeout)

    def __repr__(self) -> str:
        state = "done" if self.done() else "pending"
        return f"<BackgroundTask {state} {self._outcome.subject}>"
