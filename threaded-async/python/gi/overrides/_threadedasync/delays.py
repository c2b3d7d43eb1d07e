# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""What kept a task from being done in time, if that is a coroutine.

Which coroutine a loop is at only Python knows. It is looked up when a wait has failed, so that the
steps of coroutines cost nothing.
"""

import time

from . import raw, threads

_UNKNOWN = "a coroutine or callback of its event loop"


def add_delay(future, error, timeout_us):
    """Has the error of a wait that took too long name the coroutine that is to blame for it."""
    runner = future.get_runner() if isinstance(future, raw.ThreadedAsync.Task) else None
    loop = None if runner is None else threads.get_loop(runner)
    if loop is None or "has been busy with" in error.message and _UNKNOWN not in error.message:
        return
    task, since = loop.get_busy()
    duration = time.monotonic() - since
    if task is None or duration < timeout_us / 2_000_000:
        return
    what = f"coroutine “{getattr(task.get_coro(), '__qualname__', task.get_name())}”"
    if _UNKNOWN in error.message:
        error.message = error.message.replace(_UNKNOWN, what)
    else:
        error.message += f", whose loop has been busy with {what} for {duration:.3g} s"
