# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Where goals are not met: what cannot be left out, beside what the goal allows."""

from collections import namedtuple

# Where a figure stands, and what it is called.
Figure = namedtuple("Figure", ["benchmark", "run", "table", "column", "contestant"])
Part = namedtuple("Part", ["times", "figure"])
# What is reached is to be at most `allowed` times the peer, or just that much; the parts are in it.
LIMIT_FIELDS = ["title", "unit", "reached", "peer", "allowed", "parts", "text"]
Limit = namedtuple("Limit", LIMIT_FIELDS)

INTRODUCTION = """\
## Where a goal is not met

Each goal was set before there was anything to measure. Those that are not met leave less time, or
hardly more, than what cannot be left out takes by itself: the clock, locks, memory, the objects
that the interface consists of. Those are measured alone, in the same run, and the tables add them
up, as often as each is needed. What is ours comes on top, though the processor does some of it at
the same time."""


def glib(name):
    return Figure("operations", "one-cpu", "Single operations of GLib", "ns", name)


def alone(name):
    return Figure("operations", "one-cpu", "What others are made of", "ns", name)


def pending(name, column):
    return Figure("operations", "one-cpu", "Memory and objects alone", column, name)


LOCK = glib("g_mutex_lock, g_mutex_unlock")
ROUND_TRIP = ("round-trip", "two-cpus", "Round trip, back to back", "µs")
QUEUE = ("queue", "one-cpu", "One producer, no capacity", "ns an item")
SPAWN = ("spawn", "one-cpu", "Spawn many tasks", "ns a task")
WAITS = ("waiters", "one-cpu", "Many pending waits", "resolve ns")
TIMERS = ("timers", "one-cpu", "A turn with 100,000 timers", "create ns")
REQUESTS = ("requests", "two-cpus", "Requests", "µs")

LIMITS = [
    Limit(
        "A round trip on two CPUs",
        "µs",
        Figure(*ROUND_TRIP, "ta_runner_call_in_loop"),
        Figure(*ROUND_TRIP, "limit: eventfd there, futex back"),
        1 / 50,
        [Part(2, Figure(*ROUND_TRIP, "limit: both spin"))],
        """\
A word goes there and back between two threads that do nothing but look at it. A call needs that
twice: there go the list of what is to be done, which tells where the call is, and then the call;
back come the result and the word that the other side looks at. How long it takes the machine
decides: where two virtual CPUs are parts of one core it is a quarter of what it is where they are
far apart, and the host moves them while the program runs. Where they are close the goal is met,
or nearly.""",
    ),
    Limit(
        "An item from a thread to a loop, on one CPU",
        "ns",
        Figure(*QUEUE, "TaQueue, to a runner's loop"),
        Figure(*QUEUE, "an idle source per item"),
        1 / 20,
        [Part(2, LOCK), Part(1, glib("GValue int: set, copy, get, unset"))],
        """\
A put and a get each take the lock of the queue once, and the value is set, copied and read.
Without a lock in each the queue could not be closed, watched and waited for from everywhere at
once.""",
    ),
    Limit(
        "A task",
        "ns",
        Figure(*SPAWN, "ta_runner_create_task"),
        Figure(*SPAWN, "g_main_context_invoke_full (no result)"),
        1 / 3,
        [
            Part(1, pending("a GObject of 208 bytes, as a task", "create ns")),
            Part(1, pending("a GObject of 208 bytes, as a task", "end ns")),
            Part(1, pending("24 bytes, as a promise has", "create ns")),
            Part(1, pending("24 bytes, as a promise has", "end ns")),
            Part(5, alone("an atomic exchange")),
        ],
        """\
A task is a GObject, so that its state can be bound to a widget. Of the 4,300 instructions that
one of many tasks takes from its creation to its end, 750 are this library's; the others are
GObject's and the allocator's.""",
    ),
    Limit(
        "To end a wait for a future of its own",
        "ns",
        Figure(*WAITS, "ta_future_wait_async, a future each"),
        Figure(*WAITS, "GTask, returned in another thread"),
        1 / 3,
        [
            Part(1, pending("a GObject of 120 bytes, as a future", "end ns")),
            Part(1, pending("248 bytes, as a pending wait has", "end ns")),
            Part(1, pending("24 bytes, as a promise has", "end ns")),
            Part(3, LOCK),
        ],
        """\
That which is ended there is a future, a wait and a promise, where a GTask is one object. With
newer GLib, whose objects are cheaper, the goal is met. All waits for one future meet it
everywhere.""",
    ),
    Limit(
        "To begin one of 100,000 sleeps",
        "ns",
        Figure(*TIMERS, "ta_sleep_async"),
        None,
        100,
        [
            Part(1, alone("g_get_monotonic_time")),
            Part(1, pending("248 bytes, as a pending wait has", "create ns")),
            Part(2, LOCK),
        ],
        """\
No timer may be early, so the clock has to be looked at for each. Memory that the process did not
have before costs the kernel a page for every sixteen sleeps; if it is kept from one burst to the
next, as with `MALLOC_TRIM_THRESHOLD_` and `MALLOC_TOP_PAD_` of the C library, a sleep takes some
20 ns less.""",
    ),
    Limit(
        "A request to a server, on two CPUs",
        "µs",
        Figure(*REQUESTS, "one client"),
        Figure(*REQUESTS, "TaQueue pair"),
        1.5,
        [
            Part(1, Figure(*REQUESTS, "TaQueue pair")),
            Part(1, glib("g_signal_emit, one handler")),
            Part(2, alone("poll, nothing to read")),
        ],
        """\
Besides the way there and back a signal is emitted for a request, and the server waits until the
loop of the client has come to rest: that takes the loop one more look at all of its sources, and
the server one at what the loop sleeps on. To handle all that wait takes this look only once, and
meets the goal.

For one request at a time the goal is not met, and what cannot be left out is above it already. A
profile shows why no more is to be had from the second processor: the two threads take turns, and
each of them waits for the other for half of the time. Of what the server's thread does in its half
the poll takes more than a quarter; signal and objects take a sixth, and so do the locks.""",
    ),
]

GROWTH = """\
### Growth of what is waited for

A wait costs the same with a million pending as with a thousand as long as the memory of the waits
lies in order. After other contestants have left the heap in disorder it is no longer in a cache
when its turn comes, and each visit takes as long as the memory does: the row “limit: 248 bytes of
memory” above, which only allocates, writes, reads and frees as much, grows by more. A hint to the
processor to fetch the next wait in advance gained a twentieth, and was not kept."""

PYTHON = """\
### Python on one CPU, and beside busy processes

The goals for Python are for a machine with two CPUs that has nothing else to do; the runs on one
CPU, and those beside two processes that never sleep, are held to the same figures. On one CPU
nobody has to be woken elsewhere, so both contestants spend their time in the interpreter. Beside
busy processes each side has half a CPU."""

TO_NS = {"µs": 1000, "ns": 1}


def convert(value, of, unit):
    """From the unit in a column's title to that of a table."""
    given = "µs" if "µs" in of else "ns"
    return value * TO_NS[given] / TO_NS[unit]


def write_limit(limit, figures, show):
    """One part of the page, or nothing if it was not measured, or the goal is met."""

    def find(figure):
        value = figures.find_one(figure)
        return None if value is None else convert(value, figure.column, limit.unit)

    values = [(part, find(part.figure)) for part in limit.parts]
    reached = find(limit.reached)
    goal = limit.allowed
    if limit.peer is not None:
        peer = find(limit.peer)
        goal = None if peer is None else peer * limit.allowed
    if goal is None or reached is None or reached <= goal or None in [v for _, v in values]:
        return

    yield f"### {limit.title}"
    yield ""
    yield limit.text
    yield ""
    yield f"| What it takes | times | {limit.unit} |"
    yield "| --- | ---: | ---: |"
    total = 0
    for part, value in values:
        total += value * part.times
        ending = {"create ns": ": made", "end ns": ": ended"}.get(part.figure.column, "")
        if part.figure.table != pending("", "").table:
            ending = ""
        yield f"| {part.figure.contestant}{ending} | {part.times} | {show(value * part.times)} |"
    yield f"| **together** | | **{show(total)}** |"
    yield f"| what the goal allows | | {show(goal)} |"
    yield f"| what is reached | | {show(reached)} |"
    yield ""


def write_limits(figures, show):
    yield INTRODUCTION
    yield ""
    for limit in LIMITS:
        yield from write_limit(limit, figures, show)
    if any(goal["benchmark"] == "growth" and not goal["met"] for goal in figures.goals):
        yield GROWTH
        yield ""
    if any(goal["benchmark"].startswith("python") and not goal["met"] for goal in figures.goals):
        yield PYTHON
        yield ""
