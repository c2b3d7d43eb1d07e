# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Fixtures of the tests of the package threaded_async."""

import faulthandler
import os
import gc
import logging
import sys

import pytest

try:
    import threaded_async
except (ImportError, ValueError) as error:
    pytest.exit(
        f"{error}: these tests need the library, the typelib and the package that were built. Run "
        "them by `meson test --suite python`, or inside `meson devenv`.",
        returncode=1,
    )

# What is there already need not be looked at after every test.
gc.freeze()


# How many times slower everything is, under a tool such as valgrind.
SLOWNESS = int(os.environ.get("TA_TEST_SLOWNESS", "1"))


@pytest.fixture(autouse=True)
def watchdog():
    """Ends the process when a call does not return: there is no other way to end it."""
    faulthandler.dump_traceback_later(60 * SLOWNESS, exit=True, file=sys.__stderr__)
    yield
    faulthandler.cancel_dump_traceback_later()


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
