# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Any object goes through tasks, futures and calls, and comes back as the same."""

import asyncio
import gc
import weakref

import pytest
from gi.repository import GObject, ThreadedAsync
from helpers import LONG, in_thread
from test_queue import THINGS

raw = ThreadedAsync._introspection_module
things = pytest.mark.parametrize("thing", THINGS, ids=repr)


@things
def test_identity_as_a_result(runner, thing):
    task = runner.create_task(asyncio.sleep(0, thing))
    assert task.wait(LONG) is thing
    assert task.try_wait() is thing
    assert in_thread(task.wait, LONG) is thing
    assert runner.run(asyncio.sleep(0, thing), LONG) is thing
    assert runner.call_in_loop(lambda: thing) is thing


@things
def test_identity_through_a_promise(runner, thing):
    promise = ThreadedAsync.Promise()
    future = promise.future
    runner.call_in_loop(promise.return_value, thing)
    assert future.done
    assert future.wait() is thing

    async def await_it():
        return await future is thing

    assert runner.run(await_it(), LONG)


def test_others_see_plain_results(runner):
    for plain in 5, 300, 2**40, 1.5, "text", True, None:
        task = runner.create_task(asyncio.sleep(0, plain))
        task.wait(LONG)
        assert raw.Future.try_wait(task)[1] == plain


def test_subclasses_of_plain_types():
    class Number(int):
        pass

    class Text(str):
        pass

    queue = ThreadedAsync.Queue()
    for thing in Number(300), Number(5), Text("text"):
        queue.put_wait(thing)
        queue.put_wait(thing)
        assert queue.get_wait() is thing
        plain = raw.Queue.try_get(queue)[1]
        assert plain == thing and type(plain) in (int, str)


def test_values_that_are_given_a_type():
    queue = ThreadedAsync.Queue()
    queue.put_wait(GObject.Value(GObject.TYPE_UINT64, 2**64 - 1))
    assert queue.get_wait() == 2**64 - 1


def test_results_are_freed():
    class Thing:
        pass

    with ThreadedAsync.Runner() as runner:
        thing = Thing()
        gone = weakref.ref(thing)
        task = runner.create_task(asyncio.sleep(0, thing))
        del thing
        assert isinstance(task.wait(LONG), Thing)
        del task
        runner.wait_for_next_iteration(LONG)
        gc.collect()
        assert gone() is None
