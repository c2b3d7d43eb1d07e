#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""values.py: what can be put into a queue, and how to refuse what should not."""

import gi

gi.require_version("ThreadedAsync", "1")

from gi.repository import GLib, ThreadedAsync  # noqa: E402


def print_result(queue):
    result = queue.get_wait()
    if isinstance(result, Exception):
        print(f"A failure: {result}")
    else:
        print(f"A result: {result}")


def new_queue_of_strings():
    return ThreadedAsync.Queue(name="names", item_type=str)


results = ThreadedAsync.Queue()
names = new_queue_of_strings()

results.put_wait("42")
results.put_wait(ValueError("it was too late"))
print_result(results)
print_result(results)

try:
    names.try_put(2**40)
except GLib.Error as error:
    print(error.message)
