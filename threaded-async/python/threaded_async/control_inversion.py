# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Coroutines that are clients of the main thread.

A coroutine in the background writes `await client.execute(...)`, and nothing happens until the
thread that has the server calls process(): it decides when the coroutine goes on.
"""

import asyncio
import dataclasses
from types import TracebackType
from typing import (
    Any,
    Awaitable,
    Callable,
    Coroutine,
    Dict,
    Generic,
    Optional,
    Tuple,
    Type,
    TypeVar,
    Union,
)

from threaded_async._errors import USE_DEFAULT_TIMEOUT
from threaded_async._primitives import Future, check_loop
from threaded_async._requests import Requests
from threaded_async._runner import AsyncRunner, discarded_on_failure
from threaded_async._tasks import BackgroundTask
from threaded_async.timers import TimeoutTimer

ReturnT = TypeVar("ReturnT")
ServerT = TypeVar("ServerT", bound="Server")


@dataclasses.dataclass(frozen=True, init=False)
class ExecutionRequest(Generic[ReturnT]):
    """What a client asks for: a function with its arguments.

    The server decides what this means. The function is often only a name for what is to be done,
    such as the method of the client that was called.
    """

    fun: Callable[..., Union[ReturnT, Coroutine[Any, Any, ReturnT]]]
    args: Tuple[Any, ...]
    kw_args: Dict[str, Any]

    def __init__(
        self,
        fun: Callable[..., Union[ReturnT, Coroutine[Any, Any, ReturnT]]],
        args: Tuple[Any, ...],
        kw_args: Dict[str, Any],
    ) -> None:
        # That of a frozen dataclass takes longer.
        self.__dict__.update(fun=fun, args=args, kw_args=kw_args)


class Client:
    """Sends requests to a server, for coroutines of the server's runner."""

    def __init__(self, server: "Server") -> None:
        self._server = server

    async def execute(
        self,
        fun: Callable[..., Union[ReturnT, Coroutine[Any, Any, ReturnT]]],
        *args: Any,
        **kwargs: Any,
    ) -> ReturnT:
        """Sends a request, waits until the server has answered it, and returns the answer."""
        # Few coroutines within each other, for all of them go on at each of these steps.
        server = self._server
        future: Future[ReturnT] = server.create_future()
        check_loop(server._runner, future)
        entry = server._requests.put((ExecutionRequest[ReturnT](fun, args, kwargs), future))
        try:
            return await future.result()
        except asyncio.CancelledError:
            server._requests.withdraw(entry)
            raise


class Server:
    """Handles requests of coroutines in the background, one when process() is called.

    Its context is a runner, on which the coroutines run. A game does in each frame:

        while there_is_time_left() and server.process():
            pass
    """

    def __init__(self, queue_size: int = 10) -> None:
        """Prepares a server with its runner; it starts when its context is entered.

        queue_size: how many requests wait to be handled; clients wait for room to send more.
        """
        self._runner = AsyncRunner()
        self._requests: Requests[Tuple[ExecutionRequest[Any], Future[Any]]] = Requests(queue_size)

    # The two timeouts are those of the runner.

    @property
    def event_loop_timeout(self) -> Optional[float]:
        """The default of the other timeouts, in seconds; None: for ever."""
        return self._runner.call_in_loop_timeout

    @event_loop_timeout.setter
    def event_loop_timeout(self, timeout: Optional[float]) -> None:
        self._runner.call_in_loop_timeout = timeout

    @property
    def event_loop_exit_timeout(self) -> Optional[float]:
        """How long leaving the context waits for the loop to end, in seconds; None: for ever."""
        return self._runner.exit_timeout

    @event_loop_exit_timeout.setter
    def event_loop_exit_timeout(self, timeout: Optional[float]) -> None:
        self._runner.exit_timeout = timeout

    def __enter__(self: ServerT) -> ServerT:
        self._runner.__enter__()
        return self

    def __exit__(
        self,
        exc_type: Optional[Type[BaseException]],
        exc_value: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        self._runner.__exit__(exc_type, exc_value, traceback)

    def _handle_request(self, request: ExecutionRequest[Any], future: Future[Any]) -> None:
        """Handles a request; to be overridden.

        Set the result or the exception of the future, which the client waits for: at once, later,
        or from another thread. What is raised here comes out of process().
        """
        raise NotImplementedError(f"{type(self).__name__} does not handle requests.")

    def create_future(self) -> Future[Any]:
        """Makes a future for the coroutines of this server."""
        return Future(self._runner)

    def create_client(self) -> Client:
        """Makes a client. For one of a class of your own call that with the server."""
        return Client(self)

    def create_background_task(
        self, awaitable: Awaitable[ReturnT], timeout: Optional[float] = USE_DEFAULT_TIMEOUT
    ) -> BackgroundTask[ReturnT]:
        """Has the loop await something, and returns when its first requests have arrived.

        timeout: in seconds, for the loop to come to rest; EventLoopTimeoutError if it does not.
        """
        runner = self._runner
        with discarded_on_failure(awaitable):
            timeout = runner._get_timeout_or_default(timeout)
        with TimeoutTimer(timeout) as timer:
            task = runner.create_task(awaitable, timer.remaining)
            runner._wait_for_rest(timer.remaining)
        return task

    def process(self, timeout: Optional[float] = USE_DEFAULT_TIMEOUT) -> bool:
        """Lets the clients send what they want to send, handles one request if there is one.

        Returns whether there was one. timeout: in seconds, for the loop to come to rest;
        EventLoopTimeoutError if it does not.
        """
        runner = self._runner
        with TimeoutTimer(runner._get_timeout_or_default(timeout)) as timer:
            runner._wait_for_rest(timer.remaining)
            found = self._requests.take()
            if found is None:
                return False
            request, future = found
            self._handle_request(request, future)
            if future.done():
                runner._wait_for_rest(timer.remaining)
        return True
