# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Whatever is written for asyncio runs in the thread of a runner."""

import asyncio
import concurrent.futures
import contextvars
import ctypes
import gc
import signal
import socket
import sys
import threading
import time

import pytest
from gi.repository import Gio, GLib, ThreadedAsync
from helpers import LONG, turns


def get_thread_state():
    """The number of the thread's state, which no other one ever has."""
    api = ctypes.pythonapi
    api.PyThreadState_Get.restype = ctypes.c_void_p
    api.PyThreadState_GetID.argtypes = [ctypes.c_void_p]
    api.PyThreadState_GetID.restype = ctypes.c_uint64
    return api.PyThreadState_GetID(api.PyThreadState_Get())


def test_one_thread_state_for_the_life_of_the_thread(runner, tmp_path):
    """In coroutines, in the callbacks of asyncio, of C and of GLib, and at the end."""
    states = []

    def note(*_):
        states.append(get_thread_state())

    def start(task):
        note()
        task.take_promise().return_value(None)

    def load(task):
        promise = task.take_promise()

        def on_loaded(file, result):
            file.load_contents_finish(result)
            note()
            promise.return_value(None)

        Gio.File.new_for_path(__file__).load_contents_async(None, on_loaded)

    async def work():
        note()
        await asyncio.sleep(0.001)
        note()
        asyncio.get_running_loop().call_soon(note)
        source = GLib.idle_source_new()
        source.set_callback(note)
        source.attach(runner.get_context())
        while len(states) < 4:
            await asyncio.sleep(0)
        try:
            await asyncio.Event().wait()
        finally:
            note()

    task = runner.create_task(work())
    runner.create_task(start).wait(LONG)
    runner.create_task(load).wait(LONG)
    runner.call_in_loop(note)
    while len(states) < 7:
        runner.wait_for_next_iteration(LONG)
    runner.stop()
    assert task.done
    assert len(states) == 8
    assert len(set(states)) == 1
    assert states[0] != get_thread_state()


@pytest.mark.parametrize("kind", ["tcp", "unix"])
def test_streams(runner, tmp_path, kind):
    async def serve(reader, writer):
        while line := await reader.readline():
            writer.write(line.upper())
            await writer.drain()
        writer.close()

    async def talk(reader, writer):
        for i in range(100):
            writer.write(b"line %d\n" % i)
            assert await reader.readline() == b"LINE %d\n" % i
        big = b"x" * 50_000 + b"\n"
        writer.write(big)
        assert await reader.readexactly(len(big)) == big.upper()
        writer.close()
        await writer.wait_closed()

    async def echo():
        if kind == "tcp":
            server = await asyncio.start_server(serve, "127.0.0.1", 0)
            address = server.sockets[0].getsockname()
            connect = lambda: asyncio.open_connection(*address)  # noqa: E731
        else:
            path = str(tmp_path / "socket")
            server = await asyncio.start_unix_server(serve, path)
            connect = lambda: asyncio.open_unix_connection(path)  # noqa: E731
        async with server:
            await asyncio.gather(*[talk(*await connect()) for _ in range(3)])
        return "echoed"

    assert runner.run(echo(), LONG) == "echoed"


def test_datagrams(runner):
    class Peer(asyncio.DatagramProtocol):
        def __init__(self):
            self.received = asyncio.get_running_loop().create_future()

        def datagram_received(self, data, _address):
            self.received.set_result(data)

    async def send():
        loop = asyncio.get_running_loop()
        there, peer = await loop.create_datagram_endpoint(Peer, ("127.0.0.1", 0))
        address = there.get_extra_info("sockname")
        here, _ = await loop.create_datagram_endpoint(Peer, remote_addr=address)
        here.sendto(b"datagram")
        data = await peer.received
        here.close()
        there.close()
        return data

    assert runner.run(send(), LONG) == b"datagram"


def test_descriptors(runner):
    async def read():
        loop = asyncio.get_running_loop()
        first, second = socket.socketpair()
        with first, second:
            readable = loop.create_future()
            loop.add_reader(first, readable.set_result, "readable")
            second.send(b"x")
            found = await readable
            assert loop.remove_reader(first)
        return found

    assert runner.run(read(), LONG) == "readable"


def test_a_loop_that_never_had_a_descriptor(runner):
    async def remove():
        loop = asyncio.get_running_loop()
        return [loop.remove_reader(0), loop.remove_writer(0), len(loop._selector.get_map())]

    assert runner.run(remove()) == [False, False, 0]


def test_subprocesses(runner):
    async def run(program, given, **options):
        pipe = asyncio.subprocess.PIPE
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-c", program, stdin=pipe, stdout=pipe, **options
        )
        output, _errors = await child.communicate(given)
        return output, child.returncode

    async def several():
        return await asyncio.gather(*[run("print(input() * 2)", b"ab") for _ in range(3)])

    async def killed():
        child = await asyncio.create_subprocess_exec("sleep", "100")
        child.kill()
        return await child.wait()

    async def shell():
        child = await asyncio.create_subprocess_shell("exit 3")
        return await child.wait()

    assert runner.run(several(), LONG) == [(b"abab\n", 0)] * 3
    assert runner.run(killed(), LONG) == -signal.SIGKILL
    assert runner.run(shell(), LONG) == 3


def test_task_groups(runner):
    ended = []

    async def end(value, delay):
        try:
            await asyncio.sleep(delay)
            return value
        finally:
            ended.append(value)

    async def group():
        async with asyncio.TaskGroup() as tasks:
            made = [tasks.create_task(end(i, 0.001 * (5 - i))) for i in range(5)]
        return [task.result() for task in made]

    async def aborted():
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(end("cancelled", LONG))
            await turns()
            raise ZeroDivisionError

    assert runner.run(group(), LONG) == [0, 1, 2, 3, 4]
    assert sorted(ended) == [0, 1, 2, 3, 4]
    with pytest.raises(ExceptionGroup) as caught:
        runner.run(aborted(), LONG)
    assert isinstance(caught.value.exceptions[0], ZeroDivisionError)
    assert ended[-1] == "cancelled"


def test_timeouts_of_asyncio(runner):
    async def time_out():
        try:
            async with asyncio.timeout(0.01):
                await asyncio.Event().wait()
        except TimeoutError:
            pass
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.Event().wait(), 0.01)
        return "timed out"

    assert runner.run(time_out(), LONG) == "timed out"


def test_async_generators(runner):
    closed = []

    async def generate():
        try:
            for i in range(10):
                await asyncio.sleep(0)
                yield i
        finally:
            await asyncio.sleep(0)
            closed.append(True)

    async def use():
        assert [i async for i in generate()] == list(range(10))
        assert [i async for i in generate() if i % 2] == [1, 3, 5, 7, 9]
        async for _ in generate():
            break
        # The loop ends those that nobody has any more.
        gc.collect()
        while len(closed) < 3:
            await asyncio.sleep(0)
        return "used"

    assert runner.run(use(), LONG) == "used"


def test_executors(runner):
    variable = contextvars.ContextVar("variable")

    async def use(pool):
        loop = asyncio.get_running_loop()
        variable.set("of the coroutine")
        assert await asyncio.to_thread(variable.get) == "of the coroutine"
        idents = await asyncio.gather(
            asyncio.to_thread(threading.get_ident),
            loop.run_in_executor(None, threading.get_ident),
            loop.run_in_executor(pool, threading.get_ident),
        )
        assert threading.get_ident() not in idents
        with pytest.raises(ZeroDivisionError):
            await asyncio.to_thread(lambda: 1 / 0)
        return "used"

    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        assert runner.run(use(pool), LONG) == "used"


def test_coroutines_from_other_threads(runner):
    """By the means of asyncio itself."""

    async def get_loop():
        return asyncio.get_running_loop()

    loop = runner.run(get_loop(), LONG)
    future = asyncio.run_coroutine_threadsafe(asyncio.sleep(0.001, "slept"), loop)
    assert future.result(LONG) == "slept"


def test_thread_locals_and_context_variables_stay(runner):
    """Between coroutines, and the callbacks of C."""
    local = threading.local()
    variable = contextvars.ContextVar("variable")

    async def set_them():
        local.value = 1

    async def get_them():
        await asyncio.sleep(0.001)
        return local.value, variable.get()

    variable.set("from the caller")
    runner.run(set_them(), LONG)
    assert runner.run(get_them(), LONG) == (1, "from the caller")

    seen = ThreadedAsync.Queue()
    raw = runner.create_task(
        lambda task: (task.take_promise().return_int(1), seen.try_put(local.value))
    )
    raw.wait(LONG)
    assert seen.get_wait(LONG) == 1


def test_context_variables_of_tasks_are_their_own(runner):
    variable = contextvars.ContextVar("variable", default=0)

    async def change():
        before = variable.get()
        variable.set(before + 1)
        await asyncio.sleep(0)
        return before, variable.get(), await asyncio.create_task(child())

    async def child():
        return variable.get()

    for i in 3, 5:
        variable.set(i)
        assert runner.run(change(), LONG) == (i, i + 1, i + 1)
        assert variable.get() == i


def test_timers_are_never_early(runner):
    async def measure():
        loop = asyncio.get_running_loop()
        early = []
        for i in range(200):
            delay = 0.0001 * (i % 20) + 0.00003 * (i % 7)
            start = time.monotonic()
            if i % 2:
                await asyncio.sleep(delay)
            else:
                fired = loop.create_future()
                loop.call_at(loop.time() + delay, fired.set_result, None)
                await fired
            lasted = time.monotonic() - start
            if lasted < delay:
                early.append((delay, lasted))
        return early

    assert runner.run(measure(), LONG) == []


def test_aiohttp(runner):
    """A server and a client of HTTP, which are not made for this loop."""
    aiohttp = pytest.importorskip("aiohttp")
    web = aiohttp.web if hasattr(aiohttp, "web") else pytest.importorskip("aiohttp.web")
    threads = set()

    async def handle(request):
        threads.add(threading.get_ident())
        if request.path == "/slow":
            await asyncio.sleep(LONG)
        return web.json_response({"path": request.path, "sent": await request.text()})

    async def talk_on_a_web_socket(request):
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for message in socket:
            await socket.send_str(message.data.upper())
        return socket

    async def use(session, base):
        async def post(i):
            async with session.post(f"{base}/{i}", data="x" * 1000 * i) as response:
                return (await response.json())["sent"]

        sent = await asyncio.gather(*[post(i) for i in range(20)])
        assert sent == ["x" * 1000 * i for i in range(20)]

        async with session.ws_connect(f"{base}/socket") as socket:
            await socket.send_str("hello")
            assert (await socket.receive_str()) == "HELLO"

        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await session.get(f"{base}/slow")

    async def serve():
        app = web.Application()
        app.router.add_get("/socket", talk_on_a_web_socket)
        app.router.add_route("*", "/{name}", handle)
        server = web.AppRunner(app, access_log=None)
        await server.setup()
        try:
            site = web.TCPSite(server, "127.0.0.1", 0, shutdown_timeout=0.1)
            await site.start()
            host, port = site._server.sockets[0].getsockname()
            async with aiohttp.ClientSession() as session:
                await use(session, f"http://{host}:{port}")
        finally:
            await server.cleanup()
        return "served"

    assert runner.run(serve(), LONG) == "served"
    assert threads == {runner.call_in_loop(threading.get_ident)}
