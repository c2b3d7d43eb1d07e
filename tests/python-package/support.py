# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""What the tests share."""

import contextlib
import os
import threading
import time

from threaded_async import AsyncRunner

# How many times slower everything is, under a tool such as valgrind.
SLOWNESS = int(os.environ.get("TA_TEST_SLOWNESS", "1"))

# In seconds. No wait is longer than this, and no test depends on how long it is.
LONG = 60.0 * SLOWNESS


def until(condition):
    """Waits until a condition holds."""
    end = time.monotonic() + LONG
    while not condition():
        assert time.monotonic() < end, "the condition did not come true"
        time.sleep(0.001)


class Background:
    """Calls a function in a thread that is new."""

    def __init__(self, fun, *args):
        self.outcome = None

        def call():
            try:
                self.outcome = (fun(*args), None)
            except BaseException as error:
                self.outcome = (None, error)

        self._thread = threading.Thread(target=call, daemon=True)
        self._thread.start()

    def is_alive(self):
        return self._thread.is_alive()

    def result(self):
        """What it returned or raised."""
        self._thread.join(LONG)
        assert not self._thread.is_alive(), "the thread did not end"
        result, error = self.outcome
        if error is not None:
            raise error
        return result


class Stuck:
    """A function that blocks the thread of a loop until it is released."""

    def __init__(self):
        self._reached = threading.Event()
        self._released = threading.Event()

    def __call__(self):
        self._reached.set()
        assert self._released.wait(LONG)

    async def coroutine(self):
        self()

    def reached(self):
        assert self._reached.wait(LONG)

    def release(self):
        self._released.set()


class Hanging(Stuck):
    """The same in a loop of Python code, which only an exception ends."""

    def __call__(self):
        self._reached.set()
        while True:
            time.sleep(0.001)


class Impatient(AsyncRunner):
    """A runner that soon uses force, and then leaves its loop all the time that it needs: a machine
    that is busy with other things may not let it have its turn before."""

    def __init__(self, exit_timeout=0.2, **kwargs):
        super().__init__(exit_timeout, **kwargs)

    def _end(self, *how):
        self.exit_timeout = LONG
        super()._end(*how)


@contextlib.contextmanager
def stuck(runner):
    """A runner whose loop is blocked for as long as the context is entered."""
    block = Stuck()
    task = runner.create_task(block.coroutine(), None)
    block.reached()
    try:
        yield task
    finally:
        block.release()
        task.wait(LONG)
