# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

import asyncio
import gc
import sys
import threading
import time
import traceback

import gi
import interrupts
import pytest
from gi.overrides._threadedasync import backend
from gi.repository import Gio, GLib, ThreadedAsync
from helpers import LONG, LOOPS, SANITIZER, in_thread

raw = ThreadedAsync._introspection_module
loops = pytest.mark.parametrize("in_loop", LOOPS)


class Failure(Exception):
    pass


ERRORS = [
    Failure("own"),
    ValueError("text"),
    KeyError("key"),
    Exception(),
    TimeoutError("of the work"),
    FileNotFoundError(2, "gone"),
    SystemExit(3),
    KeyboardInterrupt(),
    GLib.Error("from GLib", "g-io-error-quark", 1),
    StopAsyncIteration(),
]
errors = pytest.mark.parametrize("error", ERRORS, ids=repr)


async def fail_here(error):
    await asyncio.sleep(0)
    raise error


def caught(call, *args):
    try:
        call(*args)
    except BaseException as error:
        return error
    raise AssertionError("there was no exception")


@errors
@loops
def test_identity_and_traceback(runner, in_loop, error):
    task = runner.create_task(fail_here(error))
    for _ in range(3):
        assert caught(task.wait, LONG) is error
        frames = traceback.extract_tb(error.__traceback__)
        assert "fail_here" in [frame.name for frame in frames]
        assert len(frames) < 25
    assert caught(in_thread, task.wait, LONG) is error

    async def outside():
        try:
            await task
        except BaseException as found:
            return found

    assert in_loop(runner, outside()) is error
    assert runner.run(asyncio.sleep(0, "still runs"), LONG) == "still runs"


@errors
def test_promise(error):
    promise = ThreadedAsync.Promise()
    future = promise.future
    promise.return_error(error)
    assert caught(future.wait) is error
    assert caught(future.try_wait) is error
    assert promise.future is None


@pytest.mark.parametrize(
    "error,domain,code,message",
    [
        (ValueError("no"), ThreadedAsync.error_quark(), "FAILED", "ValueError: no"),
        (Failure(), ThreadedAsync.error_quark(), "FAILED", "Failure"),
        (TimeoutError("late"), Gio.io_error_quark(), "TIMED_OUT", "TimeoutError: late"),
        (FileNotFoundError(2, "x"), Gio.io_error_quark(), "NOT_FOUND", None),
        (asyncio.CancelledError(), Gio.io_error_quark(), "CANCELLED", None),
        (GLib.Error("m", "g-io-error-quark", 1), Gio.io_error_quark(), "NOT_FOUND", "m"),
        (ValueError("\udc80\0"), ThreadedAsync.error_quark(), "FAILED", None),
    ],
)
def test_others_see_an_ordinary_error(error, domain, code, message):
    promise = ThreadedAsync.Promise()
    future = promise.future
    promise.return_error(error)
    codes = ThreadedAsync.Error if domain == ThreadedAsync.error_quark() else Gio.IOErrorEnum
    with pytest.raises(GLib.Error) as found:
        raw.Future.try_wait(future)
    assert found.value.matches(domain, getattr(codes, code))
    assert message is None or found.value.message == message


def test_errors_from_c(runner):
    """Those of GIO arrive as they are; a timeout and a cancel as Python has them."""
    quark = Gio.io_error_quark()
    for code, cls in [
        (Gio.IOErrorEnum.NOT_FOUND, GLib.Error),
        (Gio.IOErrorEnum.TIMED_OUT, TimeoutError),
        (Gio.IOErrorEnum.CANCELLED, asyncio.CancelledError),
    ]:
        promise = ThreadedAsync.Promise()
        future = promise.future
        promise.return_new_error_literal(quark, code, "from C")
        error = caught(future.wait)
        assert isinstance(error, cls)
        assert "from C" in str(error)


def test_no_exception(runner):
    for error in "text", None, ValueError:
        with pytest.raises(TypeError):
            ThreadedAsync.Promise().return_error(error)


def test_dropped_promise():
    promise = ThreadedAsync.Promise()
    future = promise.future
    del promise
    gc.collect()
    with pytest.raises(GLib.Error) as found:
        future.wait(LONG)
    assert found.value.matches(ThreadedAsync.error_quark(), ThreadedAsync.Error.DROPPED)


def test_second_return_is_refused():
    promise = ThreadedAsync.Promise()
    future = promise.future
    promise.return_value(1)
    with pytest.raises(asyncio.InvalidStateError, match="returned already"):
        promise.return_value(2)
    with pytest.raises(asyncio.InvalidStateError, match="returned already"):
        promise.return_error(ValueError())
    assert future.wait() == 1


def test_return_after_an_error_is_refused():
    promise = ThreadedAsync.Promise()
    future = promise.future
    failure = ValueError("first")
    promise.return_error(failure)
    with pytest.raises(asyncio.InvalidStateError, match="returned already"):
        promise.return_error(ValueError("second"))
    with pytest.raises(asyncio.InvalidStateError, match="returned already"):
        promise.return_value(2)
    with pytest.raises(ValueError) as found:
        future.wait(LONG)
    assert found.value is failure


def test_of_many_returns_one_is_taken():
    """From threads that return at the same time all but one are told."""
    for _ in range(20):
        promise = ThreadedAsync.Promise()
        future = promise.future
        barrier = threading.Barrier(4)
        taken = []

        def end(number, barrier=barrier, promise=promise, taken=taken):
            barrier.wait(LONG)
            try:
                promise.return_value(number)
                taken.append(number)
            except asyncio.InvalidStateError:
                pass

        threads = [threading.Thread(target=end, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(LONG)
        assert taken == [future.wait(LONG)]


def test_errors_nobody_waited_for():
    """They come out of the stop, as a group."""
    first, second = Failure("first"), ValueError("second")
    runner = ThreadedAsync.Runner("failing")
    runner.start()
    for error in first, second, KeyError("taken"):
        task = runner.create_task(fail_here(error))
    assert isinstance(caught(task.wait, LONG), KeyError)
    cancelled = runner.create_task(asyncio.sleep(LONG))
    runner.wait_for_next_iteration(LONG)
    cancelled.cancel()
    del task
    with pytest.raises(ThreadedAsync.TasksFailed, match="Failure: first") as found:
        runner.stop()
    assert set(found.value.exceptions) == {first, second}
    assert isinstance(found.value, GLib.Error)
    runner.stop()

    with pytest.raises(ExceptionGroup):
        with ThreadedAsync.Runner() as runner:
            runner.create_task(fail_here(first))


class Marker:
    """Counts what is alive."""

    n_alive = 0

    def __init__(self):
        Marker.n_alive += 1

    def __del__(self):
        Marker.n_alive -= 1


def test_no_circle_through_c(runner):
    """Failing waits in frames that hold the task, whose exception leads back to the frame."""

    async def hold_and_fail(mark):
        me = asyncio.current_task()
        assert me is not None
        raise Failure(mark)

    def wait_once():
        mark = Marker()
        task = runner.create_task(hold_and_fail(mark))
        try:
            task.wait(LONG)
        except Failure as error:
            task.error = error
        return task.done

    def wait_often(n):
        for _ in range(n):
            assert wait_once()
        runner.wait_for_next_iteration(LONG)
        gc.collect()

    wait_often(200)
    assert Marker.n_alive < 10


@pytest.mark.parametrize("kind", ["coroutine", "function"])
def test_a_task_that_fails_at_once_has_its_name(kind, monkeypatch):
    """However long it takes whoever has made it to go on."""
    set_name = ThreadedAsync.Task.set_name

    def set_name_late(task, name):
        if threading.current_thread() is threading.main_thread():
            end = time.monotonic() + LONG
            while not task.done:
                assert time.monotonic() < end
                time.sleep(0.001)
        set_name(task, name)

    async def fail():
        raise GLib.Error("no")

    def fail_in_function(task):
        task.take_promise().return_error(GLib.Error("no"))

    runner = ThreadedAsync.Runner()
    runner.start()
    monkeypatch.setattr(ThreadedAsync.Task, "set_name", set_name_late)
    runner.create_task(fail() if kind == "coroutine" else fail_in_function, name="early")
    with pytest.raises(ThreadedAsync.TasksFailed, match="early"):
        runner.stop(LONG)
    assert [task.name for task in runner.get_failed_tasks()] == ["early"]


@pytest.mark.parametrize("error", [Failure("own"), GLib.Error("from GLib"), OSError(2, "gone")])
def test_a_function_raises_before_it_takes_the_promise(runner, error, capfd):
    def fail(task):
        raise error

    for _ in range(2):
        assert caught(runner.create_task(fail).wait, LONG) is error
    dropped = caught(runner.create_task(lambda task, a: a, 1).wait, LONG)
    assert dropped.matches(ThreadedAsync.error_quark(), ThreadedAsync.Error.DROPPED)
    assert capfd.readouterr().err == ""


def test_a_function_is_cancelled_before_it_takes_the_promise(runner):
    def fail(task):
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        runner.create_task(fail).wait(LONG)


def test_a_function_raises_when_it_has_taken_the_promise(runner, capfd):
    """The promise says what came of the task, whoever has it."""
    promises = []

    def fail(task):
        promises.append(task.take_promise())
        raise Failure("too late")

    task = runner.create_task(fail)
    runner.wait_for_next_iteration(LONG)
    promises.pop().return_value(1)
    assert task.wait(LONG) == 1
    assert "too late" in capfd.readouterr().err


@pytest.mark.skipif(SANITIZER is not None, reason="a sanitizer keeps what was freed")
def test_memory_stays_flat(runner):
    """However many waits fail in frames that hold the tasks, whose exceptions lead back to them."""

    def n_pages():
        gc.collect()
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1])

    def wait_for_many():
        # Several at a time: else each would have to wake a thread twice. Not too many, for
        # PyGObject of Debian 12 takes two toggle references on one of some thousand, and so
        # keeps it; and with it all of these, since their exceptions lead to this frame.
        tasks = [runner.create_task(fail_here(ValueError(bytes(1000)))) for _ in range(10)]
        for task in tasks:
            try:
                task.wait(LONG)
            except ValueError as error:
                task.error = error

    def wait_often(n):
        for i in range(n // 10):
            wait_for_many()
            if i % 200 == 0:
                gc.collect()

    gc.freeze()
    wait_often(5000)
    pages = [n_pages()]
    for _ in range(5):
        wait_often(20_000)
        pages.append(n_pages())
    gc.unfreeze()
    # Each that was left behind would be more than 1000 bytes, each time; what grows once is the
    # allocators'. The introspection of Debian 12 loses 100 bytes itself for every function given to
    # C, which the extension does without.
    growth = [after - before for before, after in zip(pages, pages[1:])]
    limit = 400 if backend.native or gi.version_info >= (3, 50) else 1000
    assert min(growth) < limit, growth


def test_cancelled_is_cancelled(runner):
    async def cancel_itself():
        raise asyncio.CancelledError("on purpose")

    task = runner.create_task(cancel_itself())
    assert isinstance(caught(task.wait, LONG), asyncio.CancelledError)

    # One that awaits it is not cancelled itself.
    async def outside(task):
        try:
            await task
        except asyncio.CancelledError:
            return asyncio.current_task().cancelling()

    task = runner.create_task(asyncio.sleep(LONG))
    runner.wait_for_next_iteration()
    waiting = runner.create_task(outside(task))
    runner.wait_for_next_iteration()
    task.cancel()
    assert waiting.wait(LONG) == 0


def test_exception_of_a_wait_has_no_foreign_context(runner):
    error = ValueError("plain")
    assert caught(runner.create_task(fail_here(error)).wait, LONG).__context__ is None
    assert sys.exc_info() == (None, None, None)


@pytest.mark.parametrize("kind", ["task", "future"])
def test_awaits_that_failed_leave_nothing(kind, runner):
    async def fail():
        await asyncio.sleep(0)
        raise Failure

    async def wait(n):
        for _ in range(n):
            if kind == "task":
                awaited = runner.create_task(fail())
            else:
                promise = ThreadedAsync.Promise()
                awaited = promise.future
                asyncio.get_running_loop().call_soon(promise.return_error, Failure())
            with pytest.raises(Failure):
                await awaited

    def count():
        gc.collect()
        gc.collect()
        kinds = (ThreadedAsync.Future, Failure)
        return sum(isinstance(each, kinds) for each in gc.get_objects())

    runner.run(wait(10), LONG)
    before = count()
    runner.run(wait(100), LONG)
    assert count() <= before + 5


def test_failed_tasks_are_asked_for_while_others_hold_the_interpreter():
    """Who asks for a task does not have GLib wait for the interpreter, whose holder needs GLib."""
    ended = interrupts.run_program(
        "",
        """
        import sys, threading
        import gi
        gi.require_version("ThreadedAsync", "1")
        from gi.repository import Gio, ThreadedAsync

        async def fail():
            raise ValueError

        def ask():
            try:
                for _ in range(20000):
                    assert len(runner.get_failed_tasks()) == 10
                    assert tasks[0].get_runner() is runner
                print("asked")
            finally:
                is_over.set()

        # Threads take turns often, so that it does not depend on the machine.
        sys.setswitchinterval(1e-5)

        runner = ThreadedAsync.Runner()
        runner.start()
        tasks = [runner.create_task(fail()) for _ in range(10)]
        for task in tasks:
            task.only_python_refers_to_it = True
        while not all(task.done for task in tasks):
            runner.wait_for_next_iteration()

        is_over = threading.Event()
        asker = threading.Thread(target=ask, daemon=True)
        asker.start()
        while not is_over.is_set():
            one = Gio.SimpleAction.new("one", None)
            one.bind_property("enabled", Gio.SimpleAction.new("other", None), "enabled")

        asker.join()
        try:
            runner.stop()
        except ThreadedAsync.TasksFailed:
            print(len(runner.get_failed_tasks()))
        """,
    )
    assert ended.stdout == "asked\n10\n"
