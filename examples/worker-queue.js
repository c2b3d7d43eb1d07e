#!/usr/bin/env -S gjs -m
/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * worker-queue.js: the main program puts the numbers 0 to 9 into one queue, a worker adds one to
 * each, and the main program prints what comes out of the other queue.
 *
 * JavaScript functions cannot leave their thread. So the worker runs on the runner that is attached
 * to the main context, in the main thread, and takes turns there with the main program. Its
 * queues could just as well lead to a worker in the background that is written in C or in Python.
 */

import GLib from 'gi://GLib?version=2.0';
import System from 'system';
import ThreadedAsync from 'gi://ThreadedAsync?version=1';

async function increment(inQueue, outQueue) {
  try {
    for await (const number of inQueue)
      await outQueue.put(number + 1);
  } finally {
    outQueue.close();
  }
}

async function main() {
  const inQueue = ThreadedAsync.Queue.new(0);
  const outQueue = ThreadedAsync.Queue.new(0);
  const worker = ThreadedAsync.Runner.main.create_task(() => increment(inQueue, outQueue));

  for (let i = 0; i < 10; i++)
    await inQueue.put(i);
  inQueue.close();

  for await (const number of outQueue)
    print(number);

  // The worker has closed its queue; whether because it was done, it says itself.
  await worker.wait();
}

const loop = new GLib.MainLoop(null, false);
let status = 0;

main().catch(error => {
  printerr(`worker-queue: ${error.message}`);
  status = 1;
}).finally(() => loop.quit());

loop.run();
System.exit(status);
