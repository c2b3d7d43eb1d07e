# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

import sys
import threading

import pytest
from support import (
    LONG,
    MILLISECOND,
    SECOND,
    in_thread,
    main_loop,
    main_turns,
    new_pair,
    raises_io,
    wait,
)
from gi.repository import Gio, GLib, GObject, ThreadedAsync


def wait_in_loop(future, timeout=LONG, cancellable=None):
    """Waits for a future asynchronously: the main loop turns meanwhile."""
    results = []

    def on_done(source, result):
        assert source is future
        assert threading.current_thread() is threading.main_thread()
        results.append(result)

    future.wait_async(timeout, cancellable, on_done)
    assert not results, "the callback came inside the call"
    main_loop(lambda: results)
    ok, value = future.wait_finish(results[0])
    assert ok is True
    return value


def test_try_wait():
    promise, future = new_pair()
    with raises_io(Gio.IOErrorEnum.WOULD_BLOCK):
        future.try_wait()
    assert not future.get_done()
    promise.return_int(5)
    assert future.get_done()
    assert future.props.done
    assert tuple(future.try_wait()) == (True, 5)


def test_wait_lets_other_threads_run():
    promise, future = new_pair()
    waiting = threading.Event()

    def fulfil():
        waiting.wait(LONG / SECOND)
        promise.return_string("from the thread")

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1000)  # from here on a thread runs only when another one blocks
    try:
        thread = threading.Thread(target=fulfil)
        thread.start()
        waiting.set()
        assert wait(future) == "from the thread"
    finally:
        sys.setswitchinterval(interval)
    thread.join()


def test_several_threads_wait():
    promise, future = new_pair()
    values = []
    threads = [threading.Thread(target=lambda: values.append(wait(future))) for _ in range(4)]
    for thread in threads:
        thread.start()
    promise.return_int(3)
    for thread in threads:
        thread.join()
    assert values == [3] * 4


@pytest.mark.parametrize("timeout", [0, 5 * MILLISECOND])
@pytest.mark.parametrize("waiter", [wait, wait_in_loop])
def test_timeout(timeout, waiter):
    promise, future = new_pair()
    with raises_io(Gio.IOErrorEnum.TIMED_OUT):
        waiter(future, timeout)
    promise.return_int(1)
    assert waiter(future, timeout) == 1


@pytest.mark.parametrize("timeout", [ThreadedAsync.TIMEOUT_DEFAULT, -3])
@pytest.mark.parametrize("waiter", [wait, wait_in_loop])
def test_invalid_timeout(timeout, waiter):
    promise, future = new_pair()
    promise.return_int(1)
    with raises_io(Gio.IOErrorEnum.INVALID_ARGUMENT):
        waiter(future, timeout)


def test_wait_forever():
    promise, future = new_pair()
    promise.return_int(1)
    assert wait(future, ThreadedAsync.TIMEOUT_INFINITE) == 1


@pytest.mark.parametrize("waiter", [wait, wait_in_loop])
def test_cancelled_already(waiter):
    promise, future = new_pair()
    cancellable = Gio.Cancellable()
    cancellable.cancel()
    promise.return_int(1)
    with raises_io(Gio.IOErrorEnum.CANCELLED):
        waiter(future, LONG, cancellable)


@pytest.mark.parametrize("waiter", [wait, wait_in_loop])
def test_cancelled_from_another_thread(waiter):
    promise, future = new_pair()
    cancellable = Gio.Cancellable()
    thread = threading.Thread(target=cancellable.cancel)
    thread.start()
    with raises_io(Gio.IOErrorEnum.CANCELLED):
        waiter(future, LONG, cancellable)
    thread.join()
    promise.return_int(1)
    assert waiter(future) == 1


def test_wait_async():
    promise, future = new_pair()
    thread = threading.Thread(target=promise.return_double, args=(2.5,))
    thread.start()
    assert wait_in_loop(future) == 2.5
    thread.join()
    assert wait_in_loop(future) == 2.5


def test_wait_async_user_data():
    promise, future = new_pair()
    seen = []
    future.wait_async(LONG, None, lambda _source, _result, *data: seen.append(data), "a", 2)
    promise.return_int(1)
    main_loop(lambda: seen)
    assert seen == [("a", 2)]


def test_wait_async_in_order():
    promise, future = new_pair()
    seen = []
    for i in range(5):
        future.wait_async(LONG, None, lambda _source, _result, i: seen.append(i), i)
    promise.return_int(1)
    main_loop(lambda: len(seen) == 5)
    assert seen == [0, 1, 2, 3, 4]


def test_notify_done():
    promise, future = new_pair()
    seen = []

    def on_done(source, _pspec):
        assert source is future
        assert GLib.MainContext.default().is_owner()
        seen.append((threading.get_ident(), source.props.done))

    future.connect("notify::done", on_done)
    in_thread(promise.return_int, 1)
    assert seen == []
    main_loop(lambda: seen)
    main_turns()
    assert seen == [(threading.main_thread().ident, True)]


def test_no_notify_after_disconnect():
    promise, future = new_pair()
    seen = []
    handler = future.connect("notify::done", lambda *args: seen.append(args))
    in_thread(promise.return_int, 1)
    future.disconnect(handler)
    main_turns()
    assert wait_in_loop(future) == 1
    assert seen == []


def test_done_cannot_be_set():
    _promise, future = new_pair()
    with pytest.raises(TypeError):
        future.props.done = True
    assert not future.get_done()


def test_main_context():
    _promise, future = new_pair()
    assert future.get_main_context() == GLib.MainContext.default()
    assert isinstance(future, GObject.Object)
