/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Whatever other threads do, everything that belongs to the main loop comes there. */

[CCode (cname = "ta_probe_flood", cheader_filename = "bindings/ta-probe.h")]
extern void flood (ThreadedAsync.Queue queue,
                   ThreadedAsync.Event event,
                   ThreadedAsync.Promise promise,
                   uint n);

[CCode (cname = "TaProbeFunc", cheader_filename = "bindings/ta-probe.h")]
delegate void Func ();

[CCode (cname = "ta_probe_add_call", cheader_filename = "bindings/ta-probe.h")]
extern void add_call (owned Func func);

[CCode (cname = "ta_probe_get_n_called", cheader_filename = "bindings/ta-probe.h")]
extern uint get_n_called ();

[CCode (cname = "ta_probe_get_n_destroyed", cheader_filename = "bindings/ta-probe.h")]
extern uint get_n_destroyed ();

[CCode (cname = "ta_probe_get_n_destroyed_elsewhere", cheader_filename = "bindings/ta-probe.h")]
extern uint get_n_destroyed_elsewhere ();

[CCode (cname = "ta_probe_get_n_flooded", cheader_filename = "bindings/ta-probe.h")]
extern uint get_n_flooded ();

[CCode (cname = "ta_probe_mark_thread", cheader_filename = "bindings/ta-probe.h")]
extern void mark_thread ();

const int N = 100000;
const int N_CALLS = 9000;
const int N_RUNS = 10;

class Witness {
    Thread<bool> thread = Thread.self<bool> ();
    public uint count;
    public uint n_elsewhere;

    public void see () {
        count++;
        if (Thread.self<bool> () != thread)
            n_elsewhere++;
    }
}

async void flood_once () throws Error {
    var queue = new ThreadedAsync.Queue (256);
    var event = new ThreadedAsync.Event ();
    var got = new Witness ();
    var signals = new Witness ();
    var done = new Witness ();
    var closed = new Witness ();
    bool last_set = false;
    double last_progress = 0;
    int64 sum = 0;
    var called = new Witness ();
    uint n_called = get_n_called ();
    uint n_destroyed = get_n_destroyed ();

    for (int i = 0; i < N_CALLS; i++)
        add_call (() => called.see ());
    var task = ThreadedAsync.Runner.get_default ().create_task ((task) => {
        flood (queue, event, task.take_promise (), N);
    });
    event.notify["is-set"].connect (() => {
        signals.see ();
        last_set = event.is_set;
    });
    queue.items_available.connect (signals.see);
    queue.space_available.connect (signals.see);
    task.notify["progress"].connect (() => {
        signals.see ();
        last_progress = task.progress;
    });
    task.notify["status"].connect (signals.see);
    queue.notify["closed"].connect (closed.see);
    task.notify["done"].connect (done.see);

    try {
        while (true) {
            var number = yield queue.get_async ();

            got.see ();
            sum += number.get_int64 ();
        }
    } catch (ThreadedAsync.Error.CLOSED error) {
        // That was all.
    }
    int64 n = get_n_flooded ();
    assert (n > 256 && (yield task.wait_async ()).get_int64 () == n);
    // Whoever waits may be told before the others; and what comes twice comes soon after.
    while (done.count == 0 || closed.count == 0 || task.status != "over" || !last_set
            || last_progress < 1)
        yield ThreadedAsync.sleep_async (1000);
    yield ThreadedAsync.Runner.get_default ().wait_for_next_iteration_async ();

    assert (got.count == n && sum == n * (n - 1) / 2);
    assert (got.n_elsewhere + signals.n_elsewhere + done.n_elsewhere + closed.n_elsewhere == 0);
    assert (called.n_elsewhere + get_n_destroyed_elsewhere () == 0);
    assert (called.count == get_n_called () - n_called && called.count >= N_CALLS * 2 / 3);
    assert (get_n_destroyed () - n_destroyed == N_CALLS);
    assert (signals.count > 0 && done.count == 1 && closed.count == 1);
    assert (last_progress == 1);
}

async void run () throws Error {
    for (int i = 0; i < N_RUNS; i++)
        yield flood_once ();
}

int main () {
    var loop = new MainLoop ();
    bool ok = false;

    mark_thread ();
    print ("1..1\n");
    run.begin ((object, result) => {
        try {
            run.end (result);
            ok = true;
        } catch (Error error) {
            print ("# %s\n", error.message);
        }
        loop.quit ();
    });
    loop.run ();
    print ("%s 1 a flood from four threads\n", ok ? "ok" : "not ok");
    return ok ? 0 : 1;
}
