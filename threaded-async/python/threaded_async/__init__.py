# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Runs asyncio code in background threads, and lets threads and coroutines talk to each other.

A program that was written for the older library of this name runs on this package as it is. New
programs are better off with gi.repository.ThreadedAsync, which this package is a thin dress for.
"""

from threaded_async import async_utils, control_inversion, threaded_async, timers
from threaded_async.control_inversion import Client, ExecutionRequest, ReturnT, Server, ServerT
from threaded_async.threaded_async import (
    USE_DEFAULT_TIMEOUT,
    AsyncRunner,
    BackgroundTask,
    Event,
    EventLoopTimeoutError,
    ExceptionDetails,
    ExceptionGroup,
    ForcedThreadShutdown,
    Future,
    Queue,
    R,
    ShutdownType,
    ValueT,
)

__all__ = [
    "AsyncRunner",
    "BackgroundTask",
    "Client",
    "Event",
    "EventLoopTimeoutError",
    "ExceptionDetails",
    "ExceptionGroup",
    "ExecutionRequest",
    "ForcedThreadShutdown",
    "Future",
    "Queue",
    "R",
    "ReturnT",
    "Server",
    "ServerT",
    "ShutdownType",
    "USE_DEFAULT_TIMEOUT",
    "ValueT",
    "async_utils",
    "control_inversion",
    "threaded_async",
    "timers",
]
