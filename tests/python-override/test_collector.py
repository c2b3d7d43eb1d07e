# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""What the garbage collector does in the middle of a call: others go on while it runs code."""

import interrupts

PREAMBLE = """
import asyncio, faulthandler, functools, gc, sys, threading, weakref
import gi
gi.require_version("ThreadedAsync", "1")
from gi.repository import ThreadedAsync
import interrupts

faulthandler.dump_traceback_later(6 * interrupts.LONG, exit=True)
main = threading.main_thread().ident
meanwhile = None

def on_collection(phase, _info):
    global meanwhile
    if meanwhile is not None and phase == "start" and threading.get_ident() == main:
        then, meanwhile = meanwhile, None
        then()

gc.callbacks.append(on_collection)

def collecting(call, then, n_objects):
    # It collects once that many objects have been made.
    global meanwhile
    gc.collect()
    gc.set_threshold(n_objects)
    meanwhile = then
    result = call()
    meanwhile = None
    gc.set_threshold(700)
    return result

runner = ThreadedAsync.Runner("collected")
runner.start()
"""

# How long others are given to go on; it decides nothing, but a fault may go unnoticed.
A_WHILE = 0.05


def test_a_task_that_ends_while_it_is_cancelled(monkeypatch):
    """By somebody who has just found out in which loop it is."""
    # Python overwrites what is freed, so that nobody can use it and not notice.
    monkeypatch.setenv("PYTHONMALLOC", "debug")
    done = interrupts.run_program(
        PREAMBLE,
        f"""
        async def wait():
            global asyncio_task, answer
            asyncio_task = weakref.ref(asyncio.current_task(), lambda _: is_gone.set())
            answer = asyncio.get_running_loop().create_future()
            has_begun.set()
            await answer

        def end():
            loop.call_soon_threadsafe(lambda: answer.done() or answer.set_result(None))
            is_gone.wait({A_WHILE})

        loop = runner.call_in_loop(asyncio.get_running_loop)
        for n_objects in range(1, 13):
            has_begun, is_gone = threading.Event(), threading.Event()
            task = runner.create_task(wait())
            has_begun.wait(interrupts.LONG)
            collecting(task.cancel, end, n_objects)
            try:
                task.wait(interrupts.LONG)
            except asyncio.CancelledError:
                pass
        runner.wait_for_next_iteration(interrupts.LONG)
        runner.stop(interrupts.LONG)
        print("stopped")
        """,
    )
    assert (done.stdout, done.stderr) == ("stopped\n", "")


def test_a_task_that_fails_while_it_is_made_is_one_object():
    """PyGObject would make another for whoever ends it, and one of both would never be freed."""
    done = interrupts.run_program(
        PREAMBLE,
        f"""
        from gi.overrides._threadedasync import errors

        async def fail():
            raise ValueError

        def keep_and_tell(future, *rest, keep=errors._Kept):
            seen.append(future)
            kept = keep(future, *rest)
            has_failed.set()
            return kept

        errors._Kept = keep_and_tell
        seen = []
        n_others = 0
        for n_objects in range(1, 13):
            has_failed = threading.Event()
            create = functools.partial(runner.create_task, fail())
            task = collecting(create, lambda: has_failed.wait({A_WHILE}), n_objects)
            try:
                task.wait(interrupts.LONG)
            except ValueError:
                n_others += seen.pop() is not task
        runner.stop(interrupts.LONG)
        print(n_others, seen)
        """,
    )
    assert (done.stdout, done.stderr) == ("0 []\n", "")
