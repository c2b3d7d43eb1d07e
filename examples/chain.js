#!/usr/bin/env -S gjs -m
/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * chain.js [FOLDER]: reads every regular file of a folder without blocking, and prints how many
 * there were and how many bytes they had.
 *
 * The files are read by a runner's thread, in which GIO's blocking calls are made. The task itself,
 * in JavaScript, runs in the main thread, since JavaScript functions cannot leave it.
 */

import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import System from 'system';
import ThreadedAsync from 'gi://ThreadedAsync?version=1';

Gio._promisify(Gio.File.prototype, 'enumerate_children_async', 'enumerate_children_finish');
Gio._promisify(Gio.FileEnumerator.prototype, 'next_files_async', 'next_files_finish');

const BATCH = 64;

async function readFiles(folder, reader, cancellable) {
  const children = await folder.enumerate_children_async('standard::name,standard::type',
    Gio.FileQueryInfoFlags.NOFOLLOW_SYMLINKS, GLib.PRIORITY_DEFAULT, cancellable);
  let nFiles = 0;
  let nBytes = 0;

  for (;;) {
    const infos = await children.next_files_async(BATCH, GLib.PRIORITY_DEFAULT, cancellable);

    if (infos.length === 0)
      return `${nFiles} files, ${nBytes} bytes`;

    for (const info of infos) {
      if (info.get_file_type() !== Gio.FileType.REGULAR)
        continue;

      const child = children.get_child(info);
      const [bytes] = await reader.call_method(child, 'load_bytes', [], {cancellable});
      nFiles++;
      nBytes += bytes.get_size();
    }
  }
}

async function main() {
  const folder = Gio.File.new_for_commandline_arg(ARGV.length > 0 ? ARGV[0] : '.');
  const reader = ThreadedAsync.Runner.new('reader');

  reader.start();
  const task = ThreadedAsync.Runner.main.create_task(
    promise => readFiles(folder, reader, promise.get_cancellable()));

  try {
    print(await task.wait());
  } finally {
    await reader.stop();
  }
}

const loop = new GLib.MainLoop(null, false);
let status = 0;

main().catch(error => {
  printerr(`chain: ${error.message}`);
  status = 1;
}).finally(() => loop.quit());

loop.run();
System.exit(status);
