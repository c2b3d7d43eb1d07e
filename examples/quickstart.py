#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

import sys

import gi

gi.require_version("ThreadedAsync", "1")

from gi.repository import GLib, ThreadedAsync  # noqa: E402

# The first two functions run in the runner's thread, the third in the main thread.


def on_slept(source, result, promise):
    try:
        ThreadedAsync.sleep_finish(result)
        promise.return_int(42)
    except GLib.Error as error:
        promise.return_error(error)


def think(task):
    promise = task.take_promise()
    ThreadedAsync.sleep_async(500_000, promise.get_cancellable(), on_slept, promise)


def main():
    runner = ThreadedAsync.Runner.new("quickstart")
    runner.start()
    task = runner.create_task(think)
    _ok, answer = task.wait(ThreadedAsync.TIMEOUT_INFINITE, None)
    runner.stop(ThreadedAsync.TIMEOUT_DEFAULT, None)
    print(f"The answer is {answer}")


try:
    main()
except GLib.Error as error:
    sys.exit(f"quickstart: {error.message}")
