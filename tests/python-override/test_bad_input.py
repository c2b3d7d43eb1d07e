# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""What should not be done is refused by an exception that says what is wrong.

Nothing hangs, no item is lost, and nothing is said about coroutines that were never awaited.
"""

import asyncio
import gc
import threading
import warnings

import pytest
from gi.repository import GLib, ThreadedAsync
from helpers import LONG, LOOPS, in_asyncio, in_thread

loops = pytest.mark.parametrize("in_loop", LOOPS)
Error = ThreadedAsync.Error


@pytest.fixture(autouse=True)
def no_noise():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
        gc.collect()
    assert [str(warning.message) for warning in caught] == []


def is_error(error, code):
    return error.matches(ThreadedAsync.error_quark(), code)


async def nothing():
    pass


def test_awaiting_in_the_wrong_loop(runner):
    """What belongs to a loop of asyncio is refused by asyncio; what is the library's is not."""

    async def make_future():
        return asyncio.get_running_loop().create_future()

    async def wait(future):
        await future

    with pytest.raises(RuntimeError, match="different loop"):
        in_asyncio(runner, wait(runner.run(make_future(), LONG)))
    with ThreadedAsync.Runner("other") as other:
        with pytest.raises(RuntimeError, match="different loop"):
            other.run(wait(runner.run(make_future(), LONG)), LONG)
    assert in_asyncio(runner, get_item(runner)) == "item"


async def get_item(runner):
    queue = ThreadedAsync.Queue()
    runner.call_in_loop(queue.try_put, "item")
    return await queue.get()


def test_awaiting_without_a_loop():
    queue = ThreadedAsync.Queue()
    coroutine = queue.get()
    with pytest.raises(RuntimeError, match="no running event loop"):
        coroutine.send(None)
    queue.put_wait("item")
    assert queue.get_wait(LONG) == "item"


def test_a_coroutine_function_in_place_of_a_coroutine(runner):
    for call in runner.create_task, runner.run:
        with pytest.raises(TypeError, match="not a coroutine function.*nothing"):
            call(nothing)


@pytest.mark.parametrize("work", [5, None, "text", object()], ids=repr)
def test_what_is_no_work(runner, work):
    for call in runner.create_task, runner.run:
        with pytest.raises(TypeError, match="needed"):
            call(work)


def test_a_coroutine_that_was_awaited(runner):
    coroutine = nothing()
    runner.run(coroutine, LONG)
    with pytest.raises(RuntimeError, match="already awaited"):
        runner.run(coroutine, LONG)


def test_entered_a_second_time():
    with ThreadedAsync.Runner("twice") as runner:
        with pytest.raises(GLib.Error, match="“twice”.*once") as caught:
            with runner:
                pytest.fail("it was entered")
        assert is_error(caught.value, Error.ALREADY_DONE)
        assert runner.run(asyncio.sleep(0, "still runs"), LONG) == "still runs"
    with pytest.raises(GLib.Error, match="“twice”") as caught:
        with runner:
            pytest.fail("it was entered")
    assert is_error(caught.value, Error.ALREADY_DONE)


@pytest.mark.parametrize("state", ["new", "stopped"])
def test_calls_on_a_runner_that_does_not_run(state):
    runner = ThreadedAsync.Runner("idle")
    if state == "stopped":
        with runner:
            pass
    for call in (
        lambda: runner.run(nothing(), LONG),
        lambda: runner.create_task(nothing()).wait(LONG),
        lambda: in_asyncio(None, await_task(runner)),
        lambda: runner.call_in_loop(print, timeout=LONG),
        lambda: runner.wait_for_next_iteration(LONG),
    ):
        with pytest.raises(GLib.Error, match="“idle”") as caught:
            call()
        assert is_error(caught.value, Error.NOT_RUNNING)
    if state == "new":
        with pytest.raises(GLib.Error, match="“idle”"):
            runner.stop()
    else:
        runner.stop()


async def await_task(runner):
    await runner.create_task(nothing())


def test_waits_in_the_thread_of_the_loop(runner):
    """For the loop itself, or for what could only come from it."""
    task = runner.create_task(asyncio.Event().wait())
    full = ThreadedAsync.Queue(1)
    full.put_wait("item")
    promise = ThreadedAsync.Promise()
    waits = [
        task.wait,
        lambda: runner.run(nothing()),
        runner.wait_for_next_iteration,
        runner.stop,
        ThreadedAsync.Event().wait,
        promise.future.wait,
        ThreadedAsync.Queue().get_wait,
        lambda: full.put_wait("another"),
    ]

    async def wait(call):
        call()

    for call in waits:
        with pytest.raises(RuntimeError) as caught:
            runner.run(wait(call), LONG)
        assert is_error(caught.value, Error.WOULD_DEADLOCK)
        with pytest.raises(RuntimeError):
            runner.call_in_loop(call)
    assert full.get_wait() == "item" and full.get_is_empty()
    task.cancel()


@pytest.mark.parametrize("timeout", [-1, -0.001, float("nan"), -float("inf"), "1", [1]])
def test_timeouts_that_are_no_time(runner, timeout):
    queue, event = ThreadedAsync.Queue(1), ThreadedAsync.Event()
    promise = ThreadedAsync.Promise()
    task = runner.create_task(asyncio.Event().wait())
    server = ThreadedAsync.Server()
    called = []
    for call in (
        lambda: queue.get_wait(timeout),
        lambda: queue.put_wait("item", timeout),
        lambda: runner.run(queue.get(timeout)),
        lambda: runner.run(queue.put("item", timeout)),
        lambda: event.wait(timeout),
        lambda: promise.future.wait(timeout),
        lambda: task.wait(timeout),
        lambda: runner.call_in_loop(called.append, 1, timeout=timeout),
        lambda: runner.wait_for_next_iteration(timeout),
        lambda: runner.stop(timeout),
        lambda: server.process(timeout),
        lambda: server.process_all(timeout),
        lambda: ThreadedAsync.Runner(exit_timeout=timeout),
        lambda: ThreadedAsync.Runner(default_timeout=timeout),
    ):
        error = ValueError if isinstance(timeout, (int, float)) else TypeError
        with pytest.raises(error, match="a timeout is a number of seconds"):
            call()
    assert queue.get_is_empty()
    assert runner.running
    task.cancel()


@loops
def test_an_object_whose_del_calls_back_into_the_queue(runner, in_loop):
    freed = []

    class Restless:
        def __del__(self):
            try:
                queue.try_put("from __del__")
            except ThreadedAsync.QueueClosed:
                freed.append("closed")
            else:
                freed.append(queue.try_get())

    async def exchange():
        await queue.put(Restless())
        await queue.get()
        task = asyncio.create_task(queue.get())
        await asyncio.sleep(0)
        queue.try_put(Restless())
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        del task
        return queue.try_get() is not None

    queue = ThreadedAsync.Queue()
    assert in_loop(runner, exchange())
    in_thread(queue.put_wait, Restless())
    in_thread(queue.get_wait)
    gc.collect()
    assert freed == ["from __del__"] * 3
    # Those that go with the queue find it closed, or not at all.
    queue.put_wait(Restless())
    queue.close()
    assert isinstance(queue.get_wait(), Restless)
    gc.collect()
    assert freed[3:] == ["closed"]


@pytest.mark.parametrize("args", [(print,), (None, print), ("ask", 3), ("ask", "text")], ids=repr)
def test_what_handles_nothing(args):
    server = ThreadedAsync.Server("picky")
    with pytest.raises(TypeError, match="the name of a method|a function is needed"):
        server.handle(*args)
    with pytest.raises(TypeError, match="the name of a method"):

        @server.handle
        def answer():
            return 5


@pytest.mark.parametrize("again", ["return_value", "return_error"])
def test_a_request_is_answered_once(runner, again):
    server = ThreadedAsync.Server("once")
    client = ThreadedAsync.Client(server, runner)
    caught = []

    def answer(_server, request):
        request.return_value("first")
        GLib.test_expect_message("ThreadedAsync", GLib.LogLevelFlags.LEVEL_CRITICAL, "*once*")
        try:
            getattr(request, again)(ValueError("second"))
        except RuntimeError as error:
            caught.append(str(error))
        GLib.test_assert_expected_messages_internal("ThreadedAsync", __file__, 0, "answer")
        return True

    server.connect("handle-request::ask", answer)
    request = client.send("ask")
    assert server.process(LONG)
    assert request.wait(LONG) == "first"
    assert caught == ["request “ask” can be answered only once, by its handler"]


def test_no_noise_at_the_end():
    """About what was refused, was not begun, or was not awaited."""
    begun, go_on = threading.Event(), threading.Event()

    async def block():
        begun.set()
        assert go_on.wait(LONG)

    runner = ThreadedAsync.Runner("quiet", exit_timeout=LONG)
    runner.create_task(nothing())
    runner.start()
    runner.create_task(block())
    assert begun.wait(LONG)
    for _ in range(10):
        runner.create_task(nothing())
        runner.create_task(nothing()).cancel()
    go_on.set()
    runner.stop()
    runner.create_task(nothing())
