# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""What the benchmarks in Python print, and write as JSON in the same form as those in C."""

import json
import os
import platform

from gi.repository import GLib


def figure(value):
    """Three digits that count, never an exponent."""
    if value >= 99.95:
        return f"{value:.0f}"
    return f"{value:.1f}" if value >= 9.995 else f"{value:.2f}"


class Report:
    def __init__(self, path, benchmark, pass_name, anew):
        self._benchmark = benchmark
        self._pass = pass_name
        self._file = None if path is None else open(path, "w" if anew else "a", encoding="utf-8")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._file is not None:
            self._file.close()

    def _write(self, **fields):
        if self._file is not None:
            self._file.write(json.dumps({"benchmark": self._benchmark, **fields}) + "\n")
            self._file.flush()

    def heading(self):
        glib = f"{GLib.MAJOR_VERSION}.{GLib.MINOR_VERSION}.{GLib.MICRO_VERSION}"
        python = platform.python_version()
        n_cpus = len(os.sched_getaffinity(0))
        kernel = platform.release()
        print(f"{self._benchmark}: Python {python}, GLib {glib}, Linux {kernel}, {n_cpus} CPUs")
        self._write(kernel=kernel, cpus=n_cpus, glib=glib, python=python)

    def table(self, table, rows, rounds, quiet):
        own = next((figures for contestant, figures in rows if contestant.ours), None)
        print(f"\n{table.title} ({self._pass}, {rounds} rounds)")
        print(f"{'':40}{'ns':>10}{'least–most':>20}{'x ours' if own else '':>9}")
        for contestant, figures in rows:
            ratio = figures.median / own.median if own else None
            spread = f"{figure(figures.min)}–{figure(figures.max)}"
            print(
                f"{contestant.name:40}{figure(figures.median):>10}{spread:>20}"
                f"{'1' if figures is own else figure(ratio) if own else '':>9}"
            )
            self._write(
                **{"pass": self._pass},
                table=table.title,
                contestant=contestant.name,
                figure="ns",
                ours=contestant.ours,
                rounds=rounds,
                median=figures.median,
                min=figures.min,
                max=figures.max,
                ratio=ratio,
            )
        for factor, peer_name in table.goals:
            if quiet or factor < 1:
                self._goal(table, own, factor, peer_name, rows)
        print(end="", flush=True)

    def _goal(self, table, own, factor, peer_name, rows):
        peer = next((figures for each, figures in rows if each.name == peer_name), None)
        if own is None or (peer is None and peer_name is not None):
            return
        if peer is None:
            met = own.median <= factor
            goal, reached = f"at most {factor:g} ns", figure(own.median)
        else:
            times = peer.median / own.median
            met = times >= factor
            if factor >= 1:
                goal, reached = f"at least {factor:.3g} x better than {peer_name}", times
            else:
                goal, reached = f"at most {1 / factor:.3g} x that of {peer_name}", 1 / times
            reached = f"{figure(reached)} x"
        print(f"  goal: {goal}: {reached}, {'met' if met else 'NOT MET'}")
        self._write(
            **{"pass": self._pass},
            table=table.title,
            contestant=next(each.name for each, figures in rows if figures is own),
            figure="ns",
            goal=goal,
            reached=reached,
            met=met,
        )

    def others(self, n_cpus):
        if n_cpus > 0.1:
            print(
                f"  Other processes used {n_cpus * 100:.0f} % of a CPU meanwhile: measure again on "
                "an idle machine.",
                flush=True,
            )
        self._write(**{"pass": self._pass}, busy_cpus_of_others=n_cpus)
