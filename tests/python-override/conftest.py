# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Fixtures of the tests of the override."""

import faulthandler
import os
import sys

import gi
import pytest

try:
    gi.require_version("ThreadedAsync", "1")
    from gi.repository import ThreadedAsync

    ThreadedAsync.Runner.create_task.__doc__
    assert hasattr(ThreadedAsync, "QueueClosed")
    from helpers import LONG, SLOWNESS
except (ImportError, ValueError, AssertionError) as error:
    pytest.exit(
        f"{error}: these tests need the library, the typelib and the override. Run them by "
        "`meson test python-override`, or inside `meson devenv`.",
        returncode=1,
    )


@pytest.fixture(autouse=True)
def watchdog():
    """Ends the process when a call does not return: there is no other way to end it."""
    # A million operations take a while.
    limit = 1800 if "TA_RANDOM_OPERATIONS" in os.environ else 300
    faulthandler.dump_traceback_later(limit * SLOWNESS, exit=True, file=sys.__stderr__)
    yield
    faulthandler.cancel_dump_traceback_later()


@pytest.fixture(autouse=True)
def patience(monkeypatch):
    """A machine that is busy with other things may not let a loop end within the second that it has
    by default: who is told nothing else waits for longer."""
    monkeypatch.setitem(ThreadedAsync.Runner.__init__.__kwdefaults__, "exit_timeout", LONG)


@pytest.fixture
def runner():
    with ThreadedAsync.Runner("test") as runner:
        yield runner
    assert not runner.running
