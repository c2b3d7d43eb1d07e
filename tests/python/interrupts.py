# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""What Ctrl-C does to calls that block the main thread: for programs that do nothing else, and for
the tests that run these."""

import faulthandler
import os
import signal
import subprocess
import sys
import textwrap
import threading

# In seconds. No call takes longer, and no test depends on how long it is.
LONG = 20 * int(os.environ.get("TA_TEST_SLOWNESS", "1"))

# When Ctrl-C comes: when the call begins, when it has just begun to wait, and when that takes long.
DELAYS = 0, 0.002, 0.05


def run_program(preamble, body):
    """Runs a program, which must not fail, and returns it with what it has printed."""
    command = [sys.executable, "-B", "-c", preamble + textwrap.dedent(body)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=12 * LONG)
    assert done.returncode == 0, done.stderr + done.stdout
    return done


def names_of(calls):
    """The names in the text of a program that gives calls to check()."""
    names = [line.strip().partition('"')[2].partition('"')[0] for line in calls.splitlines()]
    return [name for name in names if "." in name]


def is_interrupted(call, delay):
    """Whether one Ctrl-C, which comes after a time, ends a call that would not return."""
    timer = threading.Timer(delay, os.kill, (os.getpid(), signal.SIGINT))
    try:
        timer.start()
        call()
    except KeyboardInterrupt:
        return True
    finally:
        timer.join()
    return False


def check(calls):
    """Prints the names of the calls that Ctrl-C has ended each time, and those of the others."""
    for name, call in calls.items():
        faulthandler.dump_traceback_later(LONG, exit=True)
        is_good = all([is_interrupted(call, delay) for delay in DELAYS])
        print(name if is_good else f"{name} was not interrupted", flush=True)
    faulthandler.cancel_dump_traceback_later()


def other_handlers(calls):
    """The same for a signal whose handler raises nothing: it ends no call, and nobody misses it."""
    handled = threading.Event()
    signal.signal(signal.SIGUSR1, lambda *_: handled.set())
    for name, (call, end) in calls.items():
        faulthandler.dump_traceback_later(LONG, exit=True)
        handled.clear()

        def kill_and_end():
            os.kill(os.getpid(), signal.SIGUSR1)
            # Only the main thread handles it, and that is in the call.
            handled.wait()
            end()

        thread = threading.Timer(0.05, kill_and_end)
        thread.start()
        print(name, call(), flush=True)
        thread.join()
    faulthandler.cancel_dump_traceback_later()
