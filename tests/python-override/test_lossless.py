# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Promise 1: whatever is cancelled, whenever, no item is lost, doubled, or gets out of order."""

import asyncio
import os
import random
import threading

import pytest
from gi.repository import ThreadedAsync
from helpers import LONG, LOOPS, choose_seed, in_runner, turns, until

loops = pytest.mark.parametrize("in_loop", LOOPS)

# How many operations the random test makes; a million takes some minutes.
N_RANDOM = int(os.environ.get("TA_RANDOM_OPERATIONS", "20000"))


def contents(queue):
    items = []
    while not queue.get_is_empty():
        items.append(queue.try_get())
    return items


async def arrive(queue, n_items):
    """Until what was on its way has arrived: from another thread, for a loop of plain asyncio."""
    await until(lambda: queue.get_length() >= n_items)
    # And time for what would be too much.
    await asyncio.sleep(0.02)
    await turns()


# The points at which a waiting coroutine can be cancelled. Each is given the task that waits, and a
# function that hands over what it waits for.


async def before_it_waits(task, hand_over):
    task.cancel()
    await turns(1)
    hand_over()


async def while_it_waits(task, hand_over):
    await turns()
    task.cancel()
    hand_over()


async def while_it_waits_and_is_gone(task, hand_over):
    await turns()
    task.cancel()
    await turns()
    hand_over()


async def right_after_the_hand_over(task, hand_over):
    await turns()
    hand_over()
    task.cancel()


async def when_it_has_been_told(task, hand_over):
    """Between the callback of the library and the resumption of the coroutine."""
    await turns()
    waiting = task._fut_waiter
    hand_over()
    told = asyncio.Event()
    waiting.add_done_callback(lambda _future: (task.cancel(), told.set()))
    await told.wait()


async def when_the_callback_comes(task, hand_over):
    """In the same turn, right behind the callback of the library."""
    await turns()
    waiting = task._fut_waiter
    hand_over()
    while not waiting.done():
        await asyncio.sleep(0)
    task.cancel()


POINTS = [
    before_it_waits,
    while_it_waits,
    while_it_waits_and_is_gone,
    right_after_the_hand_over,
    when_it_has_been_told,
    when_the_callback_comes,
]
points = pytest.mark.parametrize("point", POINTS)


@points
@loops
def test_cancelled_get(runner, in_loop, point):
    async def cancel_get():
        queue = ThreadedAsync.Queue()
        task = asyncio.create_task(queue.get())
        await point(task, lambda: [queue.try_put(i) for i in range(3)])
        outcome = (await asyncio.gather(task, return_exceptions=True))[0]
        del task
        is_cancelled = isinstance(outcome, asyncio.CancelledError)
        await arrive(queue, 3 if is_cancelled else 2)
        left = contents(queue)
        if is_cancelled:
            assert left == [0, 1, 2]
        else:
            assert [outcome, *left] == [0, 1, 2]

    in_loop(runner, cancel_get())


@points
@loops
def test_cancelled_get_before_others(runner, in_loop, point):
    async def cancel_get():
        queue = ThreadedAsync.Queue()
        task = asyncio.create_task(queue.get())
        await turns(2)
        others = [asyncio.create_task(queue.get()) for _ in range(2)]
        await point(task, lambda: [queue.try_put(i) for i in range(3)])
        outcome = (await asyncio.gather(task, return_exceptions=True))[0]
        items = await asyncio.gather(*others)
        if not isinstance(outcome, asyncio.CancelledError):
            items.insert(0, outcome)
        await arrive(queue, 3 - len(items))
        left = contents(queue)
        # It was either given back after the others had been served, or not taken at all.
        assert items + left in ([0, 1, 2], [1, 2, 0])

    in_loop(runner, cancel_get())


@points
@loops
def test_cancelled_put(runner, in_loop, point):
    async def cancel_put():
        queue = ThreadedAsync.Queue(1)
        queue.try_put(0)
        task = asyncio.create_task(queue.put(1))
        await turns(2)
        other = asyncio.create_task(queue.put(2))
        await turns(2)
        got = []
        await point(task, lambda: got.append(queue.try_get()))
        outcome = (await asyncio.gather(task, return_exceptions=True))[0]
        while not other.done() or not queue.get_is_empty():
            try:
                got.append(queue.try_get())
            except ThreadedAsync.QueueEmpty:
                await asyncio.sleep(0.001)
        await arrive(queue, 0)
        expected = [0, 2] if isinstance(outcome, asyncio.CancelledError) else [0, 1, 2]
        assert got == expected
        # The place of the one who is gone is free again.
        queue.try_put(3)
        assert queue.get_is_full() and queue.try_get() == 3

    in_loop(runner, cancel_put())


@points
@loops
def test_the_next_get_comes_after_a_cancelled_one(runner, in_loop, point):
    """The coroutine that was cancelled gets what it was about to get, before all else."""

    async def get_again(queue):
        try:
            return [await queue.get() for _ in range(3)]
        except asyncio.CancelledError:
            return [await queue.get() for _ in range(3)]

    async def cancel_get():
        queue = ThreadedAsync.Queue()
        task = asyncio.create_task(get_again(queue))
        await turns(2)
        await point(task, lambda: [queue.try_put(i) for i in range(3)])
        return await task

    assert in_loop(runner, cancel_get()) == [0, 1, 2]


@pytest.mark.parametrize("order", ["first to last", "last to first", "mixed"])
@loops
def test_several_who_give_back_keep_the_order(runner, in_loop, order):
    """Whoever of several takers is cancelled first."""

    async def cancel_gets():
        queue = ThreadedAsync.Queue()
        tasks = [asyncio.create_task(queue.get()) for _ in range(6)]
        await turns()
        for i in range(8):
            queue.try_put(i)
        victims = {"first to last": tasks[:], "last to first": tasks[::-1]}.get(order)
        for task in victims or [tasks[i] for i in (3, 0, 5, 1, 4, 2)]:
            task.cancel()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        assert all(isinstance(outcome, asyncio.CancelledError) for outcome in outcomes)
        return contents(queue)

    assert in_loop(runner, cancel_gets()) == list(range(8))


def test_several_loops_that_give_back_keep_the_order():
    """Takers in several loops, which are cancelled while the items come to them."""
    n_items = 12

    def one_round(runners, rng):
        queue = ThreadedAsync.Queue()
        tasks = [runner.create_task(queue.get()) for runner in runners for _ in range(3)]
        for runner in runners:
            runner.wait_for_next_iteration(LONG)
        putter = threading.Thread(target=lambda: [queue.try_put(i) for i in range(n_items)])
        putter.start()
        rng.shuffle(tasks)
        for task in tasks:
            task.cancel()
        putter.join()
        got = []
        for task in tasks:
            try:
                got.append(task.wait(LONG))
            except asyncio.CancelledError:
                pass
        left = contents(queue)
        assert sorted(got + left) == list(range(n_items))
        assert left == sorted(left)

    rng = random.Random(choose_seed())
    with ThreadedAsync.Runner("first") as first, ThreadedAsync.Runner("second") as second:
        for _ in range(100):
            one_round([first, second], rng)


@loops
def test_wait_for_timeouts(runner, in_loop):
    """Timeouts that end just when the item comes."""

    async def race():
        queue = ThreadedAsync.Queue()
        got = []
        for i in range(200):
            delay = (i % 20) / 10000
            timer = threading.Timer(delay, queue.try_put, [i])
            timer.start()
            try:
                async with asyncio.timeout(0.001):
                    got.append(await queue.get())
            except TimeoutError:
                pass
            if i % 2:
                try:
                    got.append(await queue.get(0.001))
                except TimeoutError:
                    pass
            timer.join()
        await arrive(queue, 200 - len(got))
        assert got + contents(queue) == list(range(200))

    in_loop(runner, race())


@loops
def test_aborted_task_group(runner, in_loop):
    async def abort():
        source, target = ThreadedAsync.Queue(), ThreadedAsync.Queue(2)
        taken, fed = [], []

        async def move():
            while True:
                item = await source.get()
                taken.append(item)
                await target.put(item)
                taken.remove(item)

        async def fail_later():
            await asyncio.sleep(0.01)
            raise ZeroDivisionError

        async def feed():
            for i in range(100):
                await source.put(i)
                fed.append(i)
                await asyncio.sleep(0)

        with pytest.raises(ExceptionGroup):
            async with asyncio.TaskGroup() as group:
                for _ in range(3):
                    group.create_task(move())
                group.create_task(feed())
                group.create_task(fail_later())
        await until(lambda: target.get_length() + len(taken) + source.get_length() >= len(fed))
        await arrive(source, 0)
        return fed, sorted(contents(target) + taken + contents(source))

    fed, everything = in_loop(runner, abort())
    # The last one may have been refused a place.
    assert everything in (fed, [*fed, len(fed)])


def test_stop_loses_nothing():
    """A get that waits when the runner stops takes nothing with it."""
    queue = ThreadedAsync.Queue()
    with ThreadedAsync.Runner() as runner:
        tasks = [runner.create_task(queue.get()) for _ in range(5)]
        runner.wait_for_next_iteration(LONG)
        for i in range(3):
            queue.try_put(i)
    got = []
    for task in tasks:
        try:
            got.append(task.wait(LONG))
        except asyncio.CancelledError:
            pass
    assert sorted(got + contents(queue)) == [0, 1, 2]


def random_round(seed, n_operations):
    """Threads and coroutines on several loops put and get, time out and are cancelled. Each item
    has to arrive once; and if there is one taker, those of each putter in its order."""
    rng = random.Random(seed)
    queue = ThreadedAsync.Queue(rng.choice([0, 1, 2, 7]))
    taken, put = [], []
    n_parties = 4
    share = n_operations // (2 * n_parties)

    def put_in_thread(me, rng):
        mine = []
        for i in range(share):
            try:
                queue.put_wait((me, i), rng.choice([0, 0.0001, 0.01, None]))
                mine.append((me, i))
            except TimeoutError:
                pass
        put.append(mine)

    def get_in_thread(me, rng):
        mine = []
        try:
            while True:
                try:
                    mine.append(queue.get_wait(rng.choice([0, 0.0001, 0.01, None])))
                except TimeoutError:
                    pass
        except ThreadedAsync.QueueClosed:
            taken.append(mine)

    async def cancelled_at_random(coroutine, rng):
        """Whether it was; the outcome of a coroutine that was not cancelled in time counts."""
        task = asyncio.ensure_future(coroutine)
        for _ in range(rng.randrange(4)):
            await asyncio.sleep(0)
        if rng.random() < 0.5:
            task.cancel()
        await asyncio.wait([task])
        return task

    async def put_in_loop(me, rng):
        mine = []
        for i in range(share):
            task = await cancelled_at_random(queue.put((me, i)), rng)
            if not task.cancelled():
                task.result()
                mine.append((me, i))
        put.append(mine)

    async def get_in_loop(me, rng):
        mine = []
        while True:
            task = await cancelled_at_random(queue.get(rng.choice([0.001, None])), rng)
            if task.cancelled() or isinstance(task.exception(), TimeoutError):
                continue
            if task.exception() is not None:
                break
            mine.append(task.result())
        taken.append(mine)

    def seeded():
        return random.Random(rng.random())

    with ThreadedAsync.Runner("first") as first, ThreadedAsync.Runner("second") as second:
        putters = [threading.Thread(target=put_in_thread, args=(me, seeded())) for me in (0, 1)]
        getters = [threading.Thread(target=get_in_thread, args=(0, seeded())) for _ in range(2)]
        plain = threading.Thread(target=lambda: asyncio.run(put_in_loop(2, seeded())))
        putters.append(plain)
        get_tasks = []
        if seed % 2:
            get_tasks.append(first.create_task(get_in_loop(2, seeded())))
            get_tasks.append(second.create_task(get_in_loop(3, seeded())))
        elif seed % 4:
            getters = [threading.Thread(target=lambda: asyncio.run(get_in_loop(0, seeded())))]
        else:
            getters = []
            get_tasks.append(first.create_task(get_in_loop(2, seeded())))
        for thread in putters + getters:
            thread.start()
        put_task = first.create_task(put_in_loop(3, seeded()))
        for thread in putters:
            thread.join()
        put_task.wait()
        queue.close()
        for thread in getters:
            thread.join()
        for task in get_tasks:
            task.wait()

    all_put = [item for mine in put for item in mine]
    all_taken = [item for mine in taken for item in mine] + contents(queue)
    assert sorted(all_taken) == sorted(all_put)
    if len(taken) == 1:
        for party in range(n_parties):
            mine = taken[0]
            numbers = [i for me, i in mine if me == party]
            assert numbers == sorted(numbers)


def test_random_operations():
    seed = choose_seed()
    for i in range(4):
        random_round(seed + i, N_RANDOM // 4)


def test_give_back_is_prompt(runner):
    """A task that was cancelled after the hand-over keeps nothing, even while somebody keeps it."""

    async def cancel_get():
        queue = ThreadedAsync.Queue()
        task = asyncio.create_task(queue.get())
        await right_after_the_hand_over(task, lambda: queue.try_put("item"))
        outcome = (await asyncio.gather(task, return_exceptions=True))[0]
        assert isinstance(outcome, asyncio.CancelledError)
        await turns(2)
        return queue.try_get(), task, outcome

    assert in_runner(runner, cancel_get())[0] == "item"
