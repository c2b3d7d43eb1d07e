# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""A coroutine waits until the main thread has prepared something, and the other way round."""

from typing import List

import threaded_async
from threaded_async import Event

prepared: List[int] = []


async def use(ready: Event, used: Event) -> int:
    await ready.as_async_event().wait()
    used.as_async_event().set()
    return sum(prepared)


with threaded_async.AsyncRunner() as runner:
    ready, used = Event(runner), Event(runner)
    task = runner.create_task(use(ready, used))
    print("set:", ready.is_set(), used.is_set(), "done:", task.done())
    prepared.extend([1, 2, 3])
    ready.set()
    used.wait(timeout=5.0)
    print("set:", ready.is_set(), used.is_set())
    print("sum:", task.wait())

# set: False False done: False
# set: True True
# sum: 6
