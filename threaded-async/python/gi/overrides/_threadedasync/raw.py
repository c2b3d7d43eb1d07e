# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""The library as the typelib has it, and what the override needs to know of it everywhere."""

import math

from gi.module import get_introspection_module
from gi.repository import Gio, GLib

ThreadedAsync = get_introspection_module("ThreadedAsync")

# Where PyGObject looks for what an override has in place of a class.
MODULE = "gi.overrides.ThreadedAsync"

INFINITE = ThreadedAsync.TIMEOUT_INFINITE

# An error: domain and code.
WOULD_BLOCK = GLib.quark_to_string(Gio.io_error_quark()), int(Gio.IOErrorEnum.WOULD_BLOCK)
WRONG_TYPE = GLib.quark_to_string(ThreadedAsync.error_quark()), int(ThreadedAsync.Error.WRONG_TYPE)


class _Default:
    """The type of DEFAULT_TIMEOUT."""

    def __repr__(self):
        return "DEFAULT_TIMEOUT"


DEFAULT_TIMEOUT = _Default()


def microseconds(timeout):
    """What a timeout in seconds is for the library; None stands for ever."""
    if timeout is None:
        return INFINITE
    if timeout is DEFAULT_TIMEOUT:
        return ThreadedAsync.TIMEOUT_DEFAULT
    try:
        wrong = None if timeout >= 0 else ValueError
    except TypeError:
        wrong = TypeError
    if wrong is not None:
        raise wrong(f"a timeout is a number of seconds from 0, or None for ever: {timeout!r}")
    if timeout > 9e12:
        return INFINITE
    # Rather late than early.
    return math.ceil(timeout * 1_000_000)


def seconds(timeout_us):
    """The other way round."""
    return None if timeout_us < 0 else timeout_us / 1_000_000
