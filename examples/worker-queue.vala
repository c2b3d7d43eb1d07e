/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * worker-queue: the main program puts the numbers 0 to 9 into one queue, a worker in the background
 * adds one to each, and the main program prints what comes out of the other queue.
 */

const int64 FOREVER = ThreadedAsync.TIMEOUT_INFINITE;

/* In the runner's thread, which the waits leave free for other tasks. */
async void increment (ThreadedAsync.Queue in_queue,
                      ThreadedAsync.Queue out_queue,
                      ThreadedAsync.Promise promise) {
    var cancellable = promise.get_cancellable ();

    try {
        while (true) {
            var number = yield in_queue.get_async (FOREVER, cancellable);

            yield out_queue.put_async (number.get_int () + 1, FOREVER, cancellable);
        }
    } catch (ThreadedAsync.Error.CLOSED error) {
        promise.return_boolean (true);
    } catch (Error error) {
        promise.return_error (error);
    }
    out_queue.close ();
}

/* In the main thread, which has nothing to do but wait. */
void run () throws Error {
    var runner = new ThreadedAsync.Runner ("worker");
    var in_queue = new ThreadedAsync.Queue (0);
    var out_queue = new ThreadedAsync.Queue (0);

    runner.start ();
    var worker = runner.create_task ((task) => {
        increment.begin (in_queue, out_queue, task.take_promise ());
    });

    for (int i = 0; i < 10; i++)
        in_queue.put_wait (i);
    in_queue.close ();

    try {
        while (true) {
            Value number;

            out_queue.get_wait (out number);
            print ("%d\n", number.get_int ());
        }
    } catch (ThreadedAsync.Error.CLOSED error) {
        // That was all.
    }

    // The worker has closed its queue; whether because it was done, it says itself.
    worker.wait (null);
    runner.stop ();
}

int main () {
    try {
        run ();
        return 0;
    } catch (Error error) {
        printerr ("worker-queue: %s\n", error.message);
        return 1;
    }
}
