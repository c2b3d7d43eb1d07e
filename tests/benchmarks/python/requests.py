#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""How long a request from a coroutine to a server takes, with one client and with many."""

import argparse
import statistics
import time

import gi

gi.require_version("ThreadedAsync", "1")

from gi.repository import ThreadedAsync  # noqa: E402


async def ask_for_ever(client):
    number = 0
    while True:
        answer = await client.execute("increment", number)
        assert answer == number + 1
        number = answer


def measure(n_clients, n_requests):
    """Microseconds a request, and those of CPU time."""
    server = ThreadedAsync.Server("benchmark")
    server.handle("increment", lambda number: number + 1)
    with ThreadedAsync.Runner("benchmark", exit_timeout=60) as runner:
        clients = [ThreadedAsync.Client(server, runner) for _ in range(n_clients)]
        for client in clients:
            runner.create_task(ask_for_ever(client))
        for _ in range(n_clients):
            assert server.process()
        started, cpu = time.perf_counter(), time.process_time()
        for _ in range(n_requests):
            assert server.process()
        wall, cpu = time.perf_counter() - started, time.process_time() - cpu
    return wall / n_requests * 1e6, cpu / n_requests * 1e6


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="take fewer and shorter turns")
    quick = parser.parse_args().quick
    rounds, n_requests = (3, 500) if quick else (9, 3000)

    print("Requests of coroutines to a server            µs    CPU µs")
    for name, n_clients in ("one client", 1), ("1,000 clients", 1000):
        turns = [measure(n_clients, n_requests) for _ in range(rounds)]
        wall, cpu = (statistics.median(values) for values in zip(*turns))
        print(f"{name:40}{wall:8.1f}{cpu:10.1f}")


main()
