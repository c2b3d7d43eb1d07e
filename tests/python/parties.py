# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Threads that wait for queues and events."""

import threading
import time

from gi.repository import Gio, GObject
from support import LONG, SECOND


class WaitingThread:
    """A thread in a blocking call: func(cancellable). Once this is made it stands in the line."""

    def __init__(self, func):
        self.cancellable = Gio.Cancellable()
        self._outcome = None
        self._thread = threading.Thread(target=self._run, args=(func,), daemon=True)
        self._thread.start()

        # A wait that blocks listens to its cancellable from when it has its place.
        cancelled = GObject.signal_lookup("cancelled", Gio.Cancellable)
        deadline = time.monotonic() + LONG / SECOND
        while not GObject.signal_has_handler_pending(self.cancellable, cancelled, 0, True):
            assert self._outcome is None and time.monotonic() < deadline
            time.sleep(0)

    def _run(self, func):
        try:
            self._outcome = (func(self.cancellable), None)
        except BaseException as error:
            self._outcome = (None, error)

    def get(self):
        """What the call returned or raised."""
        self._thread.join(LONG / SECOND)
        assert not self._thread.is_alive(), "the thread did not end"
        result, error = self._outcome
        if error is not None:
            raise error
        return result


def in_runner(runner, func):
    """Calls a function in a runner's loop; what it raises is raised here."""
    failures = []

    def call(*_):
        try:
            func()
        except BaseException as error:
            failures.append(error)

    assert runner.call_in_loop(call, None, LONG, None)
    for error in failures:
        raise error
