/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Shows that a runner, a task and a future can be used from Vala. */

const int64 SECOND = 1000000;

int n_tests = 0;
int n_failed = 0;

void check (bool ok, string name) {
    n_tests++;
    if (!ok)
        n_failed++;
    print ("%s %d %s\n", ok ? "ok" : "not ok", n_tests, name);
}

void test_task (ThreadedAsync.Runner runner) throws Error {
    Thread<bool>? worker = null;
    var task = runner.create_task ((task) => {
        var promise = task.take_promise ();

        worker = Thread.self<bool> ();
        promise.set_progress (0.5);
        promise.return_int (42);
    });
    Value value;

    task.wait (out value, 10 * SECOND);
    check (value.get_int64 () == 42, "a task returns a number");
    check (worker != null && worker != Thread.self<bool> (), "it ran in another thread");
    check (task.done, "it is done");
    check (task.get_runner () == runner, "it knows its runner");
}

void test_future () throws Error {
    var promise = new ThreadedAsync.Promise ();
    var future = promise.get_future ();
    Value value;

    try {
        value = future.try_wait ();
        check (false, "a future without a value would have to wait");
    } catch (IOError.WOULD_BLOCK error) {
        check (true, "a future without a value would have to wait");
    }

    promise.return_string ("forty-two");
    value = future.try_wait ();
    check (value.get_string () == "forty-two", "a promise gives its future a value");
}

void test_signal (ThreadedAsync.Runner runner) throws Error {
    var queue = (ThreadedAsync.Queue) Object.new (typeof (ThreadedAsync.Queue),
        "main-context", runner.get_context ());
    var promise = new ThreadedAsync.Promise ();
    var future = promise.get_future ();
    Value value;

    queue.items_available.connect (() => promise.return_boolean (runner.is_in_loop ()));
    queue.try_put (1);
    future.wait (out value, 10 * SECOND);
    check (value.get_boolean (), "a signal of another thread comes there");
}

async void test_async (ThreadedAsync.Runner runner) throws Error {
    var caller = Thread.self<bool> ();
    var task = runner.create_task ((task) => {
        task.take_promise ().return_failed ("no luck");
    });

    try {
        yield task.wait_async (10 * SECOND);
        check (false, "a failed task throws");
    } catch (ThreadedAsync.Error error) {
        check (error is ThreadedAsync.Error.FAILED && error.message.contains ("no luck"),
            "a failed task throws");
    }
    check (Thread.self<bool> () == caller, "an async wait ends in the thread it began in");

    yield ThreadedAsync.sleep_async (1000);
    check (true, "a sleep ends");

    Value[] arguments = { 2, "abc", -1 };
    var sum = yield runner.call_method_async ("GLib", "compute_checksum_for_string", arguments);
    check (sum.get_string () ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        "a method is called by its name");

    yield runner.stop_async ();
    check (runner.shutdown_type == ThreadedAsync.ShutdownType.STOPPED, "a runner stops");
}

int main () {
    var loop = new MainLoop ();
    var runner = new ThreadedAsync.Runner ("smoke");

    try {
        runner.start ();
        test_task (runner);
        test_future ();
        test_signal (runner);
    } catch (Error error) {
        check (false, error.message);
    }

    test_async.begin (runner, (object, result) => {
        try {
            test_async.end (result);
        } catch (Error error) {
            check (false, error.message);
        }
        loop.quit ();
    });
    loop.run ();

    print ("1..%d\n", n_tests);
    return n_failed == 0 ? 0 : 1;
}
