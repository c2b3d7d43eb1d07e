#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""event.py: a worker starts in the background, and waits there until the main program has prepared
what it needs.

The worker waits without blocking its thread.
"""

import sys
import time

import gi

gi.require_version("ThreadedAsync", "1")

from gi.repository import GLib, ThreadedAsync  # noqa: E402


class Worker:
    def __init__(self):
        self.ready = ThreadedAsync.Event.new()
        self.greeting = None  # the main program's until the event is set, then the worker's

    def start(self, task):
        """The task's function."""
        self.promise = task.take_promise()
        self.ready.wait_async(
            ThreadedAsync.TIMEOUT_INFINITE, self.promise.get_cancellable(), self.on_ready
        )

    def on_ready(self, event, result):
        try:
            event.wait_finish(result)
            print(f"The worker goes on: {self.greeting}", flush=True)
            self.promise.return_boolean(True)
        except GLib.Error as error:
            self.promise.return_error(error)


def main():
    runner = ThreadedAsync.Runner.new("event")
    runner.start()
    worker = Worker()
    task = runner.create_task(worker.start)

    print("The main program prepares a greeting", flush=True)
    time.sleep(0.1)  # it takes its time
    worker.greeting = "Hello from the background"
    worker.ready.set()

    task.wait(ThreadedAsync.TIMEOUT_INFINITE, None)
    runner.stop(ThreadedAsync.TIMEOUT_DEFAULT, None)


try:
    main()
except GLib.Error as error:
    sys.exit(f"event: {error.message}")
