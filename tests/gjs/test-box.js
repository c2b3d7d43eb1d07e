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

const {TIMEOUT_INFINITE} = ThreadedAsync;

/* What keeps a JS value alive that GObject cannot hold. */
const Holder = GObject.registerClass(class Holder extends GObject.Object {
  constructor(content) {
    super();
    this.content = content;
  }
});

/* Null would be a plain value, so that a value without a type says that there is none. */
function newBox(content, plain = new GObject.Value()) {
  const foreign = new GObject.Value();

  foreign.init(Holder.$gtype);
  foreign.set_object(new Holder(content));
  return ThreadedAsync.Box.new(foreign, plain, GLib.MainContext.default());
}

test('a foreign and a plain value', () => {
  const content = {};
  const box = newBox(content, 42);

  assertEqual(box.get_foreign()[0], true);
  assertEqual(box.get_foreign()[1].content, content);
  assertEqual(box.get_plain()[1], 42);
  assertEqual(newBox(content).get_plain()[0], false);
});

test('any value through a queue', () => {
  const queue = ThreadedAsync.Queue.new(0);

  for (const content of [undefined, [1, 2], new Map(), () => 1, {a: 1}, 2n ** 70n]) {
    queue.try_put(newBox(content));
    System.gc();
    const box = ThreadedAsync.Box.take(queue, null, 0, null);
    assertEqual(box.get_foreign()[1].content, content);
  }
});

test('any value through a future', async () => {
  const promise = ThreadedAsync.Promise.new();
  const future = promise.get_future();
  const content = {};

  promise.return_value(newBox(content));
  const box = await new Promise((resolve, reject) => {
    future.wait_async(TIMEOUT_INFINITE, null, (source, result) => {
      try {
        resolve(ThreadedAsync.Box.take(source, result, 0, null));
      } catch (error) {
        reject(error);
      }
    });
  });
  assertEqual(box.get_foreign()[1].content, content);
});

test('others see the plain value', () => {
  const queue = ThreadedAsync.Queue.new(0);

  queue.try_put(newBox({}, 'plain'));
  assertEqual(queue.try_get(), 'plain');
});

test('errors', async () => {
  const queue = ThreadedAsync.Queue.new(0);

  await assertFails(() => ThreadedAsync.Box.take(queue, null, 0, null),
    Gio.IOErrorEnum, Gio.IOErrorEnum.WOULD_BLOCK);
});

run();
