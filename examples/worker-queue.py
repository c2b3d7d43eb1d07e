#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""worker-queue.py: the main program puts the numbers 0 to 9 into one queue, a worker in the
background adds one to each, and the main program prints what comes out of the other queue.

The worker is asynchronous: while it waits for a queue, its thread is free for other work. The main
program is not: it blocks. To the queues both are the same.
"""

import gi

gi.require_version("ThreadedAsync", "1")

from gi.repository import ThreadedAsync  # noqa: E402


async def increment(in_queue, out_queue):
    """Adds one to every number that comes, until no more will come."""
    try:
        async for number in in_queue:
            await out_queue.put(number + 1)
    finally:
        out_queue.close()


def numbers(queue):
    """What comes out of a queue, until it is closed."""
    while True:
        try:
            yield queue.get_wait()
        except ThreadedAsync.QueueClosed:
            return


with ThreadedAsync.Runner("worker-queue") as runner:
    in_queue, out_queue = ThreadedAsync.Queue(), ThreadedAsync.Queue()
    worker = runner.create_task(increment(in_queue, out_queue))

    for i in range(10):
        in_queue.put_wait(i)
    in_queue.close()

    for number in numbers(out_queue):
        print(number)

    # The worker has closed its queue; whether because it was done, it says itself.
    worker.wait()
