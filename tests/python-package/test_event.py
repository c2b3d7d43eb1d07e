# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

import asyncio

import pytest
from support import LONG, Background, stuck, until

from threaded_async import AsyncRunner, Event, EventLoopTimeoutError


@pytest.fixture
def event(runner):
    return Event(runner)


def test_thread_to_thread(event):
    waiting = Background(event.wait)
    event.set()
    waiting.result()
    event.wait(0)


def test_thread_to_loop(runner, event):
    task = runner.create_task(event.as_async_event().wait())
    assert not event.is_set()
    assert not task.done()
    event.set()
    assert task.wait(LONG) is True


def test_loop_to_thread(runner, event):
    waiting = Background(event.wait, LONG)
    runner.call_in_loop(event.as_async_event().set)
    waiting.result()


def test_set_in_the_loop(runner, event):
    async def work():
        event.set()
        return event.is_set()

    assert runner.run(work())
    event.wait(0)


def test_as_async_event(runner, event):
    async_event = event.as_async_event()
    assert isinstance(async_event, asyncio.Event)
    assert event.as_async_event() is async_event

    async def work():
        assert not async_event.is_set()
        async_event.set()
        assert event.is_set()
        async_event.clear()

    runner.run(work())
    assert not event.is_set()
    with pytest.raises(EventLoopTimeoutError):
        event.wait(0.01)


def test_set_and_cleared_at_once_wakes_the_threads_that_wait(runner, event):
    def set_and_clear():
        event.as_async_event().set()
        event.as_async_event().clear()

    waiting = [Background(event.wait) for _ in range(4)]
    until(lambda: len(event.as_async_event().waiters) == 4)
    runner.call_in_loop(set_and_clear)
    for each in waiting:
        each.result()
    assert not event.is_set()


def test_is_set_lets_the_loop_catch_up(runner):
    for _ in range(100):
        event = Event(runner)
        task = runner.create_task(event.as_async_event().wait())
        event.set()
        assert event.is_set()
        assert task.done()


def test_wait_timeout_names_what_it_waited_for(event):
    with pytest.raises(EventLoopTimeoutError, match="waiting 0.01 seconds .*Event.wait"):
        event.wait(0.01)


def test_default_timeout():
    with AsyncRunner(call_in_loop_timeout=0.01) as runner:
        event = Event(runner)
        with pytest.raises(EventLoopTimeoutError):
            event.wait()
        with pytest.raises(EventLoopTimeoutError):
            event.wait(-1)


def test_timeout_0_is_a_timeout_error(event):
    with pytest.raises(EventLoopTimeoutError):
        event.wait(0)


def test_negative_timeouts(runner, event):
    for call in (event.wait, event.set, event.is_set, lambda timeout: Event(runner, timeout)):
        with pytest.raises(AssertionError):
            call(-2)


def test_stuck_loop(runner, event):
    with stuck(runner):
        with pytest.raises(EventLoopTimeoutError):
            event.set(timeout=0.01)
        with pytest.raises(EventLoopTimeoutError):
            event.is_set(timeout=0.01)
    event.wait(LONG)


def test_wait_in_the_loop(runner, event):
    async def work():
        with pytest.raises(RuntimeError):
            event.wait()

    runner.run(work())


def test_wait_in_the_loop_of_another_runner(runner, event):
    async def work():
        event.wait(LONG)
        return "waited"

    with AsyncRunner() as other:
        task = other.create_task(work())
        event.set()
        assert task.wait(LONG) == "waited"


def test_wrong_loop(event):
    async def work():
        await event.as_async_event().wait()

    # The loop that awaits an event of asyncio first is the one that it belongs to.
    event._runner.create_task(work())
    event.is_set()
    with pytest.raises(RuntimeError):
        asyncio.run(work())


def test_stopped_runner():
    with AsyncRunner() as runner:
        event = Event(runner)
    for call in (event.set, event.is_set, event.wait, lambda: Event(runner)):
        with pytest.raises(AssertionError):
            call()
    with pytest.raises(AssertionError):
        Event(AsyncRunner())
