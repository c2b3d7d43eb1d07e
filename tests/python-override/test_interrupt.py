# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""What Ctrl-C does to each call that blocks, and to handlers."""

import inspect
import signal
import threading
import time

import interrupts
import pytest
from gi.overrides import ThreadedAsync as override
from gi.repository import ThreadedAsync
from helpers import LONG

PREAMBLE = """
import asyncio, os, signal, sys, threading, time, warnings
import gi
gi.require_version("ThreadedAsync", "1")
from gi.repository import GLib, ThreadedAsync
import interrupts

runner = ThreadedAsync.Runner("stuck")
runner.start()
release = threading.Event()
reached = threading.Event()

def make_stuck(runner):
    def block(task):
        reached.set()
        release.wait()
        task.take_promise().return_value(None)

    reached.clear()
    runner.create_task(block)
    reached.wait()
"""

CALLS = """
# Ctrl-C may come when a coroutine has been made, and nobody has it yet: then Python complains.
warnings.filterwarnings("ignore", "coroutine .* was never awaited")

make_stuck(runner)
stopped = ThreadedAsync.Runner("stopped")
stopped.start()
make_stuck(stopped)

others = [ThreadedAsync.Runner("left", exit_timeout=None) for _ in interrupts.DELAYS]
for other in others:
    other.start()
    make_stuck(other)
entered = list(others)

server = ThreadedAsync.Server()
keep = ThreadedAsync.Client(server, runner)
# One of which this thread is not the one that answers.
elsewhere = ThreadedAsync.Server(main_context=GLib.MainContext.new())
client = ThreadedAsync.Client(elsewhere, runner)
full = ThreadedAsync.Queue(1)
full.put_wait(1)
promise = ThreadedAsync.Promise()
interrupts.check({
    "Client.execute_wait": lambda: client.execute_wait("ask"),
    "Event.wait": lambda: ThreadedAsync.Event().wait(),
    "Future.wait": promise.future.wait,
    "Queue.get_wait": lambda: ThreadedAsync.Queue().get_wait(),
    "Queue.get_wait with a timeout": lambda: ThreadedAsync.Queue().get_wait(1000),
    "Queue.put_wait": lambda: full.put_wait(2),
    "Request.wait": lambda: client.send("ask").wait(),
    "Runner.__exit__": lambda: entered.pop().__exit__(None, None, None),
    "Runner.call_in_loop": lambda: runner.call_in_loop(int),
    "Runner.run": lambda: runner.run(asyncio.sleep(0)),
    "Runner.stop": lambda: stopped.stop(None),
    "Runner.wait_for_next_iteration": runner.wait_for_next_iteration,
    "Server.process": server.process,
    "Server.process with a timeout": lambda: server.process(1000),
    "Server.process_all": server.process_all,
    "Task.wait": runner.create_task(asyncio.sleep(0)).wait,
})
release.set()
"""


def program(body):
    return interrupts.run_program(PREAMBLE, body)


def blocking_calls():
    for name in override.__all__:
        cls = getattr(override, name)
        for key, func in vars(cls).items() if inspect.isclass(cls) else ():
            if inspect.isfunction(func) and not inspect.iscoroutinefunction(func):
                if {"timeout", "budget"} & set(inspect.signature(func).parameters):
                    yield f"{name}.{key}"


def test_ctrl_c_ends_every_call_that_blocks():
    names = interrupts.names_of(CALLS)
    done = program(CALLS)
    assert done.stdout.splitlines() == names
    # Of what the main thread waits for, nothing else tells.
    assert done.stderr == ""
    assert set(blocking_calls()) <= set(names)


def test_other_signals_end_no_call():
    done = program(
        """
        queue = ThreadedAsync.Queue()
        full = ThreadedAsync.Queue(1)
        full.put_wait(1)
        event = ThreadedAsync.Event()
        promise = ThreadedAsync.Promise()
        server = ThreadedAsync.Server()
        client = ThreadedAsync.Client(server, runner)
        server.handle("ask", lambda: 5)

        def ask():
            # The loop comes to rest when it has asked, and not before.
            release.set()

        async def answer():
            return await client.execute("ask")

        make_stuck(runner)
        asked = runner.create_task(answer())
        interrupts.other_handlers({
            "get_wait": (queue.get_wait, lambda: queue.put_wait(2)),
            "put_wait": (lambda: full.put_wait(3), full.try_get),
            "event": (event.wait, event.set),
            "future": (promise.future.wait, lambda: promise.return_value(4)),
            "process": (server.process, ask),
        })
        print(asked.wait())
        release.clear()
        make_stuck(runner)
        asked = [runner.create_task(answer()) for _ in range(3)]
        interrupts.other_handlers({"process_all": (server.process_all, ask)})
        print([task.wait() for task in asked])
        release.clear()
        make_stuck(runner)
        interrupts.other_handlers({"stop": (lambda: runner.stop(None), ask)})
        """
    )
    assert done.stdout.splitlines() == [
        "get_wait 2",
        "put_wait None",
        "event True",
        "future 4",
        "process True",
        "5",
        "process_all 3",
        "[5, 5, 5]",
        "stop None",
    ]


def test_a_handler_that_does_not_raise_ends_no_wait():
    """And the time goes on."""
    handled = []
    previous = signal.signal(signal.SIGUSR1, lambda *_: handled.append(1))
    try:
        queue = ThreadedAsync.Queue()
        main = threading.main_thread().ident

        def send():
            for _ in range(20):
                signal.pthread_kill(main, signal.SIGUSR1)
                time.sleep(0.005)
            queue.put_wait("the item")

        thread = threading.Thread(target=send)
        thread.start()
        assert queue.get_wait(LONG) == "the item"
        thread.join()
        assert handled
        begin = time.monotonic()
        thread = threading.Timer(0.05, signal.pthread_kill, (main, signal.SIGUSR1))
        thread.start()
        with pytest.raises(TimeoutError):
            queue.get_wait(0.2)
        assert 0.2 <= time.monotonic() - begin < LONG
        thread.join()
    finally:
        signal.signal(signal.SIGUSR1, previous)


def test_whoever_listened_to_signals_before_hears_of_them():
    done = program(
        """
        ours, theirs = os.pipe2(os.O_NONBLOCK)
        assert signal.set_wakeup_fd(theirs) == -1
        queue = ThreadedAsync.Queue()
        interrupts.other_handlers({"get": (queue.get_wait, lambda: queue.put_wait(1))})
        print(os.read(ours, 10) == bytes([signal.SIGUSR1]), signal.set_wakeup_fd(-1) == theirs)
        """
    )
    assert done.stdout == "get 1\nTrue True\n"


def test_a_default_timeout_is_not_begun_anew():
    """By a signal that comes again and again."""
    program(
        """
        impatient = ThreadedAsync.Runner("impatient", default_timeout=0.2)
        impatient.start()
        signal.signal(signal.SIGALRM, lambda *_: None)
        signal.setitimer(signal.ITIMER_REAL, 0.02, 0.02)
        try:
            impatient.run(asyncio.sleep(1000))
        except TimeoutError:
            signal.setitimer(signal.ITIMER_REAL, 0)
        """
    )


def test_ctrl_c_at_the_end_of_the_program():
    """It is not waited for a runner that is stuck."""
    program(
        """
        import faulthandler
        patient = ThreadedAsync.Runner("patient", exit_timeout=1000)
        patient.start()
        make_stuck(patient)
        faulthandler.dump_traceback_later(interrupts.LONG, exit=True)
        main = threading.main_thread().ident

        def names(frame):
            while frame is not None:
                yield frame.f_code.co_name
                frame = frame.f_back

        def kill():
            while "_stop_all" not in names(sys._current_frames()[main]):
                time.sleep(0.001)
            os.kill(os.getpid(), signal.SIGINT)

        threading.Thread(target=kill, daemon=True).start()
        """
    )


RAISING = {
    "a handler": 'server.handle("ask", fail)',
    "a class": "",
    "a derived class": "",
    "a signal": """
def on_request(server, request):
    fail()
server.connect("handle-request::ask", on_request)
""",
}
CLASSES = {
    "a class": "class Server(ThreadedAsync.Server):\n"
    "    def do_handle_request(self, request):\n        fail()",
    "a derived class": """
class Base(ThreadedAsync.Server):
    def do_handle_request(self, request):
        fail()

class Server(Base):
    def do_handle_request(self, request):
        try:
            return super().do_handle_request(request)
        except BaseException as error:
            seen.append(type(error).__name__)
            raise
""",
}


@pytest.mark.parametrize("process", ["process()", "process_all()"])
@pytest.mark.parametrize("kind", RAISING)
def test_ctrl_c_in_a_handler_comes_out_of_process(kind, process):
    """And whoever asked is told that nobody answers. What was not begun can be handled."""
    done = program(
        f"""
seen = []

def fail():
    if not seen:
        seen.append("begun")
        os.kill(os.getpid(), signal.SIGINT)
        while True:
            pass
    raise SystemExit(5)

{CLASSES.get(kind, "Server = ThreadedAsync.Server")}

async def ask():
    await client.execute("ask")

server = Server()
client = ThreadedAsync.Client(server, runner)
{RAISING[kind]}
tasks = [runner.create_task(ask()) for _ in range(3)]
for _ in range(2):
    try:
        server.{process}
    except (KeyboardInterrupt, SystemExit) as error:
        print(type(error).__name__, server.n_pending)
for task in tasks[:2]:
    try:
        task.wait()
    except Exception as error:
        print(type(error).__name__)
print(tasks[2].done, seen)
tasks[2].cancel()
"""
    )
    lines = done.stdout.splitlines()
    assert lines[:2] == ["KeyboardInterrupt 2", "SystemExit 1"]
    assert len(lines) == 5 and lines[4].startswith("False ['begun'")
    if kind == "a derived class":
        assert "KeyboardInterrupt" in lines[4] and "SystemExit" in lines[4]
    assert done.stderr == ""


def test_ordinary_exceptions_of_handlers_are_for_whoever_asked():
    done = program(
        """
        def fail():
            raise ValueError("no answer")

        server = ThreadedAsync.Server()
        server.handle("ask", fail)
        client = ThreadedAsync.Client(server, runner)
        task = runner.create_task(client.execute("ask"))
        print(server.process())
        try:
            task.wait()
        except ValueError as error:
            print(error)
        """
    )
    assert (done.stdout, done.stderr) == ("True\nno answer\n", "")


def test_a_connected_function_is_disconnected():
    def handle(_server, request):
        request.return_value(1)
        return True

    server = ThreadedAsync.Server()
    with ThreadedAsync.Runner() as runner:
        client = ThreadedAsync.Client(server, runner)
        server.connect("handle-request", handle)
        task = runner.create_task(client.execute("ask"))
        assert server.process(LONG)
        assert task.wait(LONG) == 1
        server.disconnect_by_func(handle)
        task = runner.create_task(client.execute("ask"))
        assert server.process(LONG)
        with pytest.raises(Exception, match="ask"):
            task.wait(LONG)


def test_ctrl_c_while_a_runner_starts():
    """At whatever moment, a runner whose start was interrupted stops."""
    program(
        """
        import faulthandler
        faulthandler.dump_traceback_later(6 * interrupts.LONG, exit=True)
        kept = []

        def start_one():
            kept.append(ThreadedAsync.Runner("interrupted"))
            with kept[-1]:
                while True:
                    time.sleep(0.01)

        for i in range(60):
            kept.clear()
            assert interrupts.is_interrupted(start_one, i * 0.00002)
            while kept and kept[0].running:
                time.sleep(0.001)
        """
    )


@pytest.mark.parametrize("where", ["start", "hold"])
@pytest.mark.parametrize("is_entered", [False, True])
def test_ctrl_c_when_a_runner_has_just_been_started(where, is_entered, monkeypatch):
    """Right after each of the calls that make a start: what was started stops, and cleans up."""
    from gi.overrides._threadedasync import loop, threads

    class Start:
        start = threads._Runner.start

    monkeypatch.setattr(threads, "_Runner", Start)
    cls = {"start": Start, "hold": loop.End}[where]
    call = getattr(cls, where)

    def interrupted(*args):
        setattr(cls, where, call)
        call(*args)
        raise KeyboardInterrupt

    monkeypatch.setattr(cls, where, interrupted)
    runner = ThreadedAsync.Runner("interrupted")
    with pytest.raises(KeyboardInterrupt):
        if is_entered:
            with runner:
                pytest.fail("it was entered")
        else:
            runner.start()
    runner.stop(LONG)
    assert runner.shutdown_type == ThreadedAsync.ShutdownType.STOPPED


def test_ctrl_c_when_a_runner_is_about_to_be_entered():
    class Runner(ThreadedAsync.Runner):
        def start(self):
            super().start()
            raise KeyboardInterrupt

    runner = Runner("interrupted")
    with pytest.raises(KeyboardInterrupt):
        with runner:
            pytest.fail("it was entered")
    runner.stop(LONG)
    assert runner.shutdown_type == ThreadedAsync.ShutdownType.STOPPED


def test_a_start_that_was_interrupted_too_early_can_be_repeated(monkeypatch):
    from gi.overrides._threadedasync import threads

    def interrupt(_runner):
        monkeypatch.undo()
        raise KeyboardInterrupt

    runner = ThreadedAsync.Runner("interrupted")
    monkeypatch.setattr(threads._Runner, "start", interrupt)
    with pytest.raises(KeyboardInterrupt):
        runner.start()
    with runner:
        assert runner.call_in_loop(lambda: 1, timeout=LONG) == 1


def test_a_handler_of_a_signal_may_end_what_waits():
    """It runs when nothing waits any more: what it raises comes, and what it puts is there."""
    done = program(
        """
        def close(*_):
            queue.close()
            raise SystemExit("closed")

        def put(*_):
            queue.put_wait("precious")
            raise SystemExit("put")

        for number, handler in (signal.SIGUSR1, close), (signal.SIGUSR2, put):
            signal.signal(number, handler)
            for delay in interrupts.DELAYS:
                queue = ThreadedAsync.Queue()
                timer = threading.Timer(delay, os.kill, (os.getpid(), number))
                try:
                    timer.start()
                    queue.get_wait()
                except SystemExit as error:
                    print(error)
                if handler is put:
                    print(queue.try_get())
                timer.join()
        """
    )
    assert done.stdout == 3 * "closed\n" + 3 * "put\nprecious\n"


def test_a_handler_of_a_signal_may_wait():
    """Also by a call that the override knows nothing of."""
    done = program(
        """
        from gi.overrides._threadedasync import raw

        def wait(*_):
            try:
                raw.ThreadedAsync.Event.wait(event, 100_000, None)
            except GLib.Error:
                pass

        signal.signal(signal.SIGUSR1, wait)
        event = ThreadedAsync.Event()
        queue = ThreadedAsync.Queue()
        threading.Timer(0.003, os.kill, (os.getpid(), signal.SIGUSR1)).start()
        threading.Timer(0.3, queue.put_wait, ("item",)).start()
        print(queue.get_wait())
        """
    )
    assert done.stdout == "item\n"
