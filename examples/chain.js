#!/usr/bin/env -S gjs -m
/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * chain.js [FOLDER]: reads every regular file of a folder without blocking, and prints how many
 * there were and how many bytes they had.
 *
 * JavaScript functions cannot leave their thread. So the task runs on the runner that is attached
 * to the main context, in the main thread: it's the same chain of GIO's asynchronous calls as in
 * C and in Python, and the main loop stays free between them.
 */

import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import System from 'system';
import ThreadedAsync from 'gi://ThreadedAsync?version=1';

Gio._promisify(Gio.File.prototype, 'enumerate_children_async', 'enumerate_children_finish');
Gio._promisify(Gio.File.prototype, 'load_contents_async', 'load_contents_finish');
Gio._promisify(Gio.FileEnumerator.prototype, 'next_files_async', 'next_files_finish');
Gio._promisify(ThreadedAsync.Future.prototype, 'wait_async', 'wait_finish');

const BATCH = 64;

async function readFiles(folder, cancellable) {
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

      const [contents] = await children.get_child(info).load_contents_async(cancellable);
      nFiles++;
      nBytes += contents.length;
    }
  }
}

async function main() {
  const folder = Gio.File.new_for_commandline_arg(ARGV.length > 0 ? ARGV[0] : '.');

  const task = ThreadedAsync.Runner.get_default().create_task(ownTask => {
    const promise = ownTask.take_promise();

    readFiles(folder, promise.get_cancellable()).then(summary => {
      promise.return_string(summary);
    }).catch(error => {
      if (error instanceof GLib.Error)
        promise.return_error(error);
      else
        promise.return_failed(error.message);
    });
  });

  const [summary] = await task.wait_async(ThreadedAsync.TIMEOUT_INFINITE, null);

  print(summary);
}

const loop = new GLib.MainLoop(null, false);
let status = 0;

main().catch(error => {
  printerr(`chain: ${error.message}`);
  status = 1;
}).finally(() => loop.quit());

loop.run();
System.exit(status);
