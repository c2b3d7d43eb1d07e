#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""package.py [SCALE]: what the package threaded_async costs.

Beside it, in turns, the same by run_coroutine_threadsafe() of asyncio, which does what the older
library of this name did, and costs about as much. And, where it can do the same, by a SimpleQueue
between two threads. Each figure is the median of its turns; compare figures
of one run only.
"""

import asyncio
import queue
import statistics
import sys
import threading
import time

import threaded_async

SCALE = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
ROUNDS = 5


async def nothing():
    pass


async def echo(get, put, n):
    for _ in range(n):
        await put(await get())


async def take(get, n):
    for _ in range(n):
        await get()


async def give(put, n):
    for i in range(n):
        await put(i)


class Package:
    name = "threaded_async"

    def __enter__(self):
        self.runner = threaded_async.AsyncRunner()
        self.runner.__enter__()
        return self

    def __exit__(self, *_):
        self.runner.__exit__(None, None, None)

    def ping_pong(self, n):
        there, back = threaded_async.Queue(self.runner), threaded_async.Queue(self.runner)
        task = self.runner.create_task(echo(there.get, back.put, n))
        for i in range(n):
            there.put_wait(i)
            back.get_wait()
        task.wait()

    def to_coroutine(self, n):
        items = threaded_async.Queue(self.runner)
        task = self.runner.create_task(take(items.get, n))
        for i in range(n):
            items.put_wait(i)
        task.wait()

    def to_thread(self, n):
        items = threaded_async.Queue(self.runner)
        task = self.runner.create_task(give(items.put, n))
        for _ in range(n):
            items.get_wait()
        task.wait()

    def spawn(self, n):
        for task in [self.runner.create_task(nothing()) for _ in range(n)]:
            task.wait()

    def requests(self, n):
        class Server(threaded_async.Server):
            def _handle_request(self, request, future):
                future.set_result(request.args[0] + 1)

        async def ask(client):
            for i in range(n):
                await client.execute(len, i)

        with Server() as server:
            task = server.create_background_task(ask(server.create_client()))
            for _ in range(n):
                assert server.process()
            task.wait()

    def start_and_stop(self, n):
        for _ in range(n):
            with threaded_async.AsyncRunner():
                pass


class Asyncio:
    name = "run_coroutine_threadsafe"

    def __enter__(self):
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()

    def start(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop)

    def ping_pong(self, n):
        there, back = asyncio.Queue(), asyncio.Queue()
        task = self.start(echo(there.get, back.put, n))
        for i in range(n):
            self.start(there.put(i)).result()
            self.start(back.get()).result()
        task.result()

    def to_coroutine(self, n):
        items = asyncio.Queue()
        task = self.start(take(items.get, n))
        for i in range(n):
            self.start(items.put(i)).result()
        task.result()

    def to_thread(self, n):
        items = asyncio.Queue()
        task = self.start(give(items.put, n))
        for _ in range(n):
            self.start(items.get()).result()
        task.result()

    def spawn(self, n):
        for task in [self.start(nothing()) for _ in range(n)]:
            task.result()

    def requests(self, n):
        asked = asyncio.Queue()

        async def ask():
            for i in range(n):
                answer = self.loop.create_future()
                await asked.put((i, answer))
                await answer

        task = self.start(ask())
        for _ in range(n):
            number, answer = self.start(asked.get()).result()
            self.loop.call_soon_threadsafe(answer.set_result, number + 1)
        task.result()

    def start_and_stop(self, n):
        for _ in range(n):
            with Asyncio() as other:
                other.start(nothing()).result()


class Threads:
    name = "SimpleQueue"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def ping_pong(self, n):
        there, back = queue.SimpleQueue(), queue.SimpleQueue()

        def answer():
            for _ in range(n):
                back.put(there.get())

        thread = threading.Thread(target=answer)
        thread.start()
        for i in range(n):
            there.put(i)
            back.get()
        thread.join()

    def to_coroutine(self, n):
        items = queue.SimpleQueue()
        thread = threading.Thread(target=lambda: [items.get() for _ in range(n)])
        thread.start()
        for i in range(n):
            items.put(i)
        thread.join()

    to_thread = to_coroutine


TASKS = {
    "ping_pong": 1000,
    "to_coroutine": 5000,
    "to_thread": 5000,
    "spawn": 1000,
    "requests": 2000,
    "start_and_stop": 50,
}


def measure(task, n):
    figures = {}
    for _ in range(ROUNDS):
        for peer_class in (Package, Asyncio, Threads):
            run = getattr(peer_class, task, None)
            if run is None:
                continue
            with peer_class() as peer:
                run(peer, max(n // 20, 1))
                begin = time.perf_counter()
                run(peer, n)
                spent = time.perf_counter() - begin
            figures.setdefault(peer_class.name, []).append(spent / n * 1e9)
    return {name: statistics.median(values) for name, values in figures.items()}


def main():
    print(f"# {threaded_async.__file__}")
    print(f"{'ns each':16}{'':26}{'':>10}  {'of ours':>8}")
    for task, n in TASKS.items():
        figures = measure(task, max(int(n * SCALE), 2))
        for name, figure in figures.items():
            ratio = figure / figures[Package.name]
            print(f"{task:16}{name:26}{figure:10.0f}  {ratio:8.2f}", flush=True)


main()
