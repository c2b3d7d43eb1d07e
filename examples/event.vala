/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * event: a worker in the background starts, and waits until the main program has prepared what it
 * needs.
 */

class Greeting {
    public ThreadedAsync.Event ready = new ThreadedAsync.Event ();
    public string text; // set before the event, and read after it: that takes no lock

    /* In the runner's thread. */
    public async void greet (ThreadedAsync.Promise promise) {
        try {
            yield ready.wait_async (ThreadedAsync.TIMEOUT_INFINITE, promise.get_cancellable ());
            print ("The worker goes on: %s\n", text);
            promise.return_boolean (true);
        } catch (Error error) {
            promise.return_error (error);
        }
    }
}

void run () throws Error {
    var runner = new ThreadedAsync.Runner ("worker");
    var greeting = new Greeting ();

    runner.start ();
    var worker = runner.create_task ((task) => greeting.greet.begin (task.take_promise ()));

    print ("The main program prepares a greeting\n");
    Thread.usleep (100000); // it takes its time
    greeting.text = "Hello from the background";
    greeting.ready.set ();

    worker.wait (null);
    runner.stop ();
}

int main () {
    try {
        run ();
        return 0;
    } catch (Error error) {
        printerr ("event: %s\n", error.message);
        return 1;
    }
}
