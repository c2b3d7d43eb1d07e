# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""What happens when the context of a runner is left."""

import asyncio
import gc
import subprocess
import sys
import textwrap
import threading
import time
import weakref

import pytest
from support import LONG, Background, Hanging, Impatient, Stuck, until

from threaded_async import (
    AsyncRunner,
    Event,
    EventLoopTimeoutError,
    Future,
    Queue,
    ShutdownType,
)


async def forever():
    await asyncio.Event().wait()


def test_stopped():
    with AsyncRunner() as runner:
        assert runner.shutdown_type == ShutdownType.NOT_SHUT_DOWN
        thread = runner.call_in_loop(threading.get_ident)
        assert thread in sys._current_frames()
        runner.create_task(forever())
    assert runner.shutdown_type == ShutdownType.STOPPED
    assert thread not in sys._current_frames()


def test_nothing_is_left_of_the_loop_and_its_thread():
    threads = threading.enumerate()
    for _ in range(20):
        with AsyncRunner() as runner:
            loop = runner.call_in_loop(asyncio.get_running_loop)
        assert loop.is_closed()
        assert set(threading.enumerate()) <= set(threads)


def test_what_has_ended_is_freed_without_the_garbage_collector():
    gc.collect()
    gc.disable()
    try:
        with AsyncRunner() as runner:
            kept = weakref.ref(runner._thread._runner)
        del runner
        assert kept() is None
    finally:
        gc.enable()


def test_a_generator_that_takes_a_while_to_end_is_waited_for():
    steps = []

    async def generate():
        try:
            yield 1
        finally:
            await asyncio.sleep(0.001)
            steps.append("closed")

    async def begin():
        generators.append(generate())
        async for _ in generators[0]:
            break

    generators = []
    with AsyncRunner(exit_timeout=LONG) as runner:
        runner.run(begin())
    assert steps == ["closed"]
    assert runner.shutdown_type == ShutdownType.STOPPED


def test_a_generator_that_does_not_end_is_forced_to():
    async def generate():
        try:
            yield 1
        finally:
            await forever()

    async def begin():
        generators.append(generate())
        async for _ in generators[0]:
            break

    generators = []
    with AsyncRunner(exit_timeout=0.2) as runner:
        runner.run(begin())
    assert runner.shutdown_type == ShutdownType.FORCE_STOPPED


def test_the_loop_gets_a_turn_first():
    steps = []

    async def work():
        steps.append(1)

    for _ in range(20):
        with AsyncRunner() as runner:
            runner.create_task(work())
    assert steps == [1] * 20


def test_tasks_are_cancelled():
    with AsyncRunner() as runner:
        task = runner.create_task(forever())
    assert task.done()
    with pytest.raises(asyncio.CancelledError):
        task.wait()


def test_tasks_of_asyncio_are_cancelled():
    cancelled = []

    async def child():
        try:
            await forever()
        finally:
            cancelled.append("child")

    async def parent():
        asyncio.create_task(child())

    with AsyncRunner() as runner:
        runner.run(parent())
    assert cancelled == ["child"]


def test_own_tasks_are_cancelled_before_those_of_asyncio():
    order = []

    async def until_cancelled(name):
        try:
            await forever()
        finally:
            order.append(name)

    with AsyncRunner() as runner:
        runner.call_in_loop(lambda: asyncio.ensure_future(until_cancelled("asyncio's")))
        runner.create_task(until_cancelled("own"))
    assert order == ["own", "asyncio's"]


def test_tasks_that_do_not_end_are_left():
    async def stubborn():
        while True:
            try:
                await forever()
            except asyncio.CancelledError:
                pass

    start = time.monotonic()
    with AsyncRunner(exit_timeout=LONG) as runner:
        task = runner.create_task(stubborn())
    assert time.monotonic() - start < LONG / 2
    assert runner.shutdown_type == ShutdownType.STOPPED
    assert not task.done()
    for _ in range(2):
        with pytest.raises(RuntimeError):
            task.wait()


def test_wait_after_the_end_for_what_had_ended():
    async def work():
        return 5

    with AsyncRunner() as runner:
        task = runner.create_task(work())
    assert task.wait() == 5


def test_waits_in_other_threads_end():
    event = asyncio.Event()

    async def stubborn():
        try:
            await forever()
        except asyncio.CancelledError:
            await forever()

    with AsyncRunner() as runner:
        tasks = [runner.create_task(work) for work in (forever(), stubborn())]
        waits = [
            (Background(tasks[0].wait), asyncio.CancelledError),
            (Background(tasks[1].wait), RuntimeError),
            (Background(Event(runner).wait), asyncio.CancelledError),
            (Background(Future(runner).result_wait), asyncio.CancelledError),
            (Background(Queue(runner).get_wait), asyncio.CancelledError),
        ]
        full = Queue(runner, 1)
        full.put_wait(1)
        waits.append((Background(full.put_wait, 2), asyncio.CancelledError))
        runner.call_in_loop(event.set)
    for wait, error in waits:
        with pytest.raises(error):
            wait.result()


def test_calls_of_other_threads_while_it_ends():
    # Each either works or raises AssertionError, and none hangs.
    def call(runner):
        count = 0
        try:
            while True:
                runner.call_in_loop(int)
                runner.create_task(asyncio.sleep(0))
                count += 1
        except AssertionError:
            return count

    for _ in range(20):
        with AsyncRunner() as runner:
            threads = [Background(call, runner) for _ in range(2)]
            until(lambda: all(thread.is_alive() for thread in threads))
            runner.call_in_loop(int)
        for thread in threads:
            assert thread.result() >= 0


def test_an_executor_that_is_busy_is_not_waited_for():
    block = Stuck()
    start = time.monotonic()
    with AsyncRunner(exit_timeout=LONG) as runner:
        runner.call_in_loop(lambda: asyncio.get_running_loop().run_in_executor(None, block))
        block.reached()
    assert time.monotonic() - start < LONG / 2
    assert runner.shutdown_type == ShutdownType.STOPPED
    block.release()


def test_left_in_the_loop(runner):
    async def work():
        with pytest.raises(RuntimeError):
            runner.__exit__(None, None, None)

    runner.run(work())
    assert runner.is_running


def test_exit_timeout_none_waits():
    block = Stuck()

    def leave():
        with AsyncRunner(exit_timeout=None) as runner:
            runner.create_task(block.coroutine())
            block.reached()
            leaving.set()
        return released[:], runner.shutdown_type

    released = []
    leaving = threading.Event()
    thread = Background(leave)
    assert leaving.wait(LONG)
    # For a while, in which it would come out if it did not wait.
    time.sleep(0.05)
    released.append(True)
    block.release()
    assert thread.result() == ([True], ShutdownType.STOPPED)


# Loops that are stuck


def test_forced():
    hanging = Hanging()
    with Impatient(log_forced_shutdown_stack_trace=False) as runner:
        task = runner.create_task(hanging.coroutine())
        hanging.reached()
        with pytest.raises(EventLoopTimeoutError):
            runner.call_in_loop(int, 0.01)
    assert runner.shutdown_type == ShutdownType.FORCE_STOPPED
    assert not runner.is_running
    with pytest.raises(asyncio.CancelledError):
        task.wait()


def test_forced_past_except_exception():
    hanging = Hanging()

    async def hang():
        while True:
            try:
                hanging()
            except Exception:
                pass

    with Impatient(log_forced_shutdown_stack_trace=False) as runner:
        runner.create_task(hang())
        hanging.reached()
    assert runner.shutdown_type == ShutdownType.FORCE_STOPPED


def test_forced_in_a_function_of_the_loop():
    hanging = Hanging()
    with Impatient(log_forced_shutdown_stack_trace=False) as runner:
        with pytest.raises(EventLoopTimeoutError):
            runner.call_in_loop(hanging, timeout=0.01)
        hanging.reached()
    assert runner.shutdown_type == ShutdownType.FORCE_STOPPED


def test_other_tasks_of_a_forced_loop_are_unfinished():
    hanging = Hanging()
    with Impatient(log_forced_shutdown_stack_trace=False) as runner:
        task = runner.create_task(forever())
        runner.wait_for_next_eventloop_iteration()
        waiting = Background(task.wait)
        runner.create_task(hanging.coroutine())
        hanging.reached()
    assert runner.shutdown_type == ShutdownType.FORCE_STOPPED
    for wait in (waiting.result, task.wait):
        with pytest.raises((RuntimeError, asyncio.CancelledError)):
            wait()


def test_forced_in_vain():
    block = Stuck()
    with AsyncRunner(exit_timeout=0.05, log_forced_shutdown_stack_trace=False) as runner:
        task = runner.create_task(block.coroutine())
        block.reached()
    assert runner.shutdown_type == ShutdownType.FAILED_FORCE_STOPPED
    assert not runner.is_running
    with pytest.raises((RuntimeError, asyncio.CancelledError)):
        task.wait()
    with pytest.raises(AssertionError):
        runner.call_in_loop(int)
    block.release()


def test_force_comes_after_the_exit_timeout():
    hanging = Hanging()
    with Impatient(exit_timeout=1.0, log_forced_shutdown_stack_trace=False) as runner:
        runner.create_task(hanging.coroutine())
        hanging.reached()
        start = time.monotonic()
    assert 0.9 < time.monotonic() - start < LONG
    assert runner.shutdown_type == ShutdownType.FORCE_STOPPED


@pytest.mark.parametrize("log", [True, False])
def test_where_it_was_stuck_is_logged(log, capfd):
    hanging = Hanging()

    async def stuck_coroutine():
        hanging()

    with Impatient(log_forced_shutdown_stack_trace=log) as runner:
        runner.create_task(stuck_coroutine())
        hanging.reached()
    output = capfd.readouterr().err
    assert ("in stuck_coroutine" in output) == log
    assert ("ForcedThreadShutdown" in output) == log


def test_coroutines_of_a_forced_loop_are_never_said_not_to_be_awaited():
    # no_noise() looks at what Python writes.
    hanging = Hanging()
    with Impatient(log_forced_shutdown_stack_trace=False) as runner:
        runner.create_task(hanging.coroutine())
        hanging.reached()
        for _ in range(5):
            runner.create_task(forever())
    assert runner.shutdown_type == ShutdownType.FORCE_STOPPED


# The end of the program

ENDINGS = {
    "a runner that was not left": """
        kept = runner.create_task(forever())
    """,
    "a generator": """
        async def use():
            global kept
            kept = generate()
            await kept.__anext__()
        runner.run(use())
    """,
    "a generator in use": """
        async def use():
            async for _ in generate():
                begun.set()
                await forever()
        runner.create_task(use())
        assert begun.wait(60)
    """,
    "a coroutine that was not begun": """
        async def block():
            begun.set()
            time.sleep(0.2)
        runner.create_task(block())
        assert begun.wait(60)
        runner.create_task(forever(), None)
    """,
    "an executor": """
        runner.run(asyncio.to_thread(int))
    """,
}

PROGRAM = """
import asyncio, threading, time
from threaded_async import AsyncRunner

begun = threading.Event()
closed = []

async def forever():
    await asyncio.Event().wait()

async def generate():
    try:
        yield 1
    finally:
        await asyncio.sleep(0)
        print("closed")

runner = AsyncRunner(exit_timeout=60){enter}
"""


@pytest.mark.parametrize("name", ENDINGS)
@pytest.mark.parametrize("left", [True, False], ids=["left", "not left"])
def test_the_end_of_the_program(name, left):
    """Whatever is there then, it ends, without noise, and closes generators."""
    body = textwrap.dedent(ENDINGS[name])
    if left:
        text = PROGRAM.format(enter="") + "with runner:\n" + textwrap.indent(body, "    ")
    else:
        text = PROGRAM.format(enter=".__enter__()") + body
    command = [sys.executable, "-B", "-c", text]
    done = subprocess.run(command, capture_output=True, text=True, timeout=2 * LONG)
    closed = "closed\n" if "generator" in name else ""
    assert (done.stdout, done.stderr, done.returncode) == (closed, "", 0)
