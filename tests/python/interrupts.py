# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""What Ctrl-C does to calls that block the main thread: for programs that do nothing else."""

import faulthandler
import os
import signal
import threading

# In seconds. No call takes longer, and no test depends on how long it is.
LONG = 20 * int(os.environ.get("TA_TEST_SLOWNESS", "1"))

# When Ctrl-C comes: when the call begins, when it has just begun to wait, and when that takes long.
DELAYS = 0, 0.002, 0.05


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
