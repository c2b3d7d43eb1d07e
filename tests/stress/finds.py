# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Runs a stress test of a library with a planted fault: finds.py FAULT COPY EXPECTED PROGRAM…

COPY is the source with the fault. The test passes if the program fails, and says what is EXPECTED:
a regular expression. It has some tries: on a machine that stands still for a while the program may
find that nobody gets on, and on one that is slow it may not come far enough.
"""

import re
import subprocess
import sys

PATIENCE_S = 100
TRIES = 5

fault, copy, expected, *program = sys.argv[1:]
with open(copy, encoding="utf-8") as source:
    gone = re.search(r'#define PLANT_IS_GONE "(.*)"', source.read())


def find():
    """Says why it was not found, or nothing."""
    if gone:
        return gone.group(1)
    try:
        run = subprocess.run(
            program, capture_output=True, text=True, timeout=PATIENCE_S, check=False
        )
    except subprocess.TimeoutExpired:
        return f"it went on for {PATIENCE_S} s"

    found = re.search(expected, run.stderr)
    if run.returncode == 0 or not found:
        print(re.sub("^", "# ", run.stdout + run.stderr, flags=re.MULTILINE))
        return "the program found nothing" if run.returncode == 0 else "the program found another"
    print(f"# {found.group(0)}")
    return None


for _ in range(TRIES):
    failure = find()
    if not failure:
        break
print("1..1")
print(f"not ok 1 {fault}: {failure}" if failure else f"ok 1 {fault}")
sys.exit(1 if failure else 0)
