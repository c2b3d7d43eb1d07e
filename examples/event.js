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

import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import System from 'system';
import ThreadedAsync from 'gi://ThreadedAsync?version=1';

Gio._promisify(ThreadedAsync.Event.prototype, 'wait_async', 'wait_finish');
Gio._promisify(ThreadedAsync.Future.prototype, 'wait_async', 'wait_finish');

const ready = ThreadedAsync.Event.new();
let greeting = null;

function sleep(microseconds) {
  return new Promise(resolve => {
    ThreadedAsync.sleep_async(microseconds, null, () => resolve());
  });
}

async function greet(cancellable) {
  await ready.wait_async(ThreadedAsync.TIMEOUT_INFINITE, cancellable);
  print(`The worker goes on: ${greeting}`);
}

/* The task's function. */
function work(task) {
  const promise = task.take_promise();

  greet(promise.get_cancellable()).then(() => {
    promise.return_boolean(true);
  }).catch(error => {
    promise.return_failed(error.message);
  });
}

async function main() {
  const worker = ThreadedAsync.Runner.get_default().create_task(work);

  print('The main program prepares a greeting');
  await sleep(100000); // it takes its time
  greeting = 'Hello from the background';
  ready.set();

  await worker.wait_async(ThreadedAsync.TIMEOUT_INFINITE, null);
}

const loop = new GLib.MainLoop(null, false);
let status = 0;

main().catch(error => {
  printerr(`event: ${error.message}`);
  status = 1;
}).finally(() => loop.quit());

loop.run();
System.exit(status);
