# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

import os

import pytest
from gi.overrides._threadedasync import backend
from gi.repository import GLib, ThreadedAsync


def test_the_tests_run_on_what_they_should():
    if os.environ.get("TA_PYTHON_PURE"):
        assert backend.native is None
    elif os.environ.get("TA_PYTHON_NATIVE"):
        assert backend.native is not None


def test_wrong_types():
    """No call crashes, whatever it is given."""
    queue = ThreadedAsync.Queue()
    promise = ThreadedAsync.Promise()
    for wrong in None, 5, "text", object(), GLib.Error("no"), promise, ThreadedAsync.Event():
        for call in (
            lambda: backend.take(wrong, None, 0),
            lambda: backend.put(wrong, 1, 0),
            lambda: backend.try_put(wrong, 1),
            lambda: backend.put_reserved(queue, wrong, 1) if wrong is not None else int("x"),
        ):
            with pytest.raises((TypeError, GLib.Error, ValueError, AttributeError)):
                call()
    assert queue.get_is_empty()
