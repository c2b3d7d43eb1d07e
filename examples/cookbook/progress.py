#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""progress.py: a task that shows how far it is, and can be cancelled. A small object stands for the
progress bar of a window."""

import gi

gi.require_version("ThreadedAsync", "1")

from gi.repository import Gio, GLib, GObject, ThreadedAsync  # noqa: E402

N_STEPS = 10


class Work:
    """The work, in the runner's thread."""

    def __init__(self, task):
        self.promise = task.take_promise()
        self.n_done = 0
        self.step()

    def step(self):
        ThreadedAsync.sleep_async(10_000, self.promise.get_cancellable(), self.on_step)

    def on_step(self, _source, result):
        try:
            ThreadedAsync.sleep_finish(result)
        except GLib.Error as error:
            self.promise.return_error(error)
            return

        self.n_done += 1
        self.promise.set_progress(self.n_done / N_STEPS)
        self.promise.set_status(f"Step {self.n_done} of {N_STEPS}")

        if self.n_done < N_STEPS:
            self.step()
        else:
            self.promise.return_int(self.n_done)


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
        self.task = self.runner.create_task(Work)
        self.task.bind_property("progress", self.bar, "fraction", GObject.BindingFlags.SYNC_CREATE)
        self.task.wait_async(ThreadedAsync.TIMEOUT_INFINITE, None, self.on_ended)

    def on_cancel_clicked(self):
        self.task.cancel()

    def on_ended(self, task, result):
        try:
            _ok, n_steps = task.wait_finish(result)
            print(f"Done after {n_steps} steps")
        except GLib.Error as error:
            if error.matches(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED):
                print("Cancelled")
            else:
                print(f"It did not work: {error.message}")
        self.loop.quit()


def main():
    loop = GLib.MainLoop()
    runner = ThreadedAsync.Runner.new("progress")
    runner.start()
    window = Window(loop, runner)

    window.on_start_clicked()
    loop.run()
    print(f"The bar is at {100 * window.bar.fraction:g} %")

    window.on_start_clicked()
    window.on_cancel_clicked()
    loop.run()

    runner.stop(ThreadedAsync.TIMEOUT_DEFAULT, None)


main()
