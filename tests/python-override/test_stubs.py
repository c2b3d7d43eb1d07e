# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""The type stubs, and what help() shows, are what there is."""

import ast
import inspect
import os
import pathlib
import pydoc
import shutil
import subprocess
import sys

import pytest
from gi.repository import ThreadedAsync

STUBS = pathlib.Path(__file__).parents[2] / "threaded-async/python/gi-stubs/repository"
TREE = ast.parse((STUBS / "ThreadedAsync.pyi").read_text())
CLASSES = {node.name: node for node in TREE.body if isinstance(node, ast.ClassDef)}
PUBLIC = sorted(name for name in CLASSES if not name.startswith("_"))


def functions(node):
    return {part.name: part for part in node.body if isinstance(part, ast.FunctionDef)} | {
        part.name: part for part in node.body if isinstance(part, ast.AsyncFunctionDef)
    }


def stub_signature(node):
    """Of each argument, but those that take all others: its name, how it is given, and whether it
    may be left out."""
    args = node.args
    given = args.posonlyargs + args.args
    n_needed = len(given) - len(args.defaults)
    found = [(arg.arg, False, i >= n_needed) for i, arg in enumerate(given)]
    for arg, default in zip(args.kwonlyargs, args.kw_defaults):
        found.append((arg.arg, True, default is not None))
    return found


def real_signature(func):
    return [
        (p.name, p.kind == p.KEYWORD_ONLY, p.default is not p.empty)
        for p in inspect.signature(func).parameters.values()
        if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
    ]


def is_property(node):
    return any(isinstance(dec, ast.Name) and dec.id == "property" for dec in node.decorator_list)


@pytest.mark.parametrize("name", PUBLIC)
def test_everything_in_the_stubs_is_there(name):
    cls = getattr(ThreadedAsync, name)
    for function, node in functions(CLASSES[name]).items():
        found = inspect.getattr_static(cls, function, None) or getattr(cls, function)
        if is_property(node):
            assert not callable(found), function
            continue
        assert callable(getattr(cls, function)), function
        if isinstance(found, staticmethod):
            found = found.__func__
        if not inspect.isfunction(found) or function in ("__exit__", "__aexit__"):
            continue
        assert inspect.iscoroutinefunction(found) == isinstance(node, ast.AsyncFunctionDef)
        # The last one of several has all that there can be; what another has not may be left out.
        overloads = [part for part in CLASSES[name].body if getattr(part, "name", None) == function]
        overloads = [stub_signature(part) for part in overloads]
        needed = set.intersection(*[{arg for arg, _, out in part if not out} for part in overloads])
        given = [(arg, by_name, arg not in needed) for arg, by_name, _ in overloads[-1]]
        assert given == real_signature(found), function


def test_functions_in_the_stubs_are_there():
    for name, node in functions(TREE).items():
        found = getattr(ThreadedAsync, name)
        assert callable(found)
        if inspect.isfunction(found):
            assert stub_signature(node) == real_signature(found)
    names = [node.name for node in TREE.body if hasattr(node, "name")]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("name", ["Error", "ShutdownType"])
def test_the_numbers_in_the_stubs_are_all(name):
    found = getattr(ThreadedAsync, name)
    names = {part.target.id for part in CLASSES[name].body if hasattr(part, "target")}
    assert names == {key for key in dir(found) if key.isupper()}
    assert isinstance(found(1).value_name, str) and isinstance(found(1).value_nick, str)


def test_everything_public_is_in_the_stubs():
    from gi.overrides import ThreadedAsync as override

    names = {node.id for node in ast.walk(TREE) if isinstance(node, ast.Name)} | set(CLASSES)
    names |= set(functions(TREE))
    assert set(override.__all__) <= names
    for name in PUBLIC:
        cls = getattr(override, name, None)
        if inspect.isclass(cls):
            own = {key for key in vars(cls) if not key.startswith("_") and key != "derive"}
            inherited = functions(CLASSES["Future"]) if name in ("Task", "Request") else {}
            assert own <= {*functions(CLASSES[name]), *inherited}, name


def test_help_shows_seconds(monkeypatch):
    monkeypatch.undo()
    text = pydoc.plain(pydoc.render_doc(ThreadedAsync.Queue))
    assert "get_wait(self, timeout=None)" in text
    assert "put(self, item, timeout=None)" in text
    assert "in seconds" in text
    text = pydoc.plain(pydoc.render_doc(ThreadedAsync.Runner))
    assert "exit_timeout=1.0" in text
    assert "run(self, work, timeout=DEFAULT_TIMEOUT)" in text


PROGRAM = """
import asyncio
import gi

gi.require_version("ThreadedAsync", "1")

from gi.repository import ThreadedAsync


async def work(queue: ThreadedAsync.Queue[int]) -> str:
    async for number in queue:
        await queue.put(number + 1, timeout=1.5)
    return "done"


async def use() -> None:
    async with ThreadedAsync.Runner() as inner:
        inner.stall_threshold


with ThreadedAsync.Runner("name", exit_timeout=None, stall_threshold=0.5) as runner:
    numbers: ThreadedAsync.Queue[int] = ThreadedAsync.Queue(3)
    task = runner.create_task(work(numbers))
    text: str = task.wait(2)
    how_far: float = task.progress
    what = task.status or task.name or ""
    task.wait_async(ThreadedAsync.TIMEOUT_INFINITE, None, lambda task, result: None)
    reveal_type(runner.run(numbers.get()))

print(runner.shutdown_type.value_name, runner.shutdown_type == ThreadedAsync.ShutdownType.STOPPED)
print(ThreadedAsync.Error.CLOSED.value_nick, runner.get_n_failed_tasks())
for failed in runner.get_failed_tasks():
    print(failed.name, failed.dup_error_message())
promise: ThreadedAsync.Promise[int] = ThreadedAsync.Promise()
number: int = promise.future.wait()
try:
    runner.stop()
except ThreadedAsync.TasksFailed as error:
    for failure in error.exceptions:
        print(failure, error.code)
"""

# Where GObject has no types, neither has what is derived from it.
TYPED_PROGRAM = """

async def gather(task: ThreadedAsync.Task[int]) -> None:
    a, b = await asyncio.gather(task, task)
    reveal_type(a)
    reveal_type(await asyncio.wait_for(task, 1))
"""

MISTAKES = """

task.no_such_method()
runner.get_failed_task()
numbers.put_wait("text")
"""


def check(tmp_path, path, text):
    program = tmp_path / "program.py"
    program.write_text(text)
    return subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--cache-dir", tmp_path / "cache", program],
        env={**os.environ, "MYPYPATH": os.fspath(path)},
        capture_output=True,
        text=True,
    )


def make_stubs(tmp_path, is_typed):
    """A folder with stubs of gi, as a type checker finds those that are installed."""
    path = tmp_path / "stubs"
    if is_typed:
        shutil.copytree(pathlib.Path(__file__).parent / "typed", path)
        shutil.copy(STUBS / "ThreadedAsync.pyi", path / "gi" / "repository")
    else:
        shutil.copytree(STUBS.parent, path / "gi")
    return path


@pytest.mark.parametrize("is_typed", [False, True])
def test_mypy_reads_them(tmp_path, is_typed):
    pytest.importorskip("mypy")
    path = make_stubs(tmp_path, is_typed)
    done = check(tmp_path, path, PROGRAM + (TYPED_PROGRAM if is_typed else ""))
    output = done.stdout + done.stderr
    assert output.count('Revealed type is "builtins.int"') == (3 if is_typed else 1), output
    others = [line for line in output.splitlines() if "error:" in line and "program.py" in line]
    assert others == [], output


def test_mypy_sees_mistakes(tmp_path):
    pytest.importorskip("mypy")
    output = check(tmp_path, make_stubs(tmp_path, True), PROGRAM + MISTAKES).stdout
    assert output.count("program.py:") == 4, output
    for mistake in "no_such_method", "get_failed_task", '"put_wait" of "Queue"':
        assert mistake in output
