#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""chain.py [FOLDER]: reads every regular file of a folder in the background, and prints how many
there were and how many bytes they had.

The task is a chain of GIO's asynchronous calls, each started in the callback of the one before.
All of them run in the runner's thread and none of them blocks it, so that a runner can carry many
such chains at once.
"""

import functools
import sys

import gi

gi.require_version("ThreadedAsync", "1")

from gi.repository import Gio, GLib, ThreadedAsync  # noqa: E402

BATCH = 64


def or_fail(callback):
    """Lets a callback of the chain end the task with the error that it met."""

    @functools.wraps(callback)
    def wrapper(self, source, result):
        try:
            callback(self, source, result)
        except GLib.Error as error:
            self.promise.return_error(error)

    return wrapper


class Chain:
    """What a chain carries from one callback to the next. Only the runner's thread touches it."""

    def __init__(self, promise):
        self.promise = promise
        self.cancellable = promise.get_cancellable()
        self.children = None
        self.infos = []  # what is left of the batch that was listed last
        self.n_files = 0
        self.n_bytes = 0

    def start(self, folder):
        folder.enumerate_children_async(
            "standard::name,standard::type",
            Gio.FileQueryInfoFlags.NOFOLLOW_SYMLINKS,
            GLib.PRIORITY_DEFAULT,
            self.cancellable,
            self.on_opened,
        )

    @or_fail
    def on_opened(self, folder, result):
        self.children = folder.enumerate_children_finish(result)
        self.read_next()

    @or_fail
    def on_listed(self, children, result):
        self.infos = children.next_files_finish(result)

        if self.infos:
            self.read_next()
        else:
            self.promise.return_string(f"{self.n_files} files, {self.n_bytes} bytes")

    @or_fail
    def on_loaded(self, file, result):
        _ok, contents, _etag = file.load_contents_finish(result)
        self.n_files += 1
        self.n_bytes += len(contents)
        self.read_next()

    def read_next(self):
        """Goes on with the next regular file of the batch, or with the next batch."""
        while self.infos:
            info = self.infos.pop(0)

            if info.get_file_type() == Gio.FileType.REGULAR:
                file = self.children.get_child(info)
                file.load_contents_async(self.cancellable, self.on_loaded)
                return

        self.children.next_files_async(
            BATCH, GLib.PRIORITY_DEFAULT, self.cancellable, self.on_listed
        )


def sum_files(task, folder):
    """The task's function: starts the chain."""
    Chain(task.take_promise()).start(folder)


def main():
    folder = Gio.File.new_for_commandline_arg(sys.argv[1] if len(sys.argv) > 1 else ".")
    runner = ThreadedAsync.Runner.new("chain")
    runner.start()
    task = runner.create_task(sum_files, folder)
    _ok, summary = task.wait(ThreadedAsync.TIMEOUT_INFINITE, None)
    runner.stop(ThreadedAsync.TIMEOUT_DEFAULT, None)
    print(summary)


try:
    main()
except GLib.Error as error:
    sys.exit(f"chain: {error.message}")
