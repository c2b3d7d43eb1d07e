/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Servers and clients of which one is written in Vala and the other in C. */

using ThreadedAsync;

[CCode (cname = "ta_probe_ask_repeatedly", cheader_filename = "bindings/ta-probe-server.h")]
extern ThreadedAsync.Task ask_repeatedly (Client client, string method, uint n_requests);

[CCode (cname = "ta_probe_server_new", cheader_filename = "bindings/ta-probe-server.h")]
extern Server native_server_new ();

const int64 SECOND = 1000000;

int n_tests = 0;
int n_failed = 0;

void check (bool ok, string name) {
    n_tests++;
    if (!ok)
        n_failed++;
    print ("%s %d %s\n", ok ? "ok" : "not ok", n_tests, name);
}

/* Answers in the class slot. */
class Incrementer : Server {
    Thread<bool> thread = Thread.self<bool> ();
    public uint n_elsewhere;

    public override bool handle_request (Request request) {
        if (Thread.self<bool> () != thread)
            n_elsewhere++;
        if (request.get_method () != "increment")
            return false;

        var promise = request.take_promise ();

        try {
            promise.return_int (request.get_arg (0).get_int64 () + 1);
        } catch (GLib.Error error) {
            promise.return_error (error);
        }
        return true;
    }
}

/* Each call of process() is one request, and its client's next one is there when it returns. */
void check_clients_in_c (Server server, Runner runner, string how) throws GLib.Error {
    var first = ask_repeatedly (new Client (server, runner), "increment", 10);
    var second = ask_repeatedly (new Client (server, runner), "increment", 10);
    Value sum;
    uint n_handled = 0;

    while (server.process (10 * SECOND))
        n_handled++;
    check (n_handled == 20, @"$how handles each request of clients in C");
    first.wait (out sum, 10 * SECOND);
    check (sum.get_int64 () == 55, @"$how answers a client in C");
    second.wait (out sum, 10 * SECOND);
    check (sum.get_int64 () == 55, @"$how answers the other one");

    var failing = ask_repeatedly (new Client (server, runner), "decrement", 1);
    bool is_unhandled = false;

    server.process (10 * SECOND);
    try {
        failing.wait (out sum, 10 * SECOND);
    } catch (ThreadedAsync.Error.UNHANDLED error) {
        is_unhandled = true;
    }
    check (is_unhandled, @"$how tells a client in C that nobody handled its request");
}

/* A client that writes its answers down. */
class Counter : Client {
    public int64[] answers = {};
    public string? refusal;

    public Counter (Server server, Runner runner) {
        Object (server: server, runner: runner);
    }

    public async void run (Promise promise) {
        try {
            for (int64 number = 0; number < 5; number++)
                answers += (yield execute_async ("increment", { number })).get_int64 ();
        } catch (GLib.Error error) {
            promise.return_error (error);
            return;
        }
        try {
            yield execute_async ("decrement", {});
        } catch (GLib.Error error) {
            refusal = error.message;
        }
        promise.return_boolean (true);
    }
}

void check_server_in_c (Runner runner) throws GLib.Error {
    var server = native_server_new ();
    var counter = new Counter (server, runner);
    var task = runner.create_task ((task) => counter.run.begin (task.take_promise ()));
    bool is_in_step = true;

    for (int i = 1; i <= 5; i++) {
        server.process (10 * SECOND);
        is_in_step &= counter.answers.length == i && counter.answers[i - 1] == i;
    }
    check (is_in_step, "a server in C answers a client in Vala, one request at a time");
    check (server.process (10 * SECOND), "it gets what it does not know, too");
    check (counter.refusal != null && counter.refusal.contains ("“decrement”"),
           "and the client in Vala is told");
    check (!server.process (10 * SECOND) && task.done, "that was all");
}

int main () {
    var runner = new Runner ("vala");

    try {
        var incrementer = new Incrementer ();
        var server = new Server (null);

        runner.start ();
        check_clients_in_c (incrementer, runner, "a class in Vala");
        check (incrementer.n_elsewhere == 0, "it does so where it processes");

        server.handle_request["increment"].connect ((request) => {
            var promise = request.take_promise ();

            try {
                promise.return_int (request.get_arg (0).get_int64 () + 1);
            } catch (GLib.Error error) {
                promise.return_error (error);
            }
            return true;
        });
        check_clients_in_c (server, runner, "a handler in Vala");
        check_server_in_c (runner);
        runner.stop (10 * SECOND);
    } catch (GLib.Error error) {
        check (false, error.message);
    }

    print ("1..%d\n", n_tests);
    return n_failed == 0 ? 0 : 1;
}
