/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Any value of JavaScript comes back as it was, whatever the garbage collector does meanwhile. */

import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import GObject from 'gi://GObject?version=2.0';
import System from 'system';
import TaProbe from 'gi://TaProbe?version=1';
import ThreadedAsync from 'gi://ThreadedAsync?version=1';

import {assertEqual, run, test, until} from './harness.js';

const N = 10000;

const kinds = {
  undefined: () => undefined,
  null: () => null,
  'a small number': () => 7,
  'a large number': () => 2 ** 40,
  'negative zero': () => -0,
  'no number': () => NaN,
  'a boolean': () => false,
  'a string': () => 'zwölf 十二 🙂',
  'an empty string': () => '',
  'a string with a NUL': () => 'a\0b',
  'a string that is no Unicode': () => 'a\ud800b',
  'a bigint': () => -5n,
  'a large bigint': () => 2n ** 70n,
  'a symbol': () => Symbol('s'),
  'an array': () => [1, [2]],
  'an object': () => ({a: {b: 1}}),
  'an object without a prototype': () => Object.create(null),
  'a function': () => () => 1,
  'a class': () => class {},
  'a map': () => new Map([[{}, 1]]),
  'a date': () => new Date(),
  'an error': () => new RangeError('x'),
  'a typed array': () => new Uint8Array([1, 2]),
  'a GObject': () => Gio.SimpleAction.new('a', null),
  'bytes': () => new GLib.Bytes([1, 2]),
  'a variant': () => new GLib.Variant('(si)', ['n', 3]),
  'a GLib.Error': () => new GLib.Error(Gio.IOErrorEnum, 1, 'x'),
  'a class of a library': () => Gio.File,
  'a GType': () => Gio.File.$gtype,
  'a namespace': () => Gio,
  'a prototype of a boxed type': () => GLib.Bytes.prototype,
  'a prototype of a GObject': () => GObject.Object.prototype,
  'an object that says it is of a library': () => ({constructor: GLib.Bytes}),
  'a proxy that will not be asked': () => new Proxy({}, {get(_target, key) {
    if (key === 'then')
      return undefined;
    throw new Error(`asked for ${String(key)}`);
  }}),
};

for (const [kind, make] of Object.entries(kinds)) {
  test(`${kind} through a queue`, async () => {
    const queue = ThreadedAsync.Queue.new(0);
    const value = make();

    queue.try_put(value);
    await queue.put(value);
    queue.put_wait(value);
    System.gc();
    assertEqual(queue.try_get(), value);
    assertEqual(await queue.get(), value);
    assertEqual(queue.get_wait(), value);

    const waiting = queue.get();
    queue.try_put(value);
    assertEqual(await waiting, value);
  });

  test(`${kind} through a future`, async () => {
    const promise = ThreadedAsync.Promise.new();
    const future = promise.get_future();
    const value = make();
    const waiting = future.wait();

    promise.return_value(value);
    assertEqual(await waiting, value);
    assertEqual(future.try_wait(), value);
    assertEqual(await future.wait(), value);
  });
}

test('a GObject of a class of JavaScript keeps what it has', () => {
  const Thing = GObject.registerClass(class Thing extends GObject.Object {});
  const queue = ThreadedAsync.Queue.new(0);

  for (let i = 0; i < 100; i++) {
    const thing = new Thing();
    thing.number = i;
    queue.try_put(thing);
  }
  System.gc();
  for (let i = 0; i < 100; i++)
    assertEqual(queue.try_get().number, i);
});

test('10,000 values in flight survive the garbage collector', async () => {
  const queue = ThreadedAsync.Queue.new(0);

  for (let i = 0; i < N; i++) {
    queue.try_put({number: i, list: [i]});
    if (i % 1000 === 0)
      System.gc();
  }
  System.gc();
  for (let i = 0; i < N; i++) {
    const {number, list} = await queue.get();
    assertEqual(number, i);
    assertEqual(list[0], i);
    if (i % 1000 === 0)
      System.gc();
  }
});

test('values pass through another thread', async () => {
  const runner = ThreadedAsync.Runner.new('mover');
  const [from, to] = [ThreadedAsync.Queue.new(0), ThreadedAsync.Queue.new(0)];

  runner.start();
  for (let i = 0; i < N; i++)
    from.try_put({number: i});
  const moving = runner.call(TaProbe, 'move_items', from, to, N);
  for (let i = 0; i < N; i++) {
    assertEqual((await to.get()).number, i);
    if (i % 500 === 0)
      System.gc();
  }
  assertEqual(await moving, N);
  await runner.stop();
});

/* A value that has something by which to tell when it is collected. */
function newWatched(number) {
  const guard = new Gio.Cancellable();

  TaProbe.watch(guard);
  return {number, guard};
}

test('values that another thread drops are freed here', async () => {
  const runner = ThreadedAsync.Runner.new('dropper');
  const queue = ThreadedAsync.Queue.new(0);

  runner.start();
  for (let i = 0; i < N; i++)
    queue.try_put(newWatched(i));
  System.gc();
  assertEqual(TaProbe.get_n_watched(), N);
  for (let i = 0; i < 10; i++) {
    const dropping = runner.call(TaProbe, 'drop_items', queue, N / 10);
    System.gc();
    assertEqual(await dropping, N / 10);
  }
  await until(() => {
    System.gc();
    return TaProbe.get_n_watched() < N / 100;
  });
  assertEqual(TaProbe.get_n_disposed_elsewhere(), 0);
  await runner.stop();
});

test('other threads see the plain value of what they can know', async () => {
  const runner = ThreadedAsync.Runner.new('other');
  const queue = ThreadedAsync.Queue.new(0);
  const see = async value => {
    queue.try_put(value);
    return runner.call(queue, 'try_get');
  };

  runner.start();
  assertEqual(await see(-5n), -5);
  assertEqual(await see(undefined), null);
  assertEqual((await see(new GLib.Bytes([1, 2]))).get_size(), 2);
  // Nothing but a box to them, from which a call here takes the value again.
  const thing = {};
  assertEqual(await see(thing), thing);
  await runner.stop();
});

run();
