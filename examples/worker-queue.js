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
 * queues could just as well lead to a worker in the background that is written in C.
 */

import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import System from 'system';
import ThreadedAsync from 'gi://ThreadedAsync?version=1';

Gio._promisify(ThreadedAsync.Future.prototype, 'wait_async', 'wait_finish');
Gio._promisify(ThreadedAsync.Queue.prototype, 'get_async', 'get_finish');
Gio._promisify(ThreadedAsync.Queue.prototype, 'put_async', 'put_finish');

const FOREVER = ThreadedAsync.TIMEOUT_INFINITE;

function isClosed(error) {
  return error instanceof GLib.Error &&
    error.matches(ThreadedAsync.Error, ThreadedAsync.Error.CLOSED);
}

/* What comes out of a queue, until it is closed. */
async function* items(queue, cancellable) {
  for (;;) {
    try {
      const [item] = await queue.get_async(FOREVER, cancellable);
      yield item;
    } catch (error) {
      if (isClosed(error))
        return;
      throw error;
    }
  }
}

async function increment(inQueue, outQueue, cancellable) {
  try {
    for await (const number of items(inQueue, cancellable))
      await outQueue.put_async(number + 1, FOREVER, cancellable);
  } finally {
    outQueue.close();
  }
}

async function main() {
  const inQueue = ThreadedAsync.Queue.new(0);
  const outQueue = ThreadedAsync.Queue.new(0);

  const worker = ThreadedAsync.Runner.get_default().create_task(task => {
    const promise = task.take_promise();

    increment(inQueue, outQueue, promise.get_cancellable()).then(() => {
      promise.return_boolean(true);
    }).catch(error => {
      promise.return_failed(error.message);
    });
  });

  for (let i = 0; i < 10; i++)
    await inQueue.put_async(i, FOREVER, null);
  inQueue.close();

  for await (const number of items(outQueue, null))
    print(number);

  // The worker has closed its queue; whether because it was done, it says itself.
  await worker.wait_async(FOREVER, null);
}

const loop = new GLib.MainLoop(null, false);
let status = 0;

main().catch(error => {
  printerr(`worker-queue: ${error.message}`);
  status = 1;
}).finally(() => loop.quit());

loop.run();
System.exit(status);
