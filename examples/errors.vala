/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * errors: three tasks fail, and nobody waits for them. Their errors come out when the runner is
 * stopped.
 */

void fail (ThreadedAsync.Runner runner, string name) {
    runner.create_task ((task) => {
        task.set_name (name);
        task.take_promise ().return_error (new IOError.FAILED ("The %s is empty", name));
    });
}

void print_failed_tasks (ThreadedAsync.Runner runner) {
    print ("%u tasks failed:\n", runner.get_n_failed_tasks ());
    foreach (var task in runner.get_failed_tasks ()) {
        try {
            task.try_wait ();
        } catch (Error error) {
            print ("%s: %s\n", task.name, error.message);
        }
    }
}

void run () throws Error {
    var runner = new ThreadedAsync.Runner ("errors");

    runner.start ();
    foreach (var name in new string[] { "fridge", "purse", "tank" })
        fail (runner, name);

    try {
        runner.stop ();
        print ("All went well\n");
    } catch (ThreadedAsync.Error.TASKS_FAILED error) {
        print_failed_tasks (runner);
    }
}

int main () {
    try {
        run ();
        return 0;
    } catch (Error error) {
        printerr ("errors: %s\n", error.message);
        return 1;
    }
}
