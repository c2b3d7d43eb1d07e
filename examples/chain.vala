/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * chain [FOLDER]: reads every regular file of a folder in the background, by a chain of GIO's
 * asynchronous calls, and prints how many there were and how many bytes they had.
 */

const int BATCH = 64;

/* In the runner's thread. */
async void read_files (File folder, ThreadedAsync.Promise promise) {
    var cancellable = promise.get_cancellable ();
    uint n_files = 0;
    uint64 n_bytes = 0;

    try {
        var children = yield folder.enumerate_children_async ("standard::name,standard::type",
            FileQueryInfoFlags.NOFOLLOW_SYMLINKS, Priority.DEFAULT, cancellable);

        while (true) {
            var infos = yield children.next_files_async (BATCH, Priority.DEFAULT, cancellable);

            if (infos == null)
                break;
            foreach (var info in infos) {
                uint8[] contents;

                if (info.get_file_type () != FileType.REGULAR)
                    continue;
                var child = children.get_child (info);
                yield child.load_contents_async (cancellable, out contents, null);
                n_files++;
                n_bytes += contents.length;
            }
        }
        promise.return_string ("%u files, %llu bytes".printf (n_files, n_bytes));
    } catch (Error error) {
        promise.return_error (error);
    }
}

int main (string[] args) {
    var folder = File.new_for_commandline_arg (args.length > 1 ? args[1] : ".");
    var runner = new ThreadedAsync.Runner ("reader");

    Intl.setlocale ();
    try {
        Value summary;

        runner.start ();
        var task = runner.create_task ((task) => read_files.begin (folder, task.take_promise ()));
        task.wait (out summary);
        runner.stop ();
        print ("%s\n", summary.get_string ());
        return 0;
    } catch (Error error) {
        printerr ("chain: %s\n", error.message);
        return 1;
    }
}
