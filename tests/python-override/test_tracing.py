# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Profilers and debuggers, in programs whose runners have ended."""

import subprocess
import sys
import textwrap

import pytest
from helpers import LONG

PROGRAM = """
import cProfile, sys, threading, time
import gi
gi.require_version("ThreadedAsync", "1")
from gi.repository import ThreadedAsync

async def stuck():
    begun.set()
    while True:
        pass

{ending}

def called():
    pass

{tracing}
called()
print("went on")
"""

ENDINGS = {
    "stopped": """
        with ThreadedAsync.Runner():
            pass
    """,
    "forced": """
        # A machine that is busy may need more than one.
        for _ in range(20):
            begun = threading.Event()
            runner = ThreadedAsync.Runner()
            runner.start()
            runner.create_task(stuck())
            begun.wait()
            try:
                runner.stop(1.0)
                break
            except TimeoutError:
                pass
        while len(sys._current_frames()) > 1:
            time.sleep(0.01)
    """,
}
TRACINGS = {
    "profiled": "profile = cProfile.Profile(); profile.enable()",
    "traced": "sys.settrace(lambda frame, event, arg: None)",
}


@pytest.mark.parametrize("tracing", TRACINGS)
@pytest.mark.parametrize("ending", ENDINGS)
def test_tracing(ending, tracing):
    """Python 3.11 never comes to an end where something is set for a thread that nobody raises."""
    program = PROGRAM.format(ending=textwrap.dedent(ENDINGS[ending]), tracing=TRACINGS[tracing])
    command = [sys.executable, "-B", "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LONG)
    assert (done.stdout, done.returncode) == ("went on\n", 0), done.stderr
