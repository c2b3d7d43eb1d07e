#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Makes docs/performance.md, and its plots, of what tests/benchmarks/run has measured.

    tests/benchmarks/page.py figures.json [--libdex=other.json] [docs]

The other file has what was measured where libdex is installed, if that is another system. Every
goal is printed, with whether it is met.
"""

import argparse
import html
import json
import re
import sys
from pathlib import Path

from page_charts import CHARTS, INTRODUCTION, LIBDEX, REPEAT, TRICKS
from page_limits import find_limit, write_limits

COLOUR_OURS, COLOUR_PEER, COLOUR_LIMIT = "#1a5fb4", "#c0bfbc", "#deddda"
LABEL, BAR, VALUE, LINE, HEADING, MARGIN = 300, 380, 90, 22, 30, 10


def figure(value):
    """Three digits that count, never an exponent."""
    if value == 0:
        return "0"
    if abs(value) >= 99.5:
        return f"{value:,.0f}"
    if abs(value) >= 9.95:
        return f"{value:.1f}"
    return f"{value:.2f}" if abs(value) >= 0.01 else f"{value:.1g}"


def starts_with(title, words):
    """Whether a title begins with these words, and not with others that begin like them."""
    return re.match(re.escape(words) + r"(?!\w)", title) is not None


class Figures:
    """What was measured: rows by benchmark, pass, table and figure; goals; and the machine."""

    def __init__(self, path):
        self.rows = {}
        self.goals = []
        self.tricks = []
        self.machines = {}
        self.busy = 0.0
        for line in Path(path).read_text(encoding="utf-8").splitlines():
            entry = json.loads(line)
            if "goal" in entry:
                self.goals.append(entry)
            elif "trick" in entry:
                self.tricks.append(entry)
            elif "contestant" in entry:
                key = (entry["benchmark"], entry["pass"], entry["table"], entry["figure"])
                self.rows.setdefault(key, []).append(entry)
            elif "kernel" in entry:
                self.machines = {**entry, **self.machines}
            elif "busy_cpus_of_others" in entry:
                self.busy = max(self.busy, entry["busy_cpus_of_others"])

    def find(self, group):
        """Returns the rows of the first table that is meant, whose title may only begin so."""
        for (benchmark, name, table, column), rows in self.rows.items():
            if (benchmark, name, column) == (group.benchmark, group.run, group.figure):
                if starts_with(table, group.table):
                    return rows
        return []

    def find_row(self, place):
        """Returns one row, or None."""
        for (benchmark, name, table, column), rows in self.rows.items():
            if (benchmark, name, column) == (place.benchmark, place.run, place.column):
                if starts_with(table, place.table):
                    for row in rows:
                        if row["contestant"] == place.contestant:
                            return row
        return None

    def find_one(self, place):
        """Returns the median of one row, or None."""
        row = self.find_row(place)
        return None if row is None else row["median"]

    def find_spread(self, goal):
        """Returns the least and the most of what a goal is about, which is its row."""
        for row in self.rows[goal["benchmark"], goal["pass"], goal["table"], goal["figure"]]:
            if row["contestant"] == goal["contestant"]:
                return f"{figure(row['min'])}–{figure(row['max'])}"
        return ""

    def find_goals(self, chart):
        tables = {(group.benchmark, group.run, group.table) for group in chart.groups}
        return [
            goal
            for goal in self.goals
            if any(
                (goal["benchmark"], goal["pass"]) == (benchmark, name)
                and starts_with(goal["table"], table)
                for benchmark, name, table in tables
            )
        ]


def draw(groups):
    """Returns an SVG with a bar for each row of each group; the same scale within a group."""
    parts = []
    y = MARGIN
    for title, unit, rows in groups:
        y += HEADING
        parts.append(
            f'<text x="{MARGIN}" y="{y - 10}" font-weight="bold">'
            f"{html.escape(title)} ({html.escape(unit)})</text>"
        )
        longest = max(row["median"] for row in rows) or 1
        for row in rows:
            colour = COLOUR_OURS if row["ours"] else COLOUR_PEER
            if row["contestant"].startswith("limit"):
                colour = COLOUR_LIMIT
            width = max(1, row["median"] / longest * BAR)
            weight = ' font-weight="bold"' if row["ours"] else ""
            parts.append(
                f'<text x="{LABEL}" y="{y + 14}" text-anchor="end"{weight}>'
                f"{html.escape(row['contestant'])}</text>"
                f'<rect x="{LABEL + 8}" y="{y + 3}" width="{width:.1f}" height="{LINE - 7}" '
                f'fill="{colour}"/>'
                f'<text x="{LABEL + 14 + width:.1f}" y="{y + 14}"{weight}>'
                f"{figure(row['median'])}</text>"
            )
            y += LINE
    height = y + MARGIN
    width = LABEL + BAR + VALUE
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">\n'
        f'<rect width="{width}" height="{height}" fill="white"/>\n'
        + "\n".join(parts)
        + "\n</svg>\n"
    )


def cell(text):
    return text.replace("|", "\\|")


def write_table(rows):
    own = next((row for row in rows if row["ours"]), None)
    yield "| | median | least–most | x ours |"
    yield "| --- | ---: | ---: | ---: |"
    for row in rows:
        ratio = ""
        if own is not None and own["median"]:
            ratio = f"{figure(row['median'] / own['median'])} x"
        name = f"**{cell(row['contestant'])}**" if row["ours"] else cell(row["contestant"])
        spread = f"{figure(row['min'])}–{figure(row['max'])}"
        yield f"| {name} | {figure(row['median'])} | {spread} | {ratio} |"


def write_goals(goals, figures):
    yield "| What | Goal | Reached | least–most | |"
    yield "| --- | --- | ---: | ---: | --- |"
    for goal in goals:
        what = f"{goal['contestant']}, {goal['figure']} ({goal['table']}; {goal['pass']})"
        met = "met" if goal["met"] else "**not met**"
        spread = figures.find_spread(goal)
        yield f"| {cell(what)} | {cell(goal['goal'])} | {goal['reached']} | {spread} | {met} |"


def write_tricks(figures):
    """What is there for speed alone."""
    if not figures.tricks:
        return
    yield TRICKS
    yield ""
    yield "| What | Where | Measured | with | without | gain |"
    yield "| --- | --- | --- | ---: | ---: | ---: |"
    for trick in figures.tricks:
        gain = f"{figure(trick['without'] / trick['with'])} x"
        yield (
            f"| {cell(trick['trick'])} | {trick['source']} | {cell(trick['measured'])} "
            f"| {figure(trick['with'])} | {figure(trick['without'])} | {gain} |"
        )
    yield ""


def write_section(chart, figures, folder):
    groups = [(group.title, group.figure, figures.find(group)) for group in chart.groups]
    groups = [group for group in groups if group[2]]
    image = folder / f"performance-{chart.slug}.svg"

    yield f"## {chart.title}"
    yield ""
    yield chart.text
    yield ""
    if not groups:
        image.write_text(draw([]), encoding="utf-8")
        yield "Not measured."
        yield ""
        return

    image.write_text(draw(groups), encoding="utf-8")
    yield f"![{chart.title}]({image.name})"
    yield ""
    for title, unit, rows in groups:
        yield f"{title}, in {unit}:"
        yield ""
        yield from write_table(rows)
        yield ""
    goals = figures.find_goals(chart)
    if goals:
        yield from write_goals(goals, figures)
        yield ""


def write_libdex(figures):
    """What was reached beside libdex on another system."""
    goals = [goal for goal in figures.goals if "libdex" in goal["goal"]]
    if not goals:
        return
    yield LIBDEX.format(glib=figures.machines.get("glib"))
    yield ""
    yield from write_goals(goals, figures)
    yield ""


def write_page(figures, libdex, folder):
    machine = figures.machines
    met = sum(goal["met"] for goal in figures.goals)
    yield "Title: Performance"
    yield "Slug: performance"
    yield ""
    yield "<!--"
    yield "SPDX-FileCopyrightText: 2026 The threaded-async developers"
    yield "SPDX-License-Identifier: LGPL-2.1-or-later"
    yield ""
    yield "Made by tests/benchmarks/page.py: do not edit."
    yield "-->"
    yield ""
    yield "# Performance"
    yield ""
    yield INTRODUCTION
    yield ""
    python = f", Python {machine['python']}" if "python" in machine else ""
    yield (
        f"These were measured with GLib {machine.get('glib')}{python} on Linux\n"
        f"{re.sub('-.*', '', machine.get('kernel', ''))} with {machine.get('cpus')} CPUs. "
        f"Of {len(figures.goals)} goals, {met} are met."
    )
    if libdex is not None:
        met = sum(goal["met"] for goal in libdex.goals)
        yield (
            f"With GLib {libdex.machines.get('glib')}, and libdex, it is {met} of "
            f"{len(libdex.goals)}, without Python."
        )
    if figures.busy > 0.1:
        yield ""
        yield (
            f"Other processes used up to {figures.busy * 100:.0f} % of a CPU meanwhile, so the\n"
            "figures are worse than they could be, and the ratios uncertain."
        )
    yield ""
    for chart in CHARTS:
        yield from write_section(chart, figures, folder)
    if libdex is not None:
        yield from write_libdex(libdex)
    systems = [figures] if libdex is None else [figures, libdex]
    yield from write_limits(systems, figure, write_goals)
    yield from write_tricks(figures)
    yield REPEAT


def print_goals(figures):
    """For whoever measures: all goals, and of those that are not met where the page says why."""
    print(f"GLib {figures.machines.get('glib')}:")
    for goal in figures.goals:
        limit = find_limit(goal)
        why = f": see “{limit.title}”" if limit else ", and NOTHING SAYS WHY"
        print(
            f"  {'met    ' if goal['met'] else 'NOT MET'} {goal['benchmark']}, {goal['pass']}, "
            f"{goal['table']}: {goal['contestant']}, {goal['figure']}: {goal['goal']}: "
            f"{goal['reached']}{'' if goal['met'] else why}"
        )
    print(f"  {sum(goal['met'] for goal in figures.goals)} of {len(figures.goals)} are met.")
    for trick in figures.tricks:
        if trick["without"] <= trick["with"]:
            print(
                f"  NO GAIN {trick['trick']}: {trick['with']:g} with, {trick['without']:g} without"
            )


def read_figures(path):
    figures = Figures(path)
    if not figures.rows:
        sys.exit(f"{path} has no figures")
    return figures


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("figures", help="what tests/benchmarks/run has written")
    parser.add_argument("--libdex", help="the same, from a system that has libdex")
    parser.add_argument("docs", nargs="?", type=Path, help="where to write")
    options = parser.parse_args()
    folder = options.docs or Path(__file__).resolve().parents[2] / "docs"
    figures = read_figures(options.figures)
    libdex = read_figures(options.libdex) if options.libdex else None
    page = folder / "performance.md"
    for each in [figures] if libdex is None else [figures, libdex]:
        print_goals(each)
    page.write_text("\n".join(write_page(figures, libdex, folder)) + "\n", encoding="utf-8")
    print(f"wrote {page}, and {len(CHARTS)} plots beside it")


main()
