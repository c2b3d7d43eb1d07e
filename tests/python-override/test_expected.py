# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""What somebody expects of a runner who knows Python and asyncio."""

import asyncio
import signal
import threading
import time

import pytest
from gi.repository import ThreadedAsync
from helpers import LONG, LOOPS

in_loops = pytest.mark.parametrize("in_loop", LOOPS)


def test_stall_threshold_is_in_seconds():
    assert ThreadedAsync.Runner().stall_threshold is None
    runner = ThreadedAsync.Runner(stall_threshold=0.5)
    assert runner.stall_threshold == 0.5
    assert runner.get_stall_threshold() == 500_000
    with pytest.raises(ValueError):
        ThreadedAsync.Runner(stall_threshold=-1)


def test_the_thread_has_the_name_of_the_runner():
    with ThreadedAsync.Runner("named") as runner:
        thread = runner.call_in_loop(threading.current_thread)
        assert thread.name == "named"
        assert thread in threading.enumerate()
    end = time.monotonic() + LONG
    while thread in threading.enumerate():
        assert time.monotonic() < end, "the thread is still known"
        time.sleep(0.001)


def test_signals_are_refused_as_in_every_thread(runner):
    async def add():
        asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, print)

    with pytest.raises(RuntimeError, match="main thread"):
        runner.run(add())


@in_loops
def test_async_with(runner, in_loop):
    """It stops without blocking the loop in which it waits."""

    async def use():
        turns = 0

        async def clean_up():
            try:
                await asyncio.Event().wait()
            finally:
                while turns < 3:
                    await asyncio.sleep(0.001)

        async def count():
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0.001)

        async with ThreadedAsync.Runner("inner") as inner:
            assert inner.running
            task = inner.create_task(clean_up())
            await asyncio.to_thread(inner.wait_for_next_iteration, LONG)
            turns = 0
            counting = asyncio.create_task(count())
        counting.cancel()
        assert not inner.running and task.done

    in_loop(runner, use())


@in_loops
def test_async_with_raises_what_tasks_failed_with(runner, in_loop):
    error = ValueError("nobody waits")

    async def fail():
        raise error

    async def use(after):
        async with ThreadedAsync.Runner("inner") as inner:
            inner.create_task(fail())
            after()

    with pytest.raises(ThreadedAsync.TasksFailed) as found:
        in_loop(runner, use(lambda: None))
    assert found.value.exceptions == (error,)
    with pytest.raises(ZeroDivisionError) as found:
        in_loop(runner, use(lambda: 1 / 0))
    assert "nobody waits" in found.value.__notes__[0]


def test_call_in_loop_refuses_coroutine_functions(runner):
    with pytest.raises(TypeError, match="coroutine function"):
        runner.call_in_loop(asyncio.sleep)
    with pytest.raises(TypeError, match="a function is needed, not 5"):
        runner.call_in_loop(5)


def test_a_task_that_awaits_itself_is_told(runner):
    tasks = []

    async def await_itself():
        await asyncio.sleep(0)
        await tasks[0]

    async def begin():
        tasks.append(runner.create_task(await_itself()))

    runner.run(begin(), LONG)
    with pytest.raises(RuntimeError, match="await itself"):
        tasks[0].wait(LONG)


def test_others_in_a_task_may_await_it(runner):
    """They have its context."""
    tasks = []

    async def begin_another():
        await asyncio.sleep(0)
        return asyncio.create_task(await_it())

    async def await_it():
        return await tasks[0]

    async def begin():
        tasks.append(runner.create_task(begin_another()))

    runner.run(begin(), LONG)
    other = tasks[0].wait(LONG)

    async def await_other():
        return await other

    assert runner.run(await_other(), LONG) is other


def test_progress_and_status(runner):
    async def work():
        promise = ThreadedAsync.Promise.get_current()
        promise.set_progress(0.5)
        promise.set_status("half")
        await asyncio.Event().wait()

    task = runner.create_task(work())
    runner.wait_for_next_iteration(LONG)
    assert (task.progress, task.status) == (0.5, "half")
    task.cancel()
