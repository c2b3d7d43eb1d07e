# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

import asyncio

import pytest

from threaded_async import AsyncRunner
from threaded_async.async_utils import run_or_raise, wait_for_or_cancel


@pytest.fixture(params=["asyncio", "runner"])
def run(request):
    """Both work in every loop of asyncio."""
    if request.param == "asyncio":
        yield asyncio.run
    else:
        with AsyncRunner() as runner:
            yield runner.run


async def turns():
    """Lets everybody do what is ready."""
    for _ in range(20):
        await asyncio.sleep(0)


class Work:
    """A coroutine that returns 12 when it is told, and knows that it was cancelled."""

    def __init__(self):
        self.begun = False
        self.cancelled = False
        self.may_end = asyncio.Event()

    async def __call__(self):
        self.begun = True
        try:
            await self.may_end.wait()
        except asyncio.CancelledError:
            await asyncio.sleep(0)
            self.cancelled = True
            raise
        return 12


def test_wait_for_or_cancel_returns_the_result(run):
    async def test():
        work = Work()
        work.may_end.set()
        return await wait_for_or_cancel(work(), asyncio.Event(), timeout=20)

    assert run(test()) == 12


def test_wait_for_or_cancel_without_a_timeout(run):
    async def test():
        work = Work()
        asyncio.get_running_loop().call_later(0.01, work.may_end.set)
        return await wait_for_or_cancel(work(), asyncio.Event())

    assert run(test()) == 12


def test_wait_for_or_cancel_raises_what_the_awaitable_raises(run):
    error = KeyError("no")

    async def fail():
        raise error

    with pytest.raises(KeyError) as caught:
        run(wait_for_or_cancel(fail(), asyncio.Event()))
    assert caught.value is error


@pytest.mark.parametrize("before", [True, False])
def test_wait_for_or_cancel_by_the_event(run, before):
    async def test():
        work, event = Work(), asyncio.Event()
        if before:
            event.set()
        else:
            asyncio.get_running_loop().call_later(0.01, event.set)
        with pytest.raises(asyncio.CancelledError):
            await wait_for_or_cancel(work(), event, timeout=20)
        return work.cancelled or before

    assert run(test())


def test_wait_for_or_cancel_timeout(run):
    async def test():
        work = Work()
        with pytest.raises(asyncio.TimeoutError):
            await wait_for_or_cancel(work(), asyncio.Event(), timeout=0.01)
        # The time may have been over before the work had begun.
        return work.cancelled == work.begun

    assert run(test())


def test_wait_for_or_cancel_being_cancelled(run):
    async def test():
        work = Work()
        task = asyncio.create_task(wait_for_or_cancel(work(), asyncio.Event()))
        await turns()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await turns()
        return work.cancelled

    assert run(test())


def test_run_or_raise_returns_the_result(run):
    other = Work()

    async def test():
        work = Work()
        asyncio.get_running_loop().call_later(0.01, work.may_end.set)
        result = await run_or_raise(work(), other())
        await turns()
        return result

    assert run(test()) == 12
    assert other.cancelled


def test_run_or_raise_raises(run):
    work = Work()
    error = ValueError("no")

    async def fail():
        await asyncio.sleep(0.001)
        raise error

    async def test():
        with pytest.raises(ValueError) as caught:
            await run_or_raise(work(), fail())
        assert caught.value is error
        await turns()

    run(test())
    assert work.cancelled


def test_run_or_raise_when_the_other_returns(run):
    async def nothing():
        pass

    async def test():
        work = Work()
        asyncio.get_running_loop().call_later(0.01, work.may_end.set)
        return await run_or_raise(work(), nothing())

    assert run(test()) == 12


def test_run_or_raise_raises_what_the_coroutine_raises(run):
    async def fail():
        raise KeyError("no")

    with pytest.raises(KeyError):
        run(run_or_raise(fail(), Work()()))


def test_run_or_raise_when_both_fail_at_once(run):
    async def fail(error):
        raise error

    with pytest.raises(KeyError):
        run(run_or_raise(fail(KeyError("first")), fail(ValueError("second"))))
