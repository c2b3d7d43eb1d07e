# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Every public name is where programs look for it."""

import importlib
import inspect
import pathlib

import pytest

import threaded_async

NAMES = {
    "threaded_async.threaded_async": [
        "USE_DEFAULT_TIMEOUT",
        "AsyncRunner",
        "BackgroundTask",
        "Event",
        "EventLoopTimeoutError",
        "ExceptionDetails",
        "ExceptionGroup",
        "ForcedThreadShutdown",
        "Future",
        "Queue",
        "ShutdownType",
    ],
    "threaded_async.control_inversion": ["Client", "ExecutionRequest", "Server"],
    "threaded_async.timers": ["TimeoutTimer"],
    "threaded_async.async_utils": ["run_or_raise", "wait_for_or_cancel"],
}

# The parameters, in order, and the defaults of what a program calls.
SIGNATURES = {
    "AsyncRunner": {
        "exit_timeout": 1.0,
        "call_in_loop_timeout": None,
        "debug": False,
        "log_forced_shutdown_stack_trace": True,
    },
    "AsyncRunner.call_in_loop": {"self": ..., "fun": ..., "timeout": -1.0},
    "AsyncRunner.create_task": {"self": ..., "awaitable": ..., "task_creation_timeout": -1.0},
    "AsyncRunner.run": {"self": ..., "awaitable": ..., "timeout": -1.0},
    "AsyncRunner.wait_for_next_eventloop_iteration": {"self": ..., "timeout": -1.0},
    "BackgroundTask.wait": {"self": ..., "timeout": -1.0},
    "BackgroundTask.done": {"self": ...},
    "BackgroundTask.cancel": {"self": ...},
    "Event": {"runner": ..., "timeout": -1.0},
    "Event.set": {"self": ..., "timeout": -1.0},
    "Event.is_set": {"self": ..., "timeout": -1.0},
    "Event.wait": {"self": ..., "timeout": -1.0},
    "Event.as_async_event": {"self": ...},
    "EventLoopTimeoutError": {"callable_like": ..., "timeout": ..., "stack": ""},
    "ExceptionDetails": {"exception": ..., "traceback": ...},
    "ExceptionGroup": {},
    "ExceptionGroup.record_exception": {"self": ..., "exception": ...},
    "ShutdownType.force_stop_attempted": {"self": ...},
    "Future": {"runner": ...},
    "Future.set_result": {"self": ..., "result": ...},
    "Future.set_exception": {"self": ..., "exception": ...},
    "Future.done": {"self": ...},
    "Future.result": {"self": ...},
    "Future.result_wait": {"self": ..., "timeout": -1.0},
    "Queue": {"runner": ..., "maxsize": 0},
    "Queue.empty": {"self": ..., "timeout": -1.0},
    "Queue.full": {"self": ..., "timeout": -1.0},
    "Queue.qsize": {"self": ..., "timeout": -1.0},
    "Queue.get": {"self": ...},
    "Queue.put": {"self": ..., "item": ...},
    "Queue.get_wait": {"self": ..., "timeout": -1.0},
    "Queue.put_wait": {"self": ..., "item": ..., "timeout": -1.0},
    "Client": {"server": ...},
    "Client.execute": {"self": ..., "fun": ..., "args": ..., "kwargs": ...},
    "ExecutionRequest": {"fun": ..., "args": ..., "kw_args": ...},
    "Server": {"queue_size": 10},
    "Server._handle_request": {"self": ..., "request": ..., "future": ...},
    "Server.create_background_task": {"self": ..., "awaitable": ..., "timeout": -1.0},
    "Server.create_client": {"self": ...},
    "Server.create_future": {"self": ...},
    "Server.process": {"self": ..., "timeout": -1.0},
    "timers.TimeoutTimer": {"timeout": ...},
    "async_utils.wait_for_or_cancel": {"awaitable": ..., "cancel_event": ..., "timeout": None},
    "async_utils.run_or_raise": {"coroutine": ..., "raise_coroutine": ...},
}

PROPERTIES = {
    "AsyncRunner": ["is_running", "in_runner_loop", "shutdown_type"],
    "ExceptionGroup": ["exceptions", "tracebacks", "exception_details"],
    "Server": ["event_loop_timeout", "event_loop_exit_timeout"],
    "timers.TimeoutTimer": ["remaining"],
}


def find(path):
    found = threaded_async
    for name in path.split("."):
        found = getattr(found, name)
    return found


@pytest.mark.parametrize("module, name", [(m, n) for m, names in NAMES.items() for n in names])
def test_importable_from_the_same_module(module, name):
    assert hasattr(importlib.import_module(module), name)


@pytest.mark.parametrize(
    "name", NAMES["threaded_async.threaded_async"] + NAMES["threaded_async.control_inversion"]
)
def test_importable_from_the_package(name):
    module = [module for module, names in NAMES.items() if name in names][0]
    assert getattr(threaded_async, name) is getattr(importlib.import_module(module), name)
    assert name in threaded_async.__all__


@pytest.mark.parametrize("module", NAMES)
def test_modules_are_attributes(module):
    assert find(module.split(".", 1)[1]) is importlib.import_module(module)


@pytest.mark.parametrize("path", SIGNATURES)
def test_signature(path, monkeypatch):
    monkeypatch.undo()
    parameters = inspect.signature(find(path)).parameters
    assert list(parameters) == list(SIGNATURES[path])
    for parameter in parameters.values():
        expected = SIGNATURES[path][parameter.name]
        if expected is ...:
            assert parameter.default is inspect.Parameter.empty
        else:
            assert parameter.default == expected


@pytest.mark.parametrize("path, name", [(p, n) for p, names in PROPERTIES.items() for n in names])
def test_property(path, name):
    assert isinstance(inspect.getattr_static(find(path), name), property)


@pytest.mark.parametrize("path", SIGNATURES)
def test_has_type_hints(path):
    found = find(path)
    signature = inspect.signature(found.__init__ if inspect.isclass(found) else found)
    hints = [
        parameter.annotation for name, parameter in signature.parameters.items() if name != "self"
    ]
    assert inspect.Parameter.empty not in hints
    assert inspect.isclass(found) or signature.return_annotation is not inspect.Signature.empty


@pytest.mark.parametrize("path", SIGNATURES)
def test_has_help(path):
    assert inspect.getdoc(find(path))


def test_says_that_it_is_typed():
    assert (pathlib.Path(threaded_async.__file__).parent / "py.typed").exists()


def test_generic_classes_take_a_type():
    for cls in (
        threaded_async.BackgroundTask,
        threaded_async.Future,
        threaded_async.Queue,
        threaded_async.ExecutionRequest,
    ):
        assert cls[int]


def test_default_timeout():
    assert threaded_async.USE_DEFAULT_TIMEOUT == -1.0


def test_errors_are_of_python_s_kinds():
    assert issubclass(threaded_async.EventLoopTimeoutError, TimeoutError)
    assert issubclass(threaded_async.ExceptionGroup, Exception)
    assert issubclass(threaded_async.ForcedThreadShutdown, BaseException)
    assert not issubclass(threaded_async.ForcedThreadShutdown, Exception)


def test_shutdown_types():
    assert {kind.name: kind.value for kind in threaded_async.ShutdownType} == {
        "NOT_SHUT_DOWN": 0,
        "STOPPED": 1,
        "FORCE_STOPPED": 2,
        "FAILED_FORCE_STOPPED": 3,
        "UNKNOWN": 4,
    }
    forced = [kind.name for kind in threaded_async.ShutdownType if kind.force_stop_attempted()]
    assert forced == ["FORCE_STOPPED", "FAILED_FORCE_STOPPED"]
