# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

import asyncio
import gc
import threading
import traceback
import weakref

import pytest
from support import LONG, Background, stuck, until

from threaded_async import (
    AsyncRunner,
    BackgroundTask,
    EventLoopTimeoutError,
    ExceptionGroup,
    ShutdownType,
)


async def increment(number):
    await asyncio.sleep(0.001)
    return number + 1


async def forever():
    await asyncio.Event().wait()


async def fail(error):
    await asyncio.sleep(0)
    raise error


def test_result(runner):
    task = runner.create_task(increment(3))
    assert isinstance(task, BackgroundTask)
    assert task.wait() == 4
    assert task.done()


@pytest.mark.parametrize("result", [None, 0, "text", b"", object(), [1], float("nan"), 2**80])
def test_result_is_the_same_object(runner, result):
    async def give():
        return result

    assert runner.run(give()) is result


def test_wait_can_be_repeated(runner):
    task = runner.create_task(increment(3))
    assert [task.wait(), task.wait(1), task.wait(None), task.wait(0)] == [4] * 4


def test_wait_can_be_repeated_after_a_timeout(runner):
    async def work():
        await event.wait()
        return "ok"

    event = asyncio.Event()
    task = runner.create_task(work())
    for _ in range(2):
        with pytest.raises(EventLoopTimeoutError):
            task.wait(0.01)
    assert not task.done()
    runner.call_in_loop(event.set)
    assert task.wait(LONG) == "ok"


def test_wait_in_several_threads(runner):
    event = asyncio.Event()

    async def work():
        await event.wait()
        return 5

    task = runner.create_task(work())
    waiting = [Background(task.wait) for _ in range(8)]
    runner.call_in_loop(event.set)
    assert [each.result() for each in waiting] == [5] * 8


def test_wait_raises_the_same_exception_each_time(runner):
    error = ValueError("no")
    task = runner.create_task(fail(error))
    lengths = set()
    for _ in range(5):
        with pytest.raises(ValueError) as caught:
            task.wait()
        assert caught.value is error
        lengths.add(len(traceback.extract_tb(error.__traceback__)))
    # And its traceback shows where it was raised, however often.
    assert len(lengths) == 1
    assert "fail" in [frame.name for frame in traceback.extract_tb(error.__traceback__)]


def test_wait_raises_cancelled_error(runner):
    task = runner.create_task(forever())
    task.cancel()
    for _ in range(2):
        with pytest.raises(asyncio.CancelledError):
            task.wait(LONG)
    assert task.done()


def test_wait_raises_cancelled_error_of_the_coroutine(runner):
    task = runner.create_task(fail(asyncio.CancelledError()))
    with pytest.raises(asyncio.CancelledError):
        task.wait()


def test_wait_in_the_loop(runner):
    task = runner.create_task(forever())

    async def work():
        with pytest.raises(RuntimeError):
            task.wait()
        with pytest.raises(RuntimeError):
            finished.wait()

    finished = runner.create_task(increment(1))
    finished.wait()
    runner.run(work())


def test_wait_uses_the_default_timeout():
    with AsyncRunner(call_in_loop_timeout=0.01) as runner:
        task = runner.create_task(forever(), None)
        with pytest.raises(EventLoopTimeoutError):
            task.wait()
        with pytest.raises(EventLoopTimeoutError):
            task.wait(-1.0)


def test_wait_refuses_negative_timeouts(runner):
    with pytest.raises(AssertionError):
        runner.create_task(increment(1)).wait(-3)


def test_wait_timeout_names_the_coroutine(runner):
    task = runner.create_task(forever())
    with pytest.raises(EventLoopTimeoutError, match="execution of .*forever") as caught:
        task.wait(0.01)
    assert "task = runner.create_task(forever())" in str(caught.value)


def test_done(runner):
    event = asyncio.Event()
    task = runner.create_task(event.wait())
    assert not task.done()
    runner.call_in_loop(event.set)
    until(task.done)
    assert task.wait() is True


def test_cancel_lets_the_coroutine_begin(runner):
    # The task existed when it was cancelled: so it had begun, and could clean up.
    for _ in range(100):
        cleaned_up = []

        async def work():
            try:
                await asyncio.Event().wait()
            finally:
                cleaned_up.append(True)

        task = runner.create_task(work())
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            task.wait(LONG)
        assert cleaned_up == [True]


def test_cancel_may_be_refused_by_the_coroutine(runner):
    async def stubborn():
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return "stayed"

    task = runner.create_task(stubborn())
    task.cancel()
    assert task.wait(LONG) == "stayed"


def test_cancel_before_the_coroutine_has_begun(runner):
    def create_and_cancel():
        task = runner.create_task(increment(1))
        task.cancel()
        return task

    task = runner.call_in_loop(create_and_cancel)
    with pytest.raises(asyncio.CancelledError):
        task.wait(LONG)


def test_cancel_by_asyncio(runner):
    task = runner.create_task(forever())

    def cancel_all():
        for each in asyncio.all_tasks():
            each.cancel()

    runner.call_in_loop(cancel_all)
    with pytest.raises(asyncio.CancelledError):
        task.wait(LONG)


def test_cancel_of_a_task_that_has_ended(runner):
    task = runner.create_task(increment(1))
    task.wait()
    task.cancel()
    assert task.wait() == 2


def test_cancel_has_a_timeout(runner):
    task = runner.create_task(forever())
    with stuck(runner):
        with pytest.raises(EventLoopTimeoutError):
            task.cancel(timeout=0.01)


def test_cancel_on_a_stopped_runner():
    with AsyncRunner() as runner:
        task = runner.create_task(increment(1))
        task.wait()
    with pytest.raises(AssertionError):
        task.cancel()


def test_create_task_in_the_loop(runner):
    async def work():
        task = runner.create_task(increment(1))
        while not task.done():
            await asyncio.sleep(0.001)
        return task

    assert runner.run(work()).wait() == 2


@pytest.mark.parametrize("kind", ["future", "task", "object", "generator"])
def test_create_task_takes_any_awaitable(runner, kind):
    class Awaitable:
        def __await__(self):
            yield from asyncio.sleep(0).__await__()
            return 5

    def make():
        loop = asyncio.get_running_loop()
        if kind == "future":
            future = loop.create_future()
            future.set_result(5)
            return future
        if kind == "task":
            return loop.create_task(increment(4))
        if kind == "object":
            return Awaitable()
        return asyncio.gather(increment(4))

    result = runner.create_task(runner.call_in_loop(make)).wait(LONG)
    assert result in (5, [5])


def test_create_task_without_a_timeout_does_not_wait_for_the_loop(runner):
    with stuck(runner):
        task = runner.create_task(increment(1))
        assert not task.done()
    assert task.wait() == 2


def test_create_task_that_timed_out_is_made_later(runner):
    begun = threading.Event()

    async def work():
        begun.set()

    with stuck(runner):
        with pytest.raises(EventLoopTimeoutError, match="execution of .*work"):
            runner.create_task(work(), task_creation_timeout=0.01)
        assert not begun.is_set()
    assert begun.wait(LONG)


@pytest.mark.parametrize("thing", [increment, None, 7, "increment", lambda: increment(1)])
def test_what_cannot_be_awaited_is_refused(runner, thing):
    with pytest.raises(TypeError):
        runner.create_task(thing)
    with pytest.raises(TypeError):
        runner.run(thing)


def test_a_coroutine_that_was_awaited_is_an_error(runner):
    coroutine = increment(1)
    assert runner.run(coroutine) == 2
    with pytest.raises(RuntimeError):
        runner.run(coroutine)


# Failures


@pytest.mark.parametrize("error", [SystemExit(2), KeyboardInterrupt("no"), GeneratorExit()])
def test_errors_that_are_not_exceptions_fail_the_task_alone(error):
    # An older library ended the loop, so that leaving the context raised AssertionError.
    with AsyncRunner() as runner:
        task = runner.create_task(fail(error))
        with pytest.raises(type(error)) as caught:
            task.wait(LONG)
        assert caught.value is error
        assert runner.run(increment(1)) == 2
    assert runner.shutdown_type == ShutdownType.STOPPED


def test_system_exit_that_nobody_waited_for():
    with pytest.raises(ExceptionGroup) as caught:
        with AsyncRunner() as runner:
            runner.create_task(fail(SystemExit(2)))
    assert [type(error) for error in caught.value.exceptions] == [SystemExit]
    assert runner.shutdown_type == ShutdownType.STOPPED


def test_failures_that_nobody_waited_for():
    async def failing_coroutine(number):
        raise ValueError(number)

    with pytest.raises(ExceptionGroup) as caught:
        with AsyncRunner() as runner:
            for number in range(10):
                runner.create_task(failing_coroutine(number))
    group = caught.value
    assert [error.args[0] for error in group.exceptions] == list(range(10))
    assert len(group.tracebacks) == len(group.exception_details) == 10
    for number, details in enumerate(group.exception_details):
        assert details.exception is group.exceptions[number]
        assert details.traceback == group.tracebacks[number]
        assert f"ValueError: {number}" in details.traceback
        assert "in failing_coroutine" in details.traceback
        assert details.traceback in str(group)
    assert runner.shutdown_type == ShutdownType.STOPPED


def test_failures_that_somebody_waited_for_are_not_told_again():
    with AsyncRunner() as runner:
        with pytest.raises(ValueError):
            runner.run(fail(ValueError("no")))


def test_failure_after_a_wait_that_timed_out_is_told():
    with pytest.raises(ExceptionGroup):
        with AsyncRunner() as runner:
            event = asyncio.Event()

            async def work():
                await event.wait()
                raise ValueError("no")

            with pytest.raises(EventLoopTimeoutError):
                runner.run(work(), timeout=0.01)
            runner.call_in_loop(event.set)


def test_cancellations_are_not_among_the_failures():
    with AsyncRunner() as runner:
        runner.create_task(forever()).cancel()
        runner.create_task(fail(asyncio.CancelledError()))
        runner.create_task(forever())


def test_failure_while_being_cancelled_at_the_end():
    async def work():
        try:
            await forever()
        finally:
            raise ValueError("in the end")

    with pytest.raises(ExceptionGroup, match="in the end"):
        with AsyncRunner() as runner:
            runner.create_task(work())


def test_failures_come_with_what_the_context_raised():
    with pytest.raises(ExceptionGroup) as caught:
        with AsyncRunner() as runner:
            runner.create_task(fail(ValueError("of the task")))
            raise KeyError("of the context")
    assert isinstance(caught.value.__context__, KeyError)


def test_details_are_frozen():
    group = ExceptionGroup()
    group.record_exception(ValueError("one"))
    with pytest.raises(AttributeError):
        group.exception_details[0].traceback = ""


# Memory


def test_tasks_that_nobody_waited_for_are_not_kept(runner):
    # An older library kept them until the end.
    class Result:
        pass

    async def work():
        return Result()

    tasks = [runner.create_task(work()) for _ in range(100)]
    references = [weakref.ref(task) for task in tasks]
    until(lambda: all(task.done() for task in tasks))
    results = [weakref.ref(task.wait()) for task in tasks[:50]]
    del tasks[:]
    runner.wait_for_next_eventloop_iteration()
    gc.collect()
    assert [ref for ref in references + results if ref() is not None] == []


def test_failing_waits_leave_no_memory_behind(runner):
    def wait():
        task = runner.create_task(fail(ValueError("no")))
        try:
            task.wait()
        except ValueError:
            return weakref.ref(task)

    references = [wait() for _ in range(100)]
    runner.wait_for_next_eventloop_iteration()
    gc.collect()
    assert [ref for ref in references if ref() is not None] == []
