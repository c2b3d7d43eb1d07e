#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""errors.py: three tasks fail in the background, and nobody waits for them. Their errors come out
when the runner is stopped.
"""

import gi

gi.require_version("ThreadedAsync", "1")

from gi.repository import Gio, GLib, ThreadedAsync  # noqa: E402


async def fail(name):
    message = f"The {name} is empty"
    raise GLib.Error.new_literal(Gio.io_error_quark(), message, Gio.IOErrorEnum.FAILED)


runner = ThreadedAsync.Runner("errors")
runner.start()
for name in "fridge", "purse", "tank":
    runner.create_task(fail(name), name=name)

try:
    runner.stop()
    print("All went well")
except ThreadedAsync.TasksFailed:
    print(f"{runner.get_n_failed_tasks()} tasks failed:")
    for task in runner.get_failed_tasks():
        print(f"{task.name}: {task.dup_error_message()}")
