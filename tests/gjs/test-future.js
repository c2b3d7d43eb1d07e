/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import ThreadedAsync from 'gi://ThreadedAsync?version=1';

import {assertEqual, assertFails, run, test, until} from './harness.js';

const {CANCELLED, INVALID_ARGUMENT, NOT_FOUND, TIMED_OUT, WOULD_BLOCK} = Gio.IOErrorEnum;
const {TIMEOUT_DEFAULT, TIMEOUT_INFINITE} = ThreadedAsync;

Gio._promisify(ThreadedAsync.Future.prototype, 'wait_async', 'wait_finish');

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
  assertEqual(future.try_wait().join(), 'true,5');
});

test('a blocking wait on a value that is there returns it', async () => {
  const [promise, future] = newPair();

  promise.return_string('there');
  assertEqual(future.wait(0, null).join(), 'true,there');
  assertEqual(future.wait(TIMEOUT_INFINITE, null).join(), 'true,there');
});

test('the error of a failed wait is not hidden by the value', async () => {
  const [promise, future] = newPair();

  promise.return_error(new GLib.Error(Gio.IOErrorEnum, NOT_FOUND, 'Nothing there'));
  for (const wait of [
    () => future.try_wait(),
    () => future.wait(TIMEOUT_INFINITE, null),
    () => future.wait_async(TIMEOUT_INFINITE, null),
  ]) {
    const error = await assertFails(wait, Gio.IOErrorEnum, NOT_FOUND);
    assertEqual(error.message, 'Nothing there');
  }
});

test('waits time out', async () => {
  const [promise, future] = newPair();

  for (const timeout of [0, 1000]) {
    await assertFails(() => future.wait(timeout, null), Gio.IOErrorEnum, TIMED_OUT);
    await assertFails(future.wait_async(timeout, null), Gio.IOErrorEnum, TIMED_OUT);
  }
  promise.return_int(1);
  assertEqual(future.try_wait()[1], 1);
});

test('other negative timeouts are refused', async () => {
  const [promise, future] = newPair();

  promise.return_int(1);
  for (const timeout of [TIMEOUT_DEFAULT, -3]) {
    await assertFails(() => future.wait(timeout, null), Gio.IOErrorEnum, INVALID_ARGUMENT);
    await assertFails(future.wait_async(timeout, null), Gio.IOErrorEnum, INVALID_ARGUMENT);
  }
});

test('waits are cancelled, one by one', async () => {
  const [promise, future] = newPair();
  const cancellable = new Gio.Cancellable();
  const cancelled = future.wait_async(TIMEOUT_INFINITE, cancellable);
  const other = future.wait_async(TIMEOUT_INFINITE, null);

  cancellable.cancel();
  await assertFails(cancelled, Gio.IOErrorEnum, CANCELLED);
  promise.return_int(3);
  assertEqual((await other)[0], 3);
  await assertFails(() => future.wait(TIMEOUT_INFINITE, cancellable),
    Gio.IOErrorEnum, CANCELLED);
});

test('every waiter gets the value, in order, and never inside the call', async () => {
  const [promise, future] = newPair();
  const seen = [];
  const waits = [1, 2, 3].map(i =>
    future.wait_async(TIMEOUT_INFINITE, null).then(([value]) => seen.push(`${i}:${value}`)));

  promise.return_string('v');
  assertEqual(seen.length, 0);
  await Promise.all(waits);
  assertEqual(seen.join(), '1:v,2:v,3:v');
});

test('wait_async with a plain callback', async () => {
  const [promise, future] = newPair();
  let seen = null;

  future._original_wait_async(TIMEOUT_INFINITE, null, (source, result) => {
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
  await future.wait_async(TIMEOUT_INFINITE, null); // another turn
  assertEqual(n, 1);
});

test('no notify::done after disconnect', async () => {
  const [promise, future] = newPair();
  let n = 0;
  const id = future.connect('notify::done', () => n++);

  promise.return_int(1);
  future.disconnect(id);
  await future.wait_async(TIMEOUT_INFINITE, null);
  assertEqual(n, 0);
});

run();
