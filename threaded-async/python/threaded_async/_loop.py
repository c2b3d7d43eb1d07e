# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""What this package needs of gi.repository.ThreadedAsync, and nothing else does."""

import asyncio
import queue
import sys
import traceback
from typing import Any, Callable, Optional

import gi

gi.require_version("ThreadedAsync", "1")

from gi.repository import GLib  # type: ignore[attr-defined] # noqa: E402
from gi.repository import ThreadedAsync  # noqa: E402

from threaded_async._errors import ShutdownType  # noqa: E402

# Raised in the thread of a loop that is stuck, to stop it.
ForcedThreadShutdown = ThreadedAsync.ForcedStop

BlockingQueue = ThreadedAsync.Queue
QueueClosed = ThreadedAsync.QueueClosed
WouldBlock = (ThreadedAsync.QueueEmpty, ThreadedAsync.QueueFull)

# Less than this the end of a loop is not worth waiting for, and some of it has to be waited for.
SHORTEST_STOP = 0.01


class Bell:
    """What a thread waits for. Whoever rings before it waits is heard, too."""

    __slots__ = ("_queue",)

    def __init__(self) -> None:
        # Nothing wakes a thread faster than a queue of the library.
        self._queue: "ThreadedAsync.Queue[None]" = ThreadedAsync.Queue()

    def ring(self) -> None:
        self._queue.try_put(None)

    def wait(self, timeout: Optional[float]) -> bool:
        """Blocks the thread, and returns whether somebody has rung."""
        try:
            self._queue.get_wait(timeout)
        except TimeoutError:
            return False
        return True


class BellInLoop:
    """The same for a thread whose loop must not be blocked, so that the library would refuse it.

    This package always let one runner wait for another.
    """

    __slots__ = ("_queue",)

    def __init__(self) -> None:
        self._queue: "queue.SimpleQueue[None]" = queue.SimpleQueue()

    def ring(self) -> None:
        self._queue.put(None)

    def wait(self, timeout: Optional[float]) -> bool:
        try:
            self._queue.get(timeout=timeout)
        except queue.Empty:
            return False
        return True


class LoopThread:
    """An asyncio event loop in a thread of its own."""

    def __init__(self) -> None:
        self._runner = ThreadedAsync.Runner("AsyncRunner")
        self._has_ended = False

    def start(self, debug: bool) -> asyncio.AbstractEventLoop:
        """Starts the thread, and returns its loop, which takes work before it runs."""
        loop: asyncio.AbstractEventLoop = self._runner._start()
        if debug:
            loop.call_soon_threadsafe(loop.set_debug, True)
        return loop

    def take_back(self) -> None:
        """Has the loop end in the background, if it runs; nobody waits for that."""
        self._runner._take_back()

    def is_at_rest(self) -> bool:
        """Whether nothing is ready in the loop, apart from the caller in it."""
        # What has come from threads becomes ready here: a busy loop looks only now and then.
        loop: Any = asyncio.get_running_loop()
        loop.look_around()
        return not loop._ready

    def let_go(self, at_end: Callable[[], object]) -> None:
        """Has the loop end, and wait for nothing that is there now; to be called in the loop.

        The library would cancel the tasks that are left once more and wait for them, and for the
        threads of the executor of the loop.

        at_end: called when nothing in Python is left of the thread; or at once, when stop() has to
            wait for what may take a while.
        """
        loop: Any = asyncio.get_running_loop()
        for task in asyncio.all_tasks():
            task._log_destroy_pending = False  # type: ignore[attr-defined]
            asyncio._unregister_task(task)
        executor, loop._default_executor = loop._default_executor, None
        if executor is not None:
            executor.shutdown(wait=False)
        if loop._asyncgens:
            # So that it is on its way before the thread that waits for it has been woken.
            loop.begin_to_end()
            at_end()
            return

        def end() -> None:
            self._has_ended = True
            at_end()

        loop.begin_to_end(end)

    def stop(self, timeout: Optional[float], stuck: bool, log: bool) -> ShutdownType:
        """Ends the thread. A loop that is stuck is interrupted, and then has as much time again."""
        if stuck:
            if log:
                self._log_stack()
            self._runner.do_interrupt()
        if timeout is not None:
            timeout = max(timeout, SHORTEST_STOP)
        try:
            if self._has_ended:
                self._runner._join(timeout)
            else:
                self._runner.stop(timeout=timeout)
        except TimeoutError:
            pass
        kind = ShutdownType(int(self._runner.shutdown_type))
        if stuck and kind is ShutdownType.STOPPED:
            kind = ShutdownType.FORCE_STOPPED
        return kind

    def _log_stack(self) -> None:
        frame = sys._current_frames().get(self._runner._thread)
        if frame is not None:
            stack = "".join(traceback.format_stack(frame))
            print(
                "The event loop of an AsyncRunner is stuck, and is stopped by "
                f"ForcedThreadShutdown. It is here (most recent call last):\n{stack}",
                end="",
                file=sys.stderr,
            )


class Barrier:
    """Waits until a loop has done all that is ready in it: at no cost if it is at rest already."""

    def __init__(self, thread: LoopThread) -> None:
        # A server lets the loops of its clients rest before it handles a request, and this one has
        # none to handle. With a context of its own any thread may use it.
        context = GLib.MainContext.new()
        self._server = ThreadedAsync.Server("AsyncRunner", main_context=context)
        self._client = ThreadedAsync.Client(self._server, thread._runner)

    def wait(self, timeout: Optional[float]) -> bool:
        """Blocks the thread, and returns whether the loop came to rest in time.

        A loop that never comes to rest counts as resting after a number of turns. One of which it
        was told once that it is stuck is not waited for until it goes on.
        """
        try:
            self._server.process(timeout)
        except TimeoutError:
            return False
        return True
