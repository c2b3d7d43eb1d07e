# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Fixtures of the tests of the package threaded_async."""

import faulthandler
import gc
import logging
import sys

import pytest

try:
    import threaded_async
    from support import LONG, SLOWNESS
except (ImportError, ValueError) as error:
    pytest.exit(
        f"{error}: these tests need the library, the typelib and the package that were built. Run "
        "them by `meson test --suite python`, or inside `meson devenv`.",
        returncode=1,
    )

# What is there already need not be looked at after every test.
gc.freeze()


@pytest.fixture(autouse=True)
def watchdog():
    """Ends the process when a call does not return: there is no other way to end it."""
    faulthandler.dump_traceback_later(200 * SLOWNESS, exit=True, file=sys.__stderr__)
    yield
    faulthandler.cancel_dump_traceback_later()


@pytest.fixture(autouse=True)
def patience(monkeypatch):
    """A machine that is busy with other things may not let a loop end within the second that it has
    by default: who is told nothing else waits for longer."""
    make = threaded_async.AsyncRunner.__init__
    monkeypatch.setattr(make, "__defaults__", (LONG, *make.__defaults__[1:]))


@pytest.fixture(autouse=True)
def no_noise(caplog, capfd):
    """Nothing that was left behind makes asyncio or Python complain.

    A test that expects output takes it by capfd.readouterr().
    """
    caplog.set_level(logging.WARNING, "asyncio")
    yield
    gc.collect()
    assert [record.getMessage() for record in caplog.get_records("call")] == []
    assert capfd.readouterr().err == ""


@pytest.fixture
def runner():
    with threaded_async.AsyncRunner() as runner:
        yield runner
    assert runner.shutdown_type == threaded_async.ShutdownType.STOPPED
