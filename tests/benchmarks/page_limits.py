# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Where goals are not met: which, and what cannot be left out, beside what the goal allows."""

from collections import namedtuple

# Where a figure stands, and what it is called.
Figure = namedtuple("Figure", ["benchmark", "run", "table", "column", "contestant"])
# How often it is needed: a number, or the figure that says so.
Part = namedtuple("Part", ["times", "figure", "name", "share"], defaults=[None, 1])
# What is reached is to be at most `allowed` times the peer, or just that much; the parts are in it.
# `covers` says of a goal whether this is about it.
LIMIT_FIELDS = ["title", "covers", "unit", "reached", "peer", "allowed", "parts", "text"]
Limit = namedtuple("Limit", LIMIT_FIELDS)

INTRODUCTION = """\
## Where a goal is not met

Each goal was set before there was anything to measure. For each that is not met a table adds up
what cannot be left out, as often as it is needed: the clock, locks, memory, the objects that the
interface consists of, measured alone and in the same run. Where that is more than the goal allows,
or hardly less, no work on the library can meet it. What is ours comes on top, though the processor
does some of it at the same time. Instructions are counted by callgrind, with GLib 2.74: how they
divide, `tests/instructions/renew _build --print` prints for each operation."""


def glib(name):
    return Figure("operations", "one-cpu", "Single operations of GLib", "ns", name)


def alone(name):
    return Figure("operations", "one-cpu", "What others are made of", "ns", name)


def pending(name, column):
    return Figure("operations", "one-cpu", "Memory and objects alone", column, name)


def made(name):
    return Part(1, pending(name, "create ns"), f"{name}: made")


def ended(name):
    return Part(1, pending(name, "end ns"), f"{name}: ended")


def about(benchmark, run=None, contestant="", figure=""):
    """Whether a goal is about this."""

    def covers(goal):
        return (
            goal["benchmark"] == benchmark
            and run in (None, goal["pass"])
            and contestant in goal["contestant"]
            and figure in goal["figure"]
        )

    return covers


LOCK = glib("g_mutex_lock, g_mutex_unlock")
VALUE = glib("GValue int: set, copy, get, unset")
ROUND_TRIP = ("round-trip", "two-cpus", "Round trip, back to back", "µs")
APART = ("round-trip", "two-cpus-apart", "Round trip", "CPU µs")
QUEUE = ("queue", "one-cpu", "One producer, no capacity", "ns an item")
SPAWN = ("spawn", "one-cpu", "Spawn many tasks", "ns a task")
WAITS = ("waiters", "one-cpu", "Many pending waits", "resolve ns")
TIMERS = ("timers", "one-cpu", "A turn with 100,000 timers", "create ns")
REQUESTS = ("requests", "two-cpus", "Requests", "µs")

TO_LOOP, TO_MAIN = "TaQueue, to a runner's loop", "TaQueue, to the main context"
SLEEPER = "limit: eventfd there, futex back"

# Half of a round trip on one CPU is one change to the other thread.
SWITCHES = Part(
    Figure("queue", "one-cpu", "One producer, no capacity", "switches", TO_MAIN),
    Figure("round-trip", "one-cpu", "Round trip, back to back", "µs", SLEEPER),
    "a change of threads, half of a round trip",
    0.5,
)

LIMITS = [
    Limit(
        "A round trip on two CPUs",
        about("round-trip", "two-cpus"),
        "µs",
        Figure(*ROUND_TRIP, "ta_runner_call_in_loop"),
        Figure(*ROUND_TRIP, SLEEPER),
        1 / 50,
        [
            Part(2, Figure(*ROUND_TRIP, "limit: both spin")),
            Part(2, LOCK),
            Part(4, alone("an atomic exchange")),
            Part(4, alone("g_get_monotonic_time")),
        ],
        """\
A word goes there and back between two threads that do nothing but look at it. A call needs that
twice: there go the list of what is to be done, which tells where the call is, and then the call;
back come the result and the word that the other side looks at. How long it takes the machine
decides: where two virtual CPUs are parts of one core it is a quarter of what it is where they are
far apart, and the host moves them while the program runs. Where they are close the goal is met,
or nearly. The rest are the objects: of the 6,400 instructions of a call, those with which threads
sleep and wake each other included, 1,500 are this library's, and none of its functions has more
than 75; 1,300 are GObject's, 1,600 GLib's, 800 of them for the list of data that each GObject has,
and 1,800 the C library's, 1,300 of them for memory that one thread allocates and the other frees.
With GLib 2.84 it is the same but for 170 more in GObject, and 300 fewer in the C library.""",
    ),
    Limit(
        "The processor time of a request now and then",
        about("round-trip", "two-cpus-apart"),
        "µs",
        Figure(*APART, "ta_runner_call_in_loop"),
        Figure(*APART, SLEEPER),
        1,
        [Part(1, Figure("round-trip", "two-cpus-apart", "Round trip", "median µs", SLEEPER))],
        """\
Who asks looks for the answer instead of sleeping, until the other CPU has woken, so what it takes
is what the wake-up takes on the machine, with what the loop does for it: the goal allows hardly
more than the bare wake-up. From one turn to the next that differs by more than what is
missed.""",
    ),
    Limit(
        "An item from a thread to a loop, on one CPU",
        about("queue", "one-cpu", TO_LOOP),
        "ns",
        Figure(*QUEUE, TO_LOOP),
        Figure(*QUEUE, "an idle source per item"),
        1 / 20,
        [Part(2, LOCK), Part(1, VALUE)],
        """\
A put and a get each take the lock of the queue once, and the value is set, copied and read.
Without a lock in each the queue could not be closed, watched and waited for from everywhere at
once. Of the 770 instructions of an item 440 are this library's, 160 GLib's for the locks, 70
GObject's for the values, and 65 the allocator's.""",
    ),
    Limit(
        "An item to the main context, on one CPU",
        about("queue", "one-cpu", TO_MAIN),
        "ns",
        Figure(*QUEUE, TO_MAIN),
        Figure(*QUEUE, "an idle source per item"),
        1 / 20,
        [Part(2, LOCK), Part(1, VALUE), SWITCHES],
        """\
The same, and on top of it the changes between the threads: the main context goes to sleep whenever
it has taken all there is, because nobody knows what else its owner wants to do, and the kernel
changes over as soon as it is woken. A runner's loop lets the other thread put more first.""",
    ),
    Limit(
        "A task",
        about("spawn"),
        "ns",
        Figure(*SPAWN, "ta_runner_create_task"),
        Figure(*SPAWN, "g_main_context_invoke_full (no result)"),
        1 / 3,
        [
            made("a GObject of 208 bytes, as a task"),
            ended("a GObject of 208 bytes, as a task"),
            made("24 bytes, as a promise has"),
            ended("24 bytes, as a promise has"),
            Part(5, alone("an atomic exchange")),
        ],
        """\
A task is a GObject, so that its state can be bound to a widget. Of the 4,300 instructions that
one of many tasks takes from its creation to its end 750 are this library's, 1,500 GLib's, 1,100
GObject's and 900 the allocator's: 860 alone go into the list of data that each GObject has, and its
lock. What it is compared with has no result, and nobody can wait for it.""",
    ),
    Limit(
        "To end a wait for a future of its own",
        about("waiters", None, "a future each", "resolve"),
        "ns",
        Figure(*WAITS, "ta_future_wait_async, a future each"),
        Figure(*WAITS, "GTask, returned in another thread"),
        1 / 3,
        [
            ended("a GObject of 120 bytes, as a future"),
            ended("248 bytes, as a pending wait has"),
            ended("24 bytes, as a promise has"),
            Part(3, LOCK),
        ],
        """\
That which is ended there is a future, a wait and a promise, where a GTask is one object. All waits
for one future meet the goal everywhere. Of the 5,200 instructions of a future and its wait, from
where they are made to their end, 1,060 are this library's, 1,500 GLib's, most of them for the data
of the GObject, 1,100 GObject's, and 1,400 the allocator's.""",
    ),
    Limit(
        "To begin one of 100,000 sleeps",
        about("timers", None, "", "create"),
        "ns",
        Figure(*TIMERS, "ta_sleep_async"),
        None,
        100,
        [
            Part(1, alone("g_get_monotonic_time")),
            made("248 bytes, as a pending wait has"),
            Part(2, LOCK),
        ],
        """\
No timer may be early, so the clock has to be looked at for each. Memory that the process did not
have before costs the kernel a page for every sixteen sleeps; if it is kept from one burst to the
next, as with `MALLOC_TRIM_THRESHOLD_` and `MALLOC_TOP_PAD_` of the C library, a sleep takes some
20 ns less. A sleep takes 1,400 instructions from its beginning to its end: 800 are this library's,
none of whose functions has more than 75, 400 the allocator's, and 100 GLib's.""",
    ),
    Limit(
        "A request to a server, on two CPUs",
        about("requests", "two-cpus"),
        "µs",
        Figure(*REQUESTS, "one client"),
        Figure(*REQUESTS, "TaQueue pair"),
        1.5,
        [
            Part(1, Figure(*REQUESTS, "TaQueue pair")),
            Part(1, glib("g_signal_emit, one handler")),
        ],
        """\
Besides the way there and back a signal is emitted for a request, and the server waits until the
loop of the client has come to rest: for that the loop asks all of its sources once more. Of polls a
request takes as many as an item of the pair does: one. There the loop makes it, and here the
server, at what the loop sleeps on, while the loop, which has nothing else to sleep on than what
wakes it, makes none. To handle all that wait takes none at all.

So what adds up here is less than the goal allows, and not what decides. Where the two virtual CPUs
are close the poll does: if it is made to return at once, without a system call, a request takes a
quarter less, twice as much as a poll takes alone, and the goal is met beside a pair that still
makes its own. Where they are far apart it is a fifth at most, and the goal is not met without it
either. It can't be left out. Between two calls any thread may attach a source to the context of
the loop, and only the descriptor that wakes the loop says so. To have the loop ask its sources
again instead takes as long.

The two threads take turns, and each of them waits for the other for half of the time. Of what the
server's thread does in its half the poll takes more than a quarter; signal and objects take a
sixth, and so do the locks: four of the desk and one of the future, and five in GObject. Of the
7,800 instructions of a request 1,200 are this library's, 3,200 GObject's, 2,200 GLib's, and 1,000
the C library's.""",
    ),
    Limit(
        "Growth",
        about("growth"),
        "",
        None,
        None,
        1.3,
        [],
        """\
What is pending costs the same with a million as with a thousand as long as its memory lies in
order. What is no longer in a cache when its turn comes takes as long to visit as the memory does:
see the row “limit: 248 bytes of memory” above, which only allocates, writes, reads and frees as
much.""",
    ),
    Limit(
        "Python on two CPUs: await sleep(0)",
        lambda goal: goal["benchmark"] == "python" and goal["table"] == "sleep(0)",
        "",
        None,
        None,
        0.9,
        [],
        """\
The same iterations take one of two times, from one process to the next, as the least and the most
show: in the faster ones the goal is met.""",
    ),
]

TO_NS = {"µs": 1000, "ns": 1}


def convert(value, of, unit):
    """From the unit in a column's title to that of a table."""
    given = "µs" if "µs" in of else "ns"
    return value * TO_NS[given] / TO_NS[unit]


class Sum:
    """What a limit is made of, with the figures of one system."""

    def __init__(self, limit, figures):
        self._figures = figures
        self._unit = limit.unit
        self.reached = self._find(limit.reached)
        self.allowed = limit.allowed
        if limit.peer is not None:
            peer = self._find(limit.peer)
            self.allowed = None if peer is None else peer * limit.allowed
        self.parts = []
        for part in limit.parts:
            times, value = part.times, self._find(part.figure)
            if isinstance(times, Figure):
                times = figures.find_one(times)
            self.parts.append(None if None in (times, value) else times * value * part.share)
        self.is_whole = None not in [self.reached, self.allowed, *self.parts]

    def _find(self, figure):
        value = self._figures.find_one(figure)
        return None if value is None else convert(value, figure.column, self._unit)


def find_limit(goal):
    return next((limit for limit in LIMITS if limit.covers(goal)), None)


def write_sums(limit, systems, show):
    sums = [Sum(limit, figures) for figures in systems]
    names = [f"GLib {figures.machines.get('glib')}" for figures in systems]
    sums = [(name, each) for name, each in zip(names, sums) if each.is_whole]
    if not sums:
        return

    def row(title, values, weight=""):
        cells = " | ".join(f"{weight}{show(value)}{weight}" for value in values)
        return f"| {weight}{title}{weight} | {cells} |"

    yield f"| {limit.unit} | " + " | ".join(name for name, _ in sums) + " |"
    yield "| --- |" + " ---: |" * len(sums)
    for i, part in enumerate(limit.parts):
        title = part.name or part.figure.contestant
        if not isinstance(part.times, Figure) and part.times != 1:
            title += f", {part.times} times"
        yield row(title, [each.parts[i] for _, each in sums])
    yield row("together", [sum(each.parts) for _, each in sums], "**")
    yield row("what the goal allows", [each.allowed for _, each in sums])
    yield row(f"what is reached: {limit.reached.contestant}", [each.reached for _, each in sums])
    yield ""


def write_limits(systems, show, write_goals):
    """Every goal that is not met in one of the systems, under what it comes from."""
    missed = [(figures, goal) for figures in systems for goal in figures.goals if not goal["met"]]
    if not missed:
        return
    yield INTRODUCTION
    yield ""
    for limit in [*LIMITS, None]:
        if not any(find_limit(goal) is limit for _, goal in missed):
            continue
        yield f"### {limit.title if limit else 'Without a reason that was measured'}"
        yield ""
        if limit:
            yield limit.text
            yield ""
            if limit.reached is not None:
                yield from write_sums(limit, systems, show)
        for figures in systems:
            goals = [goal for which, goal in missed if which is figures]
            goals = [goal for goal in goals if find_limit(goal) is limit]
            if goals:
                yield f"Not met with GLib {figures.machines.get('glib')}:"
                yield ""
                yield from write_goals(goals, figures)
                yield ""
