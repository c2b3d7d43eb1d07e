# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Failed tasks whose errors nobody takes, with the references that Python holds."""

import threading

from support import LONG, main_loop, main_turns, raises_io, raises_ta
from gi.repository import Gio, ThreadedAsync

DEFAULT = ThreadedAsync.TIMEOUT_DEFAULT


def fail(task, name):
    task.set_name(name)
    promise = task.take_promise()
    promise.return_new_error_literal(Gio.io_error_quark(), Gio.IOErrorEnum.NOT_FOUND, "not here")


def start(name):
    runner = ThreadedAsync.Runner.new(name)
    told = []

    def on_task_failed(emitter, task):
        assert threading.current_thread() is threading.main_thread()
        assert emitter is runner
        with raises_io(Gio.IOErrorEnum.NOT_FOUND):
            task.try_wait()
        told.append(task.props.name)

    handler = runner.connect("task-failed", on_task_failed)
    runner.start()
    return runner, told, handler


def run_failing(runner, name):
    task = runner.create_task(lambda task: fail(task, name))
    runner.wait_for_next_iteration(LONG, None)
    return task


def test_signal_when_the_wrapper_goes():
    runner, told, _handler = start("signal")
    task = run_failing(runner, "plain")
    main_turns()
    assert told == []
    del task
    main_loop(lambda: told == ["plain"])
    # One with an attribute has a toggle reference.
    task = run_failing(runner, "with an attribute")
    task.attribute = 1
    main_turns()
    assert told == ["plain"]
    del task
    main_loop(lambda: told == ["plain", "with an attribute"])
    run_failing(runner, "never kept")
    main_loop(lambda: len(told) == 3)
    assert runner.get_n_failed_tasks() == 0
    assert runner.stop(DEFAULT, None) is True


def test_stop_lists_them():
    runner, _told, handler = start("stop")
    runner.disconnect(handler)
    kept = run_failing(runner, "one")
    kept.attribute = 1
    run_failing(runner, "two")
    taken = run_failing(runner, "three")
    with raises_io(Gio.IOErrorEnum.NOT_FOUND):
        taken.wait(LONG, None)
    with raises_ta(ThreadedAsync.Error.TASKS_FAILED) as caught:
        runner.stop(DEFAULT, None)
    assert "“one”: not here; “two”: not here" in caught.message
    assert "three" not in caught.message
    tasks = runner.get_failed_tasks()
    assert [task.props.name for task in tasks] == ["one", "two"]
    assert tasks[0] is kept
    assert runner.get_n_failed_tasks() == 2
    for task in tasks:
        with raises_io(Gio.IOErrorEnum.NOT_FOUND):
            task.try_wait()
    assert runner.stop(DEFAULT, None) is True
    assert runner.get_shutdown_type() == ThreadedAsync.ShutdownType.STOPPED
