# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""The override of ThreadedAsync: the library as a Python programmer expects it.

Times are in seconds, None means for ever. A call returns what was asked for, any object comes back
as the same object, exceptions arrive with their traceback, and coroutines can await everything.
"""

from ._threadedasync.calls import call
from ._threadedasync.errors import (
    ForcedStop,
    QueueClosed,
    QueueEmpty,
    QueueFull,
    TasksFailed,
    WaitTimeoutError,
)
from ._threadedasync.events import Event
from ._threadedasync.futures import Future, Promise, Task
from ._threadedasync.queues import Queue
from ._threadedasync.raw import DEFAULT_TIMEOUT
from ._threadedasync.runners import Runner
from ._threadedasync.servers import Client, Request, Server

__all__ = [
    "Client",
    "DEFAULT_TIMEOUT",
    "Event",
    "ForcedStop",
    "Future",
    "Promise",
    "Queue",
    "QueueClosed",
    "QueueEmpty",
    "QueueFull",
    "Request",
    "Runner",
    "Server",
    "Task",
    "TasksFailed",
    "WaitTimeoutError",
    "call",
]
