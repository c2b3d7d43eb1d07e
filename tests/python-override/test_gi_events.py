# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Coroutines in the main loop of an application: gi.events, of PyGObject 3.50 and newer."""

import subprocess
import sys

import gi
import pytest
from helpers import LONG

PROGRAM = """
import asyncio, threading
import gi
gi.require_version("ThreadedAsync", "1")
from gi.events import GLibEventLoopPolicy
from gi.repository import GLib, ThreadedAsync

policy = GLibEventLoopPolicy()
asyncio.set_event_loop_policy(policy)


async def work(source, target):
    async for number in source:
        await target.put(number + 1)
    return "done"


async def main(runner):
    there, back = ThreadedAsync.Queue(1), ThreadedAsync.Queue(1)
    task = runner.create_task(work(there, back))
    for number in range(100):
        await there.put(number)
        assert await back.get() == number + 1
        assert threading.current_thread() is threading.main_thread()

    # What is cancelled takes nothing with it.
    for delay in range(20):
        get = asyncio.ensure_future(back.get())
        await asyncio.sleep(0)
        await there.put(delay)
        await asyncio.sleep(delay / 10000)
        get.cancel()
        try:
            item = await get
        except asyncio.CancelledError:
            item = await back.get()
        assert item == delay + 1

    there.close()
    assert await task == "done"

    event = ThreadedAsync.Event()
    threading.Timer(0.01, event.set).start()
    assert await event is True

    # Work in the main loop, sent from another thread.
    attached = ThreadedAsync.Runner.get_default()
    sent = await asyncio.to_thread(attached.run, asyncio.sleep(0, "in the main loop"), 10)
    print(sent)


with ThreadedAsync.Runner() as runner:
    policy.get_event_loop().run_until_complete(main(runner))
"""


@pytest.mark.skipif(gi.version_info < (3, 50), reason="there is no gi.events")
def test_await_in_the_main_loop():
    command = [sys.executable, "-B", "-c", PROGRAM]
    done = subprocess.run(command, capture_output=True, text=True, timeout=2 * LONG)
    assert (done.stdout, done.stderr) == ("in the main loop\n", "")
