/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

// The first function runs in the runner's thread, the other in the main thread.

async void think (ThreadedAsync.Promise promise) {
    try {
        yield ThreadedAsync.sleep_async (TimeSpan.SECOND / 2, promise.get_cancellable ());
        promise.return_int (42);
    } catch (Error error) {
        promise.return_error (error);
    }
}

int main () {
    try {
        var runner = new ThreadedAsync.Runner ("quickstart");
        Value answer;

        runner.start ();
        var task = runner.create_task ((task) => think.begin (task.take_promise ()));
        task.wait (out answer);
        runner.stop ();

        print ("The answer is %lld\n", answer.get_int64 ());
        return 0;
    } catch (Error error) {
        printerr ("quickstart: %s\n", error.message);
        return 1;
    }
}
