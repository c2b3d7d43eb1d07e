# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""How a runner ends, whatever runs on it, and how a program does."""

import asyncio
import gc
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
import warnings

import pytest
from gi.repository import Gio, ThreadedAsync
from helpers import LONG, SANITIZER, turns

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


STUCK = {
    "loop": "while True: pass",
    "except Exception": """
        while True:
            try:
                while True: pass
            except Exception:
                pass
    """,
    "ignored cancel": """
        while True:
            try:
                await asyncio.sleep(100)
            except asyncio.CancelledError:
                pass
    """,
    "blocked in the library": "ThreadedAsync.Runner.get_default().wait_for_next_iteration()",
    "blocked again and again": """
        while True:
            try:
                ThreadedAsync.Runner.get_default().wait_for_next_iteration()
            except Exception:
                pass
    """,
}


def begun(runner, body):
    """The task of a coroutine, which is in the midst of it."""
    has_begun = threading.Event()
    namespace = {"asyncio": asyncio, "ThreadedAsync": ThreadedAsync, "has_begun": has_begun}
    body = textwrap.dedent(f"has_begun.set()\n{textwrap.dedent(body)}")
    exec("async def stuck():\n" + textwrap.indent(body, "    "), namespace)
    task = runner.create_task(namespace["stuck"]())
    assert has_begun.wait(LONG)
    return task


@pytest.mark.parametrize("name", STUCK)
def test_forced_stop(name, capfd):
    # Where the machine is so busy that the thread does not come to its turn in time, it may take
    # more than one.
    for _ in range(20):
        runner = ThreadedAsync.Runner("stuck")
        runner.start()
        task = begun(runner, STUCK[name])
        try:
            shutdown_type = stopped(runner, 1.0)
        except TimeoutError:
            capfd.readouterr()
            continue
        assert shutdown_type == ShutdownType.FORCE_STOPPED
        with pytest.raises(asyncio.CancelledError):
            task.wait(LONG)
        assert capfd.readouterr().err == ""
        return
    pytest.fail("no runner was stopped")


def test_abandoned():
    """A thread that is stuck in C can't be helped."""
    runner = ThreadedAsync.Runner("abandoned")
    runner.start()
    reading_end, writing_end = os.pipe()
    read = (
        f"import ctypes; ctypes.CDLL(None).read({reading_end}, ctypes.create_string_buffer(1), 1)"
    )
    task = begun(runner, read)
    with pytest.raises(TimeoutError, match="abandoned"):
        runner.stop(0.3)
    assert runner.shutdown_type == ShutdownType.FAILED_FORCE_STOPPED
    with pytest.raises(asyncio.CancelledError):
        task.wait(LONG)
    os.write(writing_end, b"x")


PREAMBLE = """
import asyncio, os, signal, sys, threading, time
import gi
gi.require_version("ThreadedAsync", "1")
from gi.repository import ThreadedAsync

begun = threading.Event()

def begin(coroutine):
    # Returns when the coroutine has set the event.
    runner.create_task(coroutine)
    assert begun.wait(60)
"""


def program(body, timeout=LONG, **options):
    command = [sys.executable, "-B", "-c", PREAMBLE + textwrap.dedent(body)]
    return subprocess.run(command, capture_output=True, text=True, timeout=timeout, **options)


def test_failed_tasks_are_asked_for_while_others_hold_the_interpreter():
    """Who asks for a task does not have GLib wait for the interpreter, whose holder needs GLib."""
    ended = program(
        """
        from gi.repository import Gio

        async def fail():
            raise ValueError

        def ask():
            try:
                for _ in range(20000):
                    assert len(runner.get_failed_tasks()) == 10
                    assert tasks[0].get_runner() is runner
                print("asked")
            finally:
                is_over.set()

        # Threads take turns often, so that it does not depend on the machine.
        sys.setswitchinterval(1e-5)

        runner = ThreadedAsync.Runner()
        runner.start()
        tasks = [runner.create_task(fail()) for _ in range(10)]
        for task in tasks:
            task.only_python_refers_to_it = True
        while not all(task.done for task in tasks):
            runner.wait_for_next_iteration()

        is_over = threading.Event()
        asker = threading.Thread(target=ask, daemon=True)
        asker.start()
        while not is_over.is_set():
            one = Gio.SimpleAction.new("one", None)
            one.bind_property("enabled", Gio.SimpleAction.new("other", None), "enabled")

        asker.join()
        try:
            runner.stop()
        except ThreadedAsync.TasksFailed:
            print(len(runner.get_failed_tasks()))
        """,
        timeout=3 * LONG,
    )
    assert (ended.returncode, ended.stdout) == (0, "asked\n10\n"), ended.stderr


ENDINGS = {
    "running": "",
    "sleeping": """
        async def sleep():
            begun.set()
            await asyncio.sleep(100)
        begin(sleep())
    """,
    "busy": """
        async def busy():
            begun.set()
            while True:
                await asyncio.sleep(0)
        begin(busy())
    """,
    "stuck": """
        async def stuck():
            begun.set()
            while True: pass
        begin(stuck())
    """,
    "in a generator": """
        async def generate():
            try:
                yield 1
            finally:
                await asyncio.sleep(0)
                print("closed")
        async def use():
            async for _ in generate():
                begun.set()
                await asyncio.sleep(100)
        begin(use())
    """,
    "before a generator goes on": """
        async def generate():
            try:
                begun.set()
                yield 1
                await asyncio.sleep(100)
            finally:
                await asyncio.sleep(0)
                print("closed")
        kept = generate()
        async def use():
            await kept.__anext__()
        begin(use())
    """,
    "in a generator of the program": """
        async def generate():
            try:
                yield 1
            finally:
                await asyncio.sleep(0)
                print("closed")
        async def use():
            global kept
            kept = generate()
            await kept.__anext__()
            begun.set()
        begin(use())
    """,
    "a coroutine that is not started": """
        async def nothing():
            pass
        ThreadedAsync.Runner("not started").create_task(nothing())
        async def block():
            begun.set()
            time.sleep(1)
        begin(block())
        for _ in range(3):
            runner.create_task(nothing())
    """,
    "an executor": """
        runner.run(asyncio.to_thread(int))
    """,
    "work in an executor": """
        async def work():
            begun.set()
            await asyncio.to_thread(time.sleep, 0.3)
        begin(work())
    """,
    "much work in an executor": """
        async def work():
            loop = asyncio.get_running_loop()
            for _ in range(1000):
                loop.run_in_executor(None, time.sleep, 0.001)
            begun.set()
            while True:
                await asyncio.to_thread(time.sleep, 0.001)
        begin(work())
    """,
    "work that begins other work in an executor": """
        async def work():
            begun.set()
            try:
                await asyncio.to_thread(time.sleep, 0.1)
                await asyncio.sleep(100)
            finally:
                try:
                    await asyncio.to_thread(int)
                except RuntimeError:
                    # There are no more threads at the end.
                    pass
        begin(work())
    """,
    "abandoned in C": """
        import ctypes
        async def stuck():
            begun.set()
            ctypes.CDLL(None).sleep(100)
        begin(stuck())
        try:
            runner.stop(0.2)
        except TimeoutError:
            print(runner.shutdown_type.value_nick)
    """,
    "exit in a coroutine": """
        async def leave():
            sys.exit(3)
        try:
            runner.run(leave())
        except SystemExit as error:
            print(error.code)
    """,
}

PRINTED = {
    "abandoned in C": "failed-force-stopped\n",
    "exit in a coroutine": "3\n",
    "in a generator": "closed\n",
    "before a generator goes on": "closed\n",
    "in a generator of the program": "closed\n",
}


# When it exits, Python ends the threads that want its lock, in the middle of what they do:
# AddressSanitizer takes the unwinding of their stacks for a fault.
@pytest.mark.skipif(SANITIZER == "address", reason="AddressSanitizer does not know pthread_exit()")
@pytest.mark.parametrize("name", ENDINGS)
def test_the_interpreter_exits(name):
    time = 0.5 if name == "stuck" else LONG
    body = f'runner = ThreadedAsync.Runner("left", exit_timeout={time})\nrunner.start()\n'
    done = program(body + textwrap.dedent(ENDINGS[name]) + "\n")
    assert done.stderr == ""
    assert done.stdout == PRINTED.get(name, "")
    assert done.returncode == 0


def test_a_handler_that_does_not_raise_ends_no_wait():
    """And the time goes on."""
    handled = []
    previous = signal.signal(signal.SIGUSR1, lambda *_: handled.append(1))
    try:
        queue = ThreadedAsync.Queue()
        main = threading.main_thread().ident

        def send():
            for _ in range(20):
                signal.pthread_kill(main, signal.SIGUSR1)
                time.sleep(0.005)
            queue.put_wait("the item")

        thread = threading.Thread(target=send)
        thread.start()
        assert queue.get_wait(LONG) == "the item"
        thread.join()
        assert handled
        begin = time.monotonic()
        thread = threading.Timer(0.05, signal.pthread_kill, (main, signal.SIGUSR1))
        thread.start()
        with pytest.raises(TimeoutError):
            queue.get_wait(0.2)
        assert 0.2 <= time.monotonic() - begin < LONG
        thread.join()
    finally:
        signal.signal(signal.SIGUSR1, previous)


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
