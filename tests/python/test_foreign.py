# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Whatever other threads do, everything that belongs to the main loop comes there."""

import collections
import gc
import threading

import gi
from gi.repository import Gio, GLib, ThreadedAsync
from support import LONG, SLOWNESS, main_loop, new_pair

gi.require_version("TaProbe", "1")

from gi.repository import TaProbe  # noqa: E402

N = 100_000 // SLOWNESS
N_CALLS = 9_000 // SLOWNESS
FOREVER = ThreadedAsync.TIMEOUT_INFINITE


class Witness:
    """Counts what comes, and what comes in another thread."""

    def __init__(self):
        self.thread = threading.current_thread()
        self.counts = collections.Counter()
        self.last = {}
        self.n_elsewhere = 0

    def see(self, what, value=None):
        self.counts[what] += 1
        self.last[what] = value
        if threading.current_thread() is not self.thread:
            self.n_elsewhere += 1

    def watch(self, thing, signal, read=lambda: None):
        thing.connect(signal, lambda *_args: self.see(signal, read()))


def test_a_flood_from_four_threads():
    TaProbe.mark_thread()
    queue = ThreadedAsync.Queue.new(256)
    event = ThreadedAsync.Event.new()
    witness = Witness()
    numbers = []
    closed = []

    def start(task):
        TaProbe.flood(queue, event, task.take_promise(), N)

    def on_got(_source, result):
        witness.see("got")
        try:
            numbers.append(queue.get_finish(result)[1])
        except GLib.Error as error:
            closed.append(error)
            return
        if len(numbers) % 20_000 == 0:
            gc.collect()
        queue.get_async(FOREVER, None, on_got)

    for _ in range(N_CALLS):
        TaProbe.add_call(lambda *_args: witness.see("called"))
    task = ThreadedAsync.Runner.get_default().create_task(start)
    witness.watch(event, "notify::is-set", event.get_is_set)
    witness.watch(queue, "items-available")
    witness.watch(queue, "space-available")
    witness.watch(queue, "notify::closed", queue.get_closed)
    witness.watch(task, "notify::progress", task.get_progress)
    witness.watch(task, "notify::status", task.dup_status)
    witness.watch(task, "notify::done", task.get_done)
    queue.get_async(FOREVER, None, on_got)

    for name in ["notify::closed", "notify::done"]:
        main_loop(lambda name=name: closed and witness.counts[name])
    main_loop(lambda: witness.last.get("notify::status") == "over")

    assert TaProbe.get_n_flooded() > 256
    assert sorted(numbers) == list(range(TaProbe.get_n_flooded()))
    assert closed[0].matches(ThreadedAsync.error_quark(), ThreadedAsync.Error.CLOSED)
    assert task.wait(LONG, None)[1] == len(numbers)
    assert witness.n_elsewhere == TaProbe.get_n_destroyed_elsewhere() == 0
    assert TaProbe.get_n_destroyed() == N_CALLS
    assert witness.counts["called"] == TaProbe.get_n_called() >= N_CALLS * 2 // 3
    assert witness.counts["items-available"] > 0
    assert witness.last["notify::is-set"] is True
    assert witness.last["notify::progress"] == 1
    assert witness.counts["notify::closed"] == witness.counts["notify::done"] == 1


def test_a_signal_of_another_thread():
    runner = ThreadedAsync.Runner.new("owner")
    runner.start()
    queue = ThreadedAsync.Queue(main_context=runner.get_context())
    promise, future = new_pair()
    queue.connect(
        "items-available",
        lambda _queue: promise.return_boolean(runner.is_in_loop()),
    )
    queue.try_put(1)
    assert future.wait(LONG, None)[1] is True
    assert runner.stop(LONG, None)


def test_waits_that_another_thread_cancels():
    event = ThreadedAsync.Event.new()
    cancellable = Gio.Cancellable()
    witness = Witness()
    failures = []

    def on_waited(_source, result):
        witness.see("waited")
        try:
            event.wait_finish(result)
        except GLib.Error as error:
            failures.append(error.matches(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED))

    for _ in range(1000):
        event.wait_async(FOREVER, cancellable, on_waited)
    TaProbe.cancel_elsewhere(cancellable)
    main_loop(lambda: len(failures) == 1000)
    assert all(failures)
    assert witness.n_elsewhere == 0
