#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

import asyncio

import gi

gi.require_version("ThreadedAsync", "1")

from gi.repository import ThreadedAsync  # noqa: E402


async def think():
    await asyncio.sleep(0.5)
    return 42


# The coroutine runs in the runner's thread, everything else in the main thread.
with ThreadedAsync.Runner("quickstart") as runner:
    task = runner.create_task(think())
    print(f"The answer is {task.wait()}")
