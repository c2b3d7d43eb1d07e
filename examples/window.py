#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""window.py [FOLDER]: a window with a button that has a coroutine find out, in the background, how
much a folder holds. The window goes on working meanwhile, and closing it cancels the coroutine."""

import asyncio
import sys

import gi

gi.require_version("Gtk", "4.0")
gi.require_version("ThreadedAsync", "1")

from gi.repository import Gtk, ThreadedAsync  # noqa: E402


async def measure(folder):
    """The work, in the runner's thread."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec("du", "-sh", folder, stdout=pipe, stderr=pipe)
    try:
        output, errors = await process.communicate()
    except asyncio.CancelledError:
        process.kill()
        await process.communicate()  # until it is gone
        raise
    if process.returncode != 0:
        raise OSError(errors.decode(errors="replace").strip())
    return output.split()[0].decode()


class Window(Gtk.ApplicationWindow):
    """The window, in the main thread."""

    def __init__(self, app, runner, folder):
        super().__init__(application=app, title="Folder", default_width=300)
        self.runner = runner
        self.folder = folder
        self.button = Gtk.Button(label="Measure")
        self.label = Gtk.Label(label=folder)
        box = Gtk.Box(orientation=Gtk.Orientation.VERTICAL)
        box.append(self.label)
        box.append(self.button)
        self.set_child(box)
        self.button.connect("clicked", self.on_clicked)

    def on_clicked(self, _button):
        self.button.set_sensitive(False)
        task = self.runner.create_task(measure(self.folder))
        task.wait_async(ThreadedAsync.TIMEOUT_INFINITE, None, self.on_measured)

    def on_measured(self, task, _result):
        self.button.set_sensitive(True)
        try:
            self.label.set_text(f"{self.folder} holds {task.try_wait()}")
        except OSError as error:
            self.label.set_text(f"It did not work: {error}")


def main(folder):
    with ThreadedAsync.Runner("window") as runner:
        app = Gtk.Application()
        app.connect("activate", lambda app: Window(app, runner, folder).present())
        app.run()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else ".")
