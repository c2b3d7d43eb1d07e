# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""A coroutine that never awaits anything, and so blocks the loop."""

import asyncio

import threaded_async
from threaded_async import ShutdownType


async def count_for_ever() -> None:
    await asyncio.sleep(0.01)
    number = 0
    while True:
        number += 1


runner = threaded_async.AsyncRunner(
    exit_timeout=0.2, call_in_loop_timeout=0.1, log_forced_shutdown_stack_trace=False
)
try:
    with runner:
        runner.create_task(count_for_ever()).wait()
except threaded_async.EventLoopTimeoutError as error:
    print("stuck in count_for_ever:", "count_for_ever" in str(error))
print(runner.shutdown_type.name, runner.shutdown_type.force_stop_attempted())
print([kind.name for kind in ShutdownType])

# stuck in count_for_ever: True
# FORCE_STOPPED True
# ['NOT_SHUT_DOWN', 'STOPPED', 'FORCE_STOPPED', 'FAILED_FORCE_STOPPED', 'UNKNOWN']
