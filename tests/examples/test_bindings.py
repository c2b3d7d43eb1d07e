# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""The table of docs/bindings.md says what the smoke tests of the languages check, and the quick
start is there in each of them."""

import re
import subprocess

import pytest
from running import ENVIRONMENT, EXAMPLES, SECONDS, SOURCE, decode

PAGE = (SOURCE / "docs" / "bindings.md").read_text()
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in re.findall(r"^\|.*\|$", PAGE, re.MULTILINE)
]
LANGUAGES = ROWS[0][1:]
TABLE = {row[0]: dict(zip(LANGUAGES, row[1:])) for row in ROWS[2:]}
TESTED = [row for row in TABLE if row not in ("times", "any value in a queue")]
SMOKE = {"Lua": "lua/smoke.lua", "Ruby": "ruby/smoke.rb", "Perl": "perl/smoke.pl"}


@pytest.mark.parametrize("language", SMOKE)
@pytest.mark.parametrize("row", TESTED)
def test_smoke_test_of_every_entry(language, row):
    tests = (SOURCE / "tests" / SMOKE[language]).read_text()
    refused = TABLE[row][language] == "refused"
    assert refused or TABLE[row][language] == "yes"
    name = f"{row} is refused" if refused else row
    assert re.search(rf"""test ?\(["']{re.escape(name)}["']""", tests)


QUICK_STARTS = {
    "lua": ("lua", ["lua5.3", "-e", 'require "lgi"'], ["lua5.3"]),
    "rb": ("ruby", ["ruby", "-e", 'require "gio2"'], ["ruby"]),
    "pl": ("perl", ["perl", "-MGlib::Object::Introspection", "-e", "1"], ["perl"]),
}


@pytest.mark.parametrize("suffix", QUICK_STARTS)
def test_quick_start(suffix):
    _fence, probe, interpreter = QUICK_STARTS[suffix]
    try:
        subprocess.run(probe, check=True, capture_output=True, timeout=SECONDS)
    except (FileNotFoundError, subprocess.CalledProcessError):
        pytest.skip(f"{interpreter[0]} or its binding is not installed")
    command = [*interpreter, EXAMPLES / f"quickstart.{suffix}"]
    done = subprocess.run(command, capture_output=True, env=ENVIRONMENT, timeout=SECONDS)
    assert (done.returncode, decode(done.stdout), decode(done.stderr)) == (
        0,
        "The answer is 42\n",
        "",
    )


@pytest.mark.parametrize("suffix", QUICK_STARTS)
def test_quick_start_is_shown(suffix):
    fence = QUICK_STARTS[suffix][0]
    page = (SOURCE / "docs" / "quick-start.md").read_text()
    (block,) = re.findall(rf"^```{fence}\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    code = (EXAMPLES / f"quickstart.{suffix}").read_text()
    assert code.endswith("LGPL-2.1-or-later\n\n" + block)
