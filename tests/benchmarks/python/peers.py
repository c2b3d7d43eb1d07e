# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""What else there is to pass something between a thread and coroutines."""

import asyncio
import importlib
import importlib.util
import queue
import threading

from exchanges import Exchanging


class LoopThread(Exchanging):
    """asyncio in a thread, by the means of Python's own library."""

    def __enter__(self):
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()

    def start(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop)

    @staticmethod
    def wait(work):
        work.result()


class QueueOfLoop(asyncio.Queue):
    """A queue of asyncio, which threads ask the loop for."""

    def __init__(self, call):
        super().__init__()
        self._call = call

    def put_wait(self, item):
        self._call(self.put, item)

    def get_wait(self):
        return self._call(self.get)


class Threadsafe(LoopThread):
    name = "run_coroutine_threadsafe"

    def make_queue(self):
        return QueueOfLoop(lambda func, *args: self.start(func(*args)).result())


class QueueOfJanus:
    def __init__(self, made):
        self.made = made
        self.get, self.put = made.async_q.get, made.async_q.put
        self.get_wait, self.put_wait = made.sync_q.get, made.sync_q.put


class Janus(LoopThread):
    name = "janus"
    # They are those of asyncio, which another contestant measures.
    spawn = sleep = start_and_stop = None

    def __enter__(self):
        self.queues = []
        return super().__enter__()

    def __exit__(self, *_):
        for each in self.queues:
            each.close()
            self.start(each.wait_closed()).result()
        super().__exit__()

    def make_queue(self):
        async def make():
            return importlib.import_module("janus").Queue()

        self.queues.append(self.start(make()).result())
        return QueueOfJanus(self.queues[-1])


class Anyio(Exchanging):
    name = "anyio"

    def __enter__(self):
        self.context = importlib.import_module("anyio.from_thread").start_blocking_portal()
        self.portal = self.context.__enter__()
        return self

    def __exit__(self, *_):
        self.context.__exit__(None, None, None)

    def make_queue(self):
        return QueueOfLoop(self.portal.call)

    def start(self, coroutine):
        async def run():
            await coroutine

        return self.portal.start_task_soon(run)

    @staticmethod
    def wait(work):
        work.result()


class Threads:
    """Two plain threads: no coroutine at all."""

    ours = False

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def _run(self, there, here):
        thread = threading.Thread(target=there)
        thread.start()
        here()
        thread.join()

    def ping_pong(self, n):
        there, back = self.make_queue(), self.make_queue()

        def echo():
            for _ in range(n):
                back.put(there.get())

        def ask():
            for i in range(n):
                there.put(i)
                back.get()

        self._run(echo, ask)

    def _exchange(self, n, thread_gives):
        items = self.make_queue()

        def give():
            for i in range(n):
                items.put(i)

        def take():
            for _ in range(n):
                items.get()

        self._run(*((give, take) if thread_gives else (take, give)))

    def to_coroutine(self, n):
        self._exchange(n, False)

    def to_thread(self, n):
        self._exchange(n, True)


class SimpleQueue(Threads):
    name = "queue.SimpleQueue"
    make_queue = queue.SimpleQueue


class BlockingQueue(Threads):
    name = "queue.Queue"
    make_queue = queue.Queue


def find():
    """Those that are installed."""
    found = [Threadsafe, SimpleQueue, BlockingQueue]
    for module, peer in ("janus", Janus), ("anyio", Anyio):
        if importlib.util.find_spec(module) is not None:
            found.append(peer)
        else:
            print(f"Without {module}, which is not installed.", flush=True)
    return found
