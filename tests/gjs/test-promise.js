/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import GObject from 'gi://GObject?version=2.0';
import System from 'system';
import ThreadedAsync from 'gi://ThreadedAsync?version=1';

import {assertEqual, assertFails, run, test} from './harness.js';

const {ALREADY_DONE, DROPPED, FAILED} = ThreadedAsync.Error;

/* What a reader gets of a promise that was fulfilled by the function. */
async function deliver(func) {
  const promise = ThreadedAsync.Promise.new();
  const future = promise.get_future();

  func(promise);
  const value = await future.wait();
  assertEqual(future.done, true);
  return value;
}

test('booleans', async () => {
  assertEqual(await deliver(promise => promise.return_boolean(true)), true);
  assertEqual(await deliver(promise => promise.return_boolean(false)), false);
});

test('integers', async () => {
  for (const n of [0, 42, -1, 2 ** 31, -(2 ** 31), Number.MAX_SAFE_INTEGER])
    assertEqual(await deliver(promise => promise.return_int(n)), n);
});

test('doubles', async () => {
  for (const x of [0.5, -0, 1e300, Infinity, NaN])
    assertEqual(await deliver(promise => promise.return_double(x)), x);
});

test('strings', async () => {
  for (const s of ['', 'plain', 'zwölf – 十二 🙂'])
    assertEqual(await deliver(promise => promise.return_string(s)), s);
});

test('an object is the same object', async () => {
  const action = Gio.SimpleAction.new('action', null);

  assertEqual(await deliver(promise => promise.return_object(action)), action);
});

test('null', async () => {
  assertEqual(await deliver(promise => promise.return_value(null)), null);
  assertEqual(await deliver(promise => promise.return_object(null)), null);
  assertEqual(await deliver(promise => promise.return_string(null)), null);
});

test('values of any type', async () => {
  const variant = new GObject.Value();
  const bytes = new GLib.Bytes([1, 2, 3]);

  variant.init(GObject.TYPE_VARIANT);
  variant.set_variant(new GLib.Variant('(si)', ['n', 3]));
  assertEqual((await deliver(promise => promise.return_value(variant))).print(false), "('n', 3)");
  assertEqual((await deliver(promise => promise.return_value(bytes))).toArray().join(), '1,2,3');
  assertEqual(await deliver(promise => promise.return_value(7)), 7);
  assertEqual(await deliver(promise => promise.return_value('seven')), 'seven');
});

test('errors', async () => {
  const {IOErrorEnum} = Gio;
  const original = new GLib.Error(IOErrorEnum, IOErrorEnum.NOT_FOUND, 'Nothing there');
  let error = await assertFails(deliver(promise => promise.return_error(original)),
    IOErrorEnum, IOErrorEnum.NOT_FOUND);
  assertEqual(error.message, 'Nothing there');

  error = await assertFails(
    deliver(promise => promise.return_new_error_literal(
      Gio.io_error_quark(), IOErrorEnum.BUSY, '100 % busy')),
    IOErrorEnum, IOErrorEnum.BUSY);
  assertEqual(error.message, '100 % busy');

  error = await assertFails(deliver(promise => promise.return_failed('It failed: %s')),
    ThreadedAsync.Error, FAILED);
  assertEqual(error.message, 'It failed: %s');
});

test('what JavaScript throws comes back as it was, to others as a GLib.Error', async () => {
  for (const thrown of [new TypeError('no such thing'), 'a text', null, {message: 'an object'}]) {
    const promise = ThreadedAsync.Promise.new();
    const future = promise.get_future();

    promise.return_error(thrown);
    for (let i = 0; i < 3; i++) {
      try {
        await future.wait();
        throw new Error('there was no error');
      } catch (error) {
        assertEqual(error, thrown);
      }
    }
    // What C and other languages see.
    assertEqual(future.error.matches(ThreadedAsync.Error, FAILED), true);
    assertEqual(future.error.message, String(thrown));
  }
});

test('a return lets go of the future', async () => {
  const promise = ThreadedAsync.Promise.new();

  assertEqual(promise.get_future(), promise.get_future());
  assertEqual(promise.get_cancellable(), null);
  promise.return_int(1);
  assertEqual(promise.get_future(), null);
});

test('progress and status need a task, but do no harm', async () => {
  const promise = ThreadedAsync.Promise.new();

  promise.set_progress(0.5);
  promise.set_status('half');
  promise.return_int(1);
});

test('a second return throws, and changes nothing', async () => {
  const returns = {
    return_boolean: [true],
    return_int: [2],
    return_double: [0.5],
    return_string: ['two'],
    return_object: [Gio.SimpleAction.new('action', null)],
    return_value: [{}],
    return_error: [new RangeError('late')],
    return_failed: ['late'],
    return_foreign_error: [FAILED, 'late', ThreadedAsync.Box.of(1)],
    return_new_error_literal: [Gio.io_error_quark(), Gio.IOErrorEnum.BUSY, 'late'],
  };

  for (const [name, args] of Object.entries(returns)) {
    const promise = ThreadedAsync.Promise.new();
    const future = promise.get_future();

    promise.return_int(1);
    const error = await assertFails(async () => promise[name](...args),
      ThreadedAsync.Error, ALREADY_DONE);
    assertEqual(error.message, 'The promise has returned already');
    assertEqual(future.try_wait(), 1);
  }
});

test('what returns the first time does so as in C', async () => {
  const bytes = ThreadedAsync.Box.of(1);
  const fails = {
    return_failed: ['reason'],
    return_foreign_error: [FAILED, 'reason', bytes],
    return_new_error_literal: [ThreadedAsync.error_quark(), FAILED, 'reason'],
  };

  for (const [name, args] of Object.entries(fails)) {
    const promise = ThreadedAsync.Promise.new();
    const future = promise.get_future();

    promise[name](...args);
    assertEqual(future.error.matches(ThreadedAsync.Error, FAILED), true);
    assertEqual(future.error.message, 'reason');
  }
});

test('try_return_value tells that it came second', async () => {
  const promise = ThreadedAsync.Promise.new();
  const future = promise.get_future();

  assertEqual(promise.try_return_value('first'), true);
  await assertFails(() => promise.try_return_value('second'), ThreadedAsync.Error, ALREADY_DONE);
  assertEqual(future.try_wait(), 'first');
});

test('a promise that is collected fails its future', async () => {
  let promise = ThreadedAsync.Promise.new();
  const future = promise.get_future();
  const ended = future.wait();

  assertEqual(future.done, false);
  promise = null;
  const id = GLib.timeout_add(GLib.PRIORITY_DEFAULT, 1, () => {
    System.gc();
    return GLib.SOURCE_CONTINUE;
  });
  try {
    await assertFails(ended, ThreadedAsync.Error, DROPPED);
  } finally {
    GLib.source_remove(id);
  }
  assertEqual(promise, null);
});

run();
