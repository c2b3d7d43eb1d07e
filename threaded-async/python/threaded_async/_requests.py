# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""The requests that a server has not handled yet."""

import collections
from typing import Deque, Generic, Optional, TypeVar

RequestT = TypeVar("RequestT")


class Entry(Generic[RequestT]):
    """A place in the line."""

    __slots__ = ("request", "is_withdrawn")

    def __init__(self, request: RequestT) -> None:
        self.request = request
        self.is_withdrawn = False


class Requests(Generic[RequestT]):
    """First come, first served: coroutines put, and the thread of the server takes.

    There is room for some, and who comes then waits for room. Nobody blocks for it, for the server
    looks when the loop of the clients is at rest, and each of them waits for its answer anyway. So
    it only shows when a client is cancelled: one that waits for room has not sent anything.
    """

    def __init__(self, maxsize: int) -> None:
        """maxsize: how many there is room for; 0 or less: any number."""
        self._maxsize = maxsize
        self._entries: Deque[Entry[RequestT]] = collections.deque()

    def put(self, request: RequestT) -> Entry[RequestT]:
        entry = Entry(request)
        self._entries.append(entry)
        return entry

    def withdraw(self, entry: Entry[RequestT]) -> None:
        """Takes back what waits for room; in the loop, which rests before the server takes."""
        waiting = [each for each in self._entries.copy() if not each.is_withdrawn]
        if 0 < self._maxsize < len(waiting) and entry in waiting[self._maxsize :]:
            entry.is_withdrawn = True

    def take(self) -> Optional[RequestT]:
        """The next one, or None."""
        try:
            entry = self._entries.popleft()
            while entry.is_withdrawn:
                entry = self._entries.popleft()
        except IndexError:
            return None
        return entry.request

    def qsize(self) -> int:
        """How many there are, without those that wait for room."""
        count = sum(not each.is_withdrawn for each in self._entries.copy())
        return min(count, self._maxsize) if self._maxsize > 0 else count

    def full(self) -> bool:
        return self.qsize() == self._maxsize > 0
