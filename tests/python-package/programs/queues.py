# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""A worker between two queues, one of which has little room."""

import asyncio
from typing import Optional

from threaded_async import AsyncRunner, EventLoopTimeoutError, Queue


async def square(numbers: "Queue[Optional[int]]", squares: "Queue[int]") -> str:
    while True:
        number = await numbers.get()
        if number is None:
            return "finished"
        await squares.put(number * number)


with AsyncRunner() as runner:
    numbers = Queue[Optional[int]](runner)
    squares = Queue[int](runner, maxsize=2)
    print("empty:", numbers.empty(), "full:", squares.full())
    task = runner.create_task(square(numbers, squares))
    for number in range(4):
        numbers.put_wait(number)
    print("full:", squares.full(), "size:", squares.qsize())
    print("squares:", [squares.get_wait() for _ in range(4)])
    try:
        squares.get_wait(timeout=0.01)
    except EventLoopTimeoutError:
        print("no more squares")
    numbers.put_wait(None, timeout=1.0)
    print(task.wait())

    worker = runner.create_task(square(numbers, squares))
    worker.cancel()
    try:
        worker.wait()
    except asyncio.CancelledError:
        print("cancelled")

# empty: True full: False
# full: True size: 2
# squares: [0, 1, 4, 9]
# no more squares
# finished
# cancelled
