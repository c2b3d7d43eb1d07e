# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""One result or one failure, for which threads can block.

Whoever produces it stores it first and looks for waiters then; whoever waits enters the list of
waiters first and looks for the outcome then. So no lock is needed between the two, which matters
because the garbage collector may run code that takes part in the midst of either.
"""

import asyncio
import sys
import threading
import time
import traceback
from types import CodeType, TracebackType
from typing import Any, Generic, List, Optional, Tuple, TypeVar, Union

from threaded_async._errors import EventLoopTimeoutError
from threaded_async._loop import Bell, BellInLoop

R = TypeVar("R")

# How many calls of a stack are kept: the innermost tell where something was created.
STACK_DEPTH = 12

Stack = Tuple[Tuple[CodeType, int], ...]


def capture_stack(skip: int) -> Stack:
    """Where the program is, without the innermost calls: cheap, for it is done for every task."""
    frame = sys._getframe(skip + 1)
    stack = []
    for _ in range(STACK_DEPTH):
        stack.append((frame.f_code, frame.f_lineno))
        if frame.f_back is None:
            break
        frame = frame.f_back
    return tuple(stack)


def format_stack(stack: Stack) -> str:
    return "".join(
        traceback.format_list(
            [
                traceback.FrameSummary(code.co_filename, line, code.co_name)
                for code, line in reversed(stack)
            ]
        )
    )


class Waiter:
    """A thread that blocks until it is woken. It is for one wait.

    Bells are used again, and may ring late, for a wait that is over: only `woken` counts.
    """

    __slots__ = ("woken", "cancelled", "_bell")

    # Those of this thread that are not in use. A wait may come in the midst of another, from the
    # handler of a signal, and needs another one then.
    _local = threading.local()

    def __init__(self) -> None:
        self.woken = False
        # Whether it was woken only because what it waits for will never come.
        self.cancelled = False
        self._bell: Union[Bell, BellInLoop]
        if asyncio._get_running_loop() is not None:
            self._bell = BellInLoop()
        else:
            try:
                self._bell = self._local.bells.pop()
            except (AttributeError, IndexError):
                self._bell = Bell()

    def wake(self) -> None:
        self.woken = True
        self._bell.ring()

    def cancel(self) -> None:
        self.cancelled = True
        self.wake()

    def wait(self, timeout: Optional[float]) -> bool:
        """Returns whether it has been woken in time."""
        remaining = timeout
        end = 0.0 if timeout is None else time.monotonic() + timeout
        while not self.woken:
            if not self._bell.wait(remaining):
                return self.woken
            if timeout is not None:
                remaining = max(0.0, end - time.monotonic())
        return True

    def release(self) -> None:
        if isinstance(self._bell, Bell):
            try:
                self._local.bells.append(self._bell)
            except AttributeError:
                self._local.bells = [self._bell]


class Outcome(Generic[R]):
    """What something will have come to. It is settled once."""

    __slots__ = (
        "subject",
        "stack",
        "settled",
        "_open",
        "waiters",
        "_result",
        "_error",
        "_traceback",
    )

    def __init__(self, subject: object, stack: Stack = ()) -> None:
        """subject: what it is that is waited for, and stack: where this was created."""
        self.subject = subject
        self.stack = stack
        self.settled = False
        self._open = [True]
        self.waiters: List[Waiter] = []
        self._result: Any = None
        self._error: Optional[BaseException] = None
        self._traceback: Optional[TracebackType] = None

    def claim(self) -> bool:
        """Whether the caller is the first one who wants to settle it, and so the one who must."""
        try:
            return self._open.pop()
        except IndexError:
            return False

    def settle(self, result: Any, error: Optional[BaseException]) -> None:
        """Settles what the caller has claimed."""
        self._result = result
        self._error = error
        self._traceback = None if error is None else error.__traceback__
        self.settled = True
        if self.waiters:
            for waiter in tuple(self.waiters):
                waiter.wake()

    @property
    def error(self) -> Optional[BaseException]:
        """Why it failed."""
        return self._error

    def is_settled(self) -> bool:
        return self.settled

    def get(self) -> R:
        """Returns the result, or raises the error, of what is settled."""
        if self._error is not None:
            # Every time it is raised its traceback would otherwise become longer.
            raise self._error.with_traceback(self._traceback)
        return self._result  # type: ignore[no-any-return]

    def block(self, timeout: Optional[float]) -> R:
        """Blocks until it is settled, and returns the result."""
        if not self.settled:
            waiter = Waiter()
            self.waiters.append(waiter)
            try:
                in_time = self.settled or waiter.wait(timeout) or self.settled
            finally:
                self.waiters.remove(waiter)
                waiter.release()
            if not in_time:
                raise EventLoopTimeoutError(self.subject, timeout, format_stack(self.stack))
        return self.get()
