# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""What the page on performance shows, and says."""

from collections import namedtuple

Chart = namedtuple("Chart", ["slug", "title", "text", "groups"])
# The rows of one table: the pass of a benchmark, how the title begins, and which column.
Group = namedtuple("Group", ["title", "benchmark", "run", "table", "figure"])

INTRODUCTION = """\
What this library costs, beside what else there is for the same job: what GLib offers, libdex
where it is installed, what Python's own library offers, and the limit that the kernel sets.
Short bars are good; ours are blue.

The contestants take turns in one process, bound to their CPUs, and each figure is the median of
its turns. Only ratios within one table mean anything on another machine: most of these figures
are how long it takes to wake a CPU that sleeps, which on virtual machines is 30 to 50 µs, and
elsewhere less."""

LIBDEX = """\
## Beside libdex

Measured on another system, which has libdex, with GLib {glib}: what is asked of this library there,
and what is reached."""

TRICKS = """\
## What each trick gains

What is in the library for speed alone is in few places, and is explained where it stands. Each of
it was taken out of a copy of the library, and a benchmark ran with and without it in turns, as
`tests/benchmarks/tricks.py` does: so many times as long, or as dear, it is without."""

REPEAT = """\
## How to repeat it

On a machine that has nothing else to do:

```sh
meson setup _build && meson compile -C _build
tests/benchmarks/run _build figures.json
tests/benchmarks/page.py figures.json
```

The second command takes some minutes and prints all tables, with everything that is left out
here; the third writes this page. With `--c` after the figures the second leaves out Python, and
with `--libdex=other.json` the third takes in what was measured so on a system that has libdex.
`tests/benchmarks/bench.h` says what else the programs can do. With `--original=DIR`
`tests/benchmarks/python/package.py` measures the package `threaded_async` beside the older
library of this name, where its sources are at hand; elsewhere `run_coroutine_threadsafe()` stands
for it.

How many instructions each operation takes does not depend on the machine: see
[Speed](contributing.html#speed)."""

APART = "two-cpus-apart"
BACK_TO_BACK = "Round trip, back to back"
UNBOUNDED = "One producer, no capacity"
SEVERAL = "Several producers"
SPAWN = "Spawn many tasks"
WAITS = "Many pending waits"

PYTHON = [
    ("ping-pong", "A round trip through two queues"),
    ("thread to coroutine", "An item from a thread to a coroutine"),
    ("coroutine to thread", "An item from a coroutine to a thread"),
    ("spawn", "A coroutine is sent to a loop, and waited for"),
    ("sleep(0)", "await asyncio.sleep(0)"),
    ("start and stop", "A loop is started and stopped"),
    ("requests of one client", "A request to a server"),
]

CHARTS = [
    Chart(
        "round-trip",
        "A round trip",
        """\
A thread asks a loop in another thread, and blocks until it has the answer. Back to back on two
CPUs neither side goes to sleep, so nobody has to be woken: both look for a while first whether
something comes. With 100 µs between them this pays only in part. On one CPU it would never pay,
and is not done. [property@Runner:max-spin] turns it off.""",
        [
            Group("Both on one CPU", "round-trip", "one-cpu", BACK_TO_BACK, "µs"),
            Group("On two CPUs", "round-trip", "two-cpus", BACK_TO_BACK, "µs"),
            Group(
                "Two CPUs, 100 µs apart", "round-trip", "two-cpus-apart", "Round trip", "median µs"
            ),
            Group("The same, CPU time", "round-trip", "two-cpus-apart", "Round trip", "CPU µs"),
        ],
    ),
    Chart(
        "throughput",
        "From a thread to a loop",
        """\
One thread puts as fast as it can, without a limit; a loop takes. An item in a [class@Queue]
wakes nobody unless the loop sleeps, which it does not while there is something to take.""",
        [
            Group("Two CPUs", "queue", "two-cpus", UNBOUNDED, "ns an item"),
            Group("One CPU", "queue", "one-cpu", UNBOUNDED, "ns an item"),
            Group("System calls to wake, for each item", "queue", "two-cpus", UNBOUNDED, "writes"),
        ],
    ),
    Chart(
        "fan-in",
        "From many threads to one",
        "Several threads put at the same time.",
        [
            Group("Two CPUs", "queue", "fan-in-two-cpus", SEVERAL, "ns an item"),
            Group("One CPU", "queue", "fan-in-one-cpu", SEVERAL, "ns an item"),
        ],
    ),
    Chart(
        "bounded",
        "A queue with a limit",
        """\
The thread has to wait while the queue is full. A put that waits leaves its item in the queue, so
that each time somebody is woken, all that fits and one more has been carried.""",
        [
            Group(
                f"Capacity {n}, one CPU",
                "queue",
                "bounded-one-cpu",
                f"One producer, capacity {n}",
                "ns an item",
            )
            for n in [1, 10, 1024]
        ],
    ),
    Chart(
        "spawn",
        "Tasks",
        "100,000 tasks are sent to a runner; each has a result that can be waited for.",
        [
            Group("One CPU", "spawn", "one-cpu", SPAWN, "ns a task"),
            Group("Two CPUs", "spawn", "two-cpus", SPAWN, "ns a task"),
        ],
    ),
    Chart(
        "waiters",
        "Many who wait",
        "100,000 waits are pending in a loop, and another thread ends all of them.",
        [
            Group("To end one, one CPU", "waiters", "one-cpu", WAITS, "resolve ns"),
            Group("To end one, two CPUs", "waiters", "two-cpus", WAITS, "resolve ns"),
            Group("To begin one", "waiters", "one-cpu", WAITS, "create ns"),
            Group("System calls to wake, for each", "waiters", "two-cpus", WAITS, "writes"),
        ],
    ),
    Chart(
        "timers",
        "Timers",
        """\
What one turn of a loop costs while so many sleeps or timed waits are pending that are not due. A
context has one source for all of them.""",
        [
            Group("10,000 pending", "timers", "one-cpu", "A turn with 10,000 timers", "µs a turn"),
            Group(
                "100,000 pending", "timers", "one-cpu", "A turn with 100,000 timers", "µs a turn"
            ),
            Group("To begin one", "timers", "one-cpu", "A turn with 10,000 timers", "create ns"),
        ],
    ),
    Chart(
        "requests",
        "Requests to a server",
        "A client in a runner asks, and the server's thread answers when it chooses to.",
        [
            Group("One CPU", "requests", "one-cpu", "Requests", "µs"),
            Group("Two CPUs", "requests", "two-cpus", "Requests", "µs"),
        ],
    ),
    Chart(
        "memory",
        "Memory",
        "What is allocated for each that is pending.",
        [
            Group("A task", "spawn", "heap", "Heap for each outstanding task", "bytes"),
            Group("A wait", "waiters", "heap", "Heap for each pending wait", "bytes"),
            Group("An item", "queue-items", "heap", "Heap for each item", "bytes"),
        ],
    ),
    Chart(
        "growth",
        "Growth",
        """\
What one more and one less of its kind costs while more and more are pending, up to a million: 1
means that nothing changes with their number. Each is measured in a process of its own, so that none
begins with a heap that another has left in disorder.""",
        [
            Group("From 1,000 to 1,000,000 pending", "growth", "one-cpu", "One more", "growth"),
            Group("With 1,000", "growth", "one-cpu", "One more", "1,000 ns"),
            Group("With 1,000,000", "growth", "one-cpu", "One more", "1,000,000 ns"),
        ],
    ),
    Chart(
        "operations",
        "Single operations",
        "What everything is built of, in one thread.",
        [
            Group(
                "GLib and the machine", "operations", "one-cpu", "Single operations of GLib", "ns"
            ),
            Group("This library", "operations", "one-cpu", "Single operations of this", "ns"),
        ],
    ),
    Chart(
        "python",
        "Python",
        """\
Between a thread and coroutines, with what Python's own library and other packages offer. Two
CPUs.""",
        [Group(title, "python", "two-cpus", table, "ns") for table, title in PYTHON],
    ),
]
