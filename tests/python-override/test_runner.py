# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

import asyncio
import select
import socket
import threading

import gi
import pytest
from gi.repository import Gio, GLib, ThreadedAsync
from helpers import LONG, LOOPS, in_thread

loops = pytest.mark.parametrize("in_loop", LOOPS)


async def answer(value=42):
    await asyncio.sleep(0)
    return value


def test_run(runner):
    assert runner.run(answer(), LONG) == 42
    thing = object()
    assert runner.run(answer(thing), LONG) is thing


def test_runs_in_one_thread_with_the_context(runner):
    async def look():
        await asyncio.sleep(0.001)
        assert GLib.MainContext.get_thread_default() == runner.get_context()
        assert runner.is_in_loop()
        return threading.get_ident(), threading.current_thread()

    first, second = (runner.run(look(), LONG) for _ in range(2))
    assert first == second
    assert first[0] != threading.get_ident()
    assert runner.call_in_loop(threading.get_ident) == first[0]


def test_tasks_of_coroutines_and_functions(runner):
    def work(task, number):
        task.take_promise().return_value([number])

    assert runner.create_task(work, 5).wait(LONG) == [5]
    assert runner.create_task(answer(5), name="five").dup_name() == "five"


def test_context_manager():
    with ThreadedAsync.Runner("once", exit_timeout=2, default_timeout=3) as runner:
        assert runner.running
        assert runner.exit_timeout == 2 and runner.default_timeout == 3
        assert runner.shutdown_type == ThreadedAsync.ShutdownType.NOT_SHUT_DOWN
        with pytest.raises(GLib.Error, match="once") as caught:
            runner.__enter__()
        assert caught.value.matches(ThreadedAsync.error_quark(), ThreadedAsync.Error.ALREADY_DONE)
    assert not runner.running
    assert runner.shutdown_type == ThreadedAsync.ShutdownType.STOPPED
    with pytest.raises(GLib.Error):
        with runner:
            pass


def test_the_exception_of_the_body_counts():
    with pytest.raises(ZeroDivisionError):
        with ThreadedAsync.Runner() as runner:
            runner.create_task(fail(ValueError("nobody waits")))
            runner.wait_for_next_iteration()
            1 / 0


async def fail(error):
    await asyncio.sleep(0)
    raise error


def test_stopped_runner_refuses():
    runner = ThreadedAsync.Runner("late")
    never_started = runner.create_task(answer())
    runner.start()
    runner.stop()
    for task in never_started, runner.create_task(answer()):
        with pytest.raises(GLib.Error, match="late") as caught:
            task.wait(LONG)
        assert caught.value.matches(ThreadedAsync.error_quark(), ThreadedAsync.Error.NOT_RUNNING)
    with pytest.raises(GLib.Error):
        runner.call_in_loop(print)


@pytest.mark.parametrize("work", [answer, 5, None, "text"])
def test_what_is_no_work(runner, work):
    with pytest.raises(TypeError):
        runner.create_task(work)


def test_awaitables(runner):
    class Awaitable:
        def __await__(self):
            yield from asyncio.sleep(0).__await__()
            return "awaited"

    assert runner.run(Awaitable(), LONG) == "awaited"
    event = ThreadedAsync.Event()
    event.set()
    assert runner.run(event, LONG) is True


def test_timeouts(runner):
    with pytest.raises(TimeoutError, match="test"):
        runner.run(asyncio.sleep(LONG), 0.01)
    event = ThreadedAsync.Event()
    task = runner.create_task(event)
    with pytest.raises(TimeoutError):
        task.wait(0)
    # A timeout does not cancel the task.
    event.set()
    assert task.wait(LONG) is True

    with ThreadedAsync.Runner(default_timeout=0.01) as quick:
        sleeper = quick.create_task(asyncio.sleep(LONG))
        for wait in sleeper.wait, lambda: quick.run(asyncio.sleep(LONG)):
            with pytest.raises(TimeoutError):
                wait()


def test_deadlocks_are_refused(runner):
    async def wait_for_itself():
        return runner.run(answer())

    with pytest.raises(RuntimeError) as caught:
        runner.run(wait_for_itself(), LONG)
    assert caught.value.matches(ThreadedAsync.error_quark(), ThreadedAsync.Error.WOULD_DEADLOCK)


def test_call_in_loop(runner):
    assert runner.call_in_loop(lambda *args: args, 1, 2) == (1, 2)
    error = ValueError("raised in the loop")
    with pytest.raises(ValueError) as caught:
        runner.call_in_loop(exec, "raise error", {"error": error})
    assert caught.value is error

    async def inside():
        return runner.call_in_loop(threading.get_ident) == threading.get_ident()

    assert runner.run(inside(), LONG)


def test_wait_for_next_iteration(runner):
    """It waits for what asyncio has to do as well."""
    seen = []

    async def chain():
        for i in range(30):
            await asyncio.sleep(0)
            seen.append(i)

    for _ in range(20):
        seen.clear()
        runner.create_task(chain())
        runner.wait_for_next_iteration(LONG)
        assert seen == list(range(30))


@loops
def test_await_a_task(runner, in_loop):
    async def outside(task):
        return await task

    assert in_loop(runner, outside(runner.create_task(answer()))) == 42
    done = runner.create_task(answer())
    done.wait(LONG)
    assert in_loop(runner, outside(done)) == 42
    assert in_loop(runner, outside(runner.create_task(asyncio.sleep(0.01, "later")))) == "later"


@loops
def test_await_an_event(runner, in_loop):
    event = ThreadedAsync.Event()

    async def wait_for_it():
        return await event

    timer = threading.Timer(0.02, event.set)
    timer.start()
    assert in_loop(runner, wait_for_it()) is True
    assert in_loop(runner, wait_for_it()) is True
    event.clear()
    assert not event.is_set()
    with pytest.raises(TimeoutError):
        event.wait(0.01)


@loops
def test_the_result_comes_to_the_loop_that_awaits(runner, in_loop):
    promise = ThreadedAsync.Promise()
    future = promise.future

    async def wait_for_it():
        loop, thread = asyncio.get_running_loop(), threading.get_ident()
        value = await future
        assert asyncio.get_running_loop() is loop
        assert threading.get_ident() == thread
        return value

    timer = threading.Timer(0.02, promise.return_value, [["a list"]])
    timer.start()
    assert in_loop(runner, wait_for_it()) == ["a list"]


def test_cancel(runner):
    cleaned = []

    async def work():
        try:
            await asyncio.sleep(LONG)
        finally:
            await asyncio.sleep(0)
            cleaned.append(True)

    task = runner.create_task(work())
    runner.wait_for_next_iteration()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        task.wait(LONG)
    assert cleaned == [True]
    assert task.done

    # Cancelled before it began, it never begins.
    async def note():
        cleaned.append("begun")

    runner.call_in_loop(lambda: runner.create_task(note()).cancel())
    runner.wait_for_next_iteration()
    assert cleaned == [True]


def test_a_cancel_may_be_ignored(runner):
    async def stubborn():
        try:
            await asyncio.sleep(LONG)
        except asyncio.CancelledError:
            return "done all the same"

    task = runner.create_task(stubborn())
    runner.wait_for_next_iteration()
    task.cancel()
    assert task.wait(LONG) == "done all the same"


def test_cancelled_from_another_language(runner):
    task = runner.create_task(asyncio.sleep(LONG))
    runner.wait_for_next_iteration()
    ThreadedAsync._introspection_module.Task.cancel(task)
    with pytest.raises(asyncio.CancelledError):
        task.wait(LONG)


def test_gio_beside_coroutines(runner, tmp_path):
    """A chain of C calls and coroutines share the thread and the context."""
    path = tmp_path / "file"
    path.write_bytes(b"contents")

    async def read():
        future = asyncio.get_running_loop().create_future()

        def on_loaded(file, result):
            future.set_result(file.load_contents_finish(result)[1])

        Gio.File.new_for_path(str(path)).load_contents_async(None, on_loaded)
        return await future

    assert runner.run(read(), LONG) == b"contents"


@pytest.mark.skipif(gi.version_info < (3, 50), reason="PyGObject can't await such calls")
def test_await_calls_of_gio(runner, tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"contents")

    async def read():
        return await Gio.File.new_for_path(str(path)).load_contents_async()

    assert b"contents" in runner.run(read(), LONG)


def test_nested_main_loop(runner):
    """A main loop that is nested in a callback goes on with what is in the context."""

    async def nest():
        loop = GLib.MainLoop.new(runner.get_context(), False)
        reader, writer = await asyncio.open_connection(*address)
        writer.write(b"x")
        assert select.select([writer.get_extra_info("socket")], [], [], LONG)[0]
        source = GLib.timeout_source_new(10)
        source.set_callback(lambda *_: loop.quit())
        source.attach(runner.get_context())
        loop.run()
        # The descriptor, which nobody reads meanwhile, does not keep it busy.
        for _ in range(100):
            if not runner.get_context().iteration(False):
                break
        else:
            pytest.fail("the context does not come to rest")
        line = await reader.read(1)
        writer.close()
        return line

    with socket.create_server(("127.0.0.1", 0)) as server:
        address = server.getsockname()

        def peer():
            connection, _ = server.accept()
            connection.sendall(connection.recv(1))
            return connection

        thread = threading.Thread(target=lambda: peers.append(peer()))
        peers = []
        thread.start()
        assert runner.run(nest(), LONG) == b"x"
        thread.join()
        for connection in peers:
            connection.close()


def test_many_wake_ups(runner):
    """No call_soon_threadsafe() is left lying while the loop sleeps."""
    loop = runner.run(get_loop(), LONG)

    def wake(n):
        for _ in range(n):
            done = threading.Event()
            loop.call_soon_threadsafe(done.set)
            assert done.wait(LONG)

    threads = [threading.Thread(target=wake, args=(2000,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


async def get_loop():
    return asyncio.get_running_loop()


def test_attached_runner():
    """In a context without asyncio it runs functions, and says so of coroutines."""
    context = GLib.MainContext.new()
    runner = ThreadedAsync.Runner.new_for_context(context, "attached")
    assert isinstance(runner, ThreadedAsync.Runner)
    runner.start()
    task = runner.create_task(answer())
    call = runner.create_task(lambda task: task.take_promise().return_value([1]))
    while not call.done:
        context.iteration(True)
    assert call.wait() == [1]
    with pytest.raises(
        RuntimeError, match=r"asyncio .* runner “attached”: .* Runner\(\) with a thread"
    ):
        task.wait()
    runner.stop()


def test_subclass_brackets_the_loop():
    class Bracketed(ThreadedAsync.Runner):
        def do_run(self):
            seen.append("before")
            ThreadedAsync.Runner.do_run(self)
            seen.append("after")

    class Plain(ThreadedAsync.Runner):
        pass

    seen = []
    with Bracketed("bracketed") as runner:
        assert runner.run(answer(), LONG) == 42
        assert seen == ["before"]
    assert seen == ["before", "after"]
    with Plain("plain") as runner:
        assert runner.run(answer(), LONG) == 42


def test_other_threads_use_it(runner):
    assert in_thread(runner.run, answer(), LONG) == 42


def test_work_that_begins_turns_the_loop(runner):
    """Each piece of work begins once, whatever it does."""
    begun = []

    def factory(loop, coroutine, **options):
        begun.append(coroutine)
        if len(begun) < 5:
            runner.iterate(0)
        return asyncio.Task(coroutine, loop=loop, **options)

    async def use_factory():
        asyncio.get_running_loop().set_task_factory(factory)

    async def answer(value):
        return value

    runner.run(use_factory(), LONG)
    tasks = [runner.create_task(answer(i)) for i in range(10)]
    assert [task.wait(LONG) for task in tasks] == list(range(10))
    assert len(begun) == len(set(map(id, begun))) == 10


def test_max_spin_is_in_seconds():
    assert ThreadedAsync.Runner().max_spin is None
    assert ThreadedAsync.Runner(max_spin=None).get_max_spin() == -1
    assert ThreadedAsync.Runner(max_spin=0).max_spin == 0
    assert ThreadedAsync.Runner(max_spin=0.00005).get_max_spin() == 50
    assert ThreadedAsync.Runner(max_spin=1).max_spin == 1
    for wrong in (1.1, -1, float("nan")):
        with pytest.raises(ValueError, match=str(wrong)):
            ThreadedAsync.Runner(max_spin=wrong)
