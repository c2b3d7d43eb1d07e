#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""late.py: what is put into a queue, and whether an item is taken, is decided when the wait is
over."""

import gi

gi.require_version("ThreadedAsync", "1")

from gi.repository import GLib, ThreadedAsync  # noqa: E402

FOREVER = ThreadedAsync.TIMEOUT_INFINITE


class Sensor:
    reading = 0

    def on_space(self, queue, result):
        # The reading of now, and not of when the wait began.
        queue.put_reserved(result, self.reading)


class Window:
    def __init__(self, name):
        self.name = name
        self.is_closed = False

    def on_item(self, queue, result):
        # Then the item goes to the next who waits, or back to its place.
        if self.is_closed:
            return

        _ok, number = queue.get_finish(result)
        print(f"The {self.name} window shows reading {number}")


def turn_all():
    while GLib.MainContext.default().iteration(False):
        pass


def main():
    queue = ThreadedAsync.Queue.new(1)
    sensor = Sensor()
    first = Window("first")
    second = Window("second")

    # The queue is full, and the readings go on.
    sensor.reading = 1
    queue.try_put(sensor.reading)
    queue.reserve_async(FOREVER, None, sensor.on_space)
    sensor.reading = 2
    sensor.reading = 3

    queue.get_async(FOREVER, None, first.on_item)
    turn_all()

    # The first window is closed after it was given an item, and before it hears of that.
    queue.get_async(FOREVER, None, first.on_item)
    queue.get_async(FOREVER, None, second.on_item)
    first.is_closed = True
    turn_all()


main()
