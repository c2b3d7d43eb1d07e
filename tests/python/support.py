# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""What the tests share."""

import os
import threading
import time

from gi.repository import Gio, GLib, ThreadedAsync

MILLISECOND = 1000
SECOND = 1000 * MILLISECOND

# How many times slower everything is, under a tool such as valgrind.
SLOWNESS = int(os.environ.get("TA_TEST_SLOWNESS", "1"))

# No wait is longer than this, and no test depends on how long it is.
LONG = 60 * SECOND * SLOWNESS


def main_loop(condition):
    """Turns the main context until the condition holds."""
    context = GLib.MainContext.default()
    deadline = time.monotonic() + LONG / SECOND
    ticker = GLib.timeout_add(10, lambda: GLib.SOURCE_CONTINUE)
    try:
        while not condition():
            assert time.monotonic() < deadline, "the condition did not come true"
            context.iteration(True)
    finally:
        GLib.source_remove(ticker)


def main_turns():
    """Turns the main context until nothing in it is ready."""
    while GLib.MainContext.default().iteration(False):
        pass


def new_pair():
    promise = ThreadedAsync.Promise.new()
    return promise, promise.get_future()


def wait(future, timeout=LONG, cancellable=None):
    """The value of a future."""
    ok, value = future.wait(timeout, cancellable)
    assert ok is True
    return value


def in_thread(func, *args):
    """Calls a function in a thread that is new, and returns what it returned or raised."""
    outcome = []

    def run():
        try:
            outcome.append((func(*args), None))
        except BaseException as error:
            outcome.append((None, error))

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(LONG / SECOND)
    assert not thread.is_alive(), "the thread did not end"
    result, error = outcome[0]
    if error is not None:
        raise error
    return result


class raises:
    """Expects a GLib.Error: with raises(domain, code) as error: ..."""

    def __init__(self, domain, code):
        self.domain = domain
        self.code = code

    def __enter__(self):
        return self

    def __exit__(self, _type, error, _traceback):
        if error is not None and not isinstance(error, GLib.Error):
            return False
        assert error is not None, f"expected {self.code}"
        assert error.matches(self.domain, self.code), f"expected {self.code}, got {error!r}"
        self.message = error.message
        return True


def raises_io(code):
    return raises(Gio.io_error_quark(), code)


def raises_ta(code):
    return raises(ThreadedAsync.error_quark(), code)


def sleep_until_cancelled(task):
    def on_slept(_source, result):
        try:
            ThreadedAsync.sleep_finish(result)
            promise.return_failed("The sleep was not cancelled")
        except GLib.Error as error:
            promise.return_error(error)

    promise = task.take_promise()
    ThreadedAsync.sleep_async(ThreadedAsync.TIMEOUT_INFINITE, promise.get_cancellable(), on_slept)


def hold_promise(runner):
    """A task whose promise this thread holds."""
    promises = []
    taken = threading.Event()

    def take(task):
        promises.append(task.take_promise())
        taken.set()

    task = runner.create_task(take)
    assert taken.wait(LONG / SECOND)
    return task, promises.pop()
