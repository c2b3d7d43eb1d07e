# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Event loops in the background."""

import asyncio
import weakref
from types import CoroutineType, TracebackType
from typing import (
    Any,
    Awaitable,
    Callable,
    Coroutine,
    Dict,
    List,
    Optional,
    Protocol,
    Type,
    TypeVar,
)

from threaded_async._errors import (
    USE_DEFAULT_TIMEOUT,
    EventLoopTimeoutError,
    ExceptionGroup,
    ShutdownType,
)
from threaded_async._loop import Barrier, ForcedThreadShutdown, LoopThread
from threaded_async._outcome import Outcome, Stack, Waiter, capture_stack, format_stack
from threaded_async._tasks import BackgroundTask, RunnerTask
from threaded_async.timers import TimeoutTimer

R = TypeVar("R")

# How many turns a coroutine may need to go on with what was given to it.
CATCH_UP_TURNS = 8

# After so many turns a loop that always has something to do counts as having rested.
REST_TURNS = 64

NOT_RUNNING = "Event loop is not running."


class Closable(Protocol):
    """What ends together with its runner."""

    def _close(self) -> None:
        ...


class Call(Outcome[R]):
    """A function that the loop is to call, and for which a thread waits."""

    __slots__ = ("_fun",)

    def __init__(self, fun: Callable[[], R]) -> None:
        super().__init__(fun)
        self._fun = fun

    def run(self) -> None:
        if not self.claim():
            return
        try:
            result = self.do()
        except ForcedThreadShutdown:
            self.settle(None, asyncio.CancelledError())
            raise
        except BaseException as error:
            self.settle(None, error)
        else:
            self.succeed(result)

    def do(self) -> R:
        return self._fun()

    def succeed(self, result: R) -> None:
        self.settle(result, None)

    def abandon(self) -> None:
        if self.claim():
            self.settle(None, AssertionError(NOT_RUNNING))


class LastCall(Call[None]):
    """What the loop ends with.

    It is over when nothing of the loop is left, so that the thread which waits is woken only once.
    """

    __slots__ = ("_let_go", "has_let_go")

    def __init__(self, let_go: Callable[[Callable[[], object]], None]) -> None:
        super().__init__(_do_nothing)
        self._let_go = let_go
        self.has_let_go = False

    def do(self) -> None:
        self._let_go(self._at_end)

    def succeed(self, result: None) -> None:
        self.has_let_go = True

    def _at_end(self) -> None:
        self.has_let_go = True
        self.settle(None, None)


class discarded_on_failure:
    """Keeps Python from saying that a coroutine which was refused was never awaited."""

    __slots__ = ("_awaitable",)

    def __init__(self, awaitable: Awaitable[Any]) -> None:
        self._awaitable = awaitable

    def __enter__(self) -> None:
        pass

    def __exit__(
        self,
        exc_type: Optional[Type[BaseException]],
        exc_value: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        # After a timeout, or Ctrl-C, the loop may yet begin with it.
        if exc_type is not None and isinstance(self._awaitable, Coroutine):
            if issubclass(exc_type, Exception) and not issubclass(exc_type, TimeoutError):
                self._awaitable.close()


class AsyncRunner:
    """An asyncio event loop in a thread of its own, while its context is entered, once.

    Attributes:
        exit_timeout: how long leaving the context waits for the loop, in seconds, before it uses
            force, and then again; None: for ever.
        call_in_loop_timeout: the default of all other timeouts, in seconds; None: for ever.
    """

    def __init__(
        self,
        exit_timeout: Optional[float] = 1.0,
        call_in_loop_timeout: Optional[float] = None,
        debug: bool = False,
        log_forced_shutdown_stack_trace: bool = True,
    ) -> None:
        """Prepares a runner; it starts when its context is entered.

        debug: the loop is in asyncio's debug mode.
        log_forced_shutdown_stack_trace: where a stuck loop was when it was forced to stop is
            written to the standard error output.
        """
        self.exit_timeout = exit_timeout
        self.call_in_loop_timeout = call_in_loop_timeout
        self._debug = debug
        self._log_forced_shutdown = log_forced_shutdown_stack_trace
        self._is_new = True
        self._is_running = False
        self._shutdown_type = ShutdownType.NOT_SHUT_DOWN
        self._thread = LoopThread()
        # Now, since at the end Ctrl-C may come in each function that is called.
        self._last_call = LastCall(self._thread.let_go)
        self._loop: Optional[asyncio.AbstractEventLoop] = None
        self._barrier: Optional[Barrier] = None
        self._is_known_to_be_stuck = False
        # Used as sets. A task stays until it has succeeded, or somebody knows how it ended. What
        # is in them when the loop has ended is told so; who adds something checks afterwards that
        # the runner is still running.
        self._tasks: Dict[RunnerTask[Any], None] = {}
        self._calls: Dict[Call[Any], None] = {}
        self._waiters: Dict[Waiter, None] = {}
        self._closables: "weakref.WeakSet[Closable]" = weakref.WeakSet()

    def _get_timeout_or_default(self, timeout: Optional[float]) -> Optional[float]:
        if timeout is None or timeout >= 0.0:
            return timeout
        assert timeout == USE_DEFAULT_TIMEOUT, f"A timeout must not be negative: {timeout}"
        return self.call_in_loop_timeout

    def _assert_running(self) -> None:
        assert self._is_running, NOT_RUNNING

    # The context

    def __enter__(self) -> "AsyncRunner":
        """Starts the loop, and returns when it runs."""
        assert not self._is_running, "The event loop is running already."
        if not self._is_new:
            raise RuntimeError("An AsyncRunner can be entered only once: make another one.")
        try:
            self._loop = self._thread.start(self._debug)
            self._is_new = False
            self._is_running = True
            return self
        except BaseException:
            # Perhaps Ctrl-C, at any moment of that.
            self._is_running = False
            self._thread.take_back()
            raise

    def __exit__(
        self,
        exc_type: Optional[Type[BaseException]],
        exc_value: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        """Stops the loop: lets it go round once, cancels all tasks, and lets it go round again.

        Force is used on a loop that does not do so within the exit timeout. Raises ExceptionGroup
        if tasks have failed and nobody has waited for them. Ctrl-C has it end in the background.
        """
        assert self._is_running, NOT_RUNNING
        call = self._last_call
        interrupted, refused = True, False
        try:
            refused = self.in_runner_loop
            if refused:
                raise RuntimeError("Cannot stop the event loop in its own thread.")
            with TimeoutTimer(self._get_timeout_or_default(self.exit_timeout)) as timer:
                try:
                    self._call(call, timer.remaining, self._rest, CATCH_UP_TURNS, self._leave, call)
                except EventLoopTimeoutError:
                    pass
                interrupted = False
        finally:
            if not refused:
                self._end(not call.has_let_go, interrupted)
        self._raise_failures()

    def _leave(self, call: LastCall) -> None:
        """What is done in the loop before it ends."""
        for background_task in tuple(self._tasks):
            background_task.cancel_in_loop()
        tasks = asyncio.all_tasks(self._loop)
        if not tasks:
            return call.run()
        for task in tasks:
            task.cancel()
        # A turn for them to end, and as many for what they told others.
        assert self._loop is not None
        self._loop.call_soon(self._rest, CATCH_UP_TURNS, _call_soon, call.run)

    def _end(self, stuck: bool, interrupted: bool) -> None:
        self._shutdown_type = ShutdownType.UNKNOWN
        try:
            if interrupted:
                # Such as by Ctrl-C: then nobody wants to wait.
                self._thread.take_back()
                return
            self._shutdown_type = self._thread.stop(
                self._get_timeout_or_default(self.exit_timeout), stuck, self._log_forced_shutdown
            )
        finally:
            self._is_running = False
            self._barrier = None
            for closable in tuple(self._closables):
                closable._close()
            for waiter in tuple(self._waiters.copy()):
                waiter.cancel()
            for call in tuple(self._calls.copy()):
                call.abandon()
            for task in tuple(self._tasks.copy()):
                task.abandon()

    def _raise_failures(self) -> None:
        group = ExceptionGroup()
        for task in tuple(self._tasks):
            task.report(group)
        self._tasks.clear()
        if group.exceptions:
            raise group

    # Properties

    @property
    def is_running(self) -> bool:
        """Whether the loop runs and can be given work."""
        return self._is_running

    @property
    def shutdown_type(self) -> ShutdownType:
        """How the loop was stopped."""
        return self._shutdown_type

    @property
    def in_runner_loop(self) -> bool:
        """Whether the caller is in this loop."""
        loop = asyncio._get_running_loop()
        return loop is not None and loop is self._loop

    # Work for the loop

    def _post(self, callback: Callable[..., object], *args: Any) -> None:
        assert self._loop is not None
        try:
            self._loop.call_soon_threadsafe(callback, *args)
        except RuntimeError:
            # The loop has been closed since the caller looked.
            raise AssertionError(NOT_RUNNING) from None

    def _call(
        self, call: Call[R], timeout: Optional[float], callback: Callable[..., object], *args: Any
    ) -> R:
        """Posts a callback that leads to a call, and waits for that."""
        self._calls[call] = None
        try:
            self._assert_running()
            self._post(callback, *args)
            return call.block(timeout)
        finally:
            self._calls.pop(call, None)

    def call_in_loop(
        self, fun: Callable[[], R], timeout: Optional[float] = USE_DEFAULT_TIMEOUT
    ) -> R:
        """Calls a function in the loop, and returns what it returns; within the loop, at once.

        Tasks that were created before have begun by then. The function is called later if the call
        takes too long, which raises EventLoopTimeoutError.
        """
        self._assert_running()
        if self.in_runner_loop:
            return fun()
        assert self._loop is not None
        call = Call(fun)
        timeout = self._get_timeout_or_default(timeout)
        return self._call(call, timeout, self._rest, CATCH_UP_TURNS, call.run)

    def create_task(
        self,
        awaitable: Awaitable[R],
        task_creation_timeout: Optional[float] = USE_DEFAULT_TIMEOUT,
    ) -> BackgroundTask[R]:
        """Has the loop await something, and returns the task that does so.

        If there is a timeout, by default that of the runner, it waits until the loop has made the
        task; EventLoopTimeoutError says that the loop is busy, and makes it later.
        """
        with discarded_on_failure(awaitable):
            timeout = self._get_timeout_or_default(task_creation_timeout)
            return self._create_task(awaitable, timeout, capture_stack(1))

    def _create_task(
        self, awaitable: Awaitable[R], timeout: Optional[float], stack: Stack
    ) -> RunnerTask[R]:
        self._assert_running()
        if type(awaitable) is not CoroutineType and not isinstance(awaitable, Awaitable):
            hint = ": call it" if callable(awaitable) else ""
            raise TypeError(f"{awaitable!r} cannot be awaited{hint}.")
        task = RunnerTask(awaitable, self, stack)
        self._tasks[task] = None
        try:
            if self.in_runner_loop:
                task.start()
            elif timeout is None:
                self._assert_running()
                self._post(task.start)
            else:
                call = Call(task.start)
                call.subject = awaitable
                call.stack = stack
                self._call(call, timeout, call.run)
        except AssertionError:
            self._forget(task)
            raise
        return task

    def run(self, awaitable: Awaitable[R], timeout: Optional[float] = USE_DEFAULT_TIMEOUT) -> R:
        """Has the loop await something, waits for it, and returns the result.

        Raises EventLoopTimeoutError if it takes too long, which does not cancel it.
        """
        with discarded_on_failure(awaitable):
            if self.in_runner_loop:
                raise RuntimeError(f"Cannot wait for {awaitable} in the event loop: await it.")
            timeout = self._get_timeout_or_default(timeout)
            task = self._create_task(awaitable, None, capture_stack(1))
        return task.wait(timeout)

    def wait_for_next_eventloop_iteration(
        self, timeout: Optional[float] = USE_DEFAULT_TIMEOUT
    ) -> None:
        """Blocks until the loop has done what was ready, and has gone round once more.

        Raises EventLoopTimeoutError, which names the task that keeps the loop, if it is stuck.
        """
        # As many turns as a task needs that sleeps for 0 seconds.
        self._wait_for_loop(timeout, CATCH_UP_TURNS, _call_soon)

    def _wait_for_rest(self, timeout: Optional[float]) -> None:
        """Blocks until the loop has nothing more to do, or has gone round REST_TURNS times."""
        self._assert_running()
        barrier = self._barrier
        if barrier is None:
            barrier = self._barrier = Barrier(self._thread)
        if self._is_known_to_be_stuck:
            # The library waits no more for a loop of which it has told that it is stuck.
            self._wait_for_loop(timeout, REST_TURNS)
            self._is_known_to_be_stuck = False
        elif not barrier.wait(timeout):
            self._is_known_to_be_stuck = True
            raise self._name_busy_task(timeout) or EventLoopTimeoutError("the loop", timeout)

    def _rest(self, turns: int, callback: Callable[..., object], *args: Any) -> None:
        """Calls back, in the loop, when nothing else is ready in it, or after so many turns."""
        assert self._loop is not None
        if turns > 0 and not self._thread.is_at_rest():
            self._loop.call_soon(self._rest, turns - 1, callback, *args)
        else:
            callback(*args)

    def _wait_for_loop(
        self, timeout: Optional[float], turns: int, *callbacks: Callable[..., object]
    ) -> None:
        self._assert_running()
        if self.in_runner_loop:
            raise RuntimeError("Cannot wait for the event loop in its own thread.")
        timeout = self._get_timeout_or_default(timeout)
        call = Call(_do_nothing)
        try:
            self._call(call, timeout, self._rest, turns, *callbacks, call.run)
        except EventLoopTimeoutError as error:
            raise self._name_busy_task(timeout) or error from None

    def _name_busy_task(self, timeout: Optional[float]) -> Optional[EventLoopTimeoutError]:
        current = asyncio.current_task(self._loop)
        if current is None:
            return None
        for task in tuple(self._tasks.copy()):
            if task.is_run_by(current):
                outcome = task.outcome
                return EventLoopTimeoutError(outcome.subject, timeout, format_stack(outcome.stack))
        return EventLoopTimeoutError(current, timeout)

    # For tasks, and what belongs to the runner

    def _forget(self, task: RunnerTask[Any]) -> None:
        self._tasks.pop(task, None)

    def _block(
        self,
        waiters: List[Waiter],
        is_done: Callable[[], bool],
        subject: object,
        timeout: Optional[float],
    ) -> None:
        """Waits in a list of waiters, until the runner ends, which cancels the wait."""
        if is_done():
            return
        waiter = Waiter()
        waiters.append(waiter)
        self._waiters[waiter] = None
        try:
            self._assert_running()
            if not (is_done() or waiter.wait(timeout) or is_done()):
                raise EventLoopTimeoutError(subject, timeout)
            if waiter.cancelled and not is_done():
                raise asyncio.CancelledError()
        finally:
            waiters.remove(waiter)
            self._waiters.pop(waiter, None)
            waiter.release()

    def _add_closable(self, closable: Closable) -> None:
        self._closables.add(closable)


def _do_nothing() -> None:
    pass


def _call_soon(callback: Callable[[], object]) -> None:
    asyncio.get_running_loop().call_soon(callback)
