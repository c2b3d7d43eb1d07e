#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""progress.py: a task that shows how far it is, and can be cancelled. A small object stands for the
progress bar of a window."""

import asyncio

import gi

gi.require_version("ThreadedAsync", "1")

from gi.repository import GLib, GObject, ThreadedAsync  # noqa: E402

N_STEPS = 10


async def work():
    """The work, in the runner's thread."""
    promise = ThreadedAsync.Promise.get_current()
    for n in range(1, N_STEPS + 1):
        await asyncio.sleep(0.01)
        promise.set_progress(n / N_STEPS)
        promise.set_status(f"Step {n} of {N_STEPS}")
    return N_STEPS


class Bar(GObject.Object):
    """What stands for a progress bar."""

    fraction = GObject.Property(type=float)


class Window:
    """The window, in the main thread."""

    def __init__(self, loop, runner):
        self.loop = loop
        self.runner = runner
        self.bar = Bar()

    def on_start_clicked(self):
        self.task = self.runner.create_task(work())
        self.task.bind_property("progress", self.bar, "fraction", GObject.BindingFlags.SYNC_CREATE)
        self.task.wait_async(ThreadedAsync.TIMEOUT_INFINITE, None, self.on_ended)

    def on_cancel_clicked(self):
        self.task.cancel()

    def on_ended(self, task, _result):
        try:
            print(f"Done after {task.try_wait()} steps")
        except asyncio.CancelledError:
            print("Cancelled")
        self.loop.quit()


loop = GLib.MainLoop()
with ThreadedAsync.Runner("progress") as runner:
    window = Window(loop, runner)
    window.on_start_clicked()
    loop.run()
    print(f"The bar is at {100 * window.bar.fraction:g} %")

    window.on_start_clicked()
    window.on_cancel_clicked()
    loop.run()
