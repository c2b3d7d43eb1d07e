# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Fixtures of the tests, which use the typelib as it is, without an override."""

import faulthandler
import os
import sys

import gi
import pytest

try:
    gi.require_version("ThreadedAsync", "1")
    from gi.repository import GLib, ThreadedAsync
    from support import SECOND, main_loop
except (ImportError, ValueError) as error:
    pytest.exit(
        f"{error}: these tests need the typelib and the library that were built. Run them by "
        "`meson test --suite python`, or inside `meson devenv`.",
        returncode=1,
    )


# How many times slower everything is, under a tool such as valgrind.
SLOWNESS = int(os.environ.get("TA_TEST_SLOWNESS", "1"))


@pytest.fixture(autouse=True)
def watchdog():
    """Ends the process when a call does not return: there is no other way to end it."""
    faulthandler.dump_traceback_later(200 * SLOWNESS, exit=True, file=sys.__stderr__)
    yield
    faulthandler.cancel_dump_traceback_later()


@pytest.fixture
def runner():
    runner = ThreadedAsync.Runner.new("test")
    runner.start()
    yield runner
    runner.stop(ThreadedAsync.TIMEOUT_DEFAULT, None)
    assert not runner.get_running()


@pytest.fixture
def main_runner():
    """A runner attached to the main context, which main_loop() turns."""
    runner = ThreadedAsync.Runner.new_for_context(GLib.MainContext.default(), "main")
    runner.start()
    yield runner
    if runner.get_running():
        stopped = []
        runner.stop_async(SECOND, None, lambda source, result: stopped.append(result))
        main_loop(lambda: stopped)
        runner.stop_finish(stopped[0])
