# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""What queues take that take items of one type only."""

import asyncio

import pytest
from gi.repository import GLib, GObject, ThreadedAsync

TAKEN = [
    (int, 3),
    (int, 1000),
    (int, 2**40),
    (int, -(2**63)),
    (int, True),
    (GObject.TYPE_INT, 7),
    (GObject.TYPE_UINT64, 2**63 + 1),
    (bool, True),
    (bool, False),
    (float, 1.5),
    (float, 3),
    (float, 1000),
    (str, "text"),
    (str, ""),
]

REFUSED = [
    (int, 3.7),
    (int, "3"),
    (int, 2**70),
    (int, None),
    (GObject.TYPE_INT, 2**40),
    (GObject.TYPE_UINT64, -1),
    (bool, 1),
    (bool, "x"),
    (bool, 1000),
    (float, "x"),
    (str, 3),
    (str, 1000),
    (str, True),
    (str, None),
    (str, b"x"),
    (ThreadedAsync.Event, 3),
    (ThreadedAsync.Event, True),
]


async def put_later(queue, item):
    """A place for the item is free only when it has waited for that."""
    put = asyncio.create_task(queue.put(item))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    await queue.get()
    await put


@pytest.mark.parametrize("item_type,item", TAKEN)
def test_taken(item_type, item):
    queue = ThreadedAsync.Queue(item_type=item_type)
    queue.put_wait(item)
    queue.try_put(item)
    asyncio.run(queue.put(item))
    for _ in range(3):
        found = queue.get_wait()
        assert found == item and type(found) is type(item)


@pytest.mark.parametrize("item_type,item", REFUSED)
def test_refused(item_type, item):
    queue = ThreadedAsync.Queue(item_type=item_type)
    for put in queue.put_wait, queue.try_put, lambda item: asyncio.run(queue.put(item)):
        with pytest.raises(GLib.Error, match="takes only") as found:
            put(item)
        assert found.value.matches(ThreadedAsync.error_quark(), ThreadedAsync.Error.WRONG_TYPE)
    assert queue.get_is_empty()


def test_a_full_queue_refuses_it_too():
    queue = ThreadedAsync.Queue(1, item_type=int)
    queue.put_wait(1)
    with pytest.raises(GLib.Error, match="takes only"):
        asyncio.run(put_later(queue, "text"))
    queue.put_wait(1)
    asyncio.run(put_later(queue, 2**40))
    assert queue.get_wait() == 2**40
