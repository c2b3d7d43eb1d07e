# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""How a coroutine does what GIO and its like call asynchronously, with every PyGObject."""

import sys

from gi.repository import Gio

from .waits import Wait


def _find_finish(start, source):
    """The function that ends a call."""
    name = start.__name__
    name = (name[: -len("_async")] if name.endswith("_async") else name) + "_finish"
    found = getattr(source, name, None) or getattr(sys.modules.get(start.__module__), name, None)
    if found is None:
        raise TypeError(f"there is no {name}() for {name[:-7]}: give it as finish")
    return found


def _check_count(start, args):
    """Refuses a cancellable or a callback of the caller, in the place of which there is our own.

    PyGObject would take what comes after them for data of the caller's callback, or of none.
    """
    if not hasattr(start, "get_arguments"):
        return
    types = [info.get_type() for info in start.get_arguments()]
    interfaces = [type.get_interface() for type in types]
    names = [None if interface is None else interface.get_name() for interface in interfaces]
    if "AsyncReadyCallback" not in names:
        return
    n_before = names.index("AsyncReadyCallback")
    # The lengths of arrays are not given.
    lengths = {type.get_array_length() for type in types[:n_before]}
    n_before -= len(lengths & set(range(n_before)))
    if start.is_method() and getattr(args[0], start.__name__, None) == start:
        # This may be what it is called on.
        n_before += 1
    if len(args) >= n_before:
        raise TypeError(f"{start.__name__}() is called without its cancellable and its callback")


async def call(start, *args, finish=None):
    """Makes an asynchronous call of GIO, or of a library like it, and returns its result.

    It works in a coroutine of any asyncio loop: await call(file.load_contents_async). When the
    coroutine is cancelled, the call is cancelled, too, and is waited for.

    :param start: what starts the call
    :param args: its arguments, without the cancellable and what comes after it
    :param finish: what ends the call, for one that is not named as others are: a function that is
        given the result
    :raises GLib.Error: what the call fails with
    """
    if args and (args[-1] is None or callable(args[-1]) or isinstance(args[-1], Gio.Cancellable)):
        _check_count(start, args)
    source = None

    def start_it(cancellable, done):
        def on_done(source_object, result):
            nonlocal source
            source = source_object
            done(source_object, result)

        start(*args, cancellable, on_done)

    result = await Wait(start_it).result()
    return (finish or _find_finish(start, source))(result)
