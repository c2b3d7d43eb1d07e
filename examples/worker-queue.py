#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""worker-queue.py: the main program puts the numbers 0 to 9 into one queue, a worker in the
background adds one to each, and the main program prints what comes out of the other queue.

The worker is asynchronous: while it waits for a queue, its thread is free for other work. The main
program is not: it blocks. To the queues both are the same.
"""

import sys

import gi

gi.require_version("ThreadedAsync", "1")

from gi.repository import GLib, ThreadedAsync  # noqa: E402

FOREVER = ThreadedAsync.TIMEOUT_INFINITE


def is_closed(error):
    return error.matches(ThreadedAsync.error_quark(), ThreadedAsync.Error.CLOSED)


class Worker:
    """Adds one to every number that comes. After start() only the runner's thread touches it."""

    def __init__(self, in_queue, out_queue):
        self.in_queue = in_queue
        self.out_queue = out_queue

    def start(self, task):
        """The task's function."""
        self.promise = task.take_promise()
        self.cancellable = self.promise.get_cancellable()
        self.get_next()

    def get_next(self):
        self.in_queue.get_async(FOREVER, self.cancellable, self.on_got)

    def on_got(self, queue, result):
        try:
            _ok, number = queue.get_finish(result)
            self.out_queue.put_async(number + 1, FOREVER, self.cancellable, self.on_put)
        except GLib.Error as error:
            self.end(error)

    def on_put(self, queue, result):
        try:
            queue.put_finish(result)
            self.get_next()
        except GLib.Error as error:
            self.end(error)

    def end(self, error):
        """The worker has done its work when there is nothing more to come."""
        self.out_queue.close()
        if is_closed(error):
            self.promise.return_boolean(True)
        else:
            self.promise.return_error(error)


def numbers(queue):
    """What comes out of a queue, until it is closed."""
    while True:
        try:
            _ok, number = queue.get_wait(FOREVER, None)
        except GLib.Error as error:
            if is_closed(error):
                return
            raise
        yield number


def main():
    in_queue = ThreadedAsync.Queue.new(0)
    out_queue = ThreadedAsync.Queue.new(0)
    runner = ThreadedAsync.Runner.new("worker-queue")
    runner.start()
    worker = runner.create_task(Worker(in_queue, out_queue).start)

    for i in range(10):
        in_queue.put_wait(i, FOREVER, None)
    in_queue.close()

    for number in numbers(out_queue):
        print(number)

    # The worker has closed its queue; whether because it was done, it says itself.
    worker.wait(FOREVER, None)
    runner.stop(ThreadedAsync.TIMEOUT_DEFAULT, None)


try:
    main()
except GLib.Error as error:
    sys.exit(f"worker-queue: {error.message}")
