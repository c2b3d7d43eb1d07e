# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""A runner that nobody has any more stops in the background."""

import asyncio
import gc
import sys
import threading
import time
import warnings
import weakref

import pytest
from gi.repository import Gio, ThreadedAsync
from helpers import LONG, in_thread


def started(cls=ThreadedAsync.Runner, exit_timeout=LONG):
    runner = cls("dropped", exit_timeout=exit_timeout)
    runner.start()
    return runner, runner.call_in_loop(threading.get_ident)


def has_ended(thread):
    """Whether a thread is out of Python before long."""
    end = time.monotonic() + LONG
    while thread in sys._current_frames():
        if time.monotonic() > end:
            return False
        time.sleep(0.001)
    return True


class Derived(ThreadedAsync.Runner):
    pass


def test_a_loop_that_was_never_made(monkeypatch):
    """Ctrl-C comes while it is made: nothing tells of what it does not have."""

    def interrupt(_name):
        raise KeyboardInterrupt

    told = []
    monkeypatch.setattr(sys, "unraisablehook", told.append)
    monkeypatch.setattr(time, "get_clock_info", interrupt)
    runner = ThreadedAsync.Runner("interrupted")
    with pytest.raises(KeyboardInterrupt), warnings.catch_warnings():
        warnings.simplefilter("error")
        runner.start()
    gc.collect()
    assert not told
    monkeypatch.undo()
    with runner:
        assert runner.run(asyncio.sleep(0, 1)) == 1


@pytest.mark.parametrize("n_before", [0, 1])
def test_a_callback_that_never_came_to_c_is_let_go_of(n_before, monkeypatch):
    """Ctrl-C comes while what C is to be given is looked up."""
    from gi.overrides._threadedasync import addresses, callbacks

    def done(_source, _result):
        pass

    def interrupt(_wrapper):
        monkeypatch.setattr(addresses, "get", get)
        raise KeyboardInterrupt

    def interrupt_next(wrapper):
        monkeypatch.setattr(addresses, "get", interrupt)
        return get(wrapper)

    get = addresses.get
    monkeypatch.setattr(addresses, "get", [interrupt, interrupt_next][n_before])
    event, cancellable = ThreadedAsync.Event(), Gio.Cancellable()
    with pytest.raises(KeyboardInterrupt):
        callbacks.start(callbacks.event_wait_async, event, 0, cancellable, done)
    assert done not in callbacks._functions.values()


class DerivedAgain(Derived):
    pass


@pytest.mark.parametrize("cls", [ThreadedAsync.Runner, Derived, DerivedAgain])
def test_idle(cls):
    runner, thread = started(cls)
    gone = weakref.ref(runner)
    del runner
    assert gone() is None
    assert has_ended(thread)


def test_at_once():
    """Perhaps before its thread has come to Python."""
    before = set(sys._current_frames())
    for _ in range(50):
        runner = ThreadedAsync.Runner()
        runner.start()
        del runner
    for thread in set(sys._current_frames()) - before:
        assert has_ended(thread)


def test_with_work():
    """Its coroutines are cancelled and clean up, whatever that takes."""
    seen = []

    async def child():
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.to_thread(seen.append, "child")

    async def work(begun):
        try:
            asyncio.create_task(child())
            await asyncio.sleep(0.001)
            begun.set()
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.01)
            seen.append(await asyncio.to_thread(lambda: "work"))

    runner, thread = started()
    begun = threading.Event()
    task = runner.create_task(work(begun))
    assert begun.wait(LONG)
    del runner
    with pytest.raises(asyncio.CancelledError):
        task.wait(LONG)
    assert has_ended(thread)
    assert sorted(seen) == ["child", "work"]


def test_stuck():
    """It is interrupted when its time is over."""
    begun = threading.Event()

    async def stuck():
        begun.set()
        while True:
            pass

    runner, thread = started(exit_timeout=0.5)
    task = runner.create_task(stuck())
    assert begun.wait(LONG)
    del runner
    with pytest.raises(asyncio.CancelledError):
        task.wait(LONG)
    assert has_ended(thread)


def test_in_its_own_thread():
    """The last one who has it is a coroutine on it."""
    go_on = threading.Event()

    async def hold(runner):
        await asyncio.to_thread(go_on.wait)
        assert runner.is_in_loop()
        return "held"

    runner, thread = started()
    gone = weakref.ref(runner)
    task = runner.create_task(hold(runner))
    del runner
    assert gone() is not None
    go_on.set()
    assert task.wait(LONG) == "held"
    assert has_ended(thread)
    assert gone() is None


def test_in_another_thread():
    runners = [started()]

    def drop():
        runner, thread = runners.pop()
        del runner
        return thread

    assert has_ended(in_thread(drop))


def test_as_garbage():
    runner, thread = started()
    runner.circle = [runner]
    del runner
    gc.collect()
    assert has_ended(thread)


def test_a_loop_that_is_kept_is_closed():
    async def get_loop():
        return asyncio.get_running_loop()

    runner, thread = started()
    loop = runner.run(get_loop(), LONG)
    del runner
    assert has_ended(thread)
    with pytest.raises(RuntimeError, match="closed"):
        loop.call_soon_threadsafe(print)


def test_a_method_of_its_own_keeps_it():
    """A class with a do_run() in Python has its runner for as long as that runs."""

    class Bracketed(ThreadedAsync.Runner):
        def do_run(self):
            ThreadedAsync.Runner.do_run(self)
            ended.set()

    ended = threading.Event()
    runner, thread = started(Bracketed)
    gone = weakref.ref(runner)
    del runner
    assert gone() is not None
    gone().stop()
    assert ended.wait(LONG)
    assert has_ended(thread)
