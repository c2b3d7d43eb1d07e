# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""What a type checker says of programs that use the package, and of the package itself."""

import pathlib
import re
import shutil
import subprocess

import sysconfig
import venv

import pytest
from test_names import NAMES, PROPERTIES, SIGNATURES

import threaded_async

HERE = pathlib.Path(__file__).parent
PACKAGE = pathlib.Path(threaded_async.__file__).parent
MYPY = shutil.which("mypy")

pytestmark = pytest.mark.skipif(MYPY is None, reason="mypy is not installed")


@pytest.fixture(scope="module")
def mypy(tmp_path_factory):
    """Runs mypy where the package and the stubs are installed, as they are for others."""
    where = tmp_path_factory.mktemp("mypy")
    venv.create(where, system_site_packages=True, symlinks=True, with_pip=False)
    paths = {"base": str(where), "platbase": str(where)}
    installed = pathlib.Path(sysconfig.get_path("purelib", "venv", paths))
    (installed / "threaded-async.pth").write_text(f"{PACKAGE.parent}\n")

    def run(*args, path=""):
        done = subprocess.run(
            [MYPY, "--strict", "--cache-dir", where / "cache"]
            + ["--python-executable", where / "bin" / "python", *args],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=where,
            env={"MYPYPATH": str(path), "PATH": "/usr/bin:/bin"},
        )
        return done.stdout

    return run


def test_a_program_that_uses_all_of_the_package(mypy):
    assert mypy(HERE / "typed.py").startswith("Success")


def test_that_program_uses_all_of_the_package():
    used = set(re.findall(r"\w+", (HERE / "typed.py").read_text(encoding="utf-8")))
    names = {name for names in NAMES.values() for name in names}
    names |= {path.split(".")[-1] for path in SIGNATURES}
    names |= {name for names in PROPERTIES.values() for name in names}
    assert names - used == set()


def test_programs(mypy):
    assert mypy(*sorted((HERE / "programs").glob("*.py"))).startswith("Success")


def test_a_program_with_mistakes(mypy, tmp_path):
    program = tmp_path / "wrong.py"
    program.write_text(
        "import threaded_async\n"
        "runner = threaded_async.AsyncRunner()\n"
        "queue = threaded_async.Queue[int](runner)\n"
        "queue.put_wait('text')\n"
        "runner.call_in_loop(1)\n"
        "runner.no_such_method()\n"
    )
    output = mypy(program)
    assert [line for line in (4, 5, 6) if f"wrong.py:{line}: error:" in output] == [4, 5, 6]
    assert "Found 3 errors" in output


def test_the_package_itself(mypy):
    assert mypy("-p", "threaded_async", path=PACKAGE.parent).startswith("Success")


def test_stubs_of_the_override(mypy, tmp_path):
    program = tmp_path / "override.py"
    program.write_text(
        "from gi.repository import ThreadedAsync\n"
        "queue: ThreadedAsync.Queue[int] = ThreadedAsync.Queue(capacity=3)\n"
        "reveal_type(queue.get_wait(timeout=1.0))\n"
        "async def work() -> str:\n"
        "    return 'text'\n"
        "with ThreadedAsync.Runner('name', exit_timeout=None) as runner:\n"
        "    reveal_type(runner.create_task(work()).wait())\n"
    )
    output = mypy(program)
    assert "error" not in output
    assert 'override.py:3: note: Revealed type is "builtins.int"' in output
    assert 'override.py:7: note: Revealed type is "builtins.str"' in output


def test_stubs_name_nothing_that_is_not_there(mypy):
    import ast

    from gi.repository import ThreadedAsync

    path = PACKAGE.parent / "gi-stubs" / "repository" / "ThreadedAsync.pyi"
    missing = []
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            found = getattr(ThreadedAsync, node.name)
            for member in node.body:
                if isinstance(member, ast.FunctionDef) and not hasattr(found, member.name):
                    missing.append(f"{node.name}.{member.name}")
    assert missing == []
