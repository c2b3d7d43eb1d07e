# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Calls everything that introspection offers, with anything, from anywhere.

    fuzz.py [--seed=N|random] [--calls=N] [--child]

Errors and criticals are what bad input is answered with; a crash or a hang is a fault. The calls
are made in child processes, each with a seed of its own. One that crashes or hangs is reported
with its seed and its last calls; `fuzz.py --child --seed=N --calls=N` repeats it. A seed and a
number decide which call is made, whatever other threads have done until then; only which of the
objects of a type it is about may depend on them. The seed is TA_TEST_SEED, or 1. The overrides are
left out: this is about what every other language sees. TA_GIR is the file that says what there is.
"""

import argparse
import faulthandler
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from xml.etree import ElementTree

CALLS_PER_CHILD = 2500
N_CHILDREN = 2
# Much longer than any call takes that does not hang.
PATIENCE = 60

# What is not called, and why.
LEFT_OUT = {
    "Promise.ref": "its wrapper would not know of the reference",
    "Promise.unref": "its wrapper would unref what is freed",
    "Box.ref": "its wrapper would not know of the reference",
    "Box.unref": "its wrapper would unref what is freed",
}

# Blocking calls get no time that is longer than this, since nobody may come who ends the wait.
TIMES = [0, 0, 1, 50, 1000, -3, -(2**31), -(2**63)]
ENDLESS = [-1, -2, 2**31, 2**62, 2**63 - 1]


NUMBERS = {"gint": (-(2**31), 2**31), "guint": (0, 2**32), "gsize": (0, 2**64)}
for bits in (8, 16, 32, 64):
    NUMBERS[f"gint{bits}"] = (-(2 ** (bits - 1)), 2 ** (bits - 1))
    NUMBERS[f"guint{bits}"] = (0, 2**bits)

GIR = "{http://www.gtk.org/introspection/core/1.0}"


def read_functions():
    """All that can be called: name, class, whether it is a method, its parameters."""
    namespace = ElementTree.parse(os.environ["TA_GIR"]).getroot().find(f"{GIR}namespace")
    owners = [(None, namespace)] + [
        (owner.get("name"), owner)
        for owner in namespace
        if owner.tag in (f"{GIR}class", f"{GIR}record") and owner.find(f"{GIR}method") is not None
    ]
    for owner_name, owner in owners:
        for function in owner:
            kind = function.tag.replace(GIR, "")
            name = function.get("name")
            if (
                kind not in ("function", "method", "constructor")
                or not function.get("introspectable", "1") == "1"
            ):
                continue
            if f"{owner_name}.{name}" not in LEFT_OUT:
                yield name, owner_name, kind == "method", list(read_parameters(function))


def read_parameters(function):
    parameters = function.findall(f"{GIR}parameters/{GIR}parameter")
    # A function's data is an argument of its own in Python, where it stands in C.
    hidden = {int(p.get("destroy")) for p in parameters if p.get("destroy")}
    hidden |= {int(a.get("length")) for a in function.iter(f"{GIR}array") if a.get("length")}
    for i, parameter in enumerate(parameters):
        if i in hidden or parameter.get("direction") == "out" or parameter.find(f"{GIR}varargs"):
            continue
        found = parameter.find(f"{GIR}type")
        yield parameter.get("name"), found.get("name") if found is not None else "array"


class Child:
    def __init__(self, seed, n_calls):
        # No overrides, wherever they are found.
        sys.modules["gi.overrides.ThreadedAsync"] = None
        import gi

        gi.require_version("ThreadedAsync", "1")
        from gi.module import IntrospectionModule
        from gi.repository import Gio, GLib, GObject

        self.Gio, self.GLib, self.GObject = Gio, GLib, GObject
        self.seed = seed
        self.n_calls = n_calls
        self.n_done = 0
        self.module = IntrospectionModule("ThreadedAsync", "1")
        self.functions = list(read_functions())
        self.pool = {}
        self.n_refused = 0  # how many calls failed

    def keep(self, thing):
        """Later calls may be about what came out of this one."""
        name = type(thing).__name__
        if name in ("OperationResult", "TaOperation") or isinstance(thing, self.Gio.AsyncResult):
            name = "AsyncResult"
        things = self.pool.setdefault(name, [])
        if len(things) < 12:
            things.append(thing)
        else:
            things[random.randrange(len(things))] = thing

    def pick(self, name):
        things = self.pool.get(name)
        return self.random.choice(things) if things else None

    def pick_any(self):
        return self.pick(self.random.choice(list(self.pool))) if self.pool else None

    def pick_object(self):
        """For values: PyGObject may free a wrapper of a boxed type in a value twice."""
        thing = self.pick_any()
        return thing if isinstance(thing, self.GObject.Object) else None

    def make_value(self):
        return self.random.choice(
            [None, 0, -1, 2**31 - 1, -(2**31), True, 1.5, float("nan"), "", "text", "ä" * 1000]
            + [self.pick_object(), self.GObject.Object(), self.GLib.Variant("i", 1)]
        )

    def callback(self, *arguments):
        for argument in arguments:
            if isinstance(argument, self.Gio.AsyncResult):
                self.keep(argument)
        if random.random() < 0.02:
            raise ValueError("a callback that fails")

    def make_callback(self):
        return self.random.choice([self.callback, self.callback, lambda *arguments: None, None])

    def make_argument(self, name, type_name, blocks, odd):
        if name.startswith("timeout") or name.endswith("_us"):
            return self.random.choice(TIMES if blocks else TIMES + ENDLESS)
        if self.random.random() < odd:
            return self.make_value()
        choose = self.random.choice
        if type_name in ("GObject.Value", "gpointer"):
            return self.make_value()
        if type_name == "Gio.Cancellable":
            cancellable = choose([None, None, self.Gio.Cancellable()])
            if cancellable is not None and self.random.random() < 0.5:
                cancellable.cancel()
            return cancellable
        if type_name == "GLib.MainContext":
            return choose([None, self.GLib.MainContext.default(), self.context, self.context])
        if type_name == "GObject.Object":
            return choose([self.GObject.Object(), self.pick_object()])
        if type_name == "Gio.Task":
            return self.Gio.Task.new(None, None, None)
        if type_name == "GLib.Error":
            return self.GLib.Error("an error", choose(["fuzz-quark", "ta-error-quark"]), 7)
        if type_name in ("utf8", "filename"):
            strings = [None, "", "name", "wait", "ö" * 500, "%s%n"]
            return choose(strings + ["\udc80"] if odd else strings)
        if type_name == "gboolean":
            return choose([True, False])
        if type_name in ("gdouble", "gfloat"):
            return choose([0.0, -1.0, 0.5, 1e308, float("inf"), float("nan")])
        if type_name == "GType":
            return choose([self.GObject.TYPE_INT, self.GObject.TYPE_NONE, self.GObject.Object])
        if type_name == "GLib.Quark":
            return choose([0, 1, 2**31, self.GLib.quark_from_string("fuzz-quark")])
        if type_name in NUMBERS:
            low, high = NUMBERS[type_name]
            return choose([0, 1, 2, 10, low, high - 1, self.random.randrange(low, high)])
        if type_name.endswith(("Func", "Callback", "Notify")):
            return self.make_callback()
        if type_name == "array":
            return choose([[], [1], ["text", 2.5], list(range(100))])
        return self.pick(type_name.split(".")[-1])

    def describe(self, value):
        text = repr(value)
        return text if len(text) < 60 else text[:57] + "..."

    def choose_call(self):
        """A function and what it is called with, or nothing where there is no object for it yet."""
        name, owner, is_method, parameters = self.random.choice(self.functions)
        target = self.module if owner is None else getattr(self.module, owner)
        if is_method:
            target = self.pick(owner)
            if target is None:
                return None
        function = getattr(target, name, None)
        if function is None:
            return None
        blocks = not name.endswith("_async")
        # PyGObject crashes when it gives up on a call with an array of values.
        odd = 0 if ("args", "array") in parameters else 0.02
        arguments = [self.make_argument(*parameter, blocks, odd) for parameter in parameters]
        return f"{owner}.{name}", function, target, arguments

    def call(self, name, function, target, arguments):
        self.log(f"{name} ({', '.join(map(self.describe, [target] + arguments))})")
        try:
            result = function(*arguments)
        except (
            self.GLib.Error,
            TypeError,
            ValueError,
            OverflowError,
            UnicodeError,
            NotImplementedError,
        ):
            self.n_refused += 1
            return
        for thing in result if isinstance(result, tuple) else (result,):
            if isinstance(thing, (self.GObject.Object, self.GObject.GBoxed)):
                self.keep(thing)

    def log(self, text):
        os.write(self.log_fd, f"{self.n_done} {threading.current_thread().name}: {text}\n".encode())

    def log_open(self, path):
        self.log_fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def call_somewhere(self):
        """Here, in another thread, or in the loop of a runner."""
        where = self.random.random()
        chosen = self.choose_call()
        if chosen is None:
            return
        if where < 0.8:
            self.call(*chosen)
        elif where < 0.9:
            thread = threading.Thread(target=self.call, args=chosen)
            thread.start()
            thread.join()
        else:
            runner = self.pick("Runner")
            done = threading.Event()

            def in_loop(*data):
                try:
                    self.call(*chosen)
                finally:
                    done.set()

            try:
                if runner is not None and runner.get_running() and not runner.is_in_loop():
                    # PyGObject wants a tuple for the data of the first of two functions.
                    runner.call_in_loop_async(in_loop, (), 50000, None, None)
                    done.wait(0.02)
            except (self.GLib.Error, TypeError):
                pass

    def make_objects(self):
        module = self.module
        self.context = self.GLib.MainContext.new()
        runner = module.Runner.new("fuzzed")
        runner.start()
        for thing in (runner, module.Runner.new(None), module.Runner.get_default()):
            self.keep(thing)
        for capacity in (0, 1, 3):
            self.keep(module.Queue.new(capacity))
        for _ in range(3):
            self.keep(module.Event.new())
            promise = module.Promise.new()
            self.keep(promise)
            self.keep(promise.get_future())
        self.keep(runner.create_task(self.callback))
        for name in ("Server", "Client"):
            cls = getattr(module, name, None)
            try:
                self.keep(cls())
            except Exception:
                pass

    def run(self):
        random.seed(self.seed)
        self.make_objects()
        while self.n_done < self.n_calls:
            self.random = random.Random(f"{self.seed}/{self.n_done}")
            if self.random.random() < 0.01:
                self.make_objects()
            self.call_somewhere()
            self.n_done += 1
            for _ in range(3):
                self.GLib.MainContext.default().iteration(False)


def run_child(seed, n_calls, path):
    faulthandler.enable()
    child = Child(seed, n_calls)
    child.log_open(path)
    child.run()
    # What still runs is not waited for: some of it was told to go on for ever.
    os.write(child.log_fd, f"done, of which {child.n_refused} failed\n".encode())
    os._exit(0)


class Watched:
    """A child process, and how far it has come."""

    def __init__(self, seed, n_calls, folder):
        self.seed = seed
        self.n_calls = n_calls
        self.path = os.path.join(folder, f"{seed}.log")
        self.errors = open(os.path.join(folder, f"{seed}.err"), "w+b")
        open(self.path, "w").close()
        self.process = subprocess.Popen(
            [sys.executable, "-B", __file__, "--child", f"--seed={seed}", f"--calls={n_calls}"]
            + [f"--log={self.path}"],
            stdout=self.errors,
            stderr=self.errors,
        )
        self.size = 0
        self.since = time.monotonic()

    def poll(self):
        """What is wrong, an empty string if it is over, or None while it is not."""
        status = self.process.poll()
        if status is not None:
            with open(self.path, "rb") as log:
                lines = log.read().splitlines()
            if status == 0 and lines and lines[-1].startswith(b"done"):
                return ""
            return f"crashed: {status}"
        size = os.path.getsize(self.path)
        if size != self.size:
            self.size, self.since = size, time.monotonic()
        elif time.monotonic() - self.since > PATIENCE:
            self.process.send_signal(signal.SIGABRT)
            self.process.wait()
            return "hangs"
        return None

    def report(self, what):
        print(f"# {what}: fuzz.py --child --seed={self.seed} --calls={self.n_calls}")
        with open(self.path, encoding="utf-8", errors="replace") as log:
            for line in log.read().splitlines()[-30:]:
                print("#  ", line)
        self.errors.seek(0)
        for line in self.errors.read().decode(errors="replace").splitlines()[-40:]:
            print("# !", line)


def run(seed, n_calls):
    failed = 0
    left = [seed + i for i in range(-(-n_calls // CALLS_PER_CHILD))]
    total = len(left)
    watched = []
    with tempfile.TemporaryDirectory() as folder:
        while left or watched:
            while left and len(watched) < N_CHILDREN:
                watched.append(Watched(left.pop(0), CALLS_PER_CHILD, folder))
            time.sleep(0.02)
            for child in list(watched):
                fault = child.poll()
                if fault is None:
                    continue
                watched.remove(child)
                if fault:
                    child.report(fault)
                    failed += 1
    print("1..1")
    print(f"{'not ok' if failed else 'ok'} 1 {total * CALLS_PER_CHILD} calls from seed {seed} on")
    return 1 if failed else 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", default=os.environ.get("TA_TEST_SEED", "1"))
    parser.add_argument("--calls", type=int, default=100000)
    parser.add_argument("--child", action="store_true")
    parser.add_argument("--log", default="/dev/stderr")
    options = parser.parse_args()
    seed = random.randrange(2**31) if options.seed == "random" else int(options.seed)
    if options.child:
        run_child(seed, options.calls, options.log)
    return run(seed, options.calls)


sys.exit(main())
