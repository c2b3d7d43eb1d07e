# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""The hot calls, through PyGObject: what the extension in C does faster, and in the same way."""

from gi.repository import GLib

from . import addresses, raw
from .blocking import blocking, ended
from .values import boxed, unboxed

_Box = raw.ThreadedAsync.Box
_Promise = raw.ThreadedAsync.Promise
_Queue = raw.ThreadedAsync.Queue
is_done = raw.ThreadedAsync.Future.get_done
_process = raw.ThreadedAsync.Server.process
_WOULD_BLOCK = raw.WOULD_BLOCK
_WRONG_TYPE = raw.WRONG_TYPE


class _Empty:
    def __repr__(self):
        return "EMPTY"


# What stands for no item.
EMPTY = _Empty()


def _take(timeout_us, source, result):
    return _Box.take(source, result, timeout_us, None)


def resolve_default(source):
    """What the default timeout is, since a wait that goes on must not have it anew."""
    if isinstance(source, raw.ThreadedAsync.Request):
        source = source.get_client()
    elif not isinstance(source, raw.ThreadedAsync.Task):
        return raw.ThreadedAsync.TIMEOUT_DEFAULT
    runner = source.get_runner()
    return raw.ThreadedAsync.TIMEOUT_DEFAULT if runner is None else runner.get_default_timeout()


def _is_there(source):
    """Whether there is probably no need to wait."""
    return source.get_length() > 0 if isinstance(source, _Queue) else is_done(source)


def _is_full(queue):
    return 0 < queue.get_capacity() <= queue.get_length()


def take(source, result, timeout_us):
    """An item of a queue, or the value of a future; as Box.take() gets it."""
    if result is None and timeout_us != 0:
        try:
            # Most often it is there, and to prepare a wait takes longer. An attempt that fails
            # makes an exception, and PyGObject prints a Ctrl-C that comes meanwhile: so it looks
            # first.
            if _is_there(source):
                return unboxed(_take(0, source, None))
        except GLib.Error as error:
            if (error.domain, error.code) != _WOULD_BLOCK:
                raise
        if timeout_us == raw.ThreadedAsync.TIMEOUT_DEFAULT:
            timeout_us = resolve_default(source)
        return unboxed(blocking(_take, timeout_us, source, None))
    return unboxed(_take(timeout_us, source, result))


def try_take(queue):
    """An item, or EMPTY if there is none, or will be none."""
    try:
        return unboxed(_take(0, queue, None))
    except GLib.Error:
        return EMPTY


def _put(call, queue, item, *args):
    """Makes a call that puts an item, which a queue with an item-type may want converted."""
    try:
        return call(queue, *args, boxed(item))
    except GLib.Error as error:
        if (error.domain, error.code) != _WRONG_TYPE:
            raise
    # Only now: to ask each queue before each put would take as long as the put.
    return call(queue, *args, boxed(item, queue.get_item_type()))


def _put_wait(queue, timeout_us, value):
    return _Queue.put_wait(queue, value, timeout_us, None)


def put(queue, item, timeout_us):
    if _is_full(queue) or not try_put(queue, item):
        blocking(lambda timeout_us: _put(_put_wait, queue, item, timeout_us), timeout_us)


def try_put(queue, item):
    """Whether there was space."""
    try:
        return _put(_Queue.try_put, queue, item)
    except GLib.Error as error:
        if (error.domain, error.code) != _WOULD_BLOCK:
            raise
    return False


def put_reserved(queue, place, item):
    _put(_Queue.put_reserved, queue, item, place)


def return_value(promise, value):
    _Promise.try_return_value(promise, boxed(value))


def process(server, timeout_us):
    """Whether there was a request."""
    is_handled = False

    def process_one(timeout_us):
        nonlocal is_handled
        if is_handled:
            # What the clients do with the answer takes long.
            _, is_interrupted = ended(addresses.await_rest, addresses.get(server), timeout_us)
        else:
            is_handled, is_interrupted = ended(_process, server, timeout_us, None)
        return not is_interrupted

    # For a loop that does not turn the library counts the time, from when it was asked first.
    blocking(process_one, timeout_us, is_whole=True)
    return is_handled
