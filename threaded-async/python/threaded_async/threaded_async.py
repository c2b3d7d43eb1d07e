# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Event loops in background threads, and what threads and coroutines need to work together."""

from threaded_async._errors import (
    USE_DEFAULT_TIMEOUT,
    EventLoopTimeoutError,
    ExceptionDetails,
    ExceptionGroup,
    ShutdownType,
)
from threaded_async._loop import ForcedThreadShutdown
from threaded_async._primitives import Event, Future, Queue, ValueT
from threaded_async._runner import AsyncRunner
from threaded_async._tasks import BackgroundTask, R

__all__ = [
    "AsyncRunner",
    "BackgroundTask",
    "Event",
    "EventLoopTimeoutError",
    "ExceptionDetails",
    "ExceptionGroup",
    "ForcedThreadShutdown",
    "Future",
    "Queue",
    "R",
    "ShutdownType",
    "USE_DEFAULT_TIMEOUT",
    "ValueT",
]
