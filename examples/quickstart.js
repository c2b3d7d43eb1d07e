#!/usr/bin/env -S gjs -m
/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

import GLib from 'gi://GLib?version=2.0';
import System from 'system';
import ThreadedAsync from 'gi://ThreadedAsync?version=1';

// JavaScript functions cannot leave their thread. So the task runs on the runner that is attached
// to the main context, in the main thread, which its waits leave free for other things.

async function think(promise) {
  await ThreadedAsync.sleep(0.5, promise.get_cancellable());
  return 42;
}

async function main() {
  const task = ThreadedAsync.Runner.main.create_task(think);

  print(`The answer is ${await task.wait()}`);
}

const loop = new GLib.MainLoop(null, false);
let status = 0;

main().catch(error => {
  printerr(`quickstart: ${error.message}`);
  status = 1;
}).finally(() => loop.quit());

loop.run();
System.exit(status);
