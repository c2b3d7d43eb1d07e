# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""With the override a program is half as long as without it, or it is said here why not."""

import ast

import pytest
from running import EXAMPLES

# How many lines of code each had when it was written for the library as PyGObject alone shows it.
WITHOUT_OVERRIDE = {
    "chain": 70,
    "checksum": 175,
    "event": 32,
    "quickstart": 20,
    "worker-queue": 61,
    "cookbook/call": 19,
    "cookbook/progress": 60,
    "cookbook/thread": 19,
    "cookbook/timeout": 16,
    "cookbook/values": 22,
}

# What is left in those that are longer than half of that; how long they may be.
REST = {
    "checksum": (0.6, "what to call of GIO, how to write a line, and how to print while it waits"),
    "cookbook/call": (0.6, "the main loop, and the function that says where it is"),
    "cookbook/progress": (0.67, "the object in place of a progress bar, and the window around it"),
    "cookbook/thread": (0.7, "the main loop and the thread, which are the program's own"),
    "cookbook/timeout": (0.65, "two waits and what they print"),
    "cookbook/values": (0.85, "what is printed; that a GError needs no quark saves only a line"),
}


def n_lines_of_code(source):
    """Those that are neither empty nor comments nor what every program begins with."""
    lines = set()
    for node in ast.parse(source).body:
        is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        is_import = isinstance(node, (ast.Import, ast.ImportFrom)) or "require_version" in ast.dump(
            node
        )
        if not is_text and not is_import:
            lines |= set(range(node.lineno, node.end_lineno + 1))
    text = source.splitlines()
    return sum(text[i - 1].strip()[:1] not in ("", "#") for i in lines)


@pytest.mark.parametrize("name", WITHOUT_OVERRIDE)
def test_length(name):
    share, rest = REST.get(name, (0.5, ""))
    n_lines = n_lines_of_code((EXAMPLES / f"{name}.py").read_text())
    assert n_lines <= share * WITHOUT_OVERRIDE[name], rest
    # What is said to be longer than half really is.
    assert not rest or n_lines > WITHOUT_OVERRIDE[name] / 2
