#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""values.py: what can be put into a queue, and how to refuse what should not."""

import gi

gi.require_version("ThreadedAsync", "1")

from gi.repository import GLib, GObject, ThreadedAsync  # noqa: E402

FOREVER = ThreadedAsync.TIMEOUT_INFINITE


def print_result(queue):
    _ok, result = queue.get_wait(FOREVER, None)
    if isinstance(result, GLib.Error):
        print(f"A failure: {result.message}")
    else:
        print(f"A result: {result}")


def new_queue_of_strings():
    return ThreadedAsync.Queue(name="names", item_type=GObject.TYPE_STRING)


def main():
    results = ThreadedAsync.Queue.new(0)
    names = new_queue_of_strings()
    failure = GLib.Error.new_literal(ThreadedAsync.error_quark(), "it was too late", 0)

    results.put_wait("42", FOREVER, None)
    results.put_wait(failure, FOREVER, None)
    print_result(results)
    print_result(results)

    try:
        names.try_put(GObject.Value(GObject.TYPE_INT64, 42))
    except GLib.Error as error:
        print(error.message)


main()
