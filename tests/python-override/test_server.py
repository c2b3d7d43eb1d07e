# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Servers, clients and requests."""

import asyncio
import contextlib
import gc
import signal
import threading
import time
import weakref

import pytest
from gi.repository import GLib, ThreadedAsync
from helpers import LONG, in_thread, turns


@pytest.fixture
def server():
    return ThreadedAsync.Server("the server")


def process(server):
    return server.process(LONG)


class Counter:
    """A script: asks for the numbers from 0, one after the other."""

    def __init__(self, server, runner, method="increment"):
        self.client = ThreadedAsync.Client(server, runner)
        self.method = method
        self.answers = []

    async def run(self, n):
        for i in range(n):
            self.answers.append(await self.client.execute(self.method, i))
        return "done"


def test_exactly_the_requests_that_were_made(server, runner):
    counter = Counter(server, runner)
    server.handle("increment", lambda number: number + 1)
    task = runner.create_task(counter.run(100))
    for i in range(1, 101):
        assert process(server) is True
        # What the client does with the answer has been done.
        assert counter.answers == list(range(1, i + 1))
    assert process(server) is False
    assert task.wait(LONG) == "done"


def test_what_a_client_does_with_the_answer_may_take_long(server, runner):
    """Also if signals are handled meanwhile."""
    client = ThreadedAsync.Client(server, runner)
    done = []
    handled = []

    async def ask():
        for i in range(10):
            done.append(await client.execute("increment", i))
            # Much longer than a call waits before it listens to signals.
            time.sleep(0.03)
            done.append(None)

    server.handle("increment", lambda number: number + 1)
    runner.create_task(ask())
    signal.signal(signal.SIGALRM, lambda *_: handled.append(1))
    try:
        for i in range(10):
            if i == 5:
                signal.setitimer(signal.ITIMER_REAL, 0.005, 0.005)
            assert process(server)
            assert done == [step for number in range(i + 1) for step in (number + 1, None)]
    finally:
        # One that is still on its way must find a handler.
        signal.setitimer(signal.ITIMER_REAL, 0)
    assert handled


def test_sleeping_for_no_time_is_turning(server, runner):
    counter = Counter(server, runner)

    async def spin():
        while True:
            await asyncio.sleep(0)

    async def ask_later():
        await turns(20)
        return await counter.run(10)

    server.handle("increment", lambda number: number + 1)
    spinner = runner.create_task(spin())
    task = runner.create_task(ask_later())
    for _ in range(10):
        assert process(server)
    assert task.wait(LONG) == "done"
    assert not process(server)
    spinner.cancel()
    with pytest.raises(asyncio.CancelledError):
        spinner.wait(LONG)


def test_same_order_every_time(server, runner):
    for _ in range(20):
        asked = []

        def increment(name, number):
            asked.append((number, name))

        async def ask(client, name):
            for number in range(3):
                await client.execute("increment", name, number)
                await asyncio.sleep(0)

        server = ThreadedAsync.Server()
        server.handle("increment", increment)
        clients = {name: ThreadedAsync.Client(server, runner) for name in "abcde"}
        tasks = [runner.create_task(ask(client, name)) for name, client in clients.items()]
        while process(server):
            pass
        assert asked == [(number, name) for number in range(3) for name in "abcde"]
        for task in tasks:
            task.wait(LONG)


def test_whatever_was_sent_before_counts(server, runner):
    """In whatever way the loop was told: it is not at rest before it has done that."""
    client = ThreadedAsync.Client(server, runner)
    loop = runner.call_in_loop(asyncio.get_running_loop)
    answers = []

    async def ask():
        answers.append(await client.execute("increment", len(answers)))

    def start(*_):
        loop.create_task(ask())
        return False

    ways = [
        lambda: runner.create_task(ask()),
        lambda: loop.call_soon_threadsafe(start),
        lambda: asyncio.run_coroutine_threadsafe(ask(), loop),
        lambda: runner.get_context().invoke_full(GLib.PRIORITY_DEFAULT, start),
    ]
    server.handle("increment", lambda number: number + 1)
    for i in range(200):
        ways[i % len(ways)]()
        assert process(server)
        assert len(answers) == i + 1
        assert not process(server)


def test_arguments_keep_their_identity(server, runner):
    values = [object(), None, True, 2**70, "a\0b", 1.5, {"a": [1]}, server, GLib.Variant("i", 7)]
    names = {"first": object(), "klass": int, "ünï": "cöde"}
    seen = []

    def handle(server, request):
        seen.append((request.method, request.args, request.kwargs))
        request.return_value(request.kwargs["first"])
        return True

    client = ThreadedAsync.Client(server, runner)

    async def ask():
        return await client.execute("anything", *values, **names)

    server.connect("handle-request", handle)
    task = runner.create_task(ask())
    assert process(server)
    assert task.wait(LONG) is names["first"]
    method, args, kwargs = seen.pop()
    assert method == "anything"
    assert all(a is b or a == b for a, b in zip(args, values))
    assert args[0] is values[0] and args[6] is values[6] and args[7] is server
    assert len(args) == len(values)
    assert list(kwargs) == list(names) and all(kwargs[name] is names[name] for name in names)


def test_a_class_handles(runner):
    class Doubler(ThreadedAsync.Server):
        thread = None

        def do_handle_request(self, request):
            if request.method != "double":
                return False
            self.thread = threading.current_thread()
            request.return_value(request.args[0] * 2)
            return True

    server = Doubler("doubler")
    counter = Counter(server, runner, "double")
    other = Counter(server, runner, "halve")
    task = runner.create_task(counter.run(2))
    assert process(server) and process(server)
    assert counter.answers == [0, 2]
    assert server.thread is threading.current_thread()
    assert task.wait(LONG) == "done"

    task = runner.create_task(other.run(1))
    assert process(server)
    with pytest.raises(RuntimeError, match="Nobody handled request “halve”"):
        task.wait(LONG)


def test_exceptions_come_to_the_client(server, runner):
    class Trouble(Exception):
        pass

    trouble = Trouble("no way")

    @server.handle("fail")
    def fail():
        raise trouble

    client = ThreadedAsync.Client(server, runner)

    async def ask():
        try:
            await client.execute("fail")
        except Trouble as error:
            return error

    task = runner.create_task(ask())
    assert process(server)
    assert task.wait(LONG) is trouble


def test_answer_later_and_from_another_thread(server, runner):
    promises = []

    def handle(server, request):
        promises.append(request.take_promise())
        return True

    counter = Counter(server, runner)
    server.connect("handle-request::increment", handle)
    task = runner.create_task(counter.run(2))
    assert process(server) and not process(server)
    promises.pop().return_value("first")
    assert process(server)
    assert counter.answers == ["first"]
    in_thread(promises.pop().return_value, "second")
    assert task.wait(LONG) == "done"
    assert counter.answers == ["first", "second"]


def test_a_forgotten_request_fails(server, runner):
    server.connect("handle-request", lambda server, request: True)
    task = runner.create_task(Counter(server, runner).run(1))
    assert process(server)
    with pytest.raises(RuntimeError, match="without taking its promise"):
        task.wait(LONG)


def test_cancelling_takes_the_question_back(server, runner):
    server.handle("increment", lambda number: number + 1)
    first = runner.create_task(Counter(server, runner).run(1))
    second = runner.create_task(Counter(server, runner).run(1))
    runner.wait_for_next_iteration()
    assert server.n_pending == 2
    first.cancel()
    assert process(server) and not process(server)
    with pytest.raises(asyncio.CancelledError):
        first.wait(LONG)
    assert second.wait(LONG) == "done"


def test_a_stop_ends_clients():
    server = ThreadedAsync.Server()
    with ThreadedAsync.Runner() as runner:
        tasks = [runner.create_task(Counter(server, runner).run(1)) for _ in range(20)]
        runner.wait_for_next_iteration()
        assert server.n_pending == 10
    for task in tasks:
        with pytest.raises(asyncio.CancelledError):
            task.wait(LONG)
    assert server.n_pending == 0 and not process(server)


def test_blocking_client(server, runner):
    server.handle("increment", lambda number: number + 1)
    client = ThreadedAsync.Client(server, runner)
    answers = []
    thread = threading.Thread(
        target=lambda: answers.append(client.execute_wait("increment", 41, timeout=LONG))
    )
    thread.start()
    while not process(server):
        pass
    thread.join(LONG)
    assert answers == [42]

    with pytest.raises(RuntimeError, match="thread of the server"):
        client.execute_wait("increment", 1)
    with pytest.raises(TimeoutError):
        in_thread(lambda: client.execute_wait("increment", 1, timeout=0.001))
    assert server.n_pending == 0
    with pytest.raises(RuntimeError, match="would block"):
        runner.call_in_loop(client.execute_wait, "increment", 1)


def test_a_stuck_runner_is_told_and_skipped(server, runner):
    hangs, go_on = threading.Event(), threading.Event()

    async def hang():
        hangs.set()
        go_on.wait(LONG)

    client = ThreadedAsync.Client(server, runner)
    task = runner.create_task(hang())
    assert hangs.wait(LONG)
    with pytest.raises(TimeoutError, match="runner “test” is busy"):
        server.process(0.02)
    assert not process(server)
    go_on.set()
    task.wait(LONG)
    assert client.runner is runner


def test_process_all(server, runner):
    server.handle("increment", lambda number: number + 1)
    assert server.process_all() == 0
    counter = Counter(server, runner)
    task = runner.create_task(counter.run(50))
    assert server.process_all(LONG) == 50
    assert task.wait(LONG) == "done"

    async def ask_for_ever():
        while True:
            await counter.run(1)

    task = runner.create_task(ask_for_ever())
    handled = 0
    while handled == 0:
        # On a machine that is busy a loop may not even turn in this time.
        with contextlib.suppress(ThreadedAsync.WaitTimeoutError):
            handled = server.process_all(0.005)
    task.cancel()


def test_process_soon_in_the_own_loop(runner):
    """A server and its clients may share a loop."""

    async def main():
        server = ThreadedAsync.Server("home")
        server.handle("increment", lambda number: number + 1)
        counter = Counter(server, runner)
        script = asyncio.create_task(counter.run(5))
        n_handled = 0
        while await server.process_soon(LONG):
            n_handled += 1
            assert counter.answers == list(range(1, n_handled + 1))
        return n_handled, await script

    assert runner.run(main(), LONG) == (5, "done")


def test_wrong_thread(server):
    server.get_main_context().acquire()
    try:
        with pytest.raises(RuntimeError, match="“the server”.*belongs to another"):
            in_thread(server.process)
    finally:
        server.get_main_context().release()


def test_source(server, runner):
    server.handle("increment", lambda number: number + 1)
    counter = Counter(server, runner)
    main_loop = GLib.MainLoop()
    source = server.create_source()
    source.attach(None)
    task = runner.create_task(counter.run(100))
    task.connect("notify::done", lambda *_: main_loop.quit())
    main_loop.run()
    source.destroy()
    assert counter.answers == list(range(1, 101))


@pytest.fixture
def probe():
    TaProbe = pytest.importorskip("gi.repository.TaProbe")
    return TaProbe


def test_a_server_in_c_answers(runner, probe):
    server = probe.server_new()
    counter = Counter(server, runner)
    task = runner.create_task(counter.run(10))
    for i in range(1, 11):
        assert process(server)
        assert counter.answers == list(range(1, i + 1))
    assert not process(server)
    assert task.wait(LONG) == "done"


def test_clients_in_c_ask(server, runner, probe):
    """They share the loop with coroutines, which ask, too."""
    server.handle("increment", lambda number: number + 1)
    counter = Counter(server, runner)
    script = runner.create_task(counter.run(10))
    native = probe.ask_repeatedly(ThreadedAsync.Client(server, runner), "increment", 10)
    assert server.process_all(LONG) == 20
    assert script.wait(LONG) == "done"
    assert native.wait(LONG) == 55


def test_a_server_goes_with_its_handlers():
    class Game:
        def __init__(self):
            self.server = ThreadedAsync.Server()
            self.server.handle("move", self.on_move)

        def on_move(self):
            pass

    game = weakref.ref(Game())
    gc.collect()
    assert game() is None


def test_what_is_not_a_name_is_refused(server, runner):
    client = ThreadedAsync.Client(server, runner)
    with pytest.raises(TypeError):
        client.send(7)
    with pytest.raises(UnicodeEncodeError):
        client.send("\ud800")
    with pytest.raises(UnicodeEncodeError):
        client.send("ask", **{"\ud800": 1})
    assert server.n_pending == 0


def test_a_handler_that_does_not_fit_fails_the_request(server, runner):
    server.handle("nothing", lambda: None)
    request = ThreadedAsync.Client(server, runner).send("nothing", 1, name=2)
    assert process(server)
    with pytest.raises(TypeError, match="takes|unexpected"):
        request.wait(LONG)


@pytest.mark.parametrize("way", ["class", "signal"])
def test_a_handler_processes_requests_itself(way, runner):
    handled = []

    def handle(server, request):
        handled.append(request.method)
        if request.method == "outer":
            assert server.process(LONG)
        request.return_value(request.method)
        return True

    class Handling(ThreadedAsync.Server):
        do_handle_request = handle

    if way == "class":
        server = Handling("the server")
    else:
        server = ThreadedAsync.Server("the server")
        server.connect("handle-request", handle)
    client = ThreadedAsync.Client(server, runner)

    async def ask(method):
        return await client.execute(method)

    tasks = [runner.create_task(ask(method)) for method in ("outer", "inner")]
    assert process(server)
    assert handled == ["outer", "inner"]
    assert [task.wait(LONG) for task in tasks] == ["outer", "inner"]


def test_coroutine_functions_are_refused():
    """process() handles a request, and has no loop that would run them."""

    async def answer():
        return 5

    server = ThreadedAsync.Server()
    with pytest.raises(TypeError, match="answers at once"):
        server.handle("ask", answer)
    with pytest.raises(TypeError, match="answers at once"):
        server.handle("ask")(answer)


def test_a_coroutine_is_no_answer(runner, server):
    async def answer():
        return 5

    server.handle("ask", lambda: answer())
    task = runner.create_task(ThreadedAsync.Client(server, runner).execute("ask"))
    assert process(server)
    with pytest.raises(TypeError, match="answers at once, and not with <coroutine"):
        task.wait(LONG)
