# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""What is left of a timeout that several calls share."""

import time
from types import TracebackType
from typing import Optional, Type


class TimeoutTimer:
    """A context manager that counts a timeout down, in seconds of the monotonic clock."""

    def __init__(self, timeout: Optional[float]) -> None:
        """timeout: in seconds; None and negative numbers have a meaning to others, and stay."""
        self._timeout = timeout
        self._started: Optional[float] = None

    @property
    def remaining(self) -> Optional[float]:
        """The seconds that are left, never below 0; None or a negative number as it was given."""
        assert self._started is not None, "The timer has not been started: use it in a `with`."
        if self._timeout is None or self._timeout < 0.0:
            return self._timeout
        return max(0.0, self._timeout - (time.monotonic() - self._started))

    def __enter__(self) -> "TimeoutTimer":
        assert self._started is None, "The timer has been started before: it works only once."
        self._started = time.monotonic()
        return self

    def __exit__(
        self,
        exc_type: Optional[Type[BaseException]],
        exc_value: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        pass
