# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""What is used once is freed wholly: by the figures of malloc, each in a program of its own."""

import ctypes

import interrupts
import pytest
from helpers import SANITIZER

pytestmark = [
    pytest.mark.skipif(SANITIZER is not None, reason="a sanitizer has a malloc of its own"),
    pytest.mark.skipif(
        not hasattr(ctypes.CDLL(None), "mallinfo2"), reason="this C library counts nothing"
    ),
]

PREAMBLE = """
import asyncio, ctypes, faulthandler, gc, socket
import gi
gi.require_version("ThreadedAsync", "1")
from gi.repository import ThreadedAsync
import interrupts

faulthandler.dump_traceback_later(6 * interrupts.LONG, exit=True)

class Figures(ctypes.Structure):
    _fields_ = [(f"figure_{i}", ctypes.c_size_t) for i in range(10)]

mallinfo = ctypes.CDLL(None).mallinfo2
mallinfo.restype = Figures

def used():
    # What has been allocated and not freed yet.
    gc.collect()
    return mallinfo().figure_7

async def one():
    return 1

async def get(n):
    queue = ThreadedAsync.Queue()
    for _ in range(n):
        asyncio.get_running_loop().call_soon(queue.try_put, 1)
        assert await queue.get() == 1

async def put(n):
    queue = ThreadedAsync.Queue(capacity=1)
    for _ in range(n):
        queue.try_put(1)
        asyncio.get_running_loop().call_soon(queue.try_get)
        await queue.put(2)
        assert queue.try_get() == 2

async def event(n):
    for _ in range(n):
        event = ThreadedAsync.Event()
        asyncio.get_running_loop().call_soon(event.set)
        assert await event

async def task(n):
    for _ in range(n):
        assert await runner.create_task(one()) == 1

async def descriptor(n):
    receiver, sender = socket.socketpair()
    receiver.setblocking(False)
    with receiver, sender:
        for _ in range(n):
            asyncio.get_running_loop().call_soon(sender.send, b"x")
            assert await asyncio.get_running_loop().sock_recv(receiver, 1) == b"x"

def spawn(n):
    for _ in range(n):
        assert runner.create_task(one()).wait() == 1

def function(n):
    for _ in range(n):
        assert runner.create_task(lambda task: task.take_promise().return_value(1)).wait() == 1

def call_in_loop(n):
    for _ in range(n):
        assert runner.call_in_loop(lambda: 1) == 1

def in_runner(func):
    return lambda n: runner.run(func(n))

def in_asyncio(func):
    return lambda n: asyncio.run(func(n))

def lost(work, n):
    # How many bytes each leaves behind, once what is made only once is there.
    work(n)
    before = used()
    work(n)
    return (used() - before) / n
"""

WAYS = [
    "in_runner(get)",
    "in_runner(put)",
    "in_runner(event)",
    "in_runner(task)",
    "in_runner(descriptor)",
    "in_asyncio(get)",
    "in_asyncio(task)",
    "spawn",
    "function",
    "call_in_loop",
]


@pytest.mark.parametrize("way", WAYS)
def test_nothing_is_lost_with_each_wait(way):
    """PyGObject before 3.50 loses 32 bytes there, and more, with each function it passes on."""
    interrupts.run_program(
        PREAMBLE,
        f"""
        with ThreadedAsync.Runner("used") as runner:
            n_bytes = lost({way}, 5000)
        assert n_bytes < 16, n_bytes
        """,
    )
