#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""What it costs in Python to pass something between a thread and coroutines."""

import functools

import gi

gi.require_version("ThreadedAsync", "1")

from gi.repository import ThreadedAsync  # noqa: E402

import bench  # noqa: E402
import peers  # noqa: E402
from exchanges import Exchanging, ask_for_ever  # noqa: E402


class Override(Exchanging):
    name = "threaded-async"
    ours = True
    options = {}

    def __init__(self):
        self.runner = ThreadedAsync.Runner("benchmark", exit_timeout=60, **self.options)
        self.make_queue = ThreadedAsync.Queue
        self.start = self.runner.create_task
        self.server = None

    def __enter__(self):
        self.runner.start()
        return self

    def __exit__(self, *_):
        self.runner.stop()

    def _answer(self, n_clients, n):
        # After that of the first turn, which is to warm up.
        if self.server is None:
            self.server = ThreadedAsync.Server("benchmark")
            self.server.handle("increment", lambda number: number + 1)
            for _ in range(n_clients):
                client = ThreadedAsync.Client(self.server, self.runner)
                self.start(ask_for_ever(functools.partial(client.execute, "increment")))
            for _ in range(n_clients):
                assert self.server.process()
        for _ in range(n):
            assert self.server.process()

    def requests_of_one(self, n):
        self._answer(1, n)

    def requests_of_many(self, n):
        self._answer(1000, n)


class Unspinning(Override):
    """Its loop goes to sleep at once; what stays is how long the thread looks."""

    name = "threaded-async, max-spin 0"
    ours = False
    options = {"max_spin": 0}
    # Only where one waits for the other.
    to_coroutine = to_thread = spawn = sleep = start_and_stop = None


ASYNCIO = peers.Threadsafe.name
SIMPLE = peers.SimpleQueue.name

# asyncio stands for the older library as well, which was made of it.
PING_PONG = [(3, SIMPLE), (20, ASYNCIO), (1 / 1.4, Unspinning.name)]

TABLES = [
    bench.Table("ping_pong", "ping-pong", 2000, 200, PING_PONG),
    bench.Table("to_coroutine", "thread to coroutine", 20000, 5000, [(400, None), (150, ASYNCIO)]),
    bench.Table("to_thread", "coroutine to thread", 20000, 5000, [(400, None), (150, ASYNCIO)]),
    bench.Table("spawn", "spawn", 2000, 200),
    bench.Table("sleep", "sleep(0)", 20000, 5000, [(1 / 0.9, ASYNCIO)]),
    bench.Table("start_and_stop", "start and stop", 100, 10),
    bench.Table("requests_of_one", "requests of one client", 3000, 300),
    bench.Table("requests_of_many", "requests of 1,000 clients", 3000, 300),
]

bench.main("python", __doc__, TABLES, lambda options: [Override, Unspinning, *peers.find()])
