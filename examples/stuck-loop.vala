/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * stuck-loop: a task that computes for ever holds up its runner. The stop takes no longer than it may,
 * and says how it went.
 */

int has_begun; // atomic

void run () throws Error {
    var runner = new ThreadedAsync.Runner ("stuck-loop");

    runner.start ();
    // It looks at nothing, not even at its cancellable.
    var task = runner.create_task ((task) => {
        task.set_name ("compute");
        AtomicInt.set (ref has_begun, 1);
        while (true)
            Thread.usleep (1000);
    });
    while (AtomicInt.get (ref has_begun) == 0)
        Thread.usleep (1000);

    try {
        runner.stop (TimeSpan.SECOND / 2);
    } catch (Error error) {
        printerr ("stuck-loop: %s\n", error.message);
    }
    print ("%s\n", EnumClass.to_string (typeof (ThreadedAsync.ShutdownType), runner.shutdown_type));
    assert (task.done);
}

int main () {
    try {
        run ();
        return 0;
    } catch (Error error) {
        printerr ("stuck-loop: %s\n", error.message);
        return 1;
    }
}
