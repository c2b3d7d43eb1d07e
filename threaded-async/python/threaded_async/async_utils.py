# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Ways to wait for two things in a coroutine."""

import asyncio
from typing import Any, Awaitable, Coroutine, Optional, TypeVar

T_co = TypeVar("T_co", covariant=True)


def _retrieve(task: "asyncio.Future[Any]") -> None:
    """Lets a failure that nobody will ask for go by in silence."""
    if not task.cancelled():
        task.exception()


def _give_up(task: "asyncio.Future[Any]") -> None:
    task.cancel()
    task.add_done_callback(_retrieve)


async def wait_for_or_cancel(
    awaitable: Awaitable[T_co],
    cancel_event: asyncio.Event,
    timeout: Optional[float] = None,
) -> T_co:
    """Waits for an awaitable, unless an event is set or a timeout, in seconds, passes before.

    Raises asyncio.CancelledError for the event, and asyncio.TimeoutError for the timeout; both
    cancel the awaitable and wait until it has ended.
    """

    # wait_for() of Python 3.12 runs what it is given in the task that calls it.
    async def bounded() -> T_co:
        return await asyncio.wait_for(awaitable, timeout)

    work = asyncio.ensure_future(bounded())
    cancel = asyncio.ensure_future(cancel_event.wait())
    try:
        await asyncio.wait((work, cancel), return_when=asyncio.FIRST_COMPLETED)
        if cancel.done() and not work.done():
            work.cancel()
            cancel.result()
        return await work
    finally:
        _give_up(work)
        _give_up(cancel)


async def run_or_raise(
    coroutine: Coroutine[Any, Any, T_co], raise_coroutine: Coroutine[Any, Any, Any]
) -> T_co:
    """Returns what a coroutine returns, unless another one raises an exception before.

    That exception cancels the first coroutine, and is raised. That the other one returns means
    nothing; when the first one has ended, the other is cancelled.
    """
    task = asyncio.ensure_future(coroutine)
    raiser = asyncio.ensure_future(raise_coroutine)
    try:
        await asyncio.wait((task, raiser), return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raiser.result()
        return await task
    finally:
        _give_up(task)
        _give_up(raiser)
