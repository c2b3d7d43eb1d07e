# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Timers, and coroutines that wait for two things."""

import asyncio

from threaded_async import AsyncRunner, async_utils, timers


async def work(result: str) -> str:
    await asyncio.sleep(0.01)
    return result


async def fail() -> None:
    raise KeyError("watchdog")


async def main() -> None:
    event = asyncio.Event()
    print(await async_utils.wait_for_or_cancel(work("waited"), event, timeout=5.0))
    try:
        await async_utils.wait_for_or_cancel(asyncio.sleep(60.0), event, timeout=0.01)
    except asyncio.TimeoutError:
        print("timed out")
    event.set()
    try:
        await async_utils.wait_for_or_cancel(asyncio.sleep(60.0), event)
    except asyncio.CancelledError:
        print("cancelled")
    print(await async_utils.run_or_raise(work("ran"), asyncio.sleep(60.0)))
    try:
        await async_utils.run_or_raise(asyncio.sleep(60.0), fail())
    except KeyError as error:
        print("raised", error)


with timers.TimeoutTimer(timeout=30.0) as timer, AsyncRunner() as runner:
    runner.run(main(), timeout=timer.remaining)
    print(timer.remaining is not None and 0.0 < timer.remaining < 30.0)

# waited
# timed out
# cancelled
# ran
# raised 'watchdog'
# True
