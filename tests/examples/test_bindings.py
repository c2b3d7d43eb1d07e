# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""The table of docs/bindings.md says what the smoke tests of the languages check."""

import re

import pytest
from running import SOURCE

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
