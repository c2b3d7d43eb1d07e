# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""How a runner ends, and cleans up."""

import asyncio
import gc
import threading
import warnings

import pytest
from gi.repository import Gio, ThreadedAsync
from helpers import LONG, turns

ShutdownType = ThreadedAsync.ShutdownType


def stopped(runner, timeout=LONG):
    runner.stop(timeout)
    return runner.shutdown_type


def test_everything_is_cancelled_and_cleaned_up():
    seen = []

    async def clean_up(name):
        try:
            await asyncio.sleep(LONG)
        finally:
            await asyncio.sleep(0.001)
            seen.append(name)

    async def generate():
        try:
            while True:
                yield 1
                await asyncio.sleep(0)
        finally:
            await asyncio.sleep(0)
            seen.append("generator")

    async def use_generator():
        async for _ in generators[0]:
            break
        asyncio.create_task(clean_up("asyncio task"))
        await clean_up("task")

    generators = [generate()]
    runner = ThreadedAsync.Runner()
    runner.start()
    runner.create_task(use_generator())
    runner.wait_for_next_iteration()
    assert stopped(runner) == ShutdownType.STOPPED
    assert sorted(seen) == ["asyncio task", "generator", "task"]


def test_what_was_sent_before_is_begun():
    seen = []

    async def note():
        seen.append(1)

    with ThreadedAsync.Runner() as runner:
        for _ in range(100):
            runner.create_task(note())
    assert len(seen) == 100


def test_whoever_has_swallowed_a_cancel_is_cancelled():
    """A stop cancels each task once, whatever happened before."""
    seen = []
    tasks = []

    async def swallow(name):
        is_swallowed = asyncio.Event()

        async def work():
            try:
                await asyncio.sleep(LONG)
            except asyncio.CancelledError:
                is_swallowed.set()
            try:
                await asyncio.sleep(LONG)
            except asyncio.CancelledError:
                seen.append(name)
                # One that cleans up is not disturbed again.
                await turns(20)
                seen.append("cleaned up")
                raise

        if name == "asyncio task":
            tasks.append(asyncio.create_task(work()))
            await turns()
            tasks[0].cancel()
            await is_swallowed.wait()
        else:
            await work()

    runner = ThreadedAsync.Runner(exit_timeout=LONG)
    runner.start()
    runner.run(swallow("asyncio task"), LONG)
    task = runner.create_task(swallow("task"))
    runner.wait_for_next_iteration(LONG)
    task.cancel()
    runner.wait_for_next_iteration(LONG)
    assert stopped(runner) == ShutdownType.STOPPED
    assert sorted(seen) == ["asyncio task", "cleaned up", "cleaned up", "task"]


def test_executors_end():
    threads = set()

    def note():
        threads.add(threading.current_thread())

    with ThreadedAsync.Runner() as runner:
        runner.run(asyncio.to_thread(note), LONG)
    assert not any(thread.is_alive() for thread in threads)


@pytest.mark.filterwarnings("error")
def test_no_noise(recwarn):
    """Nothing is said about coroutines that were never awaited, or tasks that were destroyed."""

    async def nothing():
        pass

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        runner = ThreadedAsync.Runner()
        runner.create_task(nothing())
        runner.start()
        for _ in range(10):
            runner.create_task(nothing()).cancel()
        runner.stop()
        runner.create_task(nothing())
        del runner
        gc.collect()
    assert [str(warning.message) for warning in caught] == []


async def begin_a_child(seen):
    """Leaves a task behind that only its loop knows of."""

    async def child():
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            seen.append("cleaned up")

    seen.append(asyncio.create_task(child()))
    await asyncio.sleep(0)


@pytest.mark.parametrize("attempt", range(20))
def test_what_is_sent_before_the_thread_begins_is_cleaned_up(attempt):
    seen = []
    runner = ThreadedAsync.Runner("brief")
    runner.start()
    runner.create_task(begin_a_child(seen))
    assert stopped(runner) == ShutdownType.STOPPED
    # It may have been stopped before that began.
    assert len(seen) in (0, 2)


def test_a_class_that_brackets_the_loop_is_cleaned_up():
    class Bracketing(ThreadedAsync.Runner):
        def do_run(self):
            super().do_run()

    seen = []
    runner = Bracketing("bracketing")
    runner.start()
    runner.run(begin_a_child(seen), LONG)
    assert stopped(runner) == ShutdownType.STOPPED
    assert seen[1:] == ["cleaned up"]


def test_a_runner_in_a_new_wrapper_is_cleaned_up():
    store = Gio.ListStore.new(ThreadedAsync.Runner)
    store.append(ThreadedAsync.Runner("kept in C"))
    gc.collect()

    seen = []
    runner = store[0]
    runner.start()
    runner.run(begin_a_child(seen), LONG)
    assert stopped(runner) == ShutdownType.STOPPED
    assert seen[1:] == ["cleaned up"]
