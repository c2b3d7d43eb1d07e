# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

import asyncio
import contextvars
import threading
import time

import pytest
from support import LONG, Background, Stuck, stuck

from threaded_async import (
    AsyncRunner,
    EventLoopTimeoutError,
    ShutdownType,
)


async def increment(number):
    await asyncio.sleep(0.001)
    return number + 1


async def forever():
    await asyncio.Event().wait()


# Being entered


def test_is_running_within_its_context():
    runner = AsyncRunner()
    assert not runner.is_running
    with runner as entered:
        assert entered is runner
        assert runner.is_running
    assert not runner.is_running


def test_entered_while_running(runner):
    with pytest.raises(AssertionError):
        runner.__enter__()
    assert runner.run(increment(1)) == 2


def test_entered_a_second_time():
    runner = AsyncRunner()
    with runner:
        pass
    with pytest.raises(RuntimeError):
        runner.__enter__()
    assert runner.shutdown_type == ShutdownType.STOPPED


def test_left_without_being_entered():
    with pytest.raises(AssertionError):
        AsyncRunner().__exit__(None, None, None)


def test_debug():
    with AsyncRunner(debug=True) as runner:
        assert runner.call_in_loop(lambda: asyncio.get_running_loop().get_debug())
    with AsyncRunner() as runner:
        assert not runner.call_in_loop(lambda: asyncio.get_running_loop().get_debug())


def test_several_runners():
    with AsyncRunner() as one, AsyncRunner() as two:
        threads = [runner.call_in_loop(threading.get_ident) for runner in (one, two)]
        assert len({*threads, threading.get_ident()}) == 3


@pytest.mark.parametrize("start", [False, True])
def test_calls_on_a_runner_that_does_not_run(start):
    runner = AsyncRunner()
    if start:
        with runner:
            pass
    with pytest.raises(AssertionError):
        runner.run(increment(1))
    with pytest.raises(AssertionError):
        runner.create_task(increment(1))
    with pytest.raises(AssertionError):
        runner.call_in_loop(int)
    with pytest.raises(AssertionError):
        runner.wait_for_next_eventloop_iteration()


# Timeouts


@pytest.mark.parametrize("timeout", [-2, -0.5, -1e9])
def test_negative_timeouts(runner, timeout):
    with pytest.raises(AssertionError):
        runner.run(increment(1), timeout=timeout)
    with pytest.raises(AssertionError):
        runner.create_task(increment(1), task_creation_timeout=timeout)
    with pytest.raises(AssertionError):
        runner.call_in_loop(int, timeout=timeout)
    with pytest.raises(AssertionError):
        runner.wait_for_next_eventloop_iteration(timeout=timeout)


def test_default_timeout_of_the_runner_is_used():
    with AsyncRunner(call_in_loop_timeout=0.01) as runner:
        for timeout in ({}, {"timeout": -1}, {"timeout": -1.0}):
            with stuck(runner):
                with pytest.raises(EventLoopTimeoutError):
                    runner.call_in_loop(int, **timeout)
                with pytest.raises(EventLoopTimeoutError):
                    runner.run(increment(1), **timeout)
                with pytest.raises(EventLoopTimeoutError):
                    runner.wait_for_next_eventloop_iteration(**timeout)
                with pytest.raises(EventLoopTimeoutError):
                    runner.create_task(increment(1))


def test_default_timeout_can_be_changed():
    with AsyncRunner() as runner:
        with stuck(runner):
            runner.call_in_loop_timeout = 0.01
            with pytest.raises(EventLoopTimeoutError):
                runner.call_in_loop(int)
            runner.call_in_loop_timeout = None


def test_default_timeout_can_be_overridden():
    with AsyncRunner(call_in_loop_timeout=0.001) as runner:
        block = Stuck()
        runner.create_task(block.coroutine(), None)
        block.reached()
        waiting = Background(runner.call_in_loop, lambda: 7, None)
        with pytest.raises(EventLoopTimeoutError):
            runner.call_in_loop(int)
        assert waiting.is_alive()
        block.release()
        assert waiting.result() == 7


def test_timeout_0_is_a_timeout_error(runner):
    # An older library raised ValueError here: it could not write the number.
    with pytest.raises(EventLoopTimeoutError):
        runner.run(forever(), timeout=0)
    with stuck(runner):
        with pytest.raises(EventLoopTimeoutError):
            runner.call_in_loop(int, timeout=0)
        with pytest.raises(EventLoopTimeoutError):
            runner.wait_for_next_eventloop_iteration(timeout=0)
        with pytest.raises(EventLoopTimeoutError):
            runner.create_task(increment(1), task_creation_timeout=0)


@pytest.mark.parametrize("timeout", [0, 0.0, 1, 1e-9, 0.04, 12, 12.5, 1200.0, 1e9, None])
def test_timeout_error_can_be_made_for_every_timeout(timeout):
    assert "for execution of work" in str(EventLoopTimeoutError("work", timeout))


def test_run_timeout_names_what_it_waited_for(runner):
    with pytest.raises(EventLoopTimeoutError) as caught:
        runner.run(forever(), timeout=0.01)
    assert "waiting 0.01 seconds" in str(caught.value)
    assert "coroutine object forever" in str(caught.value)
    # And where it was created.
    assert "runner.run(forever(), timeout=0.01)" in str(caught.value)
    assert "test_run_timeout_names_what_it_waited_for" in str(caught.value)


def test_call_timeout_names_what_it_waited_for(runner):
    def some_function():
        pass

    with stuck(runner):
        with pytest.raises(EventLoopTimeoutError, match="execution of .*some_function"):
            runner.call_in_loop(some_function, timeout=0.01)


def test_iteration_timeout_names_the_task_that_is_busy(runner):
    block = Stuck()

    async def busy_coroutine():
        block()

    task = runner.create_task(busy_coroutine())
    block.reached()
    with pytest.raises(EventLoopTimeoutError, match="execution of .*busy_coroutine") as caught:
        runner.wait_for_next_eventloop_iteration(0.01)
    assert "runner.create_task(busy_coroutine())" in str(caught.value)
    block.release()
    task.wait()


def test_iteration_timeout_names_the_task_of_asyncio_that_is_busy(runner):
    block = Stuck()

    async def busy_coroutine():
        block()

    async def parent():
        await asyncio.create_task(busy_coroutine())

    task = runner.create_task(parent())
    block.reached()
    with pytest.raises(EventLoopTimeoutError, match="execution of .*busy_coroutine"):
        runner.wait_for_next_eventloop_iteration(0.01)
    block.release()
    task.wait()


def test_run_timeout_does_not_cancel(runner):
    event = threading.Event()
    proceed = Stuck()

    async def work():
        await asyncio.get_running_loop().run_in_executor(None, proceed)
        event.set()

    with pytest.raises(EventLoopTimeoutError):
        runner.run(work(), timeout=0.01)
    proceed.release()
    assert event.wait(LONG)


def test_timeouts_are_not_early(runner):
    start = time.monotonic()
    with pytest.raises(EventLoopTimeoutError):
        runner.run(forever(), timeout=0.05)
    assert time.monotonic() - start >= 0.05


# call_in_loop()


def test_call_in_loop_runs_in_the_thread_of_the_loop(runner):
    loop, thread = runner.call_in_loop(lambda: (asyncio.get_running_loop(), threading.get_ident()))
    assert loop is runner.call_in_loop(asyncio.get_running_loop)
    assert thread != threading.get_ident()


def test_call_in_loop_raises_what_the_function_raises(runner):
    error = ValueError("no")

    def fail():
        raise error

    with pytest.raises(ValueError) as caught:
        runner.call_in_loop(fail)
    assert caught.value is error


@pytest.mark.parametrize("error", [SystemExit(3), KeyboardInterrupt(), asyncio.CancelledError()])
def test_call_in_loop_raises_errors_that_are_not_exceptions(runner, error):
    def fail():
        raise error

    with pytest.raises(type(error)) as caught:
        runner.call_in_loop(fail)
    assert caught.value is error
    assert runner.run(increment(1)) == 2


def test_call_in_loop_is_inline_in_the_loop(runner):
    order = []

    async def work():
        assert runner.call_in_loop(lambda: order.append("call") or 5, timeout=0) == 5
        order.append("after")

    runner.run(work())
    assert order == ["call", "after"]


def test_call_in_loop_that_timed_out_is_made_later(runner):
    called = threading.Event()
    with stuck(runner):
        with pytest.raises(EventLoopTimeoutError):
            runner.call_in_loop(called.set, timeout=0.01)
        assert not called.is_set()
    assert called.wait(LONG)


def test_call_in_loop_comes_after_the_first_step_of_earlier_tasks(runner):
    for _ in range(100):
        steps = []

        async def work():
            steps.append(1)

        runner.create_task(work())
        assert runner.call_in_loop(lambda: list(steps)) == [1]


def test_in_runner_loop(runner):
    async def ask():
        return runner.in_runner_loop

    assert not runner.in_runner_loop
    assert runner.call_in_loop(lambda: runner.in_runner_loop)
    assert runner.run(ask())
    assert not asyncio.run(ask())


def test_waiting_for_the_loop_in_the_loop(runner):
    async def work():
        with pytest.raises(RuntimeError):
            runner.wait_for_next_eventloop_iteration()
        with pytest.raises(RuntimeError):
            runner.run(increment(1))

    runner.run(work())


def test_wait_for_next_iteration_lets_tasks_begin(runner):
    for _ in range(100):
        steps = []

        async def work():
            steps.append(1)
            await asyncio.sleep(0)
            steps.append(2)

        runner.create_task(work())
        runner.wait_for_next_eventloop_iteration()
        assert steps[0] == 1


def test_wait_for_next_iteration_waits_for_ever_if_told(runner):
    block = Stuck()
    runner.create_task(block.coroutine())
    block.reached()
    waiting = Background(runner.wait_for_next_eventloop_iteration, None)
    with pytest.raises(EventLoopTimeoutError):
        runner.call_in_loop(int, timeout=0.01)
    assert waiting.is_alive()
    block.release()
    waiting.result()


# What runs on the loop


def test_context_variables_come_along(runner):
    variable = contextvars.ContextVar("variable", default="default")
    variable.set("of the thread")

    async def work():
        await asyncio.sleep(0)
        return variable.get()

    assert runner.run(work()) == "of the thread"
    assert runner.call_in_loop(variable.get) == "of the thread"


def test_another_runner_may_wait_for_this_one(runner):
    async def work():
        assert runner.call_in_loop(lambda: 3) == 3
        runner.wait_for_next_eventloop_iteration()
        return runner.run(increment(1)) + runner.create_task(increment(2)).wait()

    with AsyncRunner() as other:
        assert other.run(work(), timeout=LONG) == 5


def test_waits_in_handlers_of_signals(runner):
    import signal

    results = []

    def handler(signum, frame):
        results.append(runner.run(increment(1)))

    async def work():
        await asyncio.sleep(0.1)
        return 7

    old = signal.signal(signal.SIGALRM, handler)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.02)
        assert runner.create_task(work()).wait(LONG) == 7
    finally:
        signal.signal(signal.SIGALRM, old)
    assert results == [2]
