# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

import sys
import threading

from support import (
    LONG,
    hold_promise,
    main_loop,
    new_pair,
    raises_io,
    raises_ta,
    sleep_until_cancelled,
    wait,
)
from gi.repository import Gio, GLib, ThreadedAsync


def test_runs_in_the_thread_of_the_runner(runner):
    seen = {}

    def func(task):
        seen["task"] = task
        seen["thread"] = threading.get_ident()
        seen["in loop"] = runner.is_in_loop()
        seen["context"] = GLib.MainContext.get_thread_default()
        seen["owner"] = runner.get_context().is_owner()
        task.take_promise().return_string("done")

    task = runner.create_task(func)
    assert wait(task) == "done"
    assert seen["task"] is task
    assert seen["thread"] != threading.get_ident()
    assert seen["in loop"] is True
    assert seen["context"] == runner.get_context()
    assert seen["owner"] is True
    assert runner.is_in_loop() is False


def test_all_tasks_run_in_one_thread(runner):
    def func(task):
        task.take_promise().return_string(str(threading.get_ident()))

    assert len({wait(runner.create_task(func)) for _ in range(10)}) == 1


def test_user_data(runner):
    def func(task, a, b):
        task.take_promise().return_string(a + b)

    assert wait(runner.create_task(func, "a", "b")) == "ab"


def test_chain(runner):
    """The callbacks of asynchronous calls come in the runner's thread too."""
    threads = []

    def on_info(file, result):
        threads.append(threading.get_ident())
        promise.return_object(file.query_info_finish(result))

    def on_slept(_source, result):
        threads.append(threading.get_ident())
        ThreadedAsync.sleep_finish(result)
        Gio.File.new_for_path("/").query_info_async(
            "standard::type",
            Gio.FileQueryInfoFlags.NONE,
            GLib.PRIORITY_DEFAULT,
            promise.get_cancellable(),
            on_info,
        )

    def func(task):
        nonlocal promise
        threads.append(threading.get_ident())
        promise = task.take_promise()
        ThreadedAsync.sleep_async(0, promise.get_cancellable(), on_slept)

    promise = None
    info = wait(runner.create_task(func))
    assert info.get_file_type() == Gio.FileType.DIRECTORY
    assert len(threads) == 3
    assert len(set(threads)) == 1
    assert threading.get_ident() not in threads


def test_takes_no_promise(runner):
    task = runner.create_task(lambda task: None)
    with raises_ta(ThreadedAsync.Error.DROPPED):
        wait(task)


def test_exception(runner, capfd):
    def func(task):
        raise RuntimeError("a fault in the task")

    with raises_ta(ThreadedAsync.Error.DROPPED):
        wait(runner.create_task(func))
    assert "a fault in the task" in capfd.readouterr().err


def test_exception_after_the_promise_was_taken(runner, capfd):
    def func(task):
        promise = task.take_promise()
        raise RuntimeError(f"a fault with {promise}")

    task = runner.create_task(func)
    runner.wait_for_next_iteration(LONG, None)
    assert "a fault with" in capfd.readouterr().err
    # Python keeps the traceback of what it printed, and this the function's variables.
    sys.last_exc = sys.last_value = sys.last_traceback = None
    with raises_ta(ThreadedAsync.Error.DROPPED):
        wait(task)


def test_promise_is_dropped(runner):
    task, promise = hold_promise(runner)
    assert not task.get_done()
    del promise
    with raises_ta(ThreadedAsync.Error.DROPPED):
        wait(task)


def test_cancel(runner):
    task = runner.create_task(sleep_until_cancelled)
    task.cancel()
    with raises_io(Gio.IOErrorEnum.CANCELLED):
        wait(task)


def test_cancel_only_asks(runner):
    task, promise = hold_promise(runner)
    assert promise.return_error_if_cancelled() is False
    task.cancel()
    assert promise.get_cancellable().is_cancelled()
    assert not task.get_done()
    promise.return_int(9)
    assert wait(task) == 9


def test_return_error_if_cancelled(runner):
    task, promise = hold_promise(runner)
    task.cancel()
    assert promise.return_error_if_cancelled() is True
    with raises_io(Gio.IOErrorEnum.CANCELLED):
        wait(task)


def test_wait_with_the_default_timeout():
    runner = ThreadedAsync.Runner(name="impatient", default_timeout=1000)
    runner.start()
    task, promise = hold_promise(runner)
    with raises_io(Gio.IOErrorEnum.TIMED_OUT) as error:
        wait(task, ThreadedAsync.TIMEOUT_DEFAULT)
    assert "impatient" in error.message
    promise.return_int(1)
    assert wait(task, ThreadedAsync.TIMEOUT_DEFAULT) == 1
    runner.stop(ThreadedAsync.TIMEOUT_DEFAULT, None)


def test_waiting_in_the_own_loop_is_refused(runner):
    def func(task):
        promise = task.take_promise()
        other = runner.create_task(lambda other: other.take_promise().return_int(1))
        _pending, future = new_pair()
        codes = []
        for blocking in (other, future):
            try:
                blocking.wait(LONG, None)
            except GLib.Error as error:
                codes.append(
                    error.matches(ThreadedAsync.error_quark(), ThreadedAsync.Error.WOULD_DEADLOCK)
                )
        promise.return_string(str(codes))

    assert wait(runner.create_task(func)) == "[True, True]"


def test_a_wait_that_need_not_block_is_allowed_in_the_loop(runner):
    def func(task):
        pending, future = new_pair()
        pending.return_int(4)
        task.take_promise().return_int(wait(future))

    assert wait(runner.create_task(func)) == 4


def test_waiting_for_the_task_of_another_runner_is_allowed(runner):
    other = ThreadedAsync.Runner.new("other")
    other.start()

    def func(task):
        inner = other.create_task(lambda inner: inner.take_promise().return_int(6))
        task.take_promise().return_int(wait(inner))

    assert wait(runner.create_task(func)) == 6
    other.stop(ThreadedAsync.TIMEOUT_DEFAULT, None)


def test_name(runner):
    task, promise = hold_promise(runner)
    task.set_name("reader")
    assert task.dup_name() == "reader"
    assert task.props.name == "reader"
    assert task.get_runner() is runner
    promise.return_int(1)
    assert wait(task) == 1


def test_notify(runner):
    task, promise = hold_promise(runner)
    seen = []

    def on_notify(task, pspec):
        assert threading.current_thread() is threading.main_thread()
        assert GLib.MainContext.default().is_owner()
        seen.append((pspec.name, task.get_property(pspec.name)))

    for name in ("progress", "status", "done"):
        task.connect(f"notify::{name}", on_notify)

    def func(ending):
        promise.set_progress(0.25)
        promise.set_progress(0.5)
        promise.set_status("half")
        ending.take_promise().return_int(1)

    wait(runner.create_task(func))
    assert seen == []
    main_loop(lambda: len(seen) == 2)
    assert sorted(seen) == [("progress", 0.5), ("status", "half")]
    promise.return_int(1)
    main_loop(lambda: len(seen) == 3)
    assert seen[2] == ("done", True)
    assert task.get_progress() == 0.5
    assert task.dup_status() == "half"
