# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Counts the tests in the logs of `meson test`: summary.py STATUS testlog.json…

A program that reports in TAP counts for each of its tests, any other for one. A program that failed
as a whole (it crashed, hung, ended early or leaked) counts as one more failure, unless one of its
tests has failed already. What a failed test in TAP said of itself, which Meson does not print, is
shown. Succeeds if there were tests and none failed, `meson test` included.

Where STATUS is `late`, there was no time for all of them: a program that was ended for that is one
that was skipped, unless it had run for so long by then that it hung.
"""

import json
import re
import sys
from collections import Counter

TAP_PLAN = re.compile(r"^1\.\.\d+", re.MULTILINE)
TAP_TEST = re.compile(r"^( *)(not )?ok\b[^#\n]*(?:# *(SKIP|TODO))?", re.IGNORECASE | re.MULTILINE)

# So many lines before a failed test are shown.
COMMENTS = 20

# No program runs for so many seconds that does not hang.
HANGS = 600


def count_tap(output):
    count = Counter()
    depth = 0
    for indent, failed, directive in TAP_TEST.findall(output):
        # A test that is less indented than the one before it only closes a group of tests.
        if len(indent) >= depth:
            count["skipped" if directive else "failed" if failed else "passed"] += 1
        depth = len(indent)
    return count


def count_program(result, output):
    count = count_tap(output) if TAP_PLAN.search(output) else Counter()
    if result == "SKIP" and not count:
        count["skipped"] = 1
    elif result == "OK" and not count:
        count["passed"] = 1
    elif result not in ("OK", "SKIP") and not count["failed"]:
        count["failed"] = 1
    return count


def print_failures(name, output):
    """Prints each failed test with the comments around it: GLib's come before, pytest's after."""
    comments = []
    shown = False
    for line in output.splitlines():
        if TAP_TEST.match(line):
            shown = line.lstrip().startswith("not ok") and "# TODO" not in line
            if shown:
                print(f"\n{name}: {line.strip()}", *comments, sep="\n")
            comments = []
        elif shown:
            print(line)
        else:
            comments = [*comments, line][-COMMENTS:]


def main(status, *paths):
    total = Counter()
    is_late = status == "late"
    for path in paths:
        try:
            with open(path, encoding="utf-8") as log:
                for program in map(json.loads, log):
                    output = program.get("stdout", "")
                    if is_late and program["result"] == "INTERRUPT" and program["duration"] < HANGS:
                        count = count_tap(output) + Counter(skipped=1)
                    else:
                        count = count_program(program["result"], output)
                    total += count
                    if program["result"] not in ("OK", "SKIP") and (count["failed"] or not is_late):
                        print_failures(program["name"], output)
        except FileNotFoundError:
            pass

    if is_late and not total["skipped"]:
        total["skipped"] = 1
    if status != "0" and not is_late and not total["failed"]:
        total["failed"] = 1
    skipped = f", {total['skipped']} skipped" if total["skipped"] else ""
    print(f"{total['passed']} passed, {total['failed']} failed{skipped}")
    return 0 if (total["passed"] or is_late) and not total["failed"] else 1


sys.exit(main(*sys.argv[1:]))
