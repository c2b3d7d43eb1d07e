# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Says what of the library no test has run, and why: uncovered.py COVERAGE REASONS

COVERAGE is what `gcovr --json` has written, and beside it is the summary, as summary.json. REASONS
has lines `file: function: reason`, with patterns of files and functions; the first that fits is
taken. Fails if there is something without a reason, or less than what is asked of lines and
branches. Whether what is for races is run is chance: so there may be a reason for what has been
run this time.
"""

import json
import os
import sys
from fnmatch import fnmatchcase

LINES_PERCENT = 95
BRANCHES_PERCENT = 85


def read_reasons(path):
    with open(path, encoding="utf-8") as lines:
        return [line.strip().split(": ", 2) for line in lines if line.strip() and line[0] != "#"]


def find_reason(reasons, file, function):
    for files, functions, reason in reasons:
        if fnmatchcase(file, files) and fnmatchcase(function, functions):
            return reason
    return None


def find_missing(files):
    """The lines that were not run, by file and function."""
    missing = {}
    for file in files:
        functions = sorted((f["lineno"], f["name"]) for f in file["functions"])
        for line in file["lines"]:
            if line["count"] or line.get("gcovr/noncode") or line.get("gcovr/excluded"):
                continue
            before = [name for start, name in functions if start <= line["line_number"]]
            where = (file["file"].rsplit("/", 1)[-1], before[-1] if before else "-")
            missing.setdefault(where, set()).add(line["line_number"])
    return missing


def main(coverage, reasons):
    reasons = read_reasons(reasons)
    with open(coverage, encoding="utf-8") as file:
        missing = find_missing(json.load(file)["files"])
    with open(os.path.join(os.path.dirname(coverage), "summary.json"), encoding="utf-8") as file:
        summary = json.load(file)

    unexplained = 0
    for (file, function), numbers in sorted(missing.items()):
        reason = find_reason(reasons, file, function)
        unexplained += reason is None
        places = ", ".join(map(str, sorted(numbers)))
        print(f"{file}: {function}: {places}: {reason or 'THERE IS NO REASON'}")

    lines, branches = summary["line_percent"], summary["branch_percent"]
    print(f"lines: {lines} % of {summary['line_total']}, at least {LINES_PERCENT} % are asked")
    print(f"branches: {branches} % of {summary['branch_total']}, at least {BRANCHES_PERCENT} %")
    print(f"{unexplained} functions have lines that no test runs, and no reason")
    return unexplained or lines < LINES_PERCENT or branches < BRANCHES_PERCENT


sys.exit(1 if main(*sys.argv[1:]) else 0)
