# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Says what of the library no test has run, and why: uncovered.py COVERAGE REASONS

COVERAGE is what `gcovr --json` has written. In REASONS there are lines `file.c: function: reason`,
with * for any function of a file. Fails if there is something without a reason, or less than what
is asked of lines and branches. Whether what is for races is run is chance: so there may be a reason
for what has been run this time.
"""

import json
import sys

LINES_PERCENT = 95
BRANCHES_PERCENT = 85


def read_reasons(path):
    reasons = {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            if line.strip() and not line.startswith("#"):
                file, function, reason = line.strip().split(": ", 2)
                reasons[file, function] = reason
    return reasons


def percent(counts):
    return 100 * sum(1 for count in counts if count) / max(len(counts), 1)


def main(coverage, reasons):
    reasons = read_reasons(reasons)
    with open(coverage, encoding="utf-8") as file:
        files = json.load(file)["files"]

    lines, branches, missing = [], [], {}
    for file in files:
        functions = sorted((f["lineno"], f["name"]) for f in file["functions"])
        for line in file["lines"]:
            if line.get("gcovr/noncode") or line.get("gcovr/excluded"):
                continue
            lines.append(line["count"])
            branches += [branch["count"] for branch in line["branches"]]
            if line["count"] == 0:
                before = [name for start, name in functions if start <= line["line_number"]]
                where = (file["file"].rsplit("/", 1)[-1], before[-1] if before else "*")
                missing.setdefault(where, []).append(line["line_number"])

    unexplained = 0
    for (file, function), numbers in sorted(missing.items()):
        reason = reasons.get((file, function)) or reasons.get((file, "*"))
        unexplained += reason is None
        places = ", ".join(map(str, sorted(set(numbers))))
        print(f"{file}: {function}: {places}: {reason or 'THERE IS NO REASON'}")

    for what, counts, least in (
        ("lines", lines, LINES_PERCENT),
        ("branches", branches, BRANCHES_PERCENT),
    ):
        print(f"{what}: {percent(counts):.1f} % of {len(counts)}, at least {least} % are asked")
    print(f"{unexplained} functions have lines that no test runs, without a reason")
    return unexplained or percent(lines) < LINES_PERCENT or percent(branches) < BRANCHES_PERCENT


sys.exit(1 if main(*sys.argv[1:]) else 0)
