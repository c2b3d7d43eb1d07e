# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Programs as they are written for the package: each ends with what it prints.

They run as they are on the older library of this name, too.
"""

import pathlib
import re
import subprocess
import sys

import pytest
from support import LONG

PROGRAMS = sorted((pathlib.Path(__file__).parent / "programs").glob("*.py"))


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.stem)
def test_program(program):
    source = program.read_text(encoding="utf-8")
    expected = re.search(r"\n\n((?:# .*\n)+)\Z", source).group(1)
    done = subprocess.run(
        [sys.executable, "-B", "-X", "dev", "-W", "error", "-W", "ignore::ImportWarning", program],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        timeout=2 * LONG,
    )
    # On a busy machine asyncio finds in its debug mode that something took long.
    assert re.sub(r"^Executing <.* took .* seconds\n", "", done.stderr, flags=re.M) == ""
    assert done.stdout == re.sub("^# ", "", expected, flags=re.MULTILINE)
    assert done.returncode == 0
