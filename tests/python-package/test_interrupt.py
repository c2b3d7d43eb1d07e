# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""What Ctrl-C does to each call that blocks."""

import inspect

import interrupts
import pytest
import threaded_async
from support import LONG
from threaded_async import control_inversion

PREAMBLE = """
import asyncio, os, signal, sys, threading, time
from threaded_async import AsyncRunner, Event, Future, Queue
from threaded_async.control_inversion import Server
import interrupts

release = threading.Event()
reached = threading.Event()

def make_stuck(runner):
    async def block():
        reached.set()
        release.wait()

    reached.clear()
    task = runner.create_task(block())
    reached.wait()
    return task
"""

CALLS = """
def make_all(cls, get_runner):
    # Some that have been entered, and whose loops are stuck.
    for _ in interrupts.DELAYS:
        entered = cls()
        get_runner(entered).exit_timeout = None
        entered.__enter__()
        make_stuck(get_runner(entered))
        yield entered

runners = list(make_all(AsyncRunner, lambda runner: runner))
servers = list(make_all(Server, lambda server: server._runner))

async def nothing():
    pass

server = Server()
with AsyncRunner() as runner, server:
    event = Event(runner)
    future = Future(runner)
    queue = Queue(runner)
    full = Queue(runner, 1)
    full.put_wait(1)
    stuck = make_stuck(runner)
    make_stuck(server._runner)
    interrupts.check({
        "AsyncRunner.__exit__": lambda: runners.pop().__exit__(None, None, None),
        "AsyncRunner.call_in_loop": lambda: runner.call_in_loop(int),
        "AsyncRunner.create_task": lambda: runner.create_task(nothing(), 1000),
        "AsyncRunner.run": lambda: runner.run(nothing()),
        "AsyncRunner.wait_for_next_eventloop_iteration":
            runner.wait_for_next_eventloop_iteration,
        "BackgroundTask.cancel": stuck.cancel,
        "BackgroundTask.wait": stuck.wait,
        "Event.is_set": event.is_set,
        "Event.set": event.set,
        "Event.wait": event.wait,
        "Future.result_wait": future.result_wait,
        "Queue.empty": queue.empty,
        "Queue.full": queue.full,
        "Queue.get_wait": queue.get_wait,
        "Queue.get_wait with a timeout": lambda: queue.get_wait(1000),
        "Queue.put_wait": lambda: full.put_wait(2),
        "Queue.qsize": queue.qsize,
        "Server.__exit__": lambda: servers.pop().__exit__(None, None, None),
        "Server.create_background_task": lambda: server.create_background_task(nothing()),
        "Server.process": server.process,
        "Server.process with a timeout": lambda: server.process(1000),
    })
    release.set()
"""


def program(body):
    return interrupts.run_program(PREAMBLE, body)


def blocking_calls():
    classes = [vars(threaded_async)[name] for name in threaded_async.__all__]
    classes += [control_inversion.Server, threaded_async.BackgroundTask]
    for cls in filter(inspect.isclass, classes):
        for key, func in vars(cls).items():
            if inspect.isfunction(func) and not key.startswith("_"):
                names = inspect.signature(func).parameters
                if any(name.endswith("timeout") for name in names):
                    yield f"{cls.__name__}.{key}"


def test_ctrl_c_ends_every_call_that_blocks():
    names = interrupts.names_of(CALLS)
    done = program(CALLS)
    assert done.stdout.splitlines() == names
    known = set(blocking_calls())
    assert known and known - {"BackgroundTask.wait"} <= set(names)


def test_ctrl_c_in_a_handler_comes_out_of_process():
    done = program(
        """
class Stubborn(Server):
    def _handle_request(self, request, future):
        os.kill(os.getpid(), signal.SIGINT)
        while True:
            pass

with Stubborn() as server:
    client = server.create_client()
    server.create_background_task(client.execute(print))
    try:
        server.process()
    except KeyboardInterrupt:
        print("interrupted")
"""
    )
    assert done.stdout == "interrupted\n"


def test_ctrl_c_while_a_runner_starts():
    """At whatever moment, nothing is left of it."""
    program(
        """
kept = []

def start_one():
    kept.append(AsyncRunner())
    with kept[-1]:
        while True:
            time.sleep(0.01)

for i in range(60):
    kept.clear()
    assert interrupts.is_interrupted(start_one, i * 0.00002)
    while kept and kept[0]._thread._runner.running:
        time.sleep(0.001)
"""
    )


def test_a_start_that_was_interrupted_when_it_was_over(monkeypatch):
    from threaded_async import _runner

    start = _runner.LoopThread.start

    def interrupted(self, debug):
        start(self, debug)
        raise KeyboardInterrupt

    monkeypatch.setattr(_runner.LoopThread, "start", interrupted)
    runner = threaded_async.AsyncRunner()
    with pytest.raises(KeyboardInterrupt):
        with runner:
            pytest.fail("it was entered")
    assert not runner.is_running
    inner = runner._thread._runner
    inner.stop(LONG)
    assert int(inner.shutdown_type) == threaded_async.ShutdownType.STOPPED
