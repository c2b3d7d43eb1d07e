#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""event.py: a worker starts in the background, and waits there until the main program has prepared
what it needs.

The worker waits without blocking its thread.
"""

import time

import gi

gi.require_version("ThreadedAsync", "1")

from gi.repository import ThreadedAsync  # noqa: E402


async def work(ready, greetings):
    await ready
    print(f"The worker goes on: {greetings[0]}", flush=True)


with ThreadedAsync.Runner("event") as runner:
    ready, greetings = ThreadedAsync.Event(), []
    worker = runner.create_task(work(ready, greetings))

    print("The main program prepares a greeting", flush=True)
    time.sleep(0.1)  # it takes its time
    greetings.append("Hello from the background")
    ready.set()
    worker.wait()
