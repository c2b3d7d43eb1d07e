# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

import threading

import pytest
from support import (
    LONG,
    MILLISECOND,
    SECOND,
    hold_promise,
    in_thread,
    main_loop,
    main_turns,
    raises_io,
    raises_ta,
    sleep_until_cancelled,
    wait,
)
from gi.repository import Gio, GLib, ThreadedAsync

DEFAULT = ThreadedAsync.TIMEOUT_DEFAULT


def test_life():
    runner = ThreadedAsync.Runner.new("life")
    assert runner.get_name() == "life"
    assert runner.get_running() is False
    assert runner.get_context() is None
    assert runner.props.exit_timeout == SECOND
    assert runner.props.default_timeout == ThreadedAsync.TIMEOUT_INFINITE
    assert runner.start() is True
    assert runner.get_running() is True
    assert runner.get_shutdown_type() == ThreadedAsync.ShutdownType.NOT_SHUT_DOWN
    with raises_ta(ThreadedAsync.Error.ALREADY_DONE):
        runner.start()
    assert runner.stop(DEFAULT, None) is True
    assert runner.get_running() is False
    assert runner.get_shutdown_type() == ThreadedAsync.ShutdownType.STOPPED
    assert runner.stop(DEFAULT, None) is True
    with raises_ta(ThreadedAsync.Error.ALREADY_DONE):
        runner.start()


def test_no_name():
    runner = ThreadedAsync.Runner.new(None)
    runner.start()
    runner.stop(DEFAULT, None)


@pytest.mark.parametrize("stopped", [False, True])
def test_not_running(stopped):
    runner = ThreadedAsync.Runner.new("idle")
    if stopped:
        runner.start()
        runner.stop(DEFAULT, None)
    called = []
    task = runner.create_task(called.append)
    assert task.get_done()
    with raises_ta(ThreadedAsync.Error.NOT_RUNNING) as error:
        wait(task)
    assert "idle" in error.message
    with raises_ta(ThreadedAsync.Error.NOT_RUNNING):
        runner.wait_for_next_iteration(LONG, None)
    if not stopped:
        with raises_ta(ThreadedAsync.Error.NOT_RUNNING):
            runner.stop(DEFAULT, None)
    assert called == []


def test_stop_cancels():
    runner = ThreadedAsync.Runner.new("cancels")
    runner.start()
    task = runner.create_task(sleep_until_cancelled)
    runner.stop(DEFAULT, None)
    assert task.get_done()
    with raises_io(Gio.IOErrorEnum.CANCELLED):
        wait(task)
    assert runner.get_shutdown_type() == ThreadedAsync.ShutdownType.STOPPED


def stop_by_force():
    """Whether it had its turn in the rest of the time: not if the machine is very busy."""
    runner = ThreadedAsync.Runner(name="forces", exit_timeout=SECOND)
    runner.start()
    task, promise = hold_promise(runner)
    try:
        in_time = runner.stop(DEFAULT, None)
        assert runner.get_shutdown_type() == ThreadedAsync.ShutdownType.FORCE_STOPPED
    except GLib.Error as error:
        assert error.matches(Gio.io_error_quark(), Gio.IOErrorEnum.TIMED_OUT)
        in_time = False
    with raises_io(Gio.IOErrorEnum.CANCELLED):
        wait(task)
    promise.return_int(1)  # too late: dropped silently
    with raises_io(Gio.IOErrorEnum.CANCELLED):
        wait(task)
    return in_time


def test_stop_forces():
    assert any(stop_by_force() for _ in range(20))


def test_stop_abandons():
    runner = ThreadedAsync.Runner.new("stuck")
    runner.start()
    release = threading.Event()
    started = threading.Event()

    def func(task):
        promise = task.take_promise()
        started.set()
        release.wait(LONG / SECOND)
        promise.return_int(1)

    task = runner.create_task(func)
    assert started.wait(LONG / SECOND)
    try:
        with raises_io(Gio.IOErrorEnum.TIMED_OUT) as error:
            runner.stop(50 * MILLISECOND, None)
        assert "stuck" in error.message
        assert runner.get_shutdown_type() == ThreadedAsync.ShutdownType.FAILED_FORCE_STOPPED
        with raises_io(Gio.IOErrorEnum.CANCELLED):
            wait(task)
    finally:
        release.set()


def test_stop_from_several_threads():
    runner = ThreadedAsync.Runner.new("popular")
    runner.start()
    results = []
    threads = [
        threading.Thread(target=lambda: results.append(runner.stop(LONG, None))) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [True] * 3


def test_stop_async():
    runner = ThreadedAsync.Runner.new("async")
    runner.start()
    results = []

    def on_stopped(source, result):
        assert threading.current_thread() is threading.main_thread()
        results.append(source.stop_finish(result))

    runner.stop_async(DEFAULT, None, on_stopped)
    assert results == []
    main_loop(lambda: results)
    assert results == [True]
    assert runner.get_running() is False


def test_stop_in_the_own_loop_is_refused(runner):
    def func(task):
        promise = task.take_promise()
        with raises_ta(ThreadedAsync.Error.WOULD_DEADLOCK):
            runner.stop(LONG, None)
        promise.return_boolean(runner.get_running())

    assert wait(runner.create_task(func)) is True


def test_notify_running():
    runner = ThreadedAsync.Runner.new("notifies")
    seen = []

    def on_notify(runner, pspec):
        assert threading.current_thread() is threading.main_thread()
        seen.append((pspec.name, runner.get_property(pspec.name)))

    runner.connect("notify::running", on_notify)
    runner.connect("notify::shutdown-type", on_notify)
    runner.start()
    main_loop(lambda: seen)
    assert seen == [("running", True)]
    in_thread(runner.stop, DEFAULT, None)
    assert len(seen) == 1
    main_loop(lambda: len(seen) == 3)
    main_turns()
    assert sorted(seen[1:]) == [
        ("running", False),
        ("shutdown-type", ThreadedAsync.ShutdownType.STOPPED),
    ]


def test_dropping_a_running_runner_does_not_block():
    runner = ThreadedAsync.Runner.new("forgotten")
    runner.start()
    task = runner.create_task(lambda task: task.take_promise().return_int(1))
    assert wait(task) == 1
    del runner, task


def test_call_in_loop(runner):
    seen = []
    assert runner.call_in_loop(
        lambda data: seen.append((threading.get_ident(), data)), "data", LONG, None
    )
    thread, data = seen[0]
    assert len(seen) == 1
    assert thread != threading.get_ident()
    assert data == "data"


def test_call_in_loop_inside(runner):
    def func(task):
        promise = task.take_promise()
        seen = []
        runner.call_in_loop(lambda *data: seen.append(1), None, LONG, None)
        promise.return_int(len(seen))

    assert wait(runner.create_task(func)) == 1


def test_call_in_loop_async(runner):
    seen = []

    def on_called(source, result):
        assert threading.current_thread() is threading.main_thread()
        seen.append(source.call_in_loop_finish(result))

    # PyGObject wants a tuple here, because another user data is the last parameter.
    runner.call_in_loop_async(
        lambda data: seen.append((threading.get_ident(), data)), ("data",), LONG, None, on_called
    )
    assert True not in seen, "the callback came inside the call"
    main_loop(lambda: len(seen) == 2)
    assert seen[0][0] != threading.get_ident()
    assert seen[0][1] == "data"
    assert seen[1] is True


def test_call_that_timed_out_never_runs(runner):
    release = threading.Event()
    blocked = threading.Event()
    called = []

    def block(*data):
        blocked.set()
        release.wait(LONG / SECOND)

    blocker = threading.Thread(target=runner.call_in_loop, args=(block, None, LONG, None))
    blocker.start()
    assert blocked.wait(LONG / SECOND)
    with raises_io(Gio.IOErrorEnum.TIMED_OUT):
        runner.call_in_loop(lambda *data: called.append(1), None, 5 * MILLISECOND, None)
    release.set()
    blocker.join()
    runner.wait_for_next_iteration(LONG, None)
    assert called == []


def test_barrier(runner):
    seen = []
    for i in range(10):
        runner.create_task(lambda task, i=i: seen.append((i, task.take_promise().return_int(i))))

    def on_idle(*data):
        seen.append("idle")
        return GLib.SOURCE_REMOVE

    source = GLib.idle_source_new()
    source.set_priority(GLib.PRIORITY_DEFAULT)
    source.set_callback(on_idle)
    source.attach(runner.get_context())
    assert runner.wait_for_next_iteration(LONG, None) is True
    assert len(seen) == 11


def test_barrier_async(runner):
    seen = []
    runner.create_task(lambda task: seen.append(task.take_promise().return_int(1)))

    def on_rest(source, result):
        assert threading.current_thread() is threading.main_thread()
        assert source.wait_for_next_iteration_finish(result)
        seen.append("rest")

    runner.wait_for_next_iteration_async(LONG, None, on_rest)
    main_loop(lambda: "rest" in seen)
    assert seen == [None, "rest"]


def test_barrier_in_the_own_loop_is_refused(runner):
    def func(task):
        promise = task.take_promise()
        with raises_ta(ThreadedAsync.Error.WOULD_DEADLOCK):
            runner.wait_for_next_iteration(LONG, None)
        promise.return_int(1)

    assert wait(runner.create_task(func)) == 1


def test_attached(main_runner):
    threads = []

    def func(task):
        threads.append(threading.get_ident())
        task.take_promise().return_int(2)

    def ask():
        return wait(main_runner.create_task(func))

    answers = []
    thread = threading.Thread(target=lambda: answers.append(ask()))
    thread.start()
    main_loop(lambda: answers)
    thread.join()
    assert answers == [2]
    assert threads == [threading.get_ident()]
    assert main_runner.is_in_loop()

    task = main_runner.create_task(func)
    with raises_ta(ThreadedAsync.Error.WOULD_DEADLOCK):
        wait(task)
    main_loop(task.get_done)
    assert wait(task) == 2


def test_attached_stop(main_runner):
    task = main_runner.create_task(sleep_until_cancelled)
    stopped = []
    main_runner.stop_async(
        DEFAULT, None, lambda source, result: stopped.append(source.stop_finish(result))
    )
    main_loop(lambda: stopped)
    assert stopped == [True]
    assert main_runner.get_shutdown_type() == ThreadedAsync.ShutdownType.STOPPED
    with raises_io(Gio.IOErrorEnum.CANCELLED):
        wait(task)


def test_attaching_to_the_loop_of_another_runner_fails(runner):
    attached = ThreadedAsync.Runner.new_for_context(runner.get_context(), "parasite")
    with raises_ta(ThreadedAsync.Error.FAILED) as error:
        attached.start()
    assert "test" in error.message


def test_default_runner():
    runner = ThreadedAsync.Runner.get_default()
    assert runner is ThreadedAsync.Runner.get_default()
    assert runner.get_running()
    assert runner.get_context() == GLib.MainContext.default()


def test_subclass():
    """The run vfunc brackets the loop, in the runner's thread."""

    class Bracketed(ThreadedAsync.Runner):
        def do_run(self):
            seen.append(("before", threading.get_ident()))
            ThreadedAsync.Runner.do_run(self)
            seen.append(("after", threading.get_ident()))

    seen = []
    runner = Bracketed(name="bracketed")
    runner.start()
    task = runner.create_task(
        lambda task: (
            seen.append(("task", threading.get_ident())),
            task.take_promise().return_int(8),
        )
    )
    assert wait(task) == 8
    runner.stop(DEFAULT, None)
    assert [name for name, _thread in seen] == ["before", "task", "after"]
    assert len({thread for _name, thread in seen}) == 1
    assert seen[0][1] != threading.get_ident()
