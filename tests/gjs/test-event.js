/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import ThreadedAsync from 'gi://ThreadedAsync?version=1';

import {assertEqual, assertFails, run, test, until} from './harness.js';

const {CANCELLED, INVALID_ARGUMENT, TIMED_OUT, WOULD_BLOCK} = Gio.IOErrorEnum;
const {TIMEOUT_DEFAULT, TIMEOUT_INFINITE} = ThreadedAsync;

Gio._promisify(ThreadedAsync.Event.prototype, 'wait_async', 'wait_finish');

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
  assertEqual(event.wait(0, null), true);
  assertEqual(event.wait(TIMEOUT_INFINITE, null), true);
  assertEqual(await event.wait_async(0, null), true);
  assertEqual(await event.wait_async(TIMEOUT_INFINITE, null), true);
});

test('waits time out', async () => {
  const event = new ThreadedAsync.Event();

  for (const timeout of [0, 1000]) {
    const error = await assertFails(() => event.wait(timeout, null), Gio.IOErrorEnum, TIMED_OUT);
    assertEqual(error.message.includes('event'), true);
    await assertFails(event.wait_async(timeout, null), Gio.IOErrorEnum, TIMED_OUT);
  }
});

test('other negative timeouts are refused', async () => {
  const event = new ThreadedAsync.Event();

  event.set();
  for (const timeout of [TIMEOUT_DEFAULT, -3]) {
    await assertFails(() => event.wait(timeout, null), Gio.IOErrorEnum, INVALID_ARGUMENT);
    await assertFails(event.wait_async(timeout, null), Gio.IOErrorEnum, INVALID_ARGUMENT);
  }
});

test('waits are cancelled, one by one', async () => {
  const event = new ThreadedAsync.Event();
  const cancellable = new Gio.Cancellable();
  const cancelled = event.wait_async(TIMEOUT_INFINITE, cancellable);
  const other = event.wait_async(TIMEOUT_INFINITE, null);

  cancellable.cancel();
  await assertFails(cancelled, Gio.IOErrorEnum, CANCELLED);
  event.set();
  assertEqual(await other, true);
  await assertFails(() => event.wait(TIMEOUT_INFINITE, cancellable),
    Gio.IOErrorEnum, CANCELLED);
});

test('a pulse lets everybody through, in order, and never inside the call', async () => {
  const event = new ThreadedAsync.Event();
  const seen = [];
  const waits = [1, 2, 3].map(i =>
    event.wait_async(TIMEOUT_INFINITE, null).then(() => seen.push(i)));

  event.set();
  event.clear();
  assertEqual(seen.length, 0);
  await Promise.all(waits);
  assertEqual(seen.join(), '1,2,3');
  await assertFails(event.wait_async(0, null), Gio.IOErrorEnum, TIMED_OUT);
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
  await event.wait_async(TIMEOUT_INFINITE, null); // another turn
  assertEqual(seen.length, 2);
});

run();
