# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""What becomes of the exceptions that nobody has waited for."""

import asyncio
import gc
import os
import subprocess
import sys
import threading
import time
import traceback
import weakref

import pytest
from gi.repository import GLib, ThreadedAsync
from helpers import LONG, SLOWNESS


class Failure(Exception):
    pass


class Local:
    pass


async def fail_here(error):
    await asyncio.sleep(0)
    raise error


async def fail_with_local(alive, error):
    local = Local()
    alive.append(weakref.ref(local))
    raise error


def turn_until(condition):
    """Turns the main context until a condition holds."""
    end = time.monotonic() + LONG
    ticks = GLib.timeout_add(1, lambda: GLib.SOURCE_CONTINUE)
    while not condition():
        assert time.monotonic() < end, "the condition did not come true"
        GLib.MainContext.default().iteration(True)
    GLib.source_remove(ticks)


def stopped(runner):
    with pytest.raises(ThreadedAsync.TasksFailed) as found:
        runner.stop()
    return found.value


@pytest.fixture
def runner():
    runner = ThreadedAsync.Runner("failing")
    runner.start()
    yield runner
    runner.stop()


ERRORS = [
    Failure("own"),
    KeyError("key"),
    Exception(),
    TimeoutError("of the work"),
    FileNotFoundError(2, "gone"),
    GLib.Error("from GLib", "g-io-error-quark", 1),
    GLib.Error("from the library", "ta-error-quark", 3),
]


@pytest.mark.parametrize("is_held", [True, False])
def test_the_group_has_the_exception_of_each_task(runner, is_held):
    """In order, of whatever kind, whether somebody has the task or not; with its traceback."""
    tasks = [runner.create_task(fail_here(error)) for error in ERRORS]
    if not is_held:
        tasks.clear()
    group = stopped(runner)
    assert len(group.exceptions) == len(ERRORS) == runner.get_n_failed_tasks()
    for found, error, task in zip(group.exceptions, ERRORS, runner.get_failed_tasks()):
        assert found is error
        assert traceback.extract_tb(found.__traceback__)[-1].name == "fail_here"
        assert task.props.error_message.endswith(getattr(error, "message", str(error)))


def test_the_same_text_twice(runner):
    """Errors that cannot be told apart by what they say are all there."""
    errors = [TimeoutError("the same") for _ in range(3)]
    for error in errors:
        runner.create_task(fail_here(error))
    assert set(stopped(runner).exceptions) == set(errors)


@pytest.mark.parametrize("error", [SystemExit(3), KeyboardInterrupt()], ids=repr)
def test_what_is_no_exception_is_the_cause(runner, error):
    runner.create_task(fail_here(error))
    (found,) = stopped(runner).exceptions
    assert isinstance(found, GLib.Error)
    assert found.message.startswith(type(error).__name__)
    assert found.__cause__ is error


def test_failures_of_functions_are_in_the_group(runner):
    runner.create_task(lambda task: None)
    runner.create_task(fail_here(Failure("second")))
    first, second = stopped(runner).exceptions
    assert isinstance(first, GLib.Error) and "promise" in first.message
    assert isinstance(second, Failure)


@pytest.mark.parametrize("cls", [Failure, OSError])
def test_what_a_signal_has_told_of_is_not_in_the_group(runner, cls):
    told = []
    runner.connect("task-failed", lambda _runner, task: told.append(task.props.error_message))
    runner.create_task(fail_here(cls("told")))
    turn_until(lambda: told)
    last = Failure("at the stop")
    task = runner.create_task(fail_here(last))
    assert stopped(runner).exceptions == (last,)
    assert len(told) == 1
    assert task.done


def test_a_handler_of_the_signal_gets_the_exception(runner):
    found = []

    def on_failed(_runner, task):
        try:
            task.wait(LONG)
        except BaseException as error:
            found.append(error)

    runner.connect("task-failed", on_failed)
    error = Failure("told")
    runner.create_task(fail_here(error))
    turn_until(lambda: found)
    assert found == [error]
    assert traceback.extract_tb(error.__traceback__)[-1].name == "fail_here"


def test_what_a_property_has_given_is_not_in_the_group(runner):
    task = runner.create_task(fail_here(Failure("taken")))
    runner.wait_for_next_iteration(LONG)
    turn_until(lambda: task.done)
    assert task.props.error is not None
    last = Failure("at the stop")
    runner.create_task(fail_here(last))
    assert stopped(runner).exceptions == (last,)


def test_what_was_told_of_is_not_kept(runner):
    told, alive = [], []
    runner.connect("task-failed", lambda *_: told.append(True))
    for i in range(150):
        runner.create_task(fail_with_local(alive, Failure(i)))
    turn_until(lambda: len(told) == 150)
    runner.wait_for_next_iteration(LONG)
    gc.collect()
    # The last one may still be about to end.
    assert len(alive) == 150
    assert sum(each() is not None for each in alive) <= 1


def test_the_first_hundred_of_many(runner):
    errors = [Failure(i) for i in range(150)]
    for error in errors:
        runner.create_task(fail_here(error))
    assert list(stopped(runner).exceptions) == errors[:100]
    assert runner.get_n_failed_tasks() == 150


def test_an_exception_that_ends_the_context_tells_of_the_tasks():
    with pytest.raises(OSError, match="body") as found:
        with ThreadedAsync.Runner("failing") as runner:
            for i in range(5):
                runner.create_task(fail_here(Failure(f"number {i}")))
            raise OSError("body")
    (note,) = found.value.__notes__
    assert "5 of the tasks of runner “failing” failed" in note
    assert note.count("in fail_here") == 3
    assert "and the tracebacks of 2 more" in note
    assert found.value.__context__ is None


def test_an_exception_that_ends_the_context_tells_that_the_runner_was_abandoned():
    go_on, begun = threading.Event(), threading.Event()

    async def block():
        begun.set()
        go_on.wait(LONG)

    with pytest.raises(ValueError, match="body") as found:
        with ThreadedAsync.Runner("stuck", exit_timeout=0.05) as runner:
            runner.create_task(block())
            assert begun.wait(LONG)
            raise ValueError("body")
    go_on.set()
    (note,) = found.value.__notes__
    assert "runner “stuck” did not end in time, and was abandoned" in note


def test_an_exception_that_ends_the_context_has_no_note_if_all_went_well():
    with pytest.raises(ValueError, match="body") as found:
        with ThreadedAsync.Runner():
            raise ValueError("body")
    assert not hasattr(found.value, "__notes__")


PROGRAM = """
import sys, time
import gi
gi.require_version("ThreadedAsync", "1")
from gi.repository import ThreadedAsync

async def fail():
    raise ValueError("never seen")

def start():
    runner = ThreadedAsync.Runner("app", exit_timeout=60)
    runner.start()
    return runner

def fail_in(runner):
    task = runner.create_task(fail())
    while not task.done:
        time.sleep(0.001)
"""


@pytest.mark.parametrize(
    "end",
    [
        "runner = start(); fail_in(runner)",
        "with ThreadedAsync.Runner('app', exit_timeout=60) as runner:\n"
        "    fail_in(runner)\n"
        "    sys.exit(0)",
    ],
    ids=["left", "sys.exit"],
)
def test_the_end_of_the_program_tells_of_the_tasks(end):
    done = subprocess.run(
        [sys.executable, "-B", "-c", PROGRAM + end],
        env={**os.environ, "LC_ALL": "C.UTF-8"},
        timeout=LONG * SLOWNESS,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "1 of the tasks of runner “app” failed" in done.stderr
    assert "ValueError: never seen" in done.stderr
    assert "in fail\n" in done.stderr


def test_a_runner_that_failed_goes():
    """The frames of what failed had the runner, which has the exceptions."""

    async def fail(runner):
        raise Failure(runner)

    failing = ThreadedAsync.Runner("gone")
    failing.start()
    failing.create_task(fail(failing))
    assert len(stopped(failing).exceptions) == 1
    gone = weakref.ref(failing)
    del failing
    gc.collect()
    assert gone() is None
