/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * control-inversion.vala: a client in the background asks a server to increment the numbers 0 to 9,
 * one after the other, and prints each answer. The server, in the main program, decides how far it
 * gets: it handles three requests.
 *
 * When process() returns, the client has printed the answer. Nothing of it depends on which thread
 * is quicker.
 */

using ThreadedAsync;

/* The client's side, which runs in the background. */
class Counter : Client {
    public Counter (Server server, Runner runner) {
        Object (server: server, runner: runner);
    }

    async int64 increment (int64 number) throws GLib.Error {
        return (yield execute_async ("increment", { number })).get_int64 ();
    }

    public async void run (Promise promise) {
        try {
            for (int64 number = 0; number < 10; number++)
                print (@"Client got: $(yield increment (number))\n");
            promise.return_boolean (true);
        } catch (GLib.Error error) {
            promise.return_error (error);
        }
    }
}

/* The server's side, which runs in the main program. */
class Incrementer : Server {
    public override bool handle_request (Request request) {
        var promise = request.take_promise ();

        try {
            promise.return_int (request.get_arg (0).get_int64 () + 1);
        } catch (GLib.Error error) {
            promise.return_error (error);
        }
        return true;
    }
}

int main () {
    var server = new Incrementer ();
    var runner = new Runner ("control-inversion");

    try {
        runner.start ();

        var counter = new Counter (server, runner);
        var task = runner.create_task ((task) => counter.run.begin (task.take_promise ()));

        for (int i = 0; i < 3; i++)
            server.process ();

        // The client waits for the fourth answer, until its runner is stopped.
        runner.stop ();
        return task.done ? 0 : 1;
    } catch (GLib.Error error) {
        printerr ("control-inversion: %s\n", error.message);
        return 1;
    }
}
