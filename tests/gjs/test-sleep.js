/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import ThreadedAsync from 'gi://ThreadedAsync?version=1';

import {assertEqual, assertFails, assertThrows, run, test} from './harness.js';

const {CANCELLED} = Gio.IOErrorEnum;
const {sleep} = ThreadedAsync;

test('a sleep lasts as long as it should at least', async () => {
  const before = GLib.get_monotonic_time();

  assertEqual(await sleep(0.02), undefined);
  assertEqual(GLib.get_monotonic_time() - before >= 20000, true);
});

test('sleeps end in the order of their times', async () => {
  let seen, began;

  // They count from when each begins: on a busy machine that may take longer than they differ.
  for (let i = 0; i < 100 && !(began < 5000); i++) {
    const before = GLib.get_monotonic_time();
    seen = [];
    const sleeps = [0.03, 0.01, 0.02, 0].map(
      duration => sleep(duration).then(() => seen.push(duration)));
    began = GLib.get_monotonic_time() - before;
    await Promise.all(sleeps); // eslint-disable-line no-await-in-loop
  }
  assertEqual(began < 5000, true);
  assertEqual(seen.join(), '0,0.01,0.02,0.03');
});

test('a sleep without an end ends when it is cancelled', async () => {
  const cancellable = new Gio.Cancellable();
  const asleep = sleep(Infinity, cancellable);

  cancellable.cancel();
  await assertFails(asleep, Gio.IOErrorEnum, CANCELLED);
  await assertFails(sleep(0, cancellable), Gio.IOErrorEnum, CANCELLED);
});

test('what is no time is refused', async () => {
  for (const duration of [-1, NaN, 'x'])
    await assertThrows(() => sleep(duration), TypeError, 'seconds');
});

test('a sleep without a time is refused', async () => {
  await assertThrows(() => ThreadedAsync.sleep(), TypeError, 'seconds');
});

run();
