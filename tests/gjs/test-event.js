/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import ThreadedAsync from 'gi://ThreadedAsync?version=1';

import {assertEqual, assertFails, assertThrows, run, test, until} from './harness.js';

const {CANCELLED, TIMED_OUT, WOULD_BLOCK} = Gio.IOErrorEnum;

test('set, clear and try_wait', async () => {
  const event = ThreadedAsync.Event.new();

  await assertFails(() => event.try_wait(), Gio.IOErrorEnum, WOULD_BLOCK);
  event.set();
  event.set();
  assertEqual(event.is_set, true);
  assertEqual(event.get_is_set(), true);
  assertEqual(event.try_wait(), true);
  event.clear();
  assertEqual(event.is_set, false);
  await assertFails(() => event.try_wait(), Gio.IOErrorEnum, WOULD_BLOCK);
});

test('nobody waits for an event that is set', async () => {
  const event = new ThreadedAsync.Event();

  event.set();
  assertEqual(event.wait_blocking({timeout: 0}), true);
  assertEqual(event.wait_blocking(), true);
  assertEqual(await event.wait({timeout: 0}), undefined);
  assertEqual(await event.wait(), undefined);
});

test('waits time out', async () => {
  const event = new ThreadedAsync.Event();

  for (const timeout of [0, 0.001]) {
    const error = await assertFails(() => event.wait_blocking({timeout}),
      Gio.IOErrorEnum, TIMED_OUT);
    assertEqual(error.message.includes('event'), true);
    await assertFails(event.wait({timeout}), Gio.IOErrorEnum, TIMED_OUT);
  }
});

test('what is no time is refused', async () => {
  const event = new ThreadedAsync.Event();

  event.set();
  for (const timeout of [-1, -0.001, NaN, '1', {}]) {
    await assertThrows(() => event.wait_blocking({timeout}), TypeError, 'seconds');
    await assertThrows(() => event.wait({timeout}), TypeError, 'seconds');
  }
  for (const timeout of [undefined, null, Infinity])
    await event.wait({timeout}); // eslint-disable-line no-await-in-loop
});

test('options that are none are refused', async () => {
  const event = new ThreadedAsync.Event();

  event.set();
  for (const options of [0.5, null, 'x', new Gio.Cancellable()])
    await assertThrows(() => event.wait(options), TypeError, 'timeout');
  await assertThrows(() => event.wait({seconds: 1}), TypeError, 'seconds');
  await assertThrows(() => event.wait({cancellable: {}}), TypeError, 'cancellable');
});

test('waits are cancelled, one by one', async () => {
  const event = new ThreadedAsync.Event();
  const cancellable = new Gio.Cancellable();
  const cancelled = event.wait({cancellable});
  const other = event.wait();

  cancellable.cancel();
  await assertFails(cancelled, Gio.IOErrorEnum, CANCELLED);
  event.set();
  await other;
  await assertFails(() => event.wait_blocking({cancellable}),
    Gio.IOErrorEnum, CANCELLED);
});

test('a pulse lets everybody through, in order, and never inside the call', async () => {
  const event = new ThreadedAsync.Event();
  const seen = [];
  const waits = [1, 2, 3].map(i =>
    event.wait().then(() => seen.push(i)));

  event.set();
  event.clear();
  assertEqual(seen.length, 0);
  await Promise.all(waits);
  assertEqual(seen.join(), '1,2,3');
  await assertFails(event.wait({timeout: 0}), Gio.IOErrorEnum, TIMED_OUT);
});

test('notify::is-set comes in later turns of the main loop, with the last state', async () => {
  const event = new ThreadedAsync.Event();
  const seen = [];

  const id = event.connect('notify::is-set', () => {
    assertEqual(GLib.MainContext.default().is_owner(), true);
    seen.push(event.is_set);
  });
  event.set();
  assertEqual(seen.length, 0);
  await until(() => seen.length > 0);
  for (let i = 0; i < 10; i++) {
    event.set();
    event.clear();
  }
  await until(() => seen.length > 1);
  assertEqual(seen.join(), 'true,false');

  event.set();
  event.disconnect(id);
  await ThreadedAsync.sleep(0); // another turn
  assertEqual(seen.length, 2);
});

run();
