# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

import asyncio
import gc
import queue as queue_module
import threading

import pytest
from gi.repository import Gio, GLib, GObject, ThreadedAsync
from helpers import LONG, LOOPS, in_thread, turns

loops = pytest.mark.parametrize("in_loop", LOOPS)


class Thing:
    pass


THINGS = [
    Thing(),
    2**31,
    -(2**40),
    2**63,
    2**200,
    -(2**200),
    1.5,
    float("nan"),
    "text %d" % 5,
    "a\0b",
    "\udc80",
    "",
    b"bytes",
    b"a\0b",
    (1, 2),
    [1, 2],
    {"a": 1},
    {1, 2},
    None,
    True,
    False,
    ValueError("an exception"),
    len,
    Thing,
    GLib.Variant("(si)", ("n", 3)),
    GLib.Error("message"),
    Gio.SimpleAction.new("action", None),
    Gio.IOErrorEnum.TIMED_OUT,
]
things = pytest.mark.parametrize("thing", THINGS, ids=repr)


@things
def test_identity_between_threads(thing):
    queue = ThreadedAsync.Queue()
    for put in queue.try_put, queue.put_wait:
        put(thing)
        assert in_thread(queue.get_wait, LONG) is thing
        put(thing)
        assert in_thread(queue.try_get) is thing


@things
@loops
def test_identity_through_coroutines(runner, in_loop, thing):
    there, back = ThreadedAsync.Queue(1), ThreadedAsync.Queue(1)

    async def echo():
        async for item in there:
            await back.put(item)

    async def send():
        return [await exchange() for _ in range(2)]

    async def exchange():
        await there.put(thing)
        return await back.get()

    task = runner.create_task(echo())
    assert all(item is thing for item in in_loop(runner, send()))
    there.close()
    task.wait(LONG)


@pytest.mark.parametrize(
    "thing,gtype",
    [
        (5, GObject.TYPE_INT),
        (300, GObject.TYPE_INT),
        (2**40, GObject.TYPE_INT64),
        (2**62, GObject.TYPE_INT64),
        (1.25, GObject.TYPE_DOUBLE),
        ("text", GObject.TYPE_STRING),
        (True, GObject.TYPE_BOOLEAN),
        (None, GObject.TYPE_POINTER),
        (GLib.Variant("i", 3), GObject.TYPE_VARIANT),
        (2**70, GObject.TYPE_PYOBJECT),
        ({"a": 1}, GObject.TYPE_PYOBJECT),
    ],
)
def test_others_see_plain_values(thing, gtype):
    """What C and JavaScript get."""
    raw = ThreadedAsync._introspection_module.Queue
    queue = ThreadedAsync.Queue()
    queue.try_put(thing)
    queue.try_put(thing)
    ok, value = raw.try_get(queue)
    assert ok
    if gtype != GObject.TYPE_PYOBJECT:
        assert value == thing
    promise = ThreadedAsync.Promise()
    promise.return_value(thing)

    # In the type that it is to have: a queue that takes no other lets it in.
    if gtype not in (GObject.TYPE_POINTER, GObject.TYPE_PYOBJECT):
        typed = ThreadedAsync.Queue(item_type=gtype)
        typed.try_put(thing)
        assert raw.try_get(typed)[1] == thing


def test_item_type():
    numbers = ThreadedAsync.Queue(item_type=int, name="numbers")
    numbers.put_wait(300)
    with pytest.raises(GLib.Error, match="numbers") as caught:
        numbers.put_wait("text")
    assert caught.value.matches(ThreadedAsync.error_quark(), ThreadedAsync.Error.WRONG_TYPE)
    assert numbers.get_wait() == 300

    wide = ThreadedAsync.Queue(item_type=GObject.TYPE_INT64)
    wide.put_wait(5)
    assert wide.get_wait() == 5


def test_what_others_put():
    raw = ThreadedAsync._introspection_module.Queue
    queue = ThreadedAsync.Queue()
    action = Gio.SimpleAction.new("action", None)
    for item in 5, "text", 1.5, True, None, action:
        raw.try_put(queue, item)
        assert queue.get_wait(LONG) == item
    assert queue.get_is_empty()


def test_try():
    queue = ThreadedAsync.Queue(1)
    with pytest.raises(ThreadedAsync.QueueEmpty):
        queue.try_get()
    with pytest.raises(queue_module.Empty):
        queue.try_get()
    with pytest.raises(asyncio.QueueEmpty):
        queue.try_get()
    assert queue.try_put(1) is None
    with pytest.raises(ThreadedAsync.QueueFull):
        queue.try_put(2)
    with pytest.raises(queue_module.Full):
        queue.try_put(2)
    assert queue.try_get() == 1


def test_closed(runner):
    queue = ThreadedAsync.Queue()
    queue.put_wait(1)
    queue.close()
    for put in queue.try_put, queue.put_wait:
        with pytest.raises(ThreadedAsync.QueueClosed):
            put(2)
    with pytest.raises(ThreadedAsync.QueueClosed):
        runner.run(queue.put(2), LONG)
    assert queue.get_wait() == 1
    for get in queue.try_get, queue.get_wait:
        with pytest.raises(ThreadedAsync.QueueClosed):
            get()
    with pytest.raises(ThreadedAsync.QueueClosed):
        runner.run(queue.get(), LONG)


@loops
def test_close_ends_those_who_wait(runner, in_loop):
    async def wait_for_close():
        full = ThreadedAsync.Queue(1)
        full.try_put(1)
        waits = [empty.get(), full.put(2), full.put(3), collect(empty)]
        waits = [asyncio.ensure_future(wait) for wait in waits]
        await turns()
        empty.close()
        full.close()
        return await asyncio.gather(*waits, return_exceptions=True)

    async def collect(queue):
        return [item async for item in queue]

    empty = ThreadedAsync.Queue()
    *failures, items = in_loop(runner, wait_for_close())
    assert [type(failure) for failure in failures] == [ThreadedAsync.QueueClosed] * 3
    assert items == []


@pytest.mark.parametrize("timeout", [0, 0.01])
@loops
def test_timeouts(runner, in_loop, timeout):
    empty, full = ThreadedAsync.Queue(name="empty"), ThreadedAsync.Queue(1, name="full")
    full.put_wait(0)
    for wait in (
        lambda: empty.get_wait(timeout),
        lambda: full.put_wait(1, timeout),
        lambda: in_loop(runner, empty.get(timeout)),
        lambda: in_loop(runner, full.put(1, timeout)),
    ):
        with pytest.raises(TimeoutError, match="empty|full") as caught:
            wait()
        assert caught.value.matches(Gio.io_error_quark(), Gio.IOErrorEnum.TIMED_OUT) or not timeout
    assert full.try_get() == 0
    assert full.get_is_empty()


@pytest.mark.parametrize("timeout", [-1, -0.001, float("nan")])
def test_bad_timeouts(runner, timeout):
    queue = ThreadedAsync.Queue()
    for wait in (
        lambda: queue.get_wait(timeout),
        lambda: queue.put_wait(1, timeout),
        lambda: runner.run(queue.get(timeout)),
        lambda: runner.run(queue.put(1, timeout)),
    ):
        with pytest.raises(ValueError, match="timeout"):
            wait()
    assert queue.get_is_empty()


def test_does_not_block_a_loop(runner):
    async def block():
        ThreadedAsync.Queue().get_wait()

    with pytest.raises(RuntimeError) as caught:
        runner.run(block(), LONG)
    assert caught.value.matches(ThreadedAsync.error_quark(), ThreadedAsync.Error.WOULD_DEADLOCK)


@loops
def test_bounded_both_ways(runner, in_loop):
    there, back = ThreadedAsync.Queue(3), ThreadedAsync.Queue(2)

    async def work():
        async for number in there:
            await back.put(number + 1)
        back.close()

    def feed():
        for number in range(500):
            there.put_wait(number, LONG)
        there.close()

    thread = threading.Thread(target=feed)
    thread.start()

    async def collect():
        return [number async for number in back]

    task = runner.create_task(work())
    assert in_loop(runner, collect()) == list(range(1, 501))
    thread.join()
    task.wait(LONG)


def test_freed_items_may_use_the_queue():
    """An object whose __del__ calls back into the queue."""

    class Restless:
        def __del__(self):
            queue.try_put("from __del__")
            freed.append(queue.get_length())

    freed = []
    queue = ThreadedAsync.Queue()
    queue.put_wait(Restless())
    queue.get_wait()
    gc.collect()
    assert freed == [1]
    assert queue.get_wait(LONG) == "from __del__"

    bounded = ThreadedAsync.Queue(1)
    bounded.put_wait(0)
    with pytest.raises(ThreadedAsync.QueueFull):
        bounded.try_put(Restless())
    gc.collect()
    assert freed == [1, 1]


def test_items_are_freed_with_the_queue():
    freed = []

    class Noisy:
        def __del__(self):
            freed.append(threading.current_thread())

    queue = ThreadedAsync.Queue()
    queue.put_wait(Noisy())
    queue.put_wait(Noisy())
    del queue
    gc.collect()
    assert len(freed) == 2
