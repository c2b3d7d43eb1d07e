#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""stuck-loop.py: a task computes and never gives its loop a turn. The stop takes no longer than it
may, and says how it went.
"""

import sys
import threading
import time

import gi

gi.require_version("ThreadedAsync", "1")

from gi.repository import ThreadedAsync  # noqa: E402


async def compute(has_begun):
    has_begun.set()
    while True:
        time.sleep(0.001)


runner = ThreadedAsync.Runner("stuck-loop")
runner.start()
has_begun = threading.Event()
runner.create_task(compute(has_begun), name="compute")
has_begun.wait()

try:
    runner.stop(timeout=0.5)
except TimeoutError as error:
    print(f"stuck-loop: {error}", file=sys.stderr)
print(runner.shutdown_type.value_name)
