# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

import gc
import random
import threading
import weakref

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

INT64 = GObject.TYPE_INT64


def number(value):
    return GObject.Value(INT64, value)


def got(result):
    ok, value = result
    assert ok is True
    return value


def get(queue, timeout=LONG, cancellable=None):
    return got(queue.get_wait(timeout, cancellable))


def put(queue, value, timeout=LONG, cancellable=None):
    assert queue.put_wait(value, timeout, cancellable) is True


def in_loop(queue, start, finish):
    """Turns the main loop until an asynchronous call has ended."""
    results = []

    def on_done(source, result):
        assert source is queue
        assert threading.current_thread() is threading.main_thread()
        results.append(result)

    start(on_done)
    assert not results, "the callback came inside the call"
    main_loop(lambda: results)
    return finish(results[0])


def get_in_loop(queue, timeout=LONG, cancellable=None):
    start = lambda done: queue.get_async(timeout, cancellable, done)  # noqa: E731
    return got(in_loop(queue, start, queue.get_finish))


def put_in_loop(queue, value, timeout=LONG, cancellable=None):
    start = lambda done: queue.put_async(value, timeout, cancellable, done)  # noqa: E731
    assert in_loop(queue, start, queue.put_finish) is True


def everything(queue):
    """What is in the queue."""
    values = []
    while not queue.get_is_empty():
        values.append(got(queue.try_get()))
    return values


getters = pytest.mark.parametrize("getter", [get, get_in_loop])
putters = pytest.mark.parametrize("putter", [put, put_in_loop])


def test_try():
    queue = ThreadedAsync.Queue.new(2)
    with raises_io(Gio.IOErrorEnum.WOULD_BLOCK):
        queue.try_get()
    assert queue.try_put(1) is True
    assert queue.try_put("two") is True
    with raises_io(Gio.IOErrorEnum.WOULD_BLOCK):
        queue.try_put(3)
    assert queue.get_length() == queue.props.length == 2
    assert queue.get_is_full() and queue.props.is_full
    assert tuple(queue.try_get()) == (True, 1)
    assert tuple(queue.try_get()) == (True, "two")
    assert queue.get_is_empty() and queue.props.is_empty


def test_properties():
    context = GLib.MainContext.new()
    queue = ThreadedAsync.Queue(name="q", capacity=3, item_type=str, main_context=context)
    assert queue.get_name() == queue.props.name == "q"
    assert queue.get_capacity() == queue.props.capacity == 3
    assert queue.get_item_type() == queue.props.item_type == GObject.TYPE_STRING
    assert queue.get_main_context() == context
    for pspec in queue.list_properties():
        assert not pspec.flags & GObject.ParamFlags.WRITABLE or (
            pspec.flags & GObject.ParamFlags.CONSTRUCT_ONLY
        )


@getters
@putters
@pytest.mark.parametrize(
    "value",
    [
        True,
        -5,
        0.25,
        "zwölf – 十二 🙂",
        number(2**40),
        GObject.Value(GObject.TYPE_UINT64, 2**64 - 1),
        GObject.Value(GObject.TYPE_STRV, ["a", "b"]),
        GObject.Value(GObject.TYPE_VARIANT, GLib.Variant("(si)", ("n", 3))),
        GObject.Value(Gio.FileType, Gio.FileType.DIRECTORY),
        GObject.Value(GObject.TYPE_STRING, None),
        GObject.Value(GObject.Object, None),
        GObject.Value(GObject.TYPE_PYOBJECT, ("any", object)),
    ],
)
def test_values(getter, putter, value):
    queue = ThreadedAsync.Queue.new(0)
    putter(queue, value)
    result = getter(queue)
    if isinstance(value, GObject.Value):
        assert result == value.get_value()
    else:
        assert result == value and type(result) is type(value)


@getters
@putters
def test_identity(getter, putter):
    class Thing(GObject.Object):
        pass

    queue = ThreadedAsync.Queue.new(0)
    thing, box = Thing(), object()
    putter(queue, thing)
    putter(queue, GObject.Value(GObject.TYPE_PYOBJECT, box))
    assert getter(queue) is thing
    assert getter(queue) is box


def test_null():
    queue = ThreadedAsync.Queue.new(0)
    queue.try_put(None)
    put(queue, None)
    assert queue.get_length() == 2
    for _ in range(2):
        assert not get(queue)


def test_values_are_freed():
    class Thing:
        pass

    queue = ThreadedAsync.Queue.new(1)
    thing = Thing()
    gone = weakref.ref(thing)
    value = GObject.Value(GObject.TYPE_PYOBJECT, thing)
    queue.try_put(value)
    with raises_io(Gio.IOErrorEnum.TIMED_OUT):
        put(queue, value, MILLISECOND)
    with raises_io(Gio.IOErrorEnum.TIMED_OUT):
        put_in_loop(queue, value, MILLISECOND)
    del thing, value
    assert get(queue) is gone()
    gc.collect()
    assert gone() is None

    thing = Thing()
    gone = weakref.ref(thing)
    queue.try_put(GObject.Value(GObject.TYPE_PYOBJECT, thing))
    del thing, queue
    gc.collect()
    assert gone() is None


def test_item_type():
    queue = ThreadedAsync.Queue(item_type=INT64, name="numbers")
    for wrong in ["1", 1.0, None, True, GObject.Value()]:
        with raises_ta(ThreadedAsync.Error.WRONG_TYPE) as error:
            queue.try_put(wrong)
        assert "numbers" in error.message
        with raises_ta(ThreadedAsync.Error.WRONG_TYPE):
            put_in_loop(queue, wrong)
    queue.try_put(number(1))
    assert everything(queue) == [1]


@pytest.mark.parametrize("timeout", [0, 5 * MILLISECOND])
@getters
@putters
def test_timeout(timeout, getter, putter):
    queue = ThreadedAsync.Queue(name="slow", capacity=1)
    with raises_io(Gio.IOErrorEnum.TIMED_OUT) as error:
        getter(queue, timeout)
    assert "slow" in error.message
    queue.try_put(1)
    with raises_io(Gio.IOErrorEnum.TIMED_OUT):
        putter(queue, 2, timeout)
    assert everything(queue) == [1]


@pytest.mark.parametrize("timeout", [ThreadedAsync.TIMEOUT_DEFAULT, -3])
@getters
@putters
def test_invalid_timeout(timeout, getter, putter):
    queue = ThreadedAsync.Queue.new(2)
    queue.try_put(1)
    with raises_io(Gio.IOErrorEnum.INVALID_ARGUMENT):
        getter(queue, timeout)
    with raises_io(Gio.IOErrorEnum.INVALID_ARGUMENT):
        putter(queue, 2, timeout)
    assert everything(queue) == [1]


@getters
@putters
def test_cancelled_already(getter, putter):
    queue = ThreadedAsync.Queue.new(2)
    queue.try_put(1)
    cancellable = Gio.Cancellable()
    cancellable.cancel()
    with raises_io(Gio.IOErrorEnum.CANCELLED):
        getter(queue, LONG, cancellable)
    with raises_io(Gio.IOErrorEnum.CANCELLED):
        putter(queue, 2, LONG, cancellable)
    assert everything(queue) == [1]


@getters
@putters
def test_cancelled_from_another_thread(getter, putter):
    queue = ThreadedAsync.Queue.new(1)
    for call in (
        lambda cancellable: getter(queue, LONG, cancellable),
        lambda cancellable: putter(queue, 2, LONG, cancellable),
    ):
        cancellable = Gio.Cancellable()
        thread = threading.Thread(target=cancellable.cancel)
        thread.start()
        with raises_io(Gio.IOErrorEnum.CANCELLED):
            call(cancellable)
        thread.join()
        if queue.get_is_empty():
            queue.try_put(1)
    assert everything(queue) == [1]


def test_cancel_after_the_hand_over():
    queue = ThreadedAsync.Queue.new(0)
    cancellable = Gio.Cancellable()

    def start(done):
        queue.get_async(LONG, cancellable, done)
        queue.try_put(1)
        cancellable.cancel()

    assert got(in_loop(queue, start, queue.get_finish)) == 1


def test_fifo():
    """Threads and callbacks in one line: each gets its item, in the order of coming."""
    queue = ThreadedAsync.Queue.new(0)
    seen = {}
    threads = {}
    for i in range(12):
        if i % 2:
            threads[i] = WaitingThread(lambda c: get(queue, LONG, c))
        else:
            queue.get_async(
                LONG, None, lambda q, result, i: seen.update({i: got(q.get_finish(result))}), i
            )
    for i in range(12):
        queue.try_put(i)
    assert queue.get_is_empty()
    for i, thread in threads.items():
        assert thread.get() == i
    main_loop(lambda: len(seen) == 6)
    assert all(i == value for i, value in seen.items())


def test_blocked_puts_keep_their_order():
    queue = ThreadedAsync.Queue.new(1)
    queue.try_put(0)
    threads = {i: WaitingThread(lambda c, i=i: put(queue, i, LONG, c)) for i in range(1, 7)}
    for i in (1, 4, 6):
        threads[i].cancellable.cancel()
        with raises_io(Gio.IOErrorEnum.CANCELLED):
            threads.pop(i).get()
    assert [get(queue) for _ in range(4)] == [0, 2, 3, 5]
    for thread in threads.values():
        thread.get()
    assert queue.get_is_empty()


def test_close():
    queue = ThreadedAsync.Queue(name="closing", capacity=1)
    queue.try_put(1)
    blocked = WaitingThread(lambda c: put(queue, 2, LONG, c))
    queue.close()
    queue.close()
    assert queue.get_closed() and queue.props.closed
    with raises_ta(ThreadedAsync.Error.CLOSED):
        blocked.get()
    for putter in (put, put_in_loop):
        with raises_ta(ThreadedAsync.Error.CLOSED) as error:
            putter(queue, 3)
        assert "closing" in error.message
    assert get(queue) == 1
    for getter in (get, get_in_loop):
        with raises_ta(ThreadedAsync.Error.CLOSED):
            getter(queue)


def test_waiting_lets_other_threads_run():
    queue = ThreadedAsync.Queue.new(1)

    def double():
        for _ in range(100):
            put(queue, number(1))

    thread = threading.Thread(target=double)
    thread.start()
    assert sum(get(queue) for _ in range(100)) == 100
    thread.join()


def test_nothing_is_lost():
    """Gets that give up at any time, beside puts."""
    queue = ThreadedAsync.Queue.new(2)
    items = []
    n = 1000
    rng = random.Random(1)

    def produce():
        for i in range(n):
            put(queue, i)
        queue.close()

    thread = threading.Thread(target=produce)
    thread.start()
    while True:
        try:
            items.append(get(queue, rng.randrange(0, 20)))
        except GLib.Error as error:
            if error.matches(ThreadedAsync.error_quark(), ThreadedAsync.Error.CLOSED):
                break
            assert error.matches(Gio.io_error_quark(), Gio.IOErrorEnum.TIMED_OUT)
    thread.join()
    assert items == list(range(n))


def test_in_a_runner(runner):
    queue = ThreadedAsync.Queue.new(1)
    seen = []

    def on_got(source, result):
        try:
            assert threading.current_thread() is not threading.main_thread()
            seen.append(got(source.get_finish(result)))
            source.get_async(LONG, None, on_got)
        except GLib.Error as error:
            seen.append(error.code)

    def call():
        with raises_ta(ThreadedAsync.Error.WOULD_DEADLOCK):
            get(queue)
        put(queue, 1)
        with raises_ta(ThreadedAsync.Error.WOULD_DEADLOCK):
            put(queue, 2)
        assert get(queue) == 1
        queue.get_async(LONG, None, on_got)

    in_runner(runner, call)
    for i in range(10):
        put(queue, i)
    runner.stop(LONG, None)

    # The wait that was left ended with the runner; what it did not take is there.
    assert seen.pop() == Gio.IOErrorEnum.CANCELLED
    assert seen + everything(queue) == list(range(10))


def results_of(begin, n):
    """Starts n operations, and returns their results, which nobody has looked at."""
    results = []
    for _ in range(n):
        begin(LONG, None, lambda source, result: results.append(result))
    main_turns()
    assert len(results) == n
    return results


def test_item_that_is_not_taken_goes_back():
    queue = ThreadedAsync.Queue.new(0)
    for i in range(4):
        put(queue, i)
    results = results_of(queue.get_async, 3)
    assert queue.get_length() == 1

    _ok, value = queue.get_finish(results.pop(1))
    assert value == 1
    results.clear()
    assert everything(queue) == [0, 2, 3]


def test_reserve():
    queue = ThreadedAsync.Queue.new(2)
    results = results_of(queue.reserve_async, 2)
    assert queue.get_is_full() and queue.get_length() == 0
    with raises_io(Gio.IOErrorEnum.WOULD_BLOCK):
        queue.try_put(0)

    reservation = queue.reserve_finish(results[0])
    assert queue.put_reserved(reservation, "first")
    with raises_ta(ThreadedAsync.Error.ALREADY_DONE):
        queue.put_reserved(reservation, "again")
    assert queue.get_is_full()

    # Who lets go of the result lets go of the place.
    del reservation
    results.clear()
    assert not queue.get_is_full()
    put(queue, "second")

    waiting = []
    queue.reserve_async(LONG, None, lambda source, result: waiting.append(result))
    main_turns()
    assert waiting == []
    assert get(queue) == "first"
    main_turns()
    queue.release_reserved(waiting[0])
    assert not queue.get_is_full()
    assert everything(queue) == ["second"]


def test_signals():
    queue = ThreadedAsync.Queue.new(1)
    seen = []

    def on_signal(source, *args):
        assert source is queue
        assert GLib.MainContext.default().is_owner()
        assert threading.current_thread() is threading.main_thread()
        seen.append(args[-1])

    handlers = [
        queue.connect("items-available", on_signal, "items"),
        queue.connect("space-available", on_signal, "space"),
        queue.connect("notify::closed", on_signal, "closed"),
    ]

    def use():
        for i in range(10):
            put(queue, i)
            get(queue)

    in_thread(use)
    assert seen == []
    main_turns()
    assert sorted(seen) == ["items", "space"]
    in_thread(queue.close)
    main_turns()
    assert seen[2:] == ["closed"]

    other = ThreadedAsync.Queue.new(1)
    handler = other.connect("items-available", on_signal, "other")
    in_thread(other.try_put, 1)
    other.disconnect(handler)
    main_turns()
    assert len(seen) == 3
    for handler in handlers:
        queue.disconnect(handler)
