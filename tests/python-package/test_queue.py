# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

import asyncio
import inspect
import threading
import weakref

import pytest
from support import LONG, Background, stuck, until

from threaded_async import AsyncRunner, EventLoopTimeoutError, Queue


@pytest.fixture
def queue(runner):
    return Queue[object](runner)


def test_thread_to_thread(queue):
    queue.put_wait(3)
    assert queue.get_wait() == 3


def test_thread_to_loop(runner, queue):
    tasks = [runner.create_task(queue.get()) for _ in range(3)]
    for number in range(3):
        queue.put_wait(number)
    assert [task.wait(LONG) for task in tasks] == [0, 1, 2]


def test_loop_to_thread(runner, queue):
    async def work():
        for number in range(3):
            await queue.put(number)

    runner.create_task(work())
    assert [queue.get_wait(LONG) for _ in range(3)] == [0, 1, 2]


def test_loop_to_loop(runner):
    queue = Queue(runner, maxsize=1)

    async def put():
        for number in range(100):
            await queue.put(number)

    async def get():
        return [await queue.get() for _ in range(100)]

    putting = runner.create_task(put())
    assert runner.run(get(), LONG) == list(range(100))
    putting.wait()


def test_both_directions(runner):
    requests, replies = Queue(runner, maxsize=2), Queue(runner, maxsize=2)

    async def work():
        while True:
            await replies.put(await requests.get() + 1)

    runner.create_task(work())
    for number in range(200):
        requests.put_wait(number)
        assert replies.get_wait(LONG) == number + 1


def test_many_items_in_order(runner):
    queue = Queue(runner, maxsize=10)

    async def put():
        for number in range(5000):
            await queue.put(number)

    runner.create_task(put())
    assert [queue.get_wait(LONG) for _ in range(5000)] == list(range(5000))


def test_many_threads_lose_and_double_nothing(runner):
    queue, results = Queue(runner, maxsize=5), Queue(runner)

    def put(first):
        for number in range(first, first + 200):
            queue.put_wait(number)

    async def move():
        while True:
            await results.put(await queue.get())

    runner.create_task(move())
    runner.create_task(move())
    threads = [Background(put, first) for first in (0, 1000, 2000)]
    got = [results.get_wait(LONG) for _ in range(600)]
    for thread in threads:
        thread.result()
    for first in (0, 1000, 2000):
        assert sorted(n for n in got if first <= n < first + 1000) == list(
            range(first, first + 200)
        )


@pytest.mark.parametrize("item", [None, 0, 2**80, "a\0b", "\ud800", b"", [1], object(), 0.1, len])
def test_items_are_the_same_objects(runner, queue, item):
    queue.put_wait(item)
    assert queue.get_wait() is item
    queue.put_wait(item)
    assert runner.run(queue.get()) is item
    runner.run(queue.put(item))
    assert queue.get_wait() is item


def test_coroutines_are_coroutines(runner, queue):
    # Programs give them to asyncio.create_task(), which takes nothing else.
    async def work():
        get = asyncio.create_task(queue.get())
        put = queue.put(1)
        assert inspect.iscoroutine(put)
        await asyncio.create_task(put)
        return await get

    assert runner.run(work()) == 1


# How full it is


def test_sizes(runner):
    queue = Queue(runner, maxsize=2)
    seen = []
    for number in range(3):
        seen.append((queue.qsize(), queue.empty(), queue.full()))
        if number < 2:
            queue.put_wait(number)
    assert seen == [(0, True, False), (1, False, False), (2, False, True)]


@pytest.mark.parametrize("maxsize", [0, -1])
def test_unbounded(runner, maxsize):
    queue = Queue(runner, maxsize)
    for number in range(1000):
        queue.put_wait(number, timeout=0)
    assert not queue.full()
    assert queue.qsize() == 1000


def test_a_blocked_put_does_not_count(runner):
    queue = Queue(runner, maxsize=1)
    queue.put_wait(1)
    task = runner.create_task(queue.put(2))
    assert queue.qsize() == 1
    assert queue.get_wait() == 1
    task.wait()


def test_sizes_let_the_loop_catch_up(runner):
    async def put(queue):
        await queue.put(1)

    for look in (Queue.qsize, Queue.full, lambda queue: not queue.empty()):
        for _ in range(50):
            queue = Queue(runner, maxsize=1)
            runner.create_task(put(queue))
            assert look(queue)


def test_sizes_let_the_loop_catch_up_with_what_came_by_a_queue(runner):
    requests, replies = Queue(runner), Queue(runner)

    async def work():
        while True:
            await replies.put(await requests.get())

    runner.create_task(work())
    for number in range(200):
        requests.put_wait(number)
        assert replies.qsize() == 1
        assert replies.get_wait(0) == number


def test_sizes_in_the_loop(runner):
    queue = Queue(runner, maxsize=1)

    async def work():
        before = queue.qsize(), queue.empty(), queue.full()
        await queue.put(1)
        return before, (queue.qsize(), queue.empty(), queue.full())

    assert runner.run(work()) == ((0, True, False), (1, False, True))


# Timeouts


def test_timeouts_name_what_they_waited_for(runner):
    queue = Queue(runner, maxsize=1)
    with pytest.raises(EventLoopTimeoutError, match="waiting 0.01 seconds .*Queue.get"):
        queue.get_wait(0.01)
    queue.put_wait(1)
    with pytest.raises(EventLoopTimeoutError, match="waiting 0.01 seconds .*Queue.put"):
        queue.put_wait(2, timeout=0.01)


def test_a_get_that_timed_out_takes_nothing(runner, queue):
    # An older library lost an item here.
    for _ in range(3):
        with pytest.raises(EventLoopTimeoutError):
            queue.get_wait(0.001)
    queue.put_wait("first")
    queue.put_wait("second")
    assert queue.qsize() == 2
    assert [queue.get_wait(LONG), queue.get_wait(LONG)] == ["first", "second"]


def test_a_put_that_timed_out_puts_nothing(runner):
    # An older library put the item all the same, later.
    queue = Queue(runner, maxsize=1)
    queue.put_wait(1)
    with pytest.raises(EventLoopTimeoutError):
        queue.put_wait(2, timeout=0.001)
    assert queue.get_wait() == 1
    runner.wait_for_next_eventloop_iteration()
    assert queue.empty()


def test_timeout_0_is_a_timeout_error(runner):
    queue = Queue(runner, maxsize=1)
    with pytest.raises(EventLoopTimeoutError):
        queue.get_wait(0)
    queue.put_wait(1, 0)
    with pytest.raises(EventLoopTimeoutError):
        queue.put_wait(2, 0)
    assert queue.get_wait(0) == 1


def test_timeouts_of_gets_race_with_puts(runner, queue):
    # Whatever a get that times out does, nothing is lost, and the order is kept.
    got = []

    def get():
        while len(got) < 300:
            try:
                got.append(queue.get_wait(0.0005))
            except EventLoopTimeoutError:
                pass

    thread = Background(get)
    for number in range(300):
        queue.put_wait(number)
        if number % 3 == 0:
            until(queue.empty)
    thread.result()
    assert got == list(range(300))


def test_cancelled_gets_lose_nothing(runner, queue):
    async def get_impatiently():
        for _ in range(20):
            task = asyncio.create_task(queue.get())
            await asyncio.sleep(0)
            task.cancel()
            try:
                got.append(await task)
            except asyncio.CancelledError:
                pass

    got = []
    task = runner.create_task(get_impatiently())
    for number in range(20):
        queue.put_wait(number)
    task.wait(LONG)
    while not queue.empty():
        got.append(queue.get_wait(0))
    assert got == list(range(20))


def test_wait_for_around_get_loses_nothing(runner, queue):
    async def get_impatiently():
        while len(got) < 300:
            try:
                got.append(await asyncio.wait_for(queue.get(), 0.0005))
            except asyncio.TimeoutError:
                pass

    got = []
    task = runner.create_task(get_impatiently())
    for number in range(300):
        queue.put_wait(number)
        if number % 3 == 0:
            until(queue.empty)
    task.wait(LONG)
    assert got == list(range(300))


def test_default_timeout():
    with AsyncRunner(call_in_loop_timeout=0.01) as runner:
        queue = Queue(runner, maxsize=1)
        with pytest.raises(EventLoopTimeoutError):
            queue.get_wait()
        queue.put_wait(1)
        with pytest.raises(EventLoopTimeoutError):
            queue.put_wait(2)


def test_negative_timeouts(queue):
    for call in (queue.get_wait, queue.qsize, queue.empty, queue.full):
        with pytest.raises(AssertionError):
            call(timeout=-2)
    with pytest.raises(AssertionError):
        queue.put_wait(1, timeout=-2)
    assert queue.empty()


def test_stuck_loop(runner, queue):
    with stuck(runner):
        for look in (queue.qsize, queue.empty, queue.full):
            with pytest.raises(EventLoopTimeoutError):
                look(timeout=0.01)
        # Threads do not need the loop.
        queue.put_wait(1, timeout=LONG)
        assert queue.get_wait(timeout=LONG) == 1


# Where it may be used


def test_before_the_runner_starts():
    runner = AsyncRunner()
    queue = Queue(runner, maxsize=2)
    queue.put_wait(1)
    queue.put_wait(2)
    assert (queue.qsize(), queue.full(), queue.empty()) == (2, True, False)
    with pytest.raises(AssertionError):
        queue.put_wait(3)
    assert queue.get_wait() == 1
    with runner:
        assert runner.run(queue.get()) == 2
        assert queue.empty()


def test_an_empty_queue_before_the_runner_starts():
    with pytest.raises(AssertionError):
        Queue(AsyncRunner()).get_wait()


def test_stopped_runner():
    with AsyncRunner() as runner:
        queue = Queue(runner)
        queue.put_wait(1)
    for call in (
        queue.get_wait,
        lambda: queue.put_wait(2),
        queue.qsize,
        queue.empty,
        queue.full,
    ):
        with pytest.raises(AssertionError):
            call()


def test_waits_in_the_loop(runner):
    queue = Queue(runner, maxsize=1)

    async def work():
        with pytest.raises(RuntimeError):
            queue.get_wait()
        queue.put_wait(1)
        with pytest.raises(RuntimeError):
            queue.put_wait(2)
        return queue.get_wait()

    assert runner.run(work()) == 1
    assert queue.empty()


def test_waits_in_the_loop_of_another_runner(runner):
    queue = Queue(runner, maxsize=1)

    async def work():
        queue.put_wait(1)
        with pytest.raises(EventLoopTimeoutError):
            queue.put_wait(2, timeout=0.01)
        return queue.get_wait()

    with AsyncRunner() as other:
        assert other.run(work(), LONG) == 1
    assert asyncio.run(work()) == 1
    assert queue.empty()


def test_wrong_loop(queue):
    with pytest.raises(RuntimeError):
        asyncio.run(queue.get())
    asyncio.run(queue.put(1))
    assert asyncio.run(queue.get()) == 1


def test_items_whose_finalizers_use_the_queue(runner, queue):
    class Item:
        def __del__(self):
            queue.put_wait("from __del__")

    for _ in range(50):
        queue.put_wait(Item())
        queue.get_wait()
        assert queue.get_wait(LONG) == "from __del__"
        runner.run(queue.put(Item()))
        runner.run(queue.get())
        assert queue.get_wait(LONG) == "from __del__"


def test_items_are_freed_with_the_queue(runner):
    class Item:
        pass

    queue = Queue(runner)
    item = Item()
    reference = weakref.ref(item)
    queue.put_wait(item)
    del item, queue
    assert reference() is None


def test_threads_end_before_the_queue(runner, queue):
    thread = threading.Thread(target=queue.put_wait, args=(1,))
    thread.start()
    thread.join(LONG)
    assert queue.get_wait() == 1
