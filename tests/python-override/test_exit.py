# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""How a program ends whose runners have not been stopped."""

import subprocess
import sys
import textwrap

import pytest
from helpers import LONG, SANITIZER

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


def program(body):
    command = [sys.executable, "-B", "-c", PREAMBLE + textwrap.dedent(body)]
    return subprocess.run(command, capture_output=True, text=True, timeout=LONG)


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
