# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""The type stubs, and what help() shows, are what there is."""

import ast
import inspect
import os
import pathlib
import pydoc
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
        assert stub_signature(node) == real_signature(getattr(ThreadedAsync, name))


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


def test_mypy_reads_them(tmp_path):
    pytest.importorskip("mypy")
    program = tmp_path / "program.py"
    program.write_text(
        """
from gi.repository import ThreadedAsync

async def work(queue: ThreadedAsync.Queue[int]) -> str:
    async for number in queue:
        await queue.put(number + 1, timeout=1.5)
    return "done"

with ThreadedAsync.Runner("name", exit_timeout=None) as runner:
    numbers: ThreadedAsync.Queue[int] = ThreadedAsync.Queue(3)
    task = runner.create_task(work(numbers))
    text: str = task.wait(2)
    reveal_type(runner.run(numbers.get()))
"""
    )
    stubs = os.fspath(STUBS.parents[1])
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--cache-dir", tmp_path / "cache", program],
        env={**os.environ, "MYPYPATH": stubs},
        capture_output=True,
        text=True,
    )
    assert 'Revealed type is "builtins.int"' in done.stdout, done.stdout + done.stderr
    assert done.returncode == 0, done.stdout
