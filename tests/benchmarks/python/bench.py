# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""What the benchmarks in Python have in common with those in C.

Contestants take turns, so that a change of the machine's mood meets all of them; what counts is the
median of the turns. Figures of one run only can be compared.
"""

import argparse
import gc
import os
import statistics
import subprocess
import sys
import time

from report import Report

HOG = "while True:\n    pass"


class Pass:
    """A way to run the tables: in a process of its own, on some of the CPUs."""

    def __init__(self, name, n_cpus, has_hogs=False):
        self.name = name
        self.n_cpus = n_cpus
        self.has_hogs = has_hogs


PASSES = [
    Pass("one-cpu", 1),
    Pass("two-cpus", 2),
    Pass("two-cpus-hogs", 2, has_hogs=True),
]


class Table:
    """One thing to do, which contestants with a method of this name can do."""

    def __init__(self, method, title, n, quick_n, goals=()):
        self.method = method
        self.title = title
        self.n = n
        self.quick_n = quick_n
        # Of (factor, name of a peer): so much faster; or with None: so many ns at most.
        self.goals = goals


class Figures:
    """The turns of one contestant at one table."""

    def __init__(self, turns):
        self.median = statistics.median(turns)
        self.min = min(turns)
        self.max = max(turns)


def parse(description, add_options):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("-q", "--quick", action="store_true", help="take fewer and shorter turns")
    parser.add_argument("-r", "--rounds", type=int, help="how many turns each contestant takes")
    parser.add_argument("--json", metavar="FILE", help="also write JSON, an object a line")
    parser.add_argument("--pin", choices=["one", "two"], help="only passes on one CPU, or on two")
    parser.add_argument("--hogs", action="store_true", help="only beside two busy processes")
    parser.add_argument("--only", metavar="TEXT", help="only contestants with this in the name")
    parser.add_argument("--table", metavar="TEXT", help="only tables with this in the name")
    parser.add_argument("--pass", dest="run_pass", metavar="NAME", help="run this pass here")
    add_options(parser)
    options = parser.parse_args()
    if options.rounds is None:
        options.rounds = 3 if options.quick else 7
    return options


def is_wanted(candidate, options):
    if options.hogs:
        return candidate.has_hogs
    if options.pin is not None:
        return not candidate.has_hogs and candidate.n_cpus == ("one", "two").index(options.pin) + 1
    return True


def take_turn(contestant, method, n):
    """Nanoseconds for each of n; None if the contestant does not do this."""
    with contestant as ready:
        run = getattr(ready, method, None)
        if run is None:
            return None
        run(max(n // 20, 1))
        gc.collect()
        begun = time.perf_counter_ns()
        run(n)
        spent = time.perf_counter_ns() - begun
        # Some measure a part of it, and the rest is to prepare that.
        return getattr(ready, "measured_ns", spent) / n


def run_tables(tables, contestants, options, report, is_quiet):
    for table in tables:
        if options.table is not None and options.table not in table.title:
            continue
        n = table.quick_n if options.quick else table.n
        turns = {}
        for _ in range(options.rounds):
            for contestant in contestants:
                if options.only is not None and options.only not in contestant.name:
                    continue
                turn = take_turn(contestant(), table.method, n)
                if turn is not None:
                    turns.setdefault(contestant, []).append(turn)
        rows = [(contestant, Figures(taken)) for contestant, taken in turns.items()]
        report.table(table, rows, options.rounds, quiet=is_quiet)


def machine_cpu_ns():
    with open("/proc/stat", encoding="ascii") as file:
        fields = [int(field) for field in file.readline().split()[1:9]]
    # Without what is idle, or waits for a disk.
    busy = sum(fields) - fields[3] - fields[4]
    return busy * 1_000_000_000 // os.sysconf("SC_CLK_TCK")


def start_hog(cpu):
    # An ordinary neighbour, also of a benchmark that has a priority of its own.
    hog = subprocess.Popen([sys.executable, "-S", "-c", HOG])
    os.sched_setscheduler(hog.pid, os.SCHED_OTHER, os.sched_param(0))
    os.sched_setaffinity(hog.pid, [cpu])
    return hog


def run_here(name, which, tables, contestants, options):
    cpus = sorted(os.sched_getaffinity(0))[: which.n_cpus]
    os.sched_setaffinity(0, cpus)
    hogs = []
    try:
        if which.has_hogs:
            hogs = [start_hog(cpu) for cpu in cpus]
        with Report(options.json, name, which.name, anew=False) as report:
            begun, others = time.perf_counter_ns(), machine_cpu_ns() - time.process_time_ns()
            # The goals are for this; elsewhere there is one for what it may cost to look for work.
            is_quiet = which.n_cpus == 2 and not which.has_hogs
            run_tables(tables, contestants, options, report, is_quiet)
            others = machine_cpu_ns() - time.process_time_ns() - others
            if not which.has_hogs:
                report.others(others / (time.perf_counter_ns() - begun))
    finally:
        for hog in hogs:
            hog.kill()
            hog.wait()


def run_in_child(which):
    # Bound to its CPUs from the beginning: the library looks once how many there are.
    command = [sys.executable, "-B", *sys.argv, f"--pass={which.name}"]
    return subprocess.run(command, check=False).returncode == 0


def main(name, description, tables, make_contestants, add_options=lambda parser: None):
    """Runs a benchmark as its command line says."""
    options = parse(description, add_options)
    if options.run_pass is not None:
        which = next(each for each in PASSES if each.name == options.run_pass)
        run_here(name, which, tables, make_contestants(options), options)
        return

    with Report(options.json, name, None, anew=True) as report:
        report.heading()
    n_cpus = len(os.sched_getaffinity(0))
    failed = False
    for which in PASSES:
        if not is_wanted(which, options):
            continue
        if which.n_cpus > n_cpus:
            print(f"\nPass {which.name} is left out: it needs {which.n_cpus} CPUs.", flush=True)
            continue
        failed = not run_in_child(which) or failed
    sys.exit(failed)
