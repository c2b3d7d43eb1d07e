/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import GObject from 'gi://GObject?version=2.0';
import ThreadedAsync from 'gi://ThreadedAsync?version=1';

import {assertEqual, assertFails, assertThrows, run, test, until} from './harness.js';

const {CANCELLED, TIMED_OUT, WOULD_BLOCK} = Gio.IOErrorEnum;
const {CLOSED, WRONG_TYPE} = ThreadedAsync.Error;

function newQueue(capacity, ...items) {
  const queue = ThreadedAsync.Queue.new(capacity);

  for (const item of items)
    queue.try_put(item);
  return queue;
}

/* What is in the queue. */
function everything(queue) {
  const items = [];

  while (!queue.is_empty)
    items.push(queue.try_get());
  return items.join();
}

/* The ways to put and to get, which fail and succeed alike. */
const putters = {
  wait: (queue, ...args) => queue.put_wait(...args),
  async: (queue, ...args) => queue.put(...args),
};

const getters = {
  wait: async (queue, ...args) => queue.get_wait(...args),
  async: async (queue, ...args) => queue.get(...args),
};

function expectFailures(ways, queue, args, domain, code) {
  return Promise.all(Object.values(ways).map(way =>
    assertFails(() => way(queue, ...args), domain, code)));
}

test('try_put and try_get never wait', async () => {
  const queue = newQueue(2, 1, 'two');

  await assertFails(() => queue.try_put(3), Gio.IOErrorEnum, WOULD_BLOCK);
  assertEqual(queue.length, 2);
  assertEqual(queue.is_full, true);
  assertEqual(queue.try_get(), 1);
  assertEqual(queue.try_get(), 'two');
  assertEqual(queue.is_empty, true);
  await assertFails(() => queue.try_get(), Gio.IOErrorEnum, WOULD_BLOCK);
});

test('properties', async () => {
  const queue = new ThreadedAsync.Queue({name: 'q', capacity: 3, item_type: GObject.TYPE_STRING});

  assertEqual(queue.name, 'q');
  assertEqual(queue.get_name(), 'q');
  assertEqual(queue.capacity, 3);
  assertEqual(queue.get_item_type().name, 'gchararray');
  assertEqual(queue.closed, false);
});

for (const [howToPut, put] of Object.entries(putters)) {
  for (const [howToGet, get] of Object.entries(getters)) {
    test(`values, put_${howToPut} and get_${howToGet}`, async () => {
      const queue = newQueue(0);
      const action = Gio.SimpleAction.new('action', null);

      for (const value of [true, false, 0, -5, 2 ** 31 - 1, 2 ** 40, 0.5, -1e300, '', 'zwölf 十二 🙂',
        action, null]) {
        /* eslint-disable no-await-in-loop */
        await put(queue, value);
        assertEqual(await get(queue), value);
        /* eslint-enable no-await-in-loop */
      }
      await put(queue, new GLib.Variant('(si)', ['n', 3]));
      assertEqual((await get(queue)).deepUnpack().join(), 'n,3');
    });
  }
}

test('an item type takes every number that it has', async () => {
  const numbers = {
    INT: [0, 1, -5, 2 ** 31 - 1],
    INT64: [0, 1, -5, 2 ** 40, Number.MIN_SAFE_INTEGER, 5n],
    UINT: [0, 1, 2 ** 32 - 1],
    UINT64: [0, 1, 2 ** 40],
    DOUBLE: [0, -0, 1, -5, 1.5, 2 ** 40, NaN, Infinity],
  };
  const others = {
    INT: [1.5, 2 ** 31, -0, 'text'],
    INT64: [1.5, -0, NaN, 2 ** 60, 'text'],
    UINT: [1.5, -0, -1, 2 ** 32, NaN],
    UINT64: [1.5, -0, -1, 2 ** 60, NaN],
    DOUBLE: ['text', null, 5n],
  };

  const putInAllWays = async (queue, value) => {
    const reserved = await queue.reserve();

    queue.put_reserved(reserved, value);
    queue.try_put(value);
    queue.put_wait(value);
    await queue.put(value);
  };
  const isRefused = (queue, value) =>
    assertFails(() => queue.try_put(value), ThreadedAsync.Error, WRONG_TYPE);

  for (const [name, values] of Object.entries(numbers)) {
    const queue = new ThreadedAsync.Queue({name, item_type: GObject[`TYPE_${name}`]});

    for (const value of values) {
      await putInAllWays(queue, value); // eslint-disable-line no-await-in-loop
      for (let i = 0; i < 4; i++)
        assertEqual(Number(queue.try_get()), Number(value));
    }
    for (const value of others[name])
      await isRefused(queue, value); // eslint-disable-line no-await-in-loop
    assertEqual(queue.get_length(), 0);
  }
});

test('an item type refuses other values', async () => {
  const queue = new ThreadedAsync.Queue({name: 'texts', item_type: GObject.TYPE_STRING});

  for (const value of [1, 0.5, true, null]) {
    const error = await assertFails(() => queue.try_put(value), ThreadedAsync.Error, WRONG_TYPE);
    assertEqual(error.message.includes('texts'), true);
    await expectFailures(putters, queue, [value, {timeout: 0}], ThreadedAsync.Error, WRONG_TYPE);
  }
  queue.try_put('text');
  assertEqual(everything(queue), 'text');
});

test('waits time out, and take and leave nothing', async () => {
  const queue = newQueue(1);

  for (const timeout of [0, 0.001])
    await expectFailures(getters, queue, [{timeout}], Gio.IOErrorEnum, TIMED_OUT);
  queue.try_put(1);
  for (const timeout of [0, 0.001])
    await expectFailures(putters, queue, [2, {timeout}], Gio.IOErrorEnum, TIMED_OUT);
  assertEqual(everything(queue), '1');
});

test('what is no time is refused', async () => {
  const queue = newQueue(2, 1);

  for (const timeout of [-1, NaN, '1']) {
    for (const get of Object.values(getters))
      await assertThrows(() => get(queue, {timeout}), TypeError, 'seconds');
    for (const put of Object.values(putters))
      await assertThrows(async () => put(queue, 2, {timeout}), TypeError, 'seconds');
  }
  assertEqual(everything(queue), '1');
});

test('one that was cancelled before takes and leaves nothing', async () => {
  const queue = newQueue(2, 1);
  const cancellable = new Gio.Cancellable();

  cancellable.cancel();
  await expectFailures(getters, queue, [{cancellable}], Gio.IOErrorEnum, CANCELLED);
  await expectFailures(putters, queue, [2, {cancellable}], Gio.IOErrorEnum, CANCELLED);
  assertEqual(everything(queue), '1');
});

test('gets are served in order, past those that are cancelled', async () => {
  const queue = newQueue(0);
  const cancellable = new Gio.Cancellable();
  const seen = [];
  const gets = [1, 2, 3, 4].map(i =>
    queue.get({cancellable: i % 2 ? cancellable : null})
      .then(value => seen.push(`${i}:${value}`), error => seen.push(`${i}:${error.code}`)));

  cancellable.cancel();
  queue.try_put('a');
  queue.try_put('b');
  assertEqual(queue.is_empty, true);
  assertEqual(seen.length, 0);
  await Promise.all(gets);
  assertEqual(seen.sort().join(), `1:${CANCELLED},2:a,3:${CANCELLED},4:b`);
});

test('a cancel after the hand-over still delivers', async () => {
  const queue = newQueue(0);
  const cancellable = new Gio.Cancellable();
  const get = queue.get({cancellable});

  queue.try_put(1);
  cancellable.cancel();
  assertEqual(await get, 1);
});

test('puts are let in in order, past those that are cancelled', async () => {
  const queue = newQueue(1, 0);
  const cancellable = new Gio.Cancellable();
  const puts = [1, 2, 3, 4, 5].map(i =>
    queue.put(i, {cancellable: i % 2 ? cancellable : null}).catch(error => error.code));

  assertEqual(queue.length, 1);
  cancellable.cancel();
  assertEqual(everything(queue), '0,2,4');
  assertEqual((await Promise.all(puts)).join(),
    [CANCELLED, undefined, CANCELLED, undefined, CANCELLED].join());
});

test('a queue that is closed can be emptied', async () => {
  const queue = newQueue(1, 1);
  const put = queue.put(2);

  queue.close();
  queue.close();
  assertEqual(queue.closed, true);
  await assertFails(put, ThreadedAsync.Error, CLOSED);
  await assertFails(() => queue.try_put(3), ThreadedAsync.Error, CLOSED);
  await expectFailures(putters, queue, [3], ThreadedAsync.Error, CLOSED);
  assertEqual(everything(queue), '1');
  await expectFailures(getters, queue, [], ThreadedAsync.Error, CLOSED);
});

test('closing ends the gets that wait', async () => {
  const queue = newQueue(1);
  const gets = [1, 2].map(() => queue.get());

  queue.close();
  for (const get of gets)
    await assertFails(get, ThreadedAsync.Error, CLOSED); // eslint-disable-line no-await-in-loop
});

test('get_async with a plain callback', async () => {
  const queue = newQueue(0, 2.5);
  let seen = null;

  queue.get_async(ThreadedAsync.TIMEOUT_INFINITE, null, (source, result) => {
    assertEqual(source, queue);
    seen = source.get_finish(result);
  });
  assertEqual(seen, null);
  await until(() => seen !== null);
  assertEqual(seen.join(), 'true,2.5');
});

test('reserve gives a place for a later put', async () => {
  const queue = newQueue(1);
  const reservation = await queue.reserve();

  assertEqual(queue.get_is_full(), true);
  assertEqual(queue.get_length(), 0);
  queue.put_reserved(reservation, 7);
  assertEqual(queue.try_get(), 7);

  const released = await queue.reserve();
  const next = queue.reserve();

  queue.release_reserved(released);
  queue.put_reserved(await next, 8);
  assertEqual(queue.try_get(), 8);
});

test('signals come in later turns of the main loop, once for all', async () => {
  const queue = newQueue(1);
  const seen = [];
  const connect = signal => queue.connect(signal, source => {
    assertEqual(source, queue);
    assertEqual(GLib.MainContext.default().is_owner(), true);
    seen.push(signal);
  });
  const ids = ['items-available', 'space-available', 'notify::closed'].map(connect);

  for (let i = 0; i < 10; i++) {
    queue.try_put(i);
    queue.try_get();
  }
  assertEqual(seen.length, 0);
  await until(() => seen.length > 1);
  assertEqual(seen.sort().join(), 'items-available,space-available');
  queue.try_put(1);
  queue.close();
  await until(() => seen.length > 3);
  assertEqual(seen.slice(2).sort().join(), 'items-available,notify::closed');

  queue.try_get();
  for (const id of ids)
    queue.disconnect(id);
  await until(() => !GLib.MainContext.default().pending());
  assertEqual(seen.length, 4);
});

test('for await ends when the queue is closed', async () => {
  const queue = newQueue(0, 1, 2);
  const seen = [];
  const reader = (async () => {
    for await (const item of queue)
      seen.push(item);
    return 'ended';
  })();

  await until(() => seen.length === 2);
  await queue.put(undefined);
  queue.try_put(4);
  queue.close();
  assertEqual(await reader, 'ended');
  assertEqual(seen.length, 4);
  assertEqual(seen[2], undefined);
  assertEqual(seen[3], 4);
});

test('for await takes no more than it uses', async () => {
  const queue = newQueue(0, 1, 2, 3);

  for await (const item of queue) {
    if (item === 2)
      break;
  }
  assertEqual(everything(queue), '3');
});

test('for await gives an item that is a promise, and does not wait for it', async () => {
  const never = new Promise(() => {});
  const queue = newQueue(0, never);
  const seen = [];
  const reader = (async () => {
    for await (const item of queue)
      seen.push(item);
  })();

  await until(() => seen.length === 1);
  queue.try_put(never);
  queue.close();
  await reader;
  assertEqual(seen.length, 2);
  assertEqual(seen[0], never);
  assertEqual(seen[1], never);
});

test('an iterator that is left gives the item that it was asked for before', async () => {
  const queue = ThreadedAsync.Queue.new(0);
  const iterator = queue[Symbol.asyncIterator]();
  const asked = iterator.next();

  await iterator.return();
  queue.try_put('item');
  const {value, done} = await asked;
  assertEqual(value, 'item');
  assertEqual(done, false);
  assertEqual((await iterator.next()).done, true);
});

test('for await passes other errors on', async () => {
  const queue = newQueue(0, 1);

  queue.try_get = () => {
    throw new RangeError('other');
  };
  await assertThrows(async () => {
    for await (const item of queue)
      assertEqual(item, 'nothing');
  }, RangeError, 'other');
});

run();
