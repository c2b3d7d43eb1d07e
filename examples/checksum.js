#!/usr/bin/env -S gjs -m
/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * checksum.js FOLDER: prints the SHA-256 of every regular file in a folder and in the folders below
 * it, as sha256sum does. Symbolic links are not followed.
 *
 * JavaScript functions cannot leave their thread, but what they call may: several runners read the
 * files and compute their checksums in threads of their own, while the main loop stays free. A
 * walk puts the files that it finds into a queue, which is bounded, so that nothing piles up,
 * however large the folder is.
 */

import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import System from 'system';
import ThreadedAsync from 'gi://ThreadedAsync?version=1';

/* A namespace, which not every version of GLib has. */
function findNamespace(name) {
  try {
    return imports.gi[name];
  } catch (error) {
    return {};
  }
}

// What belongs to Unix has moved out of GLib and GIO.
const UnixOutputStream = findNamespace('GioUnix').OutputStream ?? Gio.UnixOutputStream;
const GLibUnix = findNamespace('GLibUnix');
const addSignal = GLibUnix.signal_add ?? GLibUnix.signal_add_full ?? GLib.unix_signal_add;

Gio._promisify(Gio.File.prototype, 'enumerate_children_async', 'enumerate_children_finish');
Gio._promisify(Gio.FileEnumerator.prototype, 'next_files_async', 'next_files_finish');

const BATCH = 64;
const CHUNK = 256 * 1024;
const LARGE = 16 * 1024 * 1024;
const N_HASHERS = 4;
const N_WAITING = 64;
const SIGINT = 2;
const STDERR = 2;
const CLEAR_LINE = '\r\x1b[K';

/* The bytes that a URI stands for: a name need not be text. */
function decodeURI(uri) {
  const bytes = [];

  for (let i = 0; i < uri.length; i++) {
    if (uri[i] === '%')
      bytes.push(parseInt(uri.slice(i + 1, i += 3), 16)) && i--;
    else
      bytes.push(uri.charCodeAt(i));
  }
  return bytes;
}

/* In a name that would break the line, sha256sum writes some characters as two, and says so by a
 * backslash at the start of the line. */
function formatLine(checksum, name) {
  const escapes = {'\\': '\\\\', '\n': '\\n', '\r': '\\r'};
  const escaped = name.flatMap(byte => {
    const pair = escapes[String.fromCharCode(byte)];
    return pair ? [...pair].map(character => character.charCodeAt(0)) : [byte];
  });
  const mark = escaped.length === name.length ? '' : '\\';

  return [...new TextEncoder().encode(`${mark}${checksum}  `), ...escaped, 10];
}

class Job {
  constructor(name, show) {
    this.name = name;
    this.root = Gio.File.new_for_path(name);
    this.show = show; // a line, or what went wrong
    this.files = ThreadedAsync.Queue.new(N_WAITING);
    this.nFiles = 0;
    this.nBytes = 0;
  }

  /* The function of the task: all that has to be done, by several at a time. */
  async run(promise, runners) {
    this.promise = promise;
    this.cancellable = promise.get_cancellable();
    let firstError = null;

    await Promise.all([this.walk(), ...runners.map(runner => this.hashFiles(runner))].map(
      part => part.catch(error => {
        firstError ??= error;
        this.cancellable.cancel(); // the others need not go on
      })));
    if (firstError !== null)
      throw firstError;
  }

  async walk() {
    const folders = [this.root];

    try {
      while (folders.length > 0)
        await this.tolerate(() => this.walkFolder(folders.pop(), folders));
    } finally {
      this.files.close();
    }
  }

  /* A file or a folder that can't be read is no reason to end. */
  async tolerate(func) {
    try {
      await func();
    } catch (error) {
      if (!(error instanceof GLib.Error) || this.cancellable.is_cancelled())
        throw error;
      this.show(error);
    }
  }

  async walkFolder(folder, folders) {
    const {cancellable} = this;
    const children = await folder.enumerate_children_async(
      'standard::name,standard::type,standard::size', Gio.FileQueryInfoFlags.NOFOLLOW_SYMLINKS,
      GLib.PRIORITY_DEFAULT, cancellable);

    for (;;) {
      const infos = await children.next_files_async(BATCH, GLib.PRIORITY_DEFAULT, cancellable);

      if (infos.length === 0)
        return;
      for (const info of infos) {
        const child = children.get_child(info);

        if (info.get_file_type() === Gio.FileType.DIRECTORY)
          folders.push(child);
        else if (info.get_file_type() === Gio.FileType.REGULAR)
          await this.files.put({file: child, size: info.get_size()}, {cancellable});
      }
    }
  }

  async hashFiles(runner) {
    for await (const {file, size} of this.files) {
      let checksum = null;

      await this.tolerate(async () => {
        checksum = size > LARGE
          ? await this.hashLarge(runner, file) : await this.hashSmall(runner, file);
      });
      if (checksum === null)
        continue;
      this.report(1, 0);
      this.show(formatLine(checksum, this.getName(file)));
    }
  }

  /* Both to read a file and to compute its checksum are work for the other thread. */
  async hashSmall(runner, file) {
    const {cancellable} = this;
    const [bytes] = await runner.call_method(file, 'load_bytes', [], {cancellable});

    this.report(0, bytes.get_size());
    return runner.call_method(GLib, 'compute_checksum_for_bytes',
      [GLib.ChecksumType.SHA256, bytes], {cancellable});
  }

  /* A file that is too large for the memory goes piece by piece. The checksum stays in its box. */
  async hashLarge(runner, file) {
    const {cancellable} = this;
    const checksum = ThreadedAsync.Box.of(GLib.Checksum.new(GLib.ChecksumType.SHA256));
    const stream = await runner.call_method(file, 'read', [], {cancellable});

    for (;;) {
      const chunk = await runner.call_method(stream, 'read_bytes', [CHUNK], {cancellable});

      if (chunk.get_size() === 0)
        return runner.call_method(checksum, 'get_string', [], {cancellable});
      await runner.call_method(checksum, 'update', [chunk], {cancellable});
      this.report(0, chunk.get_size());
    }
  }

  report(nFiles, nBytes) {
    this.nFiles += nFiles;
    this.nBytes += nBytes;
    this.promise.set_status(`${this.nFiles} files, ${GLib.format_size(this.nBytes)}`);
  }

  getName(file) {
    const root = this.root.get_uri();
    const relative = file.get_uri().slice(root.length).replace(/^\//, '');
    const folder = this.name.endsWith('/') ? this.name : `${this.name}/`;

    return [...new TextEncoder().encode(folder), ...decodeURI(relative)];
  }
}

class Program {
  constructor(name) {
    this.job = new Job(name, result => this.show(result));
    this.output = new UnixOutputStream({fd: 1, close_fd: false});
    this.showsStatus = GLib.log_writer_supports_color(STDERR); // it is a terminal
    this.status = 0;
  }

  async run() {
    const runners = Array.from({length: N_HASHERS}, () => ThreadedAsync.Runner.new('hasher'));

    for (const runner of runners)
      runner.start();
    const task = ThreadedAsync.Runner.main.create_task(promise => this.job.run(promise, runners));
    if (this.showsStatus)
      task.connect('notify::status', () => this.onStatus(task));
    addSignal(GLib.PRIORITY_DEFAULT, SIGINT, () => {
      this.status = 130;
      task.cancel();
      return GLib.SOURCE_REMOVE;
    });

    try {
      await task.wait();
    } catch (error) {
      if (this.status !== 130)
        this.complain(error);
    }
    this.clearStatus();
    // A few milliseconds will do, unless the machine is very busy.
    await Promise.all(runners.map(runner => runner.stop({timeout: 10})));
    return this.status;
  }

  show(result) {
    this.clearStatus();
    if (result instanceof GLib.Error)
      this.complain(result);
    else
      this.output.write_all(result, null);
  }

  complain(error) {
    this.clearStatus();
    printerr(`checksum: ${error.message}`);
    this.status = 1;
  }

  onStatus(task) {
    if (!task.done)
      this.writeStatus(`${CLEAR_LINE}${task.status}`);
  }

  clearStatus() {
    if (this.showsStatus)
      this.writeStatus(CLEAR_LINE);
  }

  writeStatus(text) {
    new UnixOutputStream({fd: STDERR, close_fd: false}).write_all(text, null);
  }
}

if (ARGV.length !== 1) {
  printerr('Usage: checksum.js FOLDER');
  System.exit(1);
}

const loop = new GLib.MainLoop(null, false);
let status = 1;

new Program(ARGV[0]).run().then(ended => (status = ended), error => {
  printerr(`checksum: ${error.message}`);
}).finally(() => loop.quit());

loop.run();
System.exit(status);
