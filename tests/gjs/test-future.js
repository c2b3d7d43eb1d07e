/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import ThreadedAsync from 'gi://ThreadedAsync?version=1';

import {assertEqual, assertFails, assertThrows, run, test, until} from './harness.js';

const {CANCELLED, NOT_FOUND, TIMED_OUT, WOULD_BLOCK} = Gio.IOErrorEnum;

function newPair() {
  const promise = ThreadedAsync.Promise.new();

  return [promise, promise.get_future()];
}

test('try_wait never waits', async () => {
  const [promise, future] = newPair();

  await assertFails(() => future.try_wait(), Gio.IOErrorEnum, WOULD_BLOCK);
  assertEqual(future.done, false);
  promise.return_int(5);
  assertEqual(future.done, true);
  assertEqual(future.try_wait(), 5);
});

test('a blocking wait on a value that is there returns it', async () => {
  const [promise, future] = newPair();

  promise.return_string('there');
  assertEqual(future.wait_blocking({timeout: 0}), 'there');
  assertEqual(future.wait_blocking(), 'there');
});

test('the error of a failed wait is not hidden by the value', async () => {
  const [promise, future] = newPair();

  promise.return_error(new GLib.Error(Gio.IOErrorEnum, NOT_FOUND, 'Nothing there'));
  for (const wait of [
    () => future.try_wait(),
    () => future.wait_blocking(),
    () => future.wait(),
  ]) {
    const error = await assertFails(wait, Gio.IOErrorEnum, NOT_FOUND);
    assertEqual(error.message, 'Nothing there');
  }
});

test('waits time out', async () => {
  const [promise, future] = newPair();

  for (const timeout of [0, 0.001]) {
    await assertFails(() => future.wait_blocking({timeout}), Gio.IOErrorEnum, TIMED_OUT);
    await assertFails(future.wait({timeout}), Gio.IOErrorEnum, TIMED_OUT);
  }
  promise.return_int(1);
  assertEqual(future.try_wait(), 1);
});

test('what is no time is refused', async () => {
  const [promise, future] = newPair();

  promise.return_int(1);
  for (const timeout of [-1, NaN, '1']) {
    await assertThrows(() => future.wait_blocking({timeout}), TypeError, 'seconds');
    await assertThrows(() => future.wait({timeout}), TypeError, 'seconds');
  }
});

test('waits are cancelled, one by one', async () => {
  const [promise, future] = newPair();
  const cancellable = new Gio.Cancellable();
  const cancelled = future.wait({cancellable});
  const other = future.wait();

  cancellable.cancel();
  await assertFails(cancelled, Gio.IOErrorEnum, CANCELLED);
  promise.return_int(3);
  assertEqual(await other, 3);
  await assertFails(() => future.wait_blocking({cancellable}),
    Gio.IOErrorEnum, CANCELLED);
});

test('every waiter gets the value, in order, and never inside the call', async () => {
  const [promise, future] = newPair();
  const seen = [];
  const waits = [1, 2, 3].map(i =>
    future.wait().then(value => seen.push(`${i}:${value}`)));

  promise.return_string('v');
  assertEqual(seen.length, 0);
  await Promise.all(waits);
  assertEqual(seen.join(), '1:v,2:v,3:v');
});

test('wait_async with a plain callback', async () => {
  const [promise, future] = newPair();
  let seen = null;

  future.wait_async(ThreadedAsync.TIMEOUT_INFINITE, null, (source, result) => {
    assertEqual(source, future);
    seen = source.wait_finish(result);
  });
  promise.return_double(2.5);
  assertEqual(seen, null);
  await until(() => seen !== null);
  assertEqual(seen.join(), 'true,2.5');
});

test('notify::done comes once, in a later turn of the main loop', async () => {
  const [promise, future] = newPair();
  let n = 0;

  future.connect('notify::done', () => {
    assertEqual(GLib.MainContext.default().is_owner(), true);
    assertEqual(future.done, true);
    n++;
  });
  promise.return_int(1);
  assertEqual(n, 0);
  await until(() => n > 0);
  await ThreadedAsync.sleep(0); // another turn
  assertEqual(n, 1);
});

test('no notify::done after disconnect', async () => {
  const [promise, future] = newPair();
  let n = 0;
  const id = future.connect('notify::done', () => n++);

  promise.return_int(1);
  future.disconnect(id);
  await ThreadedAsync.sleep(0); // another turn
  assertEqual(n, 0);
});

run();
