# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""What handlers of signals raise when C is about to call Python, and could only be printed."""

import interrupts
import pytest
from gi.repository import ThreadedAsync
from helpers import LONG
from test_interrupt import program

# Has C call raise(), which is not Python's, when it emits a signal: so the handler runs next where
# Python begins with anything.
RAISE = """
import ctypes
connect = ctypes.CDLL("libgobject-2.0.so.0").g_signal_connect_data
connect.argtypes = [ctypes.c_void_p, ctypes.c_char_p] + 3 * [ctypes.c_void_p] + [ctypes.c_int]
connect.restype = ctypes.c_ulong
SWAPPED = 2

def raise_in_c(server, number):
    func = ctypes.cast(getattr(ctypes.CDLL(None), "raise"), ctypes.c_void_p)
    return connect(hash(server), b"handle-request", func, int(number), None, SWAPPED)

async def ask():
    return await client.execute("ask")

def attempt(call):
    try:
        call()
    except (KeyboardInterrupt, SystemExit) as error:
        return type(error).__name__

def answer(*_):
    return 5

def answer_request(_server, request):
    request.return_value(5)
    return True

class Answering(ThreadedAsync.Server):
    def do_handle_request(self, request):
        return answer_request(self, request)
"""

# How a server comes to answer, after or before what raises.
HANDLE = 'server.handle("ask", answer)'
CONNECT = 'server.connect("handle-request", answer_request)'
KINDS = {
    "a handler": ("ThreadedAsync.Server", "", HANDLE),
    "a signal": ("ThreadedAsync.Server", "", CONNECT),
    "a signal, at the last moment": (
        "ThreadedAsync.Server",
        'server.connect("handle-request::other", answer_request)',
        CONNECT,
    ),
    "a class": ("Answering", "", ""),
}


@pytest.mark.parametrize("process", ["process()", "process_all()"])
@pytest.mark.parametrize("kind", KINDS)
def test_ctrl_c_when_a_handler_is_about_to_be_called(kind, process):
    cls, before, after = KINDS[kind]
    done = program(
        RAISE
        + f"""
server = {cls}()
client = ThreadedAsync.Client(server, runner)
{before}
number = raise_in_c(server, signal.SIGINT)
{after}
asked = runner.create_task(ask())
print(attempt(lambda: server.{process}))
try:
    asked.wait(interrupts.LONG)
except Exception:
    # It has been told that nobody answers.
    pass
server.disconnect(number)
asked = runner.create_task(ask())
print(attempt(lambda: server.{process}), asked.wait(interrupts.LONG))
"""
    )
    assert (done.stdout, done.stderr) == ("KeyboardInterrupt\nNone 5\n", "")


@pytest.mark.parametrize("kind", ["a handler", "a signal"])
def test_other_handlers_may_raise_what_ends_the_program(kind):
    """What PyGObject does not print, but obeys at once: whoever processes cleans up first."""
    cls, _, prepare = KINDS[kind]
    done = program(
        RAISE
        + f"""
def leave(*_):
    sys.exit(7)

signal.signal(signal.SIGTERM, leave)
server = {cls}()
client = ThreadedAsync.Client(server, runner)
raise_in_c(server, signal.SIGTERM)
{prepare}
asked = runner.create_task(ask())
print(attempt(server.process_all))
try:
    asked.wait(interrupts.LONG)
except Exception:
    # It has been told that nobody answers.
    pass
"""
    )
    assert (done.stdout, done.stderr) == ("SystemExit\n", "")


def test_ctrl_c_while_pygobject_makes_an_exception():
    done = program(
        """
        import ctypes, functools, operator
        from gi.overrides._threadedasync import raw
        from gi.overrides._threadedasync.blocking import blocking

        # One after the other, with nothing of Python in between.
        kill = functools.partial(getattr(ctypes.CDLL(None), "raise"), signal.SIGINT)
        get = functools.partial(raw.ThreadedAsync.Queue.try_get, ThreadedAsync.Queue())
        previous = sys.excepthook, sys.unraisablehook
        try:
            blocking(lambda _timeout_us: list(map(operator.call, (kill, get))), 0)
        except KeyboardInterrupt:
            print("interrupted", previous == (sys.excepthook, sys.unraisablehook))
        """
    )
    assert (done.stdout, done.stderr) == ("interrupted True\n", "")


def test_who_prints_exceptions_meanwhile_goes_on_to():
    """A hook that is put in place by a handler stays, and those of other threads print."""
    done = program(
        """
        server = ThreadedAsync.Server()
        client = ThreadedAsync.Client(server, runner)
        seen = []

        def hook(*args):
            seen.append(args[0].__name__)

        def answer():
            before(KeyError, KeyError("printed"), None)
            sys.excepthook = hook

        sys.excepthook = before = hook
        server.handle("ask", answer)
        asked = runner.create_task(client.execute("ask"))
        sys.excepthook = lambda *args: hook(*args)
        print(server.process(), sys.excepthook is hook, seen)
        asked.wait(interrupts.LONG)
        """
    )
    assert (done.stdout, done.stderr) == ("True True ['KeyError']\n", "")


def test_what_a_handler_raises_comes_out_of_process_soon():
    def leave():
        raise SystemExit(7)

    async def serve(asking):
        server = ThreadedAsync.Server()
        server.handle("ask", leave)
        client = ThreadedAsync.Client(server, asking)
        asked = asking.create_task(client.execute("ask"))
        try:
            while not await server.process_soon():
                pass
        except SystemExit as error:
            return asked, error.code
        return asked, None

    with ThreadedAsync.Runner("asking") as asking, ThreadedAsync.Runner("serving") as serving:
        asked, code = serving.run(serve(asking), LONG)
        assert code == 7
        with pytest.raises(Exception, match="ask"):
            asked.wait(LONG)


def test_threading_may_be_imported_by_another_thread_first():
    """Before Python 3.13 that is what it takes for the main one."""
    done = interrupts.run_program(
        "",
        f"""
        import _thread, os, signal, sys

        def work():
            import gi
            gi.require_version("ThreadedAsync", "1")
            from gi.repository import ThreadedAsync
            import threading

            queue = ThreadedAsync.Queue()
            threading.Timer(0.05, queue.put_wait, ("item",)).start()
            print(queue.get_wait({interrupts.LONG}), flush=True)
            done.release()

        assert "threading" not in sys.modules
        done = _thread.allocate_lock()
        done.acquire()
        _thread.start_new_thread(work, ())
        done.acquire()

        import threading
        from gi.repository import ThreadedAsync
        try:
            threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGINT)).start()
            ThreadedAsync.Queue().get_wait({interrupts.LONG})
        except KeyboardInterrupt:
            print("interrupted")
        """,
    )
    assert done.stdout == "item\ninterrupted\n"


def test_whoever_listens_to_signals_is_not_told_of_a_descriptor_that_is_full():
    done = program(
        """
        ours, theirs = os.pipe2(os.O_NONBLOCK)
        signal.set_wakeup_fd(theirs, warn_on_full_buffer=False)
        queue = ThreadedAsync.Queue()
        interrupts.other_handlers({"get": (queue.get_wait, lambda: queue.put_wait(1))})
        for size in 65536, 1:
            try:
                while True:
                    os.write(theirs, size * b"x")
            except BlockingIOError:
                pass
        signal.raise_signal(signal.SIGUSR1)
        print(signal.set_wakeup_fd(-1) == theirs)
        """
    )
    assert (done.stdout, done.stderr) == ("get 1\nTrue\n", "")
