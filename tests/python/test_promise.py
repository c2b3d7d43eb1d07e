# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

import gc

import pytest
from support import in_thread, new_pair, raises_io, raises_ta, wait
from gi.repository import Gio, GLib, GObject, ThreadedAsync

INT64_MAX = 2**63 - 1


@pytest.mark.parametrize("value", [True, False])
def test_boolean(value):
    promise, future = new_pair()
    promise.return_boolean(value)
    assert wait(future) is value


@pytest.mark.parametrize("value", [0, 42, -1, 2**31, INT64_MAX, -INT64_MAX - 1])
def test_int(value):
    promise, future = new_pair()
    promise.return_int(value)
    assert wait(future) == value
    assert type(wait(future)) is int


@pytest.mark.parametrize("value", [0.5, -1e300, float("inf")])
def test_double(value):
    promise, future = new_pair()
    promise.return_double(value)
    assert wait(future) == value
    assert type(wait(future)) is float


@pytest.mark.parametrize("value", ["", "plain", "zwölf – 十二 🙂", None])
def test_string(value):
    promise, future = new_pair()
    promise.return_string(value)
    assert wait(future) == value


def test_object():
    class Thing(GObject.Object):
        pass

    thing = Thing()
    promise, future = new_pair()
    promise.return_object(thing)
    assert wait(future) is thing


def test_null_object():
    promise, future = new_pair()
    promise.return_object(None)
    assert wait(future) is None


@pytest.mark.parametrize(
    "gtype, value",
    [
        (GObject.TYPE_BOOLEAN, True),
        (GObject.TYPE_INT, -5),
        (GObject.TYPE_UINT64, 2**64 - 1),
        (GObject.TYPE_DOUBLE, 0.25),
        (GObject.TYPE_STRING, "text"),
        (GObject.TYPE_STRV, ["a", "b"]),
        (GObject.TYPE_VARIANT, GLib.Variant("(si)", ("n", 3))),
        (Gio.FileType, Gio.FileType.DIRECTORY),
    ],
)
def test_value(gtype, value):
    promise, future = new_pair()
    promise.return_value(GObject.Value(gtype, value))
    assert wait(future) == value


def test_python_object():
    thing = object()
    promise, future = new_pair()
    promise.return_value(GObject.Value(GObject.TYPE_PYOBJECT, thing))
    assert wait(future) is thing


def test_no_value():
    promise, future = new_pair()
    promise.return_value(None)
    assert wait(future) is None


def test_error():
    promise, future = new_pair()
    promise.return_error(
        GLib.Error.new_literal(Gio.io_error_quark(), "Nothing there", Gio.IOErrorEnum.NOT_FOUND)
    )
    for _ in range(2):
        with raises_io(Gio.IOErrorEnum.NOT_FOUND) as error:
            wait(future)
        assert error.message == "Nothing there"


def test_new_error_literal():
    promise, future = new_pair()
    promise.return_new_error_literal(Gio.io_error_quark(), Gio.IOErrorEnum.BUSY, "100 % busy")
    with raises_io(Gio.IOErrorEnum.BUSY) as error:
        wait(future)
    assert error.message == "100 % busy"


def test_failed():
    promise, future = new_pair()
    promise.return_failed("It failed: %s")
    with raises_ta(ThreadedAsync.Error.FAILED) as error:
        wait(future)
    assert error.message == "It failed: %s"


def test_error_domain():
    assert GLib.quark_to_string(ThreadedAsync.error_quark()) == "ta-error-quark"


def test_return_lets_go_of_the_future():
    promise, future = new_pair()
    assert promise.get_future() is future
    promise.return_int(1)
    assert promise.get_future() is None


def test_no_task():
    promise, future = new_pair()
    assert promise.get_cancellable() is None
    assert promise.return_error_if_cancelled() is False
    promise.set_progress(0.5)
    promise.set_status("half")
    promise.return_int(1)
    assert wait(future) == 1


def test_from_another_thread():
    promise, future = new_pair()
    in_thread(promise.return_int, 7)
    assert wait(future) == 7


def test_second_return_is_a_critical():
    promise, future = new_pair()
    promise.return_int(1)
    for second in (lambda: promise.return_int(2), lambda: promise.return_failed("late")):
        GLib.test_expect_message("ThreadedAsync", GLib.LogLevelFlags.LEVEL_CRITICAL, "*")
        second()
        GLib.test_assert_expected_messages_internal("ThreadedAsync", __file__, 0, "second")
    assert wait(future) == 1


def test_try_return_value():
    promise, future = new_pair()
    assert promise.try_return_value("first") is True
    with raises_ta(ThreadedAsync.Error.ALREADY_DONE):
        promise.try_return_value("second")
    assert wait(future) == "first"


def test_dropped():
    promise, future = new_pair()
    assert not future.get_done()
    del promise
    gc.collect()
    assert future.get_done()
    with raises_ta(ThreadedAsync.Error.DROPPED):
        wait(future)
