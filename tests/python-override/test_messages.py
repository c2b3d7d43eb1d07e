# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""What the message of a wait says that took too long."""

import asyncio
import signal
import threading

import pytest
from gi.repository import GLib, ThreadedAsync
from helpers import in_thread


@pytest.fixture
def signals():
    """Signals that interrupt every wait of the main thread."""
    signal.signal(signal.SIGALRM, lambda *_: None)
    signal.setitimer(signal.ITIMER_REAL, 0.005, 0.005)
    yield
    # One that is still on its way must find a handler.
    signal.setitimer(signal.ITIMER_REAL, 0)


def full_queue():
    queue = ThreadedAsync.Queue(1)
    queue.put_wait(1)
    return queue


def wait_for_next_iteration(runner, timeout):
    begun, go_on = threading.Event(), threading.Event()

    async def block():
        begun.set()
        go_on.wait()

    runner.create_task(block())
    begun.wait()
    try:
        runner.wait_for_next_iteration(timeout)
    finally:
        go_on.set()


def wait_for_default(_runner, timeout):
    with ThreadedAsync.Runner("default", default_timeout=timeout) as runner:
        runner.run(asyncio.sleep(1000))


PROMISE = ThreadedAsync.Promise()

WAITS = {
    "get_wait": lambda runner, timeout: ThreadedAsync.Queue().get_wait(timeout),
    "put_wait": lambda runner, timeout: full_queue().put_wait(2, timeout),
    "event": lambda runner, timeout: ThreadedAsync.Event().wait(timeout),
    "future": lambda runner, timeout: PROMISE.future.wait(timeout),
    "run": lambda runner, timeout: runner.run(asyncio.sleep(1000), timeout),
    "default": wait_for_default,
    "wait_for_next_iteration": wait_for_next_iteration,
}


def message_of(wait, runner, timeout):
    with pytest.raises(TimeoutError) as found:
        wait(runner, timeout)
    return str(found.value)


@pytest.mark.parametrize("name", WAITS)
def test_the_message_has_the_time_that_was_asked_for(runner, signals, name):
    """Also in the main thread, whose waits begin anew when a signal has come."""
    assert message_of(WAITS[name], runner, 0.053).startswith("Timed out after 0.053 s waiting for ")
    message = in_thread(message_of, WAITS[name], runner, 0.053)
    assert message.startswith("Timed out after 0.053 s waiting for ")


def test_the_message_of_a_task_is_its_own(runner):
    """It waited for something itself, in C."""
    error = "Timed out after 7 s waiting for an item of a queue"

    def fail(task):
        task.take_promise().return_new_error_literal(
            GLib.quark_from_string("g-io-error-quark"), 24, error
        )

    with pytest.raises(TimeoutError) as found:
        runner.create_task(fail).wait(1000)
    assert str(found.value) == error


@pytest.mark.parametrize("stall_threshold", [None, 1000])
def test_a_coroutine_that_blocks_the_loop_is_named(stall_threshold):
    begun, go_on = threading.Event(), threading.Event()

    async def block():
        begun.set()
        go_on.wait()

    with ThreadedAsync.Runner("busy", stall_threshold=stall_threshold) as runner:
        task = runner.create_task(block())
        begun.wait()
        other = runner.create_task(asyncio.sleep(0), name="other")
        try:
            message = message_of(lambda _runner, timeout: other.wait(timeout), runner, 0.05)
        finally:
            go_on.set()
        task.wait()
    assert "waiting for task “other” on runner “busy”, whose loop has been busy with" in message
    assert (
        "busy with coroutine “test_a_coroutine_that_blocks_the_loop_is_named.<locals>.block”"
        in message
    )


def test_what_is_internal_is_no_task_to_be_shown():
    with ThreadedAsync.Runner("shown") as runner:
        task = runner.create_task(asyncio.sleep(1000), name="shown")
        runner.wait_for_next_iteration()
        tasks = runner.list_tasks()
        assert [tasks.get_item(i) for i in range(tasks.get_n_items())] == [task]


def test_a_dump_tells_of_coroutines_but_not_of_what_is_internal():
    begun, go_on = threading.Event(), threading.Event()

    async def block():
        begun.set()
        go_on.wait()

    with ThreadedAsync.Runner("dumped") as runner:
        task = runner.create_task(block(), name="blocker")
        begun.wait()
        try:
            dump = ThreadedAsync.debug_dup_tasks()
        finally:
            go_on.set()
        task.wait()
    assert (
        "runner “dumped”: running, 1 tasks; its loop is at a coroutine or callback of its event "
        "loop\n  task “blocker”\n" in dump
    )


def test_a_loop_that_sleeps_is_not_busy(runner):
    message = message_of(WAITS["run"], runner, 0.05)
    assert "busy" not in message
