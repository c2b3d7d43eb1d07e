#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""thread.py: a thread of one's own, which may block, delivers its result to a main loop."""

import threading

import gi

gi.require_version("ThreadedAsync", "1")

from gi.repository import GLib, ThreadedAsync  # noqa: E402


def compute(promise):
    promise.return_value(sum(range(1, 1001)))


def compute_in_thread():
    promise = ThreadedAsync.Promise()
    future = promise.future
    threading.Thread(target=compute, args=(promise,)).start()
    return future


def on_computed(future, _result):
    print(f"The sum is {future.try_wait()}")
    loop.quit()


loop = GLib.MainLoop()
compute_in_thread().wait_async(ThreadedAsync.TIMEOUT_INFINITE, None, on_computed)
loop.run()
