# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""What is in the library for speed alone, how to do without it, and where that shows."""

from collections import namedtuple

# Each change is a file, a line in it, and what to put in its place.
Trick = namedtuple(
    "Trick",
    ["name", "changes", "benchmark", "run", "table", "contestant", "figure", "beside_hog"],
    defaults=[False],
)

CALL = ("round-trip", "two-cpus", "Round trip", "ta_runner_call_in_loop", "µs")
PAIR = ("round-trip", "two-cpus", "Round trip", "TaQueue pair, to a runner's loop", "µs")
APART = ("round-trip", "two-cpus-apart", "Round trip", "TaQueue pair, to a thread")
REQUEST = ("requests", "two-cpus", "Requests", "one client", "µs")
ONE_FUTURE = "ta_future_wait_async, one future"
END = ("waiters", "one-cpu", "Many pending waits", ONE_FUTURE, "resolve ns")
BEGIN = ("waiters", "one-cpu", "Many pending waits", ONE_FUTURE, "create ns")
OWN = ("operations", "one-cpu", "Single operations of this")
TIMED = ("growth", "one-cpu", "One more", "timed waits for an item", "1,000,000 ns")
SLEEP = ("timers", "one-cpu", "A turn with 100,000", "ta_sleep_async", "create ns")
TO_LOOP = "TaQueue, to a runner's loop"
TO_THREAD = "TaQueue, to a blocked thread"
UNBOUNDED = "One producer, no capacity"

TRICKS = [
    Trick(
        "A push wakes only a loop that sleeps",
        [
            (
                "ta-inbox.c",
                "else if (head == NULL && g_atomic_int_get (&self->parked) && "
                "g_atomic_int_exchange (&self->parked, FALSE))",
                "else",
            )
        ],
        *END,
    ),
    Trick(
        "Who pushes refers to the inbox only where it may wake the loop",
        [("ta-inbox.c", "if (head == NULL && !held)", "if (!held)")],
        *END,
    ),
    Trick(
        "What a thread that watches for rest looks at has cache lines of its own",
        [
            ("ta-inbox-internal.h", "guint8 padding[TA_INBOX_CACHE_LINE];", ""),
            ("ta-inbox-internal.h", "guint8 more_padding[TA_INBOX_CACHE_LINE];", ""),
        ],
        *REQUEST,
    ),
    Trick(
        "The inbox of the main context is found without its table",
        [("ta-inbox.c", "self = g_atomic_pointer_get (&default_inbox);", "self = NULL;")],
        *BEGIN,
    ),
    Trick(
        "That of a loop of ours too, in its thread",
        [("ta-inbox.c", "if (entered != NULL && entered->context == context)", "if (FALSE)")],
        *OWN,
        "ta_sleep_async, 0, in a runner's loop",
        "ns",
    ),
    Trick(
        "A result that nobody kept is used again",
        [("ta-inbox.c", "if (self->spare != NULL)", "if (TRUE)")],
        *OWN,
        "ta_future_wait_async, done already",
        "ns",
    ),
    Trick(
        "So is a request that nobody kept",
        [("ta-request-life.c", "g_atomic_pointer_get (&link->spare) != NULL)", "TRUE)")],
        "requests",
        "one-cpu",
        "Requests",
        "one client",
        "µs",
    ),
    Trick(
        "A loop at work does not poll for who only asks whether it is at rest",
        [
            (
                "ta-inbox-rest.c",
                "if (n_fds == 1 && fds[0].fd == self->wakeup_fd && "
                "(self->watchers.first != NULL || self->is_answering))",
                "if (FALSE)",
            )
        ],
        *REQUEST,
    ),
    Trick(
        "A thread that wants a loop to rest watches it for a while",
        [("ta-inbox-rest.c", "if (!ta_spin_start (spin, &wait))", "if (TRUE)")],
        *REQUEST,
    ),
    Trick(
        "A loop at work serves its inbox without an iteration",
        [
            (
                "ta-loop-run.c",
                "again = ta_inbox_turn (self->inbox) &&",
                "again = g_main_context_iteration (self->context, FALSE) &&",
            )
        ],
        *CALL,
    ),
    Trick(
        "Who waits looks for a while before it sleeps",
        [("ta-spin.c", "if (self->limit == TA_SPIN_OFF)", "if (TRUE)")],
        *CALL,
    ),
    Trick(
        "For how long is measured, and not always 10 µs",
        [
            (
                "ta-spin.c",
                "estimate = CLAMP (estimate, MIN_SPIN_US * 1000, MAX_SPIN_US * 1000);",
                "estimate = 10000;",
            ),
            ("ta-spin.c", "#define FIRST_SPIN_US 50", "#define FIRST_SPIN_US 10"),
        ],
        *APART,
        "median µs",
    ),
    Trick(
        "Looks in vain become rare",
        [("ta-spin.c", "self->skip = self->backoff;", "self->skip = 0;")],
        *APART,
        "CPU µs",
    ),
    Trick(
        "On one CPU who waits lets others run first",
        [("ta-spin.c", "if (wait->n_pauses++ > 0)", "if (TRUE)")],
        "queue",
        "bounded-one-cpu",
        "One producer, capacity 10",
        TO_THREAD,
        "ns an item",
    ),
    Trick(
        "But not for a while where that took long, beside a busy process",
        [("ta-spin.c", "if (wait->lost > LOSS_US)", "if (FALSE)")],
        "round-trip",
        "one-cpu",
        "Round trip",
        "ta_runner_call_in_loop",
        "µs",
        True,
    ),
    Trick(
        "All waits for one thing are ended without a visit to each under its lock",
        [
            (
                "ta-waiter.c",
                "TaWaiter *first = g_steal_pointer (&self->head);",
                "TaWaiter *first = g_steal_pointer (&self->head);\n"
                "for (TaWaiter *each = first; each != NULL; each = each->next)\n"
                "  __atomic_store_n (&each->outcome, TA_OUTCOME_DONE, __ATOMIC_RELAXED);",
            )
        ],
        *END,
    ),
    Trick(
        "Whether time was up before the wait began is looked at without the lock",
        [("ta-waiter.c", "if (!__atomic_load_n (&self->is_late, __ATOMIC_RELAXED))", "if (FALSE)")],
        *BEGIN,
    ),
    Trick(
        "A wait for its own source object refers to it once",
        [
            ("ta-operation.c", "target != NULL && target != source_object ?", "target != NULL ?"),
            ("ta-operation.c", "else if (self->target != self->source_object)", "else"),
        ],
        *BEGIN,
    ),
    Trick(
        "Timers that come in order stand in rings, not in the heap",
        [("ta-timers.c", "if (last->deadline > timer->deadline)", "if (TRUE)")],
        *TIMED,
    ),
    Trick(
        "In the heap a deadline stands beside its timer",
        [
            (
                "ta-timers.c",
                "return a.deadline < b.deadline || (a.deadline == b.deadline && "
                "a.timer->serial < b.timer->serial);",
                "return is_due_before (a.timer, b.timer);",
            )
        ],
        *SLEEP,
    ),
    Trick(
        "The ends of a queue lie on cache lines of their own",
        [
            ("ta-queue-private.h", "#define TA_QUEUE_GAP 128", "#define TA_QUEUE_GAP 1"),
        ],
        "queue",
        "bounded-two-cpus",
        "One producer, capacity 1024",
        TO_LOOP,
        "ns an item",
    ),
    Trick(
        "Who finds an end of a queue locked tries again before it sleeps",
        [("ta-queue-core.c", "#define MAX_TRIES 64", "#define MAX_TRIES 0")],
        "queue",
        "two-cpus",
        UNBOUNDED,
        TO_LOOP,
        "ns an item",
    ),
    Trick(
        "The two ends of a queue have locks of their own",
        [
            (
                "ta-queue-core.c",
                "if (G_LIKELY (!ta_items_is_empty (&out->items) && !out->is_full))",
                "if (FALSE)",
            )
        ],
        "queue",
        "two-cpus",
        UNBOUNDED,
        TO_LOOP,
        "ns an item",
    ),
    Trick(
        "A queue keeps an empty chunk",
        [("ta-items.c", "if (self->spare == NULL) self->spare = chunk; else", "")],
        *OWN,
        "ta_queue_try_put + ta_queue_try_get",
        "ns",
    ),
]
