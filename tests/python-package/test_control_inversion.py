# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

import asyncio
import dataclasses
import gc
import time

import pytest
from support import LONG, SLOWNESS, Background, Stuck, stuck

from threaded_async import (
    AsyncRunner,
    Client,
    EventLoopTimeoutError,
    ExecutionRequest,
    Future,
    Server,
    ShutdownType,
)


class Recorder(Server):
    """Keeps requests and futures for the test to answer."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.requests = []
        self.futures = []

    def _handle_request(self, request, future):
        self.requests.append(request)
        self.futures.append(future)


class Caller(Recorder):
    """Answers at once, with what the function returns or raises."""

    def _handle_request(self, request, future):
        super()._handle_request(request, future)
        try:
            future.set_result(request.fun(*request.args, **request.kw_args))
        except Exception as error:
            future.set_exception(error)


def increment(number):
    return number + 1


async def ask(client, number):
    return await client.execute(increment, number)


async def ask_often(client, count):
    return sum([await client.execute(increment, number) for number in range(count)])


def test_request():
    with Caller() as server:
        task = server.create_background_task(ask(server.create_client(), 3))
        assert not task.done()
        assert server.process() is True
        assert task.wait(LONG) == 4
        assert server.process() is False


def test_request_has_the_arguments():
    with Recorder() as server:

        async def work():
            return await server.create_client().execute(increment, 1, "two", three=3)

        server.create_background_task(work())
        assert server.process()
        (request,) = server.requests
        assert isinstance(request, ExecutionRequest)
        assert request.fun is increment
        assert request.args == (1, "two")
        assert request.kw_args == {"three": 3}
        assert isinstance(server.futures[0], Future)


def test_execution_request_is_frozen():
    request = ExecutionRequest(increment, (1,), {"a": 2})
    assert request == ExecutionRequest(fun=increment, args=(1,), kw_args={"a": 2})
    with pytest.raises(dataclasses.FrozenInstanceError):
        request.fun = len


def test_nothing_is_handled_before_process():
    with Caller() as server:
        server.create_background_task(ask(server.create_client(), 3))
        server._runner.run(asyncio.sleep(0.01))
        assert server.requests == []


def test_each_process_handles_one_request():
    with Caller() as server:
        task = server.create_background_task(ask_often(server.create_client(), 100))
        for number in range(100):
            assert server.process() is True
            assert len(server.requests) == number + 1
        assert server.process() is False
        assert task.wait(LONG) == 5050


def test_background_task_returns_after_its_first_requests_have_arrived():
    for _ in range(50):
        with Recorder() as server:
            server.create_background_task(ask(server.create_client(), 3))
            assert server._requests.qsize() == 1
            with stuck(server._runner):
                pass


def test_process_lets_the_next_request_arrive():
    with Recorder() as server:
        task = server.create_background_task(ask_often(server.create_client(), 50))
        for number in range(50):
            assert server.process() is True
            for _ in range(5):
                # The client waits for its answer.
                assert server.process() is False
            server.futures[-1].set_result(1)
        assert task.wait(LONG) == 50


def test_the_next_lines_of_the_client_have_run_when_process_returns():
    lines = []

    async def work(client):
        for number in range(50):
            lines.append(await client.execute(increment, number))

    with Caller() as server:
        server.create_background_task(work(server.create_client()))
        for number in range(50):
            assert server.process()
            assert len(lines) == number + 1


def test_clients_that_ask_through_other_tasks():
    async def deep(client, depth):
        if depth == 0:
            return await client.execute(increment, 0)
        return await asyncio.create_task(deep(client, depth - 1))

    with Caller() as server:
        task = server.create_background_task(deep(server.create_client(), 10))
        assert server.process() is True
        assert task.wait(LONG) == 1


def test_several_clients_take_turns():
    with Caller() as server:
        tasks = [
            server.create_background_task(ask_often(server.create_client(), 10)) for _ in range(3)
        ]
        handled = 0
        while server.process():
            handled += 1
        assert handled == 30
        assert [task.wait(LONG) for task in tasks] == [55] * 3


def test_answer_later():
    with Recorder() as server:
        task = server.create_background_task(ask(server.create_client(), 3))
        assert server.process()
        with pytest.raises(TimeoutError):
            task.wait(0.01)
        server.futures[0].set_result(10)
        assert task.wait(LONG) == 10


def test_answer_from_another_thread():
    with Recorder() as server:
        task = server.create_background_task(ask(server.create_client(), 3))
        assert server.process()
        Background(server.futures[0].set_result, 10).result()
        assert task.wait(LONG) == 10


def test_answer_with_an_exception():
    error = KeyError("no")

    def fail():
        raise error

    async def work(client):
        try:
            await client.execute(fail)
        except KeyError as caught:
            return caught

    with Caller() as server:
        task = server.create_background_task(work(server.create_client()))
        assert server.process()
        assert task.wait(LONG) is error


def test_exception_of_the_handler():
    class Broken(Server):
        def _handle_request(self, request, future):
            raise ZeroDivisionError

    with Broken() as server:
        task = server.create_background_task(ask(server.create_client(), 3))
        with pytest.raises(ZeroDivisionError):
            server.process()
        assert not task.done()
    with pytest.raises(asyncio.CancelledError):
        task.wait()


def test_handler_that_forgets_the_future():
    class Forgetful(Server):
        def _handle_request(self, request, future):
            pass

    with Forgetful() as server:
        task = server.create_background_task(ask(server.create_client(), 3))
        assert server.process() is True
        assert server.process() is False
    with pytest.raises(asyncio.CancelledError):
        task.wait()


def test_handler_that_was_not_overridden():
    with Server() as server:
        server.create_background_task(ask(server.create_client(), 3))
        with pytest.raises(NotImplementedError):
            server.process()


def test_handler_that_processes_the_next_request():
    class Nested(Caller):
        def _handle_request(self, request, future):
            if len(self.requests) < 3:
                super()._handle_request(request, future)
                self.process()
            else:
                super()._handle_request(request, future)

    with Nested() as server:
        tasks = [server.create_background_task(ask(server.create_client(), n)) for n in range(4)]
        assert server.process()
        assert [task.wait(LONG) for task in tasks] == [1, 2, 3, 4]


def test_queue_size():
    async def work(client):
        return await asyncio.gather(*[client.execute(increment, number) for number in range(8)])

    with Caller(queue_size=3) as server:
        task = server.create_background_task(work(server.create_client()))
        assert server._requests.full()
        assert server._requests.qsize() == 3
        handled = 0
        while server.process():
            handled += 1
        assert handled == 8
        assert task.wait(LONG) == list(range(1, 9))


def test_a_cancelled_client_that_waits_for_room_has_sent_nothing():
    async def work(client):
        asked = [asyncio.create_task(client.execute(increment, number)) for number in range(6)]
        await asyncio.sleep(0)
        for number in 0, 3, 5:
            asked[number].cancel()
        return await asyncio.gather(*asked, return_exceptions=True)

    handled = []

    class Recorder(Caller):
        def _handle_request(self, request, future):
            handled.append(*request.args)
            super()._handle_request(request, future)

    with Recorder(queue_size=2) as server:
        task = server.create_background_task(work(server.create_client()))
        while server.process():
            pass
        results = task.wait(LONG)
    # There was room for the first, which is on its way.
    assert handled == [0, 1, 2, 4]
    assert [type(result) for result in results] == [
        asyncio.CancelledError if number in (0, 3, 5) else int for number in range(6)
    ]


def test_create_client():
    with Caller() as server:
        assert type(server.create_client()) is Client


def test_create_future():
    with Caller() as server:
        future = server.create_future()
        assert isinstance(future, Future)
        future.set_result(1)
        assert future.result_wait() == 1


def test_stub():
    class Stub(Client):
        async def increment(self, number):
            return await self.execute(Stub.increment, number)

    class Adder(Server):
        def _handle_request(self, request, future):
            assert request.fun == Stub.increment
            (number,) = request.args
            future.set_result(number + 1)

    async def work(client):
        return [await client.increment(number) for number in range(3)]

    with Adder() as server:
        task = server.create_background_task(work(Stub(server)))
        for _ in range(3):
            assert server.process()
        assert task.wait(LONG) == [1, 2, 3]


def test_timeouts_are_those_of_the_runner(monkeypatch):
    monkeypatch.undo()
    with Caller() as server:
        assert server.event_loop_timeout is None
        assert server.event_loop_exit_timeout == 1.0
        server.event_loop_timeout = 600.0
        server.event_loop_exit_timeout = 1200.0
        assert server.event_loop_timeout == 600.0
        assert server.event_loop_exit_timeout == 1200.0


def test_stuck_client():
    with Caller() as server:
        with stuck(server._runner):
            with pytest.raises(EventLoopTimeoutError):
                server.process(timeout=0.01)
            server.event_loop_timeout = 0.01
            with pytest.raises(TimeoutError):
                server.process()
            with pytest.raises(EventLoopTimeoutError):
                server.create_background_task(ask(server.create_client(), 1))
            server.event_loop_timeout = None


def test_a_client_that_never_rests_does_not_stop_the_server():
    async def busy():
        while True:
            await asyncio.sleep(0)

    with Caller() as server:
        server.create_background_task(busy(), timeout=LONG)
        task = server.create_background_task(ask(server.create_client(), 3), timeout=LONG)
        assert server.process(LONG) is True
        assert task.wait(LONG) == 4


def test_negative_timeouts():
    with Caller() as server:
        with pytest.raises(AssertionError):
            server.process(timeout=-2)
        with pytest.raises(AssertionError):
            server.create_background_task(ask(server.create_client(), 1), timeout=-2)


def test_task_without_requests():
    async def work(number):
        return number + 1

    with Caller() as server:
        assert server.create_background_task(work(3)).wait(LONG) == 4
        assert server.process() is False


def test_end_during_a_task_and_a_request():
    with Recorder() as server:
        tasks = [
            server.create_background_task(asyncio.sleep(LONG)),
            server.create_background_task(ask(server.create_client(), 1)),
            server.create_background_task(ask(server.create_client(), 2)),
        ]
        server.process()
    for task in tasks:
        with pytest.raises(asyncio.CancelledError):
            task.wait()
    with pytest.raises(AssertionError):
        server.futures[0].set_result(1)


def test_ended_server():
    with Caller() as server:
        client = server.create_client()
    with pytest.raises(AssertionError):
        server.process()
    with pytest.raises(AssertionError):
        server.create_background_task(ask(client, 1))
    with pytest.raises(AssertionError):
        server.create_future()
    with pytest.raises(RuntimeError):
        server.__enter__()


def test_exit_timeout_is_used():
    block = Stuck()
    with Caller() as server:
        server.event_loop_exit_timeout = 0.02
        server._runner._log_forced_shutdown = False
        server._runner.create_task(block.coroutine())
        block.reached()
    assert server._runner.shutdown_type == ShutdownType.FAILED_FORCE_STOPPED
    block.release()


def test_execute_in_another_loop():
    with Caller() as server, AsyncRunner() as other:
        with pytest.raises(RuntimeError):
            other.run(ask(server.create_client(), 1), timeout=LONG)


def test_requests_that_are_withdrawn_are_not_kept():
    class Argument:
        """Something to look for."""

    with Server(queue_size=2) as server:
        client = server.create_client()

        async def give_up(n):
            for _ in range(n):
                asking = asyncio.ensure_future(client.execute("ask", Argument()))
                await asyncio.sleep(0)
                asking.cancel()
                await asyncio.gather(asking, return_exceptions=True)

        server.create_background_task(give_up(50)).wait(LONG)
        gc.collect()
        assert sum(isinstance(each, Argument) for each in gc.get_objects()) <= 2


def test_many_clients_end_at_once():
    """As many as would take far too long if each looked at all the others."""
    n = 20_000
    with Server(queue_size=2) as server:
        client = server.create_client()

        async def ask():
            await client.execute("ask")

        async def crowd():
            await asyncio.gather(*(ask() for _ in range(n)))

        server.create_background_task(crowd())
        runner = server._runner
        runner.call_in_loop(int)
        begin = time.process_time()
    assert runner.shutdown_type == ShutdownType.STOPPED
    # Of the processor's time, whatever else the machine does; it is a quarter of a second.
    assert time.process_time() - begin < 2 * SLOWNESS
