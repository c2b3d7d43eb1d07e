# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""What the tests of the override share."""

import asyncio
import os
import random
import threading
import time

# The sanitizer that the library is built with, "address" or "thread", or None.
SANITIZER = os.environ.get("TA_SANITIZER")

# How many times slower everything is, under a tool such as valgrind.
SLOWNESS = int(os.environ.get("TA_TEST_SLOWNESS", "1"))

# What is drawn at random is the same in every run, unless this is another number or "random".
SEED = os.environ.get("TA_TEST_SEED", "1")

# No wait is longer than this, and no test depends on how long it is.
LONG = 60 * SLOWNESS


def choose_seed():
    """The seed of a test, which is printed when it fails."""
    seed = random.randrange(2**32) if SEED == "random" else int(SEED)
    print(f"TA_TEST_SEED={seed}")
    return seed


def in_thread(func, *args):
    """Calls a function in a thread that is new, and returns what it returned or raised."""
    outcome = []

    def run():
        try:
            outcome.append((func(*args), None))
        except BaseException as error:
            outcome.append((None, error))

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(LONG)
    assert not thread.is_alive(), "the thread did not end"
    result, error = outcome[0]
    if error is not None:
        raise error
    return result


def in_asyncio(runner, coroutine):
    """Runs a coroutine in a loop of plain asyncio, in a thread of its own."""
    return in_thread(asyncio.run, asyncio.wait_for(coroutine, LONG))


def in_runner(runner, coroutine):
    """Runs a coroutine in the loop of a runner."""
    return runner.run(coroutine, LONG)


LOOPS = [in_runner, in_asyncio]


async def turns(n=10):
    """Lets others run."""
    for _ in range(n):
        await asyncio.sleep(0)


async def until(condition):
    """Waits in a coroutine until a condition holds."""
    end = time.monotonic() + LONG
    while not condition():
        assert time.monotonic() < end, "the condition did not come true"
        await asyncio.sleep(0.001)
