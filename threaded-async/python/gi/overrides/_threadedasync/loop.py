# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""The asyncio event loop of a runner, which turns the runner's GLib.MainContext.

It is asyncio's own loop. What is different is where it waits: its epoll descriptor is a source in
the context, and instead of waiting for the descriptor it lets the library do an iteration of the
context. So C tasks and coroutines share one thread, and each loop sees to the other.
"""

import asyncio
import contextlib
import selectors
import threading
from time import monotonic

from gi.repository import GLib

from . import addresses, callbacks, raw
from .backend import native
from .errors import ForcedStop
from .holds import Hold

# A loop that has something to do itself looks at the context and at the descriptors this often.
_TURNS_PER_LOOK = 16


class _Poller:
    """What the extension in C does faster, and in the same way."""

    def __init__(self, address):
        self._address = address
        # For what any thread does: the address is valid until the loop is closed. Whoever holds it
        # may be interrupted by code that takes it once more.
        self._lock = threading.RLock()
        self._fd = None
        self._watch = None
        self._is_readable = False

    def watch(self, fd):
        """Looks at a descriptor from now on; in the runner's thread, or before that runs."""
        self._fd = fd

    def enter(self):
        """Begins, in the runner's thread; here with the first look."""

    def _on_readable(self):
        # Once only: a main loop that is nested in a callback would find it readable all the time.
        watch, self._watch = self._watch, None
        watch.end()
        self._is_readable = True

    def select(self, timeout_us):
        """1 if the loop is to go on, and 2 if a descriptor is ready."""
        if self._watch is None and self._fd is not None:
            self._watch = callbacks.Watch(self._fd, self._on_readable)
        flags = addresses.iterate(self._address, timeout_us)
        if self._is_readable:
            self._is_readable = False
            flags |= 2
        return flags

    def catch_up(self):
        """Does what an iteration that somebody else has made has left to be done: nothing."""

    def wake_up(self):
        with self._lock:
            if self._address is not None:
                addresses.wake_up(self._address)

    def close(self):
        with self._lock:
            self._address = None
        if self._watch is not None:
            self._watch.end()
            self._watch = None


class _Selector(selectors.BaseSelector):
    def __init__(self, address):
        self._turns = 0
        self.poller = (_Poller if native is None else native.Poller)(address)
        # What looks at descriptors, which most loops have none of.
        self._epoll = None
        # Since when it is at what other threads may ask about; of time.monotonic().
        self.since = 0.0
        self.goes_on = True
        self.is_forced = False

    def register(self, fileobj, events, data=None):
        if self._epoll is None:
            epoll = selectors.EpollSelector()
            self.poller.watch(epoll.fileno())
            self._epoll = epoll
        return self._epoll.register(fileobj, events, data)

    def unregister(self, fileobj):
        self.get_key(fileobj)
        return self._epoll.unregister(fileobj)

    def modify(self, fileobj, events, data=None):
        self.get_key(fileobj)
        return self._epoll.modify(fileobj, events, data)

    def get_map(self):
        return {} if self._epoll is None else self._epoll.get_map()

    def select(self, timeout=None):
        if timeout is None:
            timeout_us = -1
        elif timeout > 0:
            timeout_us = raw.microseconds(timeout)
        else:
            timeout_us = 0
            self._turns += 1
            if self._turns < _TURNS_PER_LOOK:
                return ()
            self._turns = 0

        flags = self.poller.select(timeout_us)
        self.since = monotonic()
        if flags == 1:
            return ()
        self.goes_on = flags & 1 != 0
        if not self.goes_on:
            if self.is_forced:
                raise ForcedStop
            # Here, since to look after each turn is dearer.
            asyncio.get_running_loop().stop()
        return self._epoll.select(0) if flags & 2 else ()

    def close(self):
        self.poller.close()
        if self._epoll is not None:
            self._epoll.close()


def _closes_generator(task):
    """Whether asyncio made a task to close an asynchronous generator that nobody has any more."""
    return type(task.get_coro()).__name__ == "async_generator_athrow"


class Loop(asyncio.SelectorEventLoop):
    """The event loop of a runner; asyncio.get_running_loop() returns it there.

    It can be made in any thread, and before the runner is started. It knows the runner by its
    address alone.
    """

    # Whether it has been made, which may be interrupted.
    _is_made = False

    def __init__(self, address):
        self._address = address
        # The thread in which it runs, and what PyGObject looks at for the await of any asynchronous
        # call of GIO; see enter().
        self.thread = None
        self._context = None
        # What ends all that the loop has to do when the runner stops.
        self.end_of_all = End(self)
        # The tasks that the library has cancelled in this turn; or, once that ends everything, all
        # that have been cancelled for that.
        self._cancelled = set()
        self._is_ending = False
        self.at_end = None
        selector = _Selector(address)
        self._write_to_self = selector.poller.wake_up
        super().__init__(selector)
        self._is_made = True

    def __del__(self):
        if self._is_made:
            super().__del__()

    def enter(self):
        """Called once, in the thread of the runner, before the loop runs."""
        self.thread = threading.get_ident()
        self._context = GLib.MainContext.get_thread_default()
        self._selector.poller.enter()

    def add_signal_handler(self, sig, callback, *args):
        """Raises the exception that every loop outside the main thread raises."""
        raise RuntimeError("signals are only handled in the main thread: use signal.signal() there")

    # Who wakes the loop tells the library.

    def _make_self_pipe(self):
        self._ssock = self._csock = None

    def _close_self_pipe(self):
        pass

    # What PyGObject ≥ 3.50 calls when somebody turns the context, or runs a main loop in it.

    def paused(self):
        return contextlib.nullcontext()

    def running(self, _quit):
        return contextlib.nullcontext()

    def look_around(self):
        """Does an iteration of the runner's context in between."""
        self._selector.goes_on = bool(addresses.iterate(self._address, 0))
        if not self._selector.goes_on:
            self.stop()
        self._selector.poller.catch_up()
        return self._selector.goes_on

    def force(self):
        """Has the loop end when the library says so, whatever is ready; from any thread."""
        self._selector.is_forced = True

    def get_busy(self):
        """The asyncio task that the loop is at, or None, and since when at most; in any thread."""
        return asyncio.current_task(self), self._selector.since

    @property
    def goes_on(self):
        """Whether the runner has not been told to end yet."""
        return self._selector.goes_on

    def report(self, error):
        """Tells of an exception that came out of the loop itself."""
        if not isinstance(error, (SystemExit, KeyboardInterrupt)):
            self.call_exception_handler({"message": "The loop failed", "exception": error})

    def run_until_told(self):
        """Runs the loop until the runner has been stopped."""
        while self.goes_on:
            try:
                self.run_forever()
            except (SystemExit, KeyboardInterrupt):
                # It has ended its task, and asyncio lets it through on top of that.
                pass

    def cancel_for_library(self, task):
        """Cancels a task, because the library's own was cancelled, by somebody or by the stop."""
        if task in self._cancelled:
            return
        if not self._cancelled:
            self.call_soon(self._forget_cancelled)
        self._cancelled.add(task)
        task.cancel()

    def _forget_cancelled(self):
        if not self._is_ending:
            self._cancelled.clear()

    def begin_to_end_everything(self):
        """Says that the library cancels all of its tasks, in this turn."""
        self._is_ending = True

    async def end_everything(self):
        """Cancels all that is left, once, and waits for it."""
        this = asyncio.current_task()
        while True:
            if not (tasks := asyncio.all_tasks(self) - {this}):
                # What has just been let go of begins with the next turn.
                await asyncio.sleep(0)
                if not (tasks := asyncio.all_tasks(self) - {this}):
                    break
            for task in tasks - self._cancelled:
                if not _closes_generator(task):
                    task.cancel()
            self._cancelled |= tasks
            await asyncio.wait(tasks)
        await self.shutdown_asyncgens()
        try:
            await self.shutdown_default_executor()
        except RuntimeError:
            # At the very end of a program there are no more threads to wait for it, and Python has
            # waited for what it does.
            pass

    def begin_to_end(self, at_end=None):
        """Has the runner stop, and nobody wait for it yet; in the loop.

        :param at_end: called when nothing in Python is left of the loop and its thread
        """
        self.at_end = at_end
        if not self._asyncgens:
            self.end_of_all.let_go()
        addresses.stop_async(self._address, raw.INFINITE, None, None, None)

    def has_ended_everything(self):
        """Whether there is nothing to end, and nothing that would begin without being told to."""
        return not (
            self._ready or self._asyncgens or self._default_executor or asyncio.all_tasks(self)
        )

    def end(self):
        """Lets go of what is left when the loop will not run any more."""
        for task in asyncio.all_tasks(self):
            task._log_destroy_pending = False
        if self._default_executor is not None:
            self._default_executor.shutdown(wait=False)
        self._cancelled.clear()
        self.close()
        self.end_of_all.end()


# Where a thread of a runner is that does nothing itself, or is about to do something.
PASSAGES = {
    _Poller.select.__code__,
    _Poller._on_readable.__code__,
    callbacks.Watch.end.__code__,
    callbacks.PASSAGE,
    _Selector.select.__code__,
    Loop.look_around.__code__,
}


class End:
    """All that only asyncio knows of.

    The runner waits for it as for a task, which is cancelled when the runner stops, and ends when
    nothing is left.
    """

    def __init__(self, loop):
        self._loop = loop
        self._hold = Hold(self._on_cancelled)
        self._work = None

    def hold(self, runner):
        """Has the runner wait."""
        hold = self._hold
        if hold is not None:
            hold.hold(runner)

    def _on_cancelled(self):
        loop = self._loop
        if loop is None:
            return
        try:
            if asyncio._get_running_loop() is loop and loop.has_ended_everything():
                self.let_go()
            else:
                loop.call_soon_threadsafe(self._begin)
        except RuntimeError:
            # The loop has been closed.
            pass

    def _begin(self):
        self._loop.begin_to_end_everything()
        self._work = self._loop.end_everything()
        self._loop.create_task(self._work).add_done_callback(lambda _task: self.let_go())

    def let_go(self):
        hold = self._hold
        if hold is not None:
            hold.let_go()

    def end(self):
        """Lets go when the loop will not run any more."""
        if self._work is not None:
            self._work.close()
        self.let_go()
        self._hold = self._loop = self._work = None
