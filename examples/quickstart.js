#!/usr/bin/env -S gjs -m
/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import System from 'system';
import ThreadedAsync from 'gi://ThreadedAsync?version=1';

Gio._promisify(ThreadedAsync.Future.prototype, 'wait_async', 'wait_finish');

// JavaScript functions cannot leave their thread. So the task runs on the runner that is attached
// to the main context, in the main thread, and the wait for it must not block that thread.

function think(task) {
  const promise = task.take_promise();

  ThreadedAsync.sleep_async(500000, promise.get_cancellable(), (source, result) => {
    try {
      ThreadedAsync.sleep_finish(result);
      promise.return_int(42);
    } catch (error) {
      promise.return_error(error);
    }
  });
}

async function main() {
  const task = ThreadedAsync.Runner.get_default().create_task(think);
  const [answer] = await task.wait_async(ThreadedAsync.TIMEOUT_INFINITE, null);

  print(`The answer is ${answer}`);
}

const loop = new GLib.MainLoop(null, false);
let status = 0;

main().catch(error => {
  printerr(`quickstart: ${error.message}`);
  status = 1;
}).finally(() => loop.quit());

loop.run();
System.exit(status);
