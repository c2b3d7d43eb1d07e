# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

import asyncio
import concurrent.futures
import traceback

import pytest
from support import LONG, Background

from threaded_async import AsyncRunner, EventLoopTimeoutError, Future


@pytest.fixture
def future(runner):
    return Future[int](runner)


def test_thread_to_thread(future):
    waiting = Background(future.result_wait)
    future.set_result(1)
    assert waiting.result() == 1
    assert future.result_wait() == 1


def test_thread_to_loop(runner, future):
    task = runner.create_task(future.result())
    runner.wait_for_next_eventloop_iteration()
    future.set_result(1)
    assert task.wait(LONG) == 1
    assert runner.run(future.result()) == 1


def test_loop_to_thread(runner, future):
    waiting = Background(future.result_wait, LONG)
    runner.call_in_loop(lambda: future.set_result(1))
    assert waiting.result() == 1


def test_loop_to_loop(runner, future):
    async def work():
        task = asyncio.create_task(future.result())
        await asyncio.sleep(0)
        future.set_result(1)
        return await task

    assert runner.run(work()) == 1


def test_many_waiters(runner, future):
    threads = [Background(future.result_wait) for _ in range(4)]
    tasks = [runner.create_task(future.result()) for _ in range(4)]
    future.set_result(1)
    assert [each.result() for each in threads] == [1] * 4
    assert [task.wait() for task in tasks] == [1] * 4


def test_set_while_coroutines_begin_to_wait(runner):
    for number in range(200):
        future = Future(runner)
        tasks = [runner.create_task(future.result()) for _ in range(3)]
        future.set_result(number)
        assert [task.wait(LONG) for task in tasks] == [number] * 3


@pytest.mark.parametrize("result", [None, object(), "text", [1], 2**80])
def test_result_is_the_same_object(runner, result):
    future = Future(runner)
    future.set_result(result)
    assert future.result_wait() is result
    assert runner.run(future.result()) is result


def test_exception(runner, future):
    error = ValueError("no")
    task = runner.create_task(future.result())
    waiting = Background(future.result_wait)
    future.set_exception(error)
    for wait in (waiting.result, future.result_wait, task.wait):
        with pytest.raises(ValueError) as caught:
            wait()
        assert caught.value is error


def test_traceback_of_an_exception_does_not_grow(future):
    error = ValueError("no")
    future.set_exception(error)
    lengths = set()
    for _ in range(5):
        with pytest.raises(ValueError):
            future.result_wait()
        lengths.add(len(traceback.extract_tb(error.__traceback__)))
    assert len(lengths) == 1


@pytest.mark.parametrize("error", [concurrent.futures.InvalidStateError, asyncio.InvalidStateError])
def test_set_twice(future, error):
    future.set_result(1)
    with pytest.raises(error):
        future.set_result(2)
    with pytest.raises(error):
        future.set_exception(ValueError("no"))
    assert future.result_wait() == 1


def test_set_by_several_threads(runner):
    def attempt(future, number):
        try:
            future.set_result(number)
            return 1
        except concurrent.futures.InvalidStateError:
            return 0

    for _ in range(50):
        future = Future(runner)
        threads = [Background(attempt, future, number) for number in range(4)]
        assert sum(thread.result() for thread in threads) == 1


def test_done(future):
    assert not future.done()
    future.set_result(1)
    assert future.done()


def test_timeouts(runner, future):
    with pytest.raises(EventLoopTimeoutError, match="waiting 0.01 seconds .*Future.result"):
        future.result_wait(0.01)
    with pytest.raises(EventLoopTimeoutError):
        future.result_wait(0)
    with pytest.raises(AssertionError):
        future.result_wait(-2)
    runner.call_in_loop_timeout = 0.01
    with pytest.raises(EventLoopTimeoutError):
        future.result_wait()
    runner.call_in_loop_timeout = None
    future.set_result(1)
    assert future.result_wait(0) == 1


def test_cancelled_coroutines_do_not_disturb_others(runner, future):
    tasks = [runner.create_task(future.result()) for _ in range(3)]
    tasks[1].cancel()
    future.set_result(1)
    assert [tasks[0].wait(LONG), tasks[2].wait(LONG)] == [1, 1]


def test_wait_in_the_loop(runner, future):
    async def work():
        with pytest.raises(RuntimeError):
            future.result_wait()

    runner.run(work())


def test_wrong_loop(future):
    with pytest.raises(RuntimeError):
        asyncio.run(future.result())
    future.set_result(1)
    assert asyncio.run(future.result()) == 1


def test_stopped_runner():
    with AsyncRunner() as runner:
        future = Future(runner)
    with pytest.raises(AssertionError):
        future.set_result(1)
    with pytest.raises(AssertionError):
        future.set_exception(ValueError("no"))
    with pytest.raises(AssertionError):
        future.result_wait()
    assert not future.done()
    with pytest.raises(AssertionError):
        Future(runner)
    with pytest.raises(AssertionError):
        Future(AsyncRunner())
