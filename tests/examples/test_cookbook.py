# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""The programs of the cookbook print the same in every language that they are written in."""

import pytest
from running import EXAMPLES, run

PROGRESS = """\
Done after 10 steps
The bar is at 100 %
Cancelled
"""

CALL = """\
main thread: half of it is done
main thread: all of it is done
"""

TIMEOUT = """\
There is no answer yet
The answer is 42
"""

VALUES = """\
A result: 42
A failure: it was too late
What was to be put into queue “names” is of type gint64, and it takes only gchararray
"""

LATE = """\
The first window shows reading 1
The second window shows reading 3
"""

OUTPUTS = {
    "call": CALL,
    "gtask": "The file has 1234 bytes\n",
    "late": LATE,
    "progress": PROGRESS,
    "thread": "The sum is 500500\n",
    "timeout": TIMEOUT,
    "values": VALUES,
}

PROGRAMS = sorted((path.stem, path.suffix[1:]) for path in (EXAMPLES / "cookbook").iterdir())


def test_all_are_there():
    assert {name for name, language in PROGRAMS if language == "c"} == set(OUTPUTS)


@pytest.mark.parametrize("name, language", PROGRAMS)
def test_recipe(tmp_path, name, language):
    args = []
    if name == "gtask":
        args.append(tmp_path / "file")
        args[0].write_bytes(b"x" * 1234)
    assert run(f"cookbook/{name}", language, *args) == (0, OUTPUTS[name], "")
