# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""How a coroutine does what GIO and its like call asynchronously, with every PyGObject."""

import sys

from .waits import Wait


def _find_finish(start, source):
    """The function that ends a call."""
    name = start.__name__
    name = (name[: -len("_async")] if name.endswith("_async") else name) + "_finish"
    found = getattr(source, name, None) or getattr(sys.modules.get(start.__module__), name, None)
    if found is None:
        raise TypeError(f"there is no {name}() for {name[:-7]}: give it as finish")
    return found


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
    source = None

    def start_it(cancellable, done):
        def on_done(source_object, result):
            nonlocal source
            source = source_object
            done(source_object, result)

        start(*args, cancellable, on_done)

    result = await Wait(start_it).result()
    return (finish or _find_finish(start, source))(result)
