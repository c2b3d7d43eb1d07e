# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

import threading

import pytest
from parties import WaitingThread, in_runner
from support import (
    LONG,
    MILLISECOND,
    in_thread,
    main_loop,
    main_turns,
    raises_io,
    raises_ta,
)
from gi.repository import Gio, GLib, GObject, ThreadedAsync


def wait(event, timeout=LONG, cancellable=None):
    assert event.wait(timeout, cancellable) is True


def wait_in_loop(event, timeout=LONG, cancellable=None):
    """Waits asynchronously: the main loop turns meanwhile."""
    results = []

    def on_set(source, result):
        assert source is event
        assert threading.current_thread() is threading.main_thread()
        results.append(result)

    event.wait_async(timeout, cancellable, on_set)
    assert not results, "the callback came inside the call"
    main_loop(lambda: results)
    assert event.wait_finish(results[0]) is True


def test_set_and_clear():
    event = ThreadedAsync.Event.new()
    assert not event.get_is_set()
    with raises_io(Gio.IOErrorEnum.WOULD_BLOCK):
        event.try_wait()
    event.set()
    event.set()
    assert event.get_is_set()
    assert event.props.is_set
    assert event.try_wait() is True
    wait(event, 0)
    wait_in_loop(event, 0)
    event.clear()
    assert not event.props.is_set
    with raises_io(Gio.IOErrorEnum.WOULD_BLOCK):
        event.try_wait()


@pytest.mark.parametrize("timeout", [0, 5 * MILLISECOND])
@pytest.mark.parametrize("waiter", [wait, wait_in_loop])
def test_timeout(timeout, waiter):
    event = ThreadedAsync.Event()
    with raises_io(Gio.IOErrorEnum.TIMED_OUT) as error:
        waiter(event, timeout)
    assert "event" in error.message


@pytest.mark.parametrize("timeout", [ThreadedAsync.TIMEOUT_DEFAULT, -3])
@pytest.mark.parametrize("waiter", [wait, wait_in_loop])
def test_invalid_timeout(timeout, waiter):
    event = ThreadedAsync.Event()
    event.set()
    with raises_io(Gio.IOErrorEnum.INVALID_ARGUMENT):
        waiter(event, timeout)


@pytest.mark.parametrize("waiter", [wait, wait_in_loop])
def test_cancelled_already(waiter):
    event = ThreadedAsync.Event()
    event.set()
    cancellable = Gio.Cancellable()
    cancellable.cancel()
    with raises_io(Gio.IOErrorEnum.CANCELLED):
        waiter(event, LONG, cancellable)


@pytest.mark.parametrize("waiter", [wait, wait_in_loop])
def test_cancelled_from_another_thread(waiter):
    event = ThreadedAsync.Event()
    cancellable = Gio.Cancellable()
    thread = threading.Thread(target=cancellable.cancel)
    thread.start()
    with raises_io(Gio.IOErrorEnum.CANCELLED):
        waiter(event, LONG, cancellable)
    thread.join()


def test_pulse_lets_everybody_through():
    event = ThreadedAsync.Event()
    seen = []
    threads = [WaitingThread(lambda c: event.wait(LONG, c)) for _ in range(5)]
    for i in range(5):
        event.wait_async(LONG, None, lambda _source, _result, i: seen.append(i), i)
    event.set()
    event.clear()
    assert [thread.get() for thread in threads] == [True] * 5
    main_loop(lambda: len(seen) == 5)
    assert seen == [0, 1, 2, 3, 4]
    with raises_io(Gio.IOErrorEnum.TIMED_OUT):
        wait(event, 0)


def test_wait_in_a_runner(runner):
    event = ThreadedAsync.Event()

    def refuse():
        with raises_ta(ThreadedAsync.Error.WOULD_DEADLOCK):
            event.wait(LONG, None)
        event.set()
        assert event.wait(LONG, None) is True

    in_runner(runner, refuse)


def test_notify_is_set():
    event = ThreadedAsync.Event()
    seen = []

    def on_notify(source, _pspec):
        assert source is event
        assert GLib.MainContext.default().is_owner()
        assert threading.current_thread() is threading.main_thread()
        seen.append(source.props.is_set)

    handler = event.connect("notify::is-set", on_notify)
    in_thread(event.set)
    assert seen == []
    main_loop(lambda: seen)
    in_thread(lambda: [(event.clear(), event.set()) for _ in range(100)])
    main_turns()
    assert seen == [True, True]
    in_thread(event.clear)
    event.disconnect(handler)
    main_turns()
    assert seen == [True, True]


def test_is_set_cannot_be_written():
    event = ThreadedAsync.Event()
    with pytest.raises(TypeError):
        event.props.is_set = True
    assert not event.get_is_set()


def test_main_context():
    context = GLib.MainContext.new()
    assert ThreadedAsync.Event().get_main_context() == GLib.MainContext.default()
    assert ThreadedAsync.Event(main_context=context).props.main_context == context
    assert isinstance(ThreadedAsync.Event(), GObject.Object)
