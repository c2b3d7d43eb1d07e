# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""How a runner ends whose thread is stuck."""

import asyncio
import os
import textwrap
import threading

import pytest
from gi.repository import ThreadedAsync
from helpers import LONG

ShutdownType = ThreadedAsync.ShutdownType


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
            runner.stop(1.0)
        except TimeoutError:
            capfd.readouterr()
            continue
        assert runner.shutdown_type == ShutdownType.FORCE_STOPPED
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
