#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""control-inversion.py: a client in the background asks a server to increment the numbers 0 to 9,
one after the other, and prints each answer. The server, in the main program, decides how far it
gets: it handles three requests.

When process() returns, the client has printed the answer. Nothing of it depends on which thread is
quicker.
"""

import gi

gi.require_version("ThreadedAsync", "1")

from gi.repository import ThreadedAsync  # noqa: E402


class Counter(ThreadedAsync.Client):
    """The client's side, which runs in the background."""

    async def increment(self, number):
        return await self.execute("increment", number)

    async def run(self):
        for number in range(10):
            print("Client got:", await self.increment(number))


def main():
    server = ThreadedAsync.Server("control-inversion")
    server.handle("increment", lambda number: number + 1)

    with ThreadedAsync.Runner("control-inversion") as runner:
        counter = Counter(server, runner)
        runner.create_task(counter.run())

        for _ in range(3):
            server.process()

    # The client waited for the fourth answer when its runner was stopped.


main()
