#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""checksum.py FOLDER: prints the SHA-256 of every regular file in a folder and in the folders below
it, as sha256sum does. Symbolic links are not followed.

The work is one task in the background, which consists of several coroutines: a walk puts the files
that it finds into a queue, hashers get them there, and put their results into another queue, from
which the main thread prints them. Both queues are bounded, so that nothing piles up, however large
the folder is.
"""

import asyncio
import hashlib
import os
import signal
import sys

import gi

gi.require_version("ThreadedAsync", "1")

from gi.repository import Gio, GLib, ThreadedAsync  # noqa: E402
from gi.repository.ThreadedAsync import call  # noqa: E402

BATCH = 64
CHUNK = 256 * 1024
N_HASHERS = 4
N_WAITING = 64

PRIORITY = GLib.PRIORITY_DEFAULT
CLEAR_LINE = "\r\033[K"


class Job:
    """The work. Its coroutines take turns in the runner's thread, and so need no lock."""

    def __init__(self, name):
        self.name = name
        self.root = Gio.File.new_for_path(name)
        self.files = ThreadedAsync.Queue(N_WAITING)
        self.results = ThreadedAsync.Queue(N_WAITING)  # bytes to be printed, or a GLib.Error
        self.n_files = self.n_bytes = 0

    async def run(self):
        self.promise = ThreadedAsync.Promise.get_current()
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self.walk())
                for _ in range(N_HASHERS):
                    group.create_task(self.hash_files())
        finally:
            self.results.close()

    async def walk(self):
        folders = [self.root]
        while folders:
            try:
                await self.walk_folder(folders.pop(), folders)
            except GLib.Error as error:
                await self.results.put(error)
        self.files.close()

    async def walk_folder(self, folder, folders):
        no_links = Gio.FileQueryInfoFlags.NOFOLLOW_SYMLINKS
        attributes = "standard::name,standard::type"
        children = await call(folder.enumerate_children_async, attributes, no_links, PRIORITY)
        while infos := await call(children.next_files_async, BATCH, PRIORITY):
            for info in infos:
                if info.get_file_type() == Gio.FileType.DIRECTORY:
                    folders.append(children.get_child(info))
                elif info.get_file_type() == Gio.FileType.REGULAR:
                    await self.files.put(children.get_child(info))

    async def hash_files(self):
        async for file in self.files:
            try:
                result = self.format_line(file, await self.hash_file(file))
            except GLib.Error as error:
                result = error
            await self.results.put(result)

    async def hash_file(self, file):
        checksum = hashlib.sha256()
        stream = await call(file.read_async, PRIORITY)
        while data := (await call(stream.read_bytes_async, CHUNK, PRIORITY)).get_data():
            checksum.update(data)
            self.n_bytes += len(data)
            self.promise.set_status(f"{self.n_files} files, {GLib.format_size(self.n_bytes)}")
        self.n_files += 1
        return checksum.hexdigest()

    def format_line(self, file, checksum):
        """In a name that would break the line, sha256sum writes some characters as two, and says so
        by a backslash at the start of the line."""
        name = os.path.join(self.name, self.root.get_relative_path(file))
        escaped = name.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
        mark = "" if escaped == name else "\\"
        return os.fsencode(f"{mark}{checksum}  {escaped}\n")


def show(text):
    if sys.stderr.isatty():
        print(f"{CLEAR_LINE}{text}", end="", file=sys.stderr, flush=True)


def print_results(results, task):
    """Prints what comes, and what the task tells of itself while nothing comes."""
    status = 0
    while True:
        try:
            result = results.get_wait(timeout=0.1)
        except TimeoutError:
            show(task.dup_status() or "")
            continue
        except ThreadedAsync.QueueClosed:
            return status

        show("")
        if isinstance(result, GLib.Error):
            print(f"checksum: {result.message}", file=sys.stderr)
            status = 1
        else:
            while result:
                result = result[os.write(sys.stdout.fileno(), result) :]


def main(name):
    job = Job(name)
    try:
        # At the end this cancels the task, if it has not ended. A few milliseconds will do, unless
        # the machine is very busy.
        with ThreadedAsync.Runner("checksum", exit_timeout=10) as runner:
            task = runner.create_task(job.run())
            status = print_results(job.results, task)
            task.wait()
            return status
    except KeyboardInterrupt:
        return 130
    except (GLib.Error, OSError) as error:
        return f"checksum: {error}"
    finally:
        show("")


if len(sys.argv) != 2:
    sys.exit("Usage: checksum.py FOLDER")

# As every filter: end when nobody reads any more.
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
sys.exit(main(sys.argv[1]))
