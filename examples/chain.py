#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""chain.py [FOLDER]: reads every regular file of a folder in the background, and prints how many
there were and how many bytes they had.

The task is a chain of GIO's asynchronous calls, which reads like a list of blocking ones. None of
them blocks the runner's thread, so that a runner can carry many such chains at once.
"""

import sys

import gi

gi.require_version("ThreadedAsync", "1")

from gi.repository import Gio, GLib, ThreadedAsync  # noqa: E402

BATCH = 64


async def sum_files(folder):
    n_files = n_bytes = 0
    call = ThreadedAsync.call

    children = await call(
        folder.enumerate_children_async,
        "standard::name,standard::type",
        Gio.FileQueryInfoFlags.NOFOLLOW_SYMLINKS,
        GLib.PRIORITY_DEFAULT,
    )
    while infos := await call(children.next_files_async, BATCH, GLib.PRIORITY_DEFAULT):
        for info in infos:
            if info.get_file_type() == Gio.FileType.REGULAR:
                file = children.get_child(info)
                _ok, contents, _etag = await call(file.load_contents_async)
                n_files += 1
                n_bytes += len(contents)

    return f"{n_files} files, {n_bytes} bytes"


folder = Gio.File.new_for_commandline_arg(sys.argv[1] if len(sys.argv) > 1 else ".")
try:
    with ThreadedAsync.Runner("chain") as runner:
        print(runner.run(sum_files(folder)))
except GLib.Error as error:
    sys.exit(f"chain: {error.message}")
