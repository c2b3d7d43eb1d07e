#!/usr/bin/env -S gjs -m
/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * event.js: a worker starts, and waits until the main program has prepared what it needs.
 *
 * JavaScript functions cannot leave their thread. So the worker runs on the runner that is attached
 * to the main context, in the main thread, which the wait leaves free for the main program.
 */

import GLib from 'gi://GLib?version=2.0';
import System from 'system';
import ThreadedAsync from 'gi://ThreadedAsync?version=1';

const ready = ThreadedAsync.Event.new();
let greeting = null;

async function greet(promise) {
  await ready.wait({cancellable: promise.get_cancellable()});
  print(`The worker goes on: ${greeting}`);
}

async function main() {
  const worker = ThreadedAsync.Runner.main.create_task(greet);

  print('The main program prepares a greeting');
  await ThreadedAsync.sleep(0.1); // it takes its time
  greeting = 'Hello from the background';
  ready.set();

  await worker.wait();
}

const loop = new GLib.MainLoop(null, false);
let status = 0;

main().catch(error => {
  printerr(`event: ${error.message}`);
  status = 1;
}).finally(() => loop.quit());

loop.run();
System.exit(status);
