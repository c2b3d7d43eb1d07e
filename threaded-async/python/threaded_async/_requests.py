# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""The requests that a server has not handled yet."""

import collections
import threading
from typing import Deque, Generic, Optional, OrderedDict, TypeVar

RequestT = TypeVar("RequestT")


class Entry(Generic[RequestT]):
    """A place in the line."""

    __slots__ = ("request",)

    def __init__(self, request: RequestT) -> None:
        self.request = request


class Requests(Generic[RequestT]):
    """First come, first served: coroutines put, and the thread of the server takes.

    There is room for some, and who comes then waits for room. Nobody blocks for it, for the server
    looks when the loop of the clients is at rest, and each of them waits for its answer anyway. So
    it only shows when a client is cancelled: one that waits for room has not sent anything.
    """

    def __init__(self, maxsize: int) -> None:
        """maxsize: how many there is room for; 0 or less: any number."""
        self._maxsize = maxsize
        # Guards the rest, since several loops may put at once.
        self._lock = threading.Lock()
        self._room: Deque[Entry[RequestT]] = collections.deque()
        # Those that wait for room, in order.
        self._outside: OrderedDict[Entry[RequestT], None] = collections.OrderedDict()

    def put(self, request: RequestT) -> Entry[RequestT]:
        entry = Entry(request)
        with self._lock:
            if self._outside or 0 < self._maxsize <= len(self._room):
                self._outside[entry] = None
            else:
                self._room.append(entry)
        return entry

    def withdraw(self, entry: Entry[RequestT]) -> None:
        """Takes back what waits for room."""
        with self._lock:
            self._outside.pop(entry, None)

    def take(self) -> Optional[RequestT]:
        """The next one, or None."""
        with self._lock:
            if not self._room:
                return None
            entry = self._room.popleft()
            if self._outside:
                self._room.append(self._outside.popitem(last=False)[0])
        return entry.request

    def qsize(self) -> int:
        """How many there are, without those that wait for room."""
        return len(self._room)

    def full(self) -> bool:
        return self.qsize() == self._maxsize > 0
