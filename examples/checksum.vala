/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * checksum FOLDER: prints the SHA-256 of every regular file in a folder and in the folders below
 * it, as sha256sum does. Symbolic links are not followed.
 *
 * The work is one task in the background, which consists of several coroutines: a walk puts the
 * files that it finds into a queue, hashers get them there, and put their results into another
 * queue, from which the main loop prints them. Both queues are bounded, so that nothing piles up,
 * however large the folder is.
 */

const int64 FOREVER = ThreadedAsync.TIMEOUT_INFINITE;
const int BATCH = 64;
const size_t CHUNK = 256 * 1024;
const int N_HASHERS = 4;
const int N_WAITING = 64;
const string CLEAR_LINE = "\r\033[K";

/* The task. Its coroutines take turns in the runner's thread, and so need no lock. */
class Job {
    string name;
    File root;
    ThreadedAsync.Queue files = new ThreadedAsync.Queue (N_WAITING);
    ThreadedAsync.Queue results; // GLib.Bytes: a line to be printed; a string: what went wrong
    ThreadedAsync.Promise promise;
    Cancellable cancellable;
    uint n_chains = 1 + N_HASHERS;
    uint n_files;
    uint64 n_bytes;
    int64 next_report;
    Error? error;

    public Job (string name, ThreadedAsync.Queue results) {
        this.name = name;
        this.results = results;
        root = File.new_for_path (name);
    }

    /* The task's function. */
    public void start (ThreadedAsync.Task task) {
        promise = task.take_promise ();
        cancellable = promise.get_cancellable ();

        run_chain.begin (true);
        for (int i = 0; i < N_HASHERS; i++)
            run_chain.begin (false);
    }

    async void run_chain (bool is_walk) {
        try {
            if (is_walk)
                yield walk ();
            else
                yield hash_files ();
        } catch (Error chain_error) {
            if (error == null)
                error = chain_error;
            cancellable.cancel ();
        }

        if (--n_chains > 0)
            return;
        if (error == null)
            promise.return_boolean (true);
        else
            promise.return_error (error);
        results.close ();
    }

    /* Whatever fails because the task is cancelled, this fails for the same reason too. */
    async void put_error (Error failure) throws Error {
        yield results.put_async (failure.message, FOREVER, cancellable);
    }

    async void walk () throws Error {
        var folders = new ThreadedAsync.Queue (0);

        folders.try_put (root);
        while (!folders.is_empty) {
            try {
                yield walk_folder ((File) folders.try_get ().get_object (), folders);
            } catch (Error failure) {
                yield put_error (failure);
            }
        }
        files.close ();
    }

    async void walk_folder (File folder, ThreadedAsync.Queue folders) throws Error {
        var children = yield folder.enumerate_children_async ("standard::name,standard::type",
            FileQueryInfoFlags.NOFOLLOW_SYMLINKS, Priority.DEFAULT, cancellable);

        while (true) {
            var infos = yield children.next_files_async (BATCH, Priority.DEFAULT, cancellable);

            if (infos == null)
                return;
            foreach (var info in infos) {
                if (info.get_file_type () == FileType.DIRECTORY)
                    folders.try_put (children.get_child (info));
                else if (info.get_file_type () == FileType.REGULAR)
                    yield files.put_async (children.get_child (info), FOREVER, cancellable);
            }
        }
    }

    async void hash_files () throws Error {
        while (true) {
            File file;

            try {
                var item = yield files.get_async (FOREVER, cancellable);
                file = (File) item.get_object ();
            } catch (ThreadedAsync.Error.CLOSED closed) {
                return;
            }

            Bytes line;
            try {
                line = format_line (file, yield hash_file (file));
            } catch (Error failure) {
                yield put_error (failure);
                continue;
            }
            yield results.put_async (line, FOREVER, cancellable);
        }
    }

    async string hash_file (File file) throws Error {
        var checksum = new Checksum (ChecksumType.SHA256);
        var stream = yield file.read_async (Priority.DEFAULT, cancellable);

        while (true) {
            var chunk = yield stream.read_bytes_async (CHUNK, Priority.DEFAULT, cancellable);

            if (chunk.length == 0)
                break;
            checksum.update (chunk.get_data (), chunk.length);
            report (0, chunk.length);
        }
        report (1, 0);
        return checksum.get_string ();
    }

    void report (uint more_files, uint64 more_bytes) {
        n_files += more_files;
        n_bytes += more_bytes;
        // Ten times a second is enough for a person.
        if (get_monotonic_time () < next_report)
            return;
        next_report = get_monotonic_time () + TimeSpan.SECOND / 10;
        promise.set_status ("%u files, %s".printf (n_files, format_size (n_bytes)));
    }

    /* In a name that would break the line, sha256sum writes some characters as two, and says so by
     * a backslash at the start of the line. */
    Bytes format_line (File file, string checksum) {
        var path = Path.build_filename (name, root.get_relative_path (file));
        var line = new ByteArray ();
        bool escaped = "\\" in path || "\n" in path || "\r" in path;

        if (escaped)
            line.append ({ '\\' });
        line.append (checksum.data);
        line.append ("  ".data);
        foreach (uint8 character in path.data) {
            if (character == '\\')
                line.append ("\\\\".data);
            else if (character == '\n')
                line.append ("\\n".data);
            else if (character == '\r')
                line.append ("\\r".data);
            else
                line.append ({ character });
        }
        line.append ({ '\n' });
        return ByteArray.free_to_bytes ((owned) line);
    }
}

/* The main program, in its main loop. */
class Program {
    MainLoop loop = new MainLoop ();
    bool shows_status = Posix.isatty (Posix.STDERR_FILENO);
    int status;

    public int run (string name) throws Error {
        var results = new ThreadedAsync.Queue (N_WAITING);
        var runner = new ThreadedAsync.Runner ("checksum");
        var job = new Job (name, results);

        runner.start ();
        var task = runner.create_task (job.start);
        if (shows_status)
            task.notify["status"].connect (() => printerr (CLEAR_LINE + "%s", task.status));
        print_results.begin (results);
        Unix.signal_add (Posix.Signal.INT, () => {
            status = 130;
            loop.quit ();
            return Source.REMOVE;
        });

        loop.run ();
        clear_status ();
        // This cancels the task, if it has not ended.
        // A few milliseconds will do, unless the machine is very busy.
        runner.stop (10 * TimeSpan.SECOND);
        return status;
    }

    async void print_results (ThreadedAsync.Queue results) {
        try {
            while (true) {
                var result = yield results.get_async ();

                clear_status ();
                if (result.holds (typeof (string)))
                    complain (result.get_string ());
                else
                    write ((Bytes) result.get_boxed ());
            }
        } catch (ThreadedAsync.Error.CLOSED closed) {
            // That was all.
        } catch (Error failure) {
            complain (failure.message);
        }
        loop.quit ();
    }

    void write (Bytes line) throws Error {
        size_t written = 0;

        while (written < line.length) {
            var rest = line.length - written;
            var more = Posix.write (Posix.STDOUT_FILENO, &line.get_data ()[written], rest);

            if (more < 0)
                throw new IOError.FAILED ("%s", strerror (errno));
            written += more;
        }
    }

    void complain (string message) {
        printerr ("checksum: %s\n", message);
        status = 1;
    }

    void clear_status () {
        if (shows_status)
            printerr (CLEAR_LINE);
    }
}

int main (string[] args) {
    Intl.setlocale ();
    if (args.length != 2) {
        printerr ("Usage: checksum FOLDER\n");
        return 1;
    }

    try {
        return new Program ().run (args[1]);
    } catch (Error error) {
        printerr ("checksum: %s\n", error.message);
        return 1;
    }
}
