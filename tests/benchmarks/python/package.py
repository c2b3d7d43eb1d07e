#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""What the package threaded_async costs, beside the older library of its name.

That one is not a part of this. --original takes the folder in which its package is, such as the src
of a checkout. Without it, run_coroutine_threadsafe() stands for it, of which it was made.
"""

import functools
import importlib
import os
import sys
import time

import threaded_async

import bench
import peers
from exchanges import Exchanging, ask_for_ever


class Package(Exchanging):
    name = "threaded_async"
    ours = True
    module = threaded_async

    def __init__(self):
        self.runner = self.module.AsyncRunner()

    def __enter__(self):
        self.runner.__enter__()
        return self

    def __exit__(self, *_):
        self.runner.__exit__(None, None, None)

    def make_queue(self):
        return self.module.Queue(self.runner)

    def start(self, coroutine):
        return self.runner.create_task(coroutine)

    def _answer(self, n_clients, n):
        class Server(self.module.Server):
            def _handle_request(self, request, future):
                future.set_result(request.args[0] + 1)

        server = Server()
        server.event_loop_exit_timeout = 60.0
        with server:
            for _ in range(n_clients):
                execute = functools.partial(server.create_client().execute, len)
                server.create_background_task(ask_for_ever(execute))
            begun = time.perf_counter_ns()
            for _ in range(n):
                assert server.process()
            self.measured_ns = time.perf_counter_ns() - begun

    def requests_of_one(self, n):
        self._answer(1, n)

    def requests_of_many(self, n):
        self._answer(1000, n)


def find_original(folder):
    """A contestant with the older library, whose modules have the names of ours."""

    def is_its(name):
        return name.split(".")[0] == "threaded_async"

    own = {name: sys.modules.pop(name) for name in list(sys.modules) if is_its(name)}
    sys.path.insert(0, folder)
    try:
        module = importlib.import_module("threaded_async")
    finally:
        sys.path.remove(folder)
        for name in list(filter(is_its, sys.modules)):
            del sys.modules[name]
        sys.modules.update(own)
    if not os.path.abspath(module.__file__).startswith(os.path.abspath(folder) + os.sep):
        sys.exit(f"There is no package threaded_async in {folder}.")

    class Original(Package):
        name = "the older library"
        ours = False

    Original.module = module
    return Original


ORIGINAL = "the older library"

TABLES = [
    bench.Table("ping_pong", "ping-pong", 1000, 100, [(20, ORIGINAL)]),
    bench.Table("to_coroutine", "thread to coroutine", 10000, 2000, [(150, ORIGINAL)]),
    bench.Table("to_thread", "coroutine to thread", 10000, 2000, [(150, ORIGINAL)]),
    bench.Table("spawn", "spawn", 1000, 200, [(8, ORIGINAL)]),
    bench.Table("start_and_stop", "start and stop", 100, 10, [(3, ORIGINAL)]),
    bench.Table("requests_of_one", "requests of one client", 2000, 200, [(15, ORIGINAL)]),
    bench.Table("requests_of_many", "requests of 1,000 clients", 2000, 200, [(15, ORIGINAL)]),
]


def add_options(parser):
    parser.add_argument("--original", metavar="DIR", help="the folder of the older library")


def make_contestants(options):
    contestants = [Package, peers.Threadsafe, peers.SimpleQueue]
    if options.original is not None:
        contestants.insert(1, find_original(options.original))
    else:
        print("Without the older library, whose folder --original takes.", flush=True)
    return contestants


bench.main("python-package", __doc__, TABLES, make_contestants, add_options)
