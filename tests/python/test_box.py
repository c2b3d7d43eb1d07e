# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Boxes, as a binding uses them: with a Python object inside, and a plain value beside it."""

import gc
import weakref

import pytest
from gi.repository import Gio, GLib, GObject, ThreadedAsync
from support import LONG, in_thread, raises_io, raises_ta


class Thing:
    pass


def foreign_value(thing):
    value = GObject.Value(GObject.TYPE_PYOBJECT)
    value.set_boxed(thing)
    return value


def new_box(thing, plain=None, context=None):
    return ThreadedAsync.Box.new(foreign_value(thing), plain, context)


def boxed_value(box):
    return GObject.Value(ThreadedAsync.Box.__gtype__, box)


def test_foreign_and_plain():
    thing = Thing()
    box = new_box(thing, 42)
    found, foreign = box.get_foreign()
    assert found and foreign is thing
    assert tuple(box.get_plain()) == (True, 42)
    assert tuple(new_box(thing).get_plain()) == (False, None)


@pytest.mark.parametrize("thing", [Thing(), 2**70, "a\0b", "\udc80", None, 1.5, (1, "two")])
def test_identity_through_a_queue_and_a_future(thing):
    queue = ThreadedAsync.Queue.new(0)
    promise = ThreadedAsync.Promise.new()
    future = promise.get_future()

    ThreadedAsync.Queue.try_put(queue, boxed_value(new_box(thing)))
    promise.return_value(boxed_value(new_box(thing)))
    assert in_thread(ThreadedAsync.Box.take, queue, None, LONG, None).get_foreign()[1] is thing
    for _ in range(2):
        assert ThreadedAsync.Box.take(future, None, LONG, None).get_foreign()[1] is thing


def test_others_see_the_plain_value():
    queue = ThreadedAsync.Queue.new(0)
    queue.try_put(boxed_value(new_box(Thing(), "plain")))
    assert tuple(queue.try_get()) == (True, "plain")


def test_what_is_in_no_box_gets_one():
    queue = ThreadedAsync.Queue.new(0)
    queue.try_put(5)
    box = ThreadedAsync.Box.take(queue, None, 0, None)
    assert tuple(box.get_foreign()) == (False, None)
    assert tuple(box.get_plain()) == (True, 5)


def test_errors():
    queue = ThreadedAsync.Queue.new(0)
    with raises_io(Gio.IOErrorEnum.WOULD_BLOCK):
        ThreadedAsync.Box.take(queue, None, 0, None)
    with raises_ta(ThreadedAsync.Error.WRONG_TYPE):
        ThreadedAsync.Box.take(Gio.Cancellable(), None, 0, None)


def test_is_freed_with_its_box():
    thing = Thing()
    gone = weakref.ref(thing)
    queue = ThreadedAsync.Queue.new(0)
    queue.try_put(boxed_value(new_box(thing)))
    del thing
    gc.collect()
    assert gone() is not None
    del queue
    gc.collect()
    assert gone() is None


def test_is_freed_in_its_context():
    context = GLib.MainContext.new()
    thing = Thing()
    gone = weakref.ref(thing)
    box = new_box(thing, None, context)
    del thing, box
    gc.collect()
    assert gone() is not None
    while context.iteration(False):
        pass
    assert gone() is None
