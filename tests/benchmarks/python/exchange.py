#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""exchange.py [SCALE]: what it costs in Python to pass something between a thread and coroutines.

The library and its peers take turns, so that a change of the machine's mood meets all of them; each
figure is the median of its turns. Compare figures of one run only. Two CPUs, one (taskset -c 0) and
busy neighbours give different pictures.
"""

import asyncio
import concurrent.futures
import contextlib
import importlib
import importlib.util
import queue
import statistics
import sys
import threading
import time

import gi

gi.require_version("ThreadedAsync", "1")

from gi.overrides._threadedasync import backend  # noqa: E402
from gi.repository import ThreadedAsync  # noqa: E402

SCALE = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
ROUNDS = 5


async def nothing():
    pass


class LoopThread:
    """asyncio in a thread, by the means of Python's own library."""

    def __enter__(self):
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()

    def create_task(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop)


class Library:
    name = "threaded-async"

    def __init__(self):
        self.runner = ThreadedAsync.Runner("benchmark")

    def __enter__(self):
        self.runner.start()
        return self

    def __exit__(self, *_):
        self.runner.stop()

    def spawn(self, n):
        for task in [self.runner.create_task(nothing()) for _ in range(n)]:
            task.wait()

    def sleep(self, n):
        self.runner.run(sleep_often(n))

    def ping_pong(self, n):
        there, back = ThreadedAsync.Queue(), ThreadedAsync.Queue()

        async def echo():
            for _ in range(n):
                await back.put(await there.get())

        task = self.runner.create_task(echo())
        for i in range(n):
            there.put_wait(i)
            back.get_wait()
        task.wait()

    def to_coroutine(self, n):
        items = ThreadedAsync.Queue()

        async def take():
            for _ in range(n):
                await items.get()

        task = self.runner.create_task(take())
        for i in range(n):
            items.put_wait(i)
        task.wait()

    def to_thread(self, n):
        items = ThreadedAsync.Queue()

        async def give():
            for i in range(n):
                await items.put(i)

        task = self.runner.create_task(give())
        for _ in range(n):
            items.get_wait()
        task.wait()


async def sleep_often(n):
    for _ in range(n):
        await asyncio.sleep(0)


class Asyncio(LoopThread):
    """run_coroutine_threadsafe(), and queues from Python's own library."""

    name = "asyncio"

    def spawn(self, n):
        for task in [self.create_task(nothing()) for _ in range(n)]:
            task.result()

    def sleep(self, n):
        self.create_task(sleep_often(n)).result()

    def ping_pong(self, n):
        async def echo(item):
            return item

        for i in range(n):
            self.create_task(echo(i)).result()

    def to_coroutine(self, n):
        items = asyncio.Queue()

        async def take():
            for _ in range(n):
                await items.get()

        task = self.create_task(take())
        for i in range(n):
            self.loop.call_soon_threadsafe(items.put_nowait, i)
        task.result()

    def to_thread(self, n):
        items = queue.SimpleQueue()

        async def give():
            for i in range(n):
                items.put(i)

        task = self.create_task(give())
        for _ in range(n):
            items.get()
        task.result()


class Threads:
    """Two plain threads: no coroutine at all."""

    def __init__(self, name, make):
        self.name = name
        self.make = make

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def ping_pong(self, n):
        there, back = self.make(), self.make()

        def echo():
            for _ in range(n):
                back.put(there.get())

        thread = threading.Thread(target=echo)
        thread.start()
        for i in range(n):
            there.put(i)
            back.get()
        thread.join()

    def to_thread(self, n):
        items = self.make()

        def give():
            for i in range(n):
                items.put(i)

        thread = threading.Thread(target=give)
        thread.start()
        for _ in range(n):
            items.get()
        thread.join()

    to_coroutine = to_thread


class Janus(LoopThread):
    name = "janus"

    async def _make(self):
        return importlib.import_module("janus").Queue()

    @contextlib.contextmanager
    def queues(self, n):
        made = [self.create_task(self._make()).result() for _ in range(n)]
        yield made
        for one in made:
            one.close()
            self.create_task(one.wait_closed()).result()

    def ping_pong(self, n):
        with self.queues(2) as (there, back):

            async def echo():
                for _ in range(n):
                    await back.async_q.put(await there.async_q.get())

            task = self.create_task(echo())
            for i in range(n):
                there.sync_q.put(i)
                back.sync_q.get()
            task.result()

    def to_coroutine(self, n):
        with self.queues(1) as (items,):

            async def take():
                for _ in range(n):
                    await items.async_q.get()

            task = self.create_task(take())
            for i in range(n):
                items.sync_q.put(i)
            task.result()

    def to_thread(self, n):
        with self.queues(1) as (items,):

            async def give():
                for i in range(n):
                    await items.async_q.put(i)

            task = self.create_task(give())
            for _ in range(n):
                items.sync_q.get()
            task.result()


class Anyio:
    name = "anyio"

    def __enter__(self):
        self.context = importlib.import_module("anyio.from_thread").start_blocking_portal()
        self.portal = self.context.__enter__()
        return self

    def __exit__(self, *_):
        self.context.__exit__(None, None, None)

    def spawn(self, n):
        concurrent.futures.wait([self.portal.start_task_soon(nothing) for _ in range(n)])

    def ping_pong(self, n):
        async def echo(item):
            return item

        for i in range(n):
            self.portal.call(echo, i)


class Life:
    """Start and stop."""

    def __init__(self, cls):
        self.name = cls.name
        self.cls = cls

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def start_and_stop(self, n):
        for _ in range(n):
            with self.cls():
                pass


def has(module):
    return importlib.util.find_spec(module) is not None


SIMPLE = Threads("SimpleQueue", queue.SimpleQueue)
BLOCKING = Threads("queue.Queue", queue.Queue)
PEERS = [Library, Asyncio, lambda: SIMPLE, lambda: BLOCKING]
PEERS += [Janus] * has("janus") + [Anyio] * has("anyio")
LIVES = [lambda: Life(Library), lambda: Life(Asyncio)]
LIVES += [lambda: Life(Anyio)] * has("anyio")

TASKS = [
    ("ping_pong", 2000, PEERS),
    ("to_coroutine", 20000, PEERS),
    ("to_thread", 20000, PEERS),
    ("spawn", 2000, PEERS),
    ("sleep", 20000, PEERS),
    ("start_and_stop", 50, LIVES),
]


def measure(task, n, peers):
    figures = {}
    for _ in range(ROUNDS):
        for make in peers:
            with make() as peer:
                run = getattr(peer, task, None)
                if run is None:
                    continue
                run(max(n // 20, 1))
                begin = time.perf_counter()
                run(n)
                spent = time.perf_counter() - begin
                figures.setdefault(peer.name, []).append(spent / n * 1e9)
    return {name: statistics.median(values) for name, values in figures.items()}


def main():
    print(f"# {'with the extension' if backend.native else 'through PyGObject alone'}")
    print(f"{'ns each':16}{'':16}{'':>10}  {'of ours':>8}")
    for task, n, peers in TASKS:
        figures = measure(task, max(int(n * SCALE), 2), peers)
        ours = figures[Library.name]
        for name, figure in figures.items():
            print(f"{task:16}{name:16}{figure:10.0f}  {figure / ours:8.2f}", flush=True)


main()
