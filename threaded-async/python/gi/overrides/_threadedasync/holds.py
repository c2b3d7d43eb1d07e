# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""What keeps a runner from ending before its asyncio loop has."""

from gi.repository import GObject

from . import callbacks
from .backend import native


class _Hold:
    """A task of the runner that says when it is cancelled, and ends when it is told to.

    The extension in C has the same, for at each start and stop this costs more than all the rest.
    """

    def __init__(self, on_cancelled):
        self._on_cancelled = on_cancelled
        self._promise = None

    def hold(self, runner):
        """Has the runner wait; from any thread. Only the first of several counts."""
        callbacks.create_task(runner, self._begin).set_name("[threaded-async] asyncio")

    def _begin(self, task):
        promise = task.take_promise()
        if self._promise is not None:
            # Somebody was interrupted who had sent it already.
            promise.return_value(None)
            return
        self._promise = promise
        on_cancelled = self._on_cancelled
        GObject.Object.connect(promise.get_cancellable(), "cancelled", lambda _: on_cancelled())

    def let_go(self):
        """The runner need not wait any more; in the thread of the loop."""
        promise, self._promise = self._promise, None
        if promise is not None:
            promise.return_value(None)


Hold = _Hold if native is None else native.Hold
