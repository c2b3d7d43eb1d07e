# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Events: flags that threads and coroutines wait for."""

from gi.overrides import override
from gi.repository import Gio, GLib

from . import raw
from .blocking import blocking
from .errors import raise_converted
from .raw import MODULE, microseconds
from .waits import EVENT, wait_for

_raw = raw.ThreadedAsync


@override
class Event(_raw.Event):
    """A flag that threads and coroutines set, clear and wait for; `await event` waits, too."""

    __module__ = MODULE

    def is_set(self) -> bool:
        """Whether the event is set."""
        return self.get_is_set()

    def wait(self, timeout=None):
        """Blocks the thread until the event is set, and returns True.

        :param timeout: how long to wait at most, in seconds; None for ever
        :raises WaitTimeoutError: the time is up
        """
        timeout_us = microseconds(timeout)
        try:
            return blocking(lambda us: _raw.Event.wait(self, us, None), timeout_us)
        except GLib.Error as error:
            raise_converted(error, timeout_us=timeout_us)

    async def _wait(self):
        if self.get_is_set():
            return True
        result = await wait_for(EVENT, self, raw.INFINITE)
        try:
            if isinstance(result, Gio.AsyncResult):
                return _raw.Event.wait_finish(self, result)
            return result.finish_event()
        except GLib.Error as error:
            raise_converted(error)

    def __await__(self):
        return self._wait().__await__()
