# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""What is measured, for all who can do it with a thread and coroutines."""

import asyncio


async def nothing():
    pass


async def echo(there, back, n):
    for _ in range(n):
        await back.put(await there.get())


async def take(items, n):
    for _ in range(n):
        await items.get()


async def give(items, n):
    for i in range(n):
        await items.put(i)


async def sleep_often(n):
    for _ in range(n):
        await asyncio.sleep(0)


class Exchanging:
    """What a contestant does that has make_queue(), start() and wait().

    The coroutines of its queues are get() and put(), the blocking calls get_wait() and put_wait().
    What start() returns for a coroutine that runs in the background is what wait() waits for.
    """

    ours = False

    def ping_pong(self, n):
        there, back = self.make_queue(), self.make_queue()
        work = self.start(echo(there, back, n))
        for i in range(n):
            there.put_wait(i)
            back.get_wait()
        self.wait(work)

    def to_coroutine(self, n):
        items = self.make_queue()
        work = self.start(take(items, n))
        for i in range(n):
            items.put_wait(i)
        self.wait(work)

    def to_thread(self, n):
        items = self.make_queue()
        work = self.start(give(items, n))
        for _ in range(n):
            items.get_wait()
        self.wait(work)

    def spawn(self, n):
        for work in [self.start(nothing()) for _ in range(n)]:
            self.wait(work)

    def sleep(self, n):
        self.wait(self.start(sleep_often(n)))

    def start_and_stop(self, n):
        for _ in range(n):
            with type(self)():
                pass

    @staticmethod
    def wait(work):
        work.wait()


async def ask_for_ever(execute):
    """A client whose server answers with one more than it has been sent."""
    number = 0
    while True:
        answer = await execute(number)
        assert answer == number + 1
        number = answer
