/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What is ready is had at once, and yet the main loop turns. */

import GLib from 'gi://GLib?version=2.0';
import ThreadedAsync from 'gi://ThreadedAsync?version=1';

import {assertEqual, run, test, until} from './harness.js';

const MANY = 4000;

/* How long one use of what is ready takes, by a clock that a busy machine does not change. */
const USE_US = 20;

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

/* Runs something by a clock that goes on only when it is read. */
function withClock(priority, func) {
  const {get_monotonic_time: getTime, timeout_add: addTimeout} = GLib;
  let now = getTime();

  GLib.get_monotonic_time = () => (now += USE_US);
  // Idles alone are not starved by what this test adds; then nobody has to come back in time, which
  // would be before them if the machine was slow.
  if (priority === GLib.PRIORITY_DEFAULT_IDLE)
    GLib.timeout_add = (ofTimer, ms, end) => addTimeout(ofTimer, 1000 * ms, end);
  return func().finally(() => {
    GLib.get_monotonic_time = getTime;
    GLib.timeout_add = addTimeout;
  });
}

/* Counts how often the main loop comes to a priority while something is always ready. */
async function countTurns(priority, useOne) {
  let nTurns = 0;

  await rest();
  const id = GLib.idle_add(priority, () => {
    nTurns++;
    return GLib.SOURCE_CONTINUE;
  });
  await withClock(priority, async () => {
    for (let i = 0; i < MANY; i++)
      await useOne(i);
  }).finally(() => GLib.source_remove(id));
  return nTurns;
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
      const nTurns = await countTurns(priority, make());

      // One every 4 ms, and a use that begins the next.
      assertEqual(nTurns >= MANY * USE_US / (4000 + 2 * USE_US) - 1, true);
    }
  });
}

run();
