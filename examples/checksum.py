#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""checksum.py FOLDER: prints the SHA-256 of every regular file in a folder and in the folders below
it, as sha256sum does. Symbolic links are not followed.

The work is one task in the background, which consists of several coroutines: a walk puts the files
that it finds into a queue, hashers get them there, and put their results into another queue, from
which the main loop prints them. Both queues are bounded, so that nothing piles up, however large
the folder is.
"""

import hashlib
import os
import signal
import sys
import time

import gi

gi.require_version("ThreadedAsync", "1")

from gi.repository import Gio, GLib, ThreadedAsync  # noqa: E402

BATCH = 64
CHUNK = 256 * 1024
N_HASHERS = 4
N_WAITING = 64

FOREVER = ThreadedAsync.TIMEOUT_INFINITE
PRIORITY = GLib.PRIORITY_DEFAULT
CLEAR_LINE = "\r\033[K"


class call:
    """An asynchronous call, to be awaited: await call(file.read_async, file.read_finish, …)."""

    def __init__(self, start, finish, *args):
        self.start = start
        self.finish = finish
        self.args = args

    def __await__(self):
        result = yield self
        return self.finish(result)


def spawn(coroutine, done):
    """Runs a coroutine in the loop of this thread, then calls done() with its error, or None."""

    def go_on(_source, result):
        try:
            pending = coroutine.send(result)
            pending.start(*pending.args, go_on)
        except StopIteration:
            done(None)
        except Exception as error:
            done(error)

    go_on(None, None)


async def items(queue, cancellable):
    """What comes out of a queue, until it is closed."""
    while True:
        try:
            _ok, item = await call(queue.get_async, queue.get_finish, FOREVER, cancellable)
        except GLib.Error as error:
            if error.matches(ThreadedAsync.error_quark(), ThreadedAsync.Error.CLOSED):
                return
            raise
        yield item


async def put(queue, item, cancellable):
    await call(queue.put_async, queue.put_finish, item, FOREVER, cancellable)


class Job:
    """The task. Its coroutines take turns in the runner's thread, and so need no lock."""

    def __init__(self, name, results):
        self.name = name
        self.root = Gio.File.new_for_path(name)
        self.files = ThreadedAsync.Queue.new(N_WAITING)
        self.results = results  # bytes: a line to be printed; GLib.Error: what went wrong
        self.n_chains = 1 + N_HASHERS
        self.n_files = 0
        self.n_bytes = 0
        self.next_report = 0
        self.error = None

    def start(self, task):
        """The task's function."""
        self.task = task
        self.promise = task.take_promise()
        self.cancellable = self.promise.get_cancellable()

        spawn(self.walk(), self.on_chain_ended)
        for _ in range(N_HASHERS):
            spawn(self.hash_files(), self.on_chain_ended)

    def on_chain_ended(self, error):
        if error is not None and self.error is None:
            self.error = error
            self.task.cancel()

        self.n_chains -= 1
        if self.n_chains > 0:
            return

        if self.error is None:
            self.promise.return_boolean(True)
        elif isinstance(self.error, GLib.Error):
            self.promise.return_error(self.error)
        else:
            self.promise.return_failed(str(self.error))
        self.results.close()

    # Whatever fails because the task is cancelled, the put of the error fails for the same reason,
    # and ends the coroutine.

    async def walk(self):
        folders = [self.root]
        while folders:
            try:
                await self.walk_folder(folders.pop(), folders)
            except GLib.Error as error:
                await put(self.results, error, self.cancellable)
        self.files.close()

    async def walk_folder(self, folder, folders):
        children = await call(
            folder.enumerate_children_async,
            folder.enumerate_children_finish,
            "standard::name,standard::type",
            Gio.FileQueryInfoFlags.NOFOLLOW_SYMLINKS,
            PRIORITY,
            self.cancellable,
        )
        list_next = children.next_files_async, children.next_files_finish
        while infos := await call(*list_next, BATCH, PRIORITY, self.cancellable):
            for info in infos:
                if info.get_file_type() == Gio.FileType.DIRECTORY:
                    folders.append(children.get_child(info))
                elif info.get_file_type() == Gio.FileType.REGULAR:
                    await put(self.files, children.get_child(info), self.cancellable)

    async def hash_files(self):
        async for file in items(self.files, self.cancellable):
            try:
                result = self.format_line(file, await self.hash_file(file))
            except GLib.Error as error:
                result = error
            await put(self.results, result, self.cancellable)

    async def hash_file(self, file):
        checksum = hashlib.sha256()
        stream = await call(file.read_async, file.read_finish, PRIORITY, self.cancellable)
        read_next = stream.read_bytes_async, stream.read_bytes_finish
        while (chunk := await call(*read_next, CHUNK, PRIORITY, self.cancellable)).get_size() > 0:
            checksum.update(chunk.get_data())
            self.report(0, chunk.get_size())
        self.report(1, 0)
        return checksum.hexdigest()

    def report(self, n_files, n_bytes):
        self.n_files += n_files
        self.n_bytes += n_bytes
        # Ten times a second is enough for a person.
        if time.monotonic() < self.next_report:
            return
        self.next_report = time.monotonic() + 0.1
        self.promise.set_status(f"{self.n_files} files, {GLib.format_size(self.n_bytes)}")

    def format_line(self, file, checksum):
        """In a name that would break the line, sha256sum writes some characters as two, and says so
        by a backslash at the start of the line."""
        name = os.path.join(self.name, self.root.get_relative_path(file))
        escaped = name.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
        mark = "" if escaped == name else "\\"
        return os.fsencode(f"{mark}{checksum}  {escaped}\n")


class Program:
    """The main program, in its main loop."""

    def __init__(self, name):
        self.loop = GLib.MainLoop()
        self.runner = ThreadedAsync.Runner.new("checksum")
        self.results = ThreadedAsync.Queue.new(N_WAITING)
        self.job = Job(name, self.results)
        self.shows_status = sys.stderr.isatty()
        self.status = 0

    def run(self):
        self.runner.start()
        task = self.runner.create_task(self.job.start)
        if self.shows_status:
            task.connect("notify::status", self.on_status)
        spawn(self.print_results(), self.on_printed)
        try:
            self.loop.run()
        except KeyboardInterrupt:
            self.status = 130
        finally:
            self.clear_status()
            # This cancels the task, if it has not ended.
            self.runner.stop(GLib.USEC_PER_SEC // 2, None)
        return self.status

    async def print_results(self):
        async for result in items(self.results, None):
            self.clear_status()
            if isinstance(result, bytes):
                while result:
                    result = result[os.write(sys.stdout.fileno(), result) :]
            else:
                self.complain(result.message)

    def on_printed(self, error):
        if error is not None:
            self.complain(error)
        self.loop.quit()

    def complain(self, message):
        print(f"checksum: {message}", file=sys.stderr)
        self.status = 1

    def on_status(self, task, _pspec):
        print(f"{CLEAR_LINE}{task.props.status}", end="", file=sys.stderr, flush=True)

    def clear_status(self):
        if self.shows_status:
            print(CLEAR_LINE, end="", file=sys.stderr, flush=True)


if len(sys.argv) != 2:
    sys.exit("Usage: checksum.py FOLDER")

# As every filter: end when nobody reads any more.
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
try:
    sys.exit(Program(sys.argv[1]).run())
except GLib.Error as error:
    sys.exit(f"checksum: {error.message}")
