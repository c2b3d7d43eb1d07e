/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What is ready is had at once, and yet the main loop turns. */

import GLib from 'gi://GLib?version=2.0';
import ThreadedAsync from 'gi://ThreadedAsync?version=1';

import {assertEqual, run, test, until} from './harness.js';

const MANY = 20000;

/* Whether a promise is settled before the main loop has turned. */
async function isReady(promise) {
  let turned = false;
  const id = GLib.idle_add(GLib.PRIORITY_DEFAULT, () => {
    turned = true;
    return GLib.SOURCE_CONTINUE;
  });

  try {
    await promise;
    return !turned;
  } finally {
    GLib.source_remove(id);
  }
}

/* Lets the main loop come to rest, so that what is ready may be had at once. */
async function rest() {
  let idle = false;

  GLib.idle_add(GLib.PRIORITY_LOW, () => {
    idle = true;
    return GLib.SOURCE_REMOVE;
  });
  await until(() => idle);
}

test('what is ready needs no turn of the main loop', async () => {
  const queue = ThreadedAsync.Queue.new(2);
  const event = ThreadedAsync.Event.new();
  const promise = ThreadedAsync.Promise.new();
  const future = promise.get_future();

  event.set();
  promise.return_int(1);
  queue.try_put(1);
  await rest();
  assertEqual(await isReady(queue.put(2)), true);
  assertEqual(await isReady(queue.get()), true);
  assertEqual(await isReady(event.wait()), true);
  assertEqual(await isReady(future.wait()), true);
});

test('what is not ready does', async () => {
  const queue = ThreadedAsync.Queue.new(0);
  const waiting = queue.get();

  queue.try_put(1);
  assertEqual(await isReady(waiting), false);
});

/* Counts how often the main loop comes to a priority while something is always ready. */
async function countTurns(priority, useOne) {
  let nTurns = 0;
  const id = GLib.timeout_add(priority, 1, () => {
    nTurns++;
    return GLib.SOURCE_CONTINUE;
  });

  await rest();
  nTurns = 0;
  const begin = GLib.get_monotonic_time();
  for (let i = 0; i < MANY && GLib.get_monotonic_time() - begin < 1e6; i++)
    await useOne(i);
  GLib.source_remove(id);
  return {nTurns, elapsed: GLib.get_monotonic_time() - begin};
}

const uses = {
  gets: () => {
    const queue = ThreadedAsync.Queue.new(0);
    for (let i = 0; i < MANY; i++)
      queue.try_put(i);
    return async i => assertEqual(await queue.get(), i);
  },
  puts: () => {
    const queue = ThreadedAsync.Queue.new(0);
    return i => queue.put(i);
  },
  'waits for an event': () => {
    const event = ThreadedAsync.Event.new();
    event.set();
    return () => event.wait();
  },
  'waits for a future': () => {
    const promise = ThreadedAsync.Promise.new();
    const future = promise.get_future();
    promise.return_int(1);
    return async () => assertEqual(await future.wait(), 1);
  },
};

for (const [name, make] of Object.entries(uses)) {
  test(`${name} that are always ready let timers, painting and idles have turns`, async () => {
    const {PRIORITY_DEFAULT, PRIORITY_HIGH_IDLE, PRIORITY_DEFAULT_IDLE} = GLib;

    for (const priority of [PRIORITY_DEFAULT, PRIORITY_HIGH_IDLE + 20, PRIORITY_DEFAULT_IDLE]) {
      const {nTurns, elapsed} = await countTurns(priority, make());

      // One every 4 ms, and on a busy machine some that are late.
      assertEqual(nTurns > 0 && nTurns >= Math.floor(elapsed / 40000), true);
    }
  });
}

run();
