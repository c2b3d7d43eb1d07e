# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Errors that somebody waits for, and those that nobody has waited for."""

import threaded_async


async def fail(number: int) -> None:
    raise ValueError(f"number {number}")


try:
    with threaded_async.AsyncRunner() as runner:
        tasks = [runner.create_task(fail(number)) for number in range(4)]
        try:
            tasks[0].wait()
        except ValueError as error:
            print("waited for:", error)
except threaded_async.ExceptionGroup as group:
    for details in group.exception_details:
        print("not waited for:", details.exception, "in fail" in details.traceback)
    print(len(group.exceptions), len(group.tracebacks), "Traceback" in str(group))

# waited for: number 0
# not waited for: number 1 True
# not waited for: number 2 True
# not waited for: number 3 True
# 3 3 True
