# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

import time

import pytest

from threaded_async.timers import TimeoutTimer


def test_remaining_becomes_less():
    with TimeoutTimer(20.0) as timer:
        first = timer.remaining
        time.sleep(0.001)
        second = timer.remaining
    assert 20.0 >= first > second > 0


def test_remaining_ends_at_0():
    with TimeoutTimer(timeout=0.001) as timer:
        time.sleep(0.002)
        assert timer.remaining == 0.0
    assert timer.remaining == 0.0


@pytest.mark.parametrize("timeout", [None, -1.0, -7])
def test_what_is_no_time_stays(timeout):
    with TimeoutTimer(timeout) as timer:
        assert timer.remaining == timeout


def test_remaining_of_a_timer_that_was_not_started():
    with pytest.raises(AssertionError):
        TimeoutTimer(1.0).remaining


def test_started_twice():
    timer = TimeoutTimer(1.0)
    with timer:
        with pytest.raises(AssertionError):
            timer.__enter__()
