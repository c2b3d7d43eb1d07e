# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""A program that uses all of the package. Nobody runs it: test_types.py has mypy look at it."""

import asyncio
from typing import List, Optional, Sequence

import threaded_async
from threaded_async import async_utils, control_inversion, timers
from threaded_async.async_utils import run_or_raise, wait_for_or_cancel
from threaded_async.control_inversion import Client, ExecutionRequest, Server
from threaded_async.threaded_async import (
    USE_DEFAULT_TIMEOUT,
    AsyncRunner,
    BackgroundTask,
    Event,
    EventLoopTimeoutError,
    ExceptionDetails,
    ExceptionGroup,
    ForcedThreadShutdown,
    Future,
    Queue,
    ShutdownType,
)


async def increment(number: int) -> int:
    return number + 1


def use_runner() -> int:
    runner = AsyncRunner(
        exit_timeout=1.0,
        call_in_loop_timeout=None,
        debug=False,
        log_forced_shutdown_stack_trace=True,
    )
    runner.exit_timeout = None
    runner.call_in_loop_timeout = 5.0
    with runner as entered:
        task: BackgroundTask[int] = entered.create_task(increment(1), task_creation_timeout=1.0)
        number: int = task.wait(timeout=USE_DEFAULT_TIMEOUT)
        number += task.wait()
        done: bool = task.done()
        task.cancel()
        number += runner.run(increment(2), timeout=None)
        text: str = runner.call_in_loop(lambda: "text", timeout=1.0)
        runner.wait_for_next_eventloop_iteration(timeout=1)
        flags: List[bool] = [runner.is_running, runner.in_runner_loop, done]
    kind: ShutdownType = runner.shutdown_type
    forced: bool = kind.force_stop_attempted() or kind in (
        ShutdownType.NOT_SHUT_DOWN,
        ShutdownType.STOPPED,
        ShutdownType.FORCE_STOPPED,
        ShutdownType.FAILED_FORCE_STOPPED,
        ShutdownType.UNKNOWN,
    )
    return number + len(text) + len(flags) + forced


class FakeTask(BackgroundTask[str]):
    def wait(self, timeout: Optional[float] = USE_DEFAULT_TIMEOUT) -> str:
        return "fake"

    def done(self) -> bool:
        return True

    def cancel(self) -> None:
        pass


def use_primitives(runner: AsyncRunner) -> None:
    event: Event = Event(runner, timeout=1.0)
    event.set(timeout=1.0)
    is_set: bool = event.is_set(timeout=None)
    event.wait(timeout=1.0)
    async_event: asyncio.Event = event.as_async_event()

    future: Future[int] = Future(runner)
    future.set_result(1)
    future.set_exception(ValueError("no"))
    done: bool = future.done()
    number: int = future.result_wait(timeout=1.0)

    queue = Queue[int](runner, maxsize=3)
    queue.put_wait(1, timeout=1.0)
    number = queue.get_wait(timeout=1.0)
    state: List[bool] = [queue.empty(timeout=1.0), queue.full(timeout=1.0), is_set, done]
    size: int = queue.qsize(timeout=1.0)
    print(number, state, size, async_event)

    async def work() -> int:
        await queue.put(1)
        return await queue.get() + await future.result()

    print(runner.run(work()) + 1)


def use_errors() -> None:
    try:
        use_runner()
    except EventLoopTimeoutError as timeout_error:
        builtin: TimeoutError = timeout_error
        print(builtin, EventLoopTimeoutError(increment, 1.0, stack=""))
    except ExceptionGroup as group:
        exceptions: Sequence[Exception] = group.exceptions
        tracebacks: Sequence[str] = group.tracebacks
        details: Sequence[ExceptionDetails] = group.exception_details
        for each in details:
            error: Exception = each.exception
            text: str = each.traceback
            group.record_exception(error)
            print(text)
        print(exceptions, tracebacks)
    except ForcedThreadShutdown as forced:
        stop: BaseException = forced
        print(stop)


class Stub(Client):
    async def increment(self, number: int) -> int:
        return await self.execute(Stub.increment, number)

    async def length(self, text: str) -> int:
        return await self.execute(len, text)


class Adder(Server):
    def __init__(self) -> None:
        super().__init__(queue_size=5)

    # What it is called with depends on the request, and so does the type of the result.
    def _handle_request(self, request: "ExecutionRequest[int]", future: "Future[int]") -> None:
        (number,) = request.args
        names: List[str] = list(request.kw_args)
        if request.fun == Stub.increment:
            future.set_result(number + 1 + len(names))


def use_server() -> int:
    with Adder() as server:
        same: Adder = server
        timeout: Optional[float] = server.event_loop_timeout
        server.event_loop_timeout = timeout
        exit_timeout: Optional[float] = server.event_loop_exit_timeout
        server.event_loop_exit_timeout = exit_timeout
        stub = Stub(same)
        client: Client = server.create_client()
        any_future: Future[int] = server.create_future()
        task = server.create_background_task(stub.increment(1), timeout=1.0)
        while server.process(timeout=1.0):
            pass
        print(client, any_future)
        return task.wait()


async def use_utilities(event: asyncio.Event) -> int:
    number: int = await wait_for_or_cancel(increment(1), event, timeout=1.0)
    return number + await run_or_raise(increment(1), asyncio.sleep(1.0))


def use_modules() -> None:
    with timers.TimeoutTimer(timeout=1.0) as timer:
        remaining: Optional[float] = timer.remaining
    print(
        remaining,
        threaded_async.AsyncRunner,
        threaded_async.threaded_async.AsyncRunner,
        control_inversion.Server,
        async_utils.run_or_raise,
    )
