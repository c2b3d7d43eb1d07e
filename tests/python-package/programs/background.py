# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""A coroutine in the background, in every way to wait for it."""

import asyncio

import threaded_async


async def think(seconds: float) -> int:
    await asyncio.sleep(seconds)
    return 42


with threaded_async.AsyncRunner() as runner:
    task = runner.create_task(think(0.01))
    print("task:", task.wait(), task.done())
    print("run:", runner.run(think(0.0)))
    print("run with a timeout:", runner.run(think(0.0), timeout=5.0))
    try:
        runner.run(think(60.0), timeout=0.01)
    except threaded_async.EventLoopTimeoutError as error:
        print("too long:", "think" in str(error), isinstance(error, TimeoutError))
    print("in the loop:", runner.call_in_loop(lambda: runner.in_runner_loop), runner.in_runner_loop)
    runner.wait_for_next_eventloop_iteration()
    print("running:", runner.is_running, runner.shutdown_type.name)
print("running:", runner.is_running, runner.shutdown_type.name)

# task: 42 True
# run: 42
# run with a timeout: 42
# too long: True True
# in the loop: True False
# running: True NOT_SHUT_DOWN
# running: False STOPPED
