/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import ThreadedAsync from 'gi://ThreadedAsync?version=1';

import {assertEqual, assertFails, run, test} from './harness.js';

const {CANCELLED, INVALID_ARGUMENT} = Gio.IOErrorEnum;

function sleep(duration, cancellable) {
  return new Promise((resolve, reject) => {
    ThreadedAsync.sleep_async(duration, cancellable, (source, result) => {
      try {
        resolve(ThreadedAsync.sleep_finish(result));
      } catch (error) {
        reject(error);
      }
    });
  });
}

test('a sleep lasts as long as it should at least', async () => {
  const before = GLib.get_monotonic_time();

  assertEqual(await sleep(20000, null), true);
  assertEqual(GLib.get_monotonic_time() - before >= 20000, true);
});

test('sleeps end in the order of their times', async () => {
  const seen = [];

  await Promise.all([30000, 10000, 20000, 0].map(
    duration => sleep(duration, null).then(() => seen.push(duration))));
  assertEqual(seen.join(), '0,10000,20000,30000');
});

test('a sleep without an end ends when it is cancelled', async () => {
  const cancellable = new Gio.Cancellable();
  const asleep = sleep(ThreadedAsync.TIMEOUT_INFINITE, cancellable);

  cancellable.cancel();
  await assertFails(asleep, Gio.IOErrorEnum, CANCELLED);
  await assertFails(sleep(0, cancellable), Gio.IOErrorEnum, CANCELLED);
});

test('other negative durations are refused', async () => {
  for (const duration of [ThreadedAsync.TIMEOUT_DEFAULT, -3])
    await assertFails(sleep(duration, null), Gio.IOErrorEnum, INVALID_ARGUMENT);
});

run();
