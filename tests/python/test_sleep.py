# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

import time

import pytest
from support import MILLISECOND, main_loop, raises_io
from gi.repository import Gio, ThreadedAsync


def sleep(duration, cancellable=None):
    results = []
    ThreadedAsync.sleep_async(duration, cancellable, lambda _source, result: results.append(result))
    assert not results, "the callback came inside the call"
    main_loop(lambda: results)
    return ThreadedAsync.sleep_finish(results[0])


def test_duration():
    before = time.monotonic()
    assert sleep(20 * MILLISECOND) is True
    assert time.monotonic() - before >= 0.020


def test_order():
    # Each time counts from its own beginning: a busy machine may stop in between for longer.
    for _ in range(100):
        before = time.monotonic()
        seen = sleep_in_order()
        if seen[0] - before < 0.005:
            break
    else:
        pytest.fail("the sleeps never began together")
    assert seen[1:] == [0, 10, 20, 30]


def sleep_in_order():
    """When all sleeps had begun, and the times of those that ended, in order."""
    seen = []
    for milliseconds in (30, 10, 20, 0):
        ThreadedAsync.sleep_async(
            milliseconds * MILLISECOND,
            None,
            lambda _source, _result, milliseconds: seen.append(milliseconds),
            milliseconds,
        )
    begun = time.monotonic()
    main_loop(lambda: len(seen) == 4)
    return [begun, *seen]


def test_cancel():
    cancellable = Gio.Cancellable()
    results = []
    ThreadedAsync.sleep_async(
        ThreadedAsync.TIMEOUT_INFINITE, cancellable, lambda _source, result: results.append(result)
    )
    cancellable.cancel()
    main_loop(lambda: results)
    with raises_io(Gio.IOErrorEnum.CANCELLED):
        ThreadedAsync.sleep_finish(results[0])


def test_cancelled_already():
    cancellable = Gio.Cancellable()
    cancellable.cancel()
    with raises_io(Gio.IOErrorEnum.CANCELLED):
        sleep(0, cancellable)


@pytest.mark.parametrize("duration", [ThreadedAsync.TIMEOUT_DEFAULT, -3])
def test_invalid_duration(duration):
    with raises_io(Gio.IOErrorEnum.INVALID_ARGUMENT):
        sleep(duration)
