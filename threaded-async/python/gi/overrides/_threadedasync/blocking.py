# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Calls that block the thread, and let Ctrl-C through.

Python runs the handlers of signals in the main thread, between two of its own instructions. So a
signal ends the wait in the library, the handler runs, and unless it raises the wait goes on.
"""

import threading
import time

from . import raw
from .errors import ForcedStop

_main_thread = threading.main_thread().ident
_set_interruptible = raw.ThreadedAsync.set_interruptible


# The threads that are to raise ForcedStop when their wait ends, and no sooner: PyGObject prints an
# exception that comes while it makes the one for the error of the wait.
told_to_stop = set()


def _obey():
    try:
        told_to_stop.remove(threading.get_ident())
    except KeyError:
        return
    raise ForcedStop


def blocking(call, timeout_us, *args):
    """Returns call(timeout_us, *args), which is made again when a signal has ended it."""
    if threading.get_ident() != _main_thread:
        try:
            return call(timeout_us, *args)
        finally:
            if told_to_stop:
                _obey()

    deadline = time.monotonic_ns() // 1000 + timeout_us if timeout_us > 0 else 0
    while True:
        # Only here: other calls do not expect it.
        _set_interruptible(True)
        try:
            result = call(timeout_us, *args)
        finally:
            _set_interruptible(False)
        if result:
            return result
        if deadline:
            timeout_us = max(deadline - time.monotonic_ns() // 1000, 1)
