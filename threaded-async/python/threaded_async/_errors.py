# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Errors, and how a runner ended."""

import asyncio
import concurrent.futures
import dataclasses
import enum
import traceback
from typing import List, Optional, Sequence

# Stands for the default timeout of the runner. All other timeouts are in seconds, or None for ever.
USE_DEFAULT_TIMEOUT = -1.0


def _describe_seconds(timeout: Optional[float]) -> str:
    if timeout is None:
        return "<infinite>"
    return f"{float(timeout):.2}" if timeout < 10.0 else f"{timeout:.1f}"


class EventLoopTimeoutError(TimeoutError):
    """A wait for something in the event loop took too long; the message says for what."""

    def __init__(self, callable_like: object, timeout: Optional[float], stack: str = "") -> None:
        """callable_like: what was waited for; stack: where that was created."""
        if isinstance(callable_like, asyncio.Task):
            callable_like = callable_like.get_coro()
        if stack:
            stack = f"\nTraceback:\n{stack}"
        super().__init__(
            f"Timed out waiting {_describe_seconds(timeout)} seconds for execution of "
            f"{callable_like} to complete.{stack}"
        )


@dataclasses.dataclass(frozen=True)
class ExceptionDetails:
    """A failure of a task, and its traceback as text."""

    exception: Exception
    traceback: str


class ExceptionGroup(Exception):  # noqa: A001
    """The failures of the tasks of a runner that nobody has waited for."""

    def __init__(self) -> None:
        super().__init__()
        self._exception_details: List[ExceptionDetails] = []

    @property
    def exception_details(self) -> Sequence[ExceptionDetails]:
        """The exceptions with their tracebacks."""
        return tuple(self._exception_details)

    @property
    def exceptions(self) -> Sequence[Exception]:
        """The exceptions."""
        return tuple(details.exception for details in self._exception_details)

    @property
    def tracebacks(self) -> Sequence[str]:
        """The tracebacks of the exceptions, each as one text."""
        return tuple(details.traceback for details in self._exception_details)

    def record_exception(self, exception: Exception) -> None:
        """Adds an exception."""
        text = "".join(
            traceback.format_exception(type(exception), exception, exception.__traceback__)
        )
        self._exception_details.append(ExceptionDetails(exception, text))

    def __str__(self) -> str:
        return "\n".join(self.tracebacks)


class InvalidStateError(concurrent.futures.InvalidStateError, asyncio.InvalidStateError):
    """The result of a future was set twice. Python has two classes for this; it is both."""


class ShutdownType(enum.IntEnum):
    """How the event loop of a runner ended."""

    NOT_SHUT_DOWN = 0  # It has not ended.
    STOPPED = 1  # It was stopped in good order.
    FORCE_STOPPED = 2  # It was stuck, and was forced to stop.
    FAILED_FORCE_STOPPED = 3  # It was stuck and could not be forced: its thread may still run.
    UNKNOWN = 4  # Something else went wrong.

    def force_stop_attempted(self) -> bool:
        """Whether the loop was stuck, so that force was used, in vain or not."""
        return self in (ShutdownType.FORCE_STOPPED, ShutdownType.FAILED_FORCE_STOPPED)
