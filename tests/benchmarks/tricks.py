#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Measures what each trick of the library gains: the same benchmark with it and without it.

    tests/benchmarks/tricks.py _build [--json=FILE] [--rounds=N] [--only=TEXT] [--pin=one]
    tests/benchmarks/tricks.py --check      only looks whether the list still fits the source

Whatever in the library is there for speed alone is listed in trick_list.py, with a way to do
without it. Each is taken out of a copy of the library in its turn; with and without it a benchmark
runs alternately. A trick that gains nothing that is to be seen there is one too many.
"""

import argparse
import json
import os
import re
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from trick_list import TRICKS

SOURCE = Path(__file__).resolve().parents[2] / "threaded-async"
LIBRARY = "libthreaded-async-1.so.0"
TARGET = f"threaded-async/{LIBRARY}.0.0"


def plant(text, line, instead):
    """Puts something in place of a line, which may be broken otherwise."""
    pattern = r"\s*".join(map(re.escape, line.split()))
    text, times = re.subn(pattern, lambda match: instead, text)
    if times != 1:
        sys.exit(f"trick_list.py has to be renewed: {times} times in the source: {line}")
    return text


def take_out(trick):
    """Returns the files that change, without the trick."""
    files = {name: (SOURCE / name).read_text(encoding="utf-8") for name, _, _ in trick.changes}
    for name, line, instead in trick.changes:
        files[name] = plant(files[name], line, instead)
    return files


class Build:
    def __init__(self, folder):
        self.folder = Path(folder).resolve()
        commands = subprocess.run(
            ["ninja", "-C", self.folder, "-t", "commands", TARGET],
            stdout=subprocess.PIPE,
            check=True,
            text=True,
        ).stdout.splitlines()
        self.commands = [shlex.split(line) for line in commands if " -o " in line]

    def make_without(self, trick, copy):
        """Builds the library in the folder @copy; what is not changed is taken as it is."""
        shutil.copytree(SOURCE, copy, ignore=lambda folder, names: set(names) - sources(names))
        for name, text in take_out(trick).items():
            (copy / name).write_text(text, encoding="utf-8")

        changed = {name for name, _, _ in trick.changes}
        objects = {}
        for command in self.commands:
            source = SOURCE / Path(next((word for word in command if word.endswith(".c")), "")).name
            if "-c" not in command or not (copy / source.name).is_file():
                continue
            included = set(re.findall(r'#include "(.*)"', source.read_text(encoding="utf-8")))
            if not ({source.name} | included) & changed:
                continue
            made = command[command.index("-o") + 1]
            objects[made] = str(copy / (source.stem + ".o"))
            renamed = {made: objects[made], command[-1]: str(copy / source.name)}
            self._run([renamed.get(word, word) for word in command if word != "-Werror"] + ["-w"])

        link = next(each for each in self.commands if each[each.index("-o") + 1] == TARGET)
        renamed = {**objects, TARGET: str(copy / LIBRARY)}
        self._run([renamed.get(word, word) for word in link])

    def _run(self, command):
        subprocess.run(command, cwd=self.folder, check=True)

    def measure(self, trick, library):
        """One turn of a benchmark, with the library in this folder; returns its figure."""
        environment = {**os.environ, "LD_LIBRARY_PATH": str(library)}
        with tempfile.NamedTemporaryFile("r", encoding="utf-8") as file:
            program = self.folder / "tests" / "benchmarks" / f"bench-{trick.benchmark}"
            subprocess.run(
                [program, f"--pass={trick.run}", f"--only={trick.contestant}", "--rounds=1"]
                + [f"--json={file.name}"],
                stdout=subprocess.DEVNULL,
                env=environment,
                check=True,
            )
            for entry in map(json.loads, file):
                if "rounds" not in entry or not entry["table"].startswith(trick.table):
                    continue
                if (entry["contestant"], entry["figure"]) == (trick.contestant, trick.figure):
                    return entry["median"]
        sys.exit(f"{program.name} has not measured {trick.contestant}, {trick.figure}")


def sources(names):
    return {name for name in names if name.endswith((".c", ".h"))}


def start_hog(cpu):
    hog = subprocess.Popen([sys.executable, "-S", "-c", "while True:\n    pass"])
    os.sched_setaffinity(hog.pid, [cpu])
    return hog


def compare(build, trick, rounds):
    """Returns the figures with the trick, and those without it."""
    with_it, without = [], []
    hog = None
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, "copy")
        build.make_without(trick, copy)
        if trick.beside_hog:
            hog = start_hog(min(os.sched_getaffinity(0)))
        try:
            for _ in range(rounds):
                with_it.append(build.measure(trick, build.folder / "threaded-async"))
                without.append(build.measure(trick, copy))
        finally:
            if hog is not None:
                hog.kill()
                hog.wait()
    return with_it, without


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", nargs="?", help="a build of this, with its benchmarks")
    parser.add_argument("--check", action="store_true", help="only look at the source")
    parser.add_argument("--json", metavar="FILE", help="also write JSON, an object a line")
    parser.add_argument("--rounds", type=int, help="how often each runs")
    parser.add_argument("--quick", action="store_true", help="only see that everything works")
    parser.add_argument("--only", default="", metavar="TEXT", help="only those with this in them")
    parser.add_argument("--pin", choices=["one", "two"], help="only those on one CPU, or on two")
    options = parser.parse_args()

    if options.check or options.build is None:
        for trick in TRICKS:
            take_out(trick)
        print(f"{len(TRICKS)} tricks are where the list says.")
        return

    build = Build(options.build)
    rounds = options.rounds or (1 if options.quick else 5)
    n_cpus = len(os.sched_getaffinity(0))
    print(f"{'':64}{'with':>10}{'without':>10}{'gain':>8}")
    with open(options.json or os.devnull, "a", encoding="utf-8") as file:
        for trick in TRICKS:
            if options.only not in trick.name or (trick.run.startswith("two") and n_cpus < 2):
                continue
            if options.pin and trick.run.startswith("two") != (options.pin == "two"):
                continue
            with_it, without = compare(build, trick, rounds)
            median, other = statistics.median(with_it), statistics.median(without)
            print(f"{trick.name:64}{median:10.2f}{other:10.2f}{other / median:7.2f}x", flush=True)
            entry = {
                "benchmark": "tricks",
                "trick": trick.name,
                "source": trick.changes[0][0],
                "measured": f"{trick.contestant}, {trick.figure} ({trick.benchmark}, {trick.run})",
                "with": median,
                "without": other,
                "with_spread": [min(with_it), max(with_it)],
                "without_spread": [min(without), max(without)],
            }
            file.write(json.dumps(entry) + "\n")
            file.flush()


if __name__ == "__main__":
    main()
