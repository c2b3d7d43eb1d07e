# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Control inversion: coroutines that ask, and the thread that answers when it decides to."""

import functools
import inspect

from gi.overrides import override
from gi.repository import Gio, GLib

from . import addresses, backend, callbacks, raw
from .backend import native, unboxed
from .blocking import blocking, ended
from .errors import raise_converted
from .futures import Future
from .kept import keep, keeping, raising_kept, raising_kept_soon
from .raw import DEFAULT_TIMEOUT, MODULE, microseconds
from .values import boxed
from .waits import Wait

_raw = raw.ThreadedAsync
_take = _raw.Box.take


@override
class Request(_raw.Request, Future):
    """What a client asks of its server, and the future of the answer."""

    __module__ = MODULE

    def wait(self, timeout=DEFAULT_TIMEOUT):
        """Blocks the thread until there is an answer, and returns it.

        As Future.wait(); the timeout is by default the default_timeout of the client's runner.
        """
        return Future.wait(self, timeout)

    async def _wait(self):
        try:
            return await Future._wait(self)
        except BaseException:
            # A coroutine that was cancelled takes its question back, unless it is too late.
            if not backend.is_done(self):
                self.withdraw()
            raise

    @property
    def method(self) -> str:
        """The name of what is asked for."""
        return self.get_method()

    @property
    def client(self):
        """Who asks."""
        return self.get_client()

    @property
    def args(self) -> tuple:
        """The arguments without a name."""
        return tuple(unboxed(self.dup_box(i)) for i in range(self.get_n_args()))

    @property
    def kwargs(self) -> dict:
        """The arguments with a name."""
        first = self.get_n_args()
        return {
            name: unboxed(self.dup_box(i)) for i, name in enumerate(self.get_names(), start=first)
        }

    def return_value(self, value=None):
        """Answers with any object; in the handler. To answer later, take the promise there."""
        self._take().return_value(value)

    def return_error(self, error):
        """Answers with an exception; in the handler. To answer later, take the promise there."""
        self._take().return_error(error)

    def _take(self):
        promise = self.take_promise()
        if promise is None:
            raise RuntimeError(f"request “{self.method}” can be answered only once, by its handler")
        return promise


@override
class Client(_raw.Client):
    """What coroutines on a runner ask a server with."""

    __module__ = MODULE

    def __init__(self, server, runner, **properties):
        super().__init__(server=server, runner=runner, **properties)

    @staticmethod
    def new(server, runner):
        """Makes a client."""
        return Client(server, runner)

    def send(self, method, *args, **kwargs):
        """Sends a request, and returns it: the future of the answer."""
        if native is not None:
            return native.send(self, method, args, kwargs)
        # In an array PyGObject does not survive None, which an empty box stands for as well.
        values = [
            _raw.Box.new(None, None, None) if value is None else boxed(value)
            for value in (*args, *kwargs.values())
        ]
        return _raw.Client.execute(self, method, values, list(kwargs))

    async def execute(self, method, *args, **kwargs):
        """Sends a request, and waits for the answer; in a coroutine.

        When the coroutine is cancelled, a request that has not been handled is taken back.

        :raises: what the server answers with; RuntimeError if it does not answer
        """
        return await self.send(method, *args, **kwargs)

    def execute_wait(self, method, *args, timeout=DEFAULT_TIMEOUT, **kwargs):
        """Sends a request, and blocks the thread until there is an answer, which it returns.

        :param timeout: how long to wait at most, in seconds; by default that of the runner
        """
        request = self.send(method, *args, **kwargs)
        try:
            return request.wait(timeout)
        finally:
            request.withdraw()

    @property
    def runner(self):
        """The runner on which the client is used, while somebody refers to it."""
        return self.get_runner()


class _Handler:
    """Answers requests with what a function returns or raises."""

    def __init__(self, func):
        self._func = func

    def __call__(self, _server, request):
        promise = request.take_promise()
        try:
            answer = self._func(*request.args, **request.kwargs)
            if inspect.iscoroutine(answer):
                # Nobody would run it.
                answer.close()
                raise TypeError(f"the handler answers at once, and not with {answer!r}")
            promise.return_value(answer)
        except Exception as error:
            promise.return_error(error)
        except BaseException as error:
            # Nobody answers, and the traceback would keep it.
            promise = None
            if not keep(error):
                raise
        return True


@addresses.HANDLER
def _look_around(_server, _request, _data):
    """Called before a handler, so that those of signals run here, and what they raise is kept."""
    return False


class _Keeping:
    """A function that is connected to a signal, and keeps what it raises."""

    def __init__(self, func):
        self._func = func
        self._handle = keeping(func)

    def __call__(self, *args):
        return self._handle(*args)

    # For disconnect_by_func().

    def __eq__(self, other):
        return self._func == other

    def __hash__(self):
        return hash(self._func)


@override
class Server(_raw.Server):
    """What answers the requests of coroutines, when its own thread decides to.

    The handlers are functions that are given to handle(); or a class derived from this one
    overrides do_handle_request(request), and returns True if it has handled the request.
    """

    __module__ = MODULE

    # Whether its class handles requests, and whether it looks around before.
    _answers = False
    _looks_around = False

    def __init__(self, name=None, *, queue_size=10, rest_turns=64, **properties):
        """
        :param name: the name in messages
        :param queue_size: how many requests wait at the server at most; others wait outside
        :param rest_turns: after how many turns a loop is left turning that does not come to rest
        """
        super().__init__(name=name, queue_size=queue_size, rest_turns=rest_turns, **properties)
        if self._answers:
            self._look_around()

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        if "do_handle_request" in cls.__dict__:
            cls.do_handle_request = keeping(cls.do_handle_request)
            cls._answers = True

    def _look_around(self):
        """Has what signals raise kept from a place before all handlers."""
        if not self._looks_around:
            self._looks_around = True
            if native is not None:
                native.look_around(self)
            else:
                addresses.connect(self, b"handle-request", _look_around)

    @staticmethod
    def new(name=None):
        """Makes a server."""
        return Server(name)

    def connect(self, detailed_signal, handler, *args):
        """Connects a function to a signal, and returns the number to disconnect it with."""
        if detailed_signal.partition("::")[0].replace("_", "-") == "handle-request":
            handler = _Keeping(handler)
            self._look_around()
        return super().connect(detailed_signal, handler, *args)

    def handle(self, method, func=None):
        """Has a function answer the requests for a method; without one, it is a decorator.

        The function gets the arguments of the request. What it returns is the answer, and what it
        raises is raised where the client waits. It is called inside process(), and so it cannot be
        a coroutine function: for an answer that comes later connect to handle-request, and take
        the promise of the request.
        """
        if not isinstance(method, str):
            raise TypeError(f"the name of a method is needed, not {method!r}")
        if func is None:
            return lambda func: self.handle(method, func)
        if not callable(func):
            raise TypeError(f"a function is needed that answers “{method}”, not {func!r}")
        if inspect.iscoroutinefunction(func):
            raise TypeError(f"a function is needed that answers at once, not {func!r}")
        if native is not None:
            native.handle(self, method, func)
        else:
            self.connect(f"handle-request::{method}", _Handler(func))
        return func

    def process(self, timeout=DEFAULT_TIMEOUT) -> bool:
        """Lets the clients' loops come to rest, handles one request, and says if there was one.

        What a handler raises that is no Exception, such as KeyboardInterrupt, comes out of here.

        :param timeout: how long a loop may take for a turn, in seconds; by default that of the
            clients' runners; 0 to wait for no loop
        :raises WaitTimeoutError: loops did not turn at all; it says which, and next time they are
            not waited for
        :raises RuntimeError: the main context of the server belongs to another thread
        """
        try:
            return raising_kept(backend.process, self, microseconds(timeout))
        except GLib.Error as failure:
            error = failure
        raise_converted(error)

    def process_all(self, budget=None) -> int:
        """Handles requests until there are none, or the time is spent, and says how many.

        :param budget: how long to go on, in seconds; None for ever
        :raises WaitTimeoutError: as process()
        """
        n_handled = 0
        cancellable = Gio.Cancellable()

        def process(timeout_us):
            nonlocal n_handled
            n, is_interrupted = ended(_raw.Server.process_all, self, timeout_us, cancellable)
            n_handled += max(n, 0)
            return not is_interrupted

        try:
            call = functools.partial(blocking, process, cancellable=cancellable)
            raising_kept(call, microseconds(budget), cancellable=cancellable)
        except GLib.Error as failure:
            error = failure
        else:
            return n_handled
        if n_handled > 0:
            return n_handled
        raise_converted(error)

    async def process_soon(self, timeout=DEFAULT_TIMEOUT) -> bool:
        """Does what process() does, without blocking; in a coroutine of the server's own loop."""
        timeout_us = microseconds(timeout)
        # This raises what is no server, as C would not.
        self.get_n_pending()
        start = functools.partial(callbacks.start, callbacks.process_async, self, timeout_us)
        result = await raising_kept_soon(Wait(start).result())
        try:
            return _raw.Server.process_finish(self, result)
        except GLib.Error as failure:
            error = failure
        raise_converted(error)

    @property
    def n_pending(self) -> int:
        """How many requests wait to be handled."""
        return self.get_n_pending()
