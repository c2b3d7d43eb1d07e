# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Asynchronous calls of GIO in coroutines, and what a coroutine knows of its task."""

import asyncio

import pytest
from gi.repository import Gio, GLib, ThreadedAsync

LONG = 60.0


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"contents")
    return Gio.File.new_for_path(str(path))


async def load(file):
    _ok, contents, _etag = await ThreadedAsync.call(file.load_contents_async)
    return contents


def test_call(runner, file):
    assert runner.run(load(file), LONG) == b"contents"


def test_call_in_a_plain_loop(file):
    assert asyncio.run(load(file)) == b"contents"


def test_call_fails(runner, file):
    with pytest.raises(GLib.Error) as caught:
        runner.run(load(file.get_child("missing")), LONG)
    assert caught.value.domain == "g-io-error-quark"


def test_call_of_a_function_without_an_object(runner, monkeypatch):
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
    with pytest.raises(GLib.Error, match="No such file"):
        runner.run(ThreadedAsync.call(Gio.bus_get, Gio.BusType.SESSION), LONG)


def test_call_with_a_finish_of_its_own(runner, file):
    results = []

    async def query():
        finish = results.append
        await ThreadedAsync.call(
            file.query_info_async,
            "standard::size",
            Gio.FileQueryInfoFlags.NONE,
            GLib.PRIORITY_DEFAULT,
            finish=finish,
        )

    runner.run(query(), LONG)
    assert file.query_info_finish(results[0]).get_size() == 8


def test_call_without_a_finish(runner):
    def start(_cancellable, done):
        asyncio.get_running_loop().call_soon(done, None, None)

    with pytest.raises(TypeError, match="start_finish"):
        runner.run(ThreadedAsync.call(start), LONG)


def test_call_with_a_cancellable_or_a_callback(runner, file):
    """PyGObject would take the library's own callback for the data of this one."""
    for args in (None,), (Gio.Cancellable(),), (None, None), (None, print):
        with pytest.raises(TypeError, match="without its cancellable and its callback"):
            runner.run(ThreadedAsync.call(file.load_contents_async, *args), LONG)
    contents = b"new"
    replace = contents, None, False, Gio.FileCreateFlags.NONE, None
    with pytest.raises(TypeError, match="without its cancellable and its callback"):
        runner.run(ThreadedAsync.call(file.replace_contents_async, *replace), LONG)


def test_call_whose_last_argument_is_none(runner, file):
    child = Gio.Subprocess.new(["true"], Gio.SubprocessFlags.NONE)
    for call in (
        (child.communicate_utf8_async, None),
        (Gio.Subprocess.communicate_utf8_async, child, None),
    ):
        assert runner.run(ThreadedAsync.call(*call), LONG)[0]
    assert (
        runner.run(ThreadedAsync.call(Gio.File.load_contents_async, file), LONG)[1] == b"contents"
    )


def test_cancel_cancels_the_call_and_waits_for_it(runner):
    cancellables = []
    ended = []

    def start(cancellable, done):
        cancellables.append(cancellable)
        loop = asyncio.get_running_loop()
        cancellable.connect(lambda *_: loop.call_later(0.01, end, done))

    def end(done):
        ended.append(True)
        done(None, None)

    task = runner.create_task(ThreadedAsync.call(start, finish=lambda result: None))
    while not cancellables:
        runner.wait_for_next_iteration()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        task.wait(LONG)
    assert cancellables[0].is_cancelled()
    assert ended


def test_promise_of_the_coroutine(runner):
    async def child():
        ThreadedAsync.Promise.get_current().set_status("half of it")

    async def work():
        promise = ThreadedAsync.Promise.get_current()
        promise.set_progress(0.5)
        await asyncio.create_task(child())

    tasks = [runner.create_task(work()) for _ in range(2)]
    for task in tasks:
        task.wait(LONG)
        assert (task.get_progress(), task.dup_status()) == (0.5, "half of it")
    assert ThreadedAsync.Promise.get_current() is None
